// SPDX-License-Identifier: ISC
/*
 * hostname -- the type Hostname of the Gateway API.
 *
 * Upstream  external-dns source/gateway_hostname.go; names in other scripts
 *           are taken there never, here in their ASCII form
 */
#include "hostname.h"

#include <stdbool.h>
#include <string.h>

#include "dnsname.h"
#include "ip.h"

/* Labels of RFC 1123 section 2.1, the first one perhaps a wildcard. */
static bool
is_strict(const char *name)
{
	if (strncmp(name, "*.", 2) == 0)
		name += 2;
	return strpbrk(name, "_*") == NULL && *name != '-' &&
	       strstr(name, ".-") == NULL && strstr(name, "-.") == NULL &&
	       name[strlen(name) - 1] != '-';
}

const char *
hostname_read(struct arena *arena, const char *text)
{
	const char *name = dnsname_normalise(arena, text, NULL);
	struct ip ip;

	return name == NULL || !is_strict(name) || ip_parse(name, &ip) ? NULL
								       : name;
}

static bool
is_below(const char *name, const char *wildcard)
{
	size_t n = strlen(name);
	size_t suffix = strlen(wildcard) - 1;

	return wildcard[0] == '*' && n > suffix &&
	       strcmp(name + n - suffix, wildcard + 1) == 0;
}

const char *
hostname_intersection(const char *a, const char *b)
{
	if (*a == '\0' || is_below(b, a))
		return b;
	if (*b == '\0' || strcmp(a, b) == 0 || is_below(a, b))
		return a;
	return NULL;
}
