// SPDX-License-Identifier: ISC
/* store -- zones and record sets as they are now, and the order of lists. */
#ifndef STORE_H
#define STORE_H

#include "sim.h"

/* Empty everything. */
void store_init(void);
void store_clear(void);

/* The zone of a place, or NULL. */
struct zone *store_zone_find(const struct place *place);

/* A new zone with its apex sets, of a place that names one. */
struct zone *store_zone_new(const struct place *place);
void store_zone_drop(struct zone *zone);

/* The ARM id of a zone as answers spell it, in the arena. */
const char *store_zone_id(struct arena *arena, const struct zone *zone);

/* All zones sorted by group, then name: an array of *n, to be freed. */
struct zone **store_zones(size_t *n);

/* true if the subscription or, with a group, the group is known. */
bool store_has_subscription(const char *subscription);
bool store_has_group(const char *subscription, const char *group);
void store_add_group(const char *subscription, const char *group);

struct set *store_set_find(
    const struct zone *zone, const struct set_type *type, const char *name);
/* The same, made when it is not there. */
struct set *store_set_put(
    struct zone *zone, const struct set_type *type, const char *name);
void store_set_drop(struct set *set);

/* The sets of a zone as they are listed; valid until the next change. */
struct set **store_order(struct zone *zone);
/* Where a set stands in the order, as a text that compares likewise. */
const char *store_set_key(const struct set *set);

#endif
