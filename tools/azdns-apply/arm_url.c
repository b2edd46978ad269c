// SPDX-License-Identifier: ISC
/*
 * arm_url -- where things are in ARM: the part of arm.h that is only text.
 *
 * API versions: public 2018-05-01, private 2020-06-01; both are served by
 * every cloud and know all that we write.
 */
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "arm.h"
#include "strlist.h"
#include "text.h"

#define PUBLIC_VERSION  "2018-05-01"
#define PRIVATE_VERSION "2020-06-01"
#define PAGE_ITEMS      1000

bool
arm_parse_zone_id(struct arena *arena, const char *id, bool is_private,
    struct arm_zone_id *parts)
{
	const char *const words[] = { "subscriptions", "resourcegroups",
		"providers", is_private ? "privatednszones" : "dnszones" };
	const char *values[4];
	struct strlist segments = { 0 };

	strlist_add_split(&segments, arena, id, '/');
	if (*id != '/' || segments.n != 8)
		return false;
	for (size_t i = 0; i < 4; i++) {
		if (strcasecmp(segments.items[i == 3 ? 6 : 2 * i], words[i]) !=
		    0)
			return false;
		values[i] = segments.items[i == 3 ? 7 : 2 * i + 1];
	}
	if (strcasecmp(values[2], "microsoft.network") != 0)
		return false;
	*parts = (struct arm_zone_id){ .subscription = values[0],
		.group = values[1],
		.name = arena_copy_lower(arena, values[3]) };
	return true;
}

const char *
arm_zone_id(
    struct arena *arena, const struct arm_zone_id *parts, bool is_private)
{
	return arena_copy_lower(arena,
	    arena_format(arena,
		"/subscriptions/%s/resourcegroups/%s/providers/"
		"microsoft.network/%s/%s",
		parts->subscription, parts->group,
		is_private ? "privatednszones" : "dnszones", parts->name));
}

/* Percent-encode one path segment; `@` and `*` may stand (RFC 3986, 3.3). */
static const char *
segment(struct arena *arena, const char *value)
{
	struct text out = { 0 };
	const char *copy;

	text_add_percent(&out, value, "-._~@*()");
	copy = arena_copy(arena, text_str(&out));
	text_done(&out);
	return copy;
}

static const char *
version(const struct arm *arm)
{
	return arm->is_private ? PRIVATE_VERSION : PUBLIC_VERSION;
}

static const char *
zones_path(const struct arm *arm, struct arena *arena, const char *subscription,
    const char *group)
{
	return arena_format(arena,
	    "%s/subscriptions/%s/resourceGroups/%s/providers/"
	    "Microsoft.Network/%s",
	    arm->endpoint, segment(arena, subscription), segment(arena, group),
	    arm->is_private ? "privateDnsZones" : "dnsZones");
}

static const char *
zone_path(
    const struct arm *arm, struct arena *arena, const struct arm_zone_id *zone)
{
	return arena_format(arena, "%s/%s",
	    zones_path(arm, arena, zone->subscription, zone->group),
	    segment(arena, zone->name));
}

const char *
arm_url_zones(const struct arm *arm, struct arena *arena,
    const char *subscription, const char *group)
{
	return arena_format(arena, "%s?api-version=%s&$top=%d",
	    zones_path(arm, arena, subscription, group), version(arm),
	    PAGE_ITEMS);
}

const char *
arm_url_zone(
    const struct arm *arm, struct arena *arena, const struct arm_zone_id *zone)
{
	return arena_format(arena, "%s?api-version=%s",
	    zone_path(arm, arena, zone), version(arm));
}

const char *
arm_url_recordsets(
    const struct arm *arm, struct arena *arena, const struct arm_zone_id *zone)
{
	return arena_format(arena, "%s/%s?api-version=%s&$top=%d",
	    zone_path(arm, arena, zone), arm->is_private ? "ALL" : "all",
	    version(arm), PAGE_ITEMS);
}

const char *
arm_url_recordset(const struct arm *arm, struct arena *arena,
    const struct arm_zone_id *zone, const char *type, const char *name)
{
	return arena_format(arena, "%s/%s/%s?api-version=%s",
	    zone_path(arm, arena, zone), type, segment(arena, name),
	    version(arm));
}

/* The host of a URL without a default port; its length in *n. */
static const char *
host_of(const char *url, size_t *n)
{
	const char *host = strstr(url, "://");

	host = host != NULL ? host + 3 : url;
	*n = strcspn(host, "/?#");
	if (strncasecmp(url, "https:", 6) == 0 && *n > 4 &&
	    memcmp(host + *n - 4, ":443", 4) == 0)
		*n -= 4;
	return host;
}

bool
arm_is_ours(const struct arm *arm, const char *url)
{
	size_t scheme_n = strcspn(arm->endpoint, ":");
	size_t ours_n;
	size_t n;
	const char *ours = host_of(arm->endpoint, &ours_n);
	const char *host = host_of(url, &n);

	return strncasecmp(url, arm->endpoint, scheme_n + 3) == 0 &&
	       n == ours_n && strncasecmp(host, ours, n) == 0;
}
