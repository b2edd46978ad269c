// SPDX-License-Identifier: ISC
/* outcome -- see outcome.h. */
#include <string.h>

#include "job.h"
#include "json.h"
#include "known.h"
#include "listing.h"
#include "log.h"
#include "outcome.h"
#include "report.h"
#include "zones.h"

static void
say(struct job *job, struct have *have)
{
	struct record record = {
		.type = MESSAGE_RESULT,
		.zone = job->zone->id,
		.name = job->name,
		.rtype = job->rtype,
		.have = have,
		.change = job->type,
		.result = job->outcome,
	};

	if (job->outcome == RESULT_FAILED ||
	    job->outcome == RESULT_UNAVAILABLE) {
		record.code = job->err.code;
		record.message = job->err.text;
	}
	report_result(job->zone->zones->report, &record,
	    job->has_want ? job->want.resource : job->have.resource);
}

static void
say_done(struct job *job)
{
	struct owned owned = { job->name, job->rtype, rtype_name(job->rtype),
		NULL };
	struct have have;
	jv metadata;

	if (job_have(job, &have, &metadata))
		owned.have = &have;
	known_put(job->zone, &owned);
	for (size_t i = 0; i < job->n_steps; i++) {
		const struct recordset *set = &job->steps[i].set;
		struct owned gone = { job->name, set->rtype, set->type_name,
			NULL };

		if (job->steps[i].kind == STEP_AWAY && job->has_want)
			known_put(job->zone, &gone);
	}
	job_release_marks(job);
	say(job, owned.have != NULL ? &have : NULL);
	json_free(metadata);
}

struct truth {
	struct job *job;
	unsigned said; /* a bit for each type */
};

static void
on_truth(void *context, const struct owned *owned)
{
	struct truth *truth = context;
	struct job *job = truth->job;
	struct have have;

	truth->said |= 1U << owned->rtype;
	if (owned->rtype != job->rtype || job->outcome != RESULT_CONFLICT) {
		known_found(job->zone, owned);
		return;
	}
	known_put(job->zone, owned);
	if (owned->have != NULL)
		have = *owned->have;
	say(job, owned->have != NULL ? &have : NULL);
}

/* Of what was read only the keys that were asked for are known wholly. */
static void
on_read(void *context, const struct owned *owned)
{
	struct truth *truth = context;
	const struct job *job = truth->job;
	bool is_queried = owned->rtype == job->rtype;

	for (size_t i = 0; i < job->n_steps; i++)
		is_queried |= job->steps[i].kind == STEP_AWAY &&
			      job->steps[i].set.rtype == owned->rtype;
	if (is_queried && strcmp(owned->name, job->name) == 0 &&
	    (truth->said >> owned->rtype & 1) == 0)
		on_truth(truth, owned);
}

static void
say_gone(struct truth *truth, enum rtype rtype)
{
	struct owned owned = { truth->job->name, rtype, rtype_name(rtype),
		NULL };

	if ((truth->said >> rtype & 1) == 0)
		on_truth(truth, &owned);
}

/* What was read, as the RESULT of a conflict and as changes by others. */
static void
say_truth(struct job *job)
{
	struct truth truth = { job, 0 };

	ownership_say(&job->truth, NULL, on_read, &truth);
	for (size_t i = 0; i < job->n_steps; i++) {
		if (job->steps[i].kind == STEP_AWAY)
			say_gone(&truth, job->steps[i].set.rtype);
	}
	say_gone(&truth, job->rtype);
}

void
outcome_say(struct job *job)
{
	if (job->outcome == RESULT_DONE) {
		say_done(job);
		return;
	}
	if (job->outcome == RESULT_CONFLICT)
		log_warning("%s %s: it is not what it was: %s", job->name,
		    rtype_name(job->rtype), job->err.text);
	if (job->has_truth)
		say_truth(job);
	if (job->outcome != RESULT_CONFLICT)
		say(job, NULL);
	if (job->outcome == RESULT_CONFLICT || job->needs_truth)
		listing_hasten(job->zone);
}
