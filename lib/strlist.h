// SPDX-License-Identifier: ISC
/*
 * strlist -- a list of texts whose array lives in an arena.
 *
 * The items are borrowed: whoever adds one sees to it that it lives long
 * enough. Zero-initialised is empty.
 */
#ifndef STRLIST_H
#define STRLIST_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct strlist {
	const char **items;
	size_t n;
};

/* Append; NULL does nothing. */
void strlist_add(struct strlist *list, struct arena *arena, const char *item);

/* Append all items of another list, or copies of them in the arena. */
void strlist_add_all(
    struct strlist *list, struct arena *arena, const struct strlist *items);
void strlist_add_copies(
    struct strlist *list, struct arena *arena, const struct strlist *items);

/* Append the parts of text between separators, trimmed, empty ones left out. */
void strlist_add_split(struct strlist *list, struct arena *arena,
    const char *text, char separator);

/* true if one of the items is this text. */
bool strlist_has(const struct strlist *list, const char *item);

/* Sort bytewise and drop repeats: the order that the wire demands of targets. */
void strlist_sort_unique(struct strlist *list);

/* Same items in the same order. */
bool strlist_equal(const struct strlist *a, const struct strlist *b);

/* All items with separator between them, in the arena; "" if there are none. */
const char *strlist_join(
    const struct strlist *list, struct arena *arena, const char *separator);

#endif
