// SPDX-License-Identifier: ISC
/*
 * store -- what was last said about each object of one kind.
 *
 * Nothing of the object is kept but its key and three numbers: enough to tell
 * a repetition from a change, another object of the same name, an answer
 * older than what was said, and after a list what is no longer there.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialised is empty. */
struct store {
	struct store_entry *entries;
	uint32_t n;
	uint32_t size;
	uint32_t *slots; /* index of an entry + 1, or 0 */
	uint32_t n_slots;
	char *keys; /* NUL-terminated, one after the other */
	uint32_t keys_n;
	uint32_t keys_size;
	uint32_t keys_dead; /* bytes of dropped keys */
};

/* One state of an object. */
struct store_state {
	uint64_t content; /* hash of what was said */
	uint64_t version; /* resourceVersion, 0 if it is no number */
	uint32_t uid;     /* hash */
};

enum store_change {
	STORE_ADDED,
	STORE_CHANGED,
	STORE_SAME,
	STORE_REPLACED, /* another object of the same name */
	STORE_OLDER,    /* than what was said; nothing was put */
};

/* Remember state of key, and that key was seen. */
enum store_change store_put(
    struct store *store, const char *key, const struct store_state *state);

/* The same, but of what was put before nothing is older. */
void store_forget_versions(struct store *store);

/* false: key is unknown, or its uid is another one. */
bool store_drop(struct store *store, const char *key, uint32_t uid);

/* From here on all keys count as not seen. */
void store_begin(struct store *store);

/* Drop one key that was not seen since store_begin and copy it to key
 * (owned by the store, until the next call of a store_ function); false:
 * there is none left. Start with *cursor = 0. */
bool store_sweep(struct store *store, uint32_t *cursor, const char **key);

/* Empty; the memory is given back. */
void store_done(struct store *store);

/* A hash of n bytes. */
uint64_t store_hash(const void *bytes, size_t n);

#endif
