// SPDX-License-Identifier: ISC
/*
 * watch -- see watch.h.
 *
 *   start   resourceVersion "" or 0: ADDED for all, then what comes
 *           N: what came after N; N forgotten: one ERROR 410 and the end
 *           N ahead of us: silence
 *           sendInitialEvents: ADDED for all, BOOKMARK with the end mark
 *   run     events of the kind that the selectors take; an object that stops
 *           being selected is DELETED with its old content, one that begins
 *           to be is ADDED
 *   end     clean at timeoutSeconds (a bookmark shortly before), when history
 *           outran a slow reader, when the kind was changed or all watches
 *           are dropped; cut in the middle when a test asks for it
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "heap.h"
#include "list.h"
#include "select.h"
#include "watch.h"

#define POLL_MS          500 /* to find out that the client is gone */
#define LAST_BOOKMARK_MS 2000
#define BATCH_BYTES      65536

struct watch {
	struct call call; /* what outlives the request is in the arena */
	struct arena arena;
	struct selector selector;
	struct watch_config *config;
	pthread_mutex_t *lock;
	pthread_cond_t *changed;
	uint64_t next; /* number of the event to come */
	uint64_t epoch;
	int64_t silent_until; /* version; events up to it are not told */
	struct text pending;
	bool bookmarks;
	bool mark_initial;
	bool ended;
	bool *cut; /* to be set when the end is no clean one */
	uint64_t resets;
	uint64_t n_raw;    /* of its kind, when last told */
	int64_t cut_after; /* bytes left to send; -1: no limit */
	int64_t deadline_ms;
	int64_t bookmark_ms; /* when the next one is due */
};

static int64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint64_t
epoch_of(const struct watch *watch)
{
	return watch->call.store->epoch + watch->call.kind->epoch;
}

static void
put_event(struct watch *watch, const char *type, const struct body *body)
{
	text_format(&watch->pending, "{\"type\":\"%s\",\"object\":", type);
	call_put_object(&watch->call, &watch->pending, body);
	text_add(&watch->pending, "}\n");
}

static void
put_bookmark(struct watch *watch, bool initial_end)
{
	text_add(&watch->pending, "{\"type\":\"BOOKMARK\",\"object\":");
	call_put_head(&watch->call, &watch->pending, "");
	text_format(&watch->pending,
	    "\"metadata\":{\"resourceVersion\":\"%" PRId64
	    "\",\"creationTimestamp\":null%s}}}\n",
	    watch->call.store->version,
	    initial_end
		? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}"
		: "");
	watch->bookmark_ms = now_ms() + watch->config->bookmark_ms;
}

static void
put_error(
    struct watch *watch, unsigned code, const char *reason, const char *message)
{
	text_add(&watch->pending, "{\"type\":\"ERROR\",\"object\":");
	status_put(&watch->pending, code, reason, jv_invalid(), message);
	text_add(&watch->pending, "}\n");
	watch->ended = true;
}

static bool
in_namespace(const struct watch *watch, const char *key)
{
	const char *ns = watch->call.ns;
	size_t n = ns == NULL ? 0 : strlen(ns);

	return ns == NULL || (strncmp(key, ns, n) == 0 && key[n] == '/');
}

/* The content of what stops being selected is the old one under the version
 * of the change: both bodies begin with metadata, so only texts are joined. */
static void
put_left(struct watch *watch, const struct event *event)
{
	jv old = object_value(event->before);
	jv metadata = json_share(json_at(old, "metadata"));
	struct text text = { 0 };
	char version[24];

	(void)snprintf(version, sizeof(version), "%" PRId64, event->version);
	json_set_str(&metadata, "resourceVersion", version);
	json_set(&old, "metadata", metadata);
	json_print(&text, old);
	text_add(&watch->pending, "{\"type\":\"DELETED\",\"object\":");
	call_put_head(&watch->call, &watch->pending, "");
	text_add_n(&watch->pending, text.data + 1, text.n - 1);
	text_add(&watch->pending, "}\n");
	text_done(&text);
	json_free(old);
}

static void
tell(struct watch *watch, const struct event *event)
{
	bool was = event->before != NULL &&
		   select_has(&watch->selector, event->before);
	bool is = event->type != EVENT_DELETED &&
		  select_has(&watch->selector, event->now);

	if (event->version <= watch->silent_until ||
	    !in_namespace(watch, event->key))
		return;
	if (is)
		put_event(watch, was ? "MODIFIED" : "ADDED", event->now);
	else if (was && event->type == EVENT_DELETED)
		put_event(watch, "DELETED", event->now);
	else if (was)
		put_left(watch, event);
}

static bool
tell_initial(void *context, const char *key, const struct body *body)
{
	struct watch *watch = context;

	if (in_namespace(watch, key) && select_has(&watch->selector, body))
		put_event(watch, "ADDED", body);
	return true;
}

/* The number of the first event behind version. */
static uint64_t
number_behind(const struct kind *kind, int64_t version)
{
	size_t low = 0;
	size_t high = kind->n_events;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (kind->events[middle].version <= version)
			low = middle + 1;
		else
			high = middle;
	}
	return kind->first_event + low;
}

static bool
check_initial_events(const struct call *call, const struct watch_config *config,
    struct reply *reply)
{
	const char *match = call_query(call, "resourceVersionMatch");
	const char *problem = NULL;

	if (call_query(call, "sendInitialEvents") == NULL)
		problem = match == NULL ? NULL
					: "resourceVersionMatch: Forbidden: "
					  "resourceVersionMatch is forbidden "
					  "for watch unless sendInitialEvents "
					  "is provided";
	else if (!config->initial_events)
		problem = "sendInitialEvents: Forbidden: sendInitialEvents is "
			  "forbidden for watch unless the WatchList feature "
			  "gate is enabled";
	else if (match == NULL || strcmp(match, "NotOlderThan") != 0)
		problem = "resourceVersionMatch: Forbidden: sendInitialEvents "
			  "requires setting resourceVersionMatch to "
			  "NotOlderThan";
	return problem == NULL ||
	       reply_failure(reply, 422, "Invalid", jv_invalid(),
		   arena_format(call->arena,
		       "ListOptions.meta.k8s.io \"\" is invalid: %s", problem));
}

static void
tell_all(struct watch *watch)
{
	struct store *store = watch->call.store;
	struct store_visitor visitor = { tell_initial, watch, NULL };

	(void)store_walk(watch->call.kind, store->version, &visitor);
	if (watch->mark_initial && watch->config->initial_end)
		put_bookmark(watch, true);
	watch->next =
	    watch->call.kind->first_event + watch->call.kind->n_events;
}

/* A version that history has forgotten is told in the stream, as the real
 * server does; false: as the answer itself, which is an option. */
static bool
start(struct watch *watch, int64_t version, struct reply *reply)
{
	struct kind *kind = watch->call.kind;

	watch->silent_until = 0;
	if (version <= 0 || watch->mark_initial) {
		tell_all(watch);
		return true;
	}
	if (version >= kind->compacted) {
		watch->next = number_behind(kind, version);
		watch->silent_until = version;
		return true;
	}
	if (watch->config->expired_status)
		return reply_failure(reply, 410, "Expired", jv_invalid(),
		    arena_format(watch->call.arena,
			"too old resource version: %" PRId64 " (%" PRId64 ")",
			version, kind->compacted));
	put_error(watch, 410, "Expired",
	    arena_format(watch->call.arena,
		"too old resource version: %" PRId64 " (%" PRId64 ")", version,
		kind->compacted));
	return true;
}

static void
copy_call(struct watch *watch, const struct call *call)
{
	const char *timeout = call_query(call, "timeoutSeconds");
	int64_t timeout_s = timeout == NULL ? 0 : strtoll(timeout, NULL, 10);

	watch->call = *call;
	watch->call.arena = &watch->arena;
	watch->call.request = NULL;
	watch->call.group = arena_copy(&watch->arena, call->group);
	watch->call.version = arena_copy(&watch->arena, call->version);
	watch->call.ns = arena_copy(&watch->arena, call->ns);
	watch->bookmarks = call_is_true(call, "allowWatchBookmarks") &&
			   watch->config->bookmark_ms > 0;
	watch->n_raw = call->kind->n_raw;
	watch->mark_initial = call_is_true(call, "sendInitialEvents");
	watch->deadline_ms =
	    now_ms() +
	    (timeout_s > 0 ? timeout_s * 1000 : watch->config->timeout_ms);
	watch->bookmark_ms = now_ms() + watch->config->bookmark_ms;
}

static void
give_back(struct watch *watch)
{
	text_done(&watch->pending);
	arena_done(&watch->arena);
	free(watch);
}

struct watch *
watch_new(const struct call *call, struct reply *reply,
    struct watch_config *config, pthread_mutex_t *lock, pthread_cond_t *changed)
{
	struct selector selector;
	struct watch *watch;
	int64_t version;

	if (!select_parse(call, &selector, reply) ||
	    !list_version(call, reply, &version) ||
	    !check_initial_events(call, config, reply))
		return NULL;
	watch = heap_new(sizeof(*watch));
	watch->config = config;
	watch->lock = lock;
	watch->changed = changed;
	watch->cut_after = -1;
	if (config->cut_bytes > 0 && config->cut_watches > 0) {
		watch->cut_after = config->cut_bytes;
		config->cut_watches--;
	}
	copy_call(watch, call);
	watch->selector = select_copy(&selector, &watch->arena);
	watch->epoch = epoch_of(watch);
	watch->resets = config->resets;
	if (!start(watch, version, reply)) {
		give_back(watch);
		return NULL;
	}
	config->running++;
	return watch;
}

/* All events since the last time, as far as a batch goes. */
static void
collect(struct watch *watch)
{
	const struct kind *kind = watch->call.kind;

	if (watch->next < kind->first_event) {
		watch->ended = true; /* too slow for the history kept */
		return;
	}
	while (watch->next < kind->first_event + kind->n_events &&
	       watch->pending.n < BATCH_BYTES)
		tell(watch, &kind->events[watch->next++ - kind->first_event]);
	if (watch->n_raw != kind->n_raw) {
		watch->n_raw = kind->n_raw;
		text_add_n(&watch->pending, text_str(&kind->raw), kind->raw.n);
	}
}

static void
keep_time(struct watch *watch)
{
	int64_t now = now_ms();

	if (watch->config->resets != watch->resets) {
		*watch->cut = true;
		watch->ended = true;
	}
	if (epoch_of(watch) != watch->epoch || !watch->call.kind->served)
		watch->ended = watch->ended || watch->pending.n == 0;
	if (!watch->bookmarks || watch->ended)
		watch->ended = watch->ended || now >= watch->deadline_ms;
	else if (now >= watch->deadline_ms)
		watch->ended = true;
	else if (now >= watch->bookmark_ms)
		put_bookmark(watch, false);
	else if (now >= watch->deadline_ms - LAST_BOOKMARK_MS &&
		 watch->bookmark_ms <=
		     watch->deadline_ms + watch->config->bookmark_ms) {
		put_bookmark(watch, false);
		watch->bookmark_ms = INT64_MAX;
	}
}

static void
wait_for_change(struct watch *watch)
{
	struct timespec until;
	int64_t wait_ms = POLL_MS;
	int64_t now = now_ms();

	if (watch->deadline_ms - now < wait_ms)
		wait_ms = watch->deadline_ms - now;
	if (watch->bookmarks && watch->bookmark_ms - now < wait_ms)
		wait_ms = watch->bookmark_ms - now;
	if (wait_ms <= 0)
		return;
	(void)clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	until.tv_nsec += wait_ms % 1000 * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(watch->changed, watch->lock, &until);
}

/* Hand over what is pending, whole or in the pieces that a test wants. */
static bool
hand_over(struct watch *watch, struct text *out)
{
	size_t n = watch->pending.n;

	if (watch->config->split_bytes > 0 &&
	    n > (size_t)watch->config->split_bytes)
		n = (size_t)watch->config->split_bytes;
	if (watch->cut_after >= 0 && n >= (size_t)watch->cut_after) {
		n = (size_t)watch->cut_after;
		*watch->cut = true;
		watch->ended = true;
	} else if (watch->cut_after >= 0) {
		watch->cut_after -= (int64_t)n;
	}
	text_add_n(out, text_str(&watch->pending), n);
	text_drop(&watch->pending, n);
	return !*watch->cut && (watch->pending.n > 0 || !watch->ended);
}

bool
watch_stream(void *context, struct text *out)
{
	struct watch *watch = context;
	bool going;

	(void)pthread_mutex_lock(watch->lock);
	if (!watch->ended && watch->pending.n == 0) {
		collect(watch);
		keep_time(watch);
	}
	if (!watch->ended && watch->pending.n == 0) {
		wait_for_change(watch);
		collect(watch);
		keep_time(watch);
	}
	going = hand_over(watch, out);
	(void)pthread_mutex_unlock(watch->lock);
	return going;
}

void
watch_cut_into(struct watch *watch, bool *cut)
{
	watch->cut = cut;
}

void
watch_free(void *context)
{
	struct watch *watch = context;

	(void)pthread_mutex_lock(watch->lock);
	watch->config->running--;
	(void)pthread_mutex_unlock(watch->lock);
	give_back(watch);
}
