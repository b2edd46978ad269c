// SPDX-License-Identifier: ISC
/*
 * template_function -- the table of functions, and what they do.
 *
 * Go's and not or eq ne lt le gt ge len index slice print printf println, and
 * what external-dns adds: contains trimPrefix trimSuffix trim toLower replace
 * isIPv4 isIPv6 isSource hasKey fromJson. A value that is handed over by `|`
 * is the last argument, so that `x | trimPrefix "p"` trims x from "p", as it
 * does there. html, js, urlquery and call make no names and are not there.
 *
 * Upstream  text/template/funcs.go, external-dns source/template/functions.go
 */
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "count.h"
#include "error.h"
#include "ip.h"
#include "json.h"
#include "sources/source.h"
#include "template_function.h"
#include "template_printf.h"
#include "template_value.h"
#include "text.h"

#define BLANKS " \t\r\n\v\f"
/* A decoded value takes about this many times the bytes of its text. */
#define DECODE_COST 16

/* What distinguishes the functions that share an implementation. */
enum variant {
	LESS = 1,
	EQUAL = 2,
	GREATER = 4,
	PREFIX = 1,
	SUFFIX = 2,
	LINE = 1,
};

/* All n arguments must be texts. */
static bool
are_texts(struct run *run, const struct template_function *self,
    const struct value *args, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (args[i].kind != VALUE_TEXT)
			return template_value_fail(run,
			    "%s: wants a text, got %s", self->name,
			    template_value_kind_name(&args[i]));
		if (!template_value_spend(run, strlen(args[i].text)))
			return false;
	}
	return true;
}

static bool
call_contains(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	if (!are_texts(run, self, args, n))
		return false;
	*out = template_value_bool(strstr(args[0].text, args[1].text) != NULL);
	return true;
}

/* trimPrefix, trimSuffix */
static bool
call_trim_end(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	const char *text;
	size_t length;
	size_t trimmed;
	size_t rest;

	if (!are_texts(run, self, args, n))
		return false;
	*out = args[0];
	text = args[0].text;
	length = strlen(text);
	trimmed = strlen(args[1].text);
	if (trimmed > length)
		return true;
	rest = length - trimmed;
	if (self->variant == PREFIX &&
	    strncmp(text, args[1].text, trimmed) == 0)
		out->text = text + trimmed;
	if (self->variant == SUFFIX && strcmp(text + rest, args[1].text) == 0)
		out->text = arena_copy_n(run->arena, text, rest);
	return true;
}

static bool
call_trim(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	const char *start;
	size_t length;

	if (!are_texts(run, self, args, n))
		return false;
	start = args[0].text + strspn(args[0].text, BLANKS);
	length = strlen(start);
	while (length > 0 && strchr(BLANKS, start[length - 1]) != NULL)
		length--;
	*out = template_value_text(arena_copy_n(run->arena, start, length));
	return true;
}

/* ASCII alone: what else a name may hold is lowered when it becomes IDNA. */
static bool
call_to_lower(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	if (!are_texts(run, self, args, n))
		return false;
	*out = template_value_text(arena_copy_lower(run->arena, args[0].text));
	return true;
}

/* Hand the text over to the arena and end it. */
static bool
take_text(struct run *run, struct text *text, struct value *out)
{
	*out = template_value_text(arena_copy(run->arena, text_str(text)));
	text_done(text);
	return true;
}

static bool
call_replace(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	struct text result = { 0 };
	const char *at;
	const char *found;

	if (!are_texts(run, self, args, n))
		return false;
	if (*args[0].text == '\0')
		return template_value_fail(
		    run, "cannot replace the empty text");
	at = args[2].text;
	while ((found = strstr(at, args[0].text)) != NULL &&
	       template_value_spend(run, strlen(args[1].text))) {
		text_add_n(&result, at, (size_t)(found - at));
		text_add(&result, args[1].text);
		at = found + strlen(args[0].text);
	}
	text_add(&result, at);
	take_text(run, &result, out);
	return run->budget >= 0;
}

/* isIPv4, isIPv6 */
static bool
call_is_ip(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	struct ip ip;

	if (!are_texts(run, self, args, n))
		return false;
	*out = template_value_bool(
	    ip_parse(args[0].text, &ip) && ip.version == self->variant);
	return true;
}

/*
 * Templates run on the objects of one kind for each source, so that the kind
 * tells the source. Others are sources of external-dns that are known by name
 * and never active here.
 */
static bool
call_is_source(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	static const char *const others[] = { "ambassador-host", "connector",
		"contour-httpproxy", "empty", "f5-transportserver",
		"f5-virtualserver", "fake", "gloo-proxy", "istio-gateway",
		"istio-virtualservice", "kong-tcpingress", "openshift-route",
		"skipper-routegroup", "traefik-proxy", "unstructured" };
	const char *kind = json_str_at(run->object, "kind");

	if (!are_texts(run, self, args, n))
		return false;
	*out = template_value_bool(false);
	for (size_t i = 0; i < sources_n; i++)
		if (strcasecmp(sources[i]->name, args[0].text) == 0) {
			*out = template_value_bool(
			    text_equal(kind, sources[i]->reads[0].kind->name));
			return true;
		}
	for (size_t i = 0; i < COUNT(others); i++)
		if (strcasecmp(others[i], args[0].text) == 0)
			return true;
	return template_value_fail(
	    run, "isSource: no source is called '%s'", args[0].text);
}

static bool
call_has_key(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	if (args[0].kind != VALUE_MAP)
		return template_value_fail(run, "hasKey: wants a map, got %s",
		    template_value_kind_name(&args[0]));
	if (!are_texts(run, self, args + 1, n - 1))
		return false;
	*out = template_value_bool(
	    jv_is_valid(json_at(args[0].json, args[1].text)));
	return true;
}

/* What is not JSON decodes to nil, without error. */
static bool
call_from_json(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	size_t length;
	jv json;

	if (!are_texts(run, self, args, n))
		return false;
	length = strlen(args[0].text);
	if (!template_value_spend(run, length * DECODE_COST))
		return false;
	*out = (struct value){ .kind = VALUE_NIL };
	if (!json_parse(args[0].text, length, &json, NULL))
		return true;
	run->decoded = arena_grow(
	    run->arena, run->decoded, run->n_decoded, sizeof *run->decoded);
	run->decoded[run->n_decoded++] = json;
	*out = template_value_json(json, SHAPE_ANY);
	return true;
}

static bool
call_not(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	(void)run;
	(void)self;
	(void)n;
	*out = template_value_bool(!template_value_is_true(args));
	return true;
}

/* eq, ne: the first with any of the others. */
static bool
call_equal(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	bool equal = false;

	for (size_t i = 1; i < n && !equal; i++)
		if (!template_value_equal(run, &args[0], &args[i], &equal))
			return false;
	*out = template_value_bool(equal == (self->variant == EQUAL));
	return true;
}

/* lt, le, gt, ge */
static bool
call_order(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	int order;

	(void)n;
	if (!template_value_order(&args[0], &args[1], &order))
		return template_value_fail(run, "cannot order %s and %s",
		    template_value_kind_name(&args[0]),
		    template_value_kind_name(&args[1]));
	*out =
	    template_value_bool((order < 0 && (self->variant & LESS) != 0) ||
				(order == 0 && (self->variant & EQUAL) != 0) ||
				(order > 0 && (self->variant & GREATER) != 0));
	return true;
}

static bool
call_len(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	(void)self;
	(void)n;
	if (args[0].kind == VALUE_TEXT)
		*out = template_value_int((int64_t)strlen(args[0].text));
	else if (args[0].kind == VALUE_LIST || args[0].kind == VALUE_MAP)
		*out = template_value_int(json_count(args[0].json));
	else
		return template_value_fail(run, "len: %s has no length",
		    template_value_kind_name(&args[0]));
	return true;
}

static bool
call_index(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	struct value at = args[0];

	(void)self;
	for (size_t i = 1; i < n; i++) {
		struct value item;

		if (!template_value_index(run, &at, &args[i], &item))
			return false;
		at = item;
	}
	*out = at;
	return true;
}

/* Bytes of a text, as in Go; lists are not sliced. */
static bool
call_slice(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	int64_t first = 0;
	int64_t last;

	if (!are_texts(run, self, args, 1))
		return false;
	last = (int64_t)strlen(args[0].text);
	for (size_t i = 1; i < n; i++)
		if (args[i].kind != VALUE_INT || args[i].number < 0 ||
		    args[i].number > last)
			return template_value_fail(
			    run, "slice: bound out of range");
	if (n > 2)
		last = args[2].number;
	if (n > 1)
		first = args[1].number;
	if (first > last)
		return template_value_fail(run, "slice: bounds out of order");
	*out = template_value_text(arena_copy_n(
	    run->arena, args[0].text + first, (size_t)(last - first)));
	return true;
}

/*
 * print, println: blanks between operands when neither is a text, or always
 * and a newline.
 */
static bool
call_print(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	struct text result = { 0 };
	bool lines = self->variant == LINE;
	bool ok = true;

	for (size_t i = 0; i < n && ok; i++) {
		if (i > 0 && (lines || (args[i].kind != VALUE_TEXT &&
					   args[i - 1].kind != VALUE_TEXT)))
			text_add_char(&result, ' ');
		ok = template_value_print(run, &args[i], &result);
	}
	text_add(&result, lines ? "\n" : "");
	take_text(run, &result, out);
	return ok;
}

static bool
call_printf(struct run *run, const struct template_function *self,
    const struct value *args, size_t n, struct value *out)
{
	struct text result = { 0 };
	bool ok = template_printf(run, args, n, &result);

	(void)self;
	take_text(run, &result, out);
	return ok;
}

#define MANY TEMPLATE_ARGS_MAX

/* clang-format off */
static const struct template_function functions[] = {
	{ "and",        NULL,              1, MANY, SHORTCUT_ON_FALSE, 0 },
	{ "contains",   call_contains,     2, 2,    SHORTCUT_NONE,     0 },
	{ "eq",         call_equal,        2, MANY, SHORTCUT_NONE,     EQUAL },
	{ "fromJson",   call_from_json,    1, 1,    SHORTCUT_NONE,     0 },
	{ "ge",         call_order,        2, 2,    SHORTCUT_NONE,     GREATER | EQUAL },
	{ "gt",         call_order,        2, 2,    SHORTCUT_NONE,     GREATER },
	{ "hasKey",     call_has_key,      2, 2,    SHORTCUT_NONE,     0 },
	{ "index",      call_index,        1, MANY, SHORTCUT_NONE,     0 },
	{ "isIPv4",     call_is_ip,        1, 1,    SHORTCUT_NONE,     4 },
	{ "isIPv6",     call_is_ip,        1, 1,    SHORTCUT_NONE,     6 },
	{ "isSource",   call_is_source,    1, 1,    SHORTCUT_NONE,     0 },
	{ "le",         call_order,        2, 2,    SHORTCUT_NONE,     LESS | EQUAL },
	{ "len",        call_len,          1, 1,    SHORTCUT_NONE,     0 },
	{ "lt",         call_order,        2, 2,    SHORTCUT_NONE,     LESS },
	{ "ne",         call_equal,        2, 2,    SHORTCUT_NONE,     0 },
	{ "not",        call_not,          1, 1,    SHORTCUT_NONE,     0 },
	{ "or",         NULL,              1, MANY, SHORTCUT_ON_TRUE,  0 },
	{ "print",      call_print,        0, MANY, SHORTCUT_NONE,     0 },
	{ "printf",     call_printf,       1, MANY, SHORTCUT_NONE,     0 },
	{ "println",    call_print,        0, MANY, SHORTCUT_NONE,     LINE },
	{ "replace",    call_replace,      3, 3,    SHORTCUT_NONE,     0 },
	{ "slice",      call_slice,        1, 3,    SHORTCUT_NONE,     0 },
	{ "toLower",    call_to_lower,     1, 1,    SHORTCUT_NONE,     0 },
	{ "trim",       call_trim,         1, 1,    SHORTCUT_NONE,     0 },
	{ "trimPrefix", call_trim_end,     2, 2,    SHORTCUT_NONE,     PREFIX },
	{ "trimSuffix", call_trim_end,     2, 2,    SHORTCUT_NONE,     SUFFIX },
};
/* clang-format on */

const struct template_function *
template_function_find(const char *name)
{
	for (size_t i = 0; i < COUNT(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}
