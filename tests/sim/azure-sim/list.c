// SPDX-License-Identifier: ISC
/*
 * list -- record sets of a zone, page by page, in the order of the zone.
 *
 * The token is the sort key of the last set told; with the switch torn-lists
 * it is a count instead, so that a write between two pages makes the list
 * repeat or miss a set.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "page.h"
#include "set.h"
#include "store.h"
#include "types.h"

/* What of the zone is asked for. */
struct filter {
	const struct set_type *type; /* NULL: all */
	const char *suffix;          /* of the relative name, or NULL */
	bool new_types;              /* also those of the preview */
};

static bool
is_wanted(const struct filter *filter, const struct set *set)
{
	size_t n = strlen(set->name);
	size_t suffix_n;

	if (filter->type != NULL && filter->type != set->type)
		return false;
	if (set->type->preview && !filter->new_types)
		return false;
	if (filter->suffix == NULL)
		return true;
	suffix_n = strlen(filter->suffix);
	return n > suffix_n && set->name[n - suffix_n - 1] == '.' &&
	       strcasecmp(set->name + n - suffix_n, filter->suffix) == 0;
}

/* The first set after the one that a token names, by halving. */
static size_t
start_of(struct zone *zone, const char *after)
{
	struct set **order = store_order(zone);
	size_t low = 0;
	size_t high = zone->sets.n;

	if (after == NULL)
		return 0;
	if (sim_switch("torn-lists") != 0)
		return strtoul(after, NULL, 10);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(store_set_key(order[middle]), after) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
set_list(struct call *call, struct zone *zone)
{
	const char *version = serve_query_of(call->request, "api-version");
	struct set **order = store_order(zone);
	struct filter filter = { .type = types_find(
				     call->place.child, zone->private) };
	const char *last = NULL;
	struct page page;
	size_t n = 0;
	jv items;

	if (!page_read(call, &page))
		return;
	filter.suffix = page.suffix;
	filter.new_types = strstr(version, "preview") != NULL ||
			   sim_switch("hide-new-types") == 0;
	items = json_new_array();
	for (size_t i = start_of(zone, page.after); i < zone->sets.n; i++) {
		if (!is_wanted(&filter, order[i]))
			continue;
		if (n++ == page.top) {
			if (sim_switch("torn-lists") != 0)
				last = arena_format(&call->arena, "%zu", i);
			break;
		}
		json_add(&items, set_to_json(call, order[i]));
		last = store_set_key(order[i]);
	}
	page_send(call, items, n > page.top ? last : NULL);
}
