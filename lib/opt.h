// SPDX-License-Identifier: ISC
/*
 * opt -- the option table of a program and the one parser of all of them.
 *
 * An option is given as `--name=value`, `--name value`, `--name`, `--no-name`
 * or as the environment variable EXTERNAL_DNS_NAME (dashes as underscores,
 * the items of a list joined by newline), as external-dns takes them. The
 * command line wins over the environment. A program may be given options in
 * the environment that it does not know; on the command line it refuses them.
 *
 * Every table also answers --help, --version and --list-options (one line per
 * option: NAME ARITY KIND; pipeline.sh hands options out by it).
 */
#ifndef OPT_H
#define OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "strlist.h"

enum opt_kind {
	OPT_FLAG,     /* bool */
	OPT_STRING,   /* const char * */
	OPT_SECRET,   /* const char *; never printed */
	OPT_LIST,     /* struct strlist; repeatable */
	OPT_INT,      /* int64_t, not negative */
	OPT_DURATION, /* int64_t milliseconds: Go's 1h2m3.5s, or bare seconds */
	OPT_CHOICE,   /* int: index into choices */
	OPT_UNUSED_FLAG,  /* accepted for external-dns's sake; one info line */
	OPT_UNUSED_VALUE, /* the same, with a value */
};

struct opt {
	const char *name;
	enum opt_kind kind;
	void *value; /* where it goes; its content before is the default */
	const char *argument; /* word for the value in --help */
	const char *help;
	const char *const *choices; /* NULL-terminated */
};

/* What OPT_LOG reads; level begins as LOG_INFO. */
struct opt_log {
	int level;  /* index into opt_log_levels */
	int format; /* index into opt_log_formats */
};

struct opt_program {
	const char *name;
	const char *summary;  /* one sentence */
	const char *operands; /* for the usage line, or NULL */
	const struct opt *opts;
	size_t n_opts;
	const struct opt_log *log; /* handed to log once read; may be NULL */
};

/*
 * Read environment and command line into the table's places. Prints and exits
 * with 0 for --help, --version and --list-options; logs one line that names
 * the option and the remedy and exits with STATUS_CONFIG for anything wrong.
 * Returns the index of the first operand in argv (operands are moved to the
 * end); values borrow argv and the environment.
 */
int opt_parse(const struct opt_program *program, int argc, char **argv);

/* Parse a duration to milliseconds: Go syntax (1h30m, 250ms) or bare seconds. */
bool opt_duration(const char *text, int64_t *ms);

/* The log options that every program has, to put into its table. */
extern const char *const opt_log_levels[];
extern const char *const opt_log_formats[];
/* clang-format off */
#define OPT_LOG(config) \
	{ "log-level", OPT_CHOICE, &(config).level, "LEVEL", \
	  "least severe log lines to write", opt_log_levels }, \
	{ "log-format", OPT_CHOICE, &(config).format, "FORMAT", \
	  "form of the log lines", opt_log_formats }
/* clang-format on */

#endif
