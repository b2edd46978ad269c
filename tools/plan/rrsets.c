// SPDX-License-Identifier: ISC
/*
 * rrsets -- the record sets that Azure holds, packed.
 *
 *   struct rrset | etag owner resource opaque tags metadata | targets | marks
 *
 * Each text ends with NUL; an absent one is empty. A mark is its name, its
 * etag, and "1" if it is in the present format. Metadata is JSON text. Of a
 * record set of a type that we do not know, the type stands as resource: such
 * a set is opaque and has none.
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "packed.h"
#include "plan.h"

enum part {
	PART_ETAG,
	PART_OWNER,
	PART_RESOURCE,
	PART_OPAQUE,
	PART_TAGS,
	PART_METADATA,
	PART_TARGETS
};

static const char *
part(const struct rrset *rrset, enum part wanted)
{
	return packed_text(rrset->bytes, wanted);
}

static const char *
or_null(const char *text)
{
	return *text != '\0' ? text : NULL;
}

const char *
rrsets_etag(const struct rrset *rrset)
{
	return or_null(part(rrset, PART_ETAG));
}

const char *
rrsets_owner(const struct rrset *rrset)
{
	return or_null(part(rrset, PART_OWNER));
}

const char *
rrsets_resource(const struct rrset *rrset)
{
	return or_null(part(rrset, PART_RESOURCE));
}

bool
rrsets_is_orphan(const struct rrset *rrset)
{
	return rrset->n_targets == 0 && !rrset->is_opaque;
}

void
rrsets_have(struct arena *arena, const struct rrset *rrset, struct have *have)
{
	const char *text = part(rrset, PART_TARGETS);
	const char *metadata = part(rrset, PART_METADATA);

	*have = (struct have){ .ttl_s = rrset->ttl_s };
	have->etag = rrsets_etag(rrset);
	have->owner = rrsets_owner(rrset);
	if (rrset->rtype != RTYPE_NONE)
		have->resource = rrsets_resource(rrset);
	have->opaque = or_null(part(rrset, PART_OPAQUE));
	strlist_add_split(&have->tags, arena, part(rrset, PART_TAGS), ',');
	if (*metadata != '\0' &&
	    !json_parse(metadata, strlen(metadata), &have->metadata, NULL))
		abort(); /* it was printed by us */
	text = packed_list(text, rrset->n_targets, arena, &have->targets);
	have->n_marks = rrset->n_marks;
	have->marks =
	    arena_alloc(arena, (rrset->n_marks + 1U) * sizeof(struct mark));
	for (unsigned i = 0; i < rrset->n_marks; i++) {
		struct mark *mark = &have->marks[i];

		mark->name = text;
		text = packed_next(text);
		mark->etag = or_null(text);
		text = packed_next(text);
		mark->current = *text == '1';
		text = packed_next(text);
	}
}

void
rrsets_done(struct have *have)
{
	if (json_is_present(have->metadata))
		json_free(have->metadata);
	have->metadata = (jv){ 0 };
}

static void
pack(struct text *out, const struct record *record)
{
	const struct have *have = record->have;

	packed_add(out, have->etag);
	packed_add(out, have->owner);
	packed_add(out,
	    record->rtype != RTYPE_NONE ? have->resource : record->type_name);
	packed_add(out, have->opaque != NULL || record->rtype != RTYPE_NONE
			    ? have->opaque
			    : record->type_name);
	for (size_t i = 0; i < have->tags.n; i++)
		text_format(out, ",%s", have->tags.items[i]);
	text_add_char(out, '\0');
	if (json_is_present(have->metadata))
		json_print(out, have->metadata);
	text_add_char(out, '\0');
	for (size_t i = 0; i < have->targets.n; i++)
		packed_add(out, have->targets.items[i]);
	for (size_t i = 0; i < have->n_marks; i++) {
		packed_add(out, have->marks[i].name);
		packed_add(out, have->marks[i].etag);
		packed_add(out, have->marks[i].current ? "1" : "0");
	}
}

struct rrset *
rrsets_find(const struct name *name, const struct zone *zone, enum rtype rtype)
{
	struct rrset *rrset = name->rrsets;

	while (rrset != NULL && (rrset->zone != zone || rrset->rtype != rtype))
		rrset = rrset->next;
	return rrset;
}

/* Of the types that we do not know, each is a key of its own. */
static struct rrset *
find_same(const struct name *name, const struct zone *zone,
    const struct record *record)
{
	struct rrset *rrset = name->rrsets;

	if (record->rtype != RTYPE_NONE)
		return rrsets_find(name, zone, record->rtype);
	while (rrset != NULL &&
	       (rrset->zone != zone || rrset->rtype != RTYPE_NONE ||
		   strcmp(part(rrset, PART_RESOURCE), record->type_name) != 0))
		rrset = rrset->next;
	return rrset;
}

static void
count(struct rrset *rrset, int by)
{
	if (rrset->is_ours)
		rrset->zone->n_ours += (unsigned)by;
	if (rrsets_is_orphan(rrset))
		rrset->zone->n_orphans += (unsigned)by;
}

static struct rrset *
new_rrset(struct plan *plan, struct zone *zone, const struct record *record)
{
	size_t n_targets = record->have->targets.n;
	size_t n_marks = record->have->n_marks;
	struct text packed = { 0 };
	struct rrset *rrset;

	/* More than Azure has ever held: not to be counted wrongly. */
	if (n_targets > UINT16_MAX || n_marks > UINT8_MAX)
		n_targets = n_marks = 0;
	pack(&packed, record);
	rrset = heap_new(sizeof(*rrset) + packed.n);
	memcpy(rrset->bytes, packed.data, packed.n);
	text_done(&packed);
	rrset->zone = zone;
	rrset->name = names_get(plan, record->name);
	rrset->ttl_s = (int32_t)record->have->ttl_s;
	rrset->listing = zone->n_listings;
	rrset->n_targets = (uint16_t)n_targets;
	rrset->n_marks = (uint8_t)n_marks;
	rrset->rtype = (uint8_t)record->rtype;
	rrset->is_opaque =
	    record->have->opaque != NULL || record->rtype == RTYPE_NONE;
	rrset->is_ours = !rrset->is_opaque && rrset->n_targets > 0 &&
			 owner_is_ours(plan->config, rrset);
	return rrset;
}

void
rrsets_put(struct plan *plan, struct zone *zone, const struct record *record)
{
	struct name *name = names_get(plan, record->name);
	struct rrset *old = find_same(name, zone, record);
	struct rrset *rrset;

	names_mark(plan, name);
	if (record->have == NULL) {
		if (old != NULL)
			rrsets_drop(plan, old);
		return;
	}
	rrset = new_rrset(plan, zone, record);
	if (old != NULL) {
		rrset->said = old->said;
		rrset->released = old->released;
		if (old->going != 0 && !rrsets_is_orphan(rrset)) {
			rrset->going = old->going;
			rrset->gone_since_s = old->gone_since_s;
			zone->going[rrset->going - 1] = rrset;
			old->going = 0;
		}
		rrsets_drop(plan, old);
	}
	rrset->next = name->rrsets;
	name->rrsets = rrset;
	count(rrset, 1);
	owned_add(plan, rrset);
}

void
rrsets_drop(struct plan *plan, struct rrset *rrset)
{
	struct rrset **place = &rrset->name->rrsets;

	while (*place != rrset)
		place = &(*place)->next;
	*place = rrset->next;
	brake_forget(rrset);
	count(rrset, -1);
	owned_drop(plan, rrset);
	names_mark(plan, rrset->name);
	free(rrset);
}
