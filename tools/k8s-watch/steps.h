// SPDX-License-Identifier: ISC
/* steps -- what each phase of a watch asks, and what its answer leads to. */
#ifndef STEPS_H
#define STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "scan.h"

struct arena;
struct http_answer;
struct watch;

struct step {
	/* Path and query, in the arena; the request begins. */
	const char *(*path)(struct watch *watch, struct arena *arena);
	/* A piece of an answer 200; false: no more is wanted. */
	bool (*take)(struct watch *watch, struct span piece);
	/* The end of any answer. */
	void (*end)(struct watch *watch, const struct http_answer *answer);
	bool is_list;
	int64_t timeout_ms; /* 0: as long as it was asked to watch */
	int64_t silence_ms; /* 0: any */
};

/* The step of the phase in which watch is. */
const struct step *steps_of(const struct watch *watch);

/* Keep a piece of an answer that is no list and no events. */
bool steps_take_body(struct watch *watch, struct span piece);

/* Take over what discovery knows. */
void steps_adopt_discovery(struct watch *watch);

#endif
