// SPDX-License-Identifier: ISC
/*
 * zones -- see zones.h.
 *
 * Zones that --zone-id-filter names with their full ids are taken without
 * asking; if there are only such, no list of zones is ever read. Otherwise the
 * resource group is listed at --interval: what is new is said and listed, what
 * is missing is asked for by its listing, whose 404 on the zone itself makes it
 * gone. The list of zones that cannot be read is said as a ZONE without zone.
 */

#include "zones.h"
#include "clock.h"
#include "config.h"
#include "json.h"
#include "known.h"
#include "listing.h"
#include "log.h"
#include "page.h"
#include "report.h"

#define AGAIN_MS 60000 /* after an answer that waiting does not change */

static void
drop_zone(void *value)
{
	struct zone *zone = value;

	listing_free(zone->listing);
	pace_done_zone(&zone->pace);
	table_clear(&zone->known);
	table_clear(&zone->shared);
	arena_done(&zone->arena);
}

static struct pace_subscription *
subscription_of(struct zones *zones, const char *id)
{
	struct pace_subscription *subscription;
	bool added;

	subscription = table_put(&zones->subscriptions, id, &added);
	if (added)
		pace_init_subscription(
		    subscription, zones->config->quota_share);
	return subscription;
}

struct zone *
zones_get(struct zones *zones, const char *id)
{
	bool is_private = zones->config->is_private;
	struct arena arena = { 0 };
	struct arm_zone_id parts;
	struct zone *zone = NULL;
	bool added;

	if (arm_parse_zone_id(&arena, id, is_private, &parts)) {
		const char *key = arm_zone_id(&arena, &parts, is_private);

		zone = table_put(&zones->by_id, key, &added);
		if (added) {
			zone->zones = zones;
			zone->id = table_key(zone);
			(void)arm_parse_zone_id(
			    &zone->arena, id, is_private, &zone->parts);
			table_init(&zone->known, sizeof(struct known), NULL);
			table_init(&zone->shared, sizeof(unsigned), NULL);
			pace_init_zone(&zone->pace, is_private,
			    zones->config->quota_share,
			    subscription_of(zones, parts.subscription));
		}
	}
	arena_done(&arena);
	return zone;
}

static void
say_zone(struct zone *zone)
{
	struct zones *zones = zone->zones;

	zone->is_wanted = true;
	report_zone(zones->report, zone->id, zone->parts.name,
	    zones->config->is_private, NULL);
}

static bool
is_full_id(const struct zones *zones, const char *id)
{
	struct arena arena = { 0 };
	struct arm_zone_id parts;
	bool is_full =
	    arm_parse_zone_id(&arena, id, zones->config->is_private, &parts);

	arena_done(&arena);
	return is_full;
}

/* Must the resource group be listed? */
static bool
lists_group(const struct zones *zones)
{
	const struct strlist *ids = &zones->config->zone_ids;

	for (size_t i = 0; i < ids->n; i++) {
		if (!is_full_id(zones, ids->items[i]))
			return true;
	}
	return ids->n == 0;
}

void
zones_init(struct zones *zones, const struct config *config, struct arm *arm,
    struct report *report)
{
	*zones = (struct zones){
		.config = config,
		.arm = arm,
		.report = report,
	};
	table_init(&zones->by_id, sizeof(struct zone), drop_zone);
	table_init(
	    &zones->subscriptions, sizeof(struct pace_subscription), NULL);
}

void
zones_done(struct zones *zones)
{
	table_clear(&zones->by_id);
	table_clear(&zones->subscriptions);
	arena_done(&zones->discovery.arena);
	text_done(&zones->discovery.next_link);
}

/* -- the list of zones ---------------------------------------------------- */

static void
complete(struct zones *zones)
{
	if (!zones->is_complete)
		report_bookmark(zones->report, NULL);
	zones->is_complete = true;
	if (zones->by_id.n == 0)
		log_warning("no zone is selected; check the resource group "
			    "and --domain-filter, --zone-id-filter, "
			    "--zone-name-filter");
}

static void
name_zones(struct zones *zones)
{
	const struct strlist *ids = &zones->config->zone_ids;

	for (size_t i = 0; i < ids->n; i++) {
		struct zone *zone = zones_get(zones, ids->items[i]);

		if (zone == NULL || zone->is_named)
			continue;
		zone->is_named = true;
		say_zone(zone);
	}
	if (!lists_group(zones))
		complete(zones);
}

static bool
on_zone(void *context, struct span item, struct error *err)
{
	struct zones *zones = context;
	struct arena arena = { 0 };
	const char *id = json_span_str(&arena, scan_at(item, "id"));
	struct zone *zone = id != NULL ? zones_get(zones, id) : NULL;

	(void)err;
	arena_done(&arena);
	if (zone == NULL)
		return true;
	zone->is_seen = true;
	if (zone->is_named ||
	    !config_selects(zones->config, zone->parts.name, zone->id))
		return true;
	if (!zone->is_wanted || zone->is_gone)
		say_zone(zone);
	if (zone->is_gone)
		zone->next_listing_ms = 0;
	zone->is_gone = false;
	return true;
}

/* Zones that are not in the list any more: their listing finds out. */
static void
look_for_missing(struct zones *zones)
{
	struct zone *zone;
	size_t cursor = 0;

	while ((zone = table_next(&zones->by_id, &cursor)) != NULL) {
		if (zone->is_wanted && !zone->is_named && !zone->is_seen &&
		    !zone->is_gone)
			zone->next_listing_ms = 0;
		zone->is_seen = false;
	}
}

static void
discovered(struct zones *zones, int64_t now_ms)
{
	struct discovery *discovery = &zones->discovery;

	discovery->retry =
	    (struct retry){ .next_ms = now_ms + zones->config->interval_ms };
	look_for_missing(zones);
	if (zones->is_unavailable)
		report_zone(zones->report, NULL, NULL, false, NULL);
	zones->is_unavailable = false;
	complete(zones);
}

static void
discovery_failed(
    struct zones *zones, long status, const struct error *err, int64_t now_ms)
{
	struct retry *retry = &zones->discovery.retry;
	bool goes_on =
	    retry_later(retry, status, err, zones->discovery.sent_ms, now_ms);

	if (!retry_can_help(err) && retry->next_ms < now_ms + AGAIN_MS)
		retry->next_ms = now_ms + AGAIN_MS;
	log_warning("list of zones: %s: %s; next try in %lld s", err->code,
	    err->text, retry_seconds(retry->next_ms - now_ms));
	if (zones->is_unavailable || (retry_can_help(err) && goes_on))
		return;
	report_zone(zones->report, NULL, NULL, false, "unavailable");
	zones->is_unavailable = true;
}

static void on_zones(void *context, const struct arm_answer *answer);

static void
ask_zones(struct zones *zones, const char *url)
{
	struct arm_request request = {
		.method = "GET",
		.url = url,
		.context = zones,
		.on_answer = on_zones,
	};

	zones->discovery.is_running = true;
	zones->discovery.sent_ms = clock_ms();
	arm_send(zones->arm, &request);
}

static void
on_zones(void *context, const struct arm_answer *answer)
{
	struct zones *zones = context;
	struct discovery *discovery = &zones->discovery;
	struct error err = answer->err;
	int64_t now_ms = clock_ms();
	bool ok = answer->ok && page_decode(answer, &discovery->next_link,
				    on_zone, zones, &err);

	discovery->is_running = false;
	if (ok && discovery->next_link.n > 0) {
		ok = arm_is_ours(zones->arm, discovery->next_link.data) ||
		     error_set(&err, CAUSE_INVALID,
			 "the next page is on another host than ARM");
		if (ok) {
			ask_zones(zones, discovery->next_link.data);
			return;
		}
	}
	if (ok)
		discovered(zones, now_ms);
	else
		discovery_failed(zones, answer->status, &err, now_ms);
}

void
zones_tick(struct zones *zones, int64_t now_ms)
{
	struct discovery *discovery = &zones->discovery;
	const struct azurejson *azure = &zones->config->azure;
	struct zone *zone;
	size_t cursor = 0;

	if (!zones->is_complete)
		name_zones(zones);
	if (lists_group(zones) && !discovery->is_running &&
	    now_ms >= discovery->retry.next_ms) {
		arena_reset(&discovery->arena);
		ask_zones(
		    zones, arm_url_zones(zones->arm, &discovery->arena,
			       azure->subscription_id, azure->resource_group));
	}
	while ((zone = table_next(&zones->by_id, &cursor)) != NULL) {
		if (zone->is_wanted && !zone->is_gone)
			listing_tick(zone, now_ms);
	}
}

int64_t
zones_next_ms(const struct zones *zones, int64_t now_ms)
{
	int64_t next_ms = zones->discovery.is_running || !lists_group(zones)
			      ? INT64_MAX
			      : zones->discovery.retry.next_ms;
	struct zone *zone;
	size_t cursor = 0;

	while ((zone = table_next(&zones->by_id, &cursor)) != NULL) {
		int64_t zone_ms = zone->is_wanted && !zone->is_gone
				      ? listing_next_ms(zone, now_ms)
				      : INT64_MAX;

		next_ms = zone_ms < next_ms ? zone_ms : next_ms;
	}
	return next_ms;
}

bool
zones_are_said(const struct zones *zones)
{
	struct zone *zone;
	size_t cursor = 0;

	if (!zones->is_complete)
		return zones->is_unavailable;
	while ((zone = table_next(&zones->by_id, &cursor)) != NULL) {
		if (zone->is_wanted && !zone->is_gone &&
		    !zone->is_unavailable && zone->n_listed == 0)
			return false;
	}
	return true;
}
