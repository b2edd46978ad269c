// SPDX-License-Identifier: ISC
/* managers -- metadata.managedFields: who set which field, and server-side
 * apply, which rests on it. */
#ifndef MANAGERS_H
#define MANAGERS_H

#include "call.h"

/* object (borrowed) with the fields in which it differs from old recorded as
 * the caller's; a new value. */
jv managers_update(const struct call *call, jv old, jv object);

/*
 * What the caller applies (borrowed) merged over old: fields it applied before
 * and no longer names go, unless another manager has them too. false: another
 * manager holds a field with another value and force is not set: 409.
 */
bool managers_apply(
    const struct call *call, struct reply *reply, jv old, jv applied, jv *out);

#endif
