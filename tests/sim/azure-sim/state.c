// SPDX-License-Identifier: ISC
/*
 * state -- the simulated cloud as one JSON document, in and out.
 *
 *   "groups": ["SUBSCRIPTION/GROUP"], for groups without zones
 *   "zones": [{ "id": "/subscriptions/S/resourceGroups/G/providers/
 *       Microsoft.Network/dnsZones/example.com", "recordSets": [ARM form] }],
 *   "resources": [{ "id": alias target, "ttl": 30 }],
 *   "tenants", "identities", "roles", "locks": see directory.c
 *   "switches": { NAME: NUMBER }, "faults": see faults.c
 *
 * A zone is born with its apex sets; a set of the document replaces one of
 * the same name and type. What is read out has the same form, so that it can
 * be read in again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "faults.h"
#include "set.h"
#include "state.h"
#include "store.h"
#include "throttle.h"
#include "token.h"

void
state_add_zone(
    const char *subscription, const char *group, const char *name, bool private)
{
	struct place place = {
		.subscription = subscription,
		.group = group,
		.zone = name,
		.private = private,
	};

	if (store_zone_find(&place) == NULL)
		store_zone_new(&place);
}

/* /subscriptions/S/resourceGroups/G/providers/Microsoft.Network/KIND/NAME */
static bool
read_zone_id(struct call *call, const char *id, struct place *place)
{
	char *rest = arena_copy(&call->arena, id == NULL ? "" : id);
	const char *parts[9] = { NULL };
	size_t n = 0;
	char *part;

	while (n < 9 && (part = strsep(&rest, "/")) != NULL)
		parts[n++] = part;
	if (n != 9)
		return call_fail(call, 400, "BadState",
		    "'%s' is not the id of a zone", id == NULL ? "" : id);
	*place = (struct place){
		.subscription = parts[2],
		.group = parts[4],
		.zone = parts[8],
		.private = strcasecmp(parts[7], "privateDnsZones") == 0,
	};
	return true;
}

static bool
load_zone(struct call *call, jv document)
{
	struct place place;
	struct zone *zone;
	const char *name;
	int iter = 0;
	jv item;

	if (!read_zone_id(call, json_str_at(document, "id"), &place))
		return false;
	zone = store_zone_find(&place);
	if (zone == NULL)
		zone = store_zone_new(&place);
	call->place = place;
	while (json_member(json_at(document, "links"), &iter, &name, &item))
		json_set(&zone->links, name, json_share(item));
	for (int i = 0; json_item(json_at(document, "recordSets"), i, &item);
	     i++)
		if (!set_load(call, zone, item))
			return false;
	return true;
}

static void
load_groups(struct call *call, jv groups)
{
	jv item;

	for (int i = 0; json_item(groups, i, &item); i++) {
		char *subscription = arena_copy(&call->arena, json_str(item));
		char *slash =
		    subscription == NULL ? NULL : strchr(subscription, '/');

		if (slash == NULL)
			continue;
		*slash = '\0';
		store_add_group(subscription, slash + 1);
	}
}

static void
load_resources(struct call *call, jv resources)
{
	jv item;

	for (int i = 0; json_item(resources, i, &item); i++) {
		const char *id = json_str_at(item, "id");
		int64_t *ttl = id == NULL
				   ? NULL
				   : table_put(&sim.resources,
					 sim_lower(&call->arena, id), NULL);

		if (ttl != NULL && !json_int(json_at(item, "ttl"), ttl))
			*ttl = 30;
	}
}

static bool
load_switches(struct call *call, jv document)
{
	const char *name;
	int64_t number;
	int iter = 0;
	jv value;

	while (json_member(document, &iter, &name, &value))
		if (!json_int(value, &number) ||
		    !sim_switch_set(name,
			arena_format(&call->arena, "%lld", (long long)number)))
			return call_fail(call, 400, "BadState",
			    "there is no switch '%s', or not so", name);
	return true;
}

bool
state_load(struct call *call, jv document)
{
	jv zone;

	store_clear();
	store_init();
	throttle_reset();
	sim_switches_reset();
	token_pardon();
	sim.role_requests = 0;
	json_free(sim.directory);
	sim.directory = json_share(document);
	load_groups(call, json_at(document, "groups"));
	load_resources(call, json_at(document, "resources"));
	faults_set(json_share(json_at(document, "faults")));
	if (!load_switches(call, json_at(document, "switches")))
		return false;
	for (int i = 0; json_item(json_at(document, "zones"), i, &zone); i++)
		if (!load_zone(call, zone))
			return false;
	return true;
}

jv
state_save(struct call *call)
{
	jv document = json_new_object();
	jv zones = json_new_array();
	struct zone **all;
	size_t n;

	all = store_zones(&n);
	for (size_t i = 0; i < n; i++) {
		struct set **order = store_order(all[i]);
		jv zone = json_new_object();
		jv sets = json_new_array();

		for (size_t j = 0; j < all[i]->sets.n; j++)
			json_add(&sets, set_to_json(call, order[j]));
		json_set_str(&zone, "id", store_zone_id(&call->arena, all[i]));
		json_set_str(&zone, "name", all[i]->name);
		json_set(&zone, "links", json_share(all[i]->links));
		json_set(&zone, "recordSets", sets);
		json_add(&zones, zone);
	}
	free(all);
	json_set(&document, "zones", zones);
	json_set(&document, "switches", sim_switches());
	return document;
}
