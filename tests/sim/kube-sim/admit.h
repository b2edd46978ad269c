// SPDX-License-Identifier: ISC
/* admit -- what a body becomes before it is stored: subresources parted,
 * managers recorded, defaults filled in, and what is wrong refused. */
#ifndef ADMIT_H
#define ADMIT_H

#include "call.h"

/*
 * body (borrowed) written over old (invalid: there is none) as *out, a new
 * value. false: reply says why not.
 */
bool admit_object(
    struct call *call, struct reply *reply, jv old, jv body, jv *out);

/* The same for a server-side apply: body is only what its manager cares for. */
bool admit_applied(
    struct call *call, struct reply *reply, jv old, jv body, jv *out);

/* Defaults of a built-in kind; takes and gives a value. */
jv admit_defaults(struct store *store, const struct kind *kind, jv object);

#endif
