// SPDX-License-Identifier: ISC
/*
 * opt_help -- what an option table says of itself: --help for people,
 * --list-options for pipeline.sh. Only opt.c calls it.
 */
#ifndef OPT_HELP_H
#define OPT_HELP_H

#include "opt.h"

/* Not a flag. */
bool opt_takes_value(const struct opt *opt);

/*
 * Print what --help asks for, each option with its choices and its default
 * (the content of its place), and exit with 0.
 */
_Noreturn void opt_help_print(const struct opt_program *program);

/* Print `NAME flag|value|list plain|secret|unused` for each option; exit with 0. */
_Noreturn void opt_help_list(const struct opt_program *program);

#endif
