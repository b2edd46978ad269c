// SPDX-License-Identifier: ISC
/*
 * throttle -- the published rate limits, when the switch `limits` is on.
 *
 * Three layers, each a row of the table: ARM's token buckets per subscription
 * and principal, ARM's quota per action of Microsoft.Network, and the DNS
 * service's requests per zone and minute. Who is refused stays refused until
 * its Retry-After is over, however often it asks. All times are scaled by the
 * switch time-percent.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "store.h"
#include "throttle.h"
#include "types.h"

#define MINUTE_MS        60000
#define SERVICE_RETRY_MS 10000

enum operation { CREATE, UPDATE, DELETE, GET, LIST, N_OPERATIONS };

/* Requests per zone and minute, or per group where there is no zone. */
/* clang-format off */
static const int64_t set_limits[2][N_OPERATIONS] = {
	{ 200, 200, 200, 2000, 60 },  /* public */
	{ 60,  60,  60,  200,  100 }, /* private */
};
static const int64_t zone_limits[2][N_OPERATIONS] = {
	{ 40, 40, 40, 1000, 60 },
	{ 40, 40, 40, 200,  60 },
};
static const char *const operation_names[N_OPERATIONS] = {
	"create", "update", "delete", "get", "list",
};
/* ARM's buckets: size and refill per second. */
static const struct bucket_limit {
	const char *verb;
	const char *header;
	int64_t size;
	int64_t refill;
} bucket_limits[] = {
	{ "read",   "reads",   250, 25 },
	{ "delete", "deletes", 200, 10 },
	{ "write",  "writes",  200, 10 },
};
/* Microsoft.Network's quota per action and five minutes. */
static const int64_t action_window_ms = 300000;
static const struct {
	const char *verb;
	int64_t max;
} action_limits[] = { { "read", 500 }, { "delete", 12000 }, { "write", 12000 } };
/* clang-format on */

/* What was counted under one key. */
struct counter {
	int64_t begun_ms;   /* the window, or the last refill */
	double left;        /* requests that may still come */
	int64_t blocked_ms; /* refused until then; 0: not */
	bool used;
};

static struct table counters;

void
throttle_reset(void)
{
	table_clear(&counters);
	table_init(&counters, sizeof(struct counter), NULL);
}

static int64_t
scaled(int64_t ms)
{
	return ms * sim_switch("time-percent") / 100;
}

/* The counter of a key, full when it is new or its window is over. */
static struct counter *
counter_of(const char *key, int64_t max, int64_t window_ms)
{
	struct counter *counter = table_put(&counters, key, NULL);
	int64_t now = sim_now_ms();

	if (!counter->used ||
	    (window_ms > 0 && now - counter->begun_ms >= window_ms)) {
		counter->used = true;
		counter->begun_ms = now;
		counter->left = (double)max;
	}
	return counter;
}

/* Take one. 0: taken; else the milliseconds to wait, remembered. */
static int64_t
take(struct counter *counter, int64_t wait_ms)
{
	int64_t now = sim_now_ms();

	if (counter->blocked_ms > now)
		return counter->blocked_ms - now;
	if (counter->left >= 1) {
		counter->left -= 1;
		return 0;
	}
	counter->blocked_ms = now + wait_ms;
	return wait_ms;
}

static void
add_retry_after(struct call *call, int64_t wait_ms)
{
	serve_header(call->answer, "Retry-After", "%lld",
	    (long long)((wait_ms + 999) / 1000));
	call->answer->close = true;
}

/* --- ARM --- */

static bool
check_bucket(struct call *call, const struct bucket_limit *limit)
{
	struct counter *counter = counter_of(
	    arena_format(&call->arena, "bucket %s %s %s",
		call->place.subscription, call->client_id, limit->verb),
	    limit->size, 0);
	int64_t now = sim_now_ms();
	int64_t second_ms = scaled(1000);
	int64_t wait_ms;

	counter->left += (double)((now - counter->begun_ms) * limit->refill) /
			 (double)(second_ms > 0 ? second_ms : 1);
	counter->begun_ms = now;
	if (counter->left > (double)limit->size)
		counter->left = (double)limit->size;
	wait_ms = take(counter, second_ms);
	if (wait_ms == 0)
		return true;
	add_retry_after(call, wait_ms);
	return call_refuse(call, 429, "SubscriptionRequestsThrottled",
	    "Number of requests for subscription '%s' and operation "
	    "'%s/SUBSCRIPTIONS/RESOURCEGROUPS/PROVIDERS/' exceeded the backend "
	    "storage limit. Please try again after '%lld' seconds.",
	    call->place.subscription, call->method,
	    (long long)((wait_ms + 999) / 1000));
}

static bool
check_action(struct call *call, const char *action, int64_t max)
{
	int64_t window_ms = scaled(action_window_ms);
	struct counter *counter =
	    counter_of(arena_format(&call->arena, "action %s %s",
			   call->place.subscription, action),
		max, window_ms);
	int64_t rest_ms = counter->begun_ms + window_ms - sim_now_ms();
	int64_t wait_ms =
	    sim_switch("limits") == 0 || sim_switch("arm-limits") == 0
		? 0
		: take(counter, rest_ms > 0 ? rest_ms : 1);

	if (wait_ms == 0) {
		if (sim_switch("limits") == 0 && counter->left > 1)
			counter->left -= 1;
		if (sim_switch("rate-headers") != 0)
			serve_header(call->answer,
			    "x-ms-ratelimit-remaining-subscription-resource-"
			    "requests",
			    "%lld", (long long)counter->left);
		return true;
	}
	add_retry_after(call, wait_ms);
	return call_refuse(call, 429, "ResourceRequestsThrottled",
	    "Number of requests for action '%s' exceeded the limit of '%lld' "
	    "for time interval '00:05:00'. Please try again after '%lld' "
	    "seconds.",
	    action, (long long)max, (long long)((wait_ms + 999) / 1000));
}

/* --- the DNS service --- */

static enum operation
operation_of(const struct call *call)
{
	const struct place *place = &call->place;
	const struct zone *zone = place->zone == NULL || place->group == NULL
				      ? NULL
				      : store_zone_find(place);
	const struct set_type *type =
	    place->child == NULL ? NULL
				 : types_find(place->child, place->private);
	bool exists = place->child == NULL
			  ? zone != NULL
			  : zone != NULL && type != NULL &&
				place->name != NULL &&
				store_set_find(zone, type, place->name) != NULL;

	if (strcmp(call->method, "DELETE") == 0)
		return DELETE;
	if (strcmp(call->method, "GET") != 0)
		return exists ? UPDATE : CREATE;
	if (place->zone == NULL ||
	    (place->child != NULL && place->name == NULL))
		return LIST;
	return GET;
}

static bool
check_zone(struct call *call)
{
	const struct place *place = &call->place;
	enum operation operation = operation_of(call);
	bool of_set = place->child != NULL;
	int64_t max = of_set ? set_limits[place->private][operation]
			     : zone_limits[place->private][operation];
	const char *key = sim_lower(&call->arena,
	    arena_format(&call->arena, "zone %s/%s/%s/%d %s %d",
		place->subscription, place->group, place->zone, place->private,
		operation_names[operation], of_set));
	struct counter *counter = counter_of(key, max, scaled(MINUTE_MS));
	int64_t wait_ms = take(counter, scaled(SERVICE_RETRY_MS));
	const char *text;

	if (wait_ms == 0)
		return true;
	text = arena_format(&call->arena,
	    "The number of '%s' requests on '%s' exceeded the limit of %lld "
	    "per minute.",
	    operation_names[operation],
	    place->zone == NULL ? place->subscription : place->zone,
	    (long long)max);
	add_retry_after(call, wait_ms);
	return sim_switch("throttle-flat") != 0
		   ? call_fail(call, 429, "TooManyRequests", "%s", text)
		   : call_refuse(call, 429, "TooManyRequests", "%s", text);
}

bool
throttle_check(struct call *call, const char *action)
{
	const char *verb = strrchr(action, '/') + 1;
	size_t i = 0;

	if (call->place.kind == NULL)
		return true;
	while (strcmp(bucket_limits[i].verb, verb) != 0)
		i++;
	if (sim_switch("limits") != 0 && sim_switch("arm-limits") == 1 &&
	    !check_bucket(call, &bucket_limits[i]))
		return false;
	if (!check_action(call, action, action_limits[i].max))
		return false;
	return sim_switch("limits") == 0 || check_zone(call);
}
