// SPDX-License-Identifier: ISC
/* template_function -- the functions that templates may call. */
#ifndef TEMPLATE_FUNCTION_H
#define TEMPLATE_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>

#include "template_value.h"

#define TEMPLATE_ARGS_MAX 32

struct template_function;

struct call {
	struct run *run;
	const struct template_function *self;
	const struct value *args;
	size_t n;
};

/* Who decides whether the next argument is evaluated at all. */
enum shortcut { SHORTCUT_NONE, SHORTCUT_ON_FALSE, SHORTCUT_ON_TRUE };

struct template_function {
	const char *name;
	struct value (*call)(const struct call *); /* NULL with a shortcut */
	size_t args_min;
	size_t args_max;
	unsigned texts; /* bit i: argument i must be a text */
	enum shortcut shortcut;
	int variant; /* for functions that share a call */
};

/* The function's value; false: run->err. */
bool template_function_call(const struct call *call, struct value *out);

/* NULL: there is no such function. */
const struct template_function *template_function_find(const char *name);

#endif
