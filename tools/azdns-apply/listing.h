// SPDX-License-Identifier: ISC
/* listing -- reading all record sets of one zone and saying what differs from
 * what was said before. */
#ifndef LISTING_H
#define LISTING_H

#include <stdbool.h>
#include <stdint.h>

struct listing;
struct zone;

/* Begin a listing that is due, or go on with one that waits. */
void listing_tick(struct zone *zone, int64_t now_ms);

/* When listing_tick has something to do again. */
int64_t listing_next_ms(struct zone *zone, int64_t now_ms);

/* Something was found to be other than known: list soon, but not often. */
void listing_hasten(struct zone *zone);

/* NULL does nothing. */
void listing_free(struct listing *listing);

#endif
