// SPDX-License-Identifier: ISC
/*
 * incluster -- the API server as a pod finds it.
 *
 * The kubelet sets KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT and
 * mounts `token` and `ca.crt`. It rewrites both files, so that only their
 * names are kept (access.c reads them when they are needed).
 */
#include "incluster.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster.h"

static const char *
variable(const char *name)
{
	const char *value = getenv(name);

	return value == NULL ? "" : value;
}

bool
incluster_is_here(const char *service_account_dir)
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

void
incluster_read(struct cluster *cluster, const char *service_account_dir)
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
