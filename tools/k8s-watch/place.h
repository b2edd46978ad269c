// SPDX-License-Identifier: ISC
/*
 * place -- a node of a YAML file, and the file in which it stands: relative
 * paths lie beside it, messages name it.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "error.h"

struct arena;

/* node is NULL for what is not there; so is what lies below it. */
struct place {
	yaml_document_t *document;
	const char *file;
	yaml_node_t *node;
};

/* The text of a scalar, borrowed; NULL: it is none. */
const char *place_scalar(const yaml_node_t *node);

/* A member of a mapping, as a node or as a place. */
yaml_node_t *place_member(const struct place *place, const char *name);
struct place place_enter(const struct place *place, const char *name);

/* Item i of a sequence; its node is NULL past the end. */
struct place place_item(const struct place *place, size_t i);

/* Member i of a mapping, its name in *key ("" if that is no text); its node is
 * NULL past the end. */
struct place place_pair(const struct place *place, size_t i, const char **key);

/* A member that is a text and not empty, copied; else NULL. */
const char *place_str(
    const struct place *place, const char *name, struct arena *arena);

/* A member is the word true. */
bool place_is_true(const struct place *place, const char *name);

/* A path, beside the file if it is relative. */
const char *place_path(
    const struct place *place, const char *name, struct arena *arena);

/* Base64 data as text, NULL if there is none; false: err names the member. */
bool place_data(const struct place *place, const char *name,
    struct arena *arena, const char **out, struct error *err);

#endif
