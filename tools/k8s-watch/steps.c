// SPDX-License-Identifier: ISC
/*
 * steps -- what each phase of a watch asks, and what its answer leads to.
 *
 * A phase is one row of the table at the end: the path it asks for, what it
 * does with a piece of an answer 200, and what with the end of any answer.
 */
#include "steps.h"

#include <stdlib.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "session.h"
#include "watch.h"

#define FORBIDDEN_MIN_MS 10000
#define FORBIDDEN_MAX_MS 300000
#define ABSENT_SOON_MS   5000
#define ABSENT_MS        60000
#define BEHIND_MS        2000  /* asked again, so often, */
#define BEHIND_MAX       3     /* before a server is believed to count anew */
#define ANSWER_MS        60000 /* the server's own limit */
#define SILENCE_MS       30000
#define STREAM_MS        15000  /* for the next initial event or their end */
#define BOOKMARK_MS      150000 /* two and a half of their intervals */
#define QUICK_ENDS_MAX   5
#define BODY_BYTES_MAX   ((size_t)4 << 20)

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
		log_warning("%s: %s; add to the rules of the role: "
			    "- {apiGroups: [\"%s\"], resources: [\"%s\"], "
			    "verbs: [\"get\", \"list\", \"watch\"]}",
		    resource->label, err->text, resource->group,
		    resource->name);
	watch_mark(watch, STATE_FORBIDDEN);
	watch_go(watch, watch_resumption(watch),
	    watch_jitter(watch_grown(
		FORBIDDEN_MIN_MS, FORBIDDEN_MAX_MS, watch->refusals++)) /
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
	watch_mark(watch, STATE_ABSENT);
	/* A new kind is often installed together with us. */
	watch_go(watch, WATCH_DISCOVER,
	    now_ms - watch->absent_ms < ABSENT_MS
		? ABSENT_SOON_MS
		: ABSENT_MS - ABSENT_MS / 5 +
		      (int64_t)arc4random_uniform(ABSENT_MS * 2 / 5));
}

/* Forget what was read of a list; begin with its first page. */
static void
begin_list(struct watch *watch, int64_t delay_ms)
{
	list_begin(&watch->list, &watch->objects);
	watch_go(watch, watch_listing(watch), delay_ms);
}

/* After a watch that worked nothing is to be waited for; else it is no help
 * to be quick. */
static int64_t
first_at_once(struct watch *watch)
{
	return watch->n_anew++ == 0 ? 0 : watch_backoff(watch);
}

/* What was found is not there: look for it anew. */
static void
on_gone(struct watch *watch)
{
	discovery_begin(&watch->discovery, &watch->resource);
	steps_adopt_discovery(watch);
	watch_go(watch, WATCH_DISCOVER, first_at_once(watch));
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
		access_refused(&watch->session->access, watch->credential);
		if (!watch->is_renewed) {
			watch->is_renewed = true;
			watch_go(watch, watch_resumption(watch), 0);
			return;
		}
		break;
	case 403:
		on_forbidden(watch, &err);
		return;
	case 404:
		on_gone(watch);
		return;
	case 410:
		begin_list(watch, first_at_once(watch));
		return;
	case 504:
		list_shrink(&watch->list);
		break;
	}
	watch_fail(watch, &err);
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

void
steps_adopt_discovery(struct watch *watch)
{
	watch->objects.kind = watch->discovery.served.kind;
	watch->objects.api_version = watch->discovery.api_version;
}

static const char *
discover_path(struct watch *watch, struct arena *arena)
{
	return arena_copy(arena, discovery_path(&watch->discovery));
}

bool
steps_take_body(struct watch *watch, struct span piece)
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
		steps_adopt_discovery(watch);
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
		watch_go(watch, WATCH_DISCOVER, 0);
		break;
	case DISCOVERY_FOUND:
		steps_adopt_discovery(watch);
		watch->absent_ms = 0;
		begin_list(watch, 0);
		break;
	case DISCOVERY_ABSENT:
		discovery_begin(discovery, &watch->resource);
		steps_adopt_discovery(watch);
		on_absent(watch);
		break;
	case DISCOVERY_BAD:
		(void)error_set(&err, CAUSE_INVALID,
		    "the server sent something else than API resources");
		watch_fail(watch, &err);
		break;
	}
}

/* What was said up to now, as a version that later answers must not be
 * behind. */
static struct span
said(const struct watch *watch)
{
	return (struct span){ text_str(&watch->events.version),
		watch->events.version.n };
}

static const char *
list_path(struct watch *watch, struct arena *arena)
{
	const char *next = text_str(&watch->list.next);
	struct text query = { 0 };
	const char *path;

	if (*next == '\0') {
		watch->list.oldest = objects_version(said(watch));
		objects_begin(&watch->objects);
	}
	text_format(
	    &query, "%s?limit=%u", collection(watch, arena), watch->list.page);
	if (*next != '\0')
		text_add(&query, "&continue=");
	/* A token is base64url by custom only. */
	text_add_percent(&query, next, "-_.~");
	path = arena_copy(arena, text_str(&query));
	text_done(&query);
	return path;
}

static bool
list_piece(struct watch *watch, struct span piece)
{
	return list_take(&watch->list, piece);
}

/* The server is behind of what it said. Again and again: it was restored. */
static void
on_behind(struct watch *watch)
{
	if (++watch->n_behind < BEHIND_MAX) {
		log_info("%s: the server is behind of what it said earlier; "
			 "asked again",
		    watch->resource.label);
		watch_go(watch, watch_resumption(watch), BEHIND_MS);
		return;
	}
	log_warning("%s: the server counts anew from an older state (etcd "
		    "restored?); listed again",
	    watch->resource.label);
	watch->n_behind = 0;
	text_done(&watch->events.version);
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
			on_behind(watch);
		else
			watch_fail(watch, &err);
		return;
	}
	watch_on_progress(watch);
	if (list->next.n > 0) {
		watch_go(watch, WATCH_LIST, 0);
		return;
	}
	objects_end(&watch->objects);
	events_set_version(&watch->events,
	    (struct span){ list->version.data, list->version.n });
	list->page = LIST_PAGE_MAX;
	watch_on_listed(watch);
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
	uint64_t version;

	if (answer->status != 200) {
		on_refusal(watch, answer);
		return;
	}
	if (list->err.cause != CAUSE_NONE || !list_end_page(list)) {
		watch_fail(watch, &list->err);
		return;
	}
	version = objects_version(
	    (struct span){ list->version.data, list->version.n });
	if (version != 0 && version < objects_version(said(watch))) {
		on_behind(watch);
		return;
	}
	watch->n_behind = 0;
	watch_go(watch, WATCH_EVENTS, 0);
}

static const char *
watch_path(struct watch *watch, struct arena *arena, const char *version,
    const char *more)
{
	return arena_format(arena,
	    "%s?watch=1&resourceVersion=%s&allowWatchBookmarks=true&"
	    "timeoutSeconds=%u%s",
	    collection(watch, arena), version, watch->lasts_s, more);
}

static const char *
stream_path(struct watch *watch, struct arena *arena)
{
	events_begin(&watch->events, &watch->objects, true);
	return watch_path(watch, arena, "",
	    "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
}

static bool
stream_piece(struct watch *watch, struct span piece)
{
	bool goes_on = events_take(&watch->events, piece);

	watch_on_progress(watch);
	if (!watch->events.is_initial)
		watch_on_listed(watch);
	return goes_on;
}

/* Not a refusal of the kind or the user: there are no streaming lists. Status
 * 0 is a stream that fell silent before its end. */
static bool
is_unknown(const struct http_answer *answer)
{
	return answer->status == 0 || answer->status == 200 ||
	       answer->status == 400 || answer->status == 405 ||
	       answer->status == 406 || answer->status == 422;
}

static void
stream_end(struct watch *watch, const struct http_answer *answer)
{
	if (!is_unknown(answer)) {
		on_refusal(watch, answer);
		return;
	}
	if (watch->events.end == EVENTS_BEHIND) {
		on_behind(watch);
		return;
	}
	log_debug(
	    "%s: no streaming list; listed in pages", watch->resource.label);
	watch->is_paged = true;
	begin_list(watch, 0);
}

static const char *
events_path(struct watch *watch, struct arena *arena)
{
	events_begin(&watch->events, &watch->objects, false);
	return watch_path(watch, arena, text_str(&watch->events.version), "");
}

static bool
events_piece(struct watch *watch, struct span piece)
{
	bool goes_on = events_take(&watch->events, piece);

	watch_on_progress(watch);
	if (watch->events.has_bookmarks)
		http_set_silence(watch->transfer, BOOKMARK_MS);
	return goes_on;
}

/* A watch that neither lasted nor brought anything is no good end. */
static void
on_events_over(struct watch *watch)
{
	int64_t lasted_ms = clock_ms() - watch->started_ms;
	bool is_good = lasted_ms >= 1000 || watch->events.n > 0;

	/* One that brought events worked, however short it was. */
	if (watch->events.n > 0)
		watch->failures = 0;
	if (is_good)
		watch_go(watch, WATCH_CHECK, 0);
	else if (watch->failures < QUICK_ENDS_MAX)
		watch_go(watch, WATCH_CHECK, watch_backoff(watch));
	else
		begin_list(watch, watch_backoff(watch));
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
		if (answer->status == 0)
			log_debug(
			    "%s: %s", watch->resource.label, answer->err.text);
		on_events_over(watch);
		break;
	case EVENTS_EXPIRED:
		log_info("%s: %s; listed again", watch->resource.label,
		    events->err.text);
		begin_list(watch, first_at_once(watch));
		break;
	case EVENTS_BROKEN:
		watch_fail(watch, &events->err);
		begin_list(watch, watch->due_ms - clock_ms());
		break;
	case EVENTS_FAILED:
		watch_fail(watch, &events->err);
		break;
	case EVENTS_BEHIND: /* said in WATCH_STREAM alone */
		break;
	}
}

/* clang-format off */
static const struct step steps[] = {
	[WATCH_DISCOVER] = { discover_path, steps_take_body, discover_end, false, ANSWER_MS, SILENCE_MS },
	[WATCH_STREAM]   = { stream_path,   stream_piece,    stream_end,   false, 0,         STREAM_MS },
	[WATCH_LIST]     = { list_path,     list_piece,      list_end,     true,  ANSWER_MS, SILENCE_MS },
	[WATCH_CHECK]    = { check_path,    list_piece,      check_end,    true,  ANSWER_MS, SILENCE_MS },
	[WATCH_EVENTS]   = { events_path,   events_piece,    events_end,   false, 0,         0 },
};
/* clang-format on */

const struct step *
steps_of(const struct watch *watch)
{
	return &steps[watch->phase];
}
