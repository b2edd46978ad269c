// SPDX-License-Identifier: ISC
/* dnsname_test -- the normal form of names and the zone test, as tables. */
#include "arena.h"
#include "dnsname.h"

#include <string.h>

#include "tap.h"

#define L63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff012"

static void
test_normalise(struct arena *arena)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
		{ "web.example.com", "web.example.com" },
		{ "Web.Example.COM.", "web.example.com" },
		{ "web.example.com..", NULL },
		{ "*.example.com", "*.example.com" },
		{ "*", "*" },
		{ "a.*.example.com", NULL },
		{ "a*.example.com", NULL },
		{ "**.example.com", NULL },
		{ "_http._tcp.example.com", "_http._tcp.example.com" },
		{ "b\303\274cher.example.com", "xn--bcher-kva.example.com" },
		{ "B\303\234CHER.example.com", "xn--bcher-kva.example.com" },
		{ "stra\303\237e.example", "xn--strae-oqa.example" },
		{ "a\357\274\216example", "a.example" },
		{ "xn--a.example", "xn--a.example" }, /* no A-label, and kept */
		{ "b\377", NULL },
		{ "", NULL },
		{ ".", NULL },
		{ ".a", NULL },
		{ "a..b", NULL },
		{ "a b.example.com", NULL },
		{ "a\nb.example.com", NULL },
		{ "a/b.example.com", NULL },
		{ L63 ".example.com", L63 ".example.com" },
		{ L63 "x.example.com", NULL },
		{ L63 "." L63 "." L63 "." L63, NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err = { 0 };
		const char *out = dnsname_normalise(arena, rows[i].in, &err);

		if (rows[i].out == NULL)
			tap_check(out == NULL && err.cause == CAUSE_INVALID,
			    "refused: ", err.text);
		else
			tap_check(out != NULL && strcmp(out, rows[i].out) == 0,
			    "normal form:", rows[i].out);
	}
}

static void
test_within(void)
{
	static const struct {
		const char *name, *zone;
		bool within;
	} rows[] = {
		{ "a.example.com", "example.com", true },
		{ "example.com", "example.com", true },
		{ "badexample.com", "example.com", false },
		{ "com", "example.com", false },
		{ "a.example.com.net", "example.com", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		tap_check(dnsname_is_within(rows[i].name, rows[i].zone) ==
			      rows[i].within,
		    "within", rows[i].name);
	tap_check(dnsname_is_wildcard("*.a") && dnsname_is_wildcard("*") &&
		      !dnsname_is_wildcard("a.b") && !dnsname_is_wildcard("*a"),
	    "wildcard", "");
}

int
main(void)
{
	struct arena arena = { 0 };

	test_normalise(&arena);
	test_within();
	arena_done(&arena);
	return tap_end();
}
