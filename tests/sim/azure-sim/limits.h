// SPDX-License-Identifier: ISC
/* limits -- the published rate limits, when the switch `limits` is on. */
#ifndef LIMITS_H
#define LIMITS_H

#include "sim.h"

/* Count a request for an action; false: answered with 429. */
bool limits_check(struct call *call, const char *action);

/* Forget what was counted. */
void limits_reset(void);

#endif
