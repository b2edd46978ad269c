// SPDX-License-Identifier: ISC
/*
 * table -- what outlives a line: values of one size, found by a text key.
 *
 * A hash table with open addressing over entries that are allocated one by
 * one, so that a value never moves while it is in the table. The table owns
 * key and value; what a value points to is its user's business (see drop).
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
	size_t value_size;
	void (*drop)(void *value); /* called before a value goes; may be NULL */
	struct table_entry **slots;
	size_t n_slots; /* 0 or a power of two */
	size_t n;       /* entries in use */
};

/* Empty table for values of value_size bytes; drop may be NULL. */
void table_init(struct table *table, size_t value_size, void (*drop)(void *));

/* The value of key, or NULL. */
void *table_find(const struct table *table, const char *key);

/* The value of key; a new one is zeroed. added may be NULL. */
void *table_put(struct table *table, const char *key, bool *added);

/* Remove key; false if it was not there. */
bool table_drop(struct table *table, const char *key);

/* The key that a value of a table was put under; lives as long as the value. */
const char *table_key(const void *value);

/*
 * Walk over all values in no particular order: start with *cursor = 0; NULL at
 * the end. The value just returned may be dropped; nothing may be put.
 */
void *table_next(const struct table *table, size_t *cursor);

/* All values, sorted bytewise by key, as an array of n pointers to be freed. */
void **table_sorted(const struct table *table);

/* Drop all and give the memory back; the table may be used again. */
void table_clear(struct table *table);

#endif
