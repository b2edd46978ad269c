// SPDX-License-Identifier: ISC
/*
 * template_value -- what a template reckons with, and the state of one run.
 *
 * Values are small and copied. Their texts live in the run's arena or in the
 * object; nothing of them outlives the run.
 */
#ifndef TEMPLATE_VALUE_H
#define TEMPLATE_VALUE_H

#include <jv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;
struct text;

enum value_kind {
	VALUE_NONE, /* a missing key: prints as <no value> */
	VALUE_NIL,  /* a null or an unset pointer: prints as <nil> */
	VALUE_BOOL,
	VALUE_INT,
	VALUE_TEXT,
	VALUE_LIST,
	VALUE_MAP,
};

/* What a missing key of a map means, and whether Go names are understood. */
enum value_shape {
	SHAPE_ANY,    /* decoded JSON: a missing key is VALUE_NONE */
	SHAPE_TEXTS,  /* labels, annotations: the same; index gives "" */
	SHAPE_OBJECT, /* a typed object: unknown fields are errors */
	SHAPE_ROOT,   /* the object itself: metadata is promoted */
};

struct value {
	enum value_kind kind;
	enum value_shape shape;
	union {
		bool truth;
		int64_t number;
		const char *text;
		jv json; /* borrowed */
	};
};

/* One execution for one object. */
struct run {
	jv object;
	struct arena *arena;
	struct error *err;
	const char *option;
	const char *source; /* text of the template, for places */
	size_t at;          /* place of what is being evaluated */
	int64_t budget;     /* work left, in bytes handled and steps taken */
	bool failed;        /* err is set */
	jv *decoded;        /* results of fromJson, freed at the end */
	size_t n_decoded;
};

/* Write place and message into run->err; always false. */
bool template_value_fail(struct run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Take work from the budget; false when it is used up. */
bool template_value_spend(struct run *run, size_t work);

struct value template_value_text(const char *text);
struct value template_value_int(int64_t number);
struct value template_value_bool(bool truth);
/* A member or item of a container of this shape; absent gives VALUE_NIL. */
struct value template_value_json(jv json, enum value_shape);

/* Go's truth: false for false, 0, empty text, list and map, nil and none. */
bool template_value_is_true(const struct value *value);

/* *order below, at or above 0; false: they are not both texts or numbers. */
bool template_value_order(
    const struct value *a, const struct value *b, int *order);

/* What is missing or nil equals only the same. false: run->err says that the
 * two cannot be compared. */
bool template_value_equal(
    struct run *run, const struct value *a, const struct value *b, bool *equal);

/* Item of a list or member of a map, as the function index gives it. */
bool template_value_index(struct run *run, const struct value *of,
    const struct value *key, struct value *out);

/*
 * Member names of a map sorted bytewise, in the arena, so that no output
 * depends on the order of the input.
 */
bool template_value_keys(
    struct run *run, const struct value *map, const char ***keys, size_t *n);

/* Append a value as {{ }} and %v print it. */
bool template_value_print(
    struct run *run, const struct value *value, struct text *out);

/* "a text", "a list": for messages. */
const char *template_value_kind_name(const struct value *value);

#endif
