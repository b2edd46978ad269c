// SPDX-License-Identifier: ISC
/* base64_test -- RFC 4648 section 10, both alphabets, what must be refused. */
#include <string.h>

#include "base64.h"
#include "tap.h"
#include "text.h"

static const struct {
	const char *plain;
	const char *standard;
	const char *url;
} pairs[] = {
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	{ "\xfb\xff\xbe", "+/++", "-_--" },
};

static const struct {
	const char *coded;
	const char *plain; /* NULL: refused */
} decoded[] = {
	{ "Zm9v\tYmFy ", "foobar" },
	{ " Zg = = ", "f" },
	{ "-_--", "\xfb\xff\xbe" },
	{ "Zg", "f" },
	{ "Z", NULL },
	{ "Zm9v!", NULL },
	{ "Zg==Zg==", NULL },
};

static bool
holds(const struct text *text, const char *expected)
{
	return text->n == strlen(expected) &&
	       memcmp(text_str(text), expected, text->n) == 0;
}

int
main(void)
{
	struct text out = { 0 };

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t n = strlen(pairs[i].plain);

		text_reset(&out);
		base64_encode(&out, pairs[i].plain, n);
		tap_check(holds(&out, pairs[i].standard), "encode",
		    pairs[i].standard);
		text_reset(&out);
		base64_encode_url(&out, pairs[i].plain, n);
		tap_check(
		    holds(&out, pairs[i].url), "encode for URLs", pairs[i].url);
		text_reset(&out);
		tap_check(base64_decode(&out, pairs[i].standard,
			      strlen(pairs[i].standard)) &&
			      holds(&out, pairs[i].plain),
		    "decode", pairs[i].standard);
	}
	for (size_t i = 0; i < sizeof(decoded) / sizeof(decoded[0]); i++) {
		const char *plain = decoded[i].plain;
		bool good;

		text_reset(&out);
		good = base64_decode(
		    &out, decoded[i].coded, strlen(decoded[i].coded));
		tap_check(good == (plain != NULL) &&
			      holds(&out, plain != NULL ? plain : ""),
		    plain != NULL ? "decode" : "refuse", decoded[i].coded);
	}
	text_done(&out);
	return tap_end();
}
