// SPDX-License-Identifier: ISC
/* known -- what was last said of each key of a zone. */
#ifndef KNOWN_H
#define KNOWN_H

#include <stdint.h>

struct owned;
struct zone;

/* In zone->known, by "NAME TYPE". */
struct known {
	uint64_t hash;    /* of its have; 0: nothing is there */
	unsigned seen;    /* by the listing of this number */
	unsigned touched; /* written during the listing of this number */
};

/* The key is about to be written. */
void known_touch(struct zone *zone, const char *name, const char *type_name);

/*
 * The key was written, its RESULT says what is there now; owned->have NULL:
 * nothing. A listing under way leaves it out.
 */
void known_put(struct zone *zone, const struct owned *owned);

/* What is there was read: said, if it is other than what was said before. A
 * zone that is not listed says nothing. */
void known_found(struct zone *zone, const struct owned *owned);

/* The present listing of the zone (the context) holds this; said likewise. */
void known_listed(void *context, const struct owned *owned);

/* ... and no more than that: the others are said to be deleted. */
void known_end(struct zone *zone);

#endif
