// SPDX-License-Identifier: ISC
/*
 * select -- see select.h.
 *
 *   labels   KEY | !KEY | KEY=V | KEY==V | KEY!=V | KEY in (V,...) |
 *            KEY notin (V,...), joined by commas, all must hold
 *   fields   PATH=V | PATH==V | PATH!=V, paths as the kind allows
 *
 * != and notin hold for objects that lack the label (k8s.io/apimachinery,
 * pkg/labels).
 */
#include <ctype.h>
#include <string.h>

#include "select.h"

enum operator{ OP_EXISTS, OP_ABSENT, OP_IN, OP_NOT_IN };

struct requirement {
	const char *key;
	enum operator op;
	struct strlist values;
};

/* Fields beyond metadata.name and metadata.namespace, as registered by the
 * built-in types. */
static const struct {
	const char *plural;
	const char *fields;
} field_rows[] = {
	{ "pods", "spec.nodeName spec.restartPolicy spec.schedulerName "
		  "spec.serviceAccountName status.phase status.podIP" },
	{ "nodes", "spec.unschedulable" },
	{ "services", "spec.clusterIP spec.type" },
	{ "namespaces", "status.phase" },
	{ "secrets", "type" },
	{ "events", "involvedObject.kind involvedObject.namespace "
		    "involvedObject.name involvedObject.uid reason type "
		    "regarding.name reportingController" },
};

static bool
is_field(const struct kind *kind, const char *field)
{
	size_t n = strlen(field);

	if (strcmp(field, "metadata.name") == 0 ||
	    strcmp(field, "metadata.namespace") == 0)
		return true;
	for (size_t i = 0; i < sizeof(field_rows) / sizeof(*field_rows); i++) {
		const char *at = strstr(field_rows[i].fields, field);

		if (strcmp(field_rows[i].plural, kind->spec.plural) == 0 &&
		    at != NULL && (at[n] == ' ' || at[n] == '\0'))
			return true;
	}
	return false;
}

static const char *
skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* A key or value: what qualified names and label values are made of. */
static const char *
take_word(const char **at, struct arena *arena)
{
	const char *start = skip_blanks(*at);
	size_t n = strcspn(start, " \t,=!()");

	*at = skip_blanks(start + n);
	return arena_copy_n(arena, start, n);
}

static bool
take_values(const char **at, struct arena *arena, struct strlist *values)
{
	if (**at != '(')
		return false;
	do {
		(*at)++;
		strlist_add(values, arena, take_word(at, arena));
	} while (**at == ',');
	if (**at != ')')
		return false;
	*at = skip_blanks(*at + 1);
	return true;
}

/* What follows the key. */
static bool
take_operator(const char **at, struct arena *arena, struct requirement *r)
{
	const char *word;

	if (**at == '\0' || **at == ',')
		return r->op == OP_EXISTS || r->op == OP_ABSENT;
	if (**at == '=' || (**at == '!' && (*at)[1] == '=')) {
		r->op = **at == '=' ? OP_IN : OP_NOT_IN;
		*at += **at == '!' || (*at)[1] == '=' ? 2 : 1;
		strlist_add(&r->values, arena, take_word(at, arena));
		return true;
	}
	word = take_word(at, arena);
	r->op = strcmp(word, "in") == 0 ? OP_IN : OP_NOT_IN;
	return (r->op == OP_IN || strcmp(word, "notin") == 0) &&
	       take_values(at, arena, &r->values);
}

static bool
parse(
    const char *text, struct arena *arena, struct requirement **list, size_t *n)
{
	const char *at = skip_blanks(text);

	while (*at != '\0') {
		struct requirement *r;

		*list = arena_grow(arena, *list, *n, sizeof(**list));
		r = &(*list)[(*n)++];
		if (*at == '!') {
			r->op = OP_ABSENT;
			at++;
		}
		r->key = take_word(&at, arena);
		if (*r->key == '\0' || !take_operator(&at, arena, r))
			return false;
		if (*at == '\0')
			return true;
		if (*at != ',')
			return false;
		at = skip_blanks(at + 1);
	}
	return true;
}

/* %5B... is gone already: what cannot be read is quoted as it came. */
bool
select_parse(
    const struct call *call, struct selector *selector, struct reply *reply)
{
	const char *labels = call_query(call, "labelSelector");
	const char *fields = call_query(call, "fieldSelector");
	jv none = jv_invalid();

	*selector = (struct selector){ 0 };
	if (labels != NULL &&
	    !parse(labels, call->arena, &selector->labels, &selector->n_labels))
		return reply_failure(reply, 400, "BadRequest", none,
		    arena_format(call->arena,
			"unable to parse requirement: found '%s', expected: "
			"',' or 'end of string'",
			labels));
	if (fields != NULL &&
	    !parse(fields, call->arena, &selector->fields, &selector->n_fields))
		return reply_failure(reply, 400, "BadRequest", none,
		    arena_format(call->arena,
			"invalid selector: '%s'; can't understand '%s'", fields,
			fields));
	for (size_t i = 0; i < selector->n_fields; i++)
		if (!is_field(call->kind, selector->fields[i].key))
			return reply_failure(reply, 400, "BadRequest", none,
			    arena_format(call->arena,
				call->kind->spec.custom
				    ? "field label not supported: %s"
				    : "\"%s\" is not a known field selector: "
				      "only \"metadata.name\", "
				      "\"metadata.namespace\"",
				selector->fields[i].key));
	return true;
}

bool
select_is_empty(const struct selector *selector)
{
	return selector->n_labels == 0 && selector->n_fields == 0;
}

static bool
holds(const struct requirement *r, const char *value)
{
	switch (r->op) {
	case OP_EXISTS:
		return value != NULL;
	case OP_ABSENT:
		return value == NULL;
	case OP_IN:
		return value != NULL && strlist_has(&r->values, value);
	case OP_NOT_IN:
		return value == NULL || !strlist_has(&r->values, value);
	}
	return false;
}

/* Absent fields compare as the empty text. */
static const char *
field_value(jv object, const char *path, char *scratch)
{
	const char *text;

	while (*path != '\0') {
		size_t n = strcspn(path, ".");

		memcpy(scratch, path, n);
		scratch[n] = '\0';
		object = json_at(object, scratch);
		path += n + (path[n] == '.');
	}
	if (json_is_true(object))
		return "true";
	text = json_str(object);
	return text == NULL ? "" : text;
}

bool
select_has(const struct selector *selector, const struct body *body)
{
	char scratch[256];
	bool has = true;
	jv object;

	if (select_is_empty(selector))
		return true;
	object = object_value(body);
	for (size_t i = 0; has && i < selector->n_labels; i++)
		has = holds(&selector->labels[i],
		    json_str_at(
			object, "metadata", "labels", selector->labels[i].key));
	for (size_t i = 0; has && i < selector->n_fields; i++)
		has = holds(&selector->fields[i],
		    field_value(object, selector->fields[i].key, scratch));
	json_free(object);
	return has;
}

static struct requirement *
copy_list(const struct requirement *list, size_t n, struct arena *arena)
{
	struct requirement *copy = arena_alloc(arena, (n + 1) * sizeof(*copy));

	for (size_t i = 0; i < n; i++) {
		copy[i] = list[i];
		copy[i].key = arena_copy(arena, list[i].key);
		copy[i].values = (struct strlist){ 0 };
		for (size_t j = 0; j < list[i].values.n; j++)
			strlist_add(&copy[i].values, arena,
			    arena_copy(arena, list[i].values.items[j]));
	}
	return copy;
}

struct selector
select_copy(const struct selector *selector, struct arena *arena)
{
	struct selector copy = *selector;

	copy.labels = copy_list(selector->labels, selector->n_labels, arena);
	copy.fields = copy_list(selector->fields, selector->n_fields, arena);
	return copy;
}
