// SPDX-License-Identifier: ISC
/*
 * delete -- the half of objects.h that removes, and seeding.
 *
 * An object with finalizers is marked and stays until they are gone. A
 * namespace is marked, then its contents go, then itself. A definition takes
 * its objects with it.
 */
#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "heap.h"
#include "kinds.h"
#include "objects.h"
#include "select.h"
#include "value.h"

static const char *
key_of(const struct call *call)
{
	return arena_format(
	    call->arena, "%s/%s", call->ns == NULL ? "" : call->ns, call->name);
}

/* DeleteOptions: what must still hold. */
static bool
check_preconditions(const struct call *call, struct reply *reply, jv old)
{
	static const char *const members[][2] = {
		{ "uid", "UID" },
		{ "resourceVersion", "ResourceVersion" },
	};
	bool holds = true;
	jv options;

	if (call->body_n == 0 ||
	    !json_parse(call->body, call->body_n, &options, NULL))
		return true;
	for (size_t i = 0; holds && i < 2; i++) {
		const char *want =
		    json_str_at(options, "preconditions", members[i][0]);
		const char *is = json_str_at(old, "metadata", members[i][0]);

		if (want != NULL && is != NULL && strcmp(want, is) != 0)
			holds = reply_about(reply, call, 409, "Conflict",
			    "Operation cannot be fulfilled on %s \"%s\": "
			    "Precondition failed: %s in precondition: %s, %s "
			    "in object meta: %s",
			    call_resource(call), call->name, members[i][1],
			    want, members[i][1], is);
	}
	json_free(options);
	return holds;
}

static void
empty_namespace(struct store *store, const char *ns)
{
	size_t n = strlen(ns);

	for (size_t i = 0; i < store->n_kinds; i++) {
		struct kind *kind = store->kinds[i];
		size_t j = 0;

		while (j < kind->objects.n) {
			char *key = heap_copy(table_key(store_sorted(kind)[j]));

			if (strncmp(key, ns, n) == 0 && key[n] == '/')
				store_drop(store, kind, key);
			else
				j++;
			free(key);
		}
	}
}

static jv
marked(const struct store *store, jv old)
{
	char time[32];
	jv half;
	jv out;

	store_time(store, time);
	half = value_with_at(
	    old, "metadata", "deletionTimestamp", json_new_str(time));
	out = value_with_at(
	    half, "metadata", "deletionGracePeriodSeconds", json_new_int(0));
	json_free(half);
	return out;
}

/* DELETED for each of its objects, the definition, then its watches end. */
static void
remove_object(struct call *call, const char *key)
{
	if (strcmp(call->kind->spec.plural, "customresourcedefinitions") == 0)
		kinds_undefine(call->store, call->name);
	store_drop(call->store, call->kind, key);
}

static void
reply_deleted(const struct call *call, struct reply *reply, jv old)
{
	jv status = json_new_object();
	jv details = json_new_object();

	json_set_str(&status, "kind", "Status");
	json_set_str(&status, "apiVersion", "v1");
	json_set(&status, "metadata", json_new_object());
	json_set_str(&status, "status", "Success");
	json_set_str(&details, "name", call->name);
	if (*call->group != '\0')
		json_set_str(&details, "group", call->group);
	json_set_str(&details, "kind", call->resource);
	json_set_str(&details, "uid", json_str_at(old, "metadata", "uid"));
	json_set(&status, "details", details);
	reply_value(reply, 200, status);
}

void
objects_delete(struct call *call, struct reply *reply)
{
	struct object *stored = store_find(call->kind, call->ns, call->name);
	const char *dry = call_query(call, "dryRun");
	const char *key = key_of(call);
	jv old;

	if (stored == NULL) {
		(void)reply_missing(reply, call);
		return;
	}
	old = object_value(stored->body);
	if (!check_preconditions(call, reply, old))
		goto out;
	if (dry != NULL && strcmp(dry, "All") == 0) {
		reply_deleted(call, reply, old);
	} else if (json_count(json_at(old, "metadata", "finalizers")) > 0) {
		if (json_str_at(old, "metadata", "deletionTimestamp") == NULL)
			(void)store_put(call->store, call->kind, key,
			    marked(call->store, old));
		stored = store_find(call->kind, call->ns, call->name);
		reply_object(reply, call, 200, stored->body);
	} else {
		if (strcmp(call->kind->spec.plural, "namespaces") == 0) {
			jv terminating = value_with_at(old, "status", "phase",
			    json_new_str("Terminating"));

			(void)store_put(call->store, call->kind, key,
			    marked(call->store, terminating));
			json_free(terminating);
			empty_namespace(call->store, call->name);
		}
		remove_object(call, key);
		reply_deleted(call, reply, old);
	}
out:
	json_free(old);
}

void
objects_delete_all(struct call *call, struct reply *reply)
{
	struct selector selector;
	struct strlist keys = { 0 };
	struct object **sorted = store_sorted(call->kind);

	if (!select_parse(call, &selector, reply))
		return;
	for (size_t i = 0; i < call->kind->objects.n; i++) {
		const char *key = table_key(sorted[i]);
		size_t n = call->ns == NULL ? 0 : strlen(call->ns);

		if ((call->ns == NULL ||
			(strncmp(key, call->ns, n) == 0 && key[n] == '/')) &&
		    select_has(&selector, sorted[i]->body))
			strlist_add(
			    &keys, call->arena, arena_copy(call->arena, key));
	}
	for (size_t i = 0; i < keys.n; i++) {
		const char *slash = strchr(keys.items[i], '/');

		call->name = slash + 1;
		call->ns = slash == keys.items[i]
			       ? NULL
			       : arena_copy_n(call->arena, keys.items[i],
				     (size_t)(slash - keys.items[i]));
		text_reset(&reply->body);
		objects_delete(call, reply);
	}
	call->name = NULL;
	text_reset(&reply->body);
	reply_deleted(call, reply, jv_invalid());
}

/* --- seeding --- */

static void
seed_namespace(struct store *store, const char *ns)
{
	struct kind *namespaces = store_kind(store, "", "namespaces");
	jv object = json_new_object();

	json_set(&object, "apiVersion", json_new_str("v1"));
	json_set(&object, "kind", json_new_str("Namespace"));
	json_set(&object, "metadata",
	    value_with(jv_invalid(), "name", json_new_str(ns)));
	if (store_find(namespaces, NULL, ns) == NULL)
		(void)objects_seed(store, object, NULL);
	json_free(object);
}

static struct kind *
seed_kind(const struct store *store, struct arena *arena, jv object)
{
	const char *version = json_str_at(object, "apiVersion");
	const char *kind = json_str_at(object, "kind");
	const char *slash = version == NULL ? NULL : strchr(version, '/');

	if (version == NULL || kind == NULL)
		return NULL;
	return store_kind_named(store,
	    slash == NULL
		? ""
		: arena_copy_n(arena, version, (size_t)(slash - version)),
	    kind);
}

static jv
seed_metadata(
    struct store *store, const struct kind *kind, jv object, const char *ns)
{
	jv metadata = value_object(json_at(object, "metadata"));
	char uid[37];
	char time[32];

	store_uid(store, uid);
	store_time(store, time);
	if (kind->spec.namespaced)
		json_set_str(&metadata, "namespace", ns);
	if (json_str_at(metadata, "uid") == NULL)
		json_set_str(&metadata, "uid", uid);
	if (kind->spec.custom &&
	    !json_is_present(json_at(metadata, "generation")))
		json_set_int(&metadata, "generation", 1);
	if (json_str_at(metadata, "creationTimestamp") == NULL)
		json_set_str(&metadata, "creationTimestamp", time);
	return metadata;
}

bool
objects_seed(struct store *store, jv object, struct error *err)
{
	struct arena arena = { 0 };
	struct kind *kind = seed_kind(store, &arena, object);
	const char *name = json_str_at(object, "metadata", "name");
	const char *ns = json_str_at(object, "metadata", "namespace");
	struct text key = { 0 };
	jv whole;

	if (kind == NULL || name == NULL) {
		arena_done(&arena);
		return error_set(err, CAUSE_INVALID,
		    "an object without a known kind or without a name");
	}
	if (!kind->spec.namespaced)
		ns = NULL;
	else if (ns == NULL)
		ns = "default";
	if (ns != NULL)
		seed_namespace(store, ns);
	whole = value_with(
	    object, "metadata", seed_metadata(store, kind, object, ns));
	whole = admit_defaults(store, kind, whole);
	store_key(&key, ns, name);
	if (strcmp(kind->spec.plural, "customresourcedefinitions") == 0)
		kinds_define(store, whole);
	(void)store_put(store, kind, text_str(&key), whole);
	text_done(&key);
	arena_done(&arena);
	return true;
}

void
objects_seed_namespaces(struct store *store)
{
	static const char *const names[] = { "default", "kube-node-lease",
		"kube-public", "kube-system" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		seed_namespace(store, names[i]);
}
