// SPDX-License-Identifier: ISC
/*
 * watch -- one resource, from its discovery to its watch and back.
 *
 *	        +--> DISCOVER --404--> (absent: asked again in 5 to 60 s)
 *	        |       | served
 *	        |       v
 *	        |    STREAM, or where the server has none
 *	     404|     LIST <---410, broken event, server counts anew---+
 *	        |       | whole: mark `complete`                       |
 *	        |       v                                              |
 *	        +---- EVENTS ---end, reset---> CHECK ---same or newer--+-> EVENTS
 *
 * STREAM is a watch that begins with all objects and a bookmark behind them
 * (sendInitialEvents), and so costs the server less than pages. One that is
 * refused, ends or falls silent before its bookmark is no STREAM: it is never
 * asked for again. With both, nothing is concluded from a part.
 *
 * CHECK is a list of one object: it asks whether the server still counts on
 * from where we are (an etcd restored to an older state does not), and whether
 * it is there at all. 403 in any phase is `forbidden`, asked again in 10 s to
 * 5 min; nothing useful for 30 s is `unavailable`. Neither takes an object
 * away: DELETED comes from an event or from what a whole list does not hold.
 *
 * Delays: 0.8 s, doubled up to 30 s, plus as much again by chance; from the
 * start after a watch that worked.
 */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cluster.h"
#include "http.h"
#include "log.h"
#include "session.h"
#include "steps.h"

#define BACKOFF_MIN_MS 800
#define BACKOFF_MAX_MS 30000
#define UNAVAILABLE_MS 30000
#define WATCH_MIN_S    300 /* of server time, chosen by chance */
#define WATCH_MAX_S    600
#define SLACK_MS       30000 /* for its end to arrive */
#define STREAM_TRIES   3     /* that break off, one after the other */
#define PROOF_MS       2000  /* a watch that lived so long is one */
#define ASKING_MAX     2     /* lists at once: memory, seats */

/* -- states --------------------------------------------------------------- */

/* Say the state if it is another one. */
void
watch_mark(struct watch *watch, enum message_state state)
{
	if (watch->is_marked && watch->state == state)
		return;
	watch->is_marked = true;
	watch->state = state;
	session_mark(watch->session, watch);
}

void
watch_go(struct watch *watch, enum watch_phase phase, int64_t delay_ms)
{
	watch->phase = phase;
	watch->due_ms = clock_ms() + delay_ms;
}

enum watch_phase
watch_listing(const struct watch *watch)
{
	return watch->is_paged || watch->failures >= STREAM_TRIES
		   ? WATCH_LIST
		   : WATCH_STREAM;
}

enum watch_phase
watch_resumption(const struct watch *watch)
{
	if (watch->phase == WATCH_DISCOVER)
		return WATCH_DISCOVER;
	return watch->phase < WATCH_CHECK ? watch_listing(watch) : WATCH_CHECK;
}

int64_t
watch_jitter(int64_t ms)
{
	return ms + (int64_t)arc4random_uniform((uint32_t)ms);
}

int64_t
watch_grown(int64_t min_ms, int64_t max_ms, unsigned n)
{
	int64_t ms = min_ms;

	while (n-- > 0 && ms < max_ms)
		ms *= 2;
	return ms < max_ms ? ms : max_ms;
}

int64_t
watch_backoff(struct watch *watch)
{
	return watch_jitter(
	    watch_grown(BACKOFF_MIN_MS, BACKOFF_MAX_MS, watch->failures++));
}

void
watch_on_progress(struct watch *watch)
{
	watch->progress_ms = clock_ms();
	watch->is_renewed = false;
	watch->refusals = 0;
	watch->absent_ms = 0;
}

void
watch_on_listed(struct watch *watch)
{
	watch->n_behind = 0;
	watch_mark(watch, STATE_COMPLETE);
	watch_go(watch, WATCH_EVENTS, 0);
	if (watch->transfer == NULL)
		return;
	watch->session->n_asking--;
	watch->started_ms = clock_ms();
	http_set_silence(watch->transfer, 0);
}

void
watch_fail(struct watch *watch, const struct error *err)
{
	int64_t delay_ms = watch_backoff(watch);

	if (err->retry_after_ms > delay_ms)
		delay_ms = err->retry_after_ms + delay_ms / 4;
	log_info("%s: %s; asked again in %lld ms", watch->resource.label,
	    err->text, (long long)delay_ms);
	watch_go(watch, watch_resumption(watch), delay_ms);
}

/* -- requests ------------------------------------------------------------- */

static bool
on_data(void *context, long status, const char *bytes, size_t n)
{
	struct watch *watch = context;
	struct span piece = { bytes, n };

	watch->heard_ms = clock_ms();
	watch->session->heard_ms = watch->heard_ms;
	if (status != 200)
		return steps_take_body(watch, piece);
	return steps_of(watch)->take(watch, piece);
}

static void
on_done(void *context, const struct http_answer *answer)
{
	struct watch *watch = context;
	const struct step *step = steps_of(watch);
	bool was_silent = answer->status == 0;
	/* A second of slack: http counts from another moment. */
	int64_t silent_ms = clock_ms() - watch->heard_ms + 1000;
	int64_t delay_ms;
	bool is_watch =
	    watch->phase == WATCH_EVENTS ||
	    (watch->phase == WATCH_STREAM && silent_ms >= step->silence_ms);

	watch->transfer = NULL;
	if (watch->phase != WATCH_EVENTS)
		watch->session->n_asking--;
	if (!was_silent)
		session_on_answer(watch->session);
	/* A watch that breaks off is looked into by CHECK, a stream without
	 * end by LIST. */
	if (!was_silent || is_watch) {
		step->end(watch, answer);
	} else {
		session_on_silence(watch->session, &answer->err);
		if (watch->phase == WATCH_LIST) {
			list_shrink(&watch->list);
			list_begin(&watch->list, &watch->objects);
		}
		delay_ms = watch_backoff(watch);
		watch_go(watch, watch_resumption(watch), delay_ms);
	}
	text_done(&watch->body);
}

static void
start(struct watch *watch)
{
	struct session *session = watch->session;
	const struct step *step = steps_of(watch);
	struct arena arena = { 0 };
	struct error err;
	struct http_request request = {
		.method = "GET",
		.answer_bytes_max = SIZE_MAX,
		.timeout_ms = step->timeout_ms,
		.silence_ms = step->silence_ms,
		.compressed = step->is_list && session->cluster->is_compressed,
		.context = watch,
		.on_data = on_data,
		.on_done = on_done,
	};

	if (!access_headers(&session->access, &arena, &request.headers, &err)) {
		session_on_silence(session, &err);
		watch_go(watch, watch_resumption(watch), watch_backoff(watch));
		arena_done(&arena);
		return;
	}
	if (step->timeout_ms == 0) {
		watch->lasts_s =
		    WATCH_MIN_S + arc4random_uniform(WATCH_MAX_S - WATCH_MIN_S);
		request.timeout_ms = watch->lasts_s * 1000 + SLACK_MS;
	}
	watch->credential = session->access.credential;
	strlist_add(&request.headers, &arena, "Accept: application/json");
	request.url = arena_format(&arena, "%s%s", session->cluster->server,
	    step->path(watch, &arena));
	log_debug("%s: GET %s", watch->resource.label, request.url);
	text_reset(&watch->body);
	watch->started_ms = clock_ms();
	watch->heard_ms = watch->started_ms;
	if (watch->phase != WATCH_EVENTS)
		session->n_asking++;
	watch->transfer = http_start(session->access.http, &request);
	arena_done(&arena);
}

/* true if the watch of events has shown that it is one. */
static bool
is_proven(const struct watch *watch, int64_t now_ms)
{
	return watch->phase == WATCH_EVENTS && watch->transfer != NULL &&
	       now_ms - watch->started_ms >= PROOF_MS;
}

int64_t
watch_turn(struct watch *watch, int64_t now_ms)
{
	struct session *session = watch->session;

	if (is_proven(watch, now_ms)) {
		watch_on_progress(watch);
		watch->failures = 0;
		watch->n_anew = 0;
		watch_mark(watch, STATE_COMPLETE);
		return now_ms + UNAVAILABLE_MS;
	}
	if (now_ms - watch->progress_ms >= UNAVAILABLE_MS &&
	    watch->refusals == 0 && watch->absent_ms == 0)
		watch_mark(watch, STATE_UNAVAILABLE);
	if (watch->transfer != NULL)
		return now_ms + PROOF_MS;
	if (now_ms < watch->due_ms)
		return watch->due_ms;
	/* While the server does not answer, one asks for all. */
	if (watch->phase != WATCH_EVENTS &&
	    session->n_asking >= (session->is_down ? 1 : ASKING_MAX))
		return now_ms + BACKOFF_MIN_MS;
	start(watch);
	return now_ms + PROOF_MS;
}

void
watch_restart(struct watch *watch)
{
	watch->transfer = NULL;
	if (watch->phase == WATCH_LIST)
		list_begin(&watch->list, &watch->objects);
	watch_go(watch, watch_resumption(watch), 0);
}

void
watch_init(struct watch *watch, struct session *session,
    const struct resource *resource)
{
	*watch = (struct watch){
		.session = session,
		.resource = *resource,
		.progress_ms = clock_ms(),
	};
	objects_init(&watch->objects, &watch->resource, &session->out);
	watch->phase = WATCH_DISCOVER;
	if (discovery_begin(&watch->discovery, &watch->resource))
		watch->phase = WATCH_STREAM;
	steps_adopt_discovery(watch);
	list_begin(&watch->list, &watch->objects);
}

void
watch_done(struct watch *watch)
{
	discovery_done(&watch->discovery);
	objects_done(&watch->objects);
	list_done(&watch->list);
	events_done(&watch->events);
	text_done(&watch->body);
}
