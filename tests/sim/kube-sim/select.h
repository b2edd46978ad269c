// SPDX-License-Identifier: ISC
/* select -- label selectors and field selectors of lists and watches. */
#ifndef SELECT_H
#define SELECT_H

#include <stdbool.h>

#include "arena.h"
#include "call.h"

struct selector {
	struct requirement *labels;
	size_t n_labels;
	struct requirement *fields;
	size_t n_fields;
};

/* Read both selectors of a call. false: reply holds the 400. */
bool select_parse(
    const struct call *call, struct selector *selector, struct reply *reply);

/* true if nothing is asked for. */
bool select_is_empty(const struct selector *selector);

/* Whether an object in this state is selected. */
bool select_has(const struct selector *selector, const struct body *body);

/* A copy that outlives the call's arena, in another one. */
struct selector select_copy(
    const struct selector *selector, struct arena *arena);

#endif
