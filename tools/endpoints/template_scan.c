// SPDX-License-Identifier: ISC
/*
 * template_scan -- cuts a template into tokens, as Go's text/template/parse
 * does (lex.go is the reference for what is a token, not for how).
 *
 * Outside {{ }} everything is one text token. {{- and -}} eat the white space
 * on their outer side and need a blank on their inner one. A comment is
 * written as in old C and touches both delimiters or their trim markers.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "count.h"
#include "error.h"
#include "template_scan.h"
#include "text.h"

#define BLANKS " \t\r\n"

bool
template_scan_report(const char *option, const char *text, size_t at,
    const char *what, struct error *err)
{
	int line = 1;
	int column = 1;

	for (size_t i = 0; i < at; i++) {
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	return error_set(err, CAUSE_INVALID, "--%s: line %d, column %d: %s",
	    option, line, column, what);
}

bool
template_scan_fail(const struct scan *scan, size_t at, const char *format, ...)
{
	va_list args;
	const char *what;

	va_start(args, format);
	what = arena_format_list(scan->arena, format, args);
	va_end(args);
	return template_scan_report(
	    scan->option, scan->text, at, what, scan->err);
}

static bool
is_name_char(char c)
{
	/* Bytes of UTF-8 sequences are letters here, as most are in Go. */
	return isalnum((unsigned char)c) || c == '_' ||
	       (unsigned char)c >= 0x80;
}

static size_t
name_length(const char *text)
{
	size_t n = 0;

	while (is_name_char(text[n]))
		n++;
	return n;
}

/* `-` and a blank after {{, a blank and `-` before }}. */
static bool
opens_trimmed(const char *text)
{
	return text[0] == '-' && text[1] != '\0' &&
	       strchr(BLANKS, text[1]) != NULL;
}

static bool
closes_trimmed(const char *text)
{
	return text[0] != '\0' && strchr(BLANKS, text[0]) != NULL &&
	       strncmp(text + 1, "-}}", 3) == 0;
}

/* Text up to the next {{ or the end; the caller stands outside. */
static void
scan_text(struct scan *scan, struct token *token)
{
	const char *start = scan->text + scan->at;
	const char *open;
	size_t n;

	if (scan->trim)
		start += strspn(start, BLANKS);
	scan->trim = false;
	open = strstr(start, "{{");
	n = open == NULL ? strlen(start) : (size_t)(open - start);
	scan->at = (size_t)(start - scan->text) + n;
	if (open != NULL && opens_trimmed(open + 2))
		while (n > 0 && strchr(BLANKS, start[n - 1]) != NULL)
			n--;
	token->kind = TOKEN_TEXT;
	token->value = arena_copy_n(scan->arena, start, n);
}

/* At {{: a comment is passed over, false in *opened; else we are inside. */
static bool
scan_open(struct scan *scan, bool *opened)
{
	const char *start = scan->text + scan->at + 2;
	const char *end;

	*opened = false;
	if (opens_trimmed(start))
		start += 1 + strspn(start + 1, BLANKS);
	if (strncmp(start, "/*", 2) != 0) {
		*opened = true;
		scan->inside = true;
		scan->at = (size_t)(start - scan->text);
		return true;
	}
	end = strstr(start + 2, "*/");
	if (end == NULL)
		return template_scan_fail(scan, scan->at, "unclosed comment");
	end += 2;
	scan->trim = closes_trimmed(end);
	if (scan->trim)
		end += 2;
	if (strncmp(end, "}}", 2) != 0)
		return template_scan_fail(
		    scan, scan->at, "a comment must fill its {{ }} alone");
	scan->at = (size_t)(end + 2 - scan->text);
	return true;
}

static const char escapes[] = "a\ab\bf\fn\nr\rt\tv\v\\\\\"\"";

/* One byte or escape of a quoted text at *at, which moves on. */
static bool
add_quoted_char(struct text *out, const char **at)
{
	const char *escape;

	if (**at == '\0' || **at == '\n')
		return false;
	if (**at != '\\') {
		text_add_char(out, *(*at)++);
		return true;
	}
	*at += 1;
	for (escape = escapes; *escape != '\0'; escape += 2)
		if (**at == *escape) {
			text_add_char(out, escape[1]);
			*at += 1;
			return true;
		}
	return false;
}

static bool
scan_quoted(struct scan *scan, struct token *token)
{
	const char *at = scan->text + scan->at;
	char quote = *at++;
	struct text value = { 0 };
	bool ok = true;

	while (ok && *at != quote)
		ok = add_quoted_char(&value, &at);
	token->kind = TOKEN_STRING;
	token->value = arena_copy(scan->arena, text_str(&value));
	text_done(&value);
	if (!ok)
		return template_scan_fail(
		    scan, scan->at, "unterminated text or bad escape sequence");
	scan->at = (size_t)(at + 1 - scan->text);
	return true;
}

static bool
scan_raw(struct scan *scan, struct token *token)
{
	const char *start = scan->text + scan->at + 1;
	const char *end = strchr(start, '`');

	if (end == NULL)
		return template_scan_fail(
		    scan, scan->at, "unterminated raw text");
	token->kind = TOKEN_STRING;
	token->value = arena_copy_n(scan->arena, start, (size_t)(end - start));
	scan->at = (size_t)(end + 1 - scan->text);
	return true;
}

/* Integers alone: no name holds a fraction. */
static bool
scan_number(struct scan *scan, struct token *token)
{
	const char *start = scan->text + scan->at;
	size_t n = 1 + name_length(start + 1);
	const char *copy = arena_copy_n(scan->arena, start, n);
	char *end;

	errno = 0;
	token->kind = TOKEN_INTEGER;
	token->number = strtoll(copy, &end, 0);
	if (*end != '\0' || errno != 0 || start[n] == '.')
		return template_scan_fail(
		    scan, scan->at, "bad number '%s'", copy);
	scan->at += n;
	return true;
}

/* A token that is known by its first bytes and has no value. */
static bool
scan_sign(struct scan *scan, struct token *token)
{
	static const struct {
		const char *text;
		enum token_kind kind;
	} signs[] = { { ":=", TOKEN_DECLARE }, { "=", TOKEN_ASSIGN },
		{ "|", TOKEN_PIPE }, { ",", TOKEN_COMMA }, { "(", TOKEN_LEFT },
		{ ")", TOKEN_RIGHT } };
	const char *at = scan->text + scan->at;

	for (size_t i = 0; i < COUNT(signs); i++) {
		size_t n = strlen(signs[i].text);

		if (strncmp(at, signs[i].text, n) != 0)
			continue;
		token->kind = signs[i].kind;
		scan->at += n;
		return true;
	}
	if (*at == '\0')
		return template_scan_fail(scan, scan->at, "{{ without }}");
	return template_scan_fail(
	    scan, scan->at, "unexpected character '%.1s'", at);
}

/* .Name, $name or word; a prefix byte is part of the value only of $name. */
static void
scan_name(struct scan *scan, struct token *token)
{
	const char *start = scan->text + scan->at;
	size_t prefix = *start == '.' || *start == '$' ? 1 : 0;
	size_t n = name_length(start + prefix);

	scan->at += prefix + n;
	token->value = arena_copy_n(scan->arena, start, prefix + n);
	token->kind = TOKEN_WORD;
	if (*start == '$')
		token->kind = TOKEN_VARIABLE;
	if (*start == '.') {
		token->kind = n == 0 ? TOKEN_DOT : TOKEN_FIELD;
		token->value += 1;
	}
}

static bool
scan_inside(struct scan *scan, struct token *token)
{
	const char *at = scan->text + scan->at;
	size_t blanks = strspn(at, BLANKS);

	token->spaced = blanks > 0;
	scan->trim = blanks > 0 && closes_trimmed(at + blanks - 1);
	at += blanks;
	scan->at += blanks;
	token->at = scan->at;
	if (scan->trim || strncmp(at, "}}", 2) == 0) {
		scan->inside = false;
		scan->at += scan->trim ? 3 : 2;
		token->kind = TOKEN_CLOSE;
		return true;
	}
	if (*at == '"')
		return scan_quoted(scan, token);
	if (*at == '`')
		return scan_raw(scan, token);
	if (isdigit((unsigned char)*at) ||
	    ((*at == '-' || *at == '+') && isdigit((unsigned char)at[1])))
		return scan_number(scan, token);
	if (*at == '.' || *at == '$' || is_name_char(*at)) {
		scan_name(scan, token);
		return true;
	}
	return scan_sign(scan, token);
}

bool
template_scan_next(struct scan *scan, struct token *token)
{
	bool opened = false;

	*token = (struct token){ .at = scan->at };
	if (scan->inside)
		return scan_inside(scan, token);
	while (strncmp(scan->text + scan->at, "{{", 2) == 0 && !scan->trim) {
		token->at = scan->at;
		token->kind = TOKEN_OPEN;
		if (!scan_open(scan, &opened))
			return false;
		if (opened)
			return true;
	}
	if (scan->text[scan->at] == '\0') {
		token->kind = TOKEN_END;
		return true;
	}
	scan_text(scan, token);
	return true;
}
