// SPDX-License-Identifier: ISC
/* split -- a list that arrives in pieces, taken apart item by item. */
#ifndef SPLIT_H
#define SPLIT_H

#include "scan.h"
#include "text.h"

/*
 * The texts of the items go out one by one; when the list is over, head is the
 * list without them: `{"kind":...,"items":[]}`. Zero-initialise; split_done at
 * the end.
 */
struct split {
	struct text head; /* the list without its items */
	struct text item; /* the beginning of an item not yet whole */
	int depth;
	bool is_string; /* within a string */
	bool is_escaped;
	bool is_items; /* within the array of the items */
	bool is_over;
};

/* Takes one whole item; false ends the reading. */
typedef bool split_function(void *context, struct span item);

/*
 * The next piece. false: on_item said so, or the text is none that a list
 * may be: more than 1 MiB beside its items, an item of more than 16 MiB, or
 * something behind its end.
 */
bool split_feed(struct split *split, struct span piece, split_function *on_item,
    void *context);

/* Give the memory back; ready for another list. */
void split_done(struct split *split);

#endif
