// SPDX-License-Identifier: ISC
/*
 * place -- a node of a YAML file, and the file in which it stands.
 */
#include "place.h"

#include <string.h>

#include "arena.h"
#include "base64.h"
#include "text.h"

const char *
place_scalar(const yaml_node_t *node)
{
	if (node == NULL || node->type != YAML_SCALAR_NODE)
		return NULL;
	return (const char *)node->data.scalar.value;
}

yaml_node_t *
place_member(const struct place *place, const char *name)
{
	const char *key = "";
	struct place value = place_pair(place, 0, &key);

	for (size_t i = 0; value.node != NULL;
	     value = place_pair(place, ++i, &key))
		if (strcmp(key, name) == 0)
			return value.node;
	return NULL;
}

struct place
place_enter(const struct place *place, const char *name)
{
	struct place inner = *place;

	inner.node = place_member(place, name);
	return inner;
}

struct place
place_item(const struct place *place, size_t i)
{
	struct place inner = *place;
	yaml_node_t *node = place->node;

	inner.node = NULL;
	if (node != NULL && node->type == YAML_SEQUENCE_NODE &&
	    i < (size_t)(node->data.sequence.items.top -
			 node->data.sequence.items.start))
		inner.node = yaml_document_get_node(
		    place->document, node->data.sequence.items.start[i]);
	return inner;
}

struct place
place_pair(const struct place *place, size_t i, const char **key)
{
	struct place inner = *place;
	yaml_node_t *node = place->node;
	const yaml_node_pair_t *pair;

	inner.node = NULL;
	if (node == NULL || node->type != YAML_MAPPING_NODE)
		return inner;
	pair = node->data.mapping.pairs.start + i;
	if (pair >= node->data.mapping.pairs.top)
		return inner;
	*key = place_scalar(yaml_document_get_node(place->document, pair->key));
	if (*key == NULL)
		*key = "";
	inner.node = yaml_document_get_node(place->document, pair->value);
	return inner;
}

const char *
place_str(const struct place *place, const char *name, struct arena *arena)
{
	const char *value = place_scalar(place_member(place, name));

	if (value == NULL || *value == '\0' || strcmp(value, "null") == 0)
		return NULL;
	return arena_copy(arena, value);
}

bool
place_is_true(const struct place *place, const char *name)
{
	const char *value = place_scalar(place_member(place, name));

	return text_equal(value, "true");
}

const char *
place_path(const struct place *place, const char *name, struct arena *arena)
{
	const char *value = place_str(place, name, arena);
	const char *slash = strrchr(place->file, '/');

	if (value == NULL || *value == '/')
		return value;
	if (slash == NULL)
		return value;
	return arena_format(
	    arena, "%.*s/%s", (int)(slash - place->file), place->file, value);
}

bool
place_data(const struct place *place, const char *name, struct arena *arena,
    const char **out, struct error *err)
{
	const char *value = place_scalar(place_member(place, name));
	struct text bytes = { 0 };

	*out = NULL;
	if (value == NULL || *value == '\0')
		return true;
	if (!base64_decode(&bytes, value, strlen(value)))
		return error_set(err, CAUSE_INVALID,
		    "kubeconfig %s: %s is not base64", place->file, name);
	*out = arena_copy_n(arena, text_str(&bytes), bytes.n);
	text_done(&bytes);
	return true;
}
