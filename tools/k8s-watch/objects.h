// SPDX-License-Identifier: ISC
/*
 * objects -- the objects of one resource, as standard output was told them.
 *
 * The only place where a line is written: an object that was read is pruned,
 * compared with what was said, and said if it is news.
 */
#ifndef OBJECTS_H
#define OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "line.h"
#include "message.h"
#include "resource.h"
#include "table.h"

/* The annotation of the bookmark behind all objects, here and in a watch. */
#define OBJECTS_INITIAL_END "k8s.io/initial-events-end"

struct objects {
	const struct resource *resource;
	struct line_writer *out;
	const char *kind;        /* as the server names it */
	const char *api_version; /* of the objects: "GROUP/VERSION" */
	struct table said;  /* "NAMESPACE/NAME" as JSON text -> struct said */
	struct text pruned; /* of the object at hand */
	struct text key;
};

/* Nothing was said; resource and out are borrowed. */
void objects_init(struct objects *objects, const struct resource *resource,
    struct line_writer *out);

/* Say ADDED or MODIFIED if the object is news. false: it is none of ours, or
 * no object at all. */
bool objects_put(
    struct objects *objects, struct span object, struct error *err);

/* Say DELETED of an object that was said. */
bool objects_drop(
    struct objects *objects, struct span object, struct error *err);

/* A list begins; a list was read to its end: say DELETED of all that was said
 * before and not put since. */
void objects_begin(struct objects *objects);
void objects_end(struct objects *objects);

/* The server began to count anew: no object is older than another. */
void objects_forget_versions(struct objects *objects);

/* Say a completeness mark; version may be NULL. */
void objects_mark(const struct objects *objects, enum message_state state,
    const char *version);

/* A resourceVersion as a number that can be compared, 0 if it is none. */
uint64_t objects_version(struct span version);

/* Forget all that was said; nothing is written. */
void objects_done(struct objects *objects);

#endif
