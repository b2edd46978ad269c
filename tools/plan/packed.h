// SPDX-License-Identifier: ISC
/* packed -- texts one after the other, each ended by NUL. */
#ifndef PACKED_H
#define PACKED_H

#include "arena.h"
#include "strlist.h"
#include "text.h"

/* Append one; NULL is an empty text. */
void packed_add(struct text *out, const char *text);

/* What follows after a text; text i. */
const char *packed_next(const char *text);
const char *packed_text(const char *texts, unsigned i);

/* Add n texts, borrowed, to a list; returns what follows after them. */
const char *packed_list(
    const char *text, unsigned n, struct arena *arena, struct strlist *list);

#endif
