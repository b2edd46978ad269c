// SPDX-License-Identifier: ISC
/* state -- the simulated cloud as one JSON document, in and out. */
#ifndef STATE_H
#define STATE_H

#include "sim.h"

/*
 * Replace the state by a document (see state.c); borrows it. false: answered,
 * and the state is what came before the mistake.
 */
bool state_load(struct call *call, jv document);

/* All zones and record sets in ARM form. */
jv state_save(struct call *call);

/* Add an empty zone. */
void state_add_zone(const char *subscription, const char *group,
    const char *name, bool private);

#endif
