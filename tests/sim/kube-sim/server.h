// SPDX-License-Identifier: ISC
/* server -- the simulated API server: one lock around all state, and the way
 * of a request through faults, identity, rights and the verbs. */
#ifndef SERVER_H
#define SERVER_H

#include <pthread.h>

#include "access.h"
#include "faults.h"
#include "serve.h"
#include "store.h"
#include "watch.h"

struct server {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct store store;
	struct access access;
	struct faults faults;
	struct watch_config watches;
	uint64_t audit; /* number of requests */
};

/* Empty but for the kinds; ends the process when it cannot start. */
void server_init(struct server *server, size_t history_max);

/* The handler of serve.h; context is the server. */
void server_answer(void *context, const struct serve_request *request,
    struct serve_answer *answer);

/* Answer a path below /_control/; called with the lock held. */
void control_answer(struct server *server, const struct serve_request *request,
    struct serve_answer *answer);

#endif
