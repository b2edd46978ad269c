// SPDX-License-Identifier: ISC
/*
 * cluster -- where an API server is and with which credentials it is spoken
 * to: what a kubeconfig or the inside of a pod says, still unread files
 * included.
 */
#ifndef CLUSTER_H
#define CLUSTER_H

#include <stdbool.h>

#include "arena.h"
#include "error.h"
#include "strlist.h"

/* A program that prints a credential. */
struct cluster_exec {
	struct strlist argv;
	struct strlist env; /* "NAME=value" */
	const char *api_version;
	const char *install_hint;   /* or NULL */
	bool is_given_cluster_info; /* provideClusterInfo */
};

/* Texts live in the arena; NULL: not said. Of data and file, data wins. */
struct cluster {
	struct arena arena;
	const char *origin; /* for messages: "kubeconfig /home/..." */
	const char *server; /* URL without a slash at the end */
	const char *ca_pem;
	const char *ca_file;
	const char *tls_server_name;
	const char *proxy;
	bool is_insecure;
	bool is_compressed; /* lists may come as gzip */
	const char *cert_pem;
	const char *cert_file;
	const char *key_pem;
	const char *key_file;
	const char *token;
	const char *token_file; /* read anew; wins over token */
	struct strlist headers; /* of impersonation */
	struct cluster_exec *exec;
};

/* What the command line says. */
struct cluster_options {
	const char *kubeconfig;          /* NULL: not given */
	const char *context;             /* NULL: the current one */
	const char *server;              /* overrides; NULL: not given */
	const char *service_account_dir; /* of a pod */
};

/*
 * A kubeconfig that is named; else the pod this runs in; else KUBECONFIG; else
 * .kube/config in the home directory; else a bare server that is named.
 * false: err says what is missing and what to do.
 */
bool cluster_find(struct cluster *cluster,
    const struct cluster_options *options, struct error *err);

#endif
