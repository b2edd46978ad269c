// SPDX-License-Identifier: ISC
/*
 * store -- see store.h.
 *
 * History is a window of events for each kind. The state at an older version
 * is the present one with the first later event of each key taken back, so no
 * snapshots are kept. A window that overflows forgets its older half.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "heap.h"
#include "log.h"
#include "store.h"

#define CLOCK_START  1735689600 /* 2025-01-01T00:00:00Z */
#define ALLOCATED(n) ((n) == 0 || ((n) & ((n)-1)) == 0)

struct object_snapshot {
	char *key;
	struct object object;
};

static void *
grow(void *items, size_t n, size_t size)
{
	if (!ALLOCATED(n))
		return items;
	return heap_resize(items, n == 0 ? 1 : 2 * n, size);
}

struct body *
body_share(struct body *body)
{
	if (body != NULL)
		body->references++;
	return body;
}

void
body_free(struct body *body)
{
	if (body != NULL && --body->references == 0)
		free(body);
}

/* Keeps the text behind the opening brace. */
static struct body *
new_body(jv value)
{
	struct text text = { 0 };
	struct body *body;

	json_print(&text, value);
	body = heap_new(sizeof(*body) + text.n);
	body->references = 1;
	body->n = (uint32_t)text.n - 1;
	memcpy(body->text, text.data + 1, text.n);
	text_done(&text);
	return body;
}

static void
drop_object(void *value)
{
	body_free(((struct object *)value)->body);
}

void
store_init(struct store *store, size_t history_max)
{
	*store = (struct store){ .version = 1, .history_max = history_max };
}

struct kind *
store_add_kind(struct store *store, const struct kind_spec *spec, char *owned)
{
	struct kind *kind = heap_new(sizeof(*kind));

	kind->spec = *spec;
	kind->owned = owned;
	kind->served = true;
	kind->compacted = store->version;
	table_init(&kind->objects, sizeof(struct object), drop_object);
	store->kinds =
	    grow(store->kinds, store->n_kinds, sizeof(struct kind *));
	store->kinds[store->n_kinds++] = kind;
	return kind;
}

struct kind *
store_kind(const struct store *store, const char *group, const char *plural)
{
	for (size_t i = 0; i < store->n_kinds; i++) {
		const struct kind_spec *spec = &store->kinds[i]->spec;

		if (strcmp(spec->group, group) == 0 &&
		    strcmp(spec->plural, plural) == 0)
			return store->kinds[i];
	}
	return NULL;
}

struct kind *
store_kind_named(const struct store *store, const char *group, const char *name)
{
	for (size_t i = 0; i < store->n_kinds; i++) {
		const struct kind_spec *spec = &store->kinds[i]->spec;

		if (strcmp(spec->group, group) == 0 &&
		    strcmp(spec->kind, name) == 0)
			return store->kinds[i];
	}
	return NULL;
}

bool
kind_serves(const struct kind *kind, const char *version)
{
	size_t n = strlen(version);
	const char *at = kind->spec.versions;

	for (; *at != '\0'; at += strspn(at, " ")) {
		size_t word = strcspn(at, " ");

		if (word == n && strncmp(at, version, n) == 0)
			return true;
		at += word;
	}
	return false;
}

const char *
kind_version(const struct kind *kind)
{
	static char version[32];

	(void)snprintf(version, sizeof(version), "%.*s",
	    (int)strcspn(kind->spec.versions, " "), kind->spec.versions);
	return version;
}

void
store_key(struct text *out, const char *ns, const char *name)
{
	text_format(out, "%s/%s", ns == NULL ? "" : ns, name);
}

struct object *
store_find(const struct kind *kind, const char *ns, const char *name)
{
	struct text key = { 0 };
	struct object *object;

	store_key(&key, ns, name);
	object = table_find(&kind->objects, text_str(&key));
	text_done(&key);
	return object;
}

jv
object_value(const struct body *body)
{
	struct text text = { 0 };
	struct error err;
	jv value;

	text_add_char(&text, '{');
	text_add_n(&text, body->text, body->n);
	if (!json_parse(text_str(&text), text.n, &value, &err))
		log_die(STATUS_UNMET, "stored object: %s", err.text);
	text_done(&text);
	return value;
}

static void
free_event(struct event *event)
{
	free(event->key);
	body_free(event->now);
	body_free(event->before);
}

static void
forget(struct kind *kind, size_t n)
{
	if (n == 0)
		return;
	kind->compacted = kind->events[n - 1].version;
	for (size_t i = 0; i < n; i++)
		free_event(&kind->events[i]);
	memmove(kind->events, kind->events + n,
	    (kind->n_events - n) * sizeof(struct event));
	kind->n_events -= n;
	kind->first_event += n;
	/* The array grows at powers of two and must be as large as that says. */
	if (kind->n_events == 0) {
		free(kind->events);
		kind->events = NULL;
	}
}

/* Takes key, now and before. */
static void
log_event(struct store *store, struct kind *kind, const struct event *event)
{
	if (kind->n_events >= store->history_max)
		forget(kind, kind->n_events / 2);
	kind->events = grow(kind->events, kind->n_events, sizeof(struct event));
	kind->events[kind->n_events] = *event;
	kind->n_events++;
	if (store->on_event != NULL)
		store->on_event(store->context, kind);
}

/* The members in the order in which the API server prints them. */
static jv
stamp(jv value, int64_t version)
{
	jv stamped = json_new_object();
	jv metadata = json_share(json_at(value, "metadata"));
	char text[24];
	const char *key;
	jv member;

	(void)snprintf(text, sizeof(text), "%" PRId64, version);
	json_set_str(&metadata, "resourceVersion", text);
	json_set(&stamped, "metadata", metadata);
	for (int i = 0; json_member(value, &i, &key, &member);)
		if (strcmp(key, "metadata") != 0 && strcmp(key, "kind") != 0 &&
		    strcmp(key, "apiVersion") != 0)
			json_set(&stamped, key, json_share(member));
	json_free(value);
	return stamped;
}

static void
unsort(struct kind *kind)
{
	free(kind->sorted);
	kind->sorted = NULL;
}

const struct body *
store_put(struct store *store, struct kind *kind, const char *key, jv value)
{
	struct event event = { .version = ++store->version };
	struct object *object;
	jv stamped = stamp(value, event.version);
	bool added;

	object = table_put(&kind->objects, key, &added);
	if (added)
		unsort(kind);
	event.type = added ? EVENT_ADDED : EVENT_MODIFIED;
	event.before = object->body;
	object->body = new_body(stamped);
	object->version = event.version;
	event.now = body_share(object->body);
	event.key = heap_copy(key);
	json_free(stamped);
	log_event(store, kind, &event);
	return object->body;
}

void
store_drop(struct store *store, struct kind *kind, const char *key)
{
	struct event event = { .type = EVENT_DELETED };
	struct object *object = table_find(&kind->objects, key);
	jv stamped;

	if (object == NULL)
		return;
	event.version = ++store->version;
	stamped = stamp(object_value(object->body), event.version);
	event.now = new_body(stamped);
	json_free(stamped);
	event.before = body_share(object->body);
	event.key = heap_copy(key);
	unsort(kind);
	/* key may be the table's own. */
	table_drop(&kind->objects, event.key);
	log_event(store, kind, &event);
}

void
store_compact(struct store *store, struct kind *kind)
{
	forget(kind, kind->n_events);
	kind->compacted = store->version;
}

struct object **
store_sorted(struct kind *kind)
{
	if (kind->sorted == NULL)
		kind->sorted = table_sorted(&kind->objects);
	return (struct object **)kind->sorted;
}

static void
free_saved(struct kind *kind)
{
	for (size_t i = 0; i < kind->n_saved; i++) {
		free(kind->saved[i].key);
		body_free(kind->saved[i].object.body);
	}
	free(kind->saved);
	kind->saved = NULL;
	kind->n_saved = 0;
}

void
store_save(struct store *store)
{
	store->saved_version = store->version;
	for (size_t i = 0; i < store->n_kinds; i++) {
		struct kind *kind = store->kinds[i];
		struct object **sorted = store_sorted(kind);

		free_saved(kind);
		kind->saved =
		    heap_new((kind->objects.n + 1) * sizeof(*kind->saved));
		for (size_t j = 0; j < kind->objects.n; j++) {
			kind->saved[j].key = heap_copy(table_key(sorted[j]));
			kind->saved[j].object = *sorted[j];
			body_share(sorted[j]->body);
		}
		kind->n_saved = kind->objects.n;
	}
}

void
store_restore(struct store *store)
{
	if (store->saved_version == 0)
		return;
	store->version = store->saved_version;
	for (size_t i = 0; i < store->n_kinds; i++) {
		struct kind *kind = store->kinds[i];

		store_compact(store, kind);
		unsort(kind);
		table_clear(&kind->objects);
		for (size_t j = 0; j < kind->n_saved; j++) {
			struct object *object =
			    table_put(&kind->objects, kind->saved[j].key, NULL);

			*object = kind->saved[j].object;
			body_share(object->body);
		}
	}
}

/* The first event behind version of each key takes its key back. */
static void
collect_changes(struct kind *kind, int64_t version, struct table *changes)
{
	for (size_t i = 0; i < kind->n_events; i++) {
		struct event **first;
		bool added;

		if (kind->events[i].version <= version)
			continue;
		first = table_put(changes, kind->events[i].key, &added);
		if (added)
			*first = &kind->events[i];
	}
}

/* Two lists sorted by key, read as one. */
struct merge {
	struct object **objects;
	size_t n_objects;
	struct event ***changes;
	size_t n_changes;
};

/* The next key and what it held; a change hides the object of its key. false:
 * both lists are through. body NULL: it held nothing. */
static bool
merge_next(struct merge *merge, const char **key, const struct body **body)
{
	int order;

	if (merge->n_objects == 0 && merge->n_changes == 0)
		return false;
	if (merge->n_objects == 0)
		order = 1;
	else if (merge->n_changes == 0)
		order = -1;
	else
		order = strcmp(
		    table_key(merge->objects[0]), table_key(merge->changes[0]));
	if (order < 0) {
		*key = table_key(merge->objects[0]);
		*body = merge->objects[0]->body;
	} else {
		*key = table_key(merge->changes[0]);
		*body = (*merge->changes[0])->before;
		merge->changes++;
		merge->n_changes--;
	}
	if (order <= 0) {
		merge->objects++;
		merge->n_objects--;
	}
	return true;
}

bool
store_walk(
    struct kind *kind, int64_t version, const struct store_visitor *visitor)
{
	struct table changes;
	struct event ***sorted;
	struct merge merge;
	const char *key;
	const struct body *body;

	if (version < kind->compacted)
		return false;
	table_init(&changes, sizeof(struct event *), NULL);
	collect_changes(kind, version, &changes);
	sorted = (struct event ***)table_sorted(&changes);
	merge = (struct merge){ store_sorted(kind), kind->objects.n, sorted,
		changes.n };
	while (merge_next(&merge, &key, &body))
		if (body != NULL &&
		    (visitor->after == NULL ||
			strcmp(key, visitor->after) > 0) &&
		    !visitor->visit(visitor->context, key, body))
			break;
	free(sorted);
	table_clear(&changes);
	return true;
}

void
store_uid(struct store *store, char uid[37])
{
	uint64_t n = ++store->serial;
	uint64_t mixed = n * 0x9e3779b97f4a7c15U;

	(void)snprintf(uid, 37, "%08" PRIx32 "-%04x-4%03x-8%03x-%012" PRIx64,
	    (uint32_t)(mixed >> 32), (unsigned)(mixed >> 16 & 0xffff),
	    (unsigned)(mixed >> 4 & 0xfff), (unsigned)(mixed & 0xfff),
	    n & 0xffffffffffff);
}

void
store_time(const struct store *store, char time[32])
{
	time_t now = (time_t)(CLOCK_START + store->version);
	struct tm tm;

	(void)gmtime_r(&now, &tm);
	(void)strftime(time, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
