// SPDX-License-Identifier: ISC
/* parent -- what a route says about its Gateways and ListenerSets. */
#ifndef PARENT_H
#define PARENT_H

#include <stdbool.h>

#include "gateway.h"

/* A reference to a parent, with its defaults. */
struct parent {
	const struct kind *kind; /* NULL: not of ours */
	const char *namespace, *name;
	const char *section; /* "" for all */
	const char *port;    /* "" for all */
};

/* A ParentReference of the object that is asked. */
struct parent parent_read(struct ask *ask, jv reference);

/* spec.parentRefs names it; section and port may differ. */
bool parent_is_named(struct ask *ask, const struct parent *parent);

/* One of status.parents says that it was accepted. */
bool parent_has_accepted(struct ask *ask, const struct parent *parent);

/*
 * Look up a parent, and for a ListenerSet make sure that it is attached to its
 * Gateway and knows its targets. false: nothing comes through it.
 */
bool parent_find(
    struct ask *ask, const struct parent *parent, struct gateway *gateway);

#endif
