// SPDX-License-Identifier: ISC
/* template_scan -- the text of a template as tokens. */
#ifndef TEMPLATE_SCAN_H
#define TEMPLATE_SCAN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct error;

enum token_kind {
	TOKEN_TEXT,     /* outside {{ }}; value: the text */
	TOKEN_END,      /* of the template */
	TOKEN_OPEN,     /* {{ */
	TOKEN_CLOSE,    /* }} */
	TOKEN_WORD,     /* keyword or function; value: the word */
	TOKEN_DOT,      /* . alone */
	TOKEN_FIELD,    /* .Name; value: Name */
	TOKEN_VARIABLE, /* $ or $name; value: the whole */
	TOKEN_STRING,   /* value: unquoted */
	TOKEN_INTEGER,  /* number */
	TOKEN_DECLARE,  /* := */
	TOKEN_ASSIGN,   /* = */
	TOKEN_PIPE,
	TOKEN_COMMA,
	TOKEN_LEFT,
	TOKEN_RIGHT,
};

struct token {
	enum token_kind kind;
	bool spaced; /* a blank stands before it */
	size_t at;   /* offset of its first byte */
	const char *value;
	int64_t number;
};

struct scan {
	const char *option; /* for messages */
	const char *text;
	size_t at;   /* of the next byte to be read */
	bool inside; /* between {{ and }} */
	bool trim;   /* the last }} eats the white space that follows */
	struct arena *arena;
	struct error *err;
};

/* The next token; texts of tokens live in scan->arena. false: scan->err. */
bool template_scan_next(struct scan *scan, struct token *token);

/* Write a message about the place at into scan->err; always false. */
bool template_scan_fail(const struct scan *scan, size_t at, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* The message what about the byte at of a template's text; always false. */
bool template_scan_report(const char *option, const char *text, size_t at,
    const char *what, struct error *err);

#endif
