// SPDX-License-Identifier: ISC
/* arm -- Azure Resource Manager's front end. */
#ifndef ARM_H
#define ARM_H

#include "sim.h"

/* Answer a request whose path begins with /subscriptions. */
void arm_handle(struct call *call);

/* Put request ids into the answer, check api-version and token. false:
 * answered. */
bool arm_check_caller(struct call *call);

#endif
