// SPDX-License-Identifier: ISC
/* json_span -- texts and numbers of JSON that was scanned, not parsed. */
#include "arena.h"
#include "json.h"
#include "scan.h"

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

bool
json_span_int(struct span value, int64_t *out)
{
	jv parsed;
	bool is_int;

	(void)json_parse(value.at, value.n, &parsed, NULL);
	is_int = json_int(parsed, out);
	json_free(parsed);
	return is_int;
}
