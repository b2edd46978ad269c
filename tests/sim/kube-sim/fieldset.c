// SPDX-License-Identifier: ISC
/* fieldset -- see fieldset.h. */
#include <string.h>

#include "fieldset.h"
#include "patch.h"
#include "text.h"
#include "value.h"

/* Not owned by anybody: the server's own. */
static const char *const unowned[] = { "name", "namespace", "uid",
	"resourceVersion", "generation", "creationTimestamp", "managedFields",
	"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink" };

static bool
is_unowned(const char *member)
{
	for (size_t i = 0; i < sizeof(unowned) / sizeof(*unowned); i++)
		if (strcmp(unowned[i], member) == 0)
			return true;
	return false;
}

bool
fieldset_is_empty(jv set)
{
	return json_count(set) == 0;
}

/* The name of an item in a set: k:{"KEY":VALUE} or v:VALUE. */
static void
item_name(struct text *out, const char *key, jv item)
{
	text_reset(out);
	if (*key == '\0') {
		text_add(out, "v:");
		json_print(out, item);
	} else {
		text_format(out, "k:{\"%s\":", key);
		json_print(out, json_at(item, key));
		text_add_char(out, '}');
	}
}

static jv fields_of(const char *kind, const char *member, jv value);

/* An item of a set has nothing below it. */
static jv
fields_of_item(const char *kind, const char *key, jv item)
{
	jv out;

	if (*key == '\0')
		return json_new_object();
	out = fields_of(kind, "", item);
	json_set(&out, ".", json_new_object());
	return out;
}

static jv
fields_of_list(const char *kind, const char *key, jv list)
{
	struct text name = { 0 };
	jv out = json_new_object();
	jv item;

	for (int i = 0; json_item(list, i, &item); i++) {
		item_name(&name, key, item);
		json_set(
		    &out, text_str(&name), fields_of_item(kind, key, item));
	}
	text_done(&name);
	return out;
}

/* Takes fields; metadata of which nobody owns anything is left out. */
static void
put_field(jv *set, struct text *name, const char *key, jv fields)
{
	text_reset(name);
	text_format(name, "f:%s", key);
	if (strcmp(key, "metadata") == 0 && fieldset_is_empty(fields))
		json_free(fields);
	else
		json_set(set, text_str(name), fields);
}

/* All fields of a value that stands at a member of this name. */
static jv
fields_of(const char *kind, const char *member, jv value)
{
	const char *list_key = patch_list_key(kind, member);
	struct text name = { 0 };
	jv out = json_new_object();
	const char *key;
	jv inner;

	if (json_is_array(value) && list_key != NULL) {
		json_free(out);
		return fields_of_list(kind, list_key, value);
	}
	for (int i = 0; json_member(value, &i, &key, &inner);) {
		if (strcmp(member, "metadata") == 0 && is_unowned(key))
			continue;
		put_field(&out, &name, key, fields_of(kind, key, inner));
	}
	text_done(&name);
	return out;
}

jv
fieldset_of(const char *kind, jv object)
{
	jv half = value_without(object, "apiVersion");
	jv bare = value_without(half, "kind");
	jv out = fields_of(kind, "", bare);

	json_free(half);
	json_free(bare);
	return out;
}

static jv changed(const char *kind, const char *member, jv a, jv b);

/* Items are told apart by their names in a set. */
static jv
changed_items(const char *kind, const char *key, jv a, jv b)
{
	jv was = fields_of_list(kind, key, a);
	struct text name = { 0 };
	jv out = json_new_object();
	jv item;
	jv before;

	for (int i = 0; json_item(b, i, &item); i++) {
		jv inner;

		item_name(&name, key, item);
		if (!json_is_object(json_at(was, text_str(&name))))
			inner = fields_of_item(kind, key, item);
		else if (*key != '\0' && patch_find_item(a, key, item, &before))
			inner = changed(kind, "", before, item);
		else
			continue;
		if (!fieldset_is_empty(inner) || *key == '\0')
			json_set(&out, text_str(&name), inner);
		else
			json_free(inner);
	}
	json_free(was);
	text_done(&name);
	return out;
}

/* The fields in which b differs from a. */
static jv
changed(const char *kind, const char *member, jv a, jv b)
{
	struct text name = { 0 };
	jv out = json_new_object();
	const char *key;
	jv inner;

	if (json_is_array(a) && json_is_array(b) &&
	    patch_list_key(kind, member) != NULL) {
		json_free(out);
		return changed_items(kind, patch_list_key(kind, member), a, b);
	}
	if (!json_is_object(a) || !json_is_object(b)) {
		json_free(out);
		return fields_of(kind, member, b);
	}
	for (int i = 0; json_member(b, &i, &key, &inner);) {
		jv before = json_at(a, key);

		if ((strcmp(member, "metadata") == 0 && is_unowned(key)) ||
		    (json_is_present(before) && json_equal(before, inner)))
			continue;
		put_field(&out, &name, key, changed(kind, key, before, inner));
	}
	text_done(&name);
	return out;
}

/* --- sets --- */

jv
fieldset_union(jv a, jv b)
{
	jv out = value_object(a);
	const char *key;
	jv inner;

	for (int i = 0; json_member(b, &i, &key, &inner);)
		json_set(&out, key, fieldset_union(json_at(a, key), inner));
	return out;
}

/* keep true: what is in both; false: what is only in a. */
jv
fieldset_filter(jv a, jv b, bool keep)
{
	jv out = json_new_object();
	const char *key;
	jv inner;

	for (int i = 0; json_member(a, &i, &key, &inner);) {
		jv other = json_at(b, key);
		jv rest;

		if (!json_is_object(other)) {
			if (!keep)
				json_set(&out, key, json_share(inner));
			continue;
		}
		rest = fieldset_filter(inner, other, keep);
		if (!fieldset_is_empty(rest) ||
		    (keep && fieldset_is_empty(inner)))
			json_set(&out, key, rest);
		else
			json_free(rest);
	}
	return out;
}

/* --- taking fields out of an object --- */

static jv take_out(const char *kind, const char *member, jv value, jv set);

static jv
take_items_out(const char *kind, const char *key, jv list, jv set)
{
	struct text name = { 0 };
	jv out = json_new_array();
	jv item;

	for (int i = 0; json_item(list, i, &item); i++) {
		jv inner;

		item_name(&name, key, item);
		inner = json_at(set, text_str(&name));
		if (!json_is_object(inner))
			json_add(&out, json_share(item));
		else if (*key != '\0' && !json_is_object(json_at(inner, ".")))
			json_add(&out, take_out(kind, "", item, inner));
	}
	text_done(&name);
	return out;
}

static jv
take_out(const char *kind, const char *member, jv value, jv set)
{
	const char *list_key = patch_list_key(kind, member);
	struct text name = { 0 };
	jv out;
	const char *key;
	jv inner;

	if (json_is_array(value) && list_key != NULL)
		return take_items_out(kind, list_key, value, set);
	if (!json_is_object(value))
		return json_share(value);
	out = json_new_object();
	for (int i = 0; json_member(value, &i, &key, &inner);) {
		jv gone;

		text_reset(&name);
		text_format(&name, "f:%s", key);
		gone = json_at(set, text_str(&name));
		if (!json_is_object(gone))
			json_set(&out, key, json_share(inner));
		else if (!fieldset_is_empty(gone))
			json_set(&out, key, take_out(kind, key, inner, gone));
	}
	text_done(&name);
	return out;
}

jv
fieldset_changed(const char *kind, jv old, jv object)
{
	return changed(kind, "", old, object);
}

jv
fieldset_take_out(const char *kind, jv object, jv set)
{
	return take_out(kind, "", object, set);
}

/* k:{"port":80} as [port=80]; f:spec as .spec; v:"x" as ["x"]. */
static void
put_step(struct text *path, const char *name)
{
	const char *end = name + strlen(name) - 1;
	const char *colon;

	if (*name == 'f') {
		text_format(path, ".%s", name + 2);
	} else if (*name == 'v') {
		text_format(path, "[%s]", name + 2);
	} else {
		colon = strchr(name + 4, ':');
		text_format(path, "[%.*s=%.*s]", (int)(colon - name - 5),
		    name + 4, (int)(end - colon - 1), colon + 1);
	}
}

static void
add_paths(jv *paths, struct text *path, jv set)
{
	size_t n = path->n;
	const char *name;
	jv inner;

	for (int i = 0; json_member(set, &i, &name, &inner);) {
		if (*name == '.')
			continue;
		put_step(path, name);
		if (json_count(inner) == 0)
			json_add_str(paths, path->data);
		else
			add_paths(paths, path, inner);
		path->n = n;
		path->data[n] = '\0';
	}
}

jv
fieldset_paths(jv set)
{
	struct text path = { 0 };
	jv paths = json_new_array();

	add_paths(&paths, &path, set);
	text_done(&path);
	return paths;
}
