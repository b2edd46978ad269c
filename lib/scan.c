// SPDX-License-Identifier: ISC
/*
 * scan -- walk over JSON text without building anything from it.
 *
 * A jv costs eight times its text and rewrites numbers; of most objects only
 * a few members are wanted. So brackets and quotes are followed here, what is
 * wanted is copied as it came, and the rest is never more than bytes passed
 * over. RFC 8259 is assumed of the writer and checked along the way taken.
 */
#include "scan.h"

#include <string.h>

bool
scan_is(struct span span, const char *text)
{
	return strlen(text) == span.n && memcmp(span.at, text, span.n) == 0;
}

static const char *
blanks_end(const char *at, const char *end)
{
	while (at < end &&
	       (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
		at++;
	return at;
}

/* The end of the string whose opening quote lies before at, or NULL. */
static const char *
string_end(const char *at, const char *end)
{
	const char *quote;
	const char *slash;

	while ((quote = memchr(at, '"', (size_t)(end - at))) != NULL) {
		slash = quote;
		while (slash > at && slash[-1] == '\\')
			slash--;
		at = quote + 1;
		if ((quote - slash) % 2 == 0)
			return at;
	}
	return NULL;
}

/* The end of the object or array that begins at at, or NULL. */
static const char *
nested_end(const char *at, const char *end)
{
	int depth = 0;

	while (at < end) {
		switch (*at++) {
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (--depth == 0)
				return at;
			break;
		case '"':
			at = string_end(at, end);
			if (at == NULL)
				return NULL;
			break;
		}
	}
	return NULL;
}

/* The end of a number, true, false or null. */
static const char *
scalar_end(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && strchr(",]} \n\t\r", *at) == NULL)
		at++;
	return at > start ? at : NULL;
}

static bool
take_value(struct scan *scan, struct span *value)
{
	const char *at = blanks_end(scan->at, scan->end);
	const char *end = NULL;

	if (at < scan->end && *at == '"')
		end = string_end(at + 1, scan->end);
	else if (at < scan->end && (*at == '{' || *at == '['))
		end = nested_end(at, scan->end);
	else if (at < scan->end)
		end = scalar_end(at, scan->end);
	if (end == NULL) {
		scan->bad = true;
		return false;
	}
	*value = (struct span){ at, (size_t)(end - at) };
	scan->at = end;
	return true;
}

bool
scan_enter(struct scan *scan, struct span value, char bracket)
{
	const char *end = value.at + value.n;
	const char *at = blanks_end(value.at, end);

	if (at >= end || *at != bracket)
		return false;
	*scan = (struct scan){ at + 1, end, false };
	return true;
}

/* Pass over the comma between two values; false at the closing bracket. */
static bool
take_separator(struct scan *scan, char opening, char closing)
{
	bool first = scan->at[-1] == opening;

	scan->at = blanks_end(scan->at, scan->end);
	if (scan->at < scan->end && *scan->at == closing)
		return false;
	if (first)
		return true;
	if (scan->at < scan->end && *scan->at == ',') {
		scan->at++;
		return true;
	}
	scan->bad = true;
	return false;
}

bool
scan_member(struct scan *scan, struct span *key, struct span *value)
{
	if (scan->bad || !take_separator(scan, '{', '}') ||
	    !take_value(scan, key))
		return false;
	scan->at = blanks_end(scan->at, scan->end);
	if (*key->at != '"' || scan->at >= scan->end || *scan->at != ':') {
		scan->bad = true;
		return false;
	}
	scan->at++;
	*key = scan_string(*key);
	return take_value(scan, value);
}

struct span
scan_at(struct span object, const char *key)
{
	struct scan scan;
	struct span its_key;
	struct span value;

	if (scan_enter(&scan, object, '{'))
		while (scan_member(&scan, &its_key, &value))
			if (scan_is(its_key, key))
				return value;
	return (struct span){ "", 0 };
}

bool
scan_item(struct scan *scan, struct span *item)
{
	return !scan->bad && take_separator(scan, '[', ']') &&
	       take_value(scan, item);
}

struct span
scan_string(struct span value)
{
	if (value.n < 2 || *value.at != '"')
		return (struct span){ "", 0 };
	return (struct span){ value.at + 1, value.n - 2 };
}
