// SPDX-License-Identifier: ISC
/* page -- one page of a list of ARM, taken apart item by item. */
#ifndef PAGE_H
#define PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "scan.h"

struct arm_answer;
struct text;

/* An item, borrowed for the call. false with err: the page is no good. */
typedef bool page_function(void *context, struct span item, struct error *err);

/*
 * Hand each item of `value` to on_item; next_link (reset first) takes the
 * address of the next page, empty on the last. false with err: the body is no
 * such page; items may have been handed over before.
 */
bool page_decode(const struct arm_answer *answer, struct text *next_link,
    page_function *on_item, void *context, struct error *err);

#endif
