// SPDX-License-Identifier: ISC
/*
 * evaluate -- from a stream of objects to a stream of claims.
 *
 * An object that is claimed for is evaluated when it is said and whenever
 * something it looked at changes; a claim that says what was said before is
 * not said again. Before all kinds of a source have their mark nothing of it
 * is evaluated: objects wait as text, and are evaluated sorted by key.
 */
#ifndef EVALUATE_H
#define EVALUATE_H

#include <stdbool.h>

#include "config.h"
#include "index.h"
#include "line.h"
#include "table.h"

/* A List of kubectl may be larger than a line of the wire. */
#define EVALUATE_BARE_BYTES_MAX ((size_t)256 << 20)

/* One source at work. */
struct station {
	const struct source *source;
	struct table askers; /* "namespace/name" -> struct asker */
	struct text waiting; /* objects before the first pass */
	bool passed;         /* the first pass is done */
	enum message_state said;
};

struct evaluator {
	const struct config *config;
	struct index index;
	struct station stations[CONFIG_SOURCES_MAX];
	size_t n_stations;
	struct line_writer *writer;
	bool warned;        /* that set identifiers mean nothing */
	struct arena arena; /* of one evaluation */
};

/* One station for each configured source; config and writer are borrowed. */
void evaluate_open(struct evaluator *evaluator, const struct config *config,
    struct line_writer *writer);

/* Forget everything; what was not flushed stays in the writer. */
void evaluate_close(struct evaluator *evaluator);

/* One line of the objects stream. false: it breaks the contract. */
bool evaluate_line(struct evaluator *evaluator, jv line, struct arena *arena,
    struct error *err);

/* One bare object or List, for --audit. */
bool evaluate_bare(struct evaluator *evaluator, jv object, struct arena *arena,
    struct error *err);

/* Take all kinds for complete. */
void evaluate_complete(struct evaluator *evaluator, struct arena *arena);

/* true once each source has said its mark. */
bool evaluate_is_complete(const struct evaluator *evaluator);

#endif
