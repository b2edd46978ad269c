// SPDX-License-Identifier: ISC
/* set -- the operations on one record set, and its JSON. */
#ifndef SET_H
#define SET_H

#include "sim.h"

/* The ARM form of a set, as the service of the call's zone prints it. */
jv set_to_json(struct call *call, const struct set *set);

/* GET, PUT, PATCH, DELETE on the set that the call's place names. */
void set_get(struct call *call, struct zone *zone);
void set_write(struct call *call, struct zone *zone, bool merge);
void set_delete(struct call *call, struct zone *zone);

/* GET of `recordsets`, `all` or of one type. */
void set_list(struct call *call, struct zone *zone);

/* Put a set from its ARM form as it stands, apex and autoregistered ones too.
 * false: answered. */
bool set_load(struct call *call, struct zone *zone, jv json);

#endif
