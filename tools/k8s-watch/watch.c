// SPDX-License-Identifier: ISC
/*
 * watch -- one resource, from its discovery to its watch and back.
 *
 *	        +--> DISCOVER --404--> (absent: asked again in 5 to 60 s)
 *	        |       | served
 *	        |       v
 *	     404|     LIST <---410, broken event, server counts anew---+
 *	        |       | whole: mark `complete`                       |
 *	        |       v                                              |
 *	        +---- EVENTS ---end, reset---> CHECK ---same or newer--+-> EVENTS
 *
 * CHECK is a list of one object: it asks whether the server still counts on
 * from where we are (an etcd restored to an older state does not), and whether
 * it is there at all. 403 in any phase is `forbidden`, asked again in 10 s to
 * 5 min; nothing useful for 30 s is `unavailable`. Neither takes an object
 * away: DELETED comes from an event or from what a whole list does not hold.
 *
 * Delays: 0.8 s, doubled up to 30 s, plus as much again by chance; from the
 * start after 2 good minutes (client-go's reflector).
 */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "cluster.h"
#include "http.h"
#include "json.h"
#include "log.h"
#include "session.h"

#define BACKOFF_MIN_MS   800
#define BACKOFF_MAX_MS   30000
#define CALM_MS          120000
#define FORBIDDEN_MIN_MS 10000
#define FORBIDDEN_MAX_MS 300000
#define ABSENT_SOON_MS   5000
#define ABSENT_MS        60000
#define UNAVAILABLE_MS   30000
#define PROOF_MS         2000 /* a watch that lived so long is one */
#define WATCH_MIN_S      300  /* of server time, chosen by chance */
#define WATCH_MAX_S      600
#define WATCH_GRACE_MS   30000
#define ANSWER_MS        60000 /* the server's own limit */
#define SILENCE_MS       30000
#define ASKING_MAX       2 /* lists at once: memory, seats */
#define QUICK_ENDS_MAX   5
#define BODY_BYTES_MAX   ((size_t)4 << 20)

/* -- states --------------------------------------------------------------- */

/* Say the state if it is another one. */
static void
mark(struct watch *watch, enum message_state state)
{
	if (watch->is_marked && watch->state == state)
		return;
	watch->is_marked = true;
	watch->state = state;
	session_mark(watch->session, watch);
}

static void
go(struct watch *watch, enum watch_phase phase, int64_t delay_ms)
{
	watch->phase = phase;
	watch->due_ms = clock_ms() + delay_ms;
}

/* Where to go on after trouble. */
static enum watch_phase
resumption(const struct watch *watch)
{
	if (!watch->is_listed)
		return watch->phase == WATCH_DISCOVER ? WATCH_DISCOVER
						      : WATCH_LIST;
	return watch->phase < WATCH_CHECK ? watch->phase : WATCH_CHECK;
}

static int64_t
with_jitter(int64_t ms)
{
	return ms + (int64_t)arc4random_uniform((uint32_t)ms);
}

static int64_t
grown(int64_t min_ms, int64_t max_ms, unsigned n)
{
	int64_t ms = min_ms;

	while (n-- > 0 && ms < max_ms)
		ms *= 2;
	return ms < max_ms ? ms : max_ms;
}

static int64_t
backoff(struct watch *watch)
{
	return with_jitter(
	    grown(BACKOFF_MIN_MS, BACKOFF_MAX_MS, watch->failures++));
}

static void
on_progress(struct watch *watch)
{
	watch->progress_ms = clock_ms();
	watch->is_renewed = false;
	watch->refusals = 0;
	watch->absent_ms = 0;
}

static void
fail(struct watch *watch, const struct error *err)
{
	int64_t delay_ms = backoff(watch);

	if (err->retry_after_ms > delay_ms)
		delay_ms = err->retry_after_ms + delay_ms / 4;
	log_info("%s: %s; asked again in %lld ms", watch->resource.label,
	    err->text, (long long)delay_ms);
	go(watch, resumption(watch), delay_ms);
}

/* -- answers that are refusals -------------------------------------------- */

/* The message of a Status, or the beginning of whatever came. */
static void
describe(const struct watch *watch, long status, struct error *err)
{
	struct error unread;
	const char *message = NULL;
	jv answer;

	if (json_parse(
		text_str(&watch->body), watch->body.n, &answer, &unread)) {
		message = json_str(json_at(answer, "message"));
		(void)error_set(err, http_cause(status), "%s (%ld)",
		    message == NULL ? "refused" : message, status);
		json_free(answer);
		return;
	}
	(void)error_set(
	    err, http_cause(status), "the server answered %ld", status);
}

static void
on_forbidden(struct watch *watch, const struct error *err)
{
	const struct resource *resource = &watch->resource;

	if (watch->refusals == 0)
		log_warning("%s: %s; add to the role: apiGroups [\"%s\"], "
			    "resources [\"%s\"], verbs [\"get\", \"list\", "
			    "\"watch\"]",
		    resource->label, err->text, resource->group,
		    resource->name);
	mark(watch, STATE_FORBIDDEN);
	go(watch, resumption(watch),
	    with_jitter(
		grown(FORBIDDEN_MIN_MS, FORBIDDEN_MAX_MS, watch->refusals++)) /
		2);
}

static void
on_absent(struct watch *watch)
{
	int64_t now_ms = clock_ms();

	if (watch->absent_ms == 0) {
		watch->absent_ms = now_ms;
		log_info("%s: not served; noticed when it is",
		    watch->resource.label);
	}
	mark(watch, STATE_ABSENT);
	/* A new kind is often installed together with us. */
	go(watch, WATCH_DISCOVER,
	    now_ms - watch->absent_ms < ABSENT_MS
		? ABSENT_SOON_MS
		: ABSENT_MS - ABSENT_MS / 5 +
		      (int64_t)arc4random_uniform(ABSENT_MS * 2 / 5));
}

/* Any status but 200 in any phase. */
static void
on_refusal(struct watch *watch, const struct http_answer *answer)
{
	struct error err;

	describe(watch, answer->status, &err);
	err.retry_after_ms = http_retry_after_ms(answer);
	switch (answer->status) {
	case 401:
		access_refused(&watch->session->access);
		if (!watch->is_renewed) {
			watch->is_renewed = true;
			go(watch, resumption(watch), 0);
			return;
		}
		break;
	case 403:
		on_forbidden(watch, &err);
		return;
	case 404:
		if (resource_is_certain(&watch->resource))
			on_absent(watch);
		else
			go(watch, WATCH_DISCOVER, 0);
		return;
	case 410:
		go(watch, WATCH_LIST, 0);
		list_begin(&watch->list, &watch->objects);
		return;
	case 504:
		list_shrink(&watch->list);
		break;
	}
	fail(watch, &err);
}

/* -- the phases ----------------------------------------------------------- */

static const char *
collection(struct watch *watch, struct arena *arena)
{
	const struct resource *resource = &watch->resource;
	const struct resource_served *served = &watch->discovery.served;
	bool is_within = served->is_namespaced && *resource->namespace != '\0';

	return arena_format(arena, "%s%s/%s%s%s/%s",
	    *resource->group == '\0' ? "/api" : "/apis/", resource->group,
	    served->version, is_within ? "/namespaces/" : "",
	    is_within ? resource->namespace : "", resource->name);
}

static void
adopt_discovery(struct watch *watch)
{
	watch->objects.kind = watch->discovery.served.kind;
	watch->objects.api_version = watch->discovery.api_version;
}

static void
begin_list(struct watch *watch, int64_t delay_ms)
{
	list_begin(&watch->list, &watch->objects);
	go(watch, WATCH_LIST, delay_ms);
}

static const char *
discover_path(struct watch *watch, struct arena *arena)
{
	return arena_copy(arena, discovery_path(&watch->discovery));
}

static bool
body_take(struct watch *watch, struct span piece)
{
	text_add_n(&watch->body, piece.at, piece.n);
	return watch->body.n <= BODY_BYTES_MAX;
}

static void
discover_end(struct watch *watch, const struct http_answer *answer)
{
	struct discovery *discovery = &watch->discovery;
	struct error err;

	if (answer->status == 403 && discovery_guess(discovery)) {
		adopt_discovery(watch);
		begin_list(watch, 0);
		return;
	}
	if (answer->status != 200 && answer->status != 404) {
		on_refusal(watch, answer);
		return;
	}
	switch (discovery_take(
	    discovery, answer->status, text_str(&watch->body), watch->body.n)) {
	case DISCOVERY_MORE:
		go(watch, WATCH_DISCOVER, 0);
		break;
	case DISCOVERY_FOUND:
		adopt_discovery(watch);
		watch->absent_ms = 0;
		begin_list(watch, 0);
		break;
	case DISCOVERY_ABSENT:
		discovery_begin(discovery, &watch->resource);
		adopt_discovery(watch);
		on_absent(watch);
		break;
	case DISCOVERY_BAD:
		(void)error_set(&err, CAUSE_INVALID,
		    "the server sent something else than API resources");
		fail(watch, &err);
		break;
	}
}

static const char *
list_path(struct watch *watch, struct arena *arena)
{
	const char *next = text_str(&watch->list.next);
	struct text query = { 0 };
	const char *path;

	text_format(
	    &query, "%s?limit=%u", collection(watch, arena), watch->list.page);
	if (*next != '\0')
		text_add(&query, "&continue=");
	/* A token is base64url by custom only. */
	for (; *next != '\0'; next++) {
		if (strchr("-_.~", *next) != NULL ||
		    (*next >= '0' && *next <= '9') ||
		    ((*next | 32) >= 'a' && (*next | 32) <= 'z'))
			text_add_char(&query, *next);
		else
			text_format(
			    &query, "%%%02X", (unsigned)(unsigned char)*next);
	}
	path = arena_copy(arena, text_str(&query));
	text_done(&query);
	return path;
}

static bool
list_piece(struct watch *watch, struct span piece)
{
	return list_take(&watch->list, piece);
}

/* The server is behind of what it said. Twice running: it was restored. */
static void
on_behind(struct watch *watch, const struct error *err)
{
	if (!watch->is_behind) {
		watch->is_behind = true;
		fail(watch, err);
		return;
	}
	log_warning("%s: the server counts anew from an older state (etcd "
		    "restored?); listed again",
	    watch->resource.label);
	watch->is_behind = false;
	watch->list.oldest = 0;
	objects_forget_versions(&watch->objects);
	begin_list(watch, 0);
}

static void
list_end(struct watch *watch, const struct http_answer *answer)
{
	struct list *list = &watch->list;

	if (answer->status != 200) {
		on_refusal(watch, answer);
		/* No page of what was begun can be followed by another. */
		list_begin(list, &watch->objects);
		return;
	}
	if (list->err.cause != CAUSE_NONE || !list_end_page(list)) {
		struct error err = list->err;

		list_shrink(list);
		list_begin(list, &watch->objects);
		if (err.cause == CAUSE_CONFLICT)
			on_behind(watch, &err);
		else
			fail(watch, &err);
		return;
	}
	on_progress(watch);
	if (list->next.n > 0) {
		go(watch, WATCH_LIST, 0);
		return;
	}
	objects_end(&watch->objects);
	events_set_version(&watch->events,
	    (struct span){ list->version.data, list->version.n });
	list->oldest = 0;
	list->page = LIST_PAGE_MAX;
	watch->is_listed = true;
	watch->is_behind = false;
	mark(watch, STATE_COMPLETE);
	go(watch, WATCH_EVENTS, 0);
}

static const char *
check_path(struct watch *watch, struct arena *arena)
{
	list_begin(&watch->list, NULL);
	return arena_format(arena, "%s?limit=1", collection(watch, arena));
}

static void
check_end(struct watch *watch, const struct http_answer *answer)
{
	struct list *list = &watch->list;
	struct span had = { text_str(&watch->events.version),
		watch->events.version.n };
	struct span has;
	struct error err;

	if (answer->status != 200) {
		on_refusal(watch, answer);
		return;
	}
	if (list->err.cause != CAUSE_NONE || !list_end_page(list)) {
		fail(watch, &list->err);
		return;
	}
	has = (struct span){ list->version.data, list->version.n };
	if (objects_version(has) < objects_version(had) &&
	    objects_version(has) != 0) {
		(void)error_set(&err, CAUSE_CONFLICT,
		    "the server is behind of what it said earlier");
		on_behind(watch, &err);
		return;
	}
	watch->is_behind = false;
	go(watch, WATCH_EVENTS, 0);
}

static const char *
events_path(struct watch *watch, struct arena *arena)
{
	events_begin(&watch->events, &watch->objects);
	return arena_format(arena,
	    "%s?watch=1&resourceVersion=%s&allowWatchBookmarks=true&"
	    "timeoutSeconds=%u",
	    collection(watch, arena), text_str(&watch->events.version),
	    WATCH_MIN_S + arc4random_uniform(WATCH_MAX_S - WATCH_MIN_S));
}

static bool
events_piece(struct watch *watch, struct span piece)
{
	on_progress(watch);
	return events_take(&watch->events, piece);
}

/* A watch that neither lasted nor brought anything is no good end. */
static void
on_events_over(struct watch *watch)
{
	int64_t lasted_ms = clock_ms() - watch->started_ms;
	bool is_good = lasted_ms >= 1000 || watch->events.n > 0;

	if (is_good && lasted_ms >= CALM_MS)
		watch->failures = 0;
	if (is_good)
		go(watch, WATCH_CHECK, 0);
	else if (watch->failures < QUICK_ENDS_MAX)
		go(watch, WATCH_CHECK, backoff(watch));
	else
		begin_list(watch, backoff(watch));
}

static void
events_end(struct watch *watch, const struct http_answer *answer)
{
	struct events *events = &watch->events;

	if (answer->status != 200 && answer->status != 0) {
		on_refusal(watch, answer);
		return;
	}
	switch (events->end) {
	case EVENTS_GOING_ON:
		on_events_over(watch);
		break;
	case EVENTS_EXPIRED:
		log_info("%s: %s; listed again", watch->resource.label,
		    events->err.text);
		/* The first time at once. */
		begin_list(watch, watch->failures++ == 0 ? 0 : backoff(watch));
		break;
	case EVENTS_BROKEN:
		fail(watch, &events->err);
		begin_list(watch, watch->due_ms - clock_ms());
		break;
	case EVENTS_FAILED:
		fail(watch, &events->err);
		break;
	}
}

/* clang-format off */
static const struct phase {
	const char *(*path)(struct watch *watch, struct arena *arena);
	bool (*take)(struct watch *watch, struct span piece);
	void (*end)(struct watch *watch, const struct http_answer *answer);
	bool is_list;
	int64_t timeout_ms; /* 0: as the watch asks of the server */
	int64_t silence_ms;
} phases[] = {
	[WATCH_DISCOVER] = { discover_path, body_take,    discover_end, false, ANSWER_MS, SILENCE_MS },
	[WATCH_LIST]     = { list_path,     list_piece,   list_end,     true,  ANSWER_MS, SILENCE_MS },
	[WATCH_CHECK]    = { check_path,    list_piece,   check_end,    true,  ANSWER_MS, SILENCE_MS },
	[WATCH_EVENTS]   = { events_path,   events_piece, events_end,   false, 0, 0 },
};
/* clang-format on */

/* -- requests ------------------------------------------------------------- */

static bool
on_data(void *context, long status, const char *bytes, size_t n)
{
	struct watch *watch = context;
	struct span piece = { bytes, n };

	watch->session->heard_ms = clock_ms();
	if (status != 200)
		return body_take(watch, piece);
	return phases[watch->phase].take(watch, piece);
}

static void
on_done(void *context, const struct http_answer *answer)
{
	struct watch *watch = context;
	const struct phase *phase = &phases[watch->phase];
	bool was_silent = answer->status == 0;

	watch->transfer = NULL;
	if (watch->phase != WATCH_EVENTS)
		watch->session->n_asking--;
	if (!was_silent)
		session_on_answer(watch->session);
	/* A watch that breaks off is looked into by CHECK. */
	if (was_silent && watch->phase == WATCH_EVENTS) {
		events_end(watch, answer);
	} else if (was_silent) {
		session_on_silence(watch->session, &answer->err);
		if (watch->phase == WATCH_LIST) {
			list_shrink(&watch->list);
			list_begin(&watch->list, &watch->objects);
		}
		go(watch, resumption(watch), backoff(watch));
	} else {
		phase->end(watch, answer);
	}
	text_done(&watch->body);
}

static void
start(struct watch *watch)
{
	struct session *session = watch->session;
	const struct phase *phase = &phases[watch->phase];
	struct arena arena = { 0 };
	struct error err;
	struct http_request request = {
		.method = "GET",
		.answer_bytes_max = SIZE_MAX,
		.timeout_ms = phase->timeout_ms != 0
				  ? phase->timeout_ms
				  : WATCH_MAX_S * 1000 + WATCH_GRACE_MS,
		.silence_ms = phase->silence_ms,
		.compressed = phase->is_list && session->cluster->is_compressed,
		.context = watch,
		.on_data = on_data,
		.on_done = on_done,
	};

	if (!access_headers(&session->access, &arena, &request.headers, &err)) {
		session_on_silence(session, &err);
		go(watch, resumption(watch), backoff(watch));
		arena_done(&arena);
		return;
	}
	strlist_add(&request.headers, &arena, "Accept: application/json");
	request.url = arena_format(&arena, "%s%s", session->cluster->server,
	    phase->path(watch, &arena));
	log_debug("%s: GET %s", watch->resource.label, request.url);
	text_reset(&watch->body);
	watch->started_ms = clock_ms();
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
		on_progress(watch);
		mark(watch, STATE_COMPLETE);
		return now_ms + UNAVAILABLE_MS;
	}
	if (now_ms - watch->progress_ms >= UNAVAILABLE_MS &&
	    watch->refusals == 0 && watch->absent_ms == 0)
		mark(watch, STATE_UNAVAILABLE);
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
	go(watch, resumption(watch), 0);
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
	watch->objects.resource = &watch->resource;
	watch->objects.out = &session->out;
	watch->phase = WATCH_DISCOVER;
	if (discovery_begin(&watch->discovery, &watch->resource))
		watch->phase = WATCH_LIST;
	adopt_discovery(watch);
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
