// SPDX-License-Identifier: ISC
/*
 * rules -- what the DNS service refuses, with its texts.
 *
 * Texts in quotes in the reference are literal; where only the refusal is
 * known, the text is ours and says what the rule is.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules.h"
#include "store.h"
#include "types.h"

#define TTL_MAX       2147483647
#define AZURE_SERVERS 4

static bool
refuse(struct call *call)
{
	return call_fail(call, 400, "BadRequest", "The request was invalid.");
}

/* --- preconditions --- */

static bool
check_conditions(
    struct call *call, const char *what, const char *name, const char *etag)
{
	const char *match = serve_header_of(call->request, "If-Match");
	const char *none = serve_header_of(call->request, "If-None-Match");

	if (call->inner)
		return true;
	/* A quoted etag is taken too; a missing one matches nothing. */
	if (match != NULL && *match == '"' && etag != NULL &&
	    strlen(match) == strlen(etag) + 2 &&
	    strncmp(match + 1, etag, strlen(etag)) == 0)
		match = "*";
	if (match != NULL && (etag == NULL || (strcmp(match, "*") != 0 &&
						  strcmp(match, etag) != 0)))
		return call_fail(call, 412, "PreconditionFailed",
		    "The %s %s has been modified (etag mismatch).", what, name);
	if (none != NULL && strcmp(none, "*") == 0 && etag != NULL)
		return call_fail(call, 412, "PreconditionFailed",
		    "The %s %s exists already and hence cannot be created "
		    "again.",
		    what, name);
	return true;
}

bool
rules_check_conditions(struct call *call, const char *name, const char *etag)
{
	return check_conditions(call, "Record set", name, etag);
}

bool
rules_check_zone_conditions(
    struct call *call, const char *name, const char *etag)
{
	return check_conditions(call, "Zone", name, etag);
}

/* --- what a request says by itself --- */

bool
rules_check_name(struct call *call, const struct set_type *type,
    const char *name, const char *zone)
{
	const char *fqdn = arena_format(&call->arena, "%s.%s", name, zone);
	const char *star = strchr(name, '*');
	bool apex_only = strcmp(type->name, "SOA") == 0;

	if (strcmp(name, "@") == 0)
		return true;
	if (apex_only)
		return call_fail(call, 400, "BadRequest",
		    "An SOA record set can exist only at the zone apex.");
	if (!types_is_host(fqdn) || strchr(fqdn, '/') != NULL ||
	    (star != NULL &&
		(star != name || (star[1] != '\0' && star[1] != '.') ||
		    strchr(star + 1, '*') != NULL ||
		    strcmp(type->name, "NS") == 0)))
		return call_fail(call, 400, "BadRequest",
		    "The domain name '%s' is invalid.", fqdn);
	return true;
}

bool
rules_read_ttl(
    struct call *call, jv properties, const struct set *old, int64_t *ttl)
{
	jv given = call_member(properties, "TTL");

	if (old != NULL && !json_is_present(given)) {
		*ttl = old->ttl;
		return true;
	}
	return (json_int(given, ttl) && *ttl >= 0 && *ttl <= TTL_MAX) ||
	       refuse(call);
}

bool
rules_read_metadata(
    struct call *call, jv properties, const struct set *old, jv *metadata)
{
	jv given = call_member(properties, "metadata");
	const char *key;
	jv value;
	int iter = 0;

	if (!json_is_present(given)) {
		*metadata =
		    old == NULL ? jv_invalid() : json_share(old->metadata);
		return true;
	}
	if (!json_is_object(given))
		return refuse(call);
	if (json_count(given) > sim_switch("metadata-max"))
		return call_fail(call, 400, "BadRequest",
		    "The number of metadata pairs exceeds the maximum of %lld.",
		    (long long)sim_switch("metadata-max"));
	*metadata = json_new_object();
	while (json_member(given, &iter, &key, &value)) {
		if (json_str(value) == NULL)
			return refuse(call);
		/* Taken with a success and never stored: a known limitation. */
		if (strchr(key, ' ') == NULL)
			json_set(metadata, key, json_share(value));
	}
	return true;
}

/* The set that a target in this zone names; false: refused. */
static bool
check_alias_set(
    struct call *call, const struct set_type *type, const char *target)
{
	const struct zone *zone = store_zone_find(&call->place);
	const char *id = zone == NULL ? "" : store_zone_id(&call->arena, zone);
	const char *rest = target + strlen(id);
	const struct set *set;

	if (strncasecmp(target, id, strlen(id)) != 0 || *rest != '/' ||
	    strncasecmp(rest + 1, type->name, strlen(type->name)) != 0 ||
	    rest[1 + strlen(type->name)] != '/')
		return refuse(call);
	rest += strlen(type->name) + 2;
	set = strcmp(rest, "@") == 0 ? NULL : store_set_find(zone, type, rest);
	return (set != NULL && set->target == NULL) || refuse(call);
}

bool
rules_read_alias(struct call *call, const struct set_type *type, jv properties,
    const char **target)
{
	const char *member = types_member(type, call->place.private);
	jv records = call_member(properties, member);

	*target = json_str_at(call_member(properties, "targetResource"), "id");
	if (*target == NULL)
		return true;
	if (call->place.private || !type->alias || json_count(records) > 0 ||
	    strncasecmp(*target, "/subscriptions/", 15) != 0)
		return refuse(call);
	return strcasestr(*target, "/dnszones/") == NULL ||
	       check_alias_set(call, type, *target);
}

/* --- what stands against it --- */

static bool
check_cname(struct call *call, const struct zone *zone,
    const struct set_type *type, const char *name)
{
	bool is_cname = strcmp(type->name, "CNAME") == 0;
	bool apex = strcmp(name, "@") == 0;
	const struct set_type *other;

	for (size_t i = 0; (other = types_at(i)) != NULL; i++) {
		bool other_cname = strcmp(other->name, "CNAME") == 0;

		if (other == type || is_cname == other_cname ||
		    store_set_find(zone, other, name) == NULL)
			continue;
		if (is_cname)
			return call_fail(call,
			    apex ? (int)sim_switch("apex-cname-status") : 409,
			    apex && sim_switch("apex-cname-status") == 400
				? "BadRequest"
				: "Conflict",
			    "The CNAME record could not be created because "
			    "another record with the same name already exists "
			    "in this zone.");
		return call_fail(call, 409, "Conflict",
		    "The record could not be created because a CNAME record "
		    "with the same name already exists in this zone.");
	}
	return true;
}

/* The apex keeps the servers that Azure assigned. */
static bool
check_servers(struct call *call, const struct zone *zone, jv records)
{
	unsigned kept = 0; /* a bit for each */
	jv record;

	for (int i = 0; json_item(records, i, &record); i++) {
		const char *host = json_str_at(record, "nsdname");

		for (int j = 1; j <= AZURE_SERVERS; j++) {
			const char *mine = arena_format(&call->arena,
			    "ns%d-%02d.azure-dns.", j, zone->server);

			if (strncasecmp(host, mine, strlen(mine)) == 0)
				kept |= 1u << j;
		}
	}
	return kept == ((1u << AZURE_SERVERS) - 1) << 1 ||
	       call_fail(call, 400, "BadRequest",
		   "The name servers that Azure DNS assigned to the zone "
		   "cannot be "
		   "removed from the NS record set at the zone apex.");
}

bool
rules_check_place(struct call *call, struct zone *zone,
    const struct set_type *type, jv records)
{
	const char *name = call->place.name;
	const struct set *old = store_set_find(zone, type, name);
	const char *host = json_str_at(records, "host");

	if (old != NULL && old->autoregistered)
		return call_fail(call, 409, "Conflict",
		    "The record set '%s' is auto-registered by a virtual "
		    "network link and cannot be modified.",
		    name);
	if (strcmp(type->name, "SOA") == 0 && old != NULL &&
	    (host == NULL ||
		strcmp(host, json_str_at(old->records, "host")) != 0))
		return call_fail(call, 400, "BadRequest",
		    "The 'host' of the SOA record cannot be changed.");
	if (strcmp(type->name, "NS") == 0 && strcmp(name, "@") == 0)
		return check_servers(call, zone, records);
	return check_cname(call, zone, type, name);
}

static bool
is_alias_of(const struct set *set, const char *target)
{
	return set != NULL && set->target != NULL &&
	       strcasecmp(set->target, target) == 0;
}

static int64_t
count_aliases(const char *target)
{
	size_t zones = 0;
	int64_t n = 0;
	struct zone *zone;
	struct set *set;

	while ((zone = table_next(&sim.zones, &zones)) != NULL) {
		size_t sets = 0;

		while ((set = table_next(&zone->sets, &sets)) != NULL)
			n += is_alias_of(set, target);
	}
	return n;
}

bool
rules_check_limits(struct call *call, const struct zone *zone,
    const struct set *old, const char *target)
{
	int64_t max =
	    sim_switch(zone->private ? "sets-max-private" : "sets-max-public");

	if (target != NULL && !is_alias_of(old, target) &&
	    count_aliases(target) >= sim_switch("alias-max"))
		return refuse(call);
	return old != NULL || (int64_t)zone->sets.n < max ||
	       call_fail(call, 400, "BadRequest",
		   "The number of record sets in zone '%s' has reached the "
		   "maximum of %lld.",
		   zone->name, (long long)max);
}

bool
rules_check_delete(struct call *call, const struct set *set)
{
	bool apex = strcmp(set->name, "@") == 0;

	if (set->autoregistered)
		return call_fail(call, 409, "Conflict",
		    "The record set '%s' is auto-registered by a virtual "
		    "network link and cannot be modified.",
		    set->name);
	if (apex && (strcmp(set->type->name, "SOA") == 0 ||
			strcmp(set->type->name, "NS") == 0))
		return call_fail(call, (int)sim_switch("apex-delete-status"),
		    sim_switch("apex-delete-status") == 409 ? "Conflict"
							    : "BadRequest",
		    "The %s record set at the zone apex cannot be deleted.",
		    set->type->name);
	return true;
}
