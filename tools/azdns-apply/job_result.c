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
#include "text.h"
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
		if (mark->current ||
		    (job->marking->registry == REGISTRY_METADATA &&
			!job_is_shared(job, mark->name)))
			add_mark(job, have, mark);
	}
}

bool
job_have(struct job *job, struct have *have, jv *metadata)
{
	struct recordset set = job->is_written ? job->written : job->have;

	*metadata = jv_invalid();
	if (!job->has_want)
		return false;
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

size_t
job_mark_names(struct job *job, const char *names[static 1], size_t max)
{
	const char *own = ownership_mark_name(job->marking, &job->arena,
	    job->name, job->rtype, job->zone->parts.name);
	size_t n = 0;

	if (own != NULL)
		names[n++] = own;
	for (size_t i = 0; i < job->n_marks && n < max; i++) {
		if (!text_equal(own, job->marks[i].name))
			names[n++] = job->marks[i].name;
	}
	return n;
}
