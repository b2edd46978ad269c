// SPDX-License-Identifier: ISC
/*
 * index -- facts, groups of facts, and the back references.
 *
 *	kinds    "pods"               state and facts  "ns/name" -> stored
 *	groups   "pods ns/app=web"    -> stored, stored, ...
 *	asked    "pods/ns/name"       -> dependency <-> dependency ...
 *	         "pods ns/app=web"           |
 *	                                   member
 *
 * A dependency is in two lists: that of its member, and that of what was
 * asked for, which is doubly linked so that letting go costs the same however
 * many others have asked for it.
 */
#include "index.h"
#include "heap.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "claim.h"
#include "text.h"

struct stored {
	char *bytes;
	uint32_t n;
};

struct index_kind {
	struct table facts;
	enum message_state state;
	bool marked; /* the state was said */
	bool closed;
};

struct index_group {
	struct stored **items;
	size_t n, size;
};

struct asked {
	struct dependency *first;
};

struct dependency {
	struct dependency *previous, *next; /* of what was asked for */
	struct dependency *more;            /* of the member */
	struct asked *asked;
	struct member *member;
};

static void
drop_stored(void *value)
{
	free(((struct stored *)value)->bytes);
}

static void
drop_kind(void *value)
{
	table_clear(&((struct index_kind *)value)->facts);
}

static void
drop_group(void *value)
{
	free(((struct index_group *)value)->items);
}

void
index_init(struct index *index, const struct config *config)
{
	index->config = config;
	table_init(&index->kinds, sizeof(struct index_kind), drop_kind);
	table_init(&index->groups, sizeof(struct index_group), drop_group);
	table_init(&index->asked, sizeof(struct asked), NULL);
}

void
index_done(struct index *index)
{
	table_clear(&index->groups);
	table_clear(&index->asked);
	table_clear(&index->kinds);
}

static struct index_kind *
kind_of(struct index *index, const struct kind *kind)
{
	bool added;
	struct index_kind *found =
	    table_put(&index->kinds, kind->resource, &added);

	if (added)
		table_init(&found->facts, sizeof(struct stored), drop_stored);
	return found;
}

void
index_set_state(
    struct index *index, const struct kind *kind, enum message_state state)
{
	struct index_kind *found = kind_of(index, kind);

	found->marked = true;
	found->state = state;
}

bool
index_state(const struct index *index, const struct kind *kind,
    enum message_state *state)
{
	const struct index_kind *found =
	    table_find(&index->kinds, kind->resource);

	if (found == NULL || !found->marked)
		return false;
	*state = found->closed ? STATE_UNAVAILABLE : found->state;
	return true;
}

void
index_close(struct index *index, const struct kind *kind)
{
	struct index_kind *found = kind_of(index, kind);
	size_t n = strlen(kind->resource);
	size_t cursor = 0;
	struct index_group *group;

	if (found->closed)
		return;
	found->closed = true;
	while ((group = table_next(&index->groups, &cursor)) != NULL) {
		const char *key = table_key(group);

		if (strncmp(key, kind->resource, n) == 0 && key[n] == ' ')
			table_drop(&index->groups, key);
	}
	table_clear(&found->facts);
}

/* -- who asked ------------------------------------------------------------- */

static void
depend(struct ask *ask, const char *what)
{
	struct asked *asked = table_put(&ask->index->asked, what, NULL);
	struct dependency *dependency;

	/* Within one evaluation, ours is always in front. */
	if (asked->first != NULL && asked->first->member == ask->member)
		return;
	dependency = heap_new(sizeof(*dependency));
	dependency->asked = asked;
	dependency->member = ask->member;
	dependency->next = asked->first;
	if (asked->first != NULL)
		asked->first->previous = dependency;
	asked->first = dependency;
	dependency->more = ask->member->dependencies;
	ask->member->dependencies = dependency;
}

static void
unlink_dependency(struct index *index, struct dependency *dependency)
{
	struct asked *asked = dependency->asked;

	if (dependency->next != NULL)
		dependency->next->previous = dependency->previous;
	if (dependency->previous != NULL)
		dependency->previous->next = dependency->next;
	else
		asked->first = dependency->next;
	if (asked->first == NULL)
		table_drop(&index->asked, table_key(asked));
}

void
index_release(struct index *index, struct member *member)
{
	struct dependency *dependency = member->dependencies;

	member->dependencies = NULL;
	while (dependency != NULL) {
		struct dependency *more = dependency->more;

		unlink_dependency(index, dependency);
		free(dependency);
		dependency = more;
	}
}

void
index_mark_stale(struct stale *stale, struct member *member)
{
	if (member->stale)
		return;
	member->stale = true;
	stale->members = arena_grow(
	    stale->arena, stale->members, stale->n, sizeof(struct member *));
	stale->members[stale->n++] = member;
}

static void
make_stale(struct index *index, const char *what, struct stale *stale)
{
	const struct asked *asked = table_find(&index->asked, what);
	struct dependency *dependency = asked == NULL ? NULL : asked->first;

	for (; dependency != NULL; dependency = dependency->next)
		index_mark_stale(stale, dependency->member);
}

/* -- groups ---------------------------------------------------------------- */

static struct strlist
groups_of(
    const struct kind *kind, const struct stored *stored, struct arena *arena)
{
	struct fact fact = { table_key(stored), stored->n, stored->bytes };
	struct strlist groups = { 0 };

	if (kind->groups != NULL)
		kind->groups(&fact, arena, &groups);
	for (size_t i = 0; i < groups.n; i++)
		groups.items[i] = arena_format(
		    arena, "%s %s", kind->resource, groups.items[i]);
	return groups;
}

static void
group_add(struct index_group *group, struct stored *stored)
{
	if (group->n == group->size) {
		group->size = group->size == 0 ? 1 : 2 * group->size;
		group->items = heap_resize(
		    group->items, group->size, sizeof(struct stored *));
	}
	group->items[group->n++] = stored;
}

static void
join_group(struct index *index, const struct kind *kind, struct stored *stored,
    const char *what)
{
	struct index_group *group = kind->lazy
					? table_find(&index->groups, what)
					: table_put(&index->groups, what, NULL);

	if (group != NULL)
		group_add(group, stored);
}

static void
leave_group(struct index *index, const struct kind *kind, struct stored *stored,
    const char *what)
{
	struct index_group *group = table_find(&index->groups, what);
	size_t i = 0;

	if (group == NULL)
		return;
	while (group->items[i] != stored)
		i++;
	group->items[i] = group->items[--group->n];
	/* An empty group that was made for somebody who asked is known to be
	 * empty only as long as it is there. */
	if (group->n == 0 && !kind->lazy)
		table_drop(&index->groups, what);
}

/* A fact came or goes: whoever asked for it or its groups is stale. */
static void
regroup(struct index *index, const struct kind *kind, struct stored *stored,
    void (*change)(struct index *index, const struct kind *kind,
	struct stored *stored, const char *what),
    struct stale *stale)
{
	struct strlist groups = groups_of(kind, stored, stale->arena);

	make_stale(index,
	    arena_format(
		stale->arena, "%s/%s", kind->resource, table_key(stored)),
	    stale);
	for (size_t i = 0; i < groups.n; i++) {
		change(index, kind, stored, groups.items[i]);
		make_stale(index, groups.items[i], stale);
	}
}

/* The group of a lazy kind that nobody has asked for yet. */
static struct index_group *
gather_group(struct ask *ask, const struct kind *kind, const char *what)
{
	struct index_kind *found = kind_of(ask->index, kind);
	struct index_group *group = table_put(&ask->index->groups, what, NULL);
	size_t cursor = 0;
	struct stored *stored;

	while ((stored = table_next(&found->facts, &cursor)) != NULL) {
		struct strlist groups = groups_of(kind, stored, ask->arena);

		if (strlist_has(&groups, what))
			group_add(group, stored);
	}
	return group;
}

/* -- facts ----------------------------------------------------------------- */

void
index_drop(struct index *index, const struct kind *kind, const char *key,
    struct stale *stale)
{
	struct index_kind *found = kind_of(index, kind);
	struct stored *stored = table_find(&found->facts, key);

	if (stored == NULL)
		return;
	regroup(index, kind, stored, leave_group, stale);
	table_drop(&found->facts, key);
}

static bool
is_same(const struct stored *stored, const struct text *bytes)
{
	return stored != NULL && stored->n == bytes->n &&
	       memcmp(stored->bytes, text_str(bytes), bytes->n) == 0;
}

void
index_put(struct index *index, const struct kind *kind, const char *key,
    jv object, struct stale *stale)
{
	struct index_kind *found = kind_of(index, kind);
	struct text bytes = { 0 };
	struct stored *stored;
	bool is_there;

	if (found->closed)
		return;
	is_there = kind->pack(index->config, object, &bytes);
	if (!is_there || !is_same(table_find(&found->facts, key), &bytes)) {
		index_drop(index, kind, key, stale);
		if (is_there) {
			stored = table_put(&found->facts, key, NULL);
			stored->bytes = heap_copy_n(text_str(&bytes), bytes.n);
			stored->n = (uint32_t)bytes.n;
			regroup(index, kind, stored, join_group, stale);
		}
	}
	text_done(&bytes);
}

/* -- for sources ----------------------------------------------------------- */

static void
check_state(struct ask *ask, const struct kind *kind)
{
	enum message_state state;

	if (!index_state(ask->index, kind, &state) ||
	    state == STATE_UNAVAILABLE)
		claim_unknown(ask->draft, UNKNOWN_UNAVAILABLE);
	else if (state == STATE_FORBIDDEN)
		claim_unknown(ask->draft, UNKNOWN_FORBIDDEN);
}

bool
index_find(struct ask *ask, const struct kind *kind, const char *namespace,
    const char *name, struct fact *fact)
{
	struct index_kind *found = kind_of(ask->index, kind);
	const char *key = arena_format(ask->arena, "%s/%s", namespace, name);
	const struct stored *stored = table_find(&found->facts, key);

	check_state(ask, kind);
	depend(ask, arena_format(ask->arena, "%s/%s", kind->resource, key));
	if (stored == NULL)
		return false;
	*fact = (struct fact){ table_key(stored), stored->n, stored->bytes };
	return true;
}

static int
compare_facts(const void *a, const void *b)
{
	return strcmp(
	    ((const struct fact *)a)->key, ((const struct fact *)b)->key);
}

size_t
index_group(struct ask *ask, const struct kind *kind, const char *group,
    struct fact **facts)
{
	const char *what =
	    arena_format(ask->arena, "%s %s", kind->resource, group);
	const struct index_group *found = table_find(&ask->index->groups, what);

	check_state(ask, kind);
	depend(ask, what);
	if (found == NULL && kind->lazy)
		found = gather_group(ask, kind, what);
	if (found == NULL || found->n == 0)
		return 0;
	*facts = arena_alloc(ask->arena, found->n * sizeof(struct fact));
	for (size_t i = 0; i < found->n; i++)
		(*facts)[i] = (struct fact){ table_key(found->items[i]),
			found->items[i]->n, found->items[i]->bytes };
	qsort(*facts, found->n, sizeof(struct fact), compare_facts);
	return found->n;
}

/* -- packed texts ---------------------------------------------------------- */

void
fact_add(struct text *out, const char *text)
{
	if (text == NULL)
		text = "";
	text_add_n(out, text, strlen(text) + 1);
}

bool
fact_at_end(const struct fact *fact, size_t cursor)
{
	return cursor >= fact->n;
}

const char *
fact_next(const struct fact *fact, size_t *cursor)
{
	const char *text;

	if (fact_at_end(fact, *cursor))
		return "";
	text = fact->bytes + *cursor;
	*cursor += strlen(text) + 1;
	return text;
}
