// SPDX-License-Identifier: ISC
/* asker -- an object that asks, or may ask, for something; evaluate.c decides
 * when it is asked. */
#ifndef ASKER_H
#define ASKER_H

#include <stdbool.h>
#include <stdint.h>

#include "evaluate.h"

struct asker {
	struct member member; /* first: index hands members back */
	uint64_t hash;        /* of the claim said last */
	char *text;           /* the object, if it looked something up */
	size_t waiting;       /* its place in station->waiting */
	const struct kind *kind;
	struct station *station;
	bool said;
};

/* Evaluate the object and say its claim if that is news. Its text is kept if
 * it looked something up. The asker may be gone afterwards. */
void asker_evaluate(
    struct evaluator *evaluator, struct asker *asker, jv object);
/* The same of an object as it was printed, asker->text perhaps. */
void asker_evaluate_text(
    struct evaluator *evaluator, struct asker *asker, const char *text);

/* The object is gone or no longer selected: so is the asker. */
void asker_gone(struct evaluator *evaluator, struct asker *asker);

/* Without a word. */
void asker_forget(struct evaluator *evaluator, struct asker *asker);

#endif
