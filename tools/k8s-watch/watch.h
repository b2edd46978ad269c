// SPDX-License-Identifier: ISC
/*
 * watch -- one resource, from its discovery to its watch and back.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "discovery.h"
#include "events.h"
#include "list.h"
#include "objects.h"
#include "resource.h"

struct session;

enum watch_phase {
	WATCH_DISCOVER, /* which kind and version is it? */
	WATCH_STREAM, /* all objects as events, going over into WATCH_EVENTS */
	WATCH_LIST,   /* all objects in pages */
	WATCH_CHECK,  /* does the server still count on from where we are? */
	WATCH_EVENTS, /* what changes */
	WATCH_PHASES
};

struct watch {
	struct session *session;
	struct resource resource;
	struct discovery discovery;
	struct objects objects;
	struct list list;
	struct events events;

	enum watch_phase phase;
	struct http_transfer *transfer; /* NULL: waiting for due_ms */
	int64_t due_ms;
	int64_t started_ms;  /* when the phase began to be served */
	int64_t heard_ms;    /* when the last byte came, or it was started */
	unsigned lasts_s;    /* what the server was asked to watch for */
	int64_t progress_ms; /* when the server was last of use */
	int64_t absent_ms;   /* since when it is not served; 0: it is */
	unsigned credential; /* that was sent; see access_refused */
	struct text body;    /* of an answer that is no list and no event */
	unsigned failures;   /* one after the other */
	unsigned n_anew;     /* begun anew since the watch worked last */
	unsigned n_behind;   /* answers older than what was said, in a row */
	unsigned refusals;   /* 403, one after the other */
	bool is_paged;       /* the server has no streaming lists */
	bool is_renewed;     /* the credential, because of a 401 */
	bool is_marked;
	enum message_state state; /* as marked */
};

/* Begin with discovery, or with the list where the kind is certain. */
void watch_init(struct watch *watch, struct session *session,
    const struct resource *resource);

/* Do what is due. Returns when to be called again at the latest. */
int64_t watch_turn(struct watch *watch, int64_t now_ms);

/* The connection is thrown away: begin again where it was. */
void watch_restart(struct watch *watch);

/* -- for the steps -------------------------------------------------------- */

/* Say the state if it is another one. */
void watch_mark(struct watch *watch, enum message_state state);

/* The next request is of this phase, after delay_ms. */
void watch_go(struct watch *watch, enum watch_phase phase, int64_t delay_ms);

/* Go on later where trouble leaves it; watch_resumption says where that is. */
void watch_fail(struct watch *watch, const struct error *err);
enum watch_phase watch_resumption(const struct watch *watch);

/* The phase that asks for all objects. */
enum watch_phase watch_listing(const struct watch *watch);

/* All objects came and are said; the changes follow in the same answer or in
 * the next. */
void watch_on_listed(struct watch *watch);

/* The next delay of a row that grows. */
int64_t watch_backoff(struct watch *watch);

/* min doubled n times, at most max; as much again by chance. */
int64_t watch_grown(int64_t min_ms, int64_t max_ms, unsigned n);
int64_t watch_jitter(int64_t ms);

/* The server was of use. */
void watch_on_progress(struct watch *watch);

/* Give the memory back; nothing is said. */
void watch_done(struct watch *watch);

#endif
