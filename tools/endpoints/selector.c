// SPDX-License-Identifier: ISC
/*
 * selector -- a list of requirements, all of which must hold.
 *
 *	requirement  KEY | !KEY | KEY OP VALUE | KEY in (VALUE, ...) |
 *	             KEY notin (VALUE, ...)        OP  = == != > <
 *
 * Keys and values are checked as the API checks them, because a selector that
 * can never match is a mistake that wants to be known at the start.
 */
#include "selector.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "count.h"
#include "error.h"
#include "json.h"
#include "strlist.h"
#include "text.h"

#define BLANKS    " \t\r\n"
#define VALUE_MAX 63  /* bytes of a label value */
#define KEY_MAX   317 /* bytes of a qualified name */
#define WORD_BYTES                                             \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"0123456789-_."

enum operation {
	EXISTS,
	MISSING,
	IN,
	NOT_IN,
	ABOVE,
	BELOW,
};

struct requirement {
	enum operation op;
	const char *key;
	struct strlist values;
	struct requirement *next;
};

struct selector {
	struct requirement *first;
};

struct parser {
	struct arena *arena;
	const char *text, *at;
	bool numbers;
	struct error *err;
};

static bool
fail(struct parser *parser, const char *expected)
{
	return error_set(parser->err, CAUSE_INVALID,
	    "selector '%.128s': %s expected at character %d", parser->text,
	    expected, (int)(parser->at - parser->text) + 1);
}

static void
skip_blanks(struct parser *parser)
{
	parser->at += strspn(parser->at, BLANKS);
}

static bool
take(struct parser *parser, const char *token)
{
	size_t n = strlen(token);

	skip_blanks(parser);
	if (strncmp(parser->at, token, n) != 0)
		return false;
	parser->at += n;
	return true;
}

static bool
is_alphanumeric(char c)
{
	return c != '\0' && strchr(WORD_BYTES, c) != NULL &&
	       strchr("-_.", c) == NULL;
}

/* A word of WORD_BYTES and more; it begins and ends alphanumeric. */
static const char *
take_word(struct parser *parser, const char *more, size_t max)
{
	size_t n = 0;
	const char *word = parser->at;

	while (word[n] != '\0' &&
	       (strchr(WORD_BYTES, word[n]) || strchr(more, word[n])))
		n++;
	if (n > max || (n > 0 && (!is_alphanumeric(word[0]) ||
				     !is_alphanumeric(word[n - 1]))))
		return NULL;
	parser->at += n;
	return arena_copy_n(parser->arena, word, n);
}

/* A name as of a label value, perhaps below a prefix in lower case. */
static bool
is_key(const char *key)
{
	size_t prefix = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-.");
	const char *slash = strchr(key, '/');
	const char *name = slash == NULL ? key : slash + 1;

	return is_alphanumeric(*name) && strchr(name, '/') == NULL &&
	       strlen(name) <= VALUE_MAX &&
	       (slash == NULL || (prefix == (size_t)(slash - key) &&
				     is_alphanumeric(slash[-1])));
}

static bool
take_key(struct parser *parser, struct requirement *requirement)
{
	skip_blanks(parser);
	requirement->key = take_word(parser, "/", KEY_MAX);
	if (requirement->key == NULL || !is_key(requirement->key))
		return fail(parser, "a key");
	return true;
}

static bool
take_value(struct parser *parser, struct requirement *requirement)
{
	const char *value;

	skip_blanks(parser);
	value = take_word(parser, "", VALUE_MAX);
	if (value == NULL)
		return fail(parser, "a label value");
	strlist_add(&requirement->values, parser->arena, value);
	return true;
}

static bool
take_set(struct parser *parser, struct requirement *requirement)
{
	if (!take(parser, "("))
		return fail(parser, "'('");
	do {
		if (!take_value(parser, requirement))
			return false;
	} while (take(parser, ","));
	return take(parser, ")") || fail(parser, "',' or ')'");
}

static bool
take_number(struct parser *parser, struct requirement *requirement)
{
	const char *value;

	if (!take_value(parser, requirement))
		return false;
	value = requirement->values.items[0];
	return (*value != '\0' && value[strspn(value, "0123456789")] == '\0') ||
	       fail(parser, "an integer");
}

static bool
take_operation(struct parser *parser, struct requirement *requirement)
{
	static const struct {
		const char *token;
		enum operation op;
		bool (*operand)(struct parser *, struct requirement *);
	} operations[] = {
		{ "==", IN, take_value },
		{ "=", IN, take_value },
		{ "!=", NOT_IN, take_value },
		{ "in", IN, take_set },
		{ "notin", NOT_IN, take_set },
		{ ">", ABOVE, take_number },
		{ "<", BELOW, take_number },
	};

	for (size_t i = 0; i < COUNT(operations); i++) {
		enum operation op = operations[i].op;

		if ((op == ABOVE || op == BELOW) && !parser->numbers)
			continue;
		if (!take(parser, operations[i].token))
			continue;
		requirement->op = op;
		return operations[i].operand(parser, requirement);
	}
	return true; /* EXISTS */
}

static bool
take_requirement(struct parser *parser, struct requirement *requirement)
{
	if (take(parser, "!")) {
		requirement->op = MISSING;
		return take_key(parser, requirement);
	}
	return take_key(parser, requirement) &&
	       take_operation(parser, requirement);
}

const struct selector *
selector_parse(
    struct arena *arena, const char *text, bool numbers, struct error *err)
{
	struct parser parser = { arena, text, text, numbers, err };
	struct selector *selector = arena_alloc(arena, sizeof(*selector));
	struct requirement **next = &selector->first;

	skip_blanks(&parser);
	if (*parser.at == '\0')
		return selector;
	do {
		*next = arena_alloc(arena, sizeof(**next));
		if (!take_requirement(&parser, *next))
			return NULL;
		next = &(*next)->next;
	} while (take(&parser, ","));
	skip_blanks(&parser);
	if (*parser.at != '\0') {
		fail(&parser, "',' or the end");
		return NULL;
	}
	return selector;
}

static bool
holds_number(const struct requirement *requirement, const char *value)
{
	char *end = NULL;
	long long number = strtoll(value, &end, 10);
	long long limit = strtoll(requirement->values.items[0], NULL, 10);

	if (*value == '\0' || *end != '\0')
		return false;
	return requirement->op == ABOVE ? number > limit : number < limit;
}

static bool
holds(const struct requirement *requirement, const char *value)
{
	switch (requirement->op) {
	case EXISTS:
		return value != NULL;
	case MISSING:
		return value == NULL;
	case IN:
		return value != NULL &&
		       strlist_has(&requirement->values, value);
	case NOT_IN:
		return value == NULL ||
		       !strlist_has(&requirement->values, value);
	case ABOVE:
	case BELOW:
		return value != NULL && holds_number(requirement, value);
	}
	return false;
}

bool
selector_matches(const struct selector *selector, jv labels)
{
	if (selector == NULL)
		return true;
	for (const struct requirement *requirement = selector->first;
	     requirement != NULL; requirement = requirement->next)
		if (!holds(requirement, json_str_at(labels, requirement->key)))
			return false;
	return true;
}

/* What an expression of the API requires; false: it is none. */
static bool
read_expression(
    struct arena *arena, jv expression, struct requirement *requirement)
{
	static const struct {
		const char *word;
		enum operation op;
	} operators[] = {
		{ "In", IN },
		{ "NotIn", NOT_IN },
		{ "Exists", EXISTS },
		{ "DoesNotExist", MISSING },
	};
	const char *word = json_str_at(expression, "operator");
	jv values = json_at(expression, "values");
	jv value;

	*requirement =
	    (struct requirement){ .key = json_str_at(expression, "key") };
	for (int i = 0; json_item(values, i, &value); i++)
		strlist_add(&requirement->values, arena, json_str(value));
	for (size_t i = 0; i < COUNT(operators); i++)
		if (text_equal(word, operators[i].word)) {
			requirement->op = operators[i].op;
			return requirement->key != NULL;
		}
	return false;
}

bool
selector_matches_api(struct arena *arena, jv selector, jv labels)
{
	jv pairs = json_at(selector, "matchLabels");
	jv expressions = json_at(selector, "matchExpressions");
	struct requirement requirement;
	const char *key;
	int iter = 0;
	jv item;

	if (!json_is_object(selector))
		return false;
	while (json_member(pairs, &iter, &key, &item))
		if (json_str(item) == NULL ||
		    !text_equal(json_str_at(labels, key), json_str(item)))
			return false;
	for (int i = 0; json_item(expressions, i, &item); i++)
		if (!read_expression(arena, item, &requirement) ||
		    !holds(&requirement, json_str_at(labels, requirement.key)))
			return false;
	return true;
}
