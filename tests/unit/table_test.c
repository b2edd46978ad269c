// SPDX-License-Identifier: ISC
/* table_test -- put, find, drop and walk against a plain array of truths. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define KEYS   500
#define ROUNDS 20000

static int n_dropped;

static void
count_drop(void *value)
{
	(void)value;
	n_dropped++;
}

/* Numbers that are the same in every run (Numerical Recipes' generator). */
static unsigned
next_random(void)
{
	static unsigned state = 1;

	state = state * 1664525U + 1013904223U;
	return state >> 8;
}

static void
key_of(char *key, size_t size, int i)
{
	(void)snprintf(key, size, "key-%d", i);
}

/* Random puts and drops leave what the array of truths says. */
static void
test_against_truth(struct table *table)
{
	int truth[KEYS] = { 0 };
	bool same = true;
	size_t n = 0;
	char key[32];

	for (int round = 1; round <= ROUNDS; round++) {
		int i = (int)(next_random() % KEYS);

		key_of(key, sizeof(key), i);
		if (next_random() % 3 == 0) {
			same &= table_drop(table, key) == (truth[i] != 0);
			truth[i] = 0;
		} else {
			*(int *)table_put(table, key, NULL) = round;
			truth[i] = round;
		}
	}
	for (int i = 0; i < KEYS; i++) {
		const int *value;

		key_of(key, sizeof(key), i);
		value = table_find(table, key);
		same &= value == NULL ? truth[i] == 0 : *value == truth[i];
		same &= value == NULL || strcmp(table_key(value), key) == 0;
		n += truth[i] != 0;
	}
	tap_check(same, "find", "what was put and not dropped");
	tap_check(table->n == n, "count", "of entries");
}

/* Dropping during a walk neither skips nor repeats a value. */
static void
test_walk_and_drop(struct table *table)
{
	size_t n = table->n, cursor = 0, seen = 0;
	char last[32] = "";
	void *value;

	n_dropped = 0;
	while ((value = table_next(table, &cursor)) != NULL) {
		(void)snprintf(last, sizeof(last), "%s", table_key(value));
		seen++;
		if (seen % 2 == 0)
			table_drop(table, last);
	}
	tap_check(seen == n, "walk", "meets each value once");
	tap_check((size_t)n_dropped == n / 2, "drop", "is called");
	tap_check(table->n == n - n / 2, "walk", "leaves the other half");
}

static void
test_sorted(struct table *table)
{
	void **values = table_sorted(table);
	bool sorted = true;

	for (size_t i = 1; i < table->n; i++)
		sorted &=
		    strcmp(table_key(values[i - 1]), table_key(values[i])) < 0;
	tap_check(sorted && values[table->n] == NULL, "sorted", "by key");
	free(values);
}

int
main(void)
{
	struct table table;
	size_t cursor = 0;

	table_init(&table, sizeof(int), count_drop);
	tap_check(table_find(&table, "x") == NULL, "find", "in nothing");
	tap_check(!table_drop(&table, "x"), "drop", "of nothing");
	tap_check(table_next(&table, &cursor) == NULL, "walk", "over nothing");
	test_against_truth(&table);
	test_walk_and_drop(&table);
	test_sorted(&table);
	table_clear(&table);
	tap_check(table.n == 0, "clear", "empties");
	return tap_end();
}
