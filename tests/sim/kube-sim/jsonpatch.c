// SPDX-License-Identifier: ISC
/*
 * patch -- RFC 6902: add, remove, replace, move, copy, test on a path of
 * RFC 6901. Each step returns a changed copy; see patch.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "patch.h"
#include "strlist.h"
#include "value.h"

enum step { STEP_ADD, STEP_REMOVE, STEP_REPLACE };

/* ~1 is a slash, ~0 a tilde. */
static bool
split_path(struct arena *arena, const char *path, struct strlist *parts)
{
	if (path == NULL || (*path != '\0' && *path != '/'))
		return false;
	while (*path == '/') {
		size_t n = strcspn(path + 1, "/");
		char *part = arena_copy_n(arena, path + 1, n);
		char *to = part;

		for (const char *from = part; *from != '\0'; from++) {
			if (from[0] == '~' &&
			    (from[1] == '0' || from[1] == '1'))
				*to++ = *++from == '0' ? '~' : '/';
			else
				*to++ = *from;
		}
		*to = '\0';
		strlist_add(parts, arena, part);
		path += n + 1;
	}
	return true;
}

/* The index that a part names in an array of n, n itself for "-"; -1: none. */
static int
index_of(const char *part, int n)
{
	char *end;
	long i;

	if (strcmp(part, "-") == 0)
		return n;
	i = strtol(part, &end, 10);
	return *part == '\0' || *end != '\0' || i < 0 || i > n ? -1 : (int)i;
}

static jv
at_part(jv value, const char *part)
{
	jv item;

	if (!json_is_array(value))
		return json_at(value, part);
	return json_item(value, index_of(part, json_count(value)), &item)
		   ? item
		   : jv_invalid();
}

static jv
at_path(jv value, const struct strlist *parts)
{
	for (size_t i = 0; i < parts->n; i++)
		value = at_part(value, parts->items[i]);
	return value;
}

/* The array with item i replaced, removed, or one put before it. */
static jv
change_item(jv array, int i, enum step step, jv value)
{
	jv out = json_new_array();
	jv item;

	for (int j = 0; json_item(array, j, &item); j++) {
		if (j == i && step != STEP_REMOVE)
			json_add(&out, json_share(value));
		if (j != i || step == STEP_ADD)
			json_add(&out, json_share(item));
	}
	if (i == json_count(array))
		json_add(&out, json_share(value));
	return out;
}

/* Borrows all; an invalid result: the path does not exist. */
static jv
change(jv target, const struct strlist *parts, size_t depth, enum step step,
    jv value)
{
	const char *part = parts->items[depth];
	bool last = depth + 1 == parts->n;
	jv inner = at_part(target, part);
	jv changed;
	int i;

	if (!last || step != STEP_ADD)
		if (jv_get_kind(inner) == JV_KIND_INVALID)
			return jv_invalid();
	if (!json_is_array(target)) {
		if (!json_is_object(target))
			return jv_invalid();
		if (last && step == STEP_REMOVE)
			return value_without(target, part);
	}
	changed = last ? json_share(value)
		       : change(inner, parts, depth + 1, step, value);
	if (jv_get_kind(changed) == JV_KIND_INVALID && step != STEP_REMOVE)
		return changed;
	if (json_is_object(target))
		return jv_get_kind(changed) == JV_KIND_INVALID
			   ? changed
			   : value_with(target, part, changed);
	i = index_of(part, json_count(target));
	if (i < 0)
		inner = jv_invalid();
	else if (last)
		inner = change_item(target, i, step, changed);
	else
		inner = change_item(target, i, STEP_REPLACE, changed);
	json_free(changed);
	return inner;
}

static jv
changed_root(jv target, const struct strlist *parts, enum step step, jv value)
{
	if (parts->n > 0)
		return change(target, parts, 0, step, value);
	return step == STEP_REMOVE ? jv_null() : json_share(value);
}

/* One operation; the result is a new value or invalid. */
static jv
operate(struct arena *arena, jv target, jv operation)
{
	const char *op = json_str_at(operation, "op");
	jv value = json_at(operation, "value");
	struct strlist path = { 0 };
	struct strlist from = { 0 };
	jv moved;
	jv out;

	if (op == NULL ||
	    !split_path(arena, json_str_at(operation, "path"), &path))
		return jv_invalid();
	if (strcmp(op, "test") == 0)
		return json_equal(at_path(target, &path), value)
			   ? json_share(target)
			   : jv_invalid();
	if (strcmp(op, "add") == 0)
		return changed_root(target, &path, STEP_ADD, value);
	if (strcmp(op, "replace") == 0)
		return changed_root(target, &path, STEP_REPLACE, value);
	if (strcmp(op, "remove") == 0)
		return changed_root(target, &path, STEP_REMOVE, jv_null());
	if (!split_path(arena, json_str_at(operation, "from"), &from) ||
	    (strcmp(op, "move") != 0 && strcmp(op, "copy") != 0))
		return jv_invalid();
	moved = json_share(at_path(target, &from));
	if (strcmp(op, "copy") == 0) {
		out = changed_root(target, &path, STEP_ADD, moved);
	} else {
		jv rest = changed_root(target, &from, STEP_REMOVE, jv_null());

		out = changed_root(rest, &path, STEP_ADD, moved);
		json_free(rest);
	}
	json_free(moved);
	return out;
}

bool
patch_json(jv target, jv operations, jv *out, struct error *err)
{
	struct arena arena = { 0 };
	jv operation;

	*out = json_share(target);
	for (int i = 0; json_item(operations, i, &operation); i++) {
		jv next = operate(&arena, *out, operation);

		json_free(*out);
		*out = next;
		if (jv_get_kind(next) == JV_KIND_INVALID) {
			const char *path = json_str_at(operation, "path");

			arena_done(&arena);
			return error_set(err, CAUSE_INVALID,
			    "the server rejected our request due to an error "
			    "in our request: %s operation does not apply: doc "
			    "is missing path: \"%s\"",
			    json_str_at(operation, "op") == NULL
				? "unknown"
				: json_str_at(operation, "op"),
			    path == NULL ? "" : path);
		}
	}
	arena_done(&arena);
	return true;
}
