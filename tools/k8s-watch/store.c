// SPDX-License-Identifier: ISC
/*
 * store -- what was last said about each object of one kind.
 *
 * Entries lie close together in one array, their keys in one run of bytes,
 * and an open hash table (linear probing, Knuth 6.4 algorithm R for taking
 * out) holds indexes: about 60 bytes per object, no allocation of its own for
 * any. The last entry fills the place of one that goes.
 */
#include "store.h"
#include "heap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define SLOTS_MIN 64U
#define KEYS_MIN  4096U

struct store_entry {
	uint64_t content;
	uint64_t version;
	uint32_t uid;
	uint32_t key : 31; /* offset in keys */
	uint32_t is_seen : 1;
};

uint64_t
store_hash(const void *bytes, size_t n)
{
	/* Eight bytes at a time, multiplied and folded; not against attack:
	 * who makes two of his own objects collide hides his own change. */
	const uint64_t odd = 0x9e3779b97f4a7c15U;
	const char *at = bytes;
	uint64_t hash = n * odd;
	uint64_t word;

	for (; n > 0; at += sizeof(word)) {
		size_t part = n < sizeof(word) ? n : sizeof(word);

		word = 0;
		memcpy(&word, at, part);
		hash = (hash ^ word) * odd;
		hash ^= hash >> 29;
		n -= part;
	}
	return hash ^ hash >> 32;
}

static const char *
key_of(const struct store *store, uint32_t i)
{
	assert(store->entries != NULL && i < store->n);
	return store->keys + store->entries[i].key;
}

static uint32_t
home_of(const struct store *store, const char *key)
{
	return (uint32_t)store_hash(key, strlen(key)) & (store->n_slots - 1);
}

/* The slot of key, or the empty one where it would be. */
static uint32_t
slot_of(const struct store *store, const char *key)
{
	uint32_t slot = home_of(store, key);

	while (store->slots[slot] != 0 &&
	       strcmp(key_of(store, store->slots[slot] - 1), key) != 0)
		slot = (slot + 1) & (store->n_slots - 1);
	return slot;
}

static void
index_all(struct store *store, uint32_t n_slots)
{
	free(store->slots);
	store->slots = heap_new(n_slots * sizeof(*store->slots));
	store->n_slots = n_slots;
	for (uint32_t i = 0; i < store->n; i++)
		store->slots[slot_of(store, key_of(store, i))] = i + 1;
}

/* Move the keys in use together once most of the bytes are dead. */
static void
pack_keys(struct store *store)
{
	struct text packed = { 0 };

	if (store->keys_dead < KEYS_MIN || store->keys_dead < store->keys_n / 2)
		return;
	for (uint32_t i = 0; i < store->n; i++) {
		const char *key = key_of(store, i);
		uint32_t offset = (uint32_t)packed.n;

		text_add_n(&packed, key, strlen(key) + 1);
		store->entries[i].key = offset & INT32_MAX;
	}
	free(store->keys);
	store->keys = packed.data;
	store->keys_n = (uint32_t)packed.n;
	store->keys_size = (uint32_t)packed.size;
	store->keys_dead = 0;
}

/* A quarter more at a time: half-empty arrays would be most of the memory. */
static uint32_t
grown(uint32_t size, uint32_t min)
{
	return size < min ? min : size + size / 4;
}

static uint32_t
add_key(struct store *store, const char *key)
{
	uint32_t n = (uint32_t)strlen(key) + 1;
	uint32_t offset = store->keys_n;

	while (store->keys_size - store->keys_n < n) {
		store->keys_size = grown(store->keys_size, KEYS_MIN);
		store->keys = heap_resize(store->keys, store->keys_size, 1);
	}
	assert(offset + n < INT32_MAX);
	memcpy(store->keys + offset, key, n);
	store->keys_n += n;
	return offset;
}

static struct store_entry *
add_entry(struct store *store, const char *key)
{
	if (store->n_slots - store->n_slots / 4 <= store->n)
		index_all(store,
		    store->n_slots == 0 ? SLOTS_MIN : store->n_slots * 2);
	if (store->n == store->size) {
		store->size = grown(store->size, SLOTS_MIN);
		store->entries = heap_resize(
		    store->entries, store->size, sizeof(*store->entries));
	}
	assert(store->entries != NULL);
	store->slots[slot_of(store, key)] = store->n + 1;
	store->entries[store->n] = (struct store_entry){
		.key = add_key(store, key) & INT32_MAX,
	};
	return &store->entries[store->n++];
}

static struct store_entry *
find(const struct store *store, const char *key)
{
	uint32_t slot;

	if (store->n == 0)
		return NULL;
	slot = store->slots[slot_of(store, key)];
	return slot == 0 ? NULL : &store->entries[slot - 1];
}

static enum store_change
compare(const struct store_entry *old, const struct store_state *state)
{
	if (old->uid != state->uid)
		return STORE_REPLACED;
	if (old->version > state->version && state->version != 0)
		return STORE_OLDER;
	return old->content == state->content ? STORE_SAME : STORE_CHANGED;
}

enum store_change
store_put(struct store *store, const char *key, const struct store_state *state)
{
	struct store_entry *entry = find(store, key);
	enum store_change change = STORE_ADDED;

	if (entry != NULL)
		change = compare(entry, state);
	else
		entry = add_entry(store, key);
	entry->is_seen = true;
	if (change == STORE_OLDER)
		return change;
	entry->content = state->content;
	entry->version = state->version;
	entry->uid = state->uid;
	return change;
}

void
store_forget_versions(struct store *store)
{
	for (uint32_t i = 0; i < store->n; i++)
		store->entries[i].version = 0;
}

/* Empty a slot and move up those that had to pass over it. */
static void
empty_slot(struct store *store, uint32_t hole)
{
	uint32_t mask = store->n_slots - 1;
	uint32_t slot = hole;
	uint32_t home;

	for (;;) {
		store->slots[hole] = 0;
		do {
			slot = (slot + 1) & mask;
			if (store->slots[slot] == 0)
				return;
			home = home_of(
			    store, key_of(store, store->slots[slot] - 1));
		} while (((slot - home) & mask) < ((slot - hole) & mask));
		store->slots[hole] = store->slots[slot];
		hole = slot;
	}
}

static void
drop_entry(struct store *store, uint32_t i)
{
	uint32_t last = store->n - 1;

	store->keys_dead += (uint32_t)strlen(key_of(store, i)) + 1;
	empty_slot(store, slot_of(store, key_of(store, i)));
	if (i != last) {
		store->slots[slot_of(store, key_of(store, last))] = i + 1;
		store->entries[i] = store->entries[last];
	}
	store->n--;
}

bool
store_drop(struct store *store, const char *key, uint32_t uid)
{
	struct store_entry *entry = find(store, key);

	if (entry == NULL || entry->uid != uid)
		return false;
	drop_entry(store, (uint32_t)(entry - store->entries));
	pack_keys(store);
	return true;
}

void
store_begin(struct store *store)
{
	for (uint32_t i = 0; i < store->n; i++)
		store->entries[i].is_seen = false;
}

bool
store_sweep(struct store *store, uint32_t *cursor, const char **key)
{
	while (*cursor < store->n && store->entries[*cursor].is_seen)
		(*cursor)++;
	if (*cursor == store->n) {
		pack_keys(store);
		return false;
	}
	*key = key_of(store, *cursor);
	drop_entry(store, *cursor);
	return true;
}

void
store_done(struct store *store)
{
	free(store->entries);
	free(store->slots);
	free(store->keys);
	*store = (struct store){ 0 };
}
