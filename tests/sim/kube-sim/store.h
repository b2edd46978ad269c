// SPDX-License-Identifier: ISC
/*
 * store -- what the simulated cluster holds: kinds, their objects, and the
 * history of changes that lists and watches are answered from.
 *
 * One counter of versions for all kinds, as in etcd. An object is kept as the
 * text that follows its kind and apiVersion, so that one copy serves every
 * version of the kind, lists, watches and history.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"
#include "table.h"
#include "text.h"

/* What discovery says of a kind. */
struct kind_spec {
	const char *group;    /* "": core */
	const char *versions; /* blank-separated, preferred one first */
	const char *kind;
	const char *plural;
	const char *singular;
	const char *short_names; /* blank-separated */
	bool namespaced;
	bool has_status; /* a subresource of its own */
	bool custom;     /* defined by a CustomResourceDefinition */
	bool is_in_all;  /* of the category `all` */
};

/* The text of one state of an object, `"metadata":...}`; shared, counted. */
struct body {
	unsigned references;
	uint32_t n;
	char text[];
};

struct object {
	int64_t version; /* metadata.resourceVersion */
	struct body *body;
};

enum event_type { EVENT_ADDED, EVENT_MODIFIED, EVENT_DELETED };

struct event {
	int64_t version;
	enum event_type type;
	char *key;           /* as in kind.objects */
	struct body *now;    /* of a deletion: the last state */
	struct body *before; /* NULL: ADDED */
};

struct kind {
	struct kind_spec spec;
	char *owned; /* memory of a spec that is not static, or NULL */
	bool served;
	struct table objects; /* struct object by "NAMESPACE/NAME" */
	struct event *events; /* the oldest first */
	size_t n_events;
	uint64_t first_event; /* number of events[0] since the start */
	int64_t compacted;    /* changes up to this version are forgotten */
	void **sorted;        /* objects by key, or NULL: to be made */
	struct object_snapshot *saved; /* see store_save */
	size_t n_saved;
	uint64_t epoch;  /* changed: its watches end */
	struct text raw; /* bytes that a test puts into its watches */
	uint64_t n_raw;  /* how often it has done so */
};

struct store {
	struct kind **kinds;
	size_t n_kinds;
	int64_t version; /* of the last change */
	int64_t saved_version;
	uint64_t serial;    /* of uids; never goes back */
	uint64_t epoch;     /* changed: all watches end */
	size_t history_max; /* events kept for each kind */
	void (*on_event)(void *context, struct kind *kind);
	void *context;
};

void store_init(struct store *store, size_t history_max);

/* A kind by group and plural, or NULL; also when it is not served. */
struct kind *store_kind(
    const struct store *store, const char *group, const char *plural);

/* A kind by group and Kind, or NULL. */
struct kind *store_kind_named(
    const struct store *store, const char *group, const char *name);

/* Add a kind; owned (may be NULL) is freed with it, spec points into it. */
struct kind *store_add_kind(
    struct store *store, const struct kind_spec *spec, char *owned);

/* true if version is among the versions of the kind. */
bool kind_serves(const struct kind *kind, const char *version);

/* The preferred version, in a static buffer. */
const char *kind_version(const struct kind *kind);

/* "NAMESPACE/NAME" appended; namespace may be NULL. */
void store_key(struct text *out, const char *ns, const char *name);

/* The object, or NULL. */
struct object *store_find(
    const struct kind *kind, const char *ns, const char *name);

/* An object as a new value with metadata first; the version of the API is
 * not in it. To be given to json_free or a builder. */
jv object_value(const struct body *body);

/*
 * Write an object under its next version and log the event; takes value, which
 * carries no kind and apiVersion (they are dropped). Returns the stored body,
 * which lives as long as the object is not written again.
 */
const struct body *store_put(
    struct store *store, struct kind *kind, const char *key, jv value);

/* Remove an object; its last state carries the version of the deletion. */
void store_drop(struct store *store, struct kind *kind, const char *key);

/* Forget history up to now, as etcd's compaction does. */
void store_compact(struct store *store, struct kind *kind);

/* Remember all objects and the version; put all back as they were, history
 * forgotten, as a restored etcd does. */
void store_save(struct store *store);
void store_restore(struct store *store);

/* The objects of a kind sorted by key: an array of struct object *, n of it
 * in kind->objects.n, owned by the kind until the next change. */
struct object **store_sorted(struct kind *kind);

/*
 * Call visit for each object as it was at version, in order of key, until it
 * returns false. false: that version is forgotten.
 */
struct store_visitor {
	bool (*visit)(void *context, const char *key, const struct body *body);
	void *context;
	const char *after; /* start behind this key, or NULL */
};
bool store_walk(
    struct kind *kind, int64_t version, const struct store_visitor *visitor);

/* A new uid: a function of the serial number alone. */
void store_uid(struct store *store, char uid[37]);

/* The time of the virtual clock: one second for each change. */
void store_time(const struct store *store, char time[32]);

struct body *body_share(struct body *body);
void body_free(struct body *body);

#endif
