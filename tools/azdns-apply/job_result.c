// SPDX-License-Identifier: ISC
/*
 * job_result -- what is there when a job is over: the other half of job.c.
 *
 * Built from the answers, not from what was asked for, so that it equals what
 * the next listing finds and that listing has nothing to say.
 */
#include <string.h>

#include "job.h"
#include "json.h"
#include "table.h"
#include "tags.h"
#include "zones.h"

static const struct step *
find_step(const struct job *job, const char *mark)
{
	for (size_t i = 0; i < job->n_steps; i++) {
		const struct step *step = &job->steps[i];

		if ((step->kind == STEP_MARK || step->kind == STEP_UNMARK) &&
		    strcmp(step->set.name, mark) == 0)
			return step;
	}
	return NULL;
}

static void
add_mark(struct job *job, struct have *have, const struct mark *mark)
{
	have->marks =
	    arena_grow(&job->arena, have->marks, have->n_marks, sizeof(*mark));
	have->marks[have->n_marks++] = *mark;
}

static void
result_marks(struct job *job, struct have *have)
{
	for (size_t i = 0; i < job->n_steps; i++) {
		const struct step *step = &job->steps[i];
		struct mark mark = { step->set.name, step->etag, true };

		if (step->kind == STEP_MARK && step->is_done)
			add_mark(job, have, &mark);
	}
	for (size_t i = 0; i < job->n_marks; i++) {
		const struct mark *mark = &job->marks[i];

		if (find_step(job, mark->name) != NULL)
			continue;
		if (mark->current || !job_is_shared(job, mark->name))
			add_mark(job, have, mark);
	}
}

bool
job_have(struct job *job, struct have *have, jv *metadata)
{
	struct recordset set = job->is_written ? job->written : job->have;
	struct strlist keys = tags_keys(&job->arena, &job->want.tags);

	*metadata = jv_invalid();
	if (!job->has_want)
		return false;
	set.tags = tags_among(&job->arena, set.metadata, &keys);
	recordset_to_have(&set, have, metadata);
	have->owner = job->want.owner;
	have->resource = job->want.resource;
	if (job->marking->registry == REGISTRY_NOOP)
		have->owner = have->resource = NULL;
	result_marks(job, have);
	return true;
}

void
job_release_marks(struct job *job)
{
	for (size_t i = 0; i < job->n_marks; i++) {
		unsigned *n =
		    table_find(&job->zone->shared, job->marks[i].name);

		if (n != NULL && *n > 0 &&
		    (job->type == MESSAGE_DELETE || !job->marks[i].current))
			--*n;
	}
}

bool
job_has_begun(const struct job *job)
{
	return job->state != JOB_READY || job->at > 0 || job->is_undoing ||
	       job->is_unsure;
}

/* -- the truth ------------------------------------------------------------ */

static void
query(struct job *job, enum rtype rtype, const char *name, bool is_alternative)
{
	struct query new_query = { rtype_name(rtype), name, is_alternative };

	if (name == NULL)
		return;
	for (size_t i = 0; i < job->n_queries; i++) {
		if (job->queries[i].type_name == new_query.type_name &&
		    strcmp(job->queries[i].name, name) == 0)
			return;
	}
	job->queries = arena_grow(
	    &job->arena, job->queries, job->n_queries, sizeof(*job->queries));
	job->queries[job->n_queries++] = new_query;
}

/* The TXT set that a mark of this type (none: the old format) would be. */
static const char *
mark_name(struct job *job, enum rtype rtype)
{
	return ownership_mark_name(
	    job->marking, &job->arena, job->name, rtype, job->zone->parts.name);
}

void
job_seek_truth(struct job *job)
{
	job->state = JOB_TRUTH;
	job->retry.next_ms = 0;
	job->truth = (struct ownership){
		.marking = job->marking,
		.zone = job->zone->parts.name,
		.arena = &job->arena,
	};
	query(job, job->rtype, job->relative, false);
	query(job, RTYPE_TXT, mark_name(job, job->rtype), false);
	for (size_t i = 0; i < job->n_marks; i++)
		query(job, RTYPE_TXT, job->marks[i].name, false);
	if (job->rtype != RTYPE_AAAA)
		query(job, RTYPE_TXT, mark_name(job, RTYPE_NONE), true);
	for (size_t i = 0; i < job->n_steps; i++)
		query(job, job->steps[i].set.rtype, job->steps[i].set.name,
		    false);
}

const struct query *
job_next_query(struct job *job)
{
	bool is_marked = job->truth.n_marks > 0 || job->truth.n_sets == 0;

	if (job->n_queried < job->n_queries && is_marked &&
	    job->queries[job->n_queried].is_alternative)
		job->n_queried++;
	return job->n_queried < job->n_queries ? &job->queries[job->n_queried]
					       : NULL;
}
