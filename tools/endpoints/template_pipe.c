// SPDX-License-Identifier: ISC
/*
 * template_pipe -- recursive descent over what stands between {{ and }}.
 *
 *   pipe     = [ VARIABLE [ "," VARIABLE ] ( ":=" | "=" ) ]
 *              command { "|" command }
 *   command  = term { term }
 *   term     = ( "." | FIELD | VARIABLE | literal | function
 *              | "(" pipe ")" ) { FIELD }
 *
 * Functions and variables that do not exist and wrong numbers of arguments
 * are errors here already, before there is an object.
 *
 * Upstream  text/template/parse/parse.go
 */
#include <string.h>

#include "template_function.h"
#include "template_pipe.h"

#define DEPTH_MAX 64

bool
template_pipe_advance(struct parser *parser)
{
	return template_scan_next(&parser->scan, &parser->token);
}

bool
template_pipe_fail(struct parser *parser, const char *what)
{
	return template_scan_fail(&parser->scan, parser->token.at, "%s", what);
}

void *
template_pipe_make(struct parser *parser, size_t size)
{
	return arena_alloc(&parser->template->arena, size);
}

bool
template_pipe_enter(struct parser *parser)
{
	return ++parser->depth <= DEPTH_MAX ||
	       template_pipe_fail(parser, "nested too deeply");
}

static int
find_variable(const struct parser *parser, const char *name)
{
	for (int i = parser->n_variables - 1; i >= 0; i--)
		if (strcmp(parser->variables[i], name) == 0)
			return i;
	return -1;
}

/* true, false, nil or a function. */
static bool
word_term(struct parser *parser, struct term *term)
{
	const char *word = parser->token.value;

	term->kind = TERM_LITERAL;
	if (strcmp(word, "nil") == 0) {
		term->literal.kind = VALUE_NIL;
		return true;
	}
	if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0) {
		term->literal = template_value_bool(*word == 't');
		return true;
	}
	term->kind = TERM_FUNCTION;
	term->function = template_function_find(word);
	return term->function != NULL ||
	       template_scan_fail(&parser->scan, parser->token.at,
		   "no function is called '%s'", word);
}

static bool
variable_term(struct parser *parser, struct term *term)
{
	term->kind = TERM_VARIABLE;
	term->slot = find_variable(parser, parser->token.value);
	return term->slot >= 0 ||
	       template_scan_fail(&parser->scan, parser->token.at,
		   "no variable is called '%s' here", parser->token.value);
}

static bool
inner_term(struct parser *parser, struct term *term)
{
	if (!template_pipe_enter(parser) || !template_pipe_advance(parser))
		return false;
	term->kind = TERM_INNER;
	term->inner = template_pipe_parse(parser, false);
	parser->depth--;
	if (term->inner == NULL)
		return false;
	return parser->token.kind == TOKEN_RIGHT ||
	       template_pipe_fail(parser, "'(' without ')'");
}

/* What the token is by itself; the token stays. */
static bool
bare_term(struct parser *parser, struct term *term)
{
	const struct token *token = &parser->token;

	switch (token->kind) {
	case TOKEN_DOT:
	case TOKEN_FIELD:
		term->kind = TERM_DOT;
		return true;
	case TOKEN_VARIABLE:
		return variable_term(parser, term);
	case TOKEN_WORD:
		return word_term(parser, term);
	case TOKEN_STRING:
		term->kind = TERM_LITERAL;
		term->literal = template_value_text(token->value);
		return true;
	case TOKEN_INTEGER:
		term->kind = TERM_LITERAL;
		term->literal = template_value_int(token->number);
		return true;
	case TOKEN_LEFT:
		return inner_term(parser, term);
	case TOKEN_TEXT:
	case TOKEN_END:
	case TOKEN_OPEN:
	case TOKEN_CLOSE:
	case TOKEN_DECLARE:
	case TOKEN_ASSIGN:
	case TOKEN_PIPE:
	case TOKEN_COMMA:
	case TOKEN_RIGHT:
		break;
	}
	return template_pipe_fail(parser, "a value is missing");
}

static struct term *
parse_term(struct parser *parser)
{
	struct term *term = template_pipe_make(parser, sizeof *term);
	bool is_field = parser->token.kind == TOKEN_FIELD;

	term->at = parser->token.at;
	if (!bare_term(parser, term))
		return NULL;
	if (!is_field && !template_pipe_advance(parser))
		return NULL;
	while (parser->token.kind == TOKEN_FIELD &&
	       (is_field || !parser->token.spaced)) {
		is_field = false;
		if (term->kind == TERM_LITERAL || term->kind == TERM_FUNCTION) {
			template_pipe_fail(parser, "a field of what has none");
			return NULL;
		}
		strlist_add(&term->fields, &parser->template->arena,
		    parser->token.value);
		if (!template_pipe_advance(parser))
			return NULL;
	}
	return term;
}

static bool
ends_command(const struct parser *parser)
{
	enum token_kind kind = parser->token.kind;

	return kind == TOKEN_PIPE || kind == TOKEN_RIGHT ||
	       kind == TOKEN_CLOSE || kind == TOKEN_END;
}

/* Only functions take arguments, and each its number of them. */
static bool
check_command(
    struct parser *parser, const struct command *command, bool is_piped)
{
	const struct term *first = command->terms;
	size_t n_args = command->n_terms - 1 + (is_piped ? 1 : 0);

	if (first->kind != TERM_FUNCTION)
		return n_args == 0 ||
		       template_scan_fail(&parser->scan, first->at,
			   "only functions take arguments");
	return (n_args >= first->function->args_min &&
		   n_args <= first->function->args_max) ||
	       template_scan_fail(&parser->scan, first->at,
		   "wrong number of arguments for '%s'", first->function->name);
}

static struct command *
parse_command(struct parser *parser, bool is_piped)
{
	struct command *command = template_pipe_make(parser, sizeof *command);
	struct term **end = &command->terms;

	do {
		if (command->n_terms > 0 && !parser->token.spaced) {
			template_pipe_fail(parser, "a blank is missing");
			return NULL;
		}
		*end = parse_term(parser);
		if (*end == NULL)
			return NULL;
		if (command->n_terms++ > 0 && (*end)->kind == TERM_FUNCTION) {
			template_pipe_fail(parser,
			    "a function among arguments needs parentheses");
			return NULL;
		}
		end = &(*end)->next;
	} while (!ends_command(parser));
	return check_command(parser, command, is_piped) ? command : NULL;
}

static int
declare(struct parser *parser, const char *name)
{
	if (parser->n_variables == TREE_VARIABLES_MAX) {
		template_pipe_fail(parser, "too many variables");
		return -1;
	}
	parser->variables[parser->n_variables] = name;
	return parser->n_variables++;
}

/*
 * Names before := or =. Whether a variable begins a declaration or a command
 * shows only behind it, so the place is remembered and gone back to.
 */
static bool
parse_targets(struct parser *parser, struct pipe *pipe, bool is_range)
{
	struct scan scan = parser->scan;
	struct token token = parser->token;
	const char *names[2] = { NULL, NULL };
	size_t at[2] = { 0, 0 };
	bool declares;
	int n = 0;

	while (parser->token.kind == TOKEN_VARIABLE && n < 2) {
		names[n] = parser->token.value;
		at[n++] = parser->token.at;
		if (!template_pipe_advance(parser))
			return false;
		if (parser->token.kind != TOKEN_COMMA || !is_range)
			break;
		if (!template_pipe_advance(parser))
			return false;
	}
	declares = parser->token.kind == TOKEN_DECLARE;
	if (n == 0 || (!declares && parser->token.kind != TOKEN_ASSIGN)) {
		parser->scan = scan;
		parser->token = token;
		return true;
	}
	pipe->n_slots = n;
	for (int i = 0; i < n; i++) {
		pipe->slots[i] = declares ? declare(parser, names[i])
					  : find_variable(parser, names[i]);
		if (pipe->slots[i] < 0)
			return template_scan_fail(&parser->scan, at[i],
			    "'%s' cannot be set here", names[i]);
	}
	return template_pipe_advance(parser);
}

struct pipe *
template_pipe_parse(struct parser *parser, bool is_range)
{
	struct pipe *pipe = template_pipe_make(parser, sizeof *pipe);
	struct command **end = &pipe->commands;
	bool is_piped = false;

	if (!parse_targets(parser, pipe, is_range))
		return NULL;
	for (;;) {
		*end = parse_command(parser, is_piped);
		if (*end == NULL)
			return NULL;
		if (parser->token.kind != TOKEN_PIPE)
			return pipe;
		if (!template_pipe_advance(parser))
			return NULL;
		end = &(*end)->next;
		is_piped = true;
	}
}
