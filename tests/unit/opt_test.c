// SPDX-License-Identifier: ISC
/* opt_test -- durations, and how environment and command line meet. */
#include "opt.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

static void
test_durations(void)
{
	static const struct {
		const char *text;
		int64_t ms; /* -1: refused */
	} rows[] = {
		{ "30s", 30000 },
		{ "1m30s", 90000 },
		{ "1h", 3600000 },
		{ "250ms", 250 },
		{ "1.5s", 1500 },
		{ "72", 72000 },
		{ "0", 0 },
		{ "", -1 },
		{ "s", -1 },
		{ "5 s", -1 },
		{ "-1s", -1 },
		{ "1d", -1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t ms = -1;

		(void)opt_duration(rows[i].text, &ms);
		tap_check(ms == rows[i].ms, "duration", rows[i].text);
	}
}

int
main(void)
{
	static bool once = true, dry;
	static const char *owner = "default";
	static struct strlist sources, domains;
	static const struct opt opts[] = {
		{ "once", OPT_FLAG, &once, NULL, "", NULL },
		{ "dry-run", OPT_FLAG, &dry, NULL, "", NULL },
		{ "owner", OPT_STRING, &owner, NULL, "", NULL },
		{ "source", OPT_LIST, &sources, NULL, "", NULL },
		{ "domain", OPT_LIST, &domains, NULL, "", NULL },
	};
	static const struct opt_program program = { "opt_test", "", "FILE",
		opts, sizeof(opts) / sizeof(*opts), NULL };
	static char words[9][16] = { "opt_test", "--no-once", "one",
		"--source=a", "--source", "b", "--dry-run=true", "--",
		"--two" };
	static char *argv[10];
	int first;

	for (int i = 0; i < 9; i++)
		argv[i] = words[i];
	test_durations();
	setenv("EXTERNAL_DNS_OWNER", "me", 1);
	setenv("EXTERNAL_DNS_SOURCE", "x\ny", 1);
	setenv("EXTERNAL_DNS_DOMAIN", "x\n\ny", 1);
	first = opt_parse(&program, 9, argv);
	tap_check(!once, "flag", "--no-once");
	tap_check(dry, "flag", "--dry-run=true");
	tap_check(strcmp(owner, "me") == 0, "environment", "OWNER");
	tap_check(sources.n == 2 && strcmp(sources.items[0], "a") == 0 &&
		      strcmp(sources.items[1], "b") == 0,
	    "list", "the command line wins over the environment");
	tap_check(domains.n == 2, "list", "from the environment");
	tap_check(first == 7 && strcmp(argv[7], "one") == 0 &&
		      strcmp(argv[8], "--two") == 0,
	    "operands", "are moved to the end");
	return tap_end();
}
