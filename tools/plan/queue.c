// SPDX-License-Identifier: ISC
/*
 * queue -- from decisions to lines.
 *
 * A pass decides all marked names and queues, zone by zone and sorted, those
 * that have something to say. What they say is worked out again when the
 * reader of the changes can take it: a change that is not wanted any more by
 * then was never there. Of each zone at most IN_FLIGHT_MAX changes are
 * unanswered; a zone that is full does not stop the others.
 *
 * A SKIP is said once: the ask or rrset that it is about remembers the reason
 * until it does not hold any more.
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "log.h"
#include "plan.h"

void
queue_add(struct zone *zone, struct name *name)
{
	if (name->queued == zone->number || name->refs == UINT16_MAX)
		return;
	if (name->queued == 0)
		name->queued = zone->number;
	name->refs++;
	name_list_add(&zone->queue, name);
}

bool
queue_is_empty(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_zones; i++)
		if (plan->zones[i]->queue.first < plan->zones[i]->queue.n)
			return false;
	return true;
}

bool
queue_is_blocked(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_zones; i++) {
		const struct zone *zone = plan->zones[i];

		if (zone->queue.first < zone->queue.n &&
		    zone->n_in_flight < IN_FLIGHT_MAX)
			return false;
	}
	return true;
}

static bool
is_braked(const struct decision *decision)
{
	return decision->type == MESSAGE_DELETE &&
	       !rrsets_is_orphan(decision->rrset);
}

enum skip
queue_judge(struct plan *plan, struct decision *decision)
{
	const struct rrset *rrset = decision->rrset;
	enum skip why;

	if (decision->skip != SKIP_NONE)
		return decision->skip;
	why = retry_judge(plan, decision);
	if (why != SKIP_NONE) {
		decision->message = skip_text(SKIP_FIGHT);
		return why;
	}
	if (!is_braked(decision) || rrset->released)
		return SKIP_NONE;
	if (decision->zone->is_held) {
		decision->message = arena_format(&plan->scratch,
		    "held with all deletions of zone %s; "
		    "--release-deletes=%s lets them pass",
		    decision->zone->name, decision->zone->hash);
		return SKIP_HELD;
	}
	return rrset->going != 0 && brake_is_due(plan, rrset) ? SKIP_NONE
							      : SKIP_LATER;
}

/* -- the pass ------------------------------------------------------------- */

static void
make_stale(struct name *name)
{
	for (struct ask *ask = name->asks; ask != NULL; ask = ask->next)
		ask->said |= SAID_STALE;
	for (struct rrset *one = name->rrsets; one != NULL; one = one->next)
		one->said |= SAID_STALE;
}

static void
forget_stale(struct name *name)
{
	for (struct ask *ask = name->asks; ask != NULL; ask = ask->next)
		if ((ask->said & SAID_STALE) != 0)
			ask->said = SKIP_NONE;
	for (struct rrset *one = name->rrsets; one != NULL; one = one->next)
		if ((one->said & SAID_STALE) != 0)
			one->said = SKIP_NONE;
}

static const struct decision *
find_decision(const struct decisions *decisions, const struct zone *zone,
    enum rtype rtype)
{
	for (size_t i = 0; i < decisions->n; i++) {
		const struct decision *one = &decisions->items[i];

		if (one->zone == zone && one->rtype == rtype &&
		    one->type != MESSAGE_SKIP)
			return one;
	}
	return NULL;
}

/* Deletions and failures of what is not wanted any more are forgotten. */
static void
settle_state(
    struct plan *plan, struct name *name, const struct decisions *decisions)
{
	struct work *next;

	for (struct rrset *one = name->rrsets; one != NULL; one = one->next) {
		const struct decision *decision =
		    find_decision(decisions, one->zone, one->rtype);
		const struct work *work =
		    retry_find(name, one->zone, one->rtype);

		if (decision == NULL || !is_braked(decision))
			brake_forget(one);
		else if (work == NULL || work->in_flight == MESSAGE_NONE)
			brake_want(plan, one);
		if (rrsets_is_orphan(one) &&
		    (decision != NULL && decision->type == MESSAGE_CREATE))
			one->listing = one->zone->n_listings;
	}
	for (struct work *work = name->works; work != NULL; work = next) {
		next = work->next;
		if (work->in_flight == MESSAGE_NONE &&
		    find_decision(decisions, work->zone, work->rtype) == NULL)
			retry_drop(plan, work);
	}
}

static void
settle(struct plan *plan, struct name *name)
{
	struct decisions decisions;

	decide(plan, name, &decisions);
	settle_state(plan, name, &decisions);
	make_stale(name);
	for (size_t i = 0; i < decisions.n; i++) {
		struct decision *one = &decisions.items[i];
		enum skip why = queue_judge(plan, one);
		bool said = (*one->said & ~SAID_STALE) == why;

		if (why == SKIP_LATER)
			continue;
		if (why != SKIP_NONE && said)
			*one->said &= (uint8_t)~SAID_STALE;
		else
			queue_add(one->zone, name);
	}
	forget_stale(name);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(names_text(*(struct name *const *)a),
	    names_text(*(struct name *const *)b));
}

static void
sort_from(struct name_list *list, size_t from)
{
	if (list->n > from + 1)
		qsort(list->items + from, list->n - from, sizeof(struct name *),
		    by_text);
}

void
queue_pass(struct plan *plan)
{
	struct name_list *dirty = &plan->dirty;
	size_t *before = heap_new(plan->n_zones * sizeof(size_t));

	for (size_t i = 0; i < plan->n_zones; i++) {
		struct name_list *queue = &plan->zones[i]->queue;

		name_list_clear(queue);
		before[i] = queue->n;
	}
	while (dirty->first < dirty->n) {
		struct name *name = dirty->items[dirty->first++];

		name->is_dirty = false;
		settle(plan, name);
		names_release(plan, name);
	}
	name_list_clear(dirty);
	for (size_t i = 1; i < plan->n_zones; i++)
		if (plan->zones[i]->n_going > 0 || plan->zones[i]->is_held)
			brake_check(plan, plan->zones[i]);
	for (size_t i = 0; i < plan->n_zones; i++)
		sort_from(&plan->zones[i]->queue, before[i]);
	free(before);
}

/* -- lines ---------------------------------------------------------------- */

static void
put(struct line_writer *writer, const struct change *change)
{
	message_encode_change(line_begin(writer), change);
	if (!line_end(writer))
		log_error("%s: a line would be longer than the limit",
		    change->name != NULL ? change->name : "");
}

/*
 * What the user did not choose is a warning. The brake and a source that is
 * not complete have a line of their own that speaks for all record sets.
 */
static void
log_skip(const struct change *change, enum skip why, bool is_wish)
{
	bool is_loud = skip_is_unmet(why) && why != SKIP_HELD &&
		       (is_wish || why != SKIP_SOURCE_INCOMPLETE);
	void (*say)(const char *format, ...)
	    __attribute__((format(printf, 1, 2))) =
		is_loud ? log_warning : log_debug;

	say("%s: %s %s: %s: %s",
	    change->resource != NULL ? change->resource : "record set",
	    change->name != NULL ? change->name : "(no name)",
	    rtype_name(change->rtype), change->reason,
	    change->message != NULL ? change->message : "");
}

static void
say_skip(struct line_writer *writer, struct decision *one, enum skip why)
{
	const char *name = names_text(one->name);
	struct change change = {
		.type = MESSAGE_SKIP,
		.name = *name != '\0' ? name : NULL,
		.rtype = one->rtype,
		.resource = one->resource,
		.reason = skip_name(why),
		.message = one->message,
	};

	if (*one->said == why)
		return;
	*one->said = (uint8_t)why;
	put(writer, &change);
	log_skip(&change, why, one->rrset == NULL);
}

/* Of two creations at one name the first has replaced what is in the way. */
static void
share_replaced(const struct plan *plan, struct decision *one)
{
	const struct work *work = one->name->works;

	for (; plan->config->review && work != NULL; work = work->next)
		if (work->zone == one->zone && work->replaced != 0)
			one->n_replaces = 0;
}

static void
say_change(struct plan *plan, struct line_writer *writer, struct decision *one)
{
	struct arena *arena = &plan->scratch;
	struct replaced replaced[RTYPE_COUNT] = { 0 };
	struct have have = { 0 };
	struct change change = {
		.type = one->type,
		.zone = one->zone->id,
		.name = names_text(one->name),
		.rtype = one->rtype,
		.have = one->rrset != NULL ? &have : NULL,
		.want = one->type != MESSAGE_DELETE ? &one->want : NULL,
		.replaces = replaced,
		.reason = one->reason,
	};

	share_replaced(plan, one);
	if (one->rrset != NULL)
		rrsets_have(arena, one->rrset, &have);
	for (size_t i = 0; i < one->n_replaces; i++) {
		replaced[i].rtype = one->replaces[i]->rtype;
		rrsets_have(arena, one->replaces[i], &replaced[i].have);
	}
	change.n_replaces = one->n_replaces;
	put(writer, &change);
	rrsets_done(&have);
	for (size_t i = 0; i < one->n_replaces; i++)
		rrsets_done(&replaced[i].have);
	retry_sent(plan, one);
	if (is_braked(one))
		brake_sent(plan, one->rrset);
}

/* false: the zone is full and the name has more to say. */
static bool
say_name(struct plan *plan, struct line_writer *writer, struct zone *zone,
    struct name *name)
{
	struct decisions decisions;

	decide(plan, name, &decisions);
	for (size_t i = 0; i < decisions.n; i++) {
		struct decision *one = &decisions.items[i];
		enum skip why;

		if (one->zone != zone)
			continue;
		why = queue_judge(plan, one);
		if (why == SKIP_LATER)
			continue;
		if (why != SKIP_NONE) {
			say_skip(writer, one, why);
			continue;
		}
		if (zone->n_in_flight >= IN_FLIGHT_MAX && !plan->config->review)
			return false;
		say_change(plan, writer, one);
	}
	return true;
}

void
queue_render(struct plan *plan, struct line_writer *writer, size_t bytes)
{
	for (size_t i = 0; i < plan->n_zones; i++) {
		struct zone *zone = plan->zones[i];
		struct name_list *queue = &zone->queue;

		while (queue->first < queue->n && writer->buffer.n < bytes) {
			struct name *name = queue->items[queue->first];

			if (!say_name(plan, writer, zone, name))
				break;
			queue->first++;
			name->refs--;
			if (name->queued == zone->number)
				name->queued = 0;
			names_release(plan, name);
		}
	}
}
