// SPDX-License-Identifier: ISC
/*
 * opt_help -- what an option table says of itself; see opt_help.h.
 */
#include "opt_help.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

#define COLUMN 37 /* of the longest option that shares its line with its help */
#define HANG   "\n                                        "

bool
opt_takes_value(const struct opt *opt)
{
	return opt->kind != OPT_FLAG && opt->kind != OPT_UNUSED_FLAG;
}

static bool
is_unused(const struct opt *opt)
{
	return opt->kind == OPT_UNUSED_FLAG || opt->kind == OPT_UNUSED_VALUE;
}

/* What an option is while nobody gives it: the content of its place. */
static void
print_default(const struct opt *opt)
{
	const char *text;

	switch (opt->kind) {
	case OPT_FLAG:
		printf("%s", *(bool *)opt->value ? " [on]" : "");
		break;
	case OPT_STRING:
		text = *(const char **)opt->value;
		if (text != NULL && *text != '\0')
			printf(" [%s]", text);
		break;
	case OPT_INT:
		printf(" [%" PRId64 "]", *(int64_t *)opt->value);
		break;
	case OPT_DURATION:
		printf(" [%" PRId64 "s]", *(int64_t *)opt->value / 1000);
		break;
	case OPT_CHOICE:
		assert(opt->choices != NULL);
		text = opt->choices[*(int *)opt->value];
		if (*text != '\0')
			printf(" [%s]", text);
		break;
	default:
		break;
	}
}

static void
print_option(const struct opt *opt)
{
	char left[128];
	const char *between = ": ";

	(void)snprintf(left, sizeof(left), "--%s%s%s%s", opt->name,
	    opt_takes_value(opt) ? "=" : "",
	    opt_takes_value(opt) ? opt->argument : "",
	    opt->kind == OPT_LIST ? "..." : "");
	printf("  %-*s%s%s", COLUMN, left, strlen(left) > COLUMN ? HANG : " ",
	    opt->help);
	for (size_t i = 0; opt->choices != NULL && opt->choices[i] != NULL; i++)
		if (*opt->choices[i] != '\0') {
			printf("%s%s", between, opt->choices[i]);
			between = ", ";
		}
	print_default(opt);
	printf("\n");
}

_Noreturn void
opt_help_print(const struct opt_program *program)
{
	printf("usage: %s [OPTION...]%s%s\n%s.\n\n", program->name,
	    program->operands == NULL ? "" : " ",
	    program->operands == NULL ? "" : program->operands,
	    program->summary);
	for (size_t i = 0; i < program->n_opts; i++)
		if (!is_unused(&program->opts[i]))
			print_option(&program->opts[i]);
	printf("\nEach option can be given as EXTERNAL_DNS_NAME in the "
	       "environment.\nExit status: 0 done, 1 something is not as asked "
	       "for, 2 configuration.\n");
	exit(STATUS_DONE);
}

_Noreturn void
opt_help_list(const struct opt_program *program)
{
	for (size_t i = 0; i < program->n_opts; i++) {
		const struct opt *opt = &program->opts[i];

		printf("%s %s %s\n", opt->name,
		    !opt_takes_value(opt)   ? "flag"
		    : opt->kind == OPT_LIST ? "list"
					    : "value",
		    opt->kind == OPT_SECRET ? "secret"
		    : is_unused(opt)        ? "unused"
					    : "plain");
	}
	exit(STATUS_DONE);
}
