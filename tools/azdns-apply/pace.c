// SPDX-License-Identifier: ISC
/*
 * pace -- see pace.h.
 *
 * Two layers, as Azure has them (Microsoft Learn, "Azure DNS limits" and
 * "Throttling Resource Manager requests"):
 *
 *   per zone and minute   public: 200 creates or updates, 200 deletes,
 *                         2000 gets, 60 lists; private: 60 writes in all,
 *                         200 gets, 100 lists
 *   per subscription      buckets of 200 writes (+10 a second), 200 deletes
 *                         (+10), 250 reads (+25)
 *
 * The zone's limits are kept as sliding windows: a burst as large as the
 * limit, then one request as each earlier one falls out of the window. That is
 * right for a service that counts in fixed windows as well, and no slower. A
 * request is counted from its answer on, because the service may have counted
 * it as late as that; a margin covers what is left. A share below 100 lowers the count, a
 * share above 100 shortens the window: either way the burst stays lawful.
 *
 * 429 pauses its zone for Retry-After; then one request goes ahead, and only
 * its success lets the others follow.
 */
#include <stdlib.h>

#include "heap.h"
#include "pace.h"
#include "retry.h"

#define MINUTE_MS       60000
#define MARGIN_PERCENT  1
#define ACTIVE_MAX      16 /* requests of one zone under way */
#define LISTING_PERCENT 10 /* of the list limit (docs/protocol.md) */

static const size_t public_limits[PACE_OP_COUNT] = {
	[PACE_PUT] = 200,
	[PACE_DELETE] = 200,
	[PACE_GET] = 2000,
	[PACE_LIST] = 60,
};
static const size_t private_limits[PACE_OP_COUNT] = {
	[PACE_PUT] = 60,
	[PACE_DELETE] = 60,
	[PACE_GET] = 200,
	[PACE_LIST] = 100,
};

static void
init_bucket(struct pace_bucket *bucket, double size, double per_s, double share)
{
	*bucket = (struct pace_bucket){
		.size = share < 1 ? size * share : size,
		.per_ms = per_s * share / 1000,
	};
	if (bucket->size < 1)
		bucket->size = 1;
	bucket->level = bucket->size;
}

void
pace_init_subscription(
    struct pace_subscription *subscription, int64_t share_percent)
{
	double share = (double)share_percent / 100;

	init_bucket(&subscription->writes, 200, 10, share);
	init_bucket(&subscription->deletes, 200, 10, share);
	init_bucket(&subscription->reads, 250, 25, share);
}

static void
init_window(struct pace_window *window, size_t limit, int64_t share_percent)
{
	int64_t window_ms = MINUTE_MS * (100 + MARGIN_PERCENT) / 100;

	if (share_percent < 100)
		limit = limit * (size_t)share_percent / 100;
	else
		window_ms = window_ms * 100 / share_percent;
	*window = (struct pace_window){
		.limit = limit > 0 ? limit : 1,
		.window_ms = window_ms,
	};
}

void
pace_init_zone(struct pace_zone *zone, bool is_private, int64_t share_percent,
    struct pace_subscription *subscription)
{
	const size_t *limits = is_private ? private_limits : public_limits;

	*zone = (struct pace_zone){
		.is_private = is_private,
		.subscription = subscription,
	};
	for (int op = 0; op < PACE_OP_COUNT; op++)
		init_window(&zone->windows[op], limits[op], share_percent);
}

void
pace_done_zone(struct pace_zone *zone)
{
	for (int op = 0; op < PACE_OP_COUNT; op++)
		free(zone->windows[op].times_ms);
}

static struct pace_window *
window_of(struct pace_zone *zone, enum pace_op op)
{
	if (zone->is_private && op == PACE_DELETE)
		op = PACE_PUT;
	return &zone->windows[op];
}

static struct pace_bucket *
bucket_of(struct pace_zone *zone, enum pace_op op)
{
	if (op == PACE_PUT)
		return &zone->subscription->writes;
	return op == PACE_DELETE ? &zone->subscription->deletes
				 : &zone->subscription->reads;
}

static void
fill(struct pace_bucket *bucket, int64_t now_ms)
{
	if (bucket->filled_ms != 0)
		bucket->level +=
		    (double)(now_ms - bucket->filled_ms) * bucket->per_ms;
	if (bucket->level > bucket->size)
		bucket->level = bucket->size;
	bucket->filled_ms = now_ms;
}

int64_t
pace_next_ms(struct pace_zone *zone, enum pace_op op, int64_t now_ms)
{
	struct pace_window *window = window_of(zone, op);
	struct pace_bucket *bucket = bucket_of(zone, op);
	int64_t next_ms = zone->paused_until_ms;

	if (zone->n_active >= (zone->is_probing ? 1 : ACTIVE_MAX))
		return INT64_MAX;
	if (window->times_ms != NULL && window->times_ms[window->next] != 0 &&
	    window->times_ms[window->next] + window->window_ms > next_ms)
		next_ms = window->times_ms[window->next] + window->window_ms;
	fill(bucket, now_ms);
	if (bucket->level < 1) {
		int64_t full_ms =
		    now_ms + 1 +
		    (int64_t)((1 - bucket->level) / bucket->per_ms);

		next_ms = full_ms > next_ms ? full_ms : next_ms;
	}
	return next_ms;
}

struct pace_ticket
pace_sent(struct pace_zone *zone, enum pace_op op, int64_t now_ms)
{
	struct pace_window *window = window_of(zone, op);
	struct pace_ticket ticket = { op, window->next, now_ms };

	if (window->times_ms == NULL) {
		window->times_ms = heap_new(window->limit * sizeof(int64_t));
	}
	window->times_ms[window->next] = now_ms;
	window->next = (window->next + 1) % window->limit;
	bucket_of(zone, op)->level -= 1;
	zone->n_active++;
	return ticket;
}

/* The service counted it at some time until now. */
static void
stamp(struct pace_zone *zone, const struct pace_ticket *ticket, int64_t now_ms)
{
	struct pace_window *window = window_of(zone, ticket->op);

	zone->n_active--;
	if (window->times_ms[ticket->slot] == ticket->sent_ms)
		window->times_ms[ticket->slot] = now_ms;
}

void
pace_answered(struct pace_zone *zone, const struct pace_ticket *ticket,
    const struct error *err, int64_t now_ms)
{
	int64_t pause_ms = err->retry_after_ms;

	stamp(zone, ticket, now_ms);
	zone->is_probing = err->cause == CAUSE_THROTTLED;
	if (!zone->is_probing)
		return;
	if (pause_ms == 0)
		pause_ms = retry_delay_ms(1);
	if (now_ms + pause_ms > zone->paused_until_ms)
		zone->paused_until_ms = now_ms + pause_ms;
}

double
pace_writes_per_minute(const struct pace_zone *zone)
{
	const struct pace_window *window = &zone->windows[PACE_PUT];

	return (double)window->limit * MINUTE_MS / (double)window->window_ms;
}

int64_t
pace_listing_ms(const struct pace_zone *zone, size_t pages)
{
	const struct pace_window *window = &zone->windows[PACE_LIST];

	return (int64_t)pages * window->window_ms * 100 /
	       ((int64_t)window->limit * LISTING_PERCENT);
}
