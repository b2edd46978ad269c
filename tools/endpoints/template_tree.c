// SPDX-License-Identifier: ISC
/*
 * template_tree -- recursive descent over the blocks of a template.
 *
 *   list    = { TEXT | "{{" action "}}" }
 *   action  = ( "if" | "with" | "range" ) pipe list
 *             [ "else" ( list | ( "if" | "with" ) pipe list ... ) ] "end"
 *           | "break" | "continue" | pipe
 *           | "define" STRING list "end" | "block" STRING pipe list "end"
 *           | "template" STRING [ pipe ]
 *
 * Each keyword stands in {{ }} of its own. What stands in pipes is
 * template_pipe's. Templates that are used and nowhere defined, or defined
 * twice, and break outside of range are errors here.
 *
 * Upstream  text/template/parse/parse.go
 */
#include <string.h>

#include "count.h"
#include "template_pipe.h"

static bool parse_list(struct parser *parser, struct node **list);

static bool
expect(struct parser *parser, enum token_kind kind, const char *what)
{
	if (parser->token.kind != kind)
		return template_pipe_fail(parser, what);
	return template_pipe_advance(parser);
}

static bool
is_word(const struct parser *parser, const char *word)
{
	return parser->token.kind == TOKEN_WORD &&
	       strcmp(parser->token.value, word) == 0;
}

static bool
close_action(struct parser *parser)
{
	return expect(parser, TOKEN_CLOSE, "'}}' is missing");
}

/* The }} behind the keyword of a list, which is done with. */
static bool
close_keyword(struct parser *parser)
{
	parser->keyword = NULL;
	return close_action(parser);
}

/* A list that must end with {{end}}; with else_allowed, or with {{else. */
static bool
parse_body(struct parser *parser, struct node **list, bool else_allowed)
{
	if (!template_pipe_enter(parser) || !parse_list(parser, list))
		return false;
	parser->depth--;
	if (parser->keyword == NULL)
		return template_pipe_fail(parser, "{{end}} is missing");
	if (!else_allowed && strcmp(parser->keyword, "else") == 0)
		return template_scan_fail(&parser->scan, parser->keyword_at,
		    "{{else}} does not belong here");
	return true;
}

static bool parse_control(struct parser *parser, struct node *node);

/* Behind the word else: either the other branch, or another condition. */
static bool
parse_else(struct parser *parser, struct node *node)
{
	bool chains = is_word(parser, "if") || is_word(parser, "with");

	if (!chains)
		return close_keyword(parser) &&
		       parse_body(parser, &node->otherwise, false) &&
		       close_keyword(parser);
	parser->keyword = NULL;
	node->otherwise = template_pipe_make(parser, sizeof *node);
	node->otherwise->at = parser->token.at;
	node->otherwise->kind = is_word(parser, "if") ? NODE_IF : NODE_WITH;
	if (node->kind != node->otherwise->kind)
		return template_pipe_fail(
		    parser, "{{else}} goes on with another keyword");
	if (!template_pipe_enter(parser) ||
	    !parse_control(parser, node->otherwise))
		return false;
	parser->depth--;
	return true;
}

/* if, with or range, from the keyword to its }} behind end. */
static bool
parse_control(struct parser *parser, struct node *node)
{
	int n_outside = parser->n_variables;
	int n_inside;
	bool is_range = node->kind == NODE_RANGE;
	bool ok;

	if (!template_pipe_advance(parser))
		return false;
	node->pipe = template_pipe_parse(parser, is_range);
	if (node->pipe == NULL || !close_action(parser))
		return false;
	n_inside = parser->n_variables;
	parser->loops += is_range;
	ok = parse_body(parser, &node->body, true);
	parser->loops -= is_range;
	if (!ok)
		return false;
	parser->n_variables = n_inside;
	if (strcmp(parser->keyword, "end") == 0)
		ok = close_keyword(parser);
	else
		ok = parse_else(parser, node);
	parser->n_variables = n_outside;
	return ok;
}

static struct definition *
find_definition(const struct parser *parser, const char *name)
{
	struct definition *at = parser->template->definitions;

	while (at != NULL && strcmp(at->name, name) != 0)
		at = at->next;
	return at;
}

/* The quoted name behind define, block and template. */
static const char *
parse_name(struct parser *parser)
{
	const char *name;

	if (!template_pipe_advance(parser))
		return NULL;
	name = parser->token.value;
	return expect(parser, TOKEN_STRING, "a quoted name is missing") ? name
									: NULL;
}

/* The body of define or block; variables outside are not seen inside. */
static bool
parse_definition(struct parser *parser, const char *name, size_t at)
{
	struct definition *definition =
	    template_pipe_make(parser, sizeof *definition);
	int n_variables = parser->n_variables;
	int loops = parser->loops;
	const char *variables[TREE_VARIABLES_MAX];

	if (find_definition(parser, name) != NULL)
		return template_scan_fail(
		    &parser->scan, at, "template '%s' is defined twice", name);
	definition->name = name;
	definition->next = parser->template->definitions;
	parser->template->definitions = definition;
	memcpy(variables, parser->variables, sizeof variables);
	parser->n_variables = 1;
	parser->loops = 0;
	if (!close_action(parser) ||
	    !parse_body(parser, &definition->body, false) ||
	    !close_keyword(parser))
		return false;
	memcpy(parser->variables, variables, sizeof variables);
	parser->n_variables = n_variables;
	parser->loops = loops;
	return true;
}

static bool
parse_template(struct parser *parser, struct node *node, bool is_block)
{
	node->text = parse_name(parser);
	if (node->text == NULL)
		return false;
	if (is_block || parser->token.kind != TOKEN_CLOSE) {
		node->pipe = template_pipe_parse(parser, false);
		if (node->pipe == NULL)
			return false;
	}
	return is_block ? parse_definition(parser, node->text, node->at)
			: close_action(parser);
}

/* {{define}} stands at the outermost level and says nothing where it stands. */
static bool
parse_define(struct parser *parser)
{
	size_t at = parser->token.at;
	const char *name;

	if (parser->depth > 0)
		return template_pipe_fail(
		    parser, "{{define}} inside of something");
	name = parse_name(parser);
	return name != NULL && parse_definition(parser, name, at);
}

static bool
parse_jump(struct parser *parser)
{
	if (parser->loops == 0)
		return template_pipe_fail(
		    parser, "{{break}} or {{continue}} outside of {{range}}");
	return template_pipe_advance(parser) && close_action(parser);
}

/* One action from the token behind {{ to the one behind its last }}. */
static bool
parse_action(struct parser *parser, struct node *node)
{
	static const struct {
		const char *keyword;
		enum node_kind kind;
	} kinds[] = { { "if", NODE_IF }, { "with", NODE_WITH },
		{ "range", NODE_RANGE }, { "break", NODE_BREAK },
		{ "continue", NODE_CONTINUE }, { "template", NODE_TEMPLATE },
		{ "block", NODE_TEMPLATE } };
	bool is_block = is_word(parser, "block");

	node->kind = NODE_PIPE;
	node->at = parser->token.at;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (is_word(parser, kinds[i].keyword))
			node->kind = kinds[i].kind;
	switch (node->kind) {
	case NODE_IF:
	case NODE_WITH:
	case NODE_RANGE:
		return parse_control(parser, node);
	case NODE_BREAK:
	case NODE_CONTINUE:
		return parse_jump(parser);
	case NODE_TEMPLATE:
		return parse_template(parser, node, is_block);
	case NODE_TEXT:
	case NODE_PIPE:
		break;
	}
	node->pipe = template_pipe_parse(parser, false);
	return node->pipe != NULL && close_action(parser);
}

/* The word that ends a list; it is passed over. */
static bool
take_keyword(struct parser *parser)
{
	if (!is_word(parser, "end") && !is_word(parser, "else"))
		return false;
	parser->keyword = parser->token.value;
	parser->keyword_at = parser->token.at;
	return true;
}

/*
 * One node, from the token that begins it: a text, or what follows {{. A
 * definition leaves an empty text behind.
 */
static bool
parse_node(struct parser *parser, struct node *node)
{
	node->text = "";
	if (parser->token.kind == TOKEN_TEXT) {
		node->text = parser->token.value;
		return template_pipe_advance(parser);
	}
	if (!template_pipe_advance(parser))
		return false;
	if (take_keyword(parser))
		return template_pipe_advance(parser);
	if (is_word(parser, "define"))
		return parse_define(parser);
	return parse_action(parser, node);
}

/* Nodes up to {{end}}, {{else}} (the token behind the word is next) or the
 * end of all. */
static bool
parse_list(struct parser *parser, struct node **list)
{
	parser->keyword = NULL;
	while (parser->token.kind != TOKEN_END && parser->keyword == NULL) {
		*list = template_pipe_make(parser, sizeof **list);
		if (!parse_node(parser, *list))
			return false;
		list = &(*list)->next;
	}
	return true;
}

/* A template may be used before it is defined, so this comes last. */
static bool
link_templates(struct parser *parser, struct node *list)
{
	for (struct node *node = list; node != NULL; node = node->next) {
		struct definition *definition;

		if (node->kind != NODE_TEMPLATE) {
			if (!link_templates(parser, node->body) ||
			    !link_templates(parser, node->otherwise))
				return false;
			continue;
		}
		definition = find_definition(parser, node->text);
		if (definition == NULL)
			return template_scan_fail(&parser->scan, node->at,
			    "template '%s' is not defined", node->text);
		node->body = definition->body;
	}
	return true;
}

bool
template_tree_parse(struct template *template, struct error *err)
{
	struct parser parser = { .template = template,
		.variables = { "$" },
		.n_variables = 1,
		.scan = { .option = template->option,
		    .text = template->text,
		    .arena = &template->arena,
		    .err = err } };

	if (!template_pipe_advance(&parser) ||
	    !parse_list(&parser, &template->body))
		return false;
	if (parser.keyword != NULL)
		return template_scan_fail(&parser.scan, parser.keyword_at,
		    "{{%s}} without a beginning", parser.keyword);
	for (struct definition *at = template->definitions; at != NULL;
	     at = at->next)
		if (!link_templates(&parser, at->body))
			return false;
	return link_templates(&parser, template->body);
}
