// SPDX-License-Identifier: ISC
/* template_pipe -- the parser's state, and what stands between {{ and }}. */
#ifndef TEMPLATE_PIPE_H
#define TEMPLATE_PIPE_H

#include <stdbool.h>
#include <stddef.h>

#include "template_scan.h"
#include "template_tree.h"

struct parser {
	struct scan scan;
	struct token token; /* the one to be looked at */
	struct template *template;
	const char *variables[TREE_VARIABLES_MAX]; /* in scope, by slot */
	int n_variables;
	int depth;
	int loops;           /* ranges around this place */
	const char *keyword; /* that ended a list: "end", "else"; NULL: none */
	size_t keyword_at;
};

/*
 * From the present token to the one behind the pipe; two variables may be
 * set in range only. NULL: parser->scan.err.
 */
struct pipe *template_pipe_parse(struct parser *parser, bool is_range);

/* Memory of the template, zeroed. */
void *template_pipe_make(struct parser *parser, size_t size);

/* Go to the next token. */
bool template_pipe_advance(struct parser *parser);

/* An error at the present token; always false. */
bool template_pipe_fail(struct parser *parser, const char *what);

/* One level deeper, if that is allowed; the way back is depth--. */
bool template_pipe_enter(struct parser *parser);

#endif
