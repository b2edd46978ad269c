// SPDX-License-Identifier: ISC
/* strlist -- see strlist.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "strlist.h"

void
strlist_add(struct strlist *list, struct arena *arena, const char *item)
{
	if (item == NULL)
		return;
	list->items =
	    arena_grow(arena, list->items, list->n, sizeof(*list->items));
	list->items[list->n++] = item;
}

void
strlist_add_all(
    struct strlist *list, struct arena *arena, const struct strlist *items)
{
	for (size_t i = 0; i < items->n; i++)
		strlist_add(list, arena, items->items[i]);
}

void
strlist_add_copies(
    struct strlist *list, struct arena *arena, const struct strlist *items)
{
	for (size_t i = 0; i < items->n; i++)
		strlist_add(list, arena, arena_copy(arena, items->items[i]));
}

void
strlist_add_split(
    struct strlist *list, struct arena *arena, const char *text, char separator)
{
	while (text != NULL && *text != '\0') {
		const char *end = strchrnul(text, separator);
		const char *next = *end == '\0' ? end : end + 1;

		while (text < end && isspace((unsigned char)*text))
			text++;
		while (end > text && isspace((unsigned char)end[-1]))
			end--;
		if (end > text)
			strlist_add(list, arena,
			    arena_copy_n(arena, text, (size_t)(end - text)));
		text = next;
	}
}

bool
strlist_has(const struct strlist *list, const char *item)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->items[i], item) == 0)
			return true;
	return false;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
strlist_sort_unique(struct strlist *list)
{
	size_t kept = 0;

	if (list->n < 2)
		return;
	qsort(list->items, list->n, sizeof(*list->items), compare);
	for (size_t i = 1; i < list->n; i++)
		if (strcmp(list->items[kept], list->items[i]) != 0)
			list->items[++kept] = list->items[i];
	list->n = kept + 1;
}

bool
strlist_equal(const struct strlist *a, const struct strlist *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

const char *
strlist_join(
    const struct strlist *list, struct arena *arena, const char *separator)
{
	size_t between = strlen(separator);
	size_t n = 1;
	char *joined, *end;

	for (size_t i = 0; i < list->n; i++)
		n += strlen(list->items[i]) + between;
	end = joined = arena_alloc(arena, n);
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			end = stpcpy(end, separator);
		end = stpcpy(end, list->items[i]);
	}
	return joined;
}
