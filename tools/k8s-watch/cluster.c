// SPDX-License-Identifier: ISC
/*
 * cluster -- where an API server is and with which credentials it is spoken
 * to.
 *
 * The order is: what was named; the pod; what kubectl would take. A pod's own
 * cluster comes before KUBECONFIG, as in external-dns.
 */
#include "cluster.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "incluster.h"
#include "kubeconfig.h"

/* The files of KUBECONFIG, or the one of the home directory if it is there. */
static struct strlist
default_files(struct arena *arena)
{
	const char *listed = getenv("KUBECONFIG");
	const char *home = getenv("HOME");
	struct strlist files = { 0 };
	const char *path;

	if (listed != NULL)
		strlist_add_split(&files, arena, listed, ':');
	if (files.n > 0 || home == NULL)
		return files;
	path = arena_format(arena, "%s/.kube/config", home);
	if (access(path, F_OK) == 0)
		strlist_add(&files, arena, path);
	return files;
}

static bool
find(struct cluster *cluster, const struct cluster_options *options,
    struct error *err)
{
	struct strlist files = { 0 };

	if (options->kubeconfig != NULL && *options->kubeconfig != '\0') {
		strlist_add(&files, &cluster->arena, options->kubeconfig);
		return kubeconfig_read(cluster, &files, options->context, err);
	}
	if (options->context == NULL &&
	    incluster_is_here(options->service_account_dir)) {
		incluster_read(cluster, options->service_account_dir);
		return true;
	}
	files = default_files(&cluster->arena);
	if (files.n > 0)
		return kubeconfig_read(cluster, &files, options->context, err);
	if (options->server != NULL) {
		cluster->origin = "--server";
		return true;
	}
	return error_set(err, CAUSE_INVALID,
	    "no cluster: this is no pod with a service account, and there is "
	    "no kubeconfig; give --kubeconfig=FILE or set KUBECONFIG");
}

static bool
is_url(const char *server)
{
	return strncmp(server, "https://", 8) == 0 ||
	       strncmp(server, "http://", 7) == 0;
}

bool
cluster_find(struct cluster *cluster, const struct cluster_options *options,
    struct error *err)
{
	*cluster = (struct cluster){ 0 };
	if (!find(cluster, options, err))
		return false;
	if (options->server != NULL && *options->server != '\0')
		cluster->server = options->server;
	if (cluster->server == NULL || !is_url(cluster->server))
		return error_set(err, CAUSE_INVALID,
		    "%s: '%s' is no API server: https://HOST:PORT is wanted",
		    cluster->origin,
		    cluster->server == NULL ? "" : cluster->server);
	cluster->server = arena_copy_url(&cluster->arena, cluster->server);
	return true;
}
