// SPDX-License-Identifier: ISC
/* template_compare -- equality and order of values. */
#ifndef TEMPLATE_COMPARE_H
#define TEMPLATE_COMPARE_H

#include <stdbool.h>

struct run;
struct value;

/* *order below, at or above 0; false: they are not both texts or numbers. */
bool template_compare_order(
    const struct value *a, const struct value *b, int *order);

/* What is missing or nil equals only the same. false: run->err says that the
 * two cannot be compared. */
bool template_compare_equal(
    struct run *run, const struct value *a, const struct value *b, bool *equal);

#endif
