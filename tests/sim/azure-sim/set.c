// SPDX-License-Identifier: ISC
/*
 * set -- the operations on one record set.
 *
 * The order of refusals: what the request says by itself (400), then its
 * preconditions (412), then what stands against it in the zone (409), then
 * limits. A write makes a new etag even when nothing differs.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "heap.h"
#include "rules.h"
#include "set.h"
#include "store.h"
#include "types.h"

static jv
reference(const char *id)
{
	jv value = json_new_object();

	json_set_str(&value, "id", id);
	return value;
}

static const char *
fqdn(struct call *call, const struct set *set)
{
	if (strcmp(set->name, "@") == 0)
		return arena_format(&call->arena, "%s.", set->zone->name);
	return arena_format(&call->arena, "%s.%s.", set->name, set->zone->name);
}

static void
add_records(const struct set *set, jv *properties)
{
	const char *member = types_member(set->type, set->zone->private);
	jv private_soa;
	jv minimum;

	if (set->target != NULL || set->profile != NULL ||
	    !json_is_present(set->records))
		return;
	minimum = json_at(set->records, "minimumTTL");
	if (!set->zone->private || !json_is_present(minimum)) {
		json_set(properties, member, json_share(set->records));
		return;
	}
	private_soa = json_new_object();
	for (const struct field *field = set->type->fields;
	     field->kind != FIELD_END; field++)
		json_set(&private_soa,
		    strcmp(field->name, "minimumTTL") == 0 ? "minimumTtl"
							   : field->name,
		    json_share(json_at(set->records, field->name)));
	json_set(properties, member, private_soa);
}

static jv
properties_of(struct call *call, const struct set *set)
{
	const char *version = serve_query_of(call->request, "api-version");
	jv properties = json_new_object();

	if (json_is_present(set->metadata))
		json_set(&properties, "metadata", json_share(set->metadata));
	json_set_str(&properties, "fqdn", fqdn(call, set));
	json_set_int(&properties, set->zone->private ? "ttl" : "TTL", set->ttl);
	add_records(set, &properties);
	if (set->zone->private) {
		json_set_bool(
		    &properties, "isAutoRegistered", set->autoregistered);
		return properties;
	}
	json_set(&properties, "targetResource", reference(set->target));
	if (version != NULL && strstr(version, "preview") != NULL)
		json_set(&properties, "trafficManagementProfile",
		    reference(set->profile));
	json_set_str(&properties, "provisioningState", "Succeeded");
	return properties;
}

jv
set_to_json(struct call *call, const struct set *set)
{
	const char *kind = set->zone->private ? "privateDnsZones" : "dnszones";
	jv json = json_new_object();

	json_set_str(&json, "id",
	    arena_format(&call->arena, "%s/%s/%s",
		store_zone_id(&call->arena, set->zone), set->type->name,
		set->name));
	json_set_str(&json, "name", set->name);
	json_set_str(&json, "type",
	    arena_format(&call->arena, "Microsoft.Network/%s/%s", kind,
		set->type->name));
	json_set_str(&json, "etag", set->etag);
	json_set(&json, "properties", properties_of(call, set));
	return json;
}

static void
send_set(struct call *call, int status, const struct set *set)
{
	serve_header(call->answer, "ETag", "%s", set->etag);
	call_send(call, status, set_to_json(call, set));
}

void
set_get(struct call *call, struct zone *zone)
{
	const struct set_type *type =
	    types_find(call->place.child, zone->private);
	struct set *set = store_set_find(zone, type, call->place.name);

	if (set != NULL)
		send_set(call, 200, set);
	else
		call_fail(call, 404, "NotFound",
		    "The resource record '%s' does not exist in resource "
		    "group '%s' of subscription '%s'.",
		    call->place.name, zone->group, zone->subscription);
}

/* --- writing --- */

/* What a set is to become; parts belong to whoever holds it. */
struct draft {
	const struct set_type *type;
	const char *name;
	int64_t ttl;
	jv metadata;
	jv records;
	const char *target;
	const char *profile;
};

/* Fill the draft from properties; what merge leaves out comes from old. */
static bool
read_draft(struct call *call, jv properties, const struct set *old,
    struct draft *draft)
{
	const char *member = types_member(draft->type, call->place.private);
	bool keep_records =
	    old != NULL && !json_is_present(call_member(properties, member)) &&
	    !json_is_present(call_member(properties, "targetResource"));
	jv profile;

	if (!rules_read_ttl(call, properties, old, &draft->ttl) ||
	    !rules_read_metadata(call, properties, old, &draft->metadata) ||
	    !rules_read_alias(call, draft->type, properties, &draft->target))
		return false;
	profile = call_member(properties, "trafficManagementProfile");
	draft->profile = old != NULL && !json_is_present(profile)
			     ? old->profile
			     : json_str_at(profile, "id");
	if (!keep_records)
		return types_read(
		    call, draft->type, properties, &draft->records);
	draft->records = json_share(old->records);
	draft->target = old->target;
	return true;
}

/* Move the draft into the zone. */
static void
apply_draft(struct zone *zone, const struct draft *draft, struct set *set)
{
	char *target = heap_copy(draft->target);
	char *profile = heap_copy(draft->profile);
	const int64_t *resource_ttl;
	struct arena arena = { 0 };

	json_free(set->metadata);
	json_free(set->records);
	free(set->target);
	free(set->profile);
	set->ttl = draft->ttl;
	set->metadata = json_share(draft->metadata);
	set->records = json_share(draft->records);
	set->target = target;
	set->profile = profile;
	sim_guid(set->etag);
	set->written_ms = sim_now_ms();
	if (zone->private && strcmp(set->type->name, "SOA") == 0)
		json_set_int(&set->records, "serialNumber", 1);
	if (target == NULL)
		return;
	resource_ttl = table_find(&sim.resources, sim_lower(&arena, target));
	arena_done(&arena);
	if (strcasestr(target, "/trafficManagerProfiles/") != NULL)
		set->ttl = resource_ttl == NULL ? 30 : *resource_ttl;
}

static void
write_draft(struct call *call, struct zone *zone, const struct draft *draft,
    struct set *old)
{
	struct set *set = old;
	const char *name = draft->name;

	if (!rules_check_conditions(
		call, name, old == NULL ? NULL : old->etag) ||
	    !rules_check_place(call, zone, draft->type, draft->records) ||
	    !rules_check_limits(call, zone, old, draft->target))
		return;
	if (old == NULL) {
		if (sim_switch("fold-names") != 0)
			name = sim_lower(&call->arena, name);
		set = store_set_put(zone, draft->type, name);
	}
	apply_draft(zone, draft, set);
	send_set(call, old == NULL ? 201 : 200, set);
}

void
set_write(struct call *call, struct zone *zone, bool merge)
{
	struct draft draft = {
		.type = types_find(call->place.child, zone->private),
		.name = call->place.name,
		.metadata = jv_invalid(),
		.records = jv_invalid(),
	};
	struct set *old = store_set_find(zone, draft.type, draft.name);
	jv properties;

	if (!rules_check_name(call, draft.type, draft.name, zone->name) ||
	    !call_read_body(call))
		return;
	properties = call_member(call->body, "properties");
	if (merge && old == NULL)
		set_get(call, zone);
	else if (read_draft(call, properties, merge ? old : NULL, &draft))
		write_draft(call, zone, &draft, old);
	json_free(draft.metadata);
	json_free(draft.records);
}

void
set_delete(struct call *call, struct zone *zone)
{
	const struct set_type *type =
	    types_find(call->place.child, zone->private);
	struct set *set = store_set_find(zone, type, call->place.name);

	if (set == NULL) {
		if (serve_header_of(call->request, "If-Match") != NULL &&
		    sim_switch("delete-missing-status") == 412)
			(void)rules_check_conditions(
			    call, call->place.name, NULL);
		else
			call_send_empty(call, 204);
		return;
	}
	if (!rules_check_conditions(call, call->place.name, set->etag) ||
	    !rules_check_delete(call, set))
		return;
	store_set_drop(set);
	call_send_empty(call, 200);
}

bool
set_load(struct call *call, struct zone *zone, jv json)
{
	const char *type = json_str_at(json, "type");
	const char *slash = type == NULL ? NULL : strrchr(type, '/');
	jv properties = json_at(json, "properties");
	struct draft draft = {
		.type =
		    slash == NULL ? NULL : types_find(slash + 1, zone->private),
		.name = json_str_at(json, "name"),
		.metadata = jv_invalid(),
		.records = jv_invalid(),
	};
	struct set *set;
	bool good;

	call->place.private = zone->private;
	if (draft.type == NULL || draft.name == NULL)
		return call_fail(call, 400, "BadState",
		    "a record set needs 'name' and a 'type' of the zone");
	good = read_draft(call, properties, NULL, &draft);
	if (good) {
		set = store_set_put(zone, draft.type, draft.name);
		apply_draft(zone, &draft, set);
		set->autoregistered =
		    json_is_true(json_at(properties, "isAutoRegistered"));
		if (json_str_at(json, "etag") != NULL)
			(void)snprintf(set->etag, sizeof(set->etag), "%s",
			    json_str_at(json, "etag"));
	}
	json_free(draft.metadata);
	json_free(draft.records);
	return good;
}
