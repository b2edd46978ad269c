// SPDX-License-Identifier: ISC
/* rtype_test -- the normal form of each kind of RDATA, as a table. */
#include "arena.h"
#include "rtype.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int
main(void)
{
	static const struct {
		const char *type, *in, *out; /* out NULL: refused */
	} rows[] = {
		{ "A", "1.2.3.4", "1.2.3.4" },
		{ "a", "::1", NULL },
		{ "AAAA", "2001:DB8::0:1", "2001:db8::1" },
		{ "AAAA", "1.2.3.4", NULL },
		{ "CNAME", "LB.Example.com.", "lb.example.com" },
		{ "CNAME", "", NULL },
		{ "NS", "ns1.example.com.", "ns1.example.com" },
		{ "PTR", "a.example.com", "a.example.com" },
		{ "MX", "10  Mail.example.com.", "10 mail.example.com" },
		{ "MX", "010 mail.example.com", "10 mail.example.com" },
		{ "MX", "0 .", "0 ." },
		{ "MX", "mail.example.com", NULL },
		{ "MX", "65536 mail.example.com", NULL },
		{ "MX", "10 a b", NULL },
		{ "SRV", "0 50 30192 A.example.com.",
		    "0 50 30192 a.example.com" },
		{ "SRV", "0 50 a.example.com", NULL },
		{ "CAA", "0 issue \"ca.example\"", "0 issue ca.example" },
		{ "CAA", "0 ISSUE ca.example", "0 issue ca.example" },
		{ "CAA", "256 issue ca.example", NULL },
		{ "CAA", "0 issue", NULL },
		{ "TXT", " any  Text. ", " any  Text. " },
	};
	struct arena arena = { 0 };
	size_t n = sizeof(rows) / sizeof(rows[0]);
	int n_bad = 0;

	for (size_t i = 0; i < n; i++) {
		struct error err = { 0 };
		const char *out = rtype_normalise(
		    &arena, rtype_find(rows[i].type), rows[i].in, &err);
		bool good = rows[i].out == NULL
				? out == NULL && err.cause == CAUSE_INVALID
				: out != NULL && strcmp(out, rows[i].out) == 0;

		n_bad += !good;
		printf("%sok %zu - %s '%s'\n", good ? "" : "not ", i + 1,
		    rows[i].type, rows[i].in);
	}
	printf("%sok %zu - a type we do not know\n",
	    rtype_find("NAPTR") == RTYPE_NONE ? "" : "not ", n + 1);
	printf("1..%zu\n", n + 1);
	arena_done(&arena);
	return n_bad != 0 || rtype_find("NAPTR") != RTYPE_NONE;
}
