// SPDX-License-Identifier: ISC
/*
 * objects -- the objects of one resource, as standard output was told them.
 *
 * Each line is a statement about one object that is true by itself, so that a
 * list may be said while it is read; only what a list does not hold has to
 * wait for its end. Texts are copied as they came: a number of twenty digits
 * stays what it is, and no jv is built.
 */
#include "objects.h"

#include <string.h>

/* Bytes collected before they are written, within one piece of an answer. */
#define OUT_BYTES_MAX 16384

/*
 * What was last said about an object: enough to tell a repetition from a
 * change, another object of the same name, an answer older than what was said,
 * and after a list what is no longer there.
 */
struct said {
	uint64_t content; /* hash of what was said */
	uint64_t version; /* resourceVersion, 0 if it is no number */
	uint32_t uid;     /* hash */
	bool is_seen;     /* since objects_begin */
};

void
objects_init(struct objects *objects, const struct resource *resource,
    struct line_writer *out)
{
	*objects = (struct objects){ .resource = resource, .out = out };
	table_init(&objects->said, sizeof(struct said), NULL);
}

uint64_t
objects_version(struct span version)
{
	uint64_t number = 0;

	if (version.n == 0 || version.n > 19)
		return 0;
	for (size_t i = 0; i < version.n; i++) {
		if (version.at[i] < '0' || version.at[i] > '9')
			return 0;
		number = number * 10 + (uint64_t)(version.at[i] - '0');
	}
	return number;
}

static void
begin_line(struct objects *objects, enum message_type type)
{
	text_format(&objects->out->buffer,
	    "{\"type\":\"%s\",\"object\":{\"apiVersion\":\"%s\","
	    "\"kind\":\"%s\",",
	    message_type_name(type), objects->api_version, objects->kind);
}

static void
end_line(struct objects *objects)
{
	text_add(&objects->out->buffer, "}}\n");
	/* A reader that is gone is noticed in main. */
	if (objects->out->buffer.n > OUT_BYTES_MAX)
		(void)line_flush(objects->out);
}

/* The metadata that every line needs, and no more. */
static void
say_identity(struct objects *objects, enum message_type type, const char *key,
    const struct identity *identity)
{
	struct text *out = &objects->out->buffer;
	const char *slash = strchr(key, '/');

	begin_line(objects, type);
	text_add(out, "\"metadata\":{");
	if (slash != NULL)
		text_format(
		    out, "\"namespace\":\"%.*s\",", (int)(slash - key), key);
	text_format(out, "\"name\":\"%s\"", slash == NULL ? key : slash + 1);
	if (identity != NULL && identity->uid.n > 0)
		text_format(out, ",\"uid\":\"%.*s\"", (int)identity->uid.n,
		    identity->uid.at);
	if (type != MESSAGE_DELETED)
		text_add(
		    out, ",\"annotations\":{\"azdns/oversized\":\"true\"}");
	text_add_char(out, '}');
	end_line(objects);
}

static void
say(struct objects *objects, enum message_type type,
    const struct identity *identity)
{
	/* What the line holds beside the object is far below this. */
	const size_t frame = 1024;

	if (objects->pruned.n + frame > LINE_BYTES_MAX) {
		say_identity(objects, type, objects->key.data, identity);
		return;
	}
	begin_line(objects, type);
	text_add_n(
	    &objects->out->buffer, objects->pruned.data, objects->pruned.n);
	end_line(objects);
}

/* Prune object into pruned, its key into key. */
static bool
take(struct objects *objects, struct span object, struct identity *identity,
    struct error *err)
{
	text_reset(&objects->pruned);
	text_reset(&objects->key);
	if (!prune_object(&objects->resource->prune, object, identity,
		&objects->pruned) ||
	    identity->name.n == 0)
		return error_set(
		    err, CAUSE_INVALID, "what the server sent is no object");
	if (identity->kind.n > 0 && !scan_is(identity->kind, objects->kind))
		return error_set(err, CAUSE_INVALID,
		    "the server sent a %.*s for a %s", (int)identity->kind.n,
		    identity->kind.at, objects->kind);
	text_add_n(
	    &objects->key, identity->namespace.at, identity->namespace.n);
	if (identity->namespace.n > 0)
		text_add_char(&objects->key, '/');
	text_add_n(&objects->key, identity->name.at, identity->name.n);
	return true;
}

static struct said
said_of(const struct objects *objects, const struct identity *identity)
{
	return (struct said){
		.content = text_hash(
		    TEXT_HASH, objects->pruned.data, objects->pruned.n),
		.version = objects_version(identity->version),
		.uid = (uint32_t)text_hash(
		    TEXT_HASH, identity->uid.at, identity->uid.n),
		.is_seen = true,
	};
}

bool
objects_put(struct objects *objects, struct span object, struct error *err)
{
	struct identity identity;
	struct said *said;
	struct said before;
	bool added;

	if (!take(objects, object, &identity, err))
		return false;
	said = table_put(&objects->said, objects->key.data, &added);
	before = *said;
	*said = said_of(objects, &identity);
	if (added) {
		say(objects, MESSAGE_ADDED, &identity);
	} else if (before.uid != said->uid) {
		say_identity(objects, MESSAGE_DELETED, objects->key.data, NULL);
		say(objects, MESSAGE_ADDED, &identity);
	} else if (before.version > said->version && said->version != 0) {
		before.is_seen = true;
		*said = before; /* older than what was said */
	} else if (before.content != said->content) {
		say(objects, MESSAGE_MODIFIED, &identity);
	}
	return true;
}

bool
objects_drop(struct objects *objects, struct span object, struct error *err)
{
	struct identity identity;
	const struct said *said;

	if (!take(objects, object, &identity, err))
		return false;
	said = table_find(&objects->said, objects->key.data);
	/* Another object of the same name may be there already. */
	if (said == NULL || said->uid != said_of(objects, &identity).uid)
		return true;
	(void)table_drop(&objects->said, objects->key.data);
	say(objects, MESSAGE_DELETED, &identity);
	return true;
}

void
objects_begin(struct objects *objects)
{
	struct said *said;
	size_t cursor = 0;

	while ((said = table_next(&objects->said, &cursor)) != NULL)
		said->is_seen = false;
}

void
objects_end(struct objects *objects)
{
	const struct said *said;
	size_t cursor = 0;

	while ((said = table_next(&objects->said, &cursor)) != NULL) {
		if (said->is_seen)
			continue;
		say_identity(objects, MESSAGE_DELETED, table_key(said), NULL);
		(void)table_drop(&objects->said, table_key(said));
	}
}

void
objects_forget_versions(struct objects *objects)
{
	struct said *said;
	size_t cursor = 0;

	while ((said = table_next(&objects->said, &cursor)) != NULL)
		said->version = 0;
}

void
objects_mark(const struct objects *objects, enum message_state state,
    const char *version)
{
	jv annotations = json_new_object();
	jv metadata = json_new_object();
	jv object = json_new_object();
	jv line = json_new_object();

	json_set_str(&annotations, OBJECTS_INITIAL_END, "true");
	json_set_str(&annotations, "azdns/state", message_state_name(state));
	json_set_str(&metadata, "resourceVersion", version);
	json_set(&metadata, "annotations", annotations);
	json_set_str(&object, "apiVersion", objects->api_version);
	json_set_str(&object, "kind", objects->kind);
	json_set(&object, "metadata", metadata);
	json_set_str(&line, "type", message_type_name(MESSAGE_BOOKMARK));
	json_set(&line, "object", object);
	(void)line_put(objects->out, line);
}

void
objects_done(struct objects *objects)
{
	table_clear(&objects->said);
	text_done(&objects->pruned);
	text_done(&objects->key);
}
