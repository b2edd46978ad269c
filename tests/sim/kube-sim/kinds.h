// SPDX-License-Identifier: ISC
/* kinds -- the resources that the simulated API server serves at its start,
 * and those that CustomResourceDefinitions add. */
#ifndef KINDS_H
#define KINDS_H

#include <stdbool.h>

#include "json.h"
#include "store.h"

/*
 * Fill a new store with the built-in kinds, and for the custom ones of the
 * table with their definitions, as if somebody had applied them.
 */
void kinds_init(struct store *store);

/* The status of a definition that is accepted: it always is, at once. */
jv kinds_status(const struct store *store, jv definition);

/* Follow a definition that was written: its kind is added, changed or served
 * again. Ends the watches of a changed kind by way of kind->served. */
void kinds_define(struct store *store, jv definition);

/* Follow a definition that was removed: all objects go, then the kind. */
void kinds_undefine(struct store *store, const char *name);

/* The kind that a definition of this name defines, or NULL. */
struct kind *kinds_defined(const struct store *store, const char *name);

#endif
