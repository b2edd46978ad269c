// SPDX-License-Identifier: ISC
/* advice -- what a person should do about a refusal. */
#ifndef ADVICE_H
#define ADVICE_H

#include <stdbool.h>

#include "error.h"

struct settings;

/* What a person should do about an error. */
struct advice {
	const char *setting; /* the one at fault */
	const char *value;   /* its present value */
	const char *text;
	const char *command; /* that mends it, or NULL */
};

/* The cause that an AADSTS number stands for; CAUSE_NONE: not known. */
enum cause advice_cause(const char *code);

/* Look err->code up; false: nothing to say. Texts live in the arena. */
bool advice_find(
    struct settings *settings, const struct error *err, struct advice *advice);

/* Log err with its advice, as one line; json: as one object. */
void advice_log(struct settings *settings, const struct error *err, bool json);

#endif
