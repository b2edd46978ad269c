// SPDX-License-Identifier: ISC
/*
 * table -- see table.h.
 *
 *   slots   [ - | o | - | o | o | - | ... ]   power of two, at most 4/5 full
 *                 |       |   |
 *   entries   {hash, value, key}              one allocation each
 *
 * Linear probing. Dropping moves the entries behind the hole back, so that
 * there are no tombstones and a long run costs what its content costs.
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "table.h"
#include "text.h"

#define SLOTS_MIN 16

struct table_entry {
	uint32_t hash;
	uint32_t key_offset; /* from value */
	uint64_t value[];    /* values hold pointers and integers */
};

static uint32_t
hash_key(const char *key)
{
	return (uint32_t)text_hash(TEXT_HASH, key, strlen(key));
}

static const char *
entry_key(const struct table_entry *entry)
{
	return (const char *)entry->value + entry->key_offset;
}

static const struct table_entry *
entry_of(const void *value)
{
	return (
	    const struct table_entry *)((const char *)value -
					offsetof(struct table_entry, value));
}

const char *
table_key(const void *value)
{
	return entry_key(entry_of(value));
}

void
table_init(struct table *table, size_t value_size, void (*drop)(void *))
{
	*table = (struct table){ .value_size = value_size, .drop = drop };
}

/* The slot that holds key, or the free one where it belongs. */
static size_t
find_slot(const struct table *table, const char *key, uint32_t hash)
{
	size_t mask = table->n_slots - 1;
	size_t i = hash & mask;

	while (table->slots[i] != NULL &&
	       (table->slots[i]->hash != hash ||
		   strcmp(entry_key(table->slots[i]), key) != 0))
		i = (i + 1) & mask;
	return i;
}

static void
grow(struct table *table)
{
	size_t n_slots = table->n_slots == 0 ? SLOTS_MIN : 2 * table->n_slots;
	struct table_entry **slots =
	    heap_new(n_slots * sizeof(struct table_entry *));

	for (size_t i = 0; i < table->n_slots; i++) {
		struct table_entry *entry = table->slots[i];
		size_t slot;

		if (entry == NULL)
			continue;
		slot = entry->hash & (n_slots - 1);
		while (slots[slot] != NULL)
			slot = (slot + 1) & (n_slots - 1);
		slots[slot] = entry;
	}
	free(table->slots);
	table->slots = slots;
	table->n_slots = n_slots;
}

void *
table_find(const struct table *table, const char *key)
{
	struct table_entry *entry;

	if (table->n == 0)
		return NULL;
	entry = table->slots[find_slot(table, key, hash_key(key))];
	return entry == NULL ? NULL : entry->value;
}

static struct table_entry *
new_entry(const struct table *table, const char *key, uint32_t hash)
{
	size_t key_bytes = strlen(key) + 1;
	struct table_entry *entry =
	    heap_new(sizeof(*entry) + table->value_size + key_bytes);

	entry->hash = hash;
	entry->key_offset = (uint32_t)table->value_size;
	memcpy((char *)entry->value + table->value_size, key, key_bytes);
	return entry;
}

void *
table_put(struct table *table, const char *key, bool *added)
{
	uint32_t hash = hash_key(key);
	size_t slot;

	if (5 * (table->n + 1) > 4 * table->n_slots)
		grow(table);
	slot = find_slot(table, key, hash);
	if (added != NULL)
		*added = table->slots[slot] == NULL;
	if (table->slots[slot] == NULL) {
		table->slots[slot] = new_entry(table, key, hash);
		table->n++;
	}
	return table->slots[slot]->value;
}

/* Free the slot and close the gap behind it. */
static void
empty_slot(struct table *table, size_t hole)
{
	size_t mask = table->n_slots - 1;

	for (size_t i = (hole + 1) & mask; table->slots[i] != NULL;
	     i = (i + 1) & mask) {
		size_t home = table->slots[i]->hash & mask;

		/* Does the hole lie between its home and where it is? */
		if (((i - home) & mask) >= ((i - hole) & mask)) {
			table->slots[hole] = table->slots[i];
			hole = i;
		}
	}
	table->slots[hole] = NULL;
}

bool
table_drop(struct table *table, const char *key)
{
	struct table_entry *entry;
	size_t slot;

	if (table->n == 0)
		return false;
	slot = find_slot(table, key, hash_key(key));
	entry = table->slots[slot];
	if (entry == NULL)
		return false;
	if (table->drop != NULL)
		table->drop(entry->value);
	empty_slot(table, slot);
	table->n--;
	free(entry);
	return true;
}

void *
table_next(const struct table *table, size_t *cursor)
{
	/*
	 * Downwards, beginning behind an empty slot: what dropping moves into
	 * a hole comes from above it and was seen already. The cursor holds
	 * that first slot in its upper half and the number of slots seen, plus
	 * one, in its lower half.
	 */
	size_t start = *cursor >> 32;
	size_t seen = *cursor & UINT32_MAX;

	if (seen == 0) {
		while (start < table->n_slots && table->slots[start] != NULL)
			start++;
		seen = 1;
	}
	for (; seen <= table->n_slots; seen++) {
		size_t i =
		    (start + table->n_slots - seen) & (table->n_slots - 1);

		if (table->slots[i] != NULL) {
			*cursor = start << 32 | (seen + 1);
			return table->slots[i]->value;
		}
	}
	*cursor = start << 32 | seen;
	return NULL;
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(
	    table_key(*(void *const *)a), table_key(*(void *const *)b));
}

void **
table_sorted(const struct table *table)
{
	void **values = heap_new((table->n + 1) * sizeof(*values));
	size_t n = 0;

	for (size_t i = 0; i < table->n_slots; i++)
		if (table->slots[i] != NULL)
			values[n++] = table->slots[i]->value;
	qsort(values, n, sizeof(*values), compare_keys);
	return values;
}

void
table_clear(struct table *table)
{
	for (size_t i = 0; i < table->n_slots; i++) {
		if (table->slots[i] != NULL && table->drop != NULL)
			table->drop(table->slots[i]->value);
		free(table->slots[i]);
	}
	free(table->slots);
	table_init(table, table->value_size, table->drop);
}
