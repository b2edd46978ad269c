// SPDX-License-Identifier: ISC
/* text_test -- equality, percent-encoding, files, URLs, lists of texts. */
#include <errno.h>
#include <string.h>

#include "arena.h"
#include "strlist.h"
#include "tap.h"
#include "text.h"

static void
test_equal(void)
{
	char one[] = "a";

	tap_check(text_equal("a", one), "the same bytes are equal", "");
	tap_check(!text_equal("a", "ab"), "a beginning is not equal", "");
	tap_check(text_equal(NULL, NULL), "nothing equals nothing", "");
	tap_check(!text_equal(NULL, "") && !text_equal("", NULL),
	    "nothing is not the empty text", "");
}

static void
test_percent(void)
{
	static const struct {
		const char *in, *plain, *out;
	} rows[] = {
		{ "web-1", "-", "web-1" },
		{ "a b/c", "", "a%20b%2Fc" },
		{ "@*", "@*", "@*" },
		{ "\xc3\xbc%", "", "%C3%BC%25" },
		{ "azAZ09[`{", "", "azAZ09%5B%60%7B" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text out = { 0 };

		text_add_percent(&out, rows[i].in, rows[i].plain);
		tap_check(text_equal(text_str(&out), rows[i].out),
		    "percent-encoding gives", rows[i].out);
		text_done(&out);
	}
}

static void
test_hash(void)
{
	uint64_t all = text_hash(TEXT_HASH, "foobar", 6);

	/* The vectors of draft-eastlake-fnv. */
	tap_check(all == UINT64_C(0x85944171f73967e8), "FNV-1a of foobar", "");
	tap_check(text_hash(TEXT_HASH, "", 0) == TEXT_HASH, "of nothing", "");
	tap_check(text_hash(text_hash(TEXT_HASH, "foo", 3), "bar", 3) == all,
	    "in two pieces it is the same", "");
}

static void
test_file(void)
{
	struct text text = { 0 };

	text_add(&text, "before");
	tap_check(!text_read_file(&text, "/nonexistent", 10) && errno == ENOENT,
	    "a file that is not there says so", "");
	tap_check(!text_read_file(&text, "/proc/self/status", 10) &&
		      errno == EFBIG && text_equal(text.data, "before"),
	    "a file that is too large adds nothing", "");
	text_wipe(&text);
	tap_check(text_equal(text_str(&text), ""), "wiped is empty", "");
}

static void
test_lists(void)
{
	struct arena arena = { 0 };
	struct strlist a = { 0 };
	struct strlist b = { 0 };

	strlist_add_split(&a, &arena, " x , y ,, ", ',');
	strlist_add(&b, &arena, "w");
	strlist_add_all(&b, &arena, &a);
	tap_check(text_equal(strlist_join(&b, &arena, "|"), "w|x|y"),
	    "lists are split, trimmed, appended, joined", "");
	tap_check(text_equal(arena_copy_url(&arena, "https://h/p//?q#f"),
		      "https://h/p") &&
		      arena_copy_url(&arena, NULL) == NULL,
	    "a URL loses query, fragment and last slashes", "");
	arena_done(&arena);
}

int
main(void)
{
	test_equal();
	test_percent();
	test_hash();
	test_file();
	test_lists();
	return tap_end();
}
