// SPDX-License-Identifier: ISC
/*
 * ip -- addresses over inet_pton, which takes exactly the text forms that the
 * contract names: dotted quads without leading zeros, RFC 4291 without zone
 * index. inet_ntop prints mapped addresses as RFC 5952 section 5 wants them.
 */
#include "ip.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "count.h"

bool
ip_parse(const char *text, struct ip *ip)
{
	*ip = (struct ip){ 0 };
	if (inet_pton(AF_INET, text, ip->bytes) == 1)
		ip->version = 4;
	else if (inet_pton(AF_INET6, text, ip->bytes) == 1)
		ip->version = 6;
	return ip->version != 0;
}

const char *
ip_print(struct arena *arena, const struct ip *ip)
{
	char text[INET6_ADDRSTRLEN];
	int family = ip->version == 4 ? AF_INET : AF_INET6;
	const uint8_t *b = ip->bytes;
	static const uint8_t zeros[12];

	/* inet_ntop prints ::/96 with dots, which RFC 5952 does not ask for. */
	if (family == AF_INET6 && memcmp(b, zeros, 12) == 0 &&
	    (b[12] != 0 || b[13] != 0))
		return arena_format(arena, "::%x:%x", b[12] << 8 | b[13],
		    (unsigned)(b[14] << 8 | b[15]));
	return arena_copy(arena, inet_ntop(family, b, text, sizeof(text)));
}

bool
ip_parse_net(const char *text, struct ip_net *net)
{
	char address[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - text);
	size_t digits;
	int bits_max;

	if (slash == NULL || n >= sizeof(address))
		return false;
	memcpy(address, text, n);
	address[n] = '\0';
	digits = strspn(slash + 1, "0123456789");
	if (digits == 0 || digits > 3 || slash[1 + digits] != '\0' ||
	    (digits > 1 && slash[1] == '0') ||
	    !ip_parse(address, &net->address))
		return false;
	net->bits = (int)strtol(slash + 1, NULL, 10);
	bits_max = net->address.version == 4 ? 32 : 128;
	if (net->bits > bits_max)
		return false;
	for (int bit = net->bits; bit < bits_max; bit++)
		net->address.bytes[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
	return true;
}

bool
ip_is_within(const struct ip *ip, const struct ip_net *net)
{
	int bytes = net->bits / 8;
	int rest = net->bits % 8;
	int mask = 0xff << (8 - rest) & 0xff;

	if (ip->version != net->address.version ||
	    memcmp(ip->bytes, net->address.bytes, (size_t)bytes) != 0)
		return false;
	return rest == 0 ||
	       (ip->bytes[bytes] & mask) == net->address.bytes[bytes];
}

bool
ip_is_private(const struct ip *ip)
{
	static const struct ip_net nets[] = {
		{ { 4, { 0 } }, 8 },           /* RFC 1122 */
		{ { 4, { 10 } }, 8 },          /* RFC 1918 */
		{ { 4, { 100, 64 } }, 10 },    /* RFC 6598 */
		{ { 4, { 127 } }, 8 },         /* RFC 1122 */
		{ { 4, { 169, 254 } }, 16 },   /* RFC 3927 */
		{ { 4, { 172, 16 } }, 12 },    /* RFC 1918 */
		{ { 4, { 192, 168 } }, 16 },   /* RFC 1918 */
		{ { 6, { 0 } }, 127 },         /* ::, ::1: RFC 4291 */
		{ { 6, { 0xfc } }, 7 },        /* RFC 4193 */
		{ { 6, { 0xfe, 0x80 } }, 10 }, /* RFC 4291 */
	};
	static const struct ip_net mapped = {
		{ 6, { [10] = 0xff, [11] = 0xff } }, 96
	};
	struct ip v4 = { .version = 4 };

	if (ip_is_within(ip, &mapped)) {
		memcpy(v4.bytes, ip->bytes + 12, 4);
		return ip_is_private(&v4);
	}
	for (size_t i = 0; i < COUNT(nets); i++)
		if (ip_is_within(ip, &nets[i]))
			return true;
	return false;
}
