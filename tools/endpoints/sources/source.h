// SPDX-License-Identifier: ISC
/*
 * source -- one kind of wish: which objects it reads and what they ask for.
 *
 * A source is a file sources/NAME.c and a row in sources.c. Its head comment
 * is its specification: Reads, Names, Targets, TTL, Joins, Skips, Upstream; a
 * heading that is missing means "as in evaluate.c and claim.c", where
 * everything that sources share is done: filters, annotations of all sources,
 * templates, merging, checking.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <jv.h>
#include <stdbool.h>
#include <stddef.h>

#include "strlist.h"

struct arena;
struct claim_draft;
struct config;
struct index;
struct member;
struct text;

#define SOURCE_READS_MAX 8

enum scope {
	SCOPE_NAMESPACE, /* of --namespace */
	SCOPE_GATEWAY,   /* of --gateway-namespace */
	SCOPE_CLUSTER,   /* never limited */
};

/* The kept part of one object; bytes end with NUL. Lives until it changes:
 * not beyond the evaluation that looked it up. */
struct fact {
	const char *key; /* "namespace/name"; "/name" for the cluster's */
	size_t n;
	const char *bytes;
};

/*
 * A kind of object, whatever its version. Kinds that are joined have pack: it
 * appends what is kept of an object (its fact) to out, whose bytes are all
 * that sources see later; an object whose fact did not change is no event.
 */
struct kind {
	const char *group; /* "" for the core group */
	const char *name;  /* "EndpointSlice" */
	const char *resource;
	enum scope scope;
	/* false: the object counts as not there. */
	bool (*pack)(const struct config *config, jv object, struct text *out);
	/* The groups that a fact belongs to, for index_group; may be NULL. */
	void (*groups)(const struct fact *fact, struct arena *arena,
	    struct strlist *groups);
	/* Groups are made when first asked for, which then costs a walk over
	 * all facts of the kind. For groups that hardly anybody asks for. */
	bool lazy;
};

/* The evaluation of one object. All of it ends with the evaluation. */
struct ask {
	const struct config *config;
	const struct source *source;
	const struct kind *kind;
	jv object;
	const char *namespace; /* "" for an object of the cluster */
	const char *name;
	struct arena *arena;
	struct claim_draft *draft; /* what it asks for: claim.h */
	struct index *index;       /* lookups: index.h */
	struct member *member;     /* who looks things up */
	bool skip; /* set by a source: the object is not selected */
};

/* One row of what a source reads. */
struct read {
	const struct kind *kind;
	bool joined;       /* false: the source claims for objects of it */
	const char *paths; /* fields needed, separated by blanks; NULL: all */
	bool (*wanted)(const struct config *config); /* NULL: always */
	/* Awaited only if that other kind came as other than complete. */
	const struct kind *stands_in_for;
};

struct source {
	const char *name;    /* of --source; holds no dot */
	const char *summary; /* half a line for --list-sources */
	const char *label;   /* in front of the `resource` label; NULL: none */
	bool any_controller; /* the controller annotation means nothing */
	bool pairs;          /* --fqdn-target-template applies */
	bool no_properties;  /* record-type and azure-tags mean nothing */
	bool templated;      /* claim runs --fqdn-template by itself */
	struct read reads[SOURCE_READS_MAX]; /* up to the first without kind */
	/* What the object asks for by itself. */
	void (*claim)(struct ask *ask);
	/* A name that --fqdn-template gives; NULL: no such templates. */
	void (*host)(struct ask *ask, const char *host);
};

/* The table of all sources, sorted by name, and the row of a name or NULL. */
extern const struct source *const sources[];
extern const size_t sources_n;
const struct source *source_find(const char *name);

/* A row that the options switch off is not read. */
bool source_reads(const struct config *config, const struct read *read);

#endif
