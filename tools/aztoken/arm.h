// SPDX-License-Identifier: ISC
/* arm -- one read of Azure Resource Manager. */
#ifndef ARM_H
#define ARM_H

#include <stdbool.h>

#include "ask.h"

struct secret;
struct settings;

/* GET a path below the ARM endpoint; false: refused or no answer. The caller
 * ends answer in any case. */
bool arm_read(struct settings *settings, const struct secret *access,
    const char *path, struct answer *answer, struct error *err);

#endif
