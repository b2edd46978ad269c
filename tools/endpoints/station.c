// SPDX-License-Identifier: ISC
/*
 * station -- a source at work: first pass, marks, and who is asked anew.
 *
 *	a kind is marked   all kinds of the source are: first pass, sorted by
 *	                   key, then the source's own BOOKMARK
 *	                   another state after that: whoever looked anything up
 *	                   is asked anew; a BOOKMARK if the worst state changed
 */
#include "station.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "asker.h"
#include "kinds.h"
#include "log.h"

static int
compare_members(const void *a, const void *b)
{
	const struct asker *left = *(struct asker *const *)a;
	const struct asker *right = *(struct asker *const *)b;

	if (left->station != right->station)
		return left->station < right->station ? -1 : 1;
	return strcmp(table_key(left), table_key(right));
}

void
station_evaluate_stale(struct evaluator *evaluator, struct stale *stale)
{
	if (stale->n > 1)
		qsort(stale->members, stale->n, sizeof(struct member *),
		    compare_members);
	for (size_t i = 0; i < stale->n; i++) {
		struct asker *asker = (struct asker *)stale->members[i];

		if (asker->member.stale && asker->text != NULL)
			asker_evaluate_text(evaluator, asker, asker->text);
	}
}

/* -- marks ----------------------------------------------------------------- */

static void
say_mark(struct evaluator *evaluator, struct station *station,
    enum message_state state)
{
	message_encode_bookmark(
	    line_begin(evaluator->writer), station->source->name, state);
	(void)line_end(evaluator->writer);
	station->said = state;
	arena_reset(&evaluator->arena);
}

/* All kinds of the source have a state; *worst of those it claims for. */
static bool
knows_kinds(const struct evaluator *evaluator, const struct source *source,
    enum message_state *worst)
{
	enum message_state state;

	*worst = STATE_COMPLETE;
	for (const struct read *read = source->reads; read->kind != NULL;
	     read++) {
		if (!source_reads(evaluator->config, read))
			continue;
		if (read->stands_in_for != NULL &&
		    index_state(
			&evaluator->index, read->stands_in_for, &state) &&
		    state == STATE_COMPLETE)
			continue;
		if (!index_state(&evaluator->index, read->kind, &state))
			return false;
		if (!read->joined && state > *worst)
			*worst = state;
	}
	return true;
}

static void
first_pass(struct evaluator *evaluator, struct station *station)
{
	size_t n = station->askers.n;
	void **askers = n == 0 ? NULL : table_sorted(&station->askers);

	for (size_t i = 0; i < n; i++) {
		struct asker *asker = askers[i];

		asker_evaluate_text(
		    evaluator, asker, station->waiting.data + asker->waiting);
	}
	free(askers);
	text_done(&station->waiting);
	(void)malloc_trim(0); /* it may have grown amid what stays */
	station->passed = true;
}

/* What may still stand in for a kind, or that kind for which this one may; NULL:
 * it is needed for itself. */
static const struct kind *
find_stand_in(const struct evaluator *evaluator, const struct kind *kind)
{
	const struct kind *other = NULL;
	enum message_state state;

	for (size_t i = 0; i < evaluator->n_stations; i++)
		for (const struct read *read =
			 evaluator->stations[i].source->reads;
		     read->kind != NULL; read++)
			if (read->stands_in_for == kind)
				other = read->kind;
			else if (read->kind == kind)
				other = read->stands_in_for;
	return other != NULL && index_state(&evaluator->index, other, &state) &&
		       state != STATE_COMPLETE
		   ? NULL
		   : other;
}

/* What a missing right costs is said once, by name, with the remedy. */
static void
log_state(const struct evaluator *evaluator, const struct kind *kind,
    enum message_state state)
{
	const struct kind *stand_in = find_stand_in(evaluator, kind);
	const char *dot = *kind->group == '\0' ? "" : ".";

	if (state == STATE_COMPLETE)
		return;
	if (stand_in == &kind_endpoints)
		log_warning("%s%s%s: %s: %s stand in; grant get, list, watch",
		    kind->resource, dot, kind->group, message_state_name(state),
		    stand_in->resource);
	else if (state == STATE_FORBIDDEN && stand_in == NULL)
		log_warning("%s%s%s: forbidden: what depends on it stays as "
			    "it is; grant get, list, watch",
		    kind->resource, dot, kind->group);
	else
		log_info("%s%s%s: %s", kind->resource, dot, kind->group,
		    message_state_name(state));
}

/* A kind changed its state: all that looked anything up is evaluated anew. */
static void
evaluate_all_kept(
    struct evaluator *evaluator, struct station *station, struct arena *arena)
{
	struct stale stale = { .arena = arena };
	size_t cursor = 0;
	struct asker *asker;

	while ((asker = table_next(&station->askers, &cursor)) != NULL)
		if (asker->text != NULL)
			index_mark_stale(&stale, &asker->member);
	station_evaluate_stale(evaluator, &stale);
}

static void
check_station(
    struct evaluator *evaluator, struct station *station, struct arena *arena)
{
	enum message_state worst;

	if (!knows_kinds(evaluator, station->source, &worst))
		return;
	if (station->passed) {
		evaluate_all_kept(evaluator, station, arena);
		if (worst != station->said)
			say_mark(evaluator, station, worst);
		return;
	}
	first_pass(evaluator, station);
	say_mark(evaluator, station, worst);
}

static bool
reads_kind(const struct evaluator *evaluator, const struct source *source,
    const struct kind *kind)
{
	for (const struct read *read = source->reads; read->kind != NULL;
	     read++)
		if (read->kind == kind && source_reads(evaluator->config, read))
			return true;
	return false;
}

void
station_on_state(struct evaluator *evaluator, const struct kind *kind,
    enum message_state state, struct arena *arena)
{
	enum message_state before;

	if (index_state(&evaluator->index, kind, &before) && before == state)
		return;
	index_set_state(&evaluator->index, kind, state);
	log_state(evaluator, kind, state);
	if (kind == &kind_slice && state == STATE_COMPLETE)
		index_close(&evaluator->index, &kind_endpoints);
	for (size_t i = 0; i < evaluator->n_stations; i++)
		if (reads_kind(evaluator, evaluator->stations[i].source, kind))
			check_station(
			    evaluator, &evaluator->stations[i], arena);
}
