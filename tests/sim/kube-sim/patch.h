// SPDX-License-Identifier: ISC
/* patch -- the three forms of PATCH bodies, each applied to a borrowed value. */
#ifndef PATCH_H
#define PATCH_H

#include <stdbool.h>

#include "json.h"

struct kind_spec;

/* RFC 7396. */
jv patch_merge(jv target, jv patch);

/* RFC 6902. false: err says which operation cannot be done and why. */
bool patch_json(jv target, jv operations, jv *out, struct error *err);

/* Strategic merge: lists that the API types declare so are merged by key,
 * directives $patch, $retainKeys, $deleteFromPrimitiveList are obeyed. */
jv patch_strategic(const char *kind, jv target, jv patch);

/* The key by which a list at this member name is merged; NULL: it is atomic;
 * "": a set of plain values. */
const char *patch_list_key(const char *kind, const char *member);

/* The item of a list whose member key equals that of like, borrowed. */
bool patch_find_item(jv list, const char *key, jv like, jv *found);

#endif
