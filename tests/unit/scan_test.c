// SPDX-License-Identifier: ISC
/* scan_test -- members and items as they come, and what is not JSON. */
#include <string.h>

#include "scan.h"
#include "tap.h"
#include "text.h"

static struct span
span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

/* All members as `key=value `, or items as `value `; `!` if the walk is bad. */
static void
walk(const char *text, struct text *out)
{
	struct scan scan;
	struct span key = { "", 0 };
	struct span value;
	bool is_array = scan_enter(&scan, span(text), '[');

	if (!is_array && !scan_enter(&scan, span(text), '{')) {
		text_add(out, "none");
		return;
	}
	while (is_array ? scan_item(&scan, &value)
			: scan_member(&scan, &key, &value))
		text_format(out, "%.*s=%.*s ", (int)key.n, key.at, (int)value.n,
		    value.at);
	text_add(out, scan.bad ? "!" : "");
}

static void
test_walks(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "{}", "" },
		{ " { \"a\" : 1 , \"b\":[2,{}] } ", "a=1 b=[2,{}] " },
		{ "[1,\"x\\\"]\",null]", "=1 =\"x\\\"]\" =null " },
		{ "{\"a\":\"\\\\\"}", "a=\"\\\\\" " },
		{ "{\"a\":12345678901234567890}", "a=12345678901234567890 " },
		{ "true", "none" },
		{ "", "none" },
		{ "{\"a\" 1}", "!" },
		{ "{\"a\":1 \"b\":2}", "a=1 !" },
		{ "[1,2", "=1 =2 !" },
		{ "{\"a\":\"x", "!" },
		{ "{\"a\":[{]", "!" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text out = { 0 };

		walk(rows[i].in, &out);
		tap_check(text_equal(text_str(&out), rows[i].out), "walk over",
		    rows[i].in);
		text_done(&out);
	}
}

static void
test_at(void)
{
	struct span object = span("{\"m\":{\"n\":\"v\\n\"},\"o\":3}");
	struct span value = scan_at(scan_at(object, "m"), "n");

	tap_check(scan_is(value, "\"v\\n\""), "a member of a member", "");
	tap_check(scan_is(scan_string(value), "v\\n"),
	    "its text, escapes and all", "");
	tap_check(scan_at(object, "x").n == 0 && scan_at(value, "x").n == 0,
	    "what is not there is empty", "");
	tap_check(scan_string(scan_at(object, "o")).n == 0,
	    "a number is no text", "");
}

int
main(void)
{
	test_walks();
	test_at();
	return tap_end();
}
