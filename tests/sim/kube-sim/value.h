// SPDX-License-Identifier: ISC
/* value -- building changed copies of JSON values; all of these borrow what
 * they are given and return a new value. */
#ifndef VALUE_H
#define VALUE_H

#include "json.h"

/* The object without a member. */
jv value_without(jv object, const char *key);

/* The object with a member replaced or added; takes member. */
jv value_with(jv object, const char *key, jv member);

/* The object with a path of two keys set; takes member. */
jv value_with_at(jv object, const char *key, const char *inner, jv member);

/* An empty object for what is none. */
jv value_object(jv value);

#endif
