// SPDX-License-Identifier: ISC
/*
 * patch -- see patch.h.
 *
 * The merge keys are those of the Go types' patchMergeKey tags, by the name of
 * the member that holds the list; `ports` differs between kinds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patch.h"
#include "value.h"

static const struct {
	const char *kind; /* NULL: all */
	const char *member;
	const char *key; /* "": a set of plain values */
} list_keys[] = {
	{ "Service", "ports", "port" },
	{ "Pod", "ports", "containerPort" },
	{ "Deployment", "ports", "containerPort" },
	{ "Node", "addresses", "type" },
	{ NULL, "conditions", "type" },
	{ NULL, "containers", "name" },
	{ NULL, "initContainers", "name" },
	{ NULL, "ephemeralContainers", "name" },
	{ NULL, "env", "name" },
	{ NULL, "volumeMounts", "mountPath" },
	{ NULL, "volumes", "name" },
	{ NULL, "imagePullSecrets", "name" },
	{ NULL, "secrets", "name" },
	{ NULL, "hostAliases", "ip" },
	{ NULL, "podIPs", "ip" },
	{ NULL, "taints", "key" },
	{ NULL, "ownerReferences", "uid" },
	{ NULL, "finalizers", "" },
};

const char *
patch_list_key(const char *kind, const char *member)
{
	for (size_t i = 0; i < sizeof(list_keys) / sizeof(*list_keys); i++)
		if (strcmp(list_keys[i].member, member) == 0 &&
		    (list_keys[i].kind == NULL ||
			strcmp(list_keys[i].kind, kind) == 0))
			return list_keys[i].key;
	return NULL;
}

jv
patch_merge(jv target, jv patch)
{
	const char *key;
	jv member;
	jv out;

	if (!json_is_object(patch))
		return json_share(patch);
	out = value_object(target);
	for (int i = 0; json_member(patch, &i, &key, &member);) {
		if (json_is_present(member)) {
			json_set(&out, key,
			    patch_merge(json_at(target, key), member));
		} else {
			jv rest = value_without(out, key);

			json_free(out);
			out = rest;
		}
	}
	return out;
}

static bool
list_has(jv list, jv value)
{
	jv item;

	for (int i = 0; json_item(list, i, &item); i++)
		if (json_equal(item, value))
			return true;
	return false;
}

bool
patch_find_item(jv list, const char *key, jv like, jv *found)
{
	jv wanted = json_at(like, key);
	jv item;

	for (int i = 0; json_item(list, i, &item); i++)
		if (json_is_present(wanted) &&
		    json_equal(json_at(item, key), wanted)) {
			*found = item;
			return true;
		}
	return false;
}

static bool
is_delete(jv item)
{
	const char *directive = json_str_at(item, "$patch");

	return directive != NULL && strcmp(directive, "delete") == 0;
}

/* Items of the target first, in their order, then what is new. */
static jv
merge_list(const char *kind, const char *key, jv target, jv patch)
{
	jv out = json_new_array();
	jv item;
	jv other;

	for (int i = 0; json_item(target, i, &item); i++) {
		bool merged =
		    *key != '\0' && patch_find_item(patch, key, item, &other);

		if (!merged)
			json_add(&out, json_share(item));
		else if (!is_delete(other))
			json_add(&out, patch_strategic(kind, item, other));
	}
	for (int i = 0; json_item(patch, i, &item); i++) {
		if (*key == '\0' ? list_has(out, item)
				 : patch_find_item(target, key, item, &other))
			continue;
		if (!is_delete(item))
			json_add(&out, patch_strategic(kind, jv_null(), item));
	}
	return out;
}

/* A list whose patch begins with {"$patch":"replace"} is replaced by the rest. */
static bool
is_replaced(jv list)
{
	const char *directive;
	jv item;

	for (int i = 0; json_item(list, i, &item); i++) {
		directive = json_str_at(item, "$patch");
		if (directive != NULL && strcmp(directive, "replace") == 0)
			return true;
	}
	return false;
}

static jv
replaced_list(jv list)
{
	jv out = json_new_array();
	jv item;

	for (int i = 0; json_item(list, i, &item); i++)
		if (!json_is_present(json_at(item, "$patch")))
			json_add(&out, json_share(item));
	return out;
}

static jv
remove_values(jv list, jv values)
{
	jv out = json_new_array();
	jv item;

	for (int i = 0; json_item(list, i, &item); i++)
		if (!list_has(values, item))
			json_add(&out, json_share(item));
	return out;
}

/* Only members that are named stay: unions such as a volume's source. */
static jv
retain_keys(jv object, jv keys)
{
	jv out = json_new_object();
	const char *key;
	jv member;

	for (int i = 0; json_member(object, &i, &key, &member);) {
		jv name = json_new_str(key);

		if (list_has(keys, name))
			json_set(&out, key, json_share(member));
		json_free(name);
	}
	return out;
}

static jv
strategic_member(const char *kind, const char *key, jv target, jv patch)
{
	const char *merge_key = patch_list_key(kind, key);

	if (!json_is_array(patch) || merge_key == NULL)
		return patch_strategic(kind, target, patch);
	if (is_replaced(patch))
		return replaced_list(patch);
	return merge_list(kind, merge_key, target, patch);
}

#define DELETE_LIST "$deleteFromPrimitiveList/"

static void
apply_member(const char *kind, jv *out, const char *key, jv patch)
{
	jv rest;

	if (strncmp(key, DELETE_LIST, strlen(DELETE_LIST)) == 0) {
		const char *list = key + strlen(DELETE_LIST);

		json_set(out, list, remove_values(json_at(*out, list), patch));
	} else if (*key == '$') {
		return; /* $patch, $retainKeys, $setElementOrder */
	} else if (json_is_present(patch)) {
		json_set(out, key,
		    strategic_member(kind, key, json_at(*out, key), patch));
	} else {
		rest = value_without(*out, key);
		json_free(*out);
		*out = rest;
	}
}

jv
patch_strategic(const char *kind, jv target, jv patch)
{
	const char *directive = json_str_at(patch, "$patch");
	jv keys = json_at(patch, "$retainKeys");
	const char *key;
	jv member;
	jv out;

	if (!json_is_object(patch))
		return json_share(patch);
	if (directive != NULL && strcmp(directive, "delete") == 0)
		return jv_null();
	out = directive == NULL && json_is_array(keys)
		  ? retain_keys(target, keys)
	      : directive == NULL ? value_object(target)
				  : json_new_object();
	for (int i = 0; json_member(patch, &i, &key, &member);)
		apply_member(kind, &out, key, member);
	return out;
}
