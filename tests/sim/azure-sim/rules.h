// SPDX-License-Identifier: ISC
/*
 * rules -- what the DNS service refuses, with its texts. Every check answers
 * the call and returns false when it refuses.
 */
#ifndef RULES_H
#define RULES_H

#include "sim.h"

/* If-Match and If-None-Match against the etag of what is there (or NULL). */
bool rules_check_conditions(
    struct call *call, const char *name, const char *etag);
/* The same for a zone: its texts say Zone. */
bool rules_check_zone_conditions(
    struct call *call, const char *name, const char *etag);

/* A relative name for a set of this type. */
bool rules_check_name(struct call *call, const struct set_type *type,
    const char *name, const char *zone);

/* Properties; with old what is left out stays as it is (PATCH). */
bool rules_read_ttl(
    struct call *call, jv properties, const struct set *old, int64_t *ttl);
bool rules_read_metadata(
    struct call *call, jv properties, const struct set *old, jv *metadata);
/* The alias target, or NULL. */
bool rules_read_alias(struct call *call, const struct set_type *type,
    jv properties, const char **target);

/* What else is at the name; and the apex sets' own rules. */
bool rules_check_place(struct call *call, struct zone *zone,
    const struct set_type *type, jv records);
bool rules_check_limits(struct call *call, const struct zone *zone,
    const struct set *old, const char *target);
bool rules_check_delete(struct call *call, const struct set *set);

#endif
