// SPDX-License-Identifier: ISC
/*
 * store -- zones and record sets as they are now.
 *
 * Sets are kept under a key that sorts bytewise as Azure lists: the labels of
 * the relative name from right to left, then the type. The public service
 * puts the apex before everything, the private one takes `@` for a letter.
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "store.h"
#include "types.h"

#define LABEL_END '\002' /* sorts after TYPE_MARK: "a" before "b.a" */
#define TYPE_MARK '\001'

static void
set_done(void *value)
{
	struct set *set = value;

	free(set->name);
	free(set->target);
	free(set->profile);
	json_free(set->metadata);
	json_free(set->records);
}

static void
zone_done(void *value)
{
	struct zone *zone = value;

	free(zone->subscription);
	free(zone->group);
	free(zone->name);
	free(zone->order);
	json_free(zone->tags);
	json_free(zone->links);
	table_clear(&zone->sets);
}

void
store_init(void)
{
	table_init(&sim.zones, sizeof(struct zone), zone_done);
	table_init(&sim.groups, sizeof(bool), NULL);
	table_init(&sim.resources, sizeof(int64_t), NULL);
}

void
store_clear(void)
{
	table_clear(&sim.zones);
	table_clear(&sim.groups);
	table_clear(&sim.resources);
}

static const char *
zone_key(struct arena *arena, const struct place *place)
{
	return sim_lower(
	    arena, arena_format(arena, "%s/%s/%d/%s", place->subscription,
		       place->group, place->private, place->zone));
}

struct zone *
store_zone_find(const struct place *place)
{
	struct arena arena = { 0 };
	struct zone *zone = table_find(&sim.zones, zone_key(&arena, place));

	arena_done(&arena);
	return zone;
}

/* The sort key of a set. */
static const char *
set_key(struct arena *arena, bool private, const struct set_type *type,
    const char *name)
{
	const char *lower = sim_lower(arena, name);
	struct text key = { 0 };
	const char *copy;
	size_t end = strlen(lower);

	if (strcmp(lower, "@") == 0 && !private)
		end = 0;
	while (end > 0) {
		size_t start = end;

		while (start > 0 && lower[start - 1] != '.')
			start--;
		text_add_n(&key, lower + start, end - start);
		end = start > 0 ? start - 1 : 0;
		if (start > 0)
			text_add_char(&key, LABEL_END);
	}
	text_add_char(&key, TYPE_MARK);
	text_add(&key, type->name);
	copy = arena_copy_n(arena, key.data, key.n);
	text_done(&key);
	return copy;
}

struct set *
store_set_find(
    const struct zone *zone, const struct set_type *type, const char *name)
{
	struct arena arena = { 0 };
	struct set *set =
	    table_find(&zone->sets, set_key(&arena, zone->private, type, name));

	arena_done(&arena);
	return set;
}

struct set *
store_set_put(struct zone *zone, const struct set_type *type, const char *name)
{
	struct arena arena = { 0 };
	struct set *set;
	bool added;

	set = table_put(
	    &zone->sets, set_key(&arena, zone->private, type, name), &added);
	if (added) {
		set->zone = zone;
		set->type = type;
		set->name = heap_copy(name);
		set->metadata = jv_invalid();
		set->records = jv_invalid();
		free(zone->order);
		zone->order = NULL;
	}
	sim_guid(set->etag);
	arena_done(&arena);
	return set;
}

void
store_set_drop(struct set *set)
{
	struct zone *zone = set->zone;
	char *key = heap_copy(table_key(set));

	table_drop(&zone->sets, key);
	free(key);
	free(zone->order);
	zone->order = NULL;
}

struct set **
store_order(struct zone *zone)
{
	if (zone->order == NULL)
		zone->order = (struct set **)table_sorted(&zone->sets);
	return zone->order;
}

const char *
store_set_key(const struct set *set)
{
	return table_key(set);
}

/* --- zones --- */

static jv
default_soa(const struct zone *zone, const char *host)
{
	jv soa = json_new_object();

	json_set_str(&soa, "host", host);
	json_set_str(&soa, "email",
	    zone->private ? "azureprivatedns-host.microsoft.com"
			  : "azuredns-hostmaster.microsoft.com");
	json_set_int(&soa, "serialNumber", 1);
	json_set_int(&soa, "refreshTime", 3600);
	json_set_int(&soa, "retryTime", 300);
	json_set_int(&soa, "expireTime", 2419200);
	json_set_int(&soa, "minimumTTL", zone->private ? 10 : 300);
	return soa;
}

static void
add_apex(struct zone *zone)
{
	static const char *const ends[] = { "com", "net", "org", "info" };
	struct arena arena = { 0 };
	jv servers = json_new_array();
	const char *first = "azureprivatedns.net";
	struct set *set;

	for (int i = 3; i >= 0 && !zone->private; i--)
		first = arena_format(&arena, "ns%d-%02d.azure-dns.%s.", i + 1,
		    zone->server, ends[i]);
	for (int i = 0; i < 4; i++) {
		jv server = json_new_object();

		json_set_str(&server, "nsdname",
		    arena_format(&arena, "ns%d-%02d.azure-dns.%s.", i + 1,
			zone->server, ends[i]));
		json_add(&servers, server);
	}
	set = store_set_put(zone, types_find("SOA", zone->private), "@");
	set->ttl = 3600;
	set->records = default_soa(zone, first);
	if (zone->private) {
		json_free(servers);
	} else {
		set = store_set_put(zone, types_find("NS", false), "@");
		set->ttl = 172800;
		set->records = servers;
	}
	arena_done(&arena);
}

struct zone *
store_zone_new(const struct place *place)
{
	struct arena arena = { 0 };
	struct zone *zone =
	    table_put(&sim.zones, zone_key(&arena, place), NULL);

	zone->subscription = heap_copy(place->subscription);
	zone->group = heap_copy(place->group);
	zone->name = heap_copy(place->zone);
	zone->private = place->private;
	zone->tags = json_new_object();
	zone->links = json_new_object();
	zone->server = 1 + (int)(sim.zones.n % 9);
	sim_guid(zone->etag);
	table_init(&zone->sets, sizeof(struct set), set_done);
	add_apex(zone);
	store_add_group(place->subscription, place->group);
	arena_done(&arena);
	return zone;
}

void
store_zone_drop(struct zone *zone)
{
	char *key = heap_copy(table_key(zone));

	table_drop(&sim.zones, key);
	free(key);
}

const char *
store_zone_id(struct arena *arena, const struct zone *zone)
{
	return arena_format(arena,
	    "/subscriptions/%s/resourceGroups/%s/providers/"
	    "Microsoft.Network/%s/%s",
	    zone->subscription, zone->group,
	    zone->private ? "privateDnsZones" : "dnszones", zone->name);
}

struct zone **
store_zones(size_t *n)
{
	*n = sim.zones.n;
	return (struct zone **)table_sorted(&sim.zones);
}

/* --- subscriptions and groups: known by what lies in them --- */

static const char *
group_key(struct arena *arena, const char *subscription, const char *group)
{
	return sim_lower(
	    arena, arena_format(arena, "%s/%s", subscription, group));
}

void
store_add_group(const char *subscription, const char *group)
{
	struct arena arena = { 0 };

	table_put(&sim.groups, group_key(&arena, subscription, group), NULL);
	table_put(&sim.groups, group_key(&arena, subscription, ""), NULL);
	arena_done(&arena);
}

bool
store_has_group(const char *subscription, const char *group)
{
	struct arena arena = { 0 };
	bool has = table_find(&sim.groups,
		       group_key(&arena, subscription, group)) != NULL;

	arena_done(&arena);
	return has;
}

bool
store_has_subscription(const char *subscription)
{
	return store_has_group(subscription, "");
}
