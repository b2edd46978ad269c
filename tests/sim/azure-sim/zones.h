// SPDX-License-Identifier: ISC
/* zones -- the operations on zones, their links, and what runs on by itself. */
#ifndef ZONES_H
#define ZONES_H

#include "sim.h"

/* Lists of a subscription or a group. */
void zones_list(struct call *call);

/* GET, PUT, PATCH, DELETE on a zone; zone is NULL if there is none. */
void zones_handle(struct call *call, struct zone *zone);

/* GET, list, PUT, DELETE of virtual network links of a private zone. */
void zones_links(struct call *call, struct zone *zone);

/* GET of an operation's status or result; the place's zone is its id. */
void zones_operation(struct call *call);

#endif
