// SPDX-License-Identifier: ISC
/*
 * scan -- walk over JSON text without building anything from it.
 *
 * All spans borrow the text. The texts come from a server; what is not
 * well-formed ends the walk and is told, but what is passed over is only
 * matched for its brackets and quotes.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
	const char *at;
	size_t n;
};

/* The span is this text. */
bool scan_is(struct span span, const char *text);

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

/* The value of a member of an object; empty if there is none, or no object. */
struct span scan_at(struct span object, const char *key);

/* The next item of an array. */
bool scan_item(struct scan *scan, struct span *item);

/* The raw content of a string value (escapes stay), or an empty span. */
struct span scan_string(struct span value);

#endif
