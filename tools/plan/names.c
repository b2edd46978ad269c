// SPDX-License-Identifier: ISC
/*
 * names -- the names that somebody asks for or that are there.
 *
 * A name lives as long as an ask, an rrset, a piece of work or a queue holds
 * it. A line marks the names that it concerns; the next pass decides these and
 * no others, so that an event costs what it concerns, not what there is.
 */
#include <stdlib.h>

#include "heap.h"
#include "plan.h"

#define LIST_MIN  16
#define LIST_KEPT 1024 /* what a start needs is given back */

void
plan_init(struct plan *plan)
{
	table_init(&plan->sources, sizeof(struct source), NULL);
	table_init(&plan->claims, sizeof(struct claimant), NULL);
	table_init(&plan->names, sizeof(struct name), NULL);
	table_init(&plan->unknown, sizeof(unsigned), NULL);
	(void)zones_get(plan, "");
	for (size_t i = 0; i < plan->config->sources.n; i++) {
		const char *source = plan->config->sources.items[i];

		if (*source != '\0')
			sources_get(plan, source)->rank = (uint16_t)i;
	}
}

void
name_list_add(struct name_list *list, struct name *name)
{
	if (list->n == list->size) {
		list->size = list->size == 0 ? LIST_MIN : 2 * list->size;
		list->items =
		    heap_resize(list->items, list->size, sizeof(struct name *));
	}
	list->items[list->n++] = name;
}

void
name_list_clear(struct name_list *list)
{
	if (list->first < list->n)
		return;
	list->first = list->n = 0;
	if (list->size <= LIST_KEPT)
		return;
	free(list->items);
	*list = (struct name_list){ 0 };
}

struct name *
names_get(struct plan *plan, const char *text)
{
	return table_put(&plan->names, text, NULL);
}

const char *
names_text(const struct name *name)
{
	return table_key(name);
}

void
names_mark(struct plan *plan, struct name *name)
{
	if (name->is_dirty)
		return;
	name->is_dirty = true;
	name_list_add(&plan->dirty, name);
}

void
names_mark_all(struct plan *plan)
{
	size_t cursor = 0;
	struct name *name;

	while ((name = table_next(&plan->names, &cursor)) != NULL)
		names_mark(plan, name);
}

void
names_release(struct plan *plan, struct name *name)
{
	if (name->asks == NULL && name->rrsets == NULL && name->works == NULL &&
	    name->refs == 0 && !name->is_dirty)
		(void)table_drop(&plan->names, names_text(name));
}
