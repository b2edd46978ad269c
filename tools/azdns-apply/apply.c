// SPDX-License-Identifier: ISC
/*
 * apply -- see apply.h.
 *
 * Each zone has its queue, oldest first, and its pace; within a zone up to 16
 * requests are under way at once. Changes of one name go one after the other,
 * because they share marks and because a CNAME tolerates no neighbour. What has
 * begun stands before what has not, so that pairs are finished early.
 */
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "apply.h"
#include "arm.h"
#include "clock.h"
#include "config.h"
#include "heap.h"
#include "job.h"
#include "known.h"
#include "log.h"
#include "outcome.h"
#include "report.h"
#include "retry.h"
#include "zones.h"

void
apply_init(
    struct apply *apply, const struct config *config, struct zones *zones)
{
	*apply = (struct apply){ .config = config, .zones = zones };
}

/* -- the queue ------------------------------------------------------------ */

static void
free_job(struct job *job)
{
	arena_done(&job->arena);
	free(job);
}

/* Take a job out; the next one of its name may go. */
static void
remove_job(struct apply *apply, struct job *job)
{
	struct zone *zone = job->zone;
	struct job **place = &zone->jobs;

	while (*place != job)
		place = &(*place)->next;
	*place = job->next;
	for (struct job *later = job->next; later != NULL;
	     later = later->next) {
		if (strcmp(later->name, job->name) != 0)
			continue;
		later->is_blocked = false;
		break;
	}
	zone->n_jobs--;
	apply->n_jobs--;
	free_job(job);
}

static void
append_job(struct apply *apply, struct job *job)
{
	struct job **place = &job->zone->jobs;

	for (; *place != NULL; place = &(*place)->next) {
		if (strcmp((*place)->name, job->name) != 0)
			continue;
		if (job->n_replaced > 0 && (*place)->n_replaced == 0 &&
		    !job_has_begun(*place)) {
			(*place)->is_blocked = true;
			break;
		}
		job->is_blocked = true;
	}
	job->next = *place;
	*place = job;
	job->zone->n_jobs++;
	apply->n_jobs++;
	known_touch(job->zone, job->name, rtype_name(job->rtype));
}

static void
refuse(
    struct apply *apply, const struct change *change, const struct error *err)
{
	struct record record = {
		.type = MESSAGE_RESULT,
		.zone = change->zone,
		.name = change->name,
		.rtype = change->rtype,
		.change = change->type,
		.result = RESULT_FAILED,
		.code = "Refused",
		.message = err->text,
	};

	report_result(apply->zones->report, &record,
	    change->want != NULL ? change->want->resource : NULL);
}

void
apply_put(struct apply *apply, const struct change *change)
{
	struct job *job = heap_new(sizeof(*job));
	struct error err;

	job->zone = zones_get(apply->zones, change->zone);
	job->marking = &apply->config->marking;
	if (job->zone == NULL)
		(void)error_set(&err, CAUSE_INVALID,
		    "'%s' is not the id of a zone of this provider",
		    change->zone);
	if (job->zone == NULL || !job_compile(job, change, &err)) {
		refuse(apply, change, &err);
		free_job(job);
		return;
	}
	if (apply->config->dry_run || job->n_steps == 0) {
		job->outcome = job->n_steps == 0 ? RESULT_DONE : RESULT_DRY_RUN;
		outcome_say(job);
		free_job(job);
		return;
	}
	append_job(apply, job);
}

/* -- requests ------------------------------------------------------------- */

static void
on_answer(void *context, const struct arm_answer *answer)
{
	struct job *job = context;
	int64_t now_ms = clock_ms();
	struct pace_zone *pace = &job->zone->pace;

	pace_answered(pace, &job->ticket, &answer->err, now_ms);
	if (answer->err.cause == CAUSE_THROTTLED)
		log_warning("%s: throttled: %s; pausing for %lld s",
		    job->zone->parts.name, answer->err.code,
		    retry_seconds(pace->paused_until_ms - now_ms));
	answer_take(job, answer, now_ms);
}

/* What a step sends, forwards or to undo it. */
static void
fill_request(struct job *job, struct arm_request *request,
    struct recordset *set, struct text *body)
{
	const struct step *step = job_step(job);
	bool puts = job_puts(job);

	request->method = puts ? "PUT" : "DELETE";
	*set = step->set;
	if (job->is_undoing) {
		request->if_match = step->etag;
		if (step->has_before)
			*set = step->before;
	} else {
		request->if_match = step->if_match;
	}
	if (!puts)
		return;
	request->if_none_match = request->if_match == NULL;
	recordset_encode(body, set, job->marking->is_private);
	request->body = body->data;
}

static enum pace_op
op_of(struct job *job)
{
	if (job->state != JOB_READY)
		return PACE_GET;
	return job_puts(job) ? PACE_PUT : PACE_DELETE;
}

static void
send_job(struct job *job, int64_t now_ms)
{
	struct arm *arm = job->zone->zones->arm;
	struct arm_request request = {
		.method = "GET",
		.context = job,
		.on_answer = on_answer,
	};
	struct arena arena = { 0 };
	struct text body = { 0 };
	const struct query *query = NULL;
	struct recordset set = { 0 };

	if (job->state == JOB_TRUTH) {
		query = job_next_query(job);
		job->has_truth = query == NULL;
		if (job->has_truth) {
			job->state = JOB_OVER;
			return;
		}
		set.type_name = query->type_name;
		set.name = query->name;
	} else if (job->state == JOB_CHECK) {
		set = job_step(job)->set;
	} else {
		fill_request(job, &request, &set, &body);
	}
	job->ticket = pace_sent(&job->zone->pace, op_of(job), now_ms);
	job->sent = job->state;
	job->state = JOB_SENT;
	request.url = arm_url_recordset(
	    arm, &arena, &job->zone->parts, set.type_name, set.name);
	arm_send(arm, &request);
	text_done(&body);
	arena_done(&arena);
}

static void
tick_zone(struct apply *apply, struct zone *zone, int64_t now_ms)
{
	int64_t op_ms[PACE_OP_COUNT];
	struct job *next;

	for (int op = 0; op < PACE_OP_COUNT; op++)
		op_ms[op] = pace_next_ms(&zone->pace, op, now_ms);
	for (struct job *job = zone->jobs; job != NULL; job = next) {
		enum pace_op op;
		int64_t job_ms;

		next = job->next;
		if (job->state == JOB_OVER) {
			outcome_say(job);
			remove_job(apply, job);
			apply->next_ms = now_ms;
			continue;
		}
		if (job->state == JOB_SENT || job->is_blocked)
			continue;
		op = op_of(job);
		job_ms = job->retry.next_ms > op_ms[op] ? job->retry.next_ms
							: op_ms[op];
		if (job_ms > now_ms) {
			if (job_ms < apply->next_ms)
				apply->next_ms = job_ms;
			continue;
		}
		send_job(job, now_ms);
		if (job->state == JOB_OVER)
			apply->next_ms = now_ms;
		op_ms[op] = pace_next_ms(&zone->pace, op, now_ms);
	}
}

void
apply_tick(struct apply *apply, int64_t now_ms)
{
	struct zone *zone;
	size_t cursor = 0;

	apply->next_ms = INT64_MAX;
	while ((zone = table_next(&apply->zones->by_id, &cursor)) != NULL)
		tick_zone(apply, zone, now_ms);
}

void
apply_stop(struct apply *apply)
{
	struct zone *zone;
	struct job *next;
	size_t cursor = 0;

	while ((zone = table_next(&apply->zones->by_id, &cursor)) != NULL) {
		for (struct job *job = zone->jobs; job != NULL; job = next) {
			next = job->next;
			if (!job_has_begun(job))
				remove_job(apply, job);
		}
	}
}

void
apply_done(struct apply *apply)
{
	struct zone *zone;
	struct job *next;
	size_t cursor = 0;

	while ((zone = table_next(&apply->zones->by_id, &cursor)) != NULL) {
		for (struct job *job = zone->jobs; job != NULL; job = next) {
			next = job->next;
			free_job(job);
		}
		zone->jobs = NULL;
	}
}
