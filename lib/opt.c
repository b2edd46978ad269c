// SPDX-License-Identifier: ISC
/*
 * opt -- see opt.h.
 *
 * Two passes over the same table: first the environment, then the command
 * line, whose first mention of a list drops what the environment gave it.
 * Lists live in an arena that is never freed, as all options.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "count.h"
#include "error.h"
#include "log.h"
#include "opt.h"
#include "opt_help.h"

#define PREFIX         "EXTERNAL_DNS_"
#define NAME_MAX_BYTES 64
#define NEAR_ENOUGH    5 /* edits up to which a name is proposed */

const char *const opt_log_levels[] = { "error", "warning", "info", "debug",
	"warn", "fatal", "panic", "trace", NULL };
const char *const opt_log_formats[] = { "text", "json", NULL };

static struct arena arena;    /* of lists; lives as long as the process */
static struct strlist unused; /* what was given and has no use here */

/* Where a value came from, for messages: `--ttl` or `EXTERNAL_DNS_TTL`. */
struct given {
	const struct opt *opt;
	const char *origin;
	bool first; /* of this pass: a list starts anew */
};

static const struct opt *
find(const struct opt_program *program, const char *name, size_t n)
{
	for (size_t i = 0; i < program->n_opts; i++)
		if (strlen(program->opts[i].name) == n &&
		    strncmp(program->opts[i].name, name, n) == 0)
			return &program->opts[i];
	return NULL;
}

/* -- values --------------------------------------------------------------- */

static const struct {
	const char *name;
	double ms;
} duration_units[] = {
	{ "ns", 1e-6 },
	{ "us", 1e-3 },
	{ "µs", 1e-3 },        /* the micro sign */
	{ "\316\274s", 1e-3 }, /* the Greek letter */
	{ "ms", 1 },
	{ "s", 1e3 },
	{ "m", 60e3 },
	{ "h", 3600e3 },
};

/* The unit at text; 0 if there is none. The longest name wins. */
static double
read_unit(const char **text)
{
	size_t longest = 0;
	double ms = 0;

	for (size_t i = 0; i < COUNT(duration_units); i++) {
		size_t n = strlen(duration_units[i].name);

		if (n > longest &&
		    strncmp(*text, duration_units[i].name, n) == 0) {
			longest = n;
			ms = duration_units[i].ms;
		}
	}
	*text += longest;
	return ms;
}

bool
opt_duration(const char *text, int64_t *ms)
{
	double sum = 0;

	if (*text == '\0')
		return false;
	while (*text != '\0') {
		char *end;
		double number, unit;

		if (!isdigit((unsigned char)*text) && *text != '.')
			return false;
		number = strtod(text, &end);
		if (end == text)
			return false;
		if (*end == '\0' && sum == 0) { /* bare seconds */
			sum = number * 1e3;
			break;
		}
		text = end;
		unit = read_unit(&text);
		if (unit == 0)
			return false;
		sum += number * unit;
	}
	if (!(sum < 1e15))
		return false;
	*ms = (int64_t)sum;
	return true;
}

static int
find_choice(const struct opt *opt, const char *text)
{
	for (int i = 0; opt->choices[i] != NULL; i++)
		if (strcmp(opt->choices[i], text) == 0)
			return i;
	return -1;
}

_Noreturn static void
refuse_choice(const struct given *given, const char *text)
{
	struct strlist choices = { 0 };

	for (int i = 0; given->opt->choices[i] != NULL; i++)
		strlist_add(&choices, &arena, given->opt->choices[i]);
	log_die(STATUS_CONFIG, "%s: '%s' is not one of: %s", given->origin,
	    text, strlist_join(&choices, &arena, ", "));
}

static void
set_list(const struct given *given, const char *text)
{
	struct strlist *list = given->opt->value;

	if (given->first)
		*list = (struct strlist){ 0 };
	/* An empty item is how external-dns's charts say "none". */
	if (*text != '\0')
		strlist_add(list, &arena, text);
}

static void
set_number(const struct given *given, const char *text)
{
	const struct opt *opt = given->opt;
	char *end;
	long long number;

	if (opt->kind == OPT_DURATION) {
		if (!opt_duration(text, opt->value))
			log_die(STATUS_CONFIG,
			    "%s: '%s' is not a duration such as 30s or 1h30m",
			    given->origin, text);
		return;
	}
	number = strtoll(text, &end, 10);
	if (*text == '\0' || *end != '\0' || number < 0)
		log_die(STATUS_CONFIG, "%s: '%s' is not a whole number from 0",
		    given->origin, text);
	*(int64_t *)opt->value = number;
}

static void
set_value(const struct given *given, const char *text)
{
	const struct opt *opt = given->opt;
	int choice;

	switch (opt->kind) {
	case OPT_STRING:
	case OPT_SECRET:
		*(const char **)opt->value = text;
		break;
	case OPT_LIST:
		set_list(given, text);
		break;
	case OPT_INT:
	case OPT_DURATION:
		set_number(given, text);
		break;
	case OPT_CHOICE:
		choice = find_choice(opt, text);
		if (choice < 0)
			refuse_choice(given, text);
		*(int *)opt->value = choice;
		break;
	case OPT_UNUSED_VALUE:
	case OPT_UNUSED_FLAG:
		strlist_add(&unused, &arena, given->origin);
		break;
	case OPT_FLAG:
		break; /* set_flag's */
	}
}

static void
set_flag(const struct given *given, bool truth)
{
	if (given->opt->kind == OPT_FLAG)
		*(bool *)given->opt->value = truth;
	else if (truth)
		set_value(given, "");
}

/* -- environment ---------------------------------------------------------- */

/* Go's strconv.ParseBool, as external-dns reads its flags. */
static bool
parse_truth(const char *text, bool *truth)
{
	static const char *const words[] = { "0", "f", "F", "false", "FALSE",
		"False", "1", "t", "T", "true", "TRUE", "True" };

	for (size_t i = 0; i < 12; i++)
		if (strcmp(words[i], text) == 0) {
			*truth = i >= 6;
			return true;
		}
	return false;
}

static void
read_environment_of(const struct opt *opt)
{
	struct given given = { opt, NULL, true };
	char name[sizeof(PREFIX) + NAME_MAX_BYTES] = PREFIX;
	size_t n = strlen(PREFIX);
	struct strlist items = { 0 };
	const char *text;
	bool truth;

	for (const char *c = opt->name; *c != '\0' && n < sizeof(name) - 1; c++)
		name[n++] =
		    (char)(*c == '-' ? '_' : toupper((unsigned char)*c));
	name[n] = '\0';
	text = getenv(name);
	if (text == NULL)
		return;
	given.origin = arena_copy(&arena, name);
	if (!opt_takes_value(opt)) {
		if (!parse_truth(text, &truth))
			log_die(STATUS_CONFIG,
			    "%s: '%s' is neither true nor "
			    "false",
			    name, text);
		set_flag(&given, truth);
	} else if (opt->kind != OPT_LIST) {
		set_value(&given, text);
	} else {
		strlist_add_split(&items, &arena, text, '\n');
		for (size_t i = 0; i < items.n; i++) {
			set_value(&given, items.items[i]);
			given.first = false;
		}
	}
}

/* Levenshtein's distance of two names, one row at a time. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_BYTES + 1];
	size_t n = strnlen(b, NAME_MAX_BYTES);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t above = row[j + 1];
			size_t best = diagonal + (a[i] == b[j] ? 0 : 1);

			if (above + 1 < best)
				best = above + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			diagonal = above;
			row[j + 1] = best;
		}
	}
	return row[n];
}

_Noreturn static void
refuse_option(const struct opt_program *program, const char *argument)
{
	const char *given = argument + 2;
	const char *name = arena_copy_n(&arena, given, strcspn(given, "="));
	const char *nearest = NULL;
	size_t best = NEAR_ENOUGH + 1;

	for (size_t i = 0; i < program->n_opts; i++) {
		size_t edits = distance(name, program->opts[i].name);

		if (edits < best) {
			best = edits;
			nearest = program->opts[i].name;
		}
	}
	if (nearest != NULL)
		log_die(STATUS_CONFIG,
		    "unknown option --%s; did you mean --%s?", name, nearest);
	log_die(STATUS_CONFIG, "unknown option --%s; see %s --help", name,
	    program->name);
}

/* -- command line --------------------------------------------------------- */

/* One option at argv[i]; returns the number of arguments used. */
static int
read_argument(const struct opt_program *program, char **argv, int i, bool *seen)
{
	const char *name = argv[i] + 2;
	const char *value = strchr(name, '=');
	size_t n = value == NULL ? strlen(name) : (size_t)(value - name);
	const struct opt *opt = find(program, name, n);
	bool truth = true;
	struct given given;

	if (opt == NULL && value == NULL && strncmp(name, "no-", 3) == 0) {
		opt = find(program, name + 3, n - 3);
		truth = false;
		if (opt != NULL && opt_takes_value(opt))
			opt = NULL;
	}
	if (opt == NULL)
		refuse_option(program, argv[i]);
	given = (struct given){ opt, arena_format(&arena, "--%s", opt->name),
		!seen[opt - program->opts] };
	seen[opt - program->opts] = true;
	if (!opt_takes_value(opt)) {
		if (value != NULL && !parse_truth(value + 1, &truth))
			log_die(
			    STATUS_CONFIG, "%s takes no value", given.origin);
		set_flag(&given, truth);
		return 1;
	}
	if (value == NULL && argv[i + 1] == NULL)
		log_die(STATUS_CONFIG, "%s needs a value", given.origin);
	set_value(&given, value == NULL ? argv[i + 1] : value + 1);
	return value == NULL ? 2 : 1;
}

static void
answer_itself(const struct opt_program *program, const char *argument)
{
	if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
		opt_help_print(program);
	if (strcmp(argument, "--list-options") == 0)
		opt_help_list(program);
	if (strcmp(argument, "--version") == 0) {
		printf("%s %s\n", program->name, AZDNS_VERSION);
		exit(STATUS_DONE);
	}
}

static void
open_log(const struct opt_log *config)
{
	/* logrus's other names, as external-dns takes them. */
	static const enum log_level levels[] = { LOG_ERROR, LOG_WARNING,
		LOG_INFO, LOG_DEBUG, LOG_WARNING, LOG_ERROR, LOG_ERROR,
		LOG_DEBUG };

	if (config != NULL) {
		log_set_level(levels[config->level]);
		log_set_format((enum log_format)config->format);
	}
	for (size_t i = 0; i < unused.n; i++)
		log_info("%s: accepted, has no use here", unused.items[i]);
}

int
opt_parse(const struct opt_program *program, int argc, char **argv)
{
	bool *seen = arena_alloc(&arena, program->n_opts * sizeof(*seen) + 1);
	char **operands =
	    arena_alloc(&arena, ((size_t)argc + 1) * sizeof(*operands));
	int n_operands = 0;
	int i = 1;

	log_open(program->name);
	for (int j = 1; j < argc && strcmp(argv[j], "--") != 0; j++)
		answer_itself(program, argv[j]);
	for (size_t j = 0; j < program->n_opts; j++)
		read_environment_of(&program->opts[j]);
	while (i < argc && strcmp(argv[i], "--") != 0) {
		if (strncmp(argv[i], "--", 2) == 0)
			i += read_argument(program, argv, i, seen);
		else
			operands[n_operands++] = argv[i++];
	}
	for (i = i < argc ? i + 1 : i; i < argc; i++)
		operands[n_operands++] = argv[i];
	if (n_operands > 0 && program->operands == NULL)
		log_die(STATUS_CONFIG,
		    "unexpected argument '%s'; see %s --help", operands[0],
		    program->name);
	for (i = 0; i < n_operands; i++)
		argv[argc - n_operands + i] = operands[i];
	open_log(program->log);
	return argc - n_operands;
}
