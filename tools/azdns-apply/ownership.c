// SPDX-License-Identifier: ISC
/*
 * ownership -- see ownership.h.
 *
 * A TXT set with a text of external-dns is a mark and not told as a record.
 * It marks the record that its name says; a mark in the format before v0.12
 * marks every record of its name that has no mark of its own, AAAA excepted.
 * A mark that marks nothing is told as a `have` without targets.
 *
 *   registry        mark and metadata        told as
 *   txt             own mark                 current
 *   txt             own mark without quotes  not current: to be written anew
 *   txt             old format               not current: to be replaced
 *   txt             metadata alone           not current and without etag: to be
 *                                            written, if a TXT can be there
 *   azure-metadata  any TXT mark             not current: to be taken away
 *
 * A mark that holds other values too has no etag and is current: it is neither
 * written nor deleted. A mark whose text cannot be read is somebody's TXT
 * record. Old marks of another owner than the present one are his.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "json.h"
#include "ownership.h"
#include "scan.h"
#include "table.h"
#include "tags.h"
#include "txtregistry.h"

#define MARKS_MAX 2 /* of one record: its own and an old one */

struct found_mark {
	const char *marked; /* the absolute name it marks */
	enum rtype rtype;   /* RTYPE_NONE: old format */
	const char *name;   /* its own, relative */
	const char *owner;
	const char *resource;
	const char *metadata; /* tags of the record, and perhaps others */
	const char *etag;     /* NULL: holds other values too */
	unsigned n_rested;    /* records that have no other mark */
	bool is_used;
	bool is_quoted; /* as external-dns writes it */
};

/* A record set with its marks, or a mark without its record. */
struct entry {
	const char *name;
	enum rtype rtype;
	const char *type_name;
	const struct recordset *set; /* NULL: a mark alone */
	struct found_mark *marks[MARKS_MAX];
};

static bool
find_text(struct ownership *ownership, const struct recordset *set,
    struct found_mark *mark)
{
	for (size_t i = 0; i < set->targets.n; i++) {
		if (txtregistry_decode(ownership->marking->txt,
			ownership->arena, set->targets.items[i], &mark->owner,
			&mark->resource)) {
			mark->is_quoted = *set->targets.items[i] == '\"';
			return true;
		}
	}
	return false;
}

static bool
add_mark(struct ownership *ownership, const struct recordset *set)
{
	struct arena *arena = ownership->arena;
	struct found_mark mark = { .name = set->name };
	struct found_mark *kept;

	if (ownership->marking->registry == REGISTRY_NOOP ||
	    set->rtype != RTYPE_TXT || set->opaque != NULL ||
	    !find_text(ownership, set, &mark) || mark.owner == NULL)
		return false;
	mark.marked = txtregistry_marked(ownership->marking->txt, arena,
	    recordset_absolute(arena, set->name, ownership->zone), &mark.rtype);
	if (mark.marked == NULL ||
	    recordset_relative(arena, mark.marked, ownership->zone) == NULL)
		return false;
	mark.etag = set->targets.n == 1 ? set->etag : NULL;
	mark.metadata = set->metadata;
	kept = arena_alloc(arena, sizeof(*kept));
	*kept = mark;
	ownership->marks = arena_grow(arena, ownership->marks,
	    ownership->n_marks, sizeof(struct found_mark *));
	ownership->marks[ownership->n_marks++] = kept;
	return true;
}

bool
ownership_add(struct ownership *ownership, struct span value, struct error *err)
{
	struct recordset set;
	struct recordset *kept;

	if (!recordset_decode(ownership->arena, value, &set, err))
		return false;
	if (strcmp(set.type_name, "SOA") == 0 || add_mark(ownership, &set))
		return true;
	kept = arena_alloc(ownership->arena, sizeof(*kept));
	*kept = set;
	ownership->sets = arena_grow(ownership->arena, ownership->sets,
	    ownership->n_sets, sizeof(struct recordset *));
	ownership->sets[ownership->n_sets++] = kept;
	return true;
}

/* -- joining -------------------------------------------------------------- */

static int
compare_marks(const void *a, const void *b)
{
	const struct found_mark *left = *(struct found_mark *const *)a;
	const struct found_mark *right = *(struct found_mark *const *)b;
	int order = strcmp(left->marked, right->marked);

	return order != 0 ? order : (int)left->rtype - (int)right->rtype;
}

static struct found_mark *
find_mark(struct ownership *ownership, const char *marked, enum rtype rtype)
{
	struct found_mark wanted = { .marked = marked, .rtype = rtype };
	struct found_mark *key = &wanted;
	struct found_mark **found;

	if (ownership->n_marks == 0)
		return NULL;
	found = bsearch(&key, ownership->marks, ownership->n_marks,
	    sizeof(struct found_mark *), compare_marks);
	return found != NULL ? *found : NULL;
}

/* The marks of one record: its own first, the one it rests on first. */
static void
join_marks(struct ownership *ownership, struct entry *entry)
{
	const char *lookup = txtregistry_lookup(
	    ownership->marking->txt, ownership->arena, entry->name);
	struct found_mark *own =
	    entry->rtype == RTYPE_NONE
		? NULL
		: find_mark(ownership, lookup, entry->rtype);
	struct found_mark *old = entry->rtype == RTYPE_AAAA
				     ? NULL
				     : find_mark(ownership, lookup, RTYPE_NONE);

	if (own != NULL && old != NULL && strcmp(own->owner, old->owner) != 0)
		old = NULL;
	entry->marks[0] = own != NULL ? own : old;
	entry->marks[1] = own != NULL ? old : NULL;
	if (entry->marks[0] != NULL)
		entry->marks[0]->n_rested++;
	for (int i = 0; i < MARKS_MAX; i++) {
		if (entry->marks[i] != NULL)
			entry->marks[i]->is_used = true;
	}
}

static struct entry *
new_entry(struct ownership *ownership, struct entry **entries, size_t *n)
{
	*entries =
	    arena_grow(ownership->arena, *entries, *n, sizeof(**entries));
	return &(*entries)[(*n)++];
}

static void
add_lonely(struct ownership *ownership, struct entry **entries, size_t *n)
{
	/* Own marks first, so that an old one beside goes with it. */
	for (int old = 0; old < 2; old++) {
		for (size_t i = 0; i < ownership->n_marks; i++) {
			struct found_mark *mark = ownership->marks[i];
			enum rtype rtype = old ? RTYPE_A : mark->rtype;
			struct entry *entry;

			if (mark->is_used || (mark->rtype == RTYPE_NONE) != old)
				continue;
			entry = new_entry(ownership, entries, n);
			*entry = (struct entry){ .name = mark->marked,
				.rtype = rtype,
				.type_name = rtype_name(rtype) };
			join_marks(ownership, entry);
		}
	}
}

static int
compare_entries(const void *a, const void *b)
{
	const struct entry *left = a;
	const struct entry *right = b;
	int order = strcmp(left->name, right->name);

	return order != 0 ? order : strcmp(left->type_name, right->type_name);
}

/* Is there a TXT set of this name that is no mark? */
static bool
is_taken(const struct ownership *ownership, const char *name)
{
	for (size_t i = 0; i < ownership->n_sets; i++) {
		if (ownership->sets[i]->rtype == RTYPE_TXT &&
		    strcmp(ownership->sets[i]->name, name) == 0)
			return true;
	}
	return false;
}

/* Owned by metadata alone, where a TXT mark belongs: one to be written. */
static void
want_mark(
    struct ownership *ownership, const struct entry *entry, struct have *have)
{
	struct arena *arena = ownership->arena;
	const char *name;

	if (ownership->marking->registry != REGISTRY_TXT ||
	    have->owner == NULL || entry->rtype == RTYPE_NONE)
		return;
	name = ownership_mark_name(ownership->marking, arena, entry->name,
	    entry->rtype, ownership->zone);
	if (name == NULL || is_taken(ownership, name) ||
	    txtregistry_encode(ownership->marking->txt, arena, have->owner,
		have->resource) == NULL)
		return;
	have->marks = arena_alloc(arena, sizeof(*have->marks));
	have->marks[0] = (struct mark){ .name = name };
	have->n_marks = 1;
}

static bool
is_listed(const struct entry *entry, int i)
{
	/* An old mark that others rest on is not this record's to remove. */
	return entry->marks[i] != NULL &&
	       (i == 0 || entry->marks[i]->n_rested == 0);
}

static void
take_marks(
    struct ownership *ownership, const struct entry *entry, struct have *have)
{
	bool is_txt = ownership->marking->registry == REGISTRY_TXT;

	if (have->owner == NULL || is_txt) {
		have->owner = entry->marks[0]->owner;
		have->resource = entry->marks[0]->resource;
	}
	have->marks =
	    arena_alloc(ownership->arena, MARKS_MAX * sizeof(*have->marks));
	for (int i = 0; i < MARKS_MAX; i++) {
		const struct found_mark *mark = entry->marks[i];

		if (!is_listed(entry, i))
			continue;
		have->marks[have->n_marks++] = (struct mark){
			.name = mark->name,
			.etag = mark->etag,
			.current = mark->etag == NULL ||
				   (is_txt && mark->is_quoted &&
				       mark->rtype != RTYPE_NONE),
		};
	}
}

/* Those that stand on the mark too, which nobody else writes on. */
static struct strlist
tags_on_mark(const struct ownership *ownership, const struct entry *entry)
{
	struct strlist on_mark =
	    tags_of(ownership->arena, entry->marks[0]->metadata);

	return tags_among(ownership->arena, entry->set->metadata, &on_mark);
}

static void
say_entry(struct ownership *ownership, const struct entry *entry,
    owned_function *on_owned, void *context)
{
	struct have have = { .ttl_s = MESSAGE_ABSENT,
		.metadata = jv_invalid() };
	struct owned owned = { entry->name, entry->rtype, entry->type_name,
		&have };
	jv metadata = jv_invalid();

	if (entry->set != NULL) {
		struct recordset set = *entry->set;

		if (entry->marks[0] != NULL &&
		    entry->marks[0]->metadata != NULL)
			set.tags = tags_on_mark(ownership, entry);
		recordset_to_have(&set, &have, &metadata);
	}
	if (ownership->marking->registry == REGISTRY_NOOP)
		have.owner = have.resource = NULL;
	if (entry->marks[0] != NULL)
		take_marks(ownership, entry, &have);
	else
		want_mark(ownership, entry, &have);
	on_owned(context, &owned);
	json_free(metadata);
}

static void
take_shared(const struct ownership *ownership, struct table *shared)
{
	for (size_t i = 0; i < ownership->n_marks; i++) {
		const struct found_mark *mark = ownership->marks[i];

		if (mark->n_rested > 1)
			*(unsigned *)table_put(shared, mark->name, NULL) =
			    mark->n_rested;
	}
}

void
ownership_say(struct ownership *ownership, struct table *shared,
    owned_function *on_owned, void *context)
{
	struct entry *entries = NULL;
	size_t n = 0;

	if (ownership->n_marks > 0)
		qsort(ownership->marks, ownership->n_marks,
		    sizeof(struct found_mark *), compare_marks);
	for (size_t i = 0; i < ownership->n_sets; i++) {
		const struct recordset *set = ownership->sets[i];
		struct entry *entry = new_entry(ownership, &entries, &n);

		*entry = (struct entry){
			.name = recordset_absolute(
			    ownership->arena, set->name, ownership->zone),
			.rtype = set->rtype,
			.type_name = set->type_name,
			.set = set,
		};
		join_marks(ownership, entry);
	}
	add_lonely(ownership, &entries, &n);
	if (n > 0)
		qsort(entries, n, sizeof(*entries), compare_entries);
	if (shared != NULL)
		take_shared(ownership, shared);
	for (size_t i = 0; i < n; i++)
		say_entry(ownership, &entries[i], on_owned, context);
}

const char *
ownership_mark_name(const struct marking *marking, struct arena *arena,
    const char *name, enum rtype rtype, const char *zone)
{
	const char *mark =
	    marking->registry == REGISTRY_TXT
		? txtregistry_name(marking->txt, arena, name, rtype, zone)
		: NULL;

	return mark != NULL ? recordset_relative(arena, mark, zone) : NULL;
}
