// SPDX-License-Identifier: ISC
/*
 * cluster -- where an API server is and with which credentials it is spoken
 * to.
 *
 * The order is: what was named; the pod; what kubectl would take. A pod's own
 * cluster comes before KUBECONFIG, as in external-dns: the kubelet sets
 * KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT and mounts `token` and
 * `ca.crt`.
 */
#include "cluster.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kubeconfig.h"

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL ? "" : value;
}

/* A pod that has a service account. */
static bool
is_in_pod(const char *service_account_dir)
{
	struct arena arena = { 0 };
	const char *token =
	    arena_format(&arena, "%s/token", service_account_dir);
	bool is_here = *variable("KUBERNETES_SERVICE_HOST") != '\0' &&
		       *variable("KUBERNETES_SERVICE_PORT") != '\0' &&
		       access(token, F_OK) == 0;

	arena_done(&arena);
	return is_here;
}

/* The kubelet rewrites both files, so that only their names are kept. */
static void
read_pod(struct cluster *cluster, const char *service_account_dir)
{
	struct arena *arena = &cluster->arena;
	const char *host = variable("KUBERNETES_SERVICE_HOST");
	bool is_ipv6 = strchr(host, ':') != NULL;

	cluster->origin = "service account";
	cluster->server =
	    arena_format(arena, "https://%s%s%s:%s", is_ipv6 ? "[" : "", host,
		is_ipv6 ? "]" : "", variable("KUBERNETES_SERVICE_PORT"));
	cluster->ca_file =
	    arena_format(arena, "%s/ca.crt", service_account_dir);
	cluster->token_file =
	    arena_format(arena, "%s/token", service_account_dir);
}

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
	    is_in_pod(options->service_account_dir)) {
		read_pod(cluster, options->service_account_dir);
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
