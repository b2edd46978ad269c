// SPDX-License-Identifier: ISC
/*
 * template_value -- truth, order, index, print; see template_value.h. Field
 * names are template_field's.
 *
 * Printing is that of Go's fmt with %v: [a b] for lists, map[k:v] with sorted
 * keys for maps. Each byte that a template handles costs one unit of the
 * run's budget, so that no object can make a template run for long.
 */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "json.h"
#include "template_scan.h"
#include "template_value.h"
#include "text.h"

#define PRINT_DEPTH_MAX 32

bool
template_value_fail(struct run *run, const char *format, ...)
{
	va_list args;
	const char *what;

	va_start(args, format);
	what = arena_format_list(run->arena, format, args);
	va_end(args);
	run->failed = true;
	return template_scan_report(
	    run->option, run->source, run->at, what, run->err);
}

bool
template_value_spend(struct run *run, size_t work)
{
	run->budget -= work > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)work;
	return run->budget >= 0 ||
	       template_value_fail(run, "takes too long on this object");
}

struct value
template_value_text(const char *text)
{
	return (struct value){ .kind = VALUE_TEXT, .text = text };
}

struct value
template_value_int(int64_t number)
{
	return (struct value){ .kind = VALUE_INT, .number = number };
}

struct value
template_value_bool(bool truth)
{
	return (struct value){ .kind = VALUE_BOOL, .truth = truth };
}

struct value
template_value_json(jv json, enum value_shape shape)
{
	struct value value = { .kind = VALUE_NIL, .shape = shape };

	if (shape == SHAPE_ROOT)
		value.shape = SHAPE_OBJECT;
	if (!json_is_present(json))
		return value;
	if (json_str(json) != NULL)
		return template_value_text(json_str(json));
	if (json_bool(json, &value.truth)) {
		value.kind = VALUE_BOOL;
		return value;
	}
	if (json_int(json, &value.number)) {
		value.kind = VALUE_INT;
		return value;
	}
	/* Fractions, and texts with NUL inside, read as absent. */
	if (!json_is_array(json) && !json_is_object(json))
		return value;
	value.kind = json_is_array(json) ? VALUE_LIST : VALUE_MAP;
	value.json = json;
	return value;
}

bool
template_value_is_true(const struct value *value)
{
	switch (value->kind) {
	case VALUE_NONE:
	case VALUE_NIL:
		return false;
	case VALUE_BOOL:
		return value->truth;
	case VALUE_INT:
		return value->number != 0;
	case VALUE_TEXT:
		return *value->text != '\0';
	case VALUE_MAP:
		/* Go's structs are true even when nothing is set. */
		if (value->shape == SHAPE_OBJECT || value->shape == SHAPE_ROOT)
			return true;
		return json_count(value->json) > 0;
	case VALUE_LIST:
		return json_count(value->json) > 0;
	}
	return false;
}

const char *
template_value_kind_name(const struct value *value)
{
	static const char *const names[] = { "no value", "nil", "a truth value",
		"a number", "a text", "a list", "a map" };

	return names[value->kind];
}

bool
template_value_order(const struct value *a, const struct value *b, int *order)
{
	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT) {
		*order = strcmp(a->text, b->text);
		return true;
	}
	if (a->kind != VALUE_INT || b->kind != VALUE_INT)
		return false;
	*order = (a->number > b->number) - (a->number < b->number);
	return true;
}

static bool
is_nothing(const struct value *value)
{
	return value->kind == VALUE_NONE || value->kind == VALUE_NIL;
}

bool
template_value_equal(
    struct run *run, const struct value *a, const struct value *b, bool *equal)
{
	int order;

	if (!template_value_spend(run, 1))
		return false;
	if (is_nothing(a) || is_nothing(b)) {
		*equal = is_nothing(a) && is_nothing(b);
		return true;
	}
	if (a->kind == VALUE_BOOL && b->kind == VALUE_BOOL) {
		*equal = a->truth == b->truth;
		return true;
	}
	if (!template_value_order(a, b, &order))
		return template_value_fail(run, "cannot compare %s with %s",
		    template_value_kind_name(a), template_value_kind_name(b));
	*equal = order == 0;
	return true;
}

bool
template_value_index(struct run *run, const struct value *of,
    const struct value *key, struct value *out)
{
	jv item;

	if (of->kind == VALUE_LIST && key->kind == VALUE_INT) {
		if (key->number < 0 || key->number > INT32_MAX ||
		    !json_item(of->json, (int)key->number, &item))
			return template_value_fail(run,
			    "index %lld is beyond the end of the list",
			    (long long)key->number);
		*out = template_value_json(item, of->shape);
		return true;
	}
	if (of->kind != VALUE_MAP || key->kind != VALUE_TEXT)
		return template_value_fail(run, "cannot index %s with %s",
		    template_value_kind_name(of),
		    template_value_kind_name(key));
	item = json_at(of->json, key->text);
	*out = template_value_json(item, of->shape);
	if (!jv_is_valid(item))
		*out = of->shape == SHAPE_TEXTS ? template_value_text("")
						: (struct value){ 0 };
	return true;
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool
template_value_keys(
    struct run *run, const struct value *map, const char ***keys, size_t *n)
{
	size_t count = (size_t)json_count(map->json);
	const char *key;
	jv value;
	int iter = 0;

	*n = 0;
	if (!template_value_spend(run, count))
		return false;
	*keys = arena_alloc(run->arena, (count + 1) * sizeof **keys);
	while (*n < count && json_member(map->json, &iter, &key, &value))
		(*keys)[(*n)++] = key;
	qsort(*keys, *n, sizeof **keys, compare_keys);
	return true;
}

static bool print_value(
    struct run *run, const struct value *value, struct text *out, int depth);

static bool
print_list(
    struct run *run, const struct value *list, struct text *out, int depth)
{
	jv item;

	text_add_char(out, '[');
	for (int i = 0; json_item(list->json, i, &item); i++) {
		struct value value = template_value_json(item, list->shape);

		text_add(out, i > 0 ? " " : "");
		if (!print_value(run, &value, out, depth + 1))
			return false;
	}
	text_add_char(out, ']');
	return true;
}

static bool
print_map(struct run *run, const struct value *map, struct text *out, int depth)
{
	const char **keys;
	size_t n;

	if (!template_value_keys(run, map, &keys, &n))
		return false;
	text_add(out, "map[");
	for (size_t i = 0; i < n; i++) {
		struct value value = template_value_json(
		    json_at(map->json, keys[i]), map->shape);

		text_format(out, "%s%s:", i > 0 ? " " : "", keys[i]);
		if (!print_value(run, &value, out, depth + 1))
			return false;
	}
	text_add_char(out, ']');
	return true;
}

static bool
print_value(
    struct run *run, const struct value *value, struct text *out, int depth)
{
	size_t before = out->n;

	if (depth > PRINT_DEPTH_MAX)
		return template_value_fail(run, "value is nested too deeply");
	switch (value->kind) {
	case VALUE_NONE:
		text_add(out, "<no value>");
		break;
	case VALUE_NIL:
		text_add(out, "<nil>");
		break;
	case VALUE_BOOL:
		text_add(out, value->truth ? "true" : "false");
		break;
	case VALUE_INT:
		text_format(out, "%lld", (long long)value->number);
		break;
	case VALUE_TEXT:
		if (!template_value_spend(run, strlen(value->text)))
			return false;
		text_add(out, value->text);
		return true;
	case VALUE_LIST:
		return print_list(run, value, out, depth);
	case VALUE_MAP:
		return print_map(run, value, out, depth);
	}
	return template_value_spend(run, out->n - before);
}

bool
template_value_print(
    struct run *run, const struct value *value, struct text *out)
{
	return print_value(run, value, out, 0);
}
