// SPDX-License-Identifier: ISC
/* json_span -- texts and numbers of JSON that was scanned, not parsed. */
#include "arena.h"
#include "json.h"
#include "scan.h"

#define DIGITS_SAFE 15 /* below 2^53 */

static bool
is_plain(struct span raw)
{
	for (size_t i = 0; i < raw.n; i++)
		if (raw.at[i] < ' ' || raw.at[i] > '~' || raw.at[i] == '\\')
			return false;
	return true;
}

const char *
json_span_str(struct arena *arena, struct span value)
{
	struct span raw = scan_string(value);
	const char *text;
	jv parsed;

	if (value.n < 2 || *value.at != '"')
		return NULL;
	if (is_plain(raw))
		return arena_copy_n(arena, raw.at, raw.n);
	(void)json_parse(value.at, value.n, &parsed, NULL);
	text = arena_copy(arena, json_str(parsed));
	json_free(parsed);
	return text;
}

/* A number as it is nearly always: digits that need no parser. */
static bool
take_digits(struct span value, int64_t *out)
{
	int64_t number = 0;

	for (size_t i = 0; i < value.n; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			return false;
		number = number * 10 + (value.at[i] - '0');
	}
	*out = number;
	return true;
}

bool
json_span_int(struct span value, int64_t *out)
{
	jv parsed;
	bool is_int;

	if (value.n == 0)
		return false;
	if (value.n <= DIGITS_SAFE && take_digits(value, out))
		return true;
	(void)json_parse(value.at, value.n, &parsed, NULL);
	is_int = json_int(parsed, out);
	json_free(parsed);
	return is_int;
}
