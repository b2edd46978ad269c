// SPDX-License-Identifier: ISC
/*
 * yaml_objects -- see yaml_objects.h.
 *
 * Plain scalars become what the JSON schema of YAML 1.2 says: null, true,
 * false, decimal numbers; all others, and all that are quoted, are texts. The
 * older words for truth (yes, on) stay texts.
 */
#include <yaml.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yaml_objects.h"

#define DEPTH_MAX 100

static jv
scalar(const yaml_node_t *node)
{
	const char *text = (const char *)node->data.scalar.value;
	char *end;
	double number;

	if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return json_new_str(text);
	if (*text == '\0' || strcmp(text, "null") == 0 ||
	    strcmp(text, "~") == 0)
		return jv_null();
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return json_new_bool(*text == 't');
	number = strtod(text, &end);
	if (*end == '\0' && strspn(text, "-.0123456789eE") == strlen(text))
		return jv_number(number);
	return json_new_str(text);
}

static jv
convert(yaml_document_t *document, const yaml_node_t *node, int depth)
{
	jv out;

	if (node == NULL || depth > DEPTH_MAX)
		return jv_null();
	if (node->type == YAML_SCALAR_NODE)
		return scalar(node);
	if (node->type == YAML_SEQUENCE_NODE) {
		out = json_new_array();
		for (const yaml_node_item_t *item =
			 node->data.sequence.items.start;
		     item < node->data.sequence.items.top; item++)
			json_add(
			    &out, convert(document,
				      yaml_document_get_node(document, *item),
				      depth + 1));
		return out;
	}
	out = json_new_object();
	for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key =
		    yaml_document_get_node(document, pair->key);

		if (key->type == YAML_SCALAR_NODE)
			json_set(&out, (const char *)key->data.scalar.value,
			    convert(document,
				yaml_document_get_node(document, pair->value),
				depth + 1));
	}
	return out;
}

struct reading {
	bool (*visit)(void *context, jv object, struct error *err);
	void *context;
	struct error *err;
};

/* A List, or a bare array, stands for its items. */
static bool
visit_value(const struct reading *reading, jv value)
{
	jv items = json_is_array(value) ? value : json_at(value, "items");
	jv item;

	if (!json_is_present(value))
		return true;
	if (!json_is_array(items))
		return reading->visit(reading->context, value, reading->err);
	for (int i = 0; json_item(items, i, &item); i++)
		if (!reading->visit(reading->context, item, reading->err))
			return false;
	return true;
}

static bool
read_documents(
    yaml_parser_t *parser, const char *path, const struct reading *reading)
{
	for (;;) {
		yaml_document_t document;
		const yaml_node_t *root;
		bool going;
		jv value;

		if (!yaml_parser_load(parser, &document))
			return error_set(reading->err, CAUSE_INVALID,
			    "'%s' line %zu: %s", path,
			    parser->problem_mark.line + 1, parser->problem);
		root = yaml_document_get_root_node(&document);
		if (root == NULL) {
			yaml_document_delete(&document);
			return true;
		}
		value = convert(&document, root, 0);
		yaml_document_delete(&document);
		going = visit_value(reading, value);
		json_free(value);
		if (!going)
			return false;
	}
}

bool
yaml_objects_read(const char *path,
    bool (*visit)(void *context, jv object, struct error *err), void *context,
    struct error *err)
{
	struct reading reading = { visit, context, err };
	yaml_parser_t parser;
	FILE *file = fopen(path, "re");
	bool done;

	if (file == NULL)
		return error_set(err, CAUSE_INVALID, "cannot read '%s': %s",
		    path, strerror(errno));
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_file(&parser, file);
	done = read_documents(&parser, path, &reading);
	yaml_parser_delete(&parser);
	(void)fclose(file);
	return done;
}
