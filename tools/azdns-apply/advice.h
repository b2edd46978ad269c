// SPDX-License-Identifier: ISC
/* advice -- what the error codes of ARM and Azure DNS mean to us. */
#ifndef ADVICE_H
#define ADVICE_H

#include "error.h"

struct advice {
	const char *code;
	enum cause cause; /* CAUSE_NONE: as the HTTP status says */
	const char *text; /* what to do about it */
};

/* The row of a code (any case), or NULL. */
const struct advice *advice_find(const char *code);

#endif
