// SPDX-License-Identifier: ISC
/*
 * kube-sim -- an API server that runs nothing.
 *
 * kube-sim [--port=PORT] [--tls-dir=DIR] [--kubeconfig=FILE] [--rules=FILE]...
 *          [--objects=FILE]... [--token-auth-file=FILE] [--log=FILE] ...
 *
 * A Kubernetes API server that runs nothing: objects, lists, watches, rights
 * and faults, for tests and demonstrations. Prints `ready URL` when it
 * listens. See README.md.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kinds.h"
#include "kubeconfig.h"
#include "log.h"
#include "objects.h"
#include "opt.h"
#include "server.h"
#include "yaml_objects.h"

static struct {
	struct serve_config serve;
	struct opt_log log;
	const char *kubeconfig;
	const char *kubeconfig_token;
	const char *tokens;
	struct strlist rules;
	struct strlist objects;
	struct strlist without;
	int64_t history;
	int64_t bookmark_ms;
	bool watch_list;
} config = {
	.serve = { .tls_dir = "kube-sim.tls", .client_certs = true },
	.log.level = LOG_INFO,
	.kubeconfig_token = ACCESS_ADMIN_TOKEN,
	.history = 10000,
	.bookmark_ms = 60000,
	.watch_list = true,
};

/* clang-format off */
static const struct opt opts[] = {
	SERVE_OPTS(config.serve),
	{ "kubeconfig", OPT_STRING, &config.kubeconfig, "FILE",
	  "write a kubeconfig for this server", NULL },
	{ "kubeconfig-token", OPT_STRING, &config.kubeconfig_token, "TOKEN",
	  "token in that kubeconfig; sa.NAMESPACE.NAME: a service account's", NULL },
	{ "token-auth-file", OPT_STRING, &config.tokens, "FILE",
	  "lines TOKEN,USER,UID[,\"GROUP,...\"]", NULL },
	{ "rules", OPT_LIST, &config.rules, "FILE",
	  "roles, bindings, accounts to begin with", NULL },
	{ "objects", OPT_LIST, &config.objects, "FILE",
	  "objects to begin with, status included", NULL },
	{ "without", OPT_LIST, &config.without, "PLURAL.GROUP",
	  "custom resource that is not served at first", NULL },
	{ "history", OPT_INT, &config.history, "N",
	  "events kept for each kind", NULL },
	{ "bookmark-interval", OPT_DURATION, &config.bookmark_ms, "TIME",
	  "between two bookmarks of a watch", NULL },
	{ "watch-list", OPT_FLAG, &config.watch_list, NULL,
	  "sendInitialEvents is served", NULL },
	OPT_LOG(config.log),
};
/* clang-format on */

static bool
on_object(void *context, jv object, struct error *err)
{
	return objects_seed(context, object, err);
}

static void
seed(struct server *server, const struct strlist *files)
{
	struct error err;

	for (size_t i = 0; i < files->n; i++)
		if (!yaml_objects_read(
			files->items[i], on_object, &server->store, &err))
			log_die(
			    STATUS_CONFIG, "%s: %s", files->items[i], err.text);
}

static void
on_ready(void *context, const char *url)
{
	struct error err;

	(void)context;
	if (config.kubeconfig != NULL &&
	    !kubeconfig_write(config.kubeconfig, url, config.serve.tls_dir,
		config.kubeconfig_token, &err))
		log_die(STATUS_CONFIG, "%s", err.text);
}

int
main(int argc, char **argv)
{
	static const struct opt_program program = { "kube-sim",
		"A Kubernetes API server that runs nothing, for tests.", NULL,
		opts, sizeof(opts) / sizeof(*opts), &config.log };
	static struct server server;
	struct error err;

	(void)opt_parse(&program, argc, argv);
	server_init(&server, (size_t)config.history);
	server.watches.bookmark_ms = config.bookmark_ms;
	server.watches.timeout_ms = (int64_t)30 * 60 * 1000;
	server.watches.initial_events = config.watch_list;
	server.watches.initial_end = true;
	if (!access_init(&server.access, config.tokens, &err))
		log_die(STATUS_CONFIG, "%s", err.text);
	for (size_t i = 0; i < config.without.n; i++) {
		struct kind *kind =
		    kinds_defined(&server.store, config.without.items[i]);

		if (kind == NULL)
			log_die(STATUS_CONFIG, "no such custom resource: %s",
			    config.without.items[i]);
		kind->served = false;
	}
	objects_seed_namespaces(&server.store);
	seed(&server, &config.rules);
	seed(&server, &config.objects);
	config.serve.handler = server_answer;
	config.serve.on_ready = on_ready;
	config.serve.context = &server;
	(void)serve_run(&config.serve, &err);
	log_die(STATUS_CONFIG, "%s", err.text);
}
