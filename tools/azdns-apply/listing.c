// SPDX-License-Identifier: ISC
/*
 * listing -- see listing.h.
 *
 *     idle --due--> asking --page--> asking ... --last page--> joined, said
 *                     |  ^
 *            trouble  v  | after a delay (Retry-After)
 *                   waiting --5 min, 401, 403--> said to be unavailable
 *
 * Nothing is said before the last page is there: marks and records lie pages
 * apart, and half a listing must not look like a whole one.
 *
 * A 404 is followed by a GET of the zone itself: only its 404 makes the zone
 * gone; a missing resource group or subscription may be a matter of rights.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "config.h"
#include "heap.h"
#include "job.h"
#include "json.h"
#include "known.h"
#include "listing.h"
#include "log.h"
#include "message.h"
#include "ownership.h"
#include "page.h"
#include "report.h"
#include "retry.h"
#include "zones.h"

#define AGAIN_MS    60000 /* after an answer that waiting does not change */
#define HASTENED_MS 60000 /* between listings after conflicts */

struct listing {
	struct arena arena;
	struct ownership ownership;
	struct text url; /* of the page that is to be asked for */
	struct text next_link;
	size_t n_pages;
	size_t n_bad; /* items that are no record sets */
	bool is_asking;
	struct pace_ticket ticket;
	bool is_probing; /* asking for the zone itself */
	struct retry retry;
};

void
listing_free(struct listing *listing)
{
	if (listing == NULL)
		return;
	text_done(&listing->url);
	text_done(&listing->next_link);
	arena_done(&listing->arena);
	free(listing);
}

/* -- the end of a listing ------------------------------------------------- */

static void
said_again(struct zone *zone)
{
	if (zone->is_unavailable)
		report_zone(zone->zones->report, zone->id, zone->parts.name,
		    zone->zones->config->is_private, NULL);
	zone->is_unavailable = false;
}

static void
finish(struct zone *zone, int64_t now_ms)
{
	struct listing *listing = zone->listing;
	int64_t interval_ms = zone->zones->config->interval_ms;
	int64_t lawful_ms = pace_listing_ms(&zone->pace, listing->n_pages);

	said_again(zone);
	for (const struct job *job = zone->jobs; job != NULL; job = job->next)
		known_touch(zone, job->name, rtype_name(job->rtype));
	table_clear(&zone->shared);
	ownership_say(&listing->ownership, &zone->shared, known_listed, zone);
	known_end(zone);
	report_bookmark(zone->zones->report, zone->id);
	log_info("%s: listed: %zu keys, %zu pages", zone->parts.name,
	    zone->known.n, listing->n_pages);
	if (listing->n_bad > 0)
		log_warning("%s: %zu items of the list are no record sets",
		    zone->parts.name, listing->n_bad);
	zone->n_listed++;
	zone->listed_ms = now_ms;
	zone->next_listing_ms =
	    now_ms + (interval_ms > lawful_ms ? interval_ms : lawful_ms);
	listing_free(listing);
	zone->listing = NULL;
	(void)malloc_trim(0); /* what a listing takes is needed for it only */
}

static void
say_unavailable(struct zone *zone)
{
	if (zone->is_unavailable)
		return;
	zone->is_unavailable = true;
	report_zone(zone->zones->report, zone->id, zone->parts.name,
	    zone->zones->config->is_private, "unavailable");
}

static void
say_gone(struct zone *zone)
{
	log_warning("%s: the zone is gone; its names are left as they are",
	    zone->parts.name);
	zone->is_gone = true;
	report_zone(zone->zones->report, zone->id, zone->parts.name,
	    zone->zones->config->is_private, "gone");
	listing_free(zone->listing);
	zone->listing = NULL;
}

/* What waiting does not change: said at once, begun anew later. */
static void
abandon(struct zone *zone, const struct error *err, int64_t now_ms)
{
	log_warning("%s: cannot be listed: %s: %s", zone->parts.name, err->code,
	    err->text);
	say_unavailable(zone);
	zone->next_listing_ms = now_ms + AGAIN_MS;
	listing_free(zone->listing);
	zone->listing = NULL;
}

static void
wait(struct zone *zone, long status, const struct error *err, int64_t now_ms)
{
	struct retry *retry = &zone->listing->retry;

	if (!retry_later(
		retry, status, err, zone->listing->ticket.sent_ms, now_ms))
		say_unavailable(zone);
	log_warning("%s: list: %s: %s; next try in %lld s", zone->parts.name,
	    err->code, err->text, retry_seconds(retry->next_ms - now_ms));
}

/* -- pages ---------------------------------------------------------------- */

static bool
on_set(void *context, struct span item, struct error *err)
{
	struct listing *listing = context;

	if (ownership_add(&listing->ownership, item, err))
		return true;
	listing->n_bad++;
	return err->cause != CAUSE_TEMPORARY;
}

static bool
take_page(struct zone *zone, const struct arm_answer *answer, struct error *err)
{
	struct listing *listing = zone->listing;

	struct ownership before = listing->ownership;

	if (!page_decode(answer, &listing->next_link, on_set, listing, err)) {
		/* The page is asked for again: forget the half of it. */
		listing->ownership.n_sets = before.n_sets;
		listing->ownership.n_marks = before.n_marks;
		return false;
	}
	listing->n_pages++;
	listing->retry = (struct retry){ 0 };
	text_reset(&listing->url);
	text_add(&listing->url, text_str(&listing->next_link));
	return listing->url.n == 0 ||
	       arm_is_ours(zone->zones->arm, listing->url.data) ||
	       error_set(err, CAUSE_INVALID,
		   "the next page is on another host than ARM");
}

static void
on_page(struct zone *zone, const struct arm_answer *answer, int64_t now_ms)
{
	struct listing *listing = zone->listing;
	struct error err = answer->err;

	if (answer->ok && take_page(zone, answer, &err)) {
		if (listing->url.n == 0)
			finish(zone, now_ms);
	} else if (err.cause == CAUSE_MISSING) {
		listing->is_probing = true;
	} else if (retry_can_help(&err)) {
		wait(zone, answer->status, &err, now_ms);
	} else {
		abandon(zone, &err, now_ms);
	}
}

/* The zone itself was asked for, after a 404. */
static void
on_probe(struct zone *zone, const struct arm_answer *answer, int64_t now_ms)
{
	struct error err = answer->err;

	if (answer->ok)
		(void)error_set(&err, CAUSE_MISSING,
		    "the zone is there, but not its record sets");
	if (retry_can_help(&err))
		wait(zone, answer->status, &err, now_ms);
	else if (err.cause == CAUSE_MISSING &&
		 (strcmp(err.code, "ResourceNotFound") == 0 ||
		     strcmp(err.code, "NotFound") == 0))
		say_gone(zone);
	else
		abandon(zone, &err, now_ms);
}

static void
on_answer(void *context, const struct arm_answer *answer)
{
	struct zone *zone = context;
	struct listing *listing = zone->listing;
	int64_t now_ms = clock_ms();

	listing->is_asking = false;
	pace_answered(&zone->pace, &listing->ticket, &answer->err, now_ms);
	if (listing->is_probing)
		on_probe(zone, answer, now_ms);
	else
		on_page(zone, answer, now_ms);
}

static void
begin(struct zone *zone)
{
	struct listing *listing = heap_new(sizeof(*listing));
	struct zones *zones = zone->zones;
	struct arena arena = { 0 };

	zone->listing = listing;
	zone->listing_no++;
	listing->ownership = (struct ownership){
		.marking = &zones->config->marking,
		.zone = zone->parts.name,
		.arena = &listing->arena,
	};
	text_add(&listing->url,
	    arm_url_recordsets(zones->arm, &arena, &zone->parts));
	arena_done(&arena);
}

int64_t
listing_next_ms(struct zone *zone, int64_t now_ms)
{
	const struct listing *listing = zone->listing;
	enum pace_op op = PACE_LIST;
	int64_t next_ms = zone->next_listing_ms;
	int64_t paced_ms;

	if (listing != NULL) {
		if (listing->is_asking)
			return INT64_MAX;
		next_ms = listing->retry.next_ms;
		op = listing->is_probing ? PACE_GET : PACE_LIST;
	}
	paced_ms = pace_next_ms(&zone->pace, op, now_ms);
	return paced_ms > next_ms ? paced_ms : next_ms;
}

void
listing_tick(struct zone *zone, int64_t now_ms)
{
	struct arena arena = { 0 };
	struct arm_request request = {
		.method = "GET",
		.context = zone,
		.on_answer = on_answer,
	};

	if (listing_next_ms(zone, now_ms) > now_ms)
		return;
	if (zone->listing == NULL)
		begin(zone);
	request.url = zone->listing->is_probing
			  ? arm_url_zone(zone->zones->arm, &arena, &zone->parts)
			  : zone->listing->url.data;
	zone->listing->is_asking = true;
	zone->listing->ticket = pace_sent(&zone->pace,
	    zone->listing->is_probing ? PACE_GET : PACE_LIST, now_ms);
	arm_send(zone->zones->arm, &request);
	arena_done(&arena);
}

void
listing_hasten(struct zone *zone)
{
	int64_t soon_ms = zone->listed_ms + HASTENED_MS;

	if (zone->next_listing_ms > soon_ms)
		zone->next_listing_ms = soon_ms;
}
