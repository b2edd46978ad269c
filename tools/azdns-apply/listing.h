// SPDX-License-Identifier: ISC
/* listing -- reading all record sets of one zone and saying what differs from
 * what was said before. */
#ifndef LISTING_H
#define LISTING_H

#include <stdbool.h>
#include <stdint.h>

struct listing;
struct owned;
struct zone;

/* Begin a listing that is due, or go on with one that waits. */
void listing_tick(struct zone *zone, int64_t now_ms);

/* When listing_tick has something to do again. */
int64_t listing_next_ms(struct zone *zone, int64_t now_ms);

/* Something was found to be other than known: list soon, but not often. */
void listing_hasten(struct zone *zone);

/* The key was written, and this is what is there now; owned->have NULL:
 * nothing. A listing under way leaves it out. */
void listing_known(struct zone *zone, const struct owned *owned);

/* What is there was read: said, if it is other than what was said before. A
 * zone that is not listed says nothing. */
void listing_found(struct zone *zone, const struct owned *owned);

/* The key is about to be written. */
void listing_touch(struct zone *zone, const char *name, const char *type_name);

/* NULL does nothing. */
void listing_free(struct listing *listing);

#endif
