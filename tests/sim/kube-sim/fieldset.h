// SPDX-License-Identifier: ISC
/*
 * fieldset -- sets of fields in the form of FieldsV1: an object of `f:MEMBER`,
 * `k:{"port":80}` (an item of a keyed list) and `v:"x"` (an item of a set);
 * `{}` is a leaf, `.` the item itself. Lists without a merge key are leaves.
 *
 * All borrow what they are given and return a new value. kind is that of the
 * object, for the keys of its lists.
 */
#ifndef FIELDSET_H
#define FIELDSET_H

#include <stdbool.h>

#include "json.h"

bool fieldset_is_empty(jv set);

/* All fields that a client may own of a whole object. */
jv fieldset_of(const char *kind, jv object);

/* Those in which object differs from old. */
jv fieldset_changed(const char *kind, jv old, jv object);

jv fieldset_union(jv a, jv b);

/* keep true: what is in both; false: what is only in a. */
jv fieldset_filter(jv a, jv b, bool keep);

/* The object without the fields of a set. */
jv fieldset_take_out(const char *kind, jv object, jv set);

/* The leaves as texts: `.spec.ports[port=80].targetPort`. */
jv fieldset_paths(jv set);

#endif
