// SPDX-License-Identifier: ISC
/* template_tree -- a parsed template. */
#ifndef TEMPLATE_TREE_H
#define TEMPLATE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "strlist.h"
#include "template_value.h"

struct error;
struct template_function;

/* Variables in scope at one place, `$` among them. */
#define TREE_VARIABLES_MAX 64

enum term_kind {
	TERM_DOT,
	TERM_VARIABLE,
	TERM_LITERAL,
	TERM_FUNCTION,
	TERM_INNER, /* ( pipe ) */
};

struct term {
	enum term_kind kind;
	size_t at;
	int slot;                                 /* TERM_VARIABLE */
	struct value literal;                     /* TERM_LITERAL */
	const struct template_function *function; /* TERM_FUNCTION */
	struct pipe *inner;                       /* TERM_INNER */
	struct strlist fields;                    /* .A.B behind it */
	struct term *next;
};

/* A function with its arguments, or one term of another kind alone. */
struct command {
	struct term *terms;
	size_t n_terms;
	struct command *next; /* takes this one's value as last argument */
};

struct pipe {
	int slots[2]; /* variables to set; the second only in range */
	int n_slots;
	struct command *commands;
};

enum node_kind {
	NODE_TEXT,
	NODE_PIPE,
	NODE_IF,
	NODE_WITH,
	NODE_RANGE,
	NODE_BREAK,
	NODE_CONTINUE,
	NODE_TEMPLATE,
};

struct node {
	enum node_kind kind;
	size_t at;
	const char *text;       /* NODE_TEXT; the name for NODE_TEMPLATE */
	struct pipe *pipe;      /* NULL where there is none */
	struct node *body;      /* NODE_TEMPLATE: that of the definition */
	struct node *otherwise; /* behind {{else}} */
	struct node *next;
};

struct definition {
	const char *name;
	struct node *body;
	struct definition *next;
};

struct template
{
	struct arena arena; /* of everything below */
	const char *option;
	const char *text;
	struct node *body;
	struct definition *definitions;
};

/* Fill body and definitions from text and option. false: err says where. */
bool template_tree_parse(struct template *template, struct error *err);

#endif
