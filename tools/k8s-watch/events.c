// SPDX-License-Identifier: ISC
/*
 * events -- the lines of one watch request.
 *
 * One event per line, but neither a chunk of HTTP/1.1 nor a frame of HTTP/2
 * ends where a line does. A line that is not whole when the connection is lost
 * is forgotten: the version goes on only after an event was said, so the next
 * request brings it again. An ERROR is judged by its code, never by its text.
 */
#include "events.h"

#include <string.h>

#include "count.h"
#include "json.h"
#include "log.h"
#include "objects.h"

/* An object of this size is read; docs/protocol.md, "A line". */
#define EVENT_BYTES_MAX ((size_t)16 << 20)
#define LINE_KEPT_MAX   ((size_t)1 << 20)

void
events_begin(struct events *events, struct objects *objects, bool is_initial)
{
	events->objects = objects;
	events->has_bookmarks = false;
	events->is_initial = is_initial;
	if (is_initial)
		objects_begin(objects);
	text_reset(&events->line);
	events->n = 0;
	events->end = EVENTS_GOING_ON;
	events->err = (struct error){ 0 };
}

void
events_set_version(struct events *events, struct span version)
{
	text_reset(&events->version);
	text_add_n(&events->version, version.at, version.n);
}

static bool
stop(struct events *events, enum events_end end)
{
	events->end = end;
	return false;
}

/* Go on from the version of an object; false: it is an older one (a bookmark
 * of a lagging server). Initial events come in any order: none counts. */
static bool
advance(struct events *events, struct span object)
{
	struct span had = { text_str(&events->version), events->version.n };
	struct span has = scan_string(
	    scan_at(scan_at(object, "metadata"), "resourceVersion"));

	if (events->is_initial)
		return true;
	if (has.n == 0 || objects_version(has) < objects_version(had))
		return false;
	events_set_version(events, has);
	return true;
}

static bool
on_put(struct events *events, struct span object)
{
	if (!objects_put(events->objects, object, &events->err))
		return stop(events, EVENTS_BROKEN);
	(void)advance(events, object);
	return true;
}

static bool
on_deleted(struct events *events, struct span object)
{
	if (!objects_drop(events->objects, object, &events->err))
		return stop(events, EVENTS_BROKEN);
	(void)advance(events, object);
	return true;
}

/* The one behind the initial events makes them a list. */
static bool
on_bookmark(struct events *events, struct span object)
{
	struct span end =
	    scan_at(scan_at(scan_at(object, "metadata"), "annotations"),
		OBJECTS_INITIAL_END);

	if (!scan_is(scan_string(end), "true")) {
		events->has_bookmarks = true;
		(void)advance(events, object);
		return true;
	}
	events->is_initial = false;
	if (!advance(events, object)) {
		events->is_initial = true;
		return stop(events, EVENTS_BEHIND);
	}
	objects_end(events->objects);
	return true;
}

static bool
on_error(struct events *events, struct span object)
{
	struct error unread;
	int64_t code = 0;
	int64_t seconds = 0;
	const char *message = NULL;
	jv status = json_new_object();

	json_free(status);
	if (!json_parse(object.at, object.n, &status, &unread))
		return stop(events, EVENTS_BROKEN);
	(void)json_int(json_at(status, "code"), &code);
	(void)json_int(
	    json_at(status, "details", "retryAfterSeconds"), &seconds);
	message = json_str(json_at(status, "message"));
	(void)error_set(&events->err, CAUSE_TEMPORARY, "%s (%lld)",
	    message == NULL ? "the watch ended with an error" : message,
	    (long long)code);
	events->err.retry_after_ms = seconds * 1000;
	json_free(status);
	if (code == 410)
		return stop(events, EVENTS_EXPIRED);
	return stop(
	    events, code == 429 || code == 500 ? EVENTS_FAILED : EVENTS_BROKEN);
}

/* clang-format off */
static const struct {
	const char *type;
	bool (*on)(struct events *events, struct span object);
} handlers[] = {
	{ "ADDED",    on_put },
	{ "MODIFIED", on_put },
	{ "DELETED",  on_deleted },
	{ "BOOKMARK", on_bookmark },
	{ "ERROR",    on_error },
};
/* clang-format on */

static bool
take_line(struct events *events, struct span line)
{
	struct span type = scan_string(scan_at(line, "type"));
	struct span object = scan_at(line, "object");

	if (line.n == 0 || (line.n == 1 && *line.at == '\r'))
		return true;
	events->n++;
	if (type.n == 0 || object.n == 0) {
		(void)error_set(&events->err, CAUSE_INVALID,
		    "the server sent something else than events");
		return stop(events, EVENTS_BROKEN);
	}
	for (size_t i = 0; i < COUNT(handlers); i++)
		if (scan_is(type, handlers[i].type))
			return handlers[i].on(events, object);
	log_warning("%s: an event of unknown type '%.*s' is passed over",
	    events->objects->resource->label, (int)type.n, type.at);
	return true;
}

/* The rest of a line that began in an earlier piece. */
static bool
take_joined(struct events *events, struct span rest)
{
	bool goes_on;

	text_add_n(&events->line, rest.at, rest.n);
	goes_on = take_line(
	    events, (struct span){ events->line.data, events->line.n });
	if (events->line.size > LINE_KEPT_MAX)
		text_done(&events->line);
	text_reset(&events->line);
	return goes_on;
}

bool
events_take(struct events *events, struct span piece)
{
	const char *end = piece.at + piece.n;
	const char *at = piece.at;
	const char *stop_at;
	struct span line;
	bool goes_on;

	while ((stop_at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		line = (struct span){ at, (size_t)(stop_at - at) };
		goes_on = events->line.n > 0 ? take_joined(events, line)
					     : take_line(events, line);
		if (!goes_on)
			return false;
		at = stop_at + 1;
	}
	text_add_n(&events->line, at, (size_t)(end - at));
	if (events->line.n <= EVENT_BYTES_MAX)
		return true;
	text_done(&events->line);
	(void)error_set(&events->err, CAUSE_INVALID,
	    "an event is larger than %zu bytes", EVENT_BYTES_MAX);
	return stop(events, EVENTS_BROKEN);
}

void
events_done(struct events *events)
{
	text_done(&events->line);
	text_done(&events->version);
}
