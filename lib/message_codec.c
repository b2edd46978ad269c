// SPDX-License-Identifier: ISC
/*
 * message_codec -- the engine behind the field tables.
 *
 * One row of a table says where a member stands in the struct and how it
 * stands in JSON; the functions here are a switch over the kinds of row each.
 * The type of the line (its member `type`, none in nested objects) selects
 * the rows: the same key may mean two things in two types of line.
 */
#include <string.h>

#include "arena.h"
#include "message_codec.h"
#include "text.h"

static void *
at(void *place, size_t offset)
{
	return (char *)place + offset;
}

static const void *
at_const(const void *place, size_t offset)
{
	return (const char *)place + offset;
}

static bool
is_of(unsigned types, enum message_type type)
{
	return (types >> type & 1) != 0;
}

static bool
refuse(struct error *err, const struct shape *shape, const struct field *field,
    const char *what)
{
	return error_set(
	    err, CAUSE_INVALID, "%s.%s: %s", shape->name, field->key, what);
}

static enum result_status
result_find(const char *name)
{
	for (int i = 1; name != NULL && i < RESULT_COUNT; i++)
		if (strcmp(name, message_result_name(i)) == 0)
			return i;
	return RESULT_NONE;
}

/* -- decoding ------------------------------------------------------------- */

static bool
decode_texts(struct arena *arena, jv value, struct strlist *list)
{
	jv item;

	for (int i = 0; json_item(value, i, &item); i++) {
		if (json_str(item) == NULL)
			return false;
		strlist_add(list, arena, json_str(item));
	}
	return json_is_array(value);
}

static bool
decode_word(const struct field *field, jv value, void *place)
{
	const char *word = json_str(value);
	enum rtype rtype;

	if (word == NULL)
		return false;
	switch ((int)field->kind) {
	case FIELD_STR:
		*(const char **)place = word;
		return true;
	case FIELD_TYPE:
		*(enum message_type *)place = message_type_find(word);
		return *(enum message_type *)place != MESSAGE_NONE;
	case FIELD_RESULT:
		*(enum result_status *)place = result_find(word);
		return *(enum result_status *)place != RESULT_NONE;
	default:
		rtype = rtype_find(word);
		*(enum rtype *)place = rtype;
		return rtype != RTYPE_NONE || field->kind == FIELD_RTYPE_OPEN;
	}
}

static bool
decode_list(struct arena *arena, const struct field *field, jv value,
    void *place, struct error *err)
{
	size_t n = (size_t)json_count(value);
	char *items = arena_alloc(arena, (n + 1) * field->shape->size);
	jv item;

	*(void **)at(place, field->offset) = items;
	*(size_t *)at(place, field->offset_n) = n;
	for (int i = 0; json_item(value, i, &item); i++)
		if (!message_codec_decode(arena, field->shape, item,
			items + (size_t)i * field->shape->size, err))
			return false;
	return true;
}

static bool
decode_nested(struct arena *arena, const struct field *field, jv value,
    void *place, struct error *err)
{
	void *inner = at(place, field->offset);
	jv first;

	switch ((int)field->kind) {
	case FIELD_GROUP:
		return message_codec_decode(
		    arena, field->shape, value, inner, err);
	case FIELD_FIRST:
		return !json_item(value, 0, &first) ||
		       message_codec_decode(
			   arena, field->shape, first, inner, err);
	case FIELD_OBJECT:
		*(void **)inner = arena_alloc(arena, field->shape->size);
		return message_codec_decode(
		    arena, field->shape, value, *(void **)inner, err);
	default:
		return decode_list(arena, field, value, place, err);
	}
}

/* What is wrong with a value that is not of its kind. */
static const char *const complaints[] = {
	[FIELD_STR] = "not a text",
	[FIELD_STRS] = "not an array of texts",
	[FIELD_INT] = "not an integer",
	[FIELD_BOOL] = "not true or false",
	[FIELD_TYPE] = "not a word that we know",
	[FIELD_RESULT] = "not a word that we know",
	[FIELD_RTYPE] = "not a word that we know",
	[FIELD_RTYPE_OPEN] = "not a word that we know",
	[FIELD_GROUP] = "not an object",
	[FIELD_OBJECT] = "not an object",
	[FIELD_FIRST] = "not an array",
	[FIELD_LIST] = "not an array",
};

static bool
decode_plain(
    struct arena *arena, const struct field *field, jv value, void *member)
{
	switch ((int)field->kind) {
	case FIELD_STRS:
		return decode_texts(arena, value, member);
	case FIELD_INT:
		return json_int(value, member);
	case FIELD_BOOL:
		return json_bool(value, member);
	case FIELD_JSON:
		*(jv *)member = value;
		return true;
	default:
		return decode_word(field, value, member);
	}
}

/* The right kind to hold members or items. */
static bool
fits(const struct field *field, jv value)
{
	switch ((int)field->kind) {
	case FIELD_GROUP:
	case FIELD_OBJECT:
		return json_is_object(value);
	case FIELD_FIRST:
	case FIELD_LIST:
		return json_is_array(value);
	default:
		return true;
	}
}

static void
decode_absent(const struct field *field, void *place)
{
	if (field->kind == FIELD_INT)
		*(int64_t *)at(place, field->offset) = MESSAGE_ABSENT;
}

bool
message_codec_decode(struct arena *arena, const struct shape *shape, jv value,
    void *place, struct error *err)
{
	enum message_type type = message_type(value);

	if (!json_is_object(value))
		return error_set(
		    err, CAUSE_INVALID, "%s: not an object", shape->name);
	for (size_t i = 0; i < shape->n; i++) {
		const struct field *field = &shape->fields[i];
		jv member = json_at(value, field->key);

		if (!is_of(field->of, type) || !json_is_present(member)) {
			decode_absent(field, place);
			if (is_of(field->of & field->need, type))
				return refuse(err, shape, field, "missing");
			continue;
		}
		if (!fits(field, member))
			return refuse(
			    err, shape, field, complaints[field->kind]);
		if (field->kind >= FIELD_GROUP) {
			if (!decode_nested(arena, field, member, place, err))
				return false;
		} else if (!decode_plain(arena, field, member,
			       at(place, field->offset))) {
			return refuse(
			    err, shape, field, complaints[field->kind]);
		}
	}
	return true;
}

/* -- encoding ------------------------------------------------------------- */

static void
encode_texts(struct text *out, const struct strlist *list)
{
	text_add_char(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			text_add_char(out, ',');
		json_print_str(out, list->items[i]);
	}
	text_add_char(out, ']');
}

static void
encode_list(struct text *out, const struct field *field, const void *place)
{
	size_t n = *(const size_t *)at_const(place, field->offset_n);
	const char *items =
	    *(const char *const *)at_const(place, field->offset);

	text_add_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			text_add_char(out, ',');
		message_codec_encode(out, field->shape, MESSAGE_NONE,
		    items + i * field->shape->size);
	}
	text_add_char(out, ']');
}

/* The word of a member that is one, or NULL: absent. */
static const char *
word_of(const struct field *field, const void *member)
{
	switch ((int)field->kind) {
	case FIELD_STR:
		return *(const char *const *)member;
	case FIELD_TYPE:
		if (*(const enum message_type *)member == MESSAGE_NONE)
			return NULL;
		return message_type_name(*(const enum message_type *)member);
	case FIELD_RESULT:
		if (*(const enum result_status *)member == RESULT_NONE)
			return NULL;
		return message_result_name(*(const enum result_status *)member);
	default:
		if (*(const enum rtype *)member == RTYPE_NONE)
			return NULL;
		return rtype_name(*(const enum rtype *)member);
	}
}

static bool
is_absent(const struct field *field, const void *place)
{
	const void *member = at_const(place, field->offset);

	switch (field->kind) {
	case FIELD_STRS:
		return ((const struct strlist *)member)->n == 0;
	case FIELD_INT:
		return *(const int64_t *)member == MESSAGE_ABSENT;
	case FIELD_JSON:
		return !json_is_present(*(const jv *)member);
	case FIELD_OBJECT:
		return *(void *const *)member == NULL;
	case FIELD_LIST:
		return *(const size_t *)at_const(place, field->offset_n) == 0;
	case FIELD_BOOL:
	case FIELD_GROUP:
	case FIELD_FIRST:
		return false;
	default:
		return word_of(field, member) == NULL;
	}
}

static void
encode_value(struct text *out, const struct field *field, const void *place)
{
	const void *member = at_const(place, field->offset);

	switch (field->kind) {
	case FIELD_STRS:
		encode_texts(out, member);
		break;
	case FIELD_INT:
		json_print_int(out, *(const int64_t *)member);
		break;
	case FIELD_BOOL:
		text_add(out, *(const bool *)member ? "true" : "false");
		break;
	case FIELD_JSON:
		json_print(out, *(const jv *)member);
		break;
	case FIELD_OBJECT:
		member = *(void *const *)member;
		message_codec_encode(out, field->shape, MESSAGE_NONE, member);
		break;
	case FIELD_GROUP:
		message_codec_encode(out, field->shape, MESSAGE_NONE, member);
		break;
	case FIELD_FIRST:
		text_add_char(out, '[');
		message_codec_encode(out, field->shape, MESSAGE_NONE, member);
		text_add_char(out, ']');
		break;
	case FIELD_LIST:
		encode_list(out, field, place);
		break;
	default:
		json_print_str(out, word_of(field, member));
	}
}

/* An array or object that lies in this struct is there if it holds anything. */
static bool
is_empty(const struct field *field, const char *value)
{
	return (field->kind == FIELD_GROUP && strcmp(value, "{}") == 0) ||
	       (field->kind == FIELD_FIRST && strcmp(value, "[{}]") == 0);
}

/* A member that cannot be done without and has an empty form is written so. */
static bool
has_empty_form(const struct field *field)
{
	return field->kind == FIELD_STRS || field->kind == FIELD_LIST;
}

static void
encode_member(struct text *out, const struct field *field, bool is_needed,
    const void *place)
{
	size_t before = out->n;
	size_t value;

	if (is_absent(field, place) && !(is_needed && has_empty_form(field)))
		return;
	json_print_key(out, field->key);
	value = out->n;
	encode_value(out, field, place);
	if (!is_needed && is_empty(field, out->data + value))
		text_cut(out, before);
}

void
message_codec_members(struct text *out, const struct shape *shape,
    enum message_type type, const void *place)
{
	const char *written = "";

	for (size_t i = 0; i < shape->n; i++) {
		const struct field *field = &shape->fields[i];
		size_t before = out->n;

		if (!is_of(field->of, type) || strcmp(field->key, written) == 0)
			continue;
		encode_member(out, field, is_of(field->need, type), place);
		if (out->n > before)
			written = field->key;
	}
}

void
message_codec_encode(struct text *out, const struct shape *shape,
    enum message_type type, const void *place)
{
	text_add_char(out, '{');
	message_codec_members(out, shape, type, place);
	text_add_char(out, '}');
}
