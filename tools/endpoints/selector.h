// SPDX-License-Identifier: ISC
/*
 * selector -- label selectors: `a=b,c in (d,e),!f,g>5`.
 *
 * The grammar of k8s.io/apimachinery labels.Parse. `=`, `==` and `in` need the
 * key, `!=` and `notin` hold without it.
 */
#ifndef SELECTOR_H
#define SELECTOR_H

#include <jv.h>
#include <stdbool.h>

struct arena;
struct error;
struct selector;

/* Parse into the arena; "" selects everything. NULL: err says where. With
 * numbers, `key>5` and `key<5` are taken too. */
const struct selector *selector_parse(
    struct arena *arena, const char *text, bool numbers, struct error *err);

/* labels is an object of texts, or absent. A NULL selector selects all. */
bool selector_matches(const struct selector *selector, jv labels);

/* A LabelSelector of the API (matchLabels, matchExpressions): an empty one
 * selects everything, an absent one nothing. */
bool selector_matches_api(struct arena *arena, jv selector, jv labels);

#endif
