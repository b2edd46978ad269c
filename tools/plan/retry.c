// SPDX-License-Identifier: ISC
/*
 * retry -- what is in flight, and what has failed.
 *
 *   sent --> done            forgotten
 *        --> failed,         again after 1, 2, 4 ... 60 min, at once when
 *            unavailable     another change is wanted; with --once never
 *        --> conflict        again from the new truth; the fourth within ten
 *                            minutes is a SKIP Fight until they are over
 *        --> dry-run         rests until another change is wanted
 *
 * A key in flight is not sent again before its result. A creation that
 * replaces other types has its name for itself.
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "log.h"
#include "plan.h"
#include "text.h"

#define RETRY_MIN_S 60
#define RETRY_MAX_S 3600
#define FIGHT_S     600
#define FIGHT_MAX   3

struct work *
retry_find(const struct name *name, const struct zone *zone, enum rtype rtype)
{
	struct work *work = name->works;

	while (work != NULL && (work->zone != zone || work->rtype != rtype))
		work = work->next;
	return work;
}

/* The NUL ends a text, so that no two lists of texts run together. */
static uint64_t
hash_text(uint64_t hash, const char *text)
{
	text = text != NULL ? text : "";
	return text_hash(hash, text, strlen(text) + 1);
}

/* All that makes a change another one. */
static uint64_t
hash_of(const struct decision *decision)
{
	uint64_t hash = TEXT_HASH ^ decision->type ^
			((uint64_t)decision->want.ttl_s << 8) ^
			((uint64_t)decision->n_replaces << 40);

	for (size_t i = 0; i < decision->want.targets.n; i++)
		hash = hash_text(hash, decision->want.targets.items[i]);
	for (size_t i = 0; i < decision->want.tags.n; i++)
		hash = hash_text(hash, decision->want.tags.items[i]);
	hash = hash_text(hash, decision->want.owner);
	hash = hash_text(hash, decision->want.resource);
	return hash;
}

static uint64_t
truth_of(const struct decision *decision)
{
	return hash_text(TEXT_HASH,
	    decision->rrset != NULL ? rrsets_etag(decision->rrset) : NULL);
}

static bool
is_fight(const struct plan *plan, const struct work *work)
{
	return work->n_conflicts == FIGHT_MAX &&
	       plan->now_s < work->conflicts_s[0] + FIGHT_S;
}

static bool
has_name_for_itself(const struct decision *decision)
{
	const struct work *work = decision->name->works;

	for (; work != NULL; work = work->next)
		if (work->in_flight != MESSAGE_NONE &&
		    work->zone == decision->zone &&
		    (work->replaced != 0 || decision->n_replaces > 0))
			return false;
	return true;
}

enum skip
retry_judge(struct plan *plan, const struct decision *decision)
{
	const struct work *work =
	    retry_find(decision->name, decision->zone, decision->rtype);

	if (work != NULL && work->in_flight != MESSAGE_NONE)
		return SKIP_LATER;
	/* A review is read as a whole: who applies it sees to the order. */
	if (!plan->config->review && !has_name_for_itself(decision))
		return SKIP_LATER;
	if (work == NULL)
		return SKIP_NONE;
	if (is_fight(plan, work))
		return SKIP_FIGHT;
	if (work->hash != hash_of(decision) ||
	    (work->rests && work->truth != truth_of(decision)))
		return SKIP_NONE;
	if (work->rests || work->final ||
	    (work->failed && plan->now_s < work->retry_s))
		return SKIP_LATER;
	return SKIP_NONE;
}

static struct work *
new_work(struct plan *plan, const struct decision *decision)
{
	struct work *work = heap_new(sizeof(*work));

	plan->works =
	    heap_resize(plan->works, plan->n_works + 1, sizeof(struct work *));
	work->name = decision->name;
	work->zone = decision->zone;
	work->rtype = (uint8_t)decision->rtype;
	work->next = decision->name->works;
	decision->name->works = work;
	work->i = (uint32_t)plan->n_works;
	plan->works[plan->n_works++] = work;
	return work;
}

void
retry_sent(struct plan *plan, const struct decision *decision)
{
	struct work *work =
	    retry_find(decision->name, decision->zone, decision->rtype);
	uint64_t hash = hash_of(decision);

	if (work == NULL)
		work = new_work(plan, decision);
	if (work->hash != hash)
		work->tries = 0;
	work->hash = hash;
	work->truth = truth_of(decision);
	work->in_flight = (uint8_t)decision->type;
	work->rests = work->failed = work->final = false;
	work->replaced = 0;
	for (size_t i = 0; i < decision->n_replaces; i++)
		work->replaced |=
		    (uint16_t)(1U << decision->replaces[i]->rtype);
	decision->zone->n_in_flight++;
	plan->n_in_flight++;
}

void
retry_drop(struct plan *plan, struct work *work)
{
	struct work **place = &work->name->works;
	struct work *last = plan->works[--plan->n_works];

	while (*place != work)
		place = &(*place)->next;
	*place = work->next;
	plan->works[work->i] = last;
	last->i = work->i;
	free(work);
}

static void
fail(struct plan *plan, struct work *work, const struct record *record)
{
	int64_t wait_s = RETRY_MAX_S;

	if (work->tries < 6)
		wait_s = (int64_t)RETRY_MIN_S << work->tries;
	work->tries++;
	work->failed = true;
	work->final = plan->config->once;
	work->retry_s = (int32_t)(plan->now_s + wait_s);
	log_warning("%s %s: %s %s: %s %s", record->name,
	    rtype_name(record->rtype), message_type_name(record->change),
	    message_result_name(record->result),
	    record->code != NULL ? record->code : "",
	    record->message != NULL ? record->message : "");
}

static void
lose(struct plan *plan, struct work *work)
{
	if (work->n_conflicts == FIGHT_MAX) {
		memmove(work->conflicts_s, work->conflicts_s + 1,
		    sizeof(work->conflicts_s) - sizeof(work->conflicts_s[0]));
		work->n_conflicts--;
	}
	work->conflicts_s[work->n_conflicts++] = (int32_t)plan->now_s;
}

static void
drop_replaced(struct plan *plan, const struct work *work)
{
	for (enum rtype i = 1; i < RTYPE_COUNT; i++) {
		struct rrset *rrset = rrsets_find(work->name, work->zone, i);

		if ((work->replaced >> i & 1) != 0 && rrset != NULL)
			rrsets_drop(plan, rrset);
	}
}

bool
retry_answered(
    struct plan *plan, struct zone *zone, const struct record *record)
{
	struct name *name = table_find(&plan->names, record->name);
	struct work *work =
	    name == NULL ? NULL : retry_find(name, zone, record->rtype);
	bool done = record->result == RESULT_DONE;

	if (work == NULL || work->in_flight == MESSAGE_NONE)
		return false;
	if (work->in_flight == MESSAGE_DELETE)
		brake_answered(plan, zone, done);
	work->in_flight = MESSAGE_NONE;
	zone->n_in_flight--;
	plan->n_in_flight--;
	names_mark(plan, name);
	switch (record->result) {
	case RESULT_DONE:
		drop_replaced(plan, work);
		retry_drop(plan, work);
		break;
	case RESULT_DRY_RUN:
		work->rests = true;
		break;
	case RESULT_CONFLICT:
		lose(plan, work);
		break;
	default:
		fail(plan, work, record);
		break;
	}
	return true;
}

void
retry_tick(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_works; i++) {
		struct work *work = plan->works[i];
		bool is_over =
		    work->n_conflicts == FIGHT_MAX && !is_fight(plan, work);

		if (is_over)
			work->n_conflicts = 0;
		if (is_over || (work->failed && plan->now_s >= work->retry_s))
			names_mark(plan, work->name);
	}
}
