// SPDX-License-Identifier: ISC
/*
 * access -- the connection to one API server and the credential of the
 * moment.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "exec.h"
#include "http.h"
#include "text.h"

struct arena;
struct cluster;
struct secret;

struct access {
	const struct cluster *cluster;
	struct http *http; /* replaced by access_renew */
	long connections_max;
	struct secret *token;
	int64_t token_due_ms;        /* when to read it anew */
	struct exec_credential exec; /* of the plugin, while it is valid */
	int64_t exec_ran_ms;         /* when it was run last */
	int64_t exec_due_ms;         /* when it may be run again */
	unsigned credential;         /* counts those that there have been */
	struct text ca, cert, key;   /* of this connection, from files */
	bool is_outdated; /* the certificate is newer than the connection */
};

/* n is the number of requests that may run at once. false: the credentials
 * cannot work, err names the remedy. */
bool access_open(struct access *access, const struct cluster *cluster, long n,
    struct error *err);

/* Throw all connections away and begin anew with what the files hold now;
 * nothing may be under way. What cannot be read any more stays as it was. */
void access_renew(struct access *access);

/* Add the headers of the credential. false: there is none at the moment. */
bool access_headers(struct access *access, struct arena *arena,
    struct strlist *headers, struct error *err);

/* The server did not take a credential: get another one, unless that was done
 * since it was sent. */
void access_refused(struct access *access, unsigned credential);

/* Close the connections, wipe the credentials. */
void access_close(struct access *access);

#endif
