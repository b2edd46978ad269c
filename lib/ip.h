// SPDX-License-Identifier: ISC
/* ip -- addresses and networks: parse, print as RFC 5952, compare. */
#ifndef IP_H
#define IP_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

struct ip {
	int version; /* 4 or 6 */
	uint8_t bytes[16];
};

struct ip_net {
	struct ip address;
	int bits; /* of the prefix */
};

/* Strict: dotted quads without leading zeros, RFC 4291 text, no zone index. */
bool ip_parse(const char *text, struct ip *ip);

/* The one text form of an address (RFC 5952), in the arena. */
const char *ip_print(struct arena *arena, const struct ip *ip);

/* CIDR notation, `10.0.0.0/8` or `2001:db8::/32`; bits beyond the prefix are
 * dropped. */
bool ip_parse_net(const char *text, struct ip_net *net);

/* Of the same version, and equal in the bits of the prefix. */
bool ip_is_within(const struct ip *ip, const struct ip_net *net);

/*
 * Not reachable from the Internet at large: private (RFC 1918), shared
 * (RFC 6598), loopback, link-local, unique local (RFC 4193), unspecified.
 */
bool ip_is_private(const struct ip *ip);

#endif
