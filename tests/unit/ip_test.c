// SPDX-License-Identifier: ISC
/* ip_test -- parsing, printing and membership of addresses, as tables. */
#include "arena.h"
#include "ip.h"

#include <string.h>

#include "tap.h"

static void
test_print(struct arena *arena)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
		{ "1.2.3.4", "1.2.3.4" },
		{ "010.1.1.1", NULL },
		{ "10.09.15.25", NULL },
		{ "1.2.3", NULL },
		{ "1.2.3.4 ", NULL },
		{ "192.168.0.1/22", NULL },
		{ "", NULL },
		{ "2001:DB8:0:0:1::1", "2001:db8::1:0:0:1" },
		{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
		{ "::ffff:1.2.3.4", "::ffff:1.2.3.4" },
		{ "::1.2.3.4", "::102:304" },
		{ "::", "::" },
		{ "::1", "::1" },
		{ "fe80::1%eth0", NULL },
		{ "[::1]", NULL },
	};
	struct ip ip;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool parsed = ip_parse(rows[i].in, &ip);

		tap_check(parsed == (rows[i].out != NULL) &&
			      (!parsed || strcmp(ip_print(arena, &ip),
					      rows[i].out) == 0),
		    "print", rows[i].in);
	}
}

static void
test_net(void)
{
	static const struct {
		const char *net, *ip;
		bool valid, within;
	} rows[] = {
		{ "10.0.0.0/8", "10.255.0.1", true, true },
		{ "10.0.0.0/8", "11.0.0.1", true, false },
		{ "10.1.2.3/9", "10.127.0.0", true, true },
		{ "10.1.2.3/9", "10.128.0.0", true, false },
		{ "0.0.0.0/0", "1.1.1.1", true, true },
		{ "0.0.0.0/0", "::1", true, false },
		{ "2001:db8::/33", "2001:db8:7fff::", true, true },
		{ "2001:db8::/33", "2001:db8:8000::", true, false },
		{ "64:ff9b::/96", "64:ff9b::1.2.3.4", true, true },
		{ "10.0.0.0", "10.0.0.0", false, false },
		{ "10.0.0.0/33", "10.0.0.0", false, false },
		{ "10.0.0.0/", "10.0.0.0", false, false },
		{ "10.0.0.0/08", "10.0.0.0", false, false },
	};
	struct ip_net net;
	struct ip ip;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool valid = ip_parse_net(rows[i].net, &net);

		tap_check(
		    valid == rows[i].valid && ip_parse(rows[i].ip, &ip) &&
			(!valid || ip_is_within(&ip, &net) == rows[i].within),
		    rows[i].net, rows[i].ip);
	}
}

static void
test_private(void)
{
	static const struct {
		const char *ip;
		bool is_private;
	} rows[] = {
		{ "10.0.0.1", true },
		{ "172.31.255.255", true },
		{ "172.32.0.0", false },
		{ "192.168.1.1", true },
		{ "100.64.0.1", true },
		{ "100.128.0.1", false },
		{ "127.0.0.1", true },
		{ "169.254.1.1", true },
		{ "20.0.0.1", false },
		{ "0.0.0.0", true },
		{ "fd00::1", true },
		{ "fe80::1", true },
		{ "::1", true },
		{ "::", true },
		{ "2001:db8::1", false },
		{ "::ffff:10.0.0.1", true },
		{ "::ffff:20.0.0.1", false },
	};
	struct ip ip;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		tap_check(ip_parse(rows[i].ip, &ip) &&
			      ip_is_private(&ip) == rows[i].is_private,
		    "private", rows[i].ip);
}

int
main(void)
{
	struct arena arena = { 0 };

	test_print(&arena);
	test_net();
	test_private();
	arena_done(&arena);
	return tap_end();
}
