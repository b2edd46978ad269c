// SPDX-License-Identifier: ISC
/* events -- the lines of one watch request. */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "scan.h"
#include "text.h"

struct objects;

/* How a watch request ended. */
enum events_end {
	EVENTS_GOING_ON,
	EVENTS_EXPIRED, /* 410: the version is too old, list again */
	EVENTS_BROKEN,  /* what came makes no sense: list again, later */
	EVENTS_FAILED,  /* the server has trouble: go on later */
	EVENTS_BEHIND,  /* a whole list, but from before what was said */
};

struct events {
	struct objects *objects;
	struct text line;    /* the beginning of a line not yet whole */
	struct text version; /* everything up to here was said */
	uint64_t n;          /* events of this request */
	bool is_initial;     /* all objects come first, their end did not yet */
	bool has_bookmarks;  /* one came besides that end */
	enum events_end end;
	struct error err; /* why; retry_after_ms if the server said */
};

/* A request begins: from version, or with all objects as a list. */
void events_begin(
    struct events *events, struct objects *objects, bool is_initial);

/* Go on from this version. */
void events_set_version(struct events *events, struct span version);

/* A piece of the answer; false: end says what is to be done. */
bool events_take(struct events *events, struct span piece);

/* Give the memory back. */
void events_done(struct events *events);

#endif
