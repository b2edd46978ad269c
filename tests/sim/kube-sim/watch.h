// SPDX-License-Identifier: ISC
/* watch -- the endless answer: one JSON event per line. */
#ifndef WATCH_H
#define WATCH_H

#include <pthread.h>

#include "call.h"

/* What the tests may turn. */
struct watch_config {
	int64_t bookmark_ms; /* between two bookmarks of one watch; 0: none */
	int64_t timeout_ms;  /* of a watch that names none */
	bool initial_events; /* sendInitialEvents is known */
	bool initial_end;    /* and its end is marked by a bookmark */
	bool expired_status; /* 410 as HTTP status, not as ERROR event */
	int64_t cut_bytes;   /* cut a watch behind so many; 0: not */
	int64_t cut_watches; /* the next so many watches */
	int64_t split_bytes; /* largest piece sent at once; 0: all */
	uint64_t resets;     /* changed: all running watches are cut */
	int64_t running;     /* watches now, kept by watch_new and watch_free */
};

struct watch;

/*
 * Begin a watch; called with the lock held. NULL: reply holds the answer.
 * lock and changed are the server's; changed is signalled at every event.
 */
struct watch *watch_new(const struct call *call, struct reply *reply,
    struct watch_config *config, pthread_mutex_t *lock,
    pthread_cond_t *changed);

/* Where to say that the stream ends as a broken connection. */
void watch_cut_into(struct watch *watch, bool *cut);

/* The stream of serve.h: blocks until there is something to say. */
bool watch_stream(void *context, struct text *out);

/* Takes the lock. */
void watch_free(void *context);

#endif
