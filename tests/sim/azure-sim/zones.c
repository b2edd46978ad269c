// SPDX-License-Identifier: ISC
/*
 * zones -- the operations on zones, their links, and asynchronous operations.
 *
 * Public zones are written at once and deleted asynchronously; everything
 * about private zones and links is asynchronous: 202, an empty object and two
 * links to follow. What fails there (a precondition, say) fails in the status
 * document, with HTTP 200.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "rules.h"
#include "store.h"
#include "zones.h"

#define SIGNATURE_BYTES 3000

struct operation {
	int64_t polls_left;
	const char *code; /* NULL: it succeeded */
	char message[256];
};

static jv
public_properties(const struct zone *zone)
{
	static const char *const ends[] = { "com", "net", "org", "info" };
	jv properties = json_new_object();
	jv servers = json_new_array();
	char server[64];

	json_set_int(&properties, "maxNumberOfRecordSets",
	    sim_switch("sets-max-public"));
	json_set(&properties, "maxNumberOfRecordsPerRecordSet", jv_null());
	for (int i = 0; i < 4; i++) {
		(void)snprintf(server, sizeof(server),
		    "ns%d-%02d.azure-dns.%s.", i + 1, zone->server, ends[i]);
		json_add_str(&servers, server);
	}
	json_set(&properties, "nameServers", servers);
	json_set_int(&properties, "numberOfRecordSets", (int64_t)zone->sets.n);
	json_set_str(&properties, "zoneType", "Public");
	return properties;
}

static jv
private_properties(const struct zone *zone)
{
	int64_t registering = 0;
	jv properties = json_new_object();
	const char *name;
	int iter = 0;
	jv link;

	while (json_member(zone->links, &iter, &name, &link))
		registering += json_is_true(
		    json_at(link, "properties", "registrationEnabled"));
	json_set_int(&properties, "maxNumberOfRecordSets",
	    sim_switch("sets-max-private"));
	json_set_int(&properties, "maxNumberOfVirtualNetworkLinks", 1000);
	json_set_int(
	    &properties, "maxNumberOfVirtualNetworkLinksWithRegistration", 100);
	json_set_int(&properties, "numberOfRecordSets", (int64_t)zone->sets.n);
	json_set_int(&properties, "numberOfVirtualNetworkLinks",
	    json_count(zone->links));
	json_set_int(&properties, "numberOfVirtualNetworkLinksWithRegistration",
	    registering);
	json_set_str(&properties, "provisioningState", "Succeeded");
	return properties;
}

static jv
zone_to_json(struct call *call, const struct zone *zone)
{
	jv json = json_new_object();

	json_set_str(&json, "id", store_zone_id(&call->arena, zone));
	json_set_str(&json, "name", zone->name);
	json_set_str(&json, "type",
	    zone->private ? "Microsoft.Network/privateDnsZones"
			  : "Microsoft.Network/dnszones");
	json_set_str(&json, "etag", zone->etag);
	json_set_str(&json, "location", "global");
	if (!zone->private || json_count(zone->tags) > 0)
		json_set(&json, "tags", json_share(zone->tags));
	json_set(&json, "properties",
	    zone->private ? private_properties(zone) : public_properties(zone));
	return json;
}

/* --- lists --- */

static bool
is_listed(const struct call *call, const struct zone *zone)
{
	const struct place *place = &call->place;

	return zone->private == place->private &&
	       strcasecmp(zone->subscription, place->subscription) == 0 &&
	       (place->group == NULL ||
		   strcasecmp(zone->group, place->group) == 0);
}

void
zones_list(struct call *call)
{
	const char *last = NULL;
	struct zone **all;
	struct page page;
	size_t n_all;
	size_t n = 0;
	jv items;

	if (!page_read(call, &page))
		return;
	items = json_new_array();
	all = store_zones(&n_all);
	for (size_t i = 0; i < n_all; i++) {
		const char *mark = arena_format(
		    &call->arena, "%s/zones/%s", all[i]->group, all[i]->name);

		if (!is_listed(call, all[i]) ||
		    (page.after != NULL && strcasecmp(mark, page.after) <= 0))
			continue;
		if (n++ == page.top)
			break;
		json_add(&items, zone_to_json(call, all[i]));
		last = mark;
	}
	free(all);
	page_send(call, items, n > page.top ? last : NULL);
}

/* --- asynchronous operations --- */

/* Answer 202 and remember how it ended; code NULL: well. */
static void
send_accepted(struct call *call, const char *code, const char *message)
{
	const struct place *place = &call->place;
	const char *word =
	    place->private ? "privateDnsOperation" : "dnsOperation";
	struct text base = { 0 };
	struct text signature = { 0 };
	struct operation *operation;
	char id[ETAG_BYTES];

	if (sim.operations.value_size == 0)
		table_init(&sim.operations, sizeof(*operation), NULL);
	sim_guid(id);
	operation = table_put(&sim.operations, id, NULL);
	operation->polls_left = sim_switch("operation-polls");
	operation->code = code;
	if (message != NULL)
		(void)snprintf(operation->message, sizeof(operation->message),
		    "%s", message);
	serve_base_url(call->request, &base);
	text_format(&base,
	    "/subscriptions/%s/resourceGroups/%s/providers/"
	    "Microsoft.Network/%s",
	    place->subscription, place->group, word);
	while (place->private && signature.n < SIGNATURE_BYTES)
		text_format(
		    &signature, "%016llx", (unsigned long long)sim_random());
	serve_header(call->answer, "Azure-AsyncOperation",
	    "%sStatuses/%s?api-version=%s%s%s", base.data, id,
	    serve_query_of(call->request, "api-version"),
	    place->private ? "&s=" : "", text_str(&signature));
	serve_header(call->answer, "Location",
	    "%sResults/%s?api-version=%s%s%s", base.data, id,
	    serve_query_of(call->request, "api-version"),
	    place->private ? "&s=" : "", text_str(&signature));
	serve_header(call->answer, "Retry-After", "1");
	call_send(call, 202, json_new_object());
	text_done(&base);
	text_done(&signature);
}

void
zones_operation(struct call *call)
{
	struct operation *operation =
	    sim.operations.n == 0
		? NULL
		: table_find(&sim.operations, call->place.zone);
	jv body = json_new_object();
	jv error;

	if (operation == NULL) {
		json_free(body);
		call_fail(call, 404, "NotFound", "The operation is unknown.");
		return;
	}
	if (operation->polls_left > 0) {
		operation->polls_left--;
		json_set_str(&body, "status", "InProgress");
		serve_header(call->answer, "Retry-After", "1");
		call_send(call, 202, body);
		return;
	}
	if (operation->code != NULL) {
		error = json_new_object();
		json_set_str(&error, "code", operation->code);
		json_set_str(&error, "message", operation->message);
		json_set(&body, "error", error);
	}
	json_set_str(
	    &body, "status", operation->code == NULL ? "Succeeded" : "Failed");
	call_send(call, 200, body);
}

/* --- one zone --- */

static void
zone_write(struct call *call, struct zone *zone, bool merge)
{
	bool is_new = zone == NULL;
	jv tags;

	if (!call_read_body(call))
		return;
	if (!merge && json_str(call_member(call->body, "location")) == NULL) {
		call_refuse(call, 400, "LocationRequired",
		    "The location property is required for this definition.");
		return;
	}
	if (is_new)
		zone = store_zone_new(&call->place);
	tags = call_member(call->body, "tags");
	json_free(zone->tags);
	zone->tags =
	    json_is_object(tags) ? json_share(tags) : json_new_object();
	sim_guid(zone->etag);
	if (zone->private) {
		send_accepted(call, NULL, NULL);
		return;
	}
	serve_header(call->answer, "ETag", "%s", zone->etag);
	call_send(call, is_new ? 201 : 200, zone_to_json(call, zone));
}

static void
zone_delete(struct call *call, struct zone *zone)
{
	if (zone == NULL) {
		call_send_empty(call, 204);
		return;
	}
	if (json_count(zone->links) > 0) {
		call_fail(call, 409, "CannotDeleteResource",
		    "The zone '%s' cannot be deleted because it has virtual "
		    "network links.",
		    zone->name);
		return;
	}
	store_zone_drop(zone);
	send_accepted(call, NULL, NULL);
}

/* The conditions of a write; a private zone's fail later, in the status. */
static bool
check_conditions(struct call *call, const struct zone *zone)
{
	const char *match = serve_header_of(call->request, "If-Match");
	const char *none = serve_header_of(call->request, "If-None-Match");
	const char *etag = zone == NULL ? NULL : zone->etag;
	bool stale;

	if (!call->place.private)
		return rules_check_zone_conditions(
		    call, call->place.zone, etag);
	stale = match != NULL &&
		(etag == NULL ||
		    (strcmp(match, "*") != 0 && strcmp(match, etag) != 0));
	if (!stale && (none == NULL || strcmp(none, "*") != 0 || etag == NULL))
		return true;
	send_accepted(call, "PreconditionFailed",
	    arena_format(&call->arena,
		stale ? "The Zone %s has been modified (etag mismatch)."
		      : "The Zone %s exists already and hence cannot be "
			"created again.",
		call->place.zone));
	return false;
}

void
zones_handle(struct call *call, struct zone *zone)
{
	bool merge = strcmp(call->method, "PATCH") == 0;
	bool reads = strcmp(call->method, "GET") == 0;

	if (zone == NULL && (merge || reads)) {
		call_refuse(call, 404, "ResourceNotFound",
		    "The Resource 'Microsoft.Network/%s/%s' under resource "
		    "group '%s' was not found. For more details please go to "
		    "https://aka.ms/ARMResourceNotFoundFix",
		    call->place.private ? "privateDnsZones" : "dnsZones",
		    call->place.zone, call->place.group);
		return;
	}
	if (reads) {
		serve_header(call->answer, "ETag", "%s", zone->etag);
		call_send(call, 200, zone_to_json(call, zone));
		return;
	}
	if (!check_conditions(call, zone))
		return;
	if (strcmp(call->method, "DELETE") == 0)
		zone_delete(call, zone);
	else
		zone_write(call, zone, merge);
}

/* --- virtual network links --- */

static void
link_put(struct call *call, struct zone *zone)
{
	jv properties;
	jv link;
	char etag[ETAG_BYTES];

	if (!call_read_body(call))
		return;
	sim_guid(etag);
	properties = json_share(call_member(call->body, "properties"));
	if (!json_is_object(properties))
		properties = json_new_object();
	json_set_str(&properties, "virtualNetworkLinkState", "Completed");
	json_set_str(&properties, "provisioningState", "Succeeded");
	link = json_new_object();
	json_set_str(&link, "id",
	    arena_format(&call->arena, "%s/virtualNetworkLinks/%s",
		store_zone_id(&call->arena, zone), call->place.name));
	json_set_str(&link, "name", call->place.name);
	json_set_str(&link, "type",
	    "Microsoft.Network/privateDnsZones/virtualNetworkLinks");
	json_set_str(&link, "etag", etag);
	json_set_str(&link, "location", "global");
	json_set(&link, "properties", properties);
	json_set(&zone->links, call->place.name, link);
	send_accepted(call, NULL, NULL);
}

static void
link_delete(struct call *call, struct zone *zone)
{
	jv rest = json_new_object();
	const char *name;
	int iter = 0;
	jv link;

	while (json_member(zone->links, &iter, &name, &link))
		if (strcmp(name, call->place.name) != 0)
			json_set(&rest, name, json_share(link));
	json_free(zone->links);
	zone->links = rest;
	send_accepted(call, NULL, NULL);
}

void
zones_links(struct call *call, struct zone *zone)
{
	jv items;
	jv link = jv_invalid();
	const char *name;
	int iter = 0;

	if (call->place.name == NULL) {
		items = json_new_array();
		while (json_member(zone->links, &iter, &name, &link))
			json_add(&items, json_share(link));
		page_send(call, items, NULL);
		return;
	}
	if (strcmp(call->method, "PUT") == 0) {
		link_put(call, zone);
		return;
	}
	link = json_at(zone->links, call->place.name);
	if (strcmp(call->method, "DELETE") == 0 && json_is_present(link))
		link_delete(call, zone);
	else if (strcmp(call->method, "DELETE") == 0)
		call_send_empty(call, 204);
	else if (json_is_present(link))
		call_send(call, 200, json_share(link));
	else
		call_refuse(call, 404, "ResourceNotFound",
		    "The Resource "
		    "'Microsoft.Network/privateDnsZones/%s/"
		    "virtualNetworkLinks/%s' under resource group '%s' was "
		    "not found.",
		    zone->name, call->place.name, zone->group);
}
