// SPDX-License-Identifier: ISC
/*
 * index -- what is kept of joined objects, and who looked at it.
 *
 * Each joined kind has a table of facts, packed texts made by kind->pack.
 * Whoever looks something up while it is evaluated is remembered under what it
 * asked for, found or not; when that changes, exactly those are evaluated
 * anew. So what depends on what is never written down anywhere.
 */
#ifndef INDEX_H
#define INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "message.h"
#include "sources/source.h"
#include "table.h"

/* Something that looks things up; part of what evaluate.c keeps. */
struct member {
	struct dependency *dependencies;
	bool stale; /* something it looked at has changed */
};

struct index {
	const struct config *config;
	struct table kinds;  /* "group/Kind" -> struct index_kind */
	struct table groups; /* "group/Kind group" -> struct index_group */
	struct table asked;  /* what was asked for -> struct asked */
};

void index_init(struct index *index, const struct config *config);
/* All facts go; members must have been released. */
void index_done(struct index *index);

/* Members that have to be evaluated anew. */
struct stale {
	struct arena *arena; /* of the array */
	struct member **members;
	size_t n;
};
void index_mark_stale(struct stale *stale, struct member *member);

/* The object of a key, "namespace/name", was said, or is gone: who had looked at it becomes stale. */
void index_put(struct index *index, const struct kind *kind, const char *key,
    jv object, struct stale *stale);
void index_drop(struct index *index, const struct kind *kind, const char *key,
    struct stale *stale);

/* Facts of a kind go without notice; later ones are not kept. */
void index_close(struct index *index, const struct kind *kind);

/* The state of a kind, as its BOOKMARK said; false: not said yet. */
void index_set_state(
    struct index *index, const struct kind *kind, enum message_state state);
bool index_state(const struct index *index, const struct kind *kind,
    enum message_state *state);

/* -- for sources, while they evaluate ------------------------------------- */

/*
 * One object of a joined kind, or all of a group, sorted by key. A kind that
 * is forbidden or unavailable makes the claim unknown. *facts lives in the
 * ask's arena. namespace is "" for the cluster's.
 */
bool index_find(struct ask *ask, const struct kind *kind, const char *namespace,
    const char *name, struct fact *fact);
size_t index_group(struct ask *ask, const struct kind *kind, const char *group,
    struct fact **facts);

/* Forget what member looked at. */
void index_release(struct index *index, struct member *member);

/* -- packed texts ---------------------------------------------------------- */

/* Append one text and its NUL; NULL counts as "". */
void fact_add(struct text *out, const char *text);

/* The next text of a fact; "" at the end. Start with *cursor = 0. */
const char *fact_next(const struct fact *fact, size_t *cursor);
bool fact_at_end(const struct fact *fact, size_t cursor);

#endif
