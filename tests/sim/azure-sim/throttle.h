// SPDX-License-Identifier: ISC
/* throttle -- the published rate limits, when the switch `limits` is on. */
#ifndef THROTTLE_H
#define THROTTLE_H

#include "sim.h"

/* Count a request for an action; false: answered with 429. */
bool throttle_check(struct call *call, const char *action);

/* Forget what was counted. */
void throttle_reset(void);

#endif
