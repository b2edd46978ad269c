// SPDX-License-Identifier: ISC
/* template_printf -- the function printf of templates. */
#ifndef TEMPLATE_PRINTF_H
#define TEMPLATE_PRINTF_H

#include <stdbool.h>
#include <stddef.h>

struct run;
struct text;
struct value;

/*
 * Append the first of n_args values, a text, filled with the others. false:
 * run->err says which verb does not fit which value.
 */
bool template_printf(
    struct run *run, const struct value *args, size_t n_args, struct text *out);

#endif
