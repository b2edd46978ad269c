// SPDX-License-Identifier: ISC
/*
 * known -- see known.h.
 *
 * A hash per key; so a later listing says only what changed. Keys that were
 * written, or were being written, since the listing began are left out: their
 * RESULT is the newer truth.
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "json.h"
#include "known.h"
#include "message.h"
#include "ownership.h"
#include "report.h"
#include "table.h"
#include "text.h"
#include "zones.h"

/* What is there as a number that is hardly ever the same for another. */
static uint64_t
hash_of(const struct owned *owned)
{
	struct text text = { 0 };
	uint64_t hash;

	if (owned->have == NULL)
		return 0;
	message_encode_have(&text, owned->have);
	hash = text_hash(TEXT_HASH, text.data, text.n);
	text_done(&text);
	return hash;
}

static struct known *
get(struct zone *zone, const char *name, const char *type_name)
{
	struct text key = { 0 };
	struct known *known;

	text_format(&key, "%s %s", name, type_name);
	known = table_put(&zone->known, key.data, NULL);
	text_done(&key);
	return known;
}

void
known_touch(struct zone *zone, const char *name, const char *type_name)
{
	get(zone, name, type_name)->touched = zone->listing_no;
}

void
known_put(struct zone *zone, const struct owned *owned)
{
	struct known *known = get(zone, owned->name, owned->type_name);

	/* A key that is gone is remembered while a listing may still hold it. */
	known->hash = hash_of(owned);
	known->touched = zone->listing_no;
	if (owned->have == NULL && zone->listing == NULL)
		(void)table_drop(&zone->known, table_key(known));
}

static void
say(struct zone *zone, const struct owned *owned, struct known *known)
{
	uint64_t hash = hash_of(owned);
	struct record record = {
		.type = MESSAGE_MODIFIED,
		.zone = zone->id,
		.name = owned->name,
		.rtype = owned->rtype,
		.type_name = owned->type_name,
	};
	struct have have;

	if (known->hash == 0)
		record.type = MESSAGE_ADDED;
	else if (owned->have == NULL)
		record.type = MESSAGE_DELETED;
	if (owned->have != NULL) {
		have = *owned->have;
		record.have = &have;
	}
	if (known->hash != hash)
		report_record(zone->zones->report, &record);
	known->hash = hash;
}

void
known_found(struct zone *zone, const struct owned *owned)
{
	if (zone->n_listed == 0)
		return;
	say(zone, owned, get(zone, owned->name, owned->type_name));
	known_put(zone, owned);
}

void
known_listed(void *context, const struct owned *owned)
{
	struct zone *zone = context;
	struct known *known = get(zone, owned->name, owned->type_name);

	known->seen = zone->listing_no;
	if (known->touched != zone->listing_no)
		say(zone, owned, known);
}

void
known_end(struct zone *zone)
{
	void **all = table_sorted(&zone->known);
	size_t n = zone->known.n;

	for (size_t i = 0; i < n; i++) {
		struct known *known = all[i];
		const char *key = table_key(known);
		const char *type_name = strchr(key, ' ') + 1;
		struct owned owned = { .type_name = type_name,
			.rtype = rtype_find(type_name) };
		char *name;

		if (known->seen == zone->listing_no ||
		    (known->touched == zone->listing_no && known->hash != 0))
			continue;
		name = heap_copy_n(key, (size_t)(type_name - key - 1));
		owned.name = name;
		say(zone, &owned, known);
		free(name);
		(void)table_drop(&zone->known, key);
	}
	free(all);
}
