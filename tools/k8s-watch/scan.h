// SPDX-License-Identifier: ISC
/*
 * scan -- walk over JSON text without building anything from it.
 *
 * All spans borrow the text. The texts come from an API server; what is not
 * well-formed ends the walk and is told, but what is passed over is only
 * matched for its brackets and quotes.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

struct span {
	const char *at;
	size_t n;
};

bool span_is(struct span span, const char *text);

/* A walk over the members of an object or the items of an array. */
struct scan {
	const char *at;
	const char *end;
	bool bad; /* the text is not JSON */
};

/* Enter value; false if it does not begin with bracket ('{' or '['). */
bool scan_enter(struct scan *scan, struct span value, char bracket);

/* The next member of an object: the key raw and without its quotes. */
bool scan_member(struct scan *scan, struct span *key, struct span *value);

/* The next item of an array. */
bool scan_item(struct scan *scan, struct span *item);

/* The raw content of a string value (escapes stay), or an empty span. */
struct span scan_string(struct span value);

/*
 * A list that arrives in pieces is taken apart into the texts of its items
 * and, when it is over, the list without them: `{"kind":...,"items":[]}`.
 * Zero-initialise; split_done at the end.
 */
struct split {
	struct text head; /* the list without its items */
	struct text item; /* the beginning of an item not yet whole */
	int depth;
	bool is_string; /* within a string */
	bool is_escaped;
	bool is_items; /* within the array of the items */
	bool is_over;
};

/* Takes one whole item; false ends the reading. */
typedef bool split_function(void *context, struct span item);

/*
 * The next piece. false: on_item said so, or the text is none that a list
 * may be: more than 1 MiB beside its items, an item of more than 16 MiB, or
 * something behind its end.
 */
bool split_feed(struct split *split, struct span piece, split_function *on_item,
    void *context);

void split_done(struct split *split);

#endif
