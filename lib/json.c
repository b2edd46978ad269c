// SPDX-License-Identifier: ISC
/*
 * json -- see json.h.
 *
 * The one file (with line.c) that counts references. jv.h says
 * that all functions consume their arguments except jv_copy; these borrow all
 * the same: jv_get_kind jv_is_valid jv_string_value jv_number_value
 * jv_is_integer jv_get_refcnt jv_show jv_object_iter*. Everything else consumes.
 *
 * jv_object_get and its like abort on the wrong kind, so each reader looks at
 * the kind first. A borrowed member stays alive because its container still
 * holds a reference after ours was given back at once.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "json.h"
#include "text.h"

#define INTEGER_MAX \
	9007199254740992.0 /* 2^53: all doubles up to it are exact */

static jv
borrow(jv value)
{
	jv_free(value);
	return value;
}

static jv
member(jv object, const char *key)
{
	if (jv_get_kind(object) != JV_KIND_OBJECT)
		return jv_invalid();
	return borrow(jv_object_get(jv_copy(object), jv_string(key)));
}

jv
json_at_path(jv value, const char *key, ...)
{
	va_list keys;

	va_start(keys, key);
	for (; key != NULL; key = va_arg(keys, const char *))
		value = member(value, key);
	va_end(keys);
	return value;
}

const char *
json_str(jv value)
{
	const char *text;

	if (jv_get_kind(value) != JV_KIND_STRING)
		return NULL;
	text = jv_string_value(value);
	if (strlen(text) != (size_t)jv_string_length_bytes(jv_copy(value)))
		return NULL;
	return text;
}

bool
json_int(jv value, int64_t *out)
{
	double number;

	if (jv_get_kind(value) != JV_KIND_NUMBER)
		return false;
	number = jv_number_value(value);
	if (!(fabs(number) <= INTEGER_MAX) || number != (double)(int64_t)number)
		return false;
	*out = (int64_t)number;
	return true;
}

bool
json_bool(jv value, bool *out)
{
	if (jv_get_kind(value) != JV_KIND_TRUE &&
	    jv_get_kind(value) != JV_KIND_FALSE)
		return false;
	*out = jv_get_kind(value) == JV_KIND_TRUE;
	return true;
}

bool
json_is_true(jv value)
{
	return jv_get_kind(value) == JV_KIND_TRUE;
}

bool
json_is_object(jv value)
{
	return jv_get_kind(value) == JV_KIND_OBJECT;
}

bool
json_is_array(jv value)
{
	return jv_get_kind(value) == JV_KIND_ARRAY;
}

bool
json_is_present(jv value)
{
	return jv_get_kind(value) != JV_KIND_INVALID &&
	       jv_get_kind(value) != JV_KIND_NULL;
}

int
json_count(jv value)
{
	if (json_is_array(value))
		return jv_array_length(jv_copy(value));
	if (json_is_object(value))
		return jv_object_length(jv_copy(value));
	return 0;
}

bool
json_item(jv array, int i, jv *item)
{
	if (!json_is_array(array) || i < 0 || i >= json_count(array))
		return false;
	*item = borrow(jv_array_get(jv_copy(array), i));
	return true;
}

bool
json_member(jv object, int *iter, const char **key, jv *value)
{
	int i;

	if (!json_is_object(object))
		return false;
	/* The caller's 0 is the start, so keep the iterator one higher. */
	i = *iter == 0 ? jv_object_iter(object)
		       : jv_object_iter_next(object, *iter - 1);
	for (; jv_object_iter_valid(object, i);
	     i = jv_object_iter_next(object, i)) {
		*key = json_str(borrow(jv_object_iter_key(object, i)));
		if (*key == NULL)
			continue;
		*value = borrow(jv_object_iter_value(object, i));
		*iter = i + 1;
		return true;
	}
	return false;
}

bool
json_equal(jv a, jv b)
{
	return jv_equal(jv_copy(a), jv_copy(b)) != 0;
}

/* Say what the parser said instead of one value; borrows it. */
static void
refuse(jv said, struct error *err)
{
	jv message =
	    jv_is_valid(said) ? jv_null() : jv_invalid_get_msg(jv_copy(said));

	(void)error_set(err, CAUSE_INVALID, "not one JSON text: %s",
	    jv_get_kind(message) == JV_KIND_STRING ? jv_string_value(message)
						   : "none or several values");
	jv_free(message);
}

/*
 * jv_parse quotes the whole text in its message; a parser object says only
 * line and column. A text of two values, or of none, is refused.
 */
bool
json_parse(const char *text, size_t n, jv *out, struct error *err)
{
	struct jv_parser *parser;
	jv second;

	*out = jv_invalid();
	if (n > INT32_MAX)
		return error_set(err, CAUSE_INVALID, "longer than 2 GiB");
	parser = jv_parser_new(0);
	jv_parser_set_buf(parser, text, (int)n, 0);
	*out = jv_parser_next(parser);
	second = jv_is_valid(*out) ? jv_parser_next(parser) : jv_invalid();
	jv_parser_free(parser);
	if (jv_is_valid(*out) && !jv_is_valid(second) &&
	    !jv_invalid_has_msg(jv_copy(second))) {
		jv_free(second);
		return true;
	}
	refuse(jv_is_valid(*out) ? second : *out, err);
	jv_free(*out);
	jv_free(second);
	*out = jv_invalid();
	return false;
}

void
json_free(jv value)
{
	jv_free(value);
}

jv
json_new_object(void)
{
	return jv_object();
}

jv
json_new_array(void)
{
	return jv_array();
}

jv
json_new_str(const char *text)
{
	return jv_string(text);
}

jv
json_new_int(int64_t number)
{
	return jv_number((double)number);
}

jv
json_new_bool(bool truth)
{
	return truth ? jv_true() : jv_false();
}

void
json_set(jv *object, const char *key, jv value)
{
	/* jv takes an invalid member and aborts when it is printed. */
	if (!jv_is_valid(value)) {
		jv_free(value);
		return;
	}
	*object = jv_object_set(*object, jv_string(key), value);
}

void
json_set_str(jv *object, const char *key, const char *text)
{
	if (text != NULL)
		json_set(object, key, jv_string(text));
}

void
json_set_int(jv *object, const char *key, int64_t number)
{
	json_set(object, key, json_new_int(number));
}

void
json_set_bool(jv *object, const char *key, bool truth)
{
	json_set(object, key, json_new_bool(truth));
}

void
json_add(jv *array, jv value)
{
	if (!jv_is_valid(value)) {
		jv_free(value);
		return;
	}
	*array = jv_array_append(*array, value);
}

void
json_add_str(jv *array, const char *text)
{
	if (text != NULL)
		json_add(array, jv_string(text));
}

jv
json_share(jv value)
{
	return jv_copy(value);
}

/* -- printing ------------------------------------------------------------- */

static void
print_bytes(struct text *out, const char *at, size_t n)
{
	static const char letters[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	const char *end = at + n;

	text_add_char(out, '"');
	while (at < end) {
		const char *run = at;
		const char *letter;

		while (at < end && (unsigned char)*at >= ' ' && *at != '"' &&
		       *at != '\\' && *at != '\x7f')
			at++;
		text_add_n(out, run, (size_t)(at - run));
		if (at == end)
			break;
		letter = *at == '\0' ? NULL : strchr(letters, *at);
		if (letter != NULL)
			text_format(out, "\\%c", letter[1]);
		else
			text_format(out, "\\u%04x", (unsigned)*at);
		at++;
	}
	text_add_char(out, '"');
}

static void
print_str(struct text *out, jv string)
{
	print_bytes(out, jv_string_value(string),
	    (size_t)jv_string_length_bytes(jv_copy(string)));
}

void
json_print_str(struct text *out, const char *text)
{
	size_t n = 0;
	jv string;

	while (text[n] != '\0' && ((unsigned char)text[n] & 0x80) == 0)
		n++;
	if (text[n] == '\0') {
		print_bytes(out, text, n);
		return;
	}
	string = jv_string(text); /* it sees to the UTF-8 */
	print_str(out, string);
	jv_free(string);
}

void
json_print_key(struct text *out, const char *key)
{
	if (out->data[out->n - 1] != '{')
		text_add_char(out, ',');
	text_add_char(out, '"');
	text_add(out, key);
	text_add(out, "\":");
}

void
json_print_int(struct text *out, int64_t number)
{
	text_format(out, "%" PRId64, number);
}

/* What takes no part in the lines of the ring, and fractions. */
static void
print_rest(struct text *out, jv value)
{
	jv printed = jv_dump_string(jv_copy(value), 0);

	text_add(out, jv_string_value(printed));
	jv_free(printed);
}

static void
print_object(struct text *out, jv object)
{
	char before = '{';

	for (int i = jv_object_iter(object); jv_object_iter_valid(object, i);
	     i = jv_object_iter_next(object, i)) {
		text_add_char(out, before);
		print_str(out, borrow(jv_object_iter_key(object, i)));
		text_add_char(out, ':');
		json_print(out, borrow(jv_object_iter_value(object, i)));
		before = ',';
	}
	text_add(out, before == '{' ? "{}" : "}");
}

static void
print_array(struct text *out, jv array)
{
	char before = '[';
	jv item;

	for (int i = 0; json_item(array, i, &item); i++) {
		text_add_char(out, before);
		json_print(out, item);
		before = ',';
	}
	text_add(out, before == '[' ? "[]" : "]");
}

void
json_print(struct text *out, jv value)
{
	int64_t number;

	switch (jv_get_kind(value)) {
	case JV_KIND_OBJECT:
		print_object(out, value);
		break;
	case JV_KIND_ARRAY:
		print_array(out, value);
		break;
	case JV_KIND_STRING:
		print_str(out, value);
		break;
	default:
		if (json_int(value, &number) && number != 0)
			json_print_int(out, number);
		else
			print_rest(out, value);
	}
}
