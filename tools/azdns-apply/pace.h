// SPDX-License-Identifier: ISC
/* pace -- when the next request may go, by Azure's published limits. */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

enum pace_op { PACE_PUT, PACE_DELETE, PACE_GET, PACE_LIST, PACE_OP_COUNT };

/* At most `limit` requests in any `window_ms`. */
struct pace_window {
	int64_t *times_ms; /* ring of the last `limit`: answered, else sent */
	size_t limit;
	size_t next;
	int64_t window_ms;
};

/* A bucket that refills steadily. */
struct pace_bucket {
	double level;
	double size;
	double per_ms;
	int64_t filled_ms;
};

/* A request under way: its place in the window. */
struct pace_ticket {
	enum pace_op op;
	size_t slot;
	int64_t sent_ms;
};

/* What all zones of one subscription share. */
struct pace_subscription {
	struct pace_bucket writes;
	struct pace_bucket deletes;
	struct pace_bucket reads;
};

struct pace_zone {
	struct pace_window windows[PACE_OP_COUNT];
	bool is_private; /* one window for PUT and DELETE */
	int64_t paused_until_ms;
	bool is_probing; /* after a pause one request goes ahead */
	size_t n_active;
	struct pace_subscription *subscription; /* not ours */
};

/* share_percent: of the published limits (--azure-quota-share). */
void pace_init_subscription(
    struct pace_subscription *subscription, int64_t share_percent);
void pace_init_zone(struct pace_zone *zone, bool is_private,
    int64_t share_percent, struct pace_subscription *subscription);
void pace_done_zone(struct pace_zone *zone);

/* When op may go: now_ms or earlier means now. INT64_MAX: after an answer. */
int64_t pace_next_ms(struct pace_zone *zone, enum pace_op op, int64_t now_ms);

/* op is sent now. Each ticket is given back once. */
struct pace_ticket pace_sent(
    struct pace_zone *zone, enum pace_op op, int64_t now_ms);

/* It was answered; with 429 nothing goes to the zone for Retry-After. */
void pace_answered(struct pace_zone *zone, const struct pace_ticket *ticket,
    const struct error *err, int64_t now_ms);

/* Writes a minute that the limits allow in the long run, for the progress. */
double pace_writes_per_minute(const struct pace_zone *zone);

/* The shortest time between two listings of so many pages: a tenth of the
 * list limit. */
int64_t pace_listing_ms(const struct pace_zone *zone, size_t pages);

#endif
