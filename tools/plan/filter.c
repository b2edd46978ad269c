// SPDX-License-Identifier: ISC
/*
 * filter -- which names are ours to think about at all.
 *
 * Lists   an entry accepts its name and all below it; with a leading dot only
 *         what is below it. Excluded wins.
 * Regex   searched in the name, in Unicode and lower case. As soon as one is
 *         given the lists count for nothing. Excluded wins.
 *
 * external-dns (endpoint/domain_filter.go) takes Go's RE2; here it is POSIX ERE
 * with what RE2 users write most: (?:...), a leading (?i), \d, \D.
 */
#include <string.h>

#include "count.h"
#include "dnsname.h"
#include "plan.h"
#include "text.h"

/* RE2 spellings, and the same in POSIX. */
static const struct {
	const char *from, *to;
} spellings[] = {
	{ "\\\\", "\\\\" },
	{ "(?:", "(" },
	{ "\\d", "[0-9]" },
	{ "\\D", "[^0-9]" },
	{ "\\z", "$" },
	{ "\\A", "^" },
};

static void
translate(struct text *out, const char *regex)
{
	while (*regex != '\0') {
		size_t i = 0;
		size_t n = COUNT(spellings);

		while (i < n && strncmp(regex, spellings[i].from,
				    strlen(spellings[i].from)) != 0)
			i++;
		if (i < n) {
			text_add(out, spellings[i].to);
			regex += strlen(spellings[i].from);
		} else {
			text_add_char(out, *regex++);
		}
	}
}

/* true as well if there is none; *regex is NULL then. */
static bool
compile(regex_t *out, const char **regex, struct error *err)
{
	const char *given = *regex;
	struct text posix = { 0 };
	int flags = REG_EXTENDED | REG_NOSUB;
	char why[128];
	int status;

	if (given == NULL || *given == '\0') {
		*regex = NULL;
		return true;
	}
	if (strncmp(given, "(?i)", 4) == 0) {
		flags |= REG_ICASE;
		given += 4;
	}
	translate(&posix, given);
	status = regcomp(out, text_str(&posix), flags);
	if (status == 0 && strstr(text_str(&posix), "(?") != NULL)
		status = REG_BADPAT;
	text_done(&posix);
	if (status == 0)
		return true;
	(void)regerror(status, out, why, sizeof(why));
	return error_set(err, CAUSE_INVALID, "%s: %s", given, why);
}

bool
filter_compile(struct domain_filter *filter, struct error *err)
{
	return compile(&filter->includes, &filter->include_regex, err) &&
	       compile(&filter->excludes, &filter->exclude_regex, err);
}

void
filter_normalise(struct strlist *list, struct arena *arena)
{
	struct strlist given = *list;

	*list = (struct strlist){ 0 };
	for (size_t i = 0; i < given.n; i++) {
		const char *text = given.items[i];
		const char *name;
		bool below;

		text += strspn(text, " \t");
		below = *text == '.';
		text = arena_copy_n(
		    arena, text + below, strcspn(text + below, " \t"));
		if (*text == '\0')
			continue;
		name = dnsname_normalise(arena, text, NULL);
		if (name == NULL) /* emoji: compared in Unicode */
			name = arena_copy_lower(arena, text);
		strlist_add(list, arena,
		    below ? arena_format(arena, ".%s", name) : name);
	}
}

static bool
matches(const char *entry, const char *name)
{
	size_t n_entry = strlen(entry);
	size_t n_name = strlen(name);

	if (n_name < n_entry || strcmp(name + n_name - n_entry, entry) != 0)
		return false;
	return *entry == '.' || n_name == n_entry ||
	       name[n_name - n_entry - 1] == '.';
}

bool
filter_lists(const struct strlist *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (*list->items[i] == '.' ? matches(list->items[i], name)
					   : strcmp(list->items[i], name) == 0)
			return true;
	return false;
}

static bool
any_matches(const struct strlist *list, const char *name, const char *unicode)
{
	for (size_t i = 0; i < list->n; i++)
		if (matches(list->items[i], name) ||
		    matches(list->items[i], unicode))
			return true;
	return false;
}

static bool
accepts(
    const struct domain_filter *filter, const char *name, const char *unicode)
{
	if (filter->include_regex == NULL && filter->exclude_regex == NULL)
		return (filter->include.n == 0 ||
			   any_matches(&filter->include, name, unicode)) &&
		       !any_matches(&filter->exclude, name, unicode);
	if (filter->exclude_regex != NULL &&
	    regexec(&filter->excludes, unicode, 0, NULL, 0) == 0)
		return false;
	return filter->include_regex == NULL ||
	       regexec(&filter->includes, unicode, 0, NULL, 0) == 0;
}

bool
filter_accepts(const struct domain_filter *filter, const char *name)
{
	struct arena arena = { 0 };
	bool accepted = accepts(filter, name, dnsname_unicode(&arena, name));

	arena_done(&arena);
	return accepted;
}
