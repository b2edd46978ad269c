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

/* Of a function that failed; nobody looks at it. */
static const struct value nothing = { 0 };

static struct value
call_contains(const struct call *call)
{
	return template_value_bool(
	    strstr(call->args[0].text, call->args[1].text) != NULL);
}

/* trimPrefix, trimSuffix */
static struct value
call_trim_end(const struct call *call)
{
	const char *text = call->args[0].text;
	const char *end = call->args[1].text;
	size_t n = strlen(text);
	size_t n_end = strlen(end);

	if (n_end > n)
		return call->args[0];
	if (call->self->variant == PREFIX)
		return template_value_text(
		    strncmp(text, end, n_end) == 0 ? text + n_end : text);
	return template_value_text(
	    strcmp(text + n - n_end, end) == 0
		? arena_copy_n(call->run->arena, text, n - n_end)
		: text);
}

static struct value
call_trim(const struct call *call)
{
	const char *start =
	    call->args[0].text + strspn(call->args[0].text, BLANKS);
	size_t n = strlen(start);

	while (n > 0 && strchr(BLANKS, start[n - 1]) != NULL)
		n--;
	return template_value_text(arena_copy_n(call->run->arena, start, n));
}

/* ASCII alone: what else a name may hold is lowered when it becomes IDNA. */
static struct value
call_to_lower(const struct call *call)
{
	return template_value_text(
	    arena_copy_lower(call->run->arena, call->args[0].text));
}

/* Hand the text over to the arena and end it. */
static struct value
take_text(const struct call *call, struct text *text)
{
	struct value value =
	    template_value_text(arena_copy(call->run->arena, text_str(text)));

	text_done(text);
	return value;
}

static struct value
call_replace(const struct call *call)
{
	const char *old = call->args[0].text;
	const char *new = call->args[1].text;
	const char *at = call->args[2].text;
	struct text result = { 0 };
	const char *found;

	if (*old == '\0') {
		template_value_fail(call->run, "cannot replace the empty text");
		return nothing;
	}
	while ((found = strstr(at, old)) != NULL &&
	       template_value_spend(call->run, strlen(new))) {
		text_add_n(&result, at, (size_t)(found - at));
		text_add(&result, new);
		at = found + strlen(old);
	}
	text_add(&result, at);
	return take_text(call, &result);
}

/* isIPv4, isIPv6 */
static struct value
call_is_ip(const struct call *call)
{
	struct ip ip;

	return template_value_bool(ip_parse(call->args[0].text, &ip) &&
				   ip.version == call->self->variant);
}

/*
 * Templates run on the objects of one kind for each source, so that the kind
 * tells the source. Others are sources of external-dns that are known by name
 * and never active here.
 */
static struct value
call_is_source(const struct call *call)
{
	static const char *const others[] = { "ambassador-host", "connector",
		"contour-httpproxy", "empty", "f5-transportserver",
		"f5-virtualserver", "fake", "gloo-proxy", "istio-gateway",
		"istio-virtualservice", "kong-tcpingress", "openshift-route",
		"skipper-routegroup", "traefik-proxy", "unstructured" };
	const char *kind = json_str_at(call->run->object, "kind");
	const char *name = call->args[0].text;

	for (size_t i = 0; i < sources_n; i++)
		if (strcasecmp(sources[i]->name, name) == 0)
			return template_value_bool(
			    text_equal(kind, sources[i]->reads[0].kind->name));
	for (size_t i = 0; i < COUNT(others); i++)
		if (strcasecmp(others[i], name) == 0)
			return template_value_bool(false);
	template_value_fail(
	    call->run, "isSource: no source is called '%s'", name);
	return nothing;
}

static struct value
call_has_key(const struct call *call)
{
	if (call->args[0].kind == VALUE_MAP)
		return template_value_bool(jv_is_valid(
		    json_at(call->args[0].json, call->args[1].text)));
	template_value_fail(call->run, "hasKey: wants a map, got %s",
	    template_value_kind_name(&call->args[0]));
	return nothing;
}

/* What is not JSON decodes to nil, without error. */
static struct value
call_from_json(const struct call *call)
{
	struct run *run = call->run;
	const char *text = call->args[0].text;
	size_t n = strlen(text);
	jv json;

	if (!template_value_spend(run, n * DECODE_COST) ||
	    !json_parse(text, n, &json, NULL))
		return (struct value){ .kind = VALUE_NIL };
	run->decoded = arena_grow(
	    run->arena, run->decoded, run->n_decoded, sizeof *run->decoded);
	run->decoded[run->n_decoded++] = json;
	return template_value_json(json, SHAPE_ANY);
}

static struct value
call_not(const struct call *call)
{
	return template_value_bool(!template_value_is_true(call->args));
}

/* eq, ne: the first with any of the others. */
static struct value
call_equal(const struct call *call)
{
	bool equal = false;

	for (size_t i = 1; i < call->n && !equal; i++)
		if (!template_value_equal(
			call->run, &call->args[0], &call->args[i], &equal))
			return nothing;
	return template_value_bool(equal == (call->self->variant == EQUAL));
}

/* lt, le, gt, ge */
static struct value
call_order(const struct call *call)
{
	int order;

	if (template_value_order(&call->args[0], &call->args[1], &order))
		return template_value_bool(
		    (call->self->variant & (order < 0      ? LESS
					       : order > 0 ? GREATER
							   : EQUAL)) != 0);
	template_value_fail(call->run, "cannot order %s and %s",
	    template_value_kind_name(&call->args[0]),
	    template_value_kind_name(&call->args[1]));
	return nothing;
}

static struct value
call_len(const struct call *call)
{
	const struct value *of = &call->args[0];

	if (of->kind == VALUE_TEXT)
		return template_value_int((int64_t)strlen(of->text));
	if (of->kind == VALUE_LIST || of->kind == VALUE_MAP)
		return template_value_int(json_count(of->json));
	template_value_fail(
	    call->run, "len: %s has no length", template_value_kind_name(of));
	return nothing;
}

static struct value
call_index(const struct call *call)
{
	struct value at = call->args[0];

	for (size_t i = 1; i < call->n; i++) {
		struct value item = nothing;

		if (!template_value_index(
			call->run, &at, &call->args[i], &item))
			return nothing;
		at = item;
	}
	return at;
}

/* Bytes of a text, as in Go; lists are not sliced. */
static struct value
call_slice(const struct call *call)
{
	const char *text = call->args[0].text;
	int64_t bounds[] = { 0, (int64_t)strlen(text) };

	for (size_t i = 1; i < call->n; i++) {
		const struct value *bound = &call->args[i];

		if (bound->kind != VALUE_INT || bound->number < bounds[0] ||
		    bound->number > bounds[1]) {
			template_value_fail(
			    call->run, "slice: bound out of range");
			return nothing;
		}
		bounds[i - 1] = bound->number;
	}
	return template_value_text(arena_copy_n(call->run->arena,
	    text + bounds[0], (size_t)(bounds[1] - bounds[0])));
}

/* print, println: blanks between operands when neither is a text, or always
 * and a newline. */
static struct value
call_print(const struct call *call)
{
	const struct value *args = call->args;
	bool lines = call->self->variant == LINE;
	struct text result = { 0 };

	for (size_t i = 0; i < call->n; i++) {
		if (i > 0 && (lines || (args[i].kind != VALUE_TEXT &&
					   args[i - 1].kind != VALUE_TEXT)))
			text_add_char(&result, ' ');
		if (!template_value_print(call->run, &args[i], &result))
			break;
	}
	text_add(&result, lines ? "\n" : "");
	return take_text(call, &result);
}

static struct value
call_printf(const struct call *call)
{
	struct text result = { 0 };

	template_printf(call->run, call->args, call->n, &result);
	return take_text(call, &result);
}

#define MANY TEMPLATE_ARGS_MAX
#define ALL  7U /* of up to three arguments */

/* clang-format off */
static const struct template_function functions[] = {
	{ "and",        NULL,            1, MANY, 0,   SHORTCUT_ON_FALSE, 0 },
	{ "contains",   call_contains,   2, 2,    ALL, SHORTCUT_NONE,     0 },
	{ "eq",         call_equal,      2, MANY, 0,   SHORTCUT_NONE,     EQUAL },
	{ "fromJson",   call_from_json,  1, 1,    ALL, SHORTCUT_NONE,     0 },
	{ "ge",         call_order,      2, 2,    0,   SHORTCUT_NONE,     GREATER | EQUAL },
	{ "gt",         call_order,      2, 2,    0,   SHORTCUT_NONE,     GREATER },
	{ "hasKey",     call_has_key,    2, 2,    2U,  SHORTCUT_NONE,     0 },
	{ "index",      call_index,      1, MANY, 0,   SHORTCUT_NONE,     0 },
	{ "isIPv4",     call_is_ip,      1, 1,    ALL, SHORTCUT_NONE,     4 },
	{ "isIPv6",     call_is_ip,      1, 1,    ALL, SHORTCUT_NONE,     6 },
	{ "isSource",   call_is_source,  1, 1,    ALL, SHORTCUT_NONE,     0 },
	{ "le",         call_order,      2, 2,    0,   SHORTCUT_NONE,     LESS | EQUAL },
	{ "len",        call_len,        1, 1,    0,   SHORTCUT_NONE,     0 },
	{ "lt",         call_order,      2, 2,    0,   SHORTCUT_NONE,     LESS },
	{ "ne",         call_equal,      2, 2,    0,   SHORTCUT_NONE,     0 },
	{ "not",        call_not,        1, 1,    0,   SHORTCUT_NONE,     0 },
	{ "or",         NULL,            1, MANY, 0,   SHORTCUT_ON_TRUE,  0 },
	{ "print",      call_print,      0, MANY, 0,   SHORTCUT_NONE,     0 },
	{ "printf",     call_printf,     1, MANY, 1U,  SHORTCUT_NONE,     0 },
	{ "println",    call_print,      0, MANY, 0,   SHORTCUT_NONE,     LINE },
	{ "replace",    call_replace,    3, 3,    ALL, SHORTCUT_NONE,     0 },
	{ "slice",      call_slice,      1, 3,    1U,  SHORTCUT_NONE,     0 },
	{ "toLower",    call_to_lower,   1, 1,    ALL, SHORTCUT_NONE,     0 },
	{ "trim",       call_trim,       1, 1,    ALL, SHORTCUT_NONE,     0 },
	{ "trimPrefix", call_trim_end,   2, 2,    ALL, SHORTCUT_NONE,     PREFIX },
	{ "trimSuffix", call_trim_end,   2, 2,    ALL, SHORTCUT_NONE,     SUFFIX },
};
/* clang-format on */

bool
template_function_call(const struct call *call, struct value *out)
{
	for (size_t i = 0; i < call->n && i < 3; i++) {
		const struct value *arg = &call->args[i];

		if ((call->self->texts & 1U << i) == 0)
			continue;
		if (arg->kind != VALUE_TEXT)
			return template_value_fail(call->run,
			    "%s: wants a text, got %s", call->self->name,
			    template_value_kind_name(arg));
		if (!template_value_spend(call->run, strlen(arg->text)))
			return false;
	}
	*out = call->self->call(call);
	return !call->run->failed;
}

const struct template_function *
template_function_find(const char *name)
{
	for (size_t i = 0; i < COUNT(functions); i++)
		if (strcmp(functions[i].name, name) == 0)
			return &functions[i];
	return NULL;
}
