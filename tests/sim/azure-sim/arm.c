// SPDX-License-Identifier: ISC
/*
 * arm -- Azure Resource Manager's front end.
 *
 * Order of checks, as the real one has it: api-version, token, subscription,
 * rights, resource group, locks, parent resource, then the provider. So an
 * unauthorised caller gets 403 even for what does not exist.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "arm.h"
#include "directory.h"
#include "set.h"
#include "store.h"
#include "throttle.h"
#include "token.h"
#include "types.h"
#include "zones.h"

#define PARTS_MAX 12
#define PROVIDER  "Microsoft.Network"

static const char *const public_versions[] = { "2016-04-01", "2017-09-01",
	"2017-10-01", "2018-03-01-preview", "2018-05-01", "2023-07-01-preview",
	NULL };
static const char *const private_versions[] = { "2018-09-01", "2020-01-01",
	"2020-06-01", "2024-06-01", NULL };

/* --- the path --- */

/* Cut the path at its slashes. */
static size_t
split_path(struct call *call, const char *parts[PARTS_MAX])
{
	char *rest = arena_copy(&call->arena, call->path);
	char *part;
	size_t n = 0;

	while (n < PARTS_MAX && (part = strsep(&rest, "/")) != NULL)
		if (*part != '\0')
			parts[n++] = part;
	return n;
}

/*
 * subscriptions/S[/resourceGroups/G][/providers/P[/KIND[/ZONE[/CHILD[/NAME]]]]]
 */
static void
read_place(struct call *call)
{
	const char *parts[PARTS_MAX] = { NULL };
	size_t n = split_path(call, parts);
	struct place *place = &call->place;
	size_t i = 2;

	place->id = call->path;
	place->subscription = parts[1];
	if (n > i + 1 && strcasecmp(parts[i], "resourceGroups") == 0) {
		place->group = parts[i + 1];
		i += 2;
	}
	if (n <= i + 2 || strcasecmp(parts[i], "providers") != 0 ||
	    strcasecmp(parts[i + 1], PROVIDER) != 0)
		return;
	place->kind = parts[i + 2];
	place->private =
	    strncasecmp(place->kind, "privateDns", strlen("privateDns")) == 0;
	if (n > i + 3)
		place->zone = parts[i + 3];
	if (n > i + 4)
		place->child = parts[i + 4];
	if (n > i + 5)
		place->name = parts[i + 5];
}

static bool
is_zone_kind(const struct place *place)
{
	return place->kind != NULL &&
	       (strcasecmp(place->kind, "dnszones") == 0 ||
		   strcasecmp(place->kind, "privateDnsZones") == 0);
}

static bool
is_operation_kind(const struct place *place)
{
	return place->kind != NULL && place->zone != NULL &&
	       strcasestr(place->kind, "DnsOperation") != NULL;
}

static bool
is_list_child(const struct place *place)
{
	return strcasecmp(place->child, "all") == 0 ||
	       (!place->private && strcasecmp(place->child, "recordsets") == 0);
}

/* --- the checks --- */

static bool
check_version(struct call *call)
{
	const char *version = serve_query_of(call->request, "api-version");
	const char *const *known =
	    call->place.private ? private_versions : public_versions;

	if (version == NULL || *version == '\0')
		return call_refuse(call, 400, "MissingApiVersionParameter",
		    "The api-version query parameter (?api-version=) is "
		    "required for all requests.");
	if (strlen(version) < strlen("2000-01-01") || version[4] != '-')
		return call_refuse(call, 400, "InvalidApiVersionParameter",
		    "The api-version '%s' is invalid.", version);
	if (call->place.kind == NULL)
		return true;
	for (size_t i = 0; known[i] != NULL; i++)
		if (strcmp(known[i], version) == 0)
			return true;
	return call_refuse(call, 400, "NoRegisteredProviderFound",
	    "No registered resource provider found for location 'global' and "
	    "API version '%s' for type '%s'.",
	    version, call->place.kind);
}

/* The type of resource, as errors and actions name it. */
static const char *
resource_type(struct call *call)
{
	const struct place *place = &call->place;
	const char *zones = place->private ? "privateDnsZones" : "dnszones";
	const struct set_type *type;

	if (place->child == NULL)
		return zones;
	type = types_find(place->child, place->private);
	return arena_format(&call->arena, "%s/%s", zones,
	    type == NULL ? place->child : type->name);
}

static bool
check_type(struct call *call)
{
	const struct place *place = &call->place;
	const char *version = serve_query_of(call->request, "api-version");
	const struct set_type *type;

	if (is_operation_kind(place))
		return true;
	if (is_zone_kind(place)) {
		if (place->child == NULL || is_list_child(place) ||
		    (place->private &&
			strcasecmp(place->child, "virtualNetworkLinks") == 0))
			return true;
		type = types_find(place->child, place->private);
		if (type != NULL &&
		    (!type->preview || strstr(version, "preview") != NULL))
			return true;
	}
	return call_refuse(call, 404, "InvalidResourceType",
	    "The resource type could not be found in the namespace '" PROVIDER
	    "' for api version '%s'.",
	    version);
}

/* The verb of an action: read, write or delete. */
static const char *
verb_of(const struct call *call)
{
	if (strcmp(call->method, "GET") == 0)
		return "read";
	return strcmp(call->method, "DELETE") == 0 ? "delete" : "write";
}

static bool
check_scope(struct call *call)
{
	const struct place *place = &call->place;
	const char *action = arena_format(&call->arena, PROVIDER "/%s/%s",
	    resource_type(call), verb_of(call));

	if (place->subscription == NULL ||
	    !store_has_subscription(place->subscription))
		return call_refuse(call, 404, "SubscriptionNotFound",
		    "The subscription '%s' could not be found.",
		    place->subscription == NULL ? "" : place->subscription);
	if (!call->privileged &&
	    (!token_check_tenant(
		 call, directory_subscription_tenant(place->subscription)) ||
		!directory_check_role(call, action)))
		return false;
	if (place->group != NULL &&
	    !store_has_group(place->subscription, place->group))
		return call_refuse(call, 404, "ResourceGroupNotFound",
		    "Resource group '%s' could not be found.", place->group);
	return call->privileged ||
	       (directory_check_locks(call, verb_of(call)) &&
		   throttle_check(call, action));
}

static bool
check_parent(struct call *call, const struct zone *zone)
{
	const struct place *place = &call->place;

	if (zone != NULL)
		return true;
	if (sim_switch("parent-text-old") != 0)
		return call_refuse(call, 404, "ParentResourceNotFound",
		    "Can not perform requested operation on nested resource. "
		    "Parent resource '%s' not found.",
		    place->zone);
	return call_refuse(call, 404, "ParentResourceNotFound",
	    "Failed to perform '%s' on resource(s) of type '%s', because the "
	    "parent resource '/subscriptions/%s/resourceGroups/%s/providers/"
	    "Microsoft.Network/%s/%s' could not be found.",
	    verb_of(call), resource_type(call), place->subscription,
	    place->group, place->private ? "privateDnsZones" : "dnsZones",
	    place->zone);
}

/* --- the provider --- */

static void
handle_set(struct call *call, struct zone *zone)
{
	const char *method = call->method;

	if (strcmp(method, "GET") == 0)
		set_get(call, zone);
	else if (strcmp(method, "PUT") == 0)
		set_write(call, zone, false);
	else if (strcmp(method, "PATCH") == 0)
		set_write(call, zone, true);
	else if (strcmp(method, "DELETE") == 0)
		set_delete(call, zone);
	else
		call_refuse(call, 405, "HttpMethodNotAllowed",
		    "The method '%s' is not allowed.", method);
}

static void
handle_place(struct call *call)
{
	const struct place *place = &call->place;
	struct zone *zone = place->zone == NULL || place->group == NULL
				? NULL
				: store_zone_find(place);

	if (is_operation_kind(place))
		zones_operation(call);
	else if (place->zone == NULL)
		zones_list(call);
	else if (place->child == NULL)
		zones_handle(call, zone);
	else if (!check_parent(call, zone))
		return;
	else if (strcasecmp(place->child, "virtualNetworkLinks") == 0)
		zones_links(call, zone);
	else if (place->name == NULL)
		set_list(call, zone);
	else
		handle_set(call, zone);
}

static jv
subscription_to_json(struct call *call, const char *id)
{
	jv json = json_new_object();

	json_set_str(
	    &json, "id", arena_format(&call->arena, "/subscriptions/%s", id));
	json_set_str(&json, "subscriptionId", id);
	json_set_str(&json, "tenantId", call->tenant);
	json_set_str(&json, "displayName", "azure-sim");
	json_set_str(&json, "state", "Enabled");
	return json;
}

/* GET /subscriptions, which the command line client begins with. */
static void
list_subscriptions(struct call *call)
{
	jv body = json_new_object();
	jv all = json_new_array();
	size_t cursor = 0;
	const bool *group;

	while ((group = table_next(&sim.groups, &cursor)) != NULL) {
		const char *key = table_key(group);
		size_t n = strlen(key);

		if (n > 0 && key[n - 1] == '/')
			json_add(
			    &all, subscription_to_json(call,
				      arena_copy_n(&call->arena, key, n - 1)));
	}
	json_set(&body, "value", all);
	call_send_gateway(call, 200, body);
}

static void
add_headers(struct call *call)
{
	const char *client =
	    serve_header_of(call->request, "x-ms-client-request-id");
	char id[ETAG_BYTES];

	sim_guid(id);
	serve_header(call->answer, "x-ms-request-id", "%s", id);
	serve_header(call->answer, "x-ms-correlation-request-id", "%s", id);
	serve_header(call->answer, "x-ms-routing-request-id",
	    "SIMULATOR:20260101T000000Z:%s", id);
	serve_header(call->answer, "Strict-Transport-Security",
	    "max-age=31536000; includeSubDomains");
	serve_header(call->answer, "X-Content-Type-Options", "nosniff");
	if (client != NULL && serve_header_of(call->request,
				  "x-ms-return-client-request-id") != NULL)
		serve_header(
		    call->answer, "x-ms-client-request-id", "%s", client);
}

bool
arm_check_caller(struct call *call)
{
	add_headers(call);
	return check_version(call) && (call->privileged || token_check(call));
}

void
arm_handle(struct call *call)
{
	read_place(call);
	if (!arm_check_caller(call))
		return;
	if (call->place.subscription == NULL) {
		list_subscriptions(call);
		return;
	}
	if (!check_scope(call))
		return;
	if (call->place.kind == NULL)
		call_send_gateway(call, 200,
		    subscription_to_json(call, call->place.subscription));
	else if (check_type(call))
		handle_place(call);
}
