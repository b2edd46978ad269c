// SPDX-License-Identifier: ISC
/* zones -- which zones there are, and what is known of each. */
#ifndef ZONES_H
#define ZONES_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "arm.h"
#include "pace.h"
#include "retry.h"
#include "table.h"
#include "text.h"

struct config;
struct job;
struct listing;
struct report;

struct zone {
	struct zones *zones;
	struct arena arena; /* of the texts below */
	const char *id;     /* as the wire has it */
	struct arm_zone_id parts;
	struct pace_zone pace;
	struct table known;      /* of struct known */
	struct table shared;     /* mark -> unsigned: records that rest on it */
	struct listing *listing; /* under way, or NULL */
	unsigned listing_no;
	size_t n_listed; /* listings that were whole */
	int64_t next_listing_ms;
	int64_t listed_ms;
	bool is_wanted;      /* to be listed; else only a change named it */
	bool is_named;       /* by full id: not from the list of zones */
	bool is_seen;        /* in the present list of zones */
	bool is_unavailable; /* said so */
	bool is_gone;        /* said so */
	struct job *jobs;    /* not yet over, oldest first */
	size_t n_jobs;
};

/* Reading the list of zones. */
struct discovery {
	struct arena arena;
	struct text next_link;
	const char *url;
	bool is_running;
	int64_t sent_ms;
	struct retry retry;
};

struct zones {
	const struct config *config;
	struct arm *arm;
	struct report *report;
	struct table by_id;         /* of struct zone */
	struct table subscriptions; /* of struct pace_subscription */
	struct discovery discovery;
	bool is_complete;    /* the list was said to its end */
	bool is_unavailable; /* the list: said so */
};

/* No zone is known yet; all must outlive zones. zones_done forgets all. */
void zones_init(struct zones *zones, const struct config *config,
    struct arm *arm, struct report *report);
void zones_done(struct zones *zones);

/* Begin what is due: the list of zones, listings of zones. */
void zones_tick(struct zones *zones, int64_t now_ms);

/* When zones_tick has something to do again. */
int64_t zones_next_ms(const struct zones *zones, int64_t now_ms);

/* The zone of an id; one that is not known is made. NULL: no zone's id. */
struct zone *zones_get(struct zones *zones, const char *id);

/* Has all been said once, or can it not be? */
bool zones_are_said(const struct zones *zones);

#endif
