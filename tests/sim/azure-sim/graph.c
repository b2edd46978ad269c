// SPDX-License-Identifier: ISC
/*
 * graph -- Azure Resource Graph's table dnsresources, public and private zones
 * of the subscriptions that are asked for.
 *
 * No query language: a query that names privatednszones but not dnszones (or
 * the other way round) is narrowed to them, anything else in it is ignored.
 * The table lacks NS and CAA and the types of the preview; what was written
 * less than graph-lag-ms ago is not in it yet. 15 queries in 5 seconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arm.h"
#include "graph.h"
#include "set.h"
#include "store.h"
#include "types.h"

#define PATH          "/providers/Microsoft.ResourceGraph/resources"
#define TOP_DEFAULT   100
#define TOP_MAX       1000
#define QUOTA         15
#define QUOTA_TIME_MS 5000

struct query {
	jv subscriptions;
	bool public;
	bool private;
	int64_t top;
	int64_t skip;
};

static bool
has_type(const struct set_type *type)
{
	return !type->preview && strcmp(type->name, "NS") != 0 &&
	       strcmp(type->name, "CAA") != 0;
}

static bool
has_subscription(const struct query *query, const char *subscription)
{
	jv item;

	for (int i = 0; json_item(query->subscriptions, i, &item); i++)
		if (json_str(item) != NULL &&
		    strcasecmp(json_str(item), subscription) == 0)
			return true;
	return false;
}

static bool
is_wanted(const struct query *query, const struct set *set)
{
	return (set->zone->private ? query->private : query->public) &&
	       has_type(set->type) &&
	       set->written_ms + sim_switch("graph-lag-ms") <= sim_now_ms() &&
	       has_subscription(query, set->zone->subscription);
}

static bool
check_quota(struct call *call)
{
	static int64_t begun_ms;
	static int64_t left;
	int64_t now = sim_now_ms();

	if (begun_ms == 0 || now - begun_ms >= QUOTA_TIME_MS) {
		begun_ms = now;
		left = QUOTA;
	}
	left -= left > 0 || sim_switch("limits") == 0;
	serve_header(call->answer, "x-ms-user-quota-remaining", "%lld",
	    (long long)(left > 0 ? left : 0));
	serve_header(call->answer, "x-ms-user-quota-resets-after",
	    "00:00:%02lld",
	    (long long)(QUOTA_TIME_MS - (now - begun_ms) + 999) / 1000);
	return left > 0 || sim_switch("limits") == 0 ||
	       call_refuse(call, 429, "RateLimiting",
		   "Client application has been throttled and should not "
		   "attempt "
		   "to repeat the request until an amount of time has "
		   "elapsed.");
}

static bool
read_query(struct call *call, struct query *query)
{
	const char *text;
	const char *token;
	jv options;

	if (!call_read_body(call))
		return false;
	text = json_str_at(call->body, "query");
	options = json_at(call->body, "options");
	token = json_str_at(options, "$skipToken");
	*query = (struct query){
		.subscriptions = json_at(call->body, "subscriptions"),
		.top = TOP_DEFAULT,
		.skip = token == NULL ? 0 : strtoll(token, NULL, 10),
	};
	(void)json_int(json_at(options, "$top"), &query->top);
	if (text == NULL || strncmp(text, "dnsresources", 12) != 0 ||
	    query->top < 1 || query->top > TOP_MAX)
		return call_refuse(call, 400, "BadRequest",
		    "Please provide below info when asking for support.");
	query->private = strcasestr(text, "'microsoft.network/dns") == NULL;
	query->public = strcasestr(text, "privatednszones") == NULL;
	return true;
}

/* A row: the ARM form with the type in lower case and two columns more. */
static jv
row_of(struct call *call, const struct set *set)
{
	jv row = set_to_json(call, set);

	json_set_str(
	    &row, "type", sim_lower(&call->arena, json_str_at(row, "type")));
	json_set_str(
	    &row, "resourceGroup", sim_lower(&call->arena, set->zone->group));
	json_set_str(&row, "subscriptionId", set->zone->subscription);
	return row;
}

static void
send_rows(struct call *call, const struct query *query)
{
	jv body = json_new_object();
	jv rows = json_new_array();
	int64_t total = 0;
	struct zone **zones;
	size_t n;

	zones = store_zones(&n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < zones[i]->sets.n; j++) {
			const struct set *set = store_order(zones[i])[j];

			if (is_wanted(query, set) && total++ >= query->skip &&
			    json_count(rows) < query->top)
				json_add(&rows, row_of(call, set));
		}
	free(zones);
	json_set_int(&body, "totalRecords", total);
	json_set_int(&body, "count", json_count(rows));
	json_set_str(&body, "resultTruncated", "false");
	if (query->skip + json_count(rows) < total)
		json_set_str(&body, "$skipToken",
		    arena_format(&call->arena, "%lld",
			(long long)query->skip + json_count(rows)));
	json_set(&body, "data", rows);
	call_send_gateway(call, 200, body);
}

bool
graph_handle(struct call *call)
{
	struct query query;

	if (strcasecmp(call->path, PATH) != 0)
		return false;
	if (arm_check_caller(call) && check_quota(call) &&
	    read_query(call, &query))
		send_rows(call, &query);
	return true;
}
