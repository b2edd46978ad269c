// SPDX-License-Identifier: ISC
/* json_test -- total readers and one-value parsing. */
#include "json.h"

#include <string.h>

#include "arena.h"
#include "scan.h"
#include "tap.h"
#include "text.h"

static void
test_parse(void)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ "{}", true },
		{ " {\"a\":[1,2]} ", true },
		{ "", false },
		{ "{} {}", false },
		{ "{", false },
		{ "{\"a\":}", false },
		{ "{\"a\":1}}", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct error err = { 0 };
		jv value;
		bool good = json_parse(
		    rows[i].text, strlen(rows[i].text), &value, &err);

		tap_check(good == rows[i].good, "parse", rows[i].text);
		json_free(value);
	}
}

/* A message must not carry what may be a secret. */
static void
test_message_does_not_quote(void)
{
	const char *text = "{\"secret\":\"hunter2\" oops}";
	struct error err = { 0 };
	jv value;

	(void)json_parse(text, strlen(text), &value, &err);
	json_free(value);
	tap_check(err.text[0] != '\0' && strstr(err.text, "hunter2") == NULL,
	    "message", "does not quote the text");
}

static void
test_readers(void)
{
	const char *text = "{\"s\":\"x\",\"nul\":\"a\\u0000b\",\"n\":7,"
			   "\"half\":0.5,\"big\":1e300,\"t\":true,"
			   "\"a\":[1,null],\"o\":{\"p\":{\"q\":\"deep\"}}}";
	int64_t n = -1;
	const char *key;
	jv value, item;
	int iter = 0, members = 0;

	(void)json_parse(text, strlen(text), &value, NULL);
	tap_check(strcmp(json_str_at(value, "s"), "x") == 0, "text", "");
	tap_check(json_str_at(value, "nul") == NULL, "text", "with NUL");
	tap_check(json_str_at(value, "n") == NULL, "text", "of a number");
	tap_check(json_int(json_at(value, "n"), &n) && n == 7, "integer", "");
	tap_check(!json_int(json_at(value, "half"), &n), "integer", "half");
	tap_check(
	    !json_int(json_at(value, "big"), &n), "integer", "beyond 2^53");
	tap_check(json_is_true(json_at(value, "t")), "truth", "");
	tap_check(
	    strcmp(json_str_at(value, "o", "p", "q"), "deep") == 0, "path", "");
	tap_check(json_str_at(value, "s", "p", "q") == NULL, "path",
	    "through a text");
	tap_check(json_count(json_at(value, "a")) == 2, "count", "");
	tap_check(
	    json_item(json_at(value, "a"), 1, &item) && !json_is_present(item),
	    "item", "null");
	tap_check(!json_item(json_at(value, "a"), 2, &item), "item", "past");
	tap_check(!json_item(json_at(value, "s"), 0, &item), "item", "of text");
	while (json_member(value, &iter, &key, &item))
		members++;
	tap_check(members == 8, "members", "");
	json_free(value);
}

static void
test_builders(void)
{
	struct text out = { 0 };
	jv object = json_new_object();
	jv array = json_new_array();

	json_add_str(&array, "b");
	json_add_str(&array, NULL);
	json_add(&array, json_new_int(3));
	json_set_str(&object, "type", "X");
	json_set_str(&object, "absent", NULL);
	json_set(&object, "list", array);
	json_set(&object, "nothing", jv_invalid());
	json_set_bool(&object, "yes", true);
	json_print(&out, object);
	tap_check(strcmp(out.data,
		      "{\"type\":\"X\",\"list\":[\"b\",3],\"yes\":true}") == 0,
	    "print", out.data);
	json_free(object);
	text_done(&out);
}

/* What was scanned reads as what was parsed would. */
static void
test_spans(void)
{
	static const struct {
		const char *in, *text;
		int64_t number; /* -1: none */
	} rows[] = {
		{ "\"web\"", "web", -1 },
		{ "\"a\\u0062\\n\"", "ab\n", -1 },
		{ "\"\xc3\xa9\"", "\xc3\xa9", -1 },
		{ "\"nul\\u0000\"", NULL, -1 },
		{ "\"\"", "", -1 },
		{ "300", NULL, 300 },
		{ "3e2", NULL, 300 },
		{ "1.5", NULL, -1 },
		{ "9999999999999999", NULL, -1 },
		{ "null", NULL, -1 },
		{ "", NULL, -1 },
	};
	struct arena arena = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct span span = { rows[i].in, strlen(rows[i].in) };
		int64_t number = -1;

		tap_check(text_equal(json_span_str(&arena, span), rows[i].text),
		    "span as text", rows[i].in);
		tap_check(
		    json_span_int(span, &number) == (rows[i].number >= 0) &&
			number == rows[i].number,
		    "span as number", rows[i].in);
	}
	arena_done(&arena);
}

static void
test_print_str(void)
{
	struct text out = { 0 };

	json_print_str(&out, "a\"b\\c\n\x01\x7f");
	tap_check(
	    text_equal(text_str(&out), "\"a\\\"b\\\\c\\n\\u0001\\u007f\""),
	    "printed", text_str(&out));
	text_reset(&out);
	json_print_str(&out, "caf\xc3"); /* cut in the middle of a letter */
	tap_check(text_equal(text_str(&out), "\"caf\xef\xbf\xbd\""), "printed",
	    text_str(&out));
	text_done(&out);
}

int
main(void)
{
	test_parse();
	test_message_does_not_quote();
	test_readers();
	test_builders();
	test_spans();
	test_print_str();
	return tap_end();
}
