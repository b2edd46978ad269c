// SPDX-License-Identifier: ISC
/*
 * answer -- see answer.h.
 *
 *   READY --2xx--> next step ... --> OVER (done)
 *     |--transport, 5xx, 429--> READY again after a delay, up to 5 minutes
 *     |--412 after a resent write, 412 of a new mark--> CHECK: read, then decide
 *     |--412--> undo what was done --> TRUTH: read what is there --> OVER
 *     `--anything else--> undo what was done (then TRUTH) --> OVER (failed)
 *
 * A write whose answer was lost is not guessed at: it is sent again with the
 * same condition, and when that fails the set is read. If it holds what was to
 * be written, the first try had arrived.
 *
 * A new mark that is there already: ours is taken over, another owner's is a
 * conflict, and what is no mark at all keeps its name; ours then goes into the
 * metadata of the record.
 */
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "arm.h"
#include "job.h"
#include "log.h"
#include "retry.h"
#include "scan.h"
#include "txtregistry.h"
#include "zones.h"

/* Look for the next step to undo, backwards; OVER when there is none. */
static void
go_back(struct job *job)
{
	job->is_unsure = false;
	job->retry.tries = 0;
	job->state = JOB_READY;
	while (job->at > 0 && (!job->steps[job->at - 1].is_done ||
				  job->steps[job->at - 1].is_found))
		job->at--;
	job->needs_truth |= job->at > 0;
	if (job->at > 0)
		return;
	job->state = JOB_OVER;
	if (job->outcome == RESULT_CONFLICT || job->needs_truth)
		job_seek_truth(job);
}

/* The record may have been written: its mark stays, and what is, is read. */
static void
keep_marks(struct job *job)
{
	job->needs_truth = true;
	for (size_t i = 0; i < job->n_steps; i++)
		job->steps[i].is_found |= job->steps[i].kind == STEP_MARK;
}

static void
fail(struct job *job, enum result_status outcome, const struct error *err)
{
	if (job->is_undoing) {
		log_error("%s %s: what was there cannot be restored: %s: %s",
		    job->name, rtype_name(job->rtype), err->code, err->text);
		job->steps[--job->at].is_done = false;
		go_back(job);
		return;
	}
	if (job->is_unsure)
		keep_marks(job);
	job->outcome = outcome;
	job->err = *err;
	job->is_undoing = true;
	job->retry.spent_ms = 0;
	go_back(job);
}

static void
step_done(struct job *job)
{
	struct step *step = job_step(job);

	job->is_unsure = false;
	job->retry.tries = 0;
	job->state = JOB_READY;
	step->is_done = !job->is_undoing;
	if (job->is_undoing) {
		job->at--;
		go_back(job);
		return;
	}
	job->at++;
	while (job->at < job->n_steps && job->steps[job->at].is_done)
		job->at++;
	if (job->at < job->n_steps)
		return;
	job->outcome = RESULT_DONE;
	job->state = JOB_OVER;
}

/* The set in an answer's body. */
static bool
decode_set(
    struct job *job, const struct arm_answer *answer, struct recordset *set)
{
	struct span body = { answer->body, answer->body_n };
	struct error err;

	return recordset_decode(&job->arena, body, set, &err) &&
	       set->etag != NULL;
}

static void
take_written(struct job *job, const struct recordset *set)
{
	struct step *step = job_step(job);
	struct error err;

	if (!job->is_undoing) {
		step->etag = set->etag;
		if (step->kind == STEP_RECORD) {
			job->written = *set;
			job->is_written = true;
		}
		/* Azure has been seen to swallow metadata without a word. */
		if (!recordset_keeps_metadata(set, &step->set)) {
			(void)error_set(&err, CAUSE_INVALID,
			    "Azure did not keep all of the metadata");
			(void)snprintf(
			    err.code, sizeof(err.code), "MetadataLost");
			step->is_done = true;
			job->at++;
			fail(job, RESULT_FAILED, &err);
			return;
		}
	}
	step_done(job);
}

static void
on_success(struct job *job, const struct arm_answer *answer)
{
	struct recordset set;

	if (!job_puts(job))
		step_done(job);
	else if (decode_set(job, answer, &set))
		take_written(job, &set);
	else
		job->state = JOB_CHECK; /* done, but how? */
}

/* For a mark that is to go what has been done so far is not undone. */
static void
fail_step(struct job *job, enum result_status outcome, const struct error *err)
{
	const struct step *step = job_step(job);

	if (step->is_vital || job->is_undoing) {
		fail(job, outcome, err);
		return;
	}
	log_warning("%s %s: its mark '%s' stays: %s: %s", job->name,
	    rtype_name(job->rtype), step->set.name, err->code, err->text);
	step_done(job);
}

/* What is there cannot be read: a conflict that nobody can judge. */
static void
give_up_truth(
    struct job *job, enum result_status outcome, const struct error *err)
{
	job->state = JOB_OVER;
	if (job->outcome != RESULT_CONFLICT)
		return;
	job->outcome = outcome;
	job->err = *err;
}

/* The same again, later, or give up. */
static void
again(struct job *job, const struct arm_answer *answer, int64_t now_ms)
{
	const struct error *err = &answer->err;

	job->is_unsure |= answer->is_unsure && job->sent == JOB_READY;
	job->state = job->sent;
	if (retry_later(
		&job->retry, answer->status, err, job->ticket.sent_ms, now_ms))
		return;
	if (job->sent == JOB_TRUTH)
		give_up_truth(job, RESULT_UNAVAILABLE, err);
	else
		fail_step(job, RESULT_UNAVAILABLE, err);
}

/* -- reading before deciding ---------------------------------------------- */

static void
conflict(struct job *job, const struct error *err)
{
	job->is_unsure = false;
	if (!job->is_undoing && !job_step(job)->is_vital)
		step_done(job); /* somebody else has seen to that mark */
	else
		fail(job, RESULT_CONFLICT, err);
}

/* A new mark is in the way of ours. */
static void
judge_mark(struct job *job, const struct recordset *set)
{
	struct step *step = job_step(job);
	const char *owner = NULL;
	const char *resource = NULL;

	if (set->targets.n != 1 || set->opaque != NULL ||
	    !txtregistry_decode(job->marking->txt, &job->arena,
		set->targets.items[0], &owner, &resource) ||
	    owner == NULL) {
		job_without_mark(job);
		job->outcome = RESULT_DONE;
		job->state = job->n_steps > 0 ? JOB_READY : JOB_OVER;
	} else if (strcmp(owner, job->want.owner) == 0) {
		step->if_match = set->etag;
		step->has_before = true;
		step->before = *set;
		job->state = JOB_READY;
	} else {
		conflict(job, &job->err);
	}
}

static void
judge_checked(struct job *job, const struct arm_answer *answer)
{
	struct step *step = job_step(job);
	struct recordset set;
	bool is_there = answer->ok && decode_set(job, answer, &set);

	if (!is_there) {
		if (step->is_put || job->is_undoing)
			conflict(job, &job->err);
		else
			step_done(job); /* gone, as it was to be */
	} else if (step->is_put && !job->is_undoing &&
		   recordset_is_equal(&set, &step->set)) {
		step->is_found = !job->is_unsure;
		take_written(job, &set);
	} else if (step->kind == STEP_MARK && step->if_match == NULL &&
		   !job->is_undoing) {
		judge_mark(job, &set);
	} else {
		conflict(job, &job->err);
	}
}

static void
on_checked(struct job *job, const struct arm_answer *answer, int64_t now_ms)
{
	if (answer->ok || answer->err.cause == CAUSE_MISSING)
		judge_checked(job, answer);
	else if (retry_can_help(&answer->err))
		again(job, answer, now_ms);
	else
		fail(job, RESULT_FAILED, &answer->err);
}

static void
on_truth(struct job *job, const struct arm_answer *answer, int64_t now_ms)
{
	struct span body = { answer->body, answer->body_n };
	struct error err;

	if (retry_can_help(&answer->err)) {
		again(job, answer, now_ms);
		return;
	}
	job->state = JOB_TRUTH;
	job->n_queried++;
	if (answer->err.cause == CAUSE_MISSING)
		return;
	if (answer->ok && (ownership_add(&job->truth, body, &err) ||
			      err.cause != CAUSE_TEMPORARY))
		return;
	give_up_truth(job, RESULT_FAILED, answer->ok ? &err : &answer->err);
}

static void
on_failure(struct job *job, const struct arm_answer *answer, int64_t now_ms)
{
	const struct step *step = job_step(job);
	bool is_new_mark = step->kind == STEP_MARK && step->if_match == NULL;

	switch (answer->err.cause) {
	case CAUSE_TEMPORARY:
	case CAUSE_THROTTLED:
		again(job, answer, now_ms);
		return;
	case CAUSE_CONFLICT:
		if (job->is_undoing && job->is_unsure) {
			step_done(job); /* it had arrived; what is, is read */
			return;
		}
		if (!job->is_undoing && (job->is_unsure || is_new_mark)) {
			job->err = answer->err;
			job->state = JOB_CHECK;
			return;
		}
		conflict(job, &answer->err);
		return;
	case CAUSE_MISSING:
		if (!step->is_put && !job->is_undoing) {
			step_done(job);
			return;
		}
		break;
	case CAUSE_NONE:
	case CAUSE_DENIED:
	case CAUSE_INVALID:
		break;
	}
	fail_step(job, RESULT_FAILED, &answer->err);
}

void
answer_take(struct job *job, const struct arm_answer *answer, int64_t now_ms)
{
	job->retry.next_ms = 0;
	if (job->sent == JOB_TRUTH)
		on_truth(job, answer, now_ms);
	else if (job->sent == JOB_CHECK)
		on_checked(job, answer, now_ms);
	else if (answer->ok)
		on_success(job, answer);
	else
		on_failure(job, answer, now_ms);
}
