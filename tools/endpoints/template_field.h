// SPDX-License-Identifier: ISC
/* template_field -- what {{.Name}} means on a value. */
#ifndef TEMPLATE_FIELD_H
#define TEMPLATE_FIELD_H

#include <stdbool.h>

struct run;
struct value;

/* The field of a value; false: run->err says why there is none. */
bool template_field_find(struct run *run, const struct value *of,
    const char *name, struct value *out);

#endif
