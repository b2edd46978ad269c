// SPDX-License-Identifier: ISC
/*
 * page -- see page.h.
 *
 * A page of 1000 record sets is half a megabyte of text and ten times that as
 * one value; so the text is walked by its brackets and quotes, and only one
 * item at a time becomes a value.
 */
#include <string.h>

#include "arm.h"
#include "page.h"
#include "text.h"

struct cursor {
	const char *at;
	const char *end;
};

static void
skip_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end &&
	       strchr(" \t\r\n", *cursor->at) != NULL && *cursor->at != '\0')
		cursor->at++;
}

static bool
take(struct cursor *cursor, char c)
{
	skip_blanks(cursor);
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

static void
skip_string(struct cursor *cursor)
{
	for (cursor->at++; cursor->at < cursor->end; cursor->at++) {
		if (*cursor->at == '"')
			break;
		if (*cursor->at == '\\' && cursor->at + 1 < cursor->end)
			cursor->at++;
	}
	if (cursor->at < cursor->end)
		cursor->at++;
}

/* Pass over one value of any kind; its text is returned. */
static struct cursor
take_value(struct cursor *cursor)
{
	struct cursor value;
	int depth = 0;

	skip_blanks(cursor);
	value.at = cursor->at;
	while (cursor->at < cursor->end) {
		char c = *cursor->at;

		if (c == '"') {
			skip_string(cursor);
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			break;
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		cursor->at++;
	}
	value.end = cursor->at;
	return value;
}

static bool
walk_items(struct cursor cursor, page_function *on_item, void *context,
    struct error *err)
{
	if (!take(&cursor, '['))
		return error_set(err, CAUSE_TEMPORARY, "'value' is no array");
	if (take(&cursor, ']'))
		return true;
	do {
		struct cursor text = take_value(&cursor);
		jv item;
		bool ok = json_parse(
		    text.at, (size_t)(text.end - text.at), &item, err);

		if (ok)
			on_item(context, item);
		json_free(item);
		if (!ok)
			return false;
	} while (take(&cursor, ','));
	return take(&cursor, ']') ||
	       error_set(err, CAUSE_TEMPORARY, "the list ends in the middle");
}

static bool
take_link(struct cursor text, struct text *next_link)
{
	jv value;
	bool ok =
	    json_parse(text.at, (size_t)(text.end - text.at), &value, NULL);

	if (ok && json_str(value) != NULL)
		text_add(next_link, json_str(value));
	json_free(value);
	return ok;
}

static bool
is_key(struct cursor key, const char *name)
{
	size_t n = strlen(name);

	return (size_t)(key.end - key.at) == n + 2 &&
	       memcmp(key.at + 1, name, n) == 0;
}

/* The next key and value of an object; false: there is none. */
static bool
take_member(struct cursor *cursor, struct cursor *key, struct cursor *value)
{
	skip_blanks(cursor);
	key->at = cursor->at;
	if (cursor->at < cursor->end && *cursor->at == '"')
		skip_string(cursor);
	key->end = cursor->at;
	if (!take(cursor, ':'))
		return false;
	*value = take_value(cursor);
	return true;
}

bool
page_decode(const struct arm_answer *answer, struct text *next_link,
    page_function *on_item, void *context, struct error *err)
{
	struct cursor cursor = { answer->body, answer->body + answer->body_n };
	struct cursor key;
	struct cursor value;
	bool found = false;

	text_reset(next_link);
	if (!take(&cursor, '{'))
		return error_set(
		    err, CAUSE_TEMPORARY, "the answer is no JSON object");
	while (take_member(&cursor, &key, &value)) {
		if (is_key(key, "nextLink") && !take_link(value, next_link))
			return error_set(
			    err, CAUSE_TEMPORARY, "'nextLink' is no text");
		if (is_key(key, "value")) {
			found = true;
			if (!walk_items(value, on_item, context, err))
				return false;
		}
		if (!take(&cursor, ','))
			break;
	}
	return (found && take(&cursor, '}')) ||
	       error_set(err, CAUSE_TEMPORARY, "the answer is no whole list");
}
