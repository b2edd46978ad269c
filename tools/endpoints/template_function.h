// SPDX-License-Identifier: ISC
/* template_function -- the functions that templates may call. */
#ifndef TEMPLATE_FUNCTION_H
#define TEMPLATE_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>

struct run;
struct value;

#define TEMPLATE_ARGS_MAX 32

struct template_function;

/* *out may be written in any case; false: run->err. */
typedef bool template_call(struct run *run,
    const struct template_function *self, const struct value *args,
    size_t n_args, struct value *out);

/* Who decides whether the next argument is evaluated at all. */
enum shortcut { SHORTCUT_NONE, SHORTCUT_ON_FALSE, SHORTCUT_ON_TRUE };

struct template_function {
	const char *name;
	template_call *call; /* NULL with a shortcut */
	size_t args_min;
	size_t args_max;
	enum shortcut shortcut;
	int variant; /* for functions that share a call */
};

/* NULL: there is no such function. */
const struct template_function *template_function_find(const char *name);

#endif
