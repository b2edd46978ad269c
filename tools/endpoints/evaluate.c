// SPDX-License-Identifier: ISC
/*
 * evaluate -- who has to be asked, and when.
 *
 *	object of a joined kind   index_put -> stale askers -> evaluate each
 *	object claimed for        before the first pass: wait as text
 *	                          after it: evaluate
 *	BOOKMARK                  state of the kind: station.c
 */
#include "evaluate.h"

#include <string.h>

#include "arena.h"
#include "asker.h"
#include "json.h"
#include "station.h"

void
evaluate_open(struct evaluator *evaluator, const struct config *config,
    struct line_writer *writer)
{
	*evaluator = (struct evaluator){
		.config = config,
		.n_stations = config->n_sources,
		.writer = writer,
	};
	index_init(&evaluator->index, config);
	for (size_t i = 0; i < config->n_sources; i++) {
		struct station *station = &evaluator->stations[i];

		station->source = config->sources[i];
		table_init(&station->askers, sizeof(struct asker), NULL);
	}
}

void
evaluate_close(struct evaluator *evaluator)
{
	for (size_t i = 0; i < evaluator->n_stations; i++) {
		struct station *station = &evaluator->stations[i];
		size_t cursor = 0;
		struct asker *asker;

		while ((asker = table_next(&station->askers, &cursor)) != NULL)
			asker_forget(evaluator, asker);
		table_clear(&station->askers);
		text_done(&station->waiting);
	}
	index_done(&evaluator->index);
	arena_done(&evaluator->arena);
}

/* -- objects --------------------------------------------------------------- */

struct event {
	const struct kind *kind;
	jv object;
	const char *key;
	bool joined; /* some source looks it up */
	bool gone;
};

static void
on_claimed(struct evaluator *evaluator, struct station *station,
    const struct event *event)
{
	struct asker *asker;

	if (event->gone) {
		asker = table_find(&station->askers, event->key);
		if (asker != NULL)
			asker_gone(evaluator, asker);
		return;
	}
	asker = table_put(&station->askers, event->key, NULL);
	asker->station = station;
	asker->kind = event->kind;
	if (station->passed) {
		asker_evaluate(evaluator, asker, event->object);
		return;
	}
	asker->waiting = station->waiting.n;
	json_print(&station->waiting, event->object);
	text_add_char(&station->waiting, '\0');
}

static void
on_event(
    struct evaluator *evaluator, const struct event *event, struct arena *arena)
{
	struct stale stale = { .arena = arena };

	if (event->joined && !event->gone)
		index_put(&evaluator->index, event->kind, event->key,
		    event->object, &stale);
	else if (event->joined)
		index_drop(&evaluator->index, event->kind, event->key, &stale);
	station_evaluate_stale(evaluator, &stale);
	for (size_t i = 0; i < evaluator->n_stations; i++) {
		struct station *station = &evaluator->stations[i];

		for (const struct read *read = station->source->reads;
		     read->kind != NULL; read++)
			if (read->kind == event->kind && !read->joined)
				on_claimed(evaluator, station, event);
	}
}

/* The kind of an object if a source reads it. */
static const struct kind *
find_kind(const struct evaluator *evaluator, jv object, bool *joined)
{
	const char *version = json_str_at(object, "apiVersion");
	const char *name = json_str_at(object, "kind");
	const char *slash = version == NULL ? NULL : strchr(version, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - version);
	const struct kind *found = NULL;

	if (version == NULL || name == NULL)
		return NULL;
	*joined = false;
	for (size_t i = 0; i < evaluator->n_stations; i++)
		for (const struct read *read =
			 evaluator->stations[i].source->reads;
		     read->kind != NULL; read++) {
			if (strcmp(read->kind->name, name) != 0 ||
			    strlen(read->kind->group) != n ||
			    strncmp(read->kind->group, version, n) != 0 ||
			    !source_reads(evaluator->config, read))
				continue;
			found = read->kind;
			*joined |= read->joined;
		}
	return found;
}

static bool
is_in_scope(
    const struct config *config, const struct kind *kind, const char *home)
{
	const char *only = config_namespace(config, kind);

	return only == NULL || strcmp(only, home) == 0;
}

static bool
on_object(struct evaluator *evaluator, jv object, bool gone,
    struct arena *arena, struct error *err)
{
	const char *home = json_str_at(object, "metadata", "namespace");
	const char *name = json_str_at(object, "metadata", "name");
	struct event event = { .object = object, .gone = gone };

	event.kind = find_kind(evaluator, object, &event.joined);
	if (event.kind == NULL)
		return json_str_at(object, "kind") != NULL ||
		       error_set(err, CAUSE_INVALID, "an object without kind");
	if (name == NULL)
		return error_set(
		    err, CAUSE_INVALID, "an object without metadata.name");
	if (home == NULL)
		home = "";
	if (!is_in_scope(evaluator->config, event.kind, home))
		return true;
	event.key = arena_format(arena, "%s/%s", home, name);
	on_event(evaluator, &event, arena);
	return true;
}

static bool
on_bookmark(struct evaluator *evaluator, jv object, struct arena *arena)
{
	enum message_state state;
	bool joined;
	const struct kind *kind = find_kind(evaluator, object, &joined);

	if (kind != NULL && message_state(object, &state))
		station_on_state(evaluator, kind, state, arena);
	return true;
}

bool
evaluate_line(struct evaluator *evaluator, jv line, struct arena *arena,
    struct error *err)
{
	enum message_type type = message_type(line);
	jv object = json_at(line, "object");

	if (type != MESSAGE_ADDED && type != MESSAGE_MODIFIED &&
	    type != MESSAGE_DELETED && type != MESSAGE_BOOKMARK)
		return error_set(err, CAUSE_INVALID,
		    "not a line of the objects stream (bare objects need "
		    "--audit)");
	if (!json_is_object(object))
		return error_set(err, CAUSE_INVALID, "object: not an object");
	if (type == MESSAGE_BOOKMARK)
		return on_bookmark(evaluator, object, arena);
	return on_object(
	    evaluator, object, type == MESSAGE_DELETED, arena, err);
}

/* An item of a typed list says neither kind nor version; its list does. */
static jv
complete_item(struct arena *arena, jv list, jv item)
{
	const char *kind = json_str_at(list, "kind");
	jv object = json_share(item);

	if (json_str_at(item, "kind") != NULL)
		return object;
	json_set_str(&object, "apiVersion", json_str_at(list, "apiVersion"));
	json_set_str(&object, "kind",
	    arena_copy_n(arena, kind, strlen(kind) - strlen("List")));
	return object;
}

bool
evaluate_bare(struct evaluator *evaluator, jv object, struct arena *arena,
    struct error *err)
{
	const char *kind = json_str_at(object, "kind");
	jv items = json_at(object, "items");
	jv item;

	if (json_is_present(json_at(object, "type")) &&
	    message_type(object) != MESSAGE_NONE)
		return error_set(err, CAUSE_INVALID,
		    "a line with type: --audit reads bare objects");
	if (kind == NULL || strlen(kind) < strlen("List") ||
	    strcmp(kind + strlen(kind) - strlen("List"), "List") != 0 ||
	    !json_is_array(items))
		return on_object(evaluator, object, false, arena, err);
	for (int i = 0; json_item(items, i, &item); i++) {
		jv complete = complete_item(arena, object, item);
		bool good = on_object(evaluator, complete, false, arena, err);

		json_free(complete);
		if (!good)
			return false;
	}
	return true;
}

void
evaluate_complete(struct evaluator *evaluator, struct arena *arena)
{
	enum message_state state;

	for (size_t i = 0; i < evaluator->n_stations; i++)
		for (const struct read *read =
			 evaluator->stations[i].source->reads;
		     read->kind != NULL; read++)
			if (!index_state(&evaluator->index, read->kind, &state))
				station_on_state(evaluator, read->kind,
				    STATE_COMPLETE, arena);
}

bool
evaluate_is_complete(const struct evaluator *evaluator)
{
	for (size_t i = 0; i < evaluator->n_stations; i++)
		if (!evaluator->stations[i].passed)
			return false;
	return true;
}
