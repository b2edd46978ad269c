// SPDX-License-Identifier: ISC
/*
 * json -- reading jv by borrowing, building it by giving.
 *
 * A parsed value belongs to whoever parsed it (as a rule to a line_reader,
 * until the next line). All readers here borrow: what they return lives as
 * long as that value and is never freed. They are total: a wrong kind, a
 * missing key, a text with NUL inside, a number that is no integer or beyond
 * 2^53 all read as absent. Parsed values are never changed.
 *
 * The builders take: a jv that is handed to one belongs to the container.
 */
#ifndef JSON_H
#define JSON_H

#include <jv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct span;
struct text;

/* The value under a path of keys; absent: an invalid jv (all readers take it). */
#define json_at(value, ...) json_at_path(value, __VA_ARGS__, (const char *)NULL)
jv json_at_path(jv value, const char *key, ...) __attribute__((sentinel));

/* The text, or NULL. */
const char *json_str(jv value);

/* The text under a path of keys, or NULL. */
#define json_str_at(value, ...) json_str(json_at(value, __VA_ARGS__))

/* The number if it is an integer within +-2^53; false leaves *out alone. */
bool json_int(jv value, int64_t *out);

/* The truth value; false leaves *out alone. */
bool json_bool(jv value, bool *out);
bool json_is_true(jv value);

bool json_is_object(jv value);
bool json_is_array(jv value);
/* Neither absent nor null. */
bool json_is_present(jv value);

/* The number of items of an array or members of an object, else 0. */
int json_count(jv value);

/* Item i of an array; false past the end or if it is no array. */
bool json_item(jv array, int i, jv *item);

/*
 * The members of an object, in no promised order: start with *iter = 0. Keys
 * with NUL inside are passed over. false at the end or if it is no object.
 */
bool json_member(jv object, int *iter, const char **key, jv *value);

/* true if both are equal as JSON; borrows both. */
bool json_equal(jv a, jv b);

/*
 * Parse exactly one JSON text. false: err names line and column but never
 * quotes the text, which may hold a secret. *out must be given to json_free.
 */
bool json_parse(const char *text, size_t n, jv *out, struct error *err);
void json_free(jv value);

/* The same of a value that was only scanned; the text lives in the arena. */
const char *json_span_str(struct arena *arena, struct span value);
bool json_span_int(struct span value, int64_t *out);

/* Builders. Members print in the order in which they were set. */
jv json_new_object(void);
jv json_new_array(void);
jv json_new_str(const char *text);
jv json_new_int(int64_t number);
jv json_new_bool(bool truth);
void json_set(jv *object, const char *key, jv value); /* takes value */
void json_set_str(
    jv *object, const char *key, const char *); /* NULL: nothing */
void json_set_int(jv *object, const char *key, int64_t number);
void json_set_bool(jv *object, const char *key, bool truth);
void json_add(jv *array, jv value); /* takes value */
void json_add_str(jv *array, const char *text);

/* One more reference to a borrowed value, to give it to a builder. */
jv json_share(jv value);

/* Append the compact text of a value that is borrowed. */
void json_print(struct text *out, jv value);

/*
 * Printing without a value. A member: a comma, unless it is the first of its
 * object, the key and a colon; the value is to follow. What is no UTF-8 in a
 * text becomes U+FFFD.
 */
void json_print_key(struct text *out, const char *key);
void json_print_str(struct text *out, const char *text);
void json_print_int(struct text *out, int64_t number);

#endif
