// SPDX-License-Identifier: ISC
/*
 * k8s-watch -- what a Kubernetes cluster says, as watch events.
 *
 *	k8s-watch [OPTION...] RESOURCE[.GROUP][@NAMESPACE][:PATH,PATH...]...
 *
 * Writes what a Kubernetes cluster says about some kinds of objects as watch
 * events: all there is, a completeness mark for each kind, then what changes.
 */
#include <signal.h>
#include <unistd.h>

#include "cluster.h"
#include "count.h"
#include "log.h"
#include "opt.h"
#include "secret.h"
#include "session.h"
#include "watch.h"

static struct config {
	struct cluster_options cluster;
	bool once;
	struct opt_log log;
} config = {
	.cluster.service_account_dir =
	    "/var/run/secrets/kubernetes.io/serviceaccount",
	.log.level = LOG_INFO,
};

/* clang-format off */
static const struct opt opts[] = {
	{ "kubeconfig", OPT_STRING, &config.cluster.kubeconfig, "FILE",
	  "read the cluster and the credentials from here", NULL },
	{ "context", OPT_STRING, &config.cluster.context, "NAME",
	  "take this context of the kubeconfig instead of the current one", NULL },
	{ "server", OPT_STRING, &config.cluster.server, "URL",
	  "reach the API server here", NULL },
	{ "service-account-dir", OPT_STRING, &config.cluster.service_account_dir,
	  "DIR", "where a pod finds token and ca.crt", NULL },
	{ "once", OPT_FLAG, &config.once, NULL,
	  "end when each kind has its mark", NULL },
	{ "request-timeout", OPT_UNUSED_VALUE, NULL, "DURATION", "no use here", NULL },
	{ "kube-api-request-timeout", OPT_UNUSED_VALUE, NULL, "DURATION", "no use here", NULL },
	{ "kube-api-cache-sync-timeout", OPT_UNUSED_VALUE, NULL, "DURATION", "no use here", NULL },
	{ "kube-api-qps", OPT_UNUSED_VALUE, NULL, "N", "no use here", NULL },
	{ "kube-api-burst", OPT_UNUSED_VALUE, NULL, "N", "no use here", NULL },
	OPT_LOG(config.log),
};
/* clang-format on */

static const struct opt_program program = {
	.name = "k8s-watch",
	.summary = "write what a Kubernetes cluster says, as watch events",
	.operands = "RESOURCE[.GROUP][@NAMESPACE][:PATH,PATH...]...",
	.opts = opts,
	.n_opts = COUNT(opts),
	.log = &config.log,
};

static volatile sig_atomic_t is_stopped;

/* A reader that does not read must not keep us for longer than a second. */
static void
on_stop(int signal_number)
{
	if (signal_number == SIGALRM)
		_exit(STATUS_DONE);
	is_stopped = 1;
	(void)alarm(1);
}

static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_stop };

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGALRM, &action, NULL);
}

int
main(int argc, char **argv)
{
	static struct arena arena;
	static struct cluster cluster;
	static struct session session;
	struct resource resource;
	struct watch *watches;
	struct error err;
	bool is_read = true;
	int first;
	size_t n;

	first = opt_parse(&program, argc, argv);
	secret_guard_process();
	n = (size_t)(argc - first);
	if (n == 0)
		log_die(STATUS_CONFIG, "no resource is named; try "
				       "k8s-watch services pods");
	catch_signals();
	if (!cluster_find(&cluster, &config.cluster, &err))
		log_die(STATUS_CONFIG, "%s", err.text);
	watches = arena_alloc(&arena, n * sizeof(*watches));
	for (size_t i = 0; i < n; i++) {
		if (!resource_parse(
			&arena, argv[first + (int)i], &resource, &err))
			log_die(STATUS_CONFIG, "%s", err.text);
		watch_init(&watches[i], &session, &resource);
	}
	if (!session_open(&session, &cluster, watches, n, &err))
		log_die(STATUS_CONFIG, "%s: %s", cluster.origin, err.text);
	while (is_read && !is_stopped &&
	       !(config.once && session_is_marked(&session)))
		is_read = session_turn(&session);
	is_read = line_flush(&session.out) && is_read;
	session_close(&session);
	if (is_read || is_stopped)
		return STATUS_DONE;
	log_error("standard output: its reader is gone");
	return STATUS_UNMET;
}
