// SPDX-License-Identifier: ISC
/*
 * rtype -- the table of record types and one reader of RDATA text for each
 * shape: address, host, fields before a host, fields before a text.
 *
 * A host of "." stays (RFC 2782: no service; RFC 7505: no mail).
 */
#include "rtype.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "dnsname.h"
#include "ip.h"

#define BLANKS " \t"

struct shape {
	const char *name;
	int ip_version; /* the target is an address of this version */
	int numbers;    /* fields before the host */
	bool host, tag; /* the last field is a host; a CAA tag and value */
};

/* clang-format off */
static const struct shape shapes[RTYPE_COUNT] = {
	[RTYPE_NONE]  = { .name = "" },
	[RTYPE_A]     = { .name = "A", .ip_version = 4 },
	[RTYPE_AAAA]  = { .name = "AAAA", .ip_version = 6 },
	[RTYPE_CAA]   = { .name = "CAA", .numbers = 1, .tag = true },
	[RTYPE_CNAME] = { .name = "CNAME", .host = true },
	[RTYPE_MX]    = { .name = "MX", .numbers = 1, .host = true },
	[RTYPE_NS]    = { .name = "NS", .host = true },
	[RTYPE_PTR]   = { .name = "PTR", .host = true },
	[RTYPE_SRV]   = { .name = "SRV", .numbers = 3, .host = true },
	[RTYPE_TXT]   = { .name = "TXT" },
};
/* clang-format on */

const char *
rtype_name(enum rtype rtype)
{
	return shapes[rtype].name;
}

enum rtype
rtype_find(const char *name)
{
	for (int i = RTYPE_NONE + 1; i < RTYPE_COUNT; i++)
		if (strcasecmp(shapes[i].name, name) == 0)
			return (enum rtype)i;
	return RTYPE_NONE;
}

static const char *
normal_address(
    struct arena *arena, int version, const char *target, struct error *err)
{
	struct ip ip;

	if (!ip_parse(target, &ip) || ip.version != version) {
		error_set(err, CAUSE_INVALID, "'%.64s' is no IPv%d address",
		    target, version);
		return NULL;
	}
	return ip_print(arena, &ip);
}

static const char *
normal_host(struct arena *arena, const char *target, struct error *err)
{
	if (strcmp(target, ".") == 0)
		return ".";
	return dnsname_normalise(arena, target, err);
}

/* A number in front of *text, without leading zeros in the arena. */
static const char *
take_number(struct arena *arena, const char **text, long max, struct error *err)
{
	size_t n = strspn(*text, "0123456789");
	long number;

	if (n == 0 || n > 5 || strcspn(*text, BLANKS) != n ||
	    (number = strtol(*text, NULL, 10)) > max) {
		error_set(err, CAUSE_INVALID,
		    "'%.64s' does not begin with a number up to %ld", *text,
		    max);
		return NULL;
	}
	*text += n;
	*text += strspn(*text, BLANKS);
	return arena_format(arena, "%ld ", number);
}

/* `issue "ca.example"` or without quotes: RFC 8659 section 4. */
static const char *
normal_tag(struct arena *arena, const char *text, struct error *err)
{
	size_t n = strcspn(text, BLANKS);
	const char *value = text + n + strspn(text + n, BLANKS);
	size_t n_value = strlen(value);
	const char *tag = arena_copy_lower(arena, arena_copy_n(arena, text, n));

	if (n == 0 || text[n] == '\0') {
		error_set(err, CAUSE_INVALID, "a CAA tag and a value expected");
		return NULL;
	}
	if (n_value >= 2 && value[0] == '"' && value[n_value - 1] == '"') {
		value++;
		n_value -= 2;
	}
	return arena_format(arena, "%s %.*s", tag, (int)n_value, value);
}

const char *
rtype_normalise(struct arena *arena, enum rtype rtype, const char *target,
    struct error *err)
{
	const struct shape *shape = &shapes[rtype];
	const char *front = "";
	const char *last;

	if (shape->ip_version != 0)
		return normal_address(arena, shape->ip_version, target, err);
	if (!shape->host && !shape->tag)
		return arena_copy(arena, target);
	for (int i = 0; i < shape->numbers; i++) {
		const char *number =
		    take_number(arena, &target, shape->tag ? 255 : 65535, err);

		if (number == NULL)
			return NULL;
		front = arena_format(arena, "%s%s", front, number);
	}
	last = shape->tag ? normal_tag(arena, target, err)
			  : normal_host(arena, target, err);
	return last == NULL ? NULL : arena_format(arena, "%s%s", front, last);
}
