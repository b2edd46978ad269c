// SPDX-License-Identifier: ISC
/* station -- a source at work; evaluate.c hands it what was said. */
#ifndef STATION_H
#define STATION_H

#include <stdbool.h>

#include "evaluate.h"

/* The state of a kind was said: passes and marks of all that read it. */
void station_on_state(struct evaluator *evaluator, const struct kind *kind,
    enum message_state state, struct arena *arena);

/* Ask all stale askers anew, in the order of stations and keys. */
void station_evaluate_stale(struct evaluator *evaluator, struct stale *stale);

#endif
