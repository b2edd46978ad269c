// SPDX-License-Identifier: ISC
/*
 * objects -- see objects.h.
 *
 *   body -> checked against the path -> merged with what is there (PUT and
 *   PATCH keep what clients may not change) -> defaulted -> compared: equal is
 *   no write -> stored -> hooks (definitions, namespaces)
 *
 * Rules as in k8s.io/apiserver, pkg/registry/generic/registry/store.go.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "kinds.h"
#include "objects.h"
#include "patch.h"
#include "value.h"

#define CRD_PLURAL "customresourcedefinitions"

/* What a client may not change; taken from the stored object. */
static const char *const kept_metadata[] = { "uid", "creationTimestamp",
	"generation", "deletionTimestamp", "deletionGracePeriodSeconds",
	"managedFields" };

static bool
is_dry_run(const struct call *call)
{
	const char *value = call_query(call, "dryRun");

	return value != NULL && strcmp(value, "All") == 0;
}

static const char *
key_of(const struct call *call)
{
	return arena_format(
	    call->arena, "%s/%s", call->ns == NULL ? "" : call->ns, call->name);
}

/* kind and apiVersion of a body against the path. */
static bool
check_type(const struct call *call, struct reply *reply, jv body)
{
	const char *kind = json_str_at(body, "kind");
	const char *version = json_str_at(body, "apiVersion");
	const char *expected = arena_format(call->arena, "%s%s%s", call->group,
	    *call->group == '\0' ? "" : "/", call->version);

	/* The decoder of built-in types supplies what is missing. */
	if ((kind == NULL || version == NULL) && call->kind->spec.custom)
		return reply_failure(reply, 400, "BadRequest", jv_invalid(),
		    arena_format(call->arena,
			"Object '%s' is missing in the body of the request",
			kind == NULL ? "Kind" : "apiVersion"));
	if (version != NULL && strcmp(version, expected) != 0)
		return reply_failure(reply, 400, "BadRequest", jv_invalid(),
		    arena_format(call->arena,
			"the API version in the data (%s) does not match the "
			"expected API version (%s)",
			version, expected));
	if (kind != NULL && strcmp(kind, call->kind->spec.kind) != 0)
		return reply_failure(reply, 400, "BadRequest", jv_invalid(),
		    arena_format(call->arena,
			"%s in version \"%s\" cannot be handled as a %s", kind,
			call->version, call->kind->spec.kind));
	return true;
}

/* Namespace and name of a body against the path; fills them in where absent.
 * Takes body; *out is the completed one. */
static bool
check_place(struct call *call, struct reply *reply, jv body, jv *out)
{
	const char *ns = json_str_at(body, "metadata", "namespace");
	const char *name = json_str_at(body, "metadata", "name");

	*out = body;
	if (call->kind->spec.namespaced && call->ns == NULL)
		return reply_failure(reply, 405, "MethodNotAllowed",
		    jv_invalid(),
		    "the server does not allow this method on the requested "
		    "resource");
	if (ns != NULL && *ns != '\0' && call->ns != NULL &&
	    strcmp(ns, call->ns) != 0)
		return reply_failure(reply, 400, "BadRequest", jv_invalid(),
		    "the namespace of the provided object does not match the "
		    "namespace sent on the request");
	if (name != NULL && call->name != NULL && strcmp(name, call->name) != 0)
		return reply_failure(reply, 400, "BadRequest", jv_invalid(),
		    arena_format(call->arena,
			"the name of the object (%s) does not match the name "
			"on the URL (%s)",
			name, call->name));
	if (call->name == NULL)
		call->name = arena_copy(call->arena, name);
	if (call->ns != NULL) {
		*out = value_with_at(
		    body, "metadata", "namespace", json_new_str(call->ns));
		json_free(body);
	}
	return true;
}

/* A name from generateName, or 422. Takes and gives body. */
static bool
name_it(struct call *call, struct reply *reply, jv *body)
{
	const char *prefix = json_str_at(*body, "metadata", "generateName");
	char uid[37];
	jv named;

	if (call->name != NULL)
		return true;
	if (prefix == NULL || *prefix == '\0')
		return reply_invalid(reply, call, "metadata.name",
		    "FieldValueRequired", "name or generateName is required");
	store_uid(call->store, uid);
	call->name = arena_format(call->arena, "%s%.5s", prefix, uid);
	named =
	    value_with_at(*body, "metadata", "name", json_new_str(call->name));
	json_free(*body);
	*body = named;
	return true;
}

static bool
check_namespace(const struct call *call, struct reply *reply)
{
	struct kind *namespaces = store_kind(call->store, "", "namespaces");

	if (call->ns == NULL || store_find(namespaces, NULL, call->ns) != NULL)
		return true;
	return reply_failure(reply, 404, "NotFound", jv_invalid(),
	    arena_format(call->arena, "namespaces \"%s\" not found", call->ns));
}

/* Only real changes count: bookkeeping of managers is none. */
static bool
is_same(jv a, jv b)
{
	jv left = json_at(a, "metadata");
	jv right = json_at(b, "metadata");
	jv x = value_without(left, "managedFields");
	jv y = value_without(right, "managedFields");
	jv p = value_with(a, "metadata", x);
	jv q = value_with(b, "metadata", y);
	bool same = json_equal(p, q);

	json_free(p);
	json_free(q);
	return same;
}

/* Kinds of which the generation counts changes of anything but metadata and
 * status; Services and the like have none. */
static bool
has_generation(const struct kind *kind)
{
	return kind->spec.custom ||
	       (*kind->spec.group != '\0' && kind->spec.has_status);
}

static bool
content_differs(jv old, jv object)
{
	jv a = value_without(old, "metadata");
	jv b = value_without(object, "metadata");
	jv x = value_without(a, "status");
	jv y = value_without(b, "status");
	bool differs = !json_equal(x, y);

	json_free(a);
	json_free(b);
	json_free(x);
	json_free(y);
	return differs;
}

static jv
new_metadata(const struct call *call, jv object)
{
	jv metadata = value_object(json_at(object, "metadata"));
	char uid[37];
	char time[32];

	store_uid(call->store, uid);
	store_time(call->store, time);
	json_set_str(&metadata, "uid", uid);
	if (has_generation(call->kind))
		json_set_int(&metadata, "generation", 1);
	json_set_str(&metadata, "creationTimestamp", time);
	return metadata;
}

static jv
kept_over(const struct call *call, jv old, jv object)
{
	jv metadata = value_object(json_at(object, "metadata"));
	int64_t generation;

	for (size_t i = 0; i < sizeof(kept_metadata) / sizeof(*kept_metadata);
	     i++) {
		jv rest = value_without(metadata, kept_metadata[i]);
		jv value = json_at(old, "metadata", kept_metadata[i]);

		json_free(metadata);
		metadata = rest;
		/* Managers are kept up by admit, which saw the client's. */
		if (strcmp(kept_metadata[i], "managedFields") == 0)
			value = json_at(object, "metadata", kept_metadata[i]);
		if (json_is_present(value))
			json_set(
			    &metadata, kept_metadata[i], json_share(value));
	}
	if (has_generation(call->kind) && content_differs(old, object) &&
	    json_int(json_at(old, "metadata", "generation"), &generation))
		json_set_int(&metadata, "generation", generation + 1);
	return metadata;
}

/* What a write of a definition or a namespace brings about. */
static void
after_write(const struct call *call, jv object)
{
	if (strcmp(call->kind->spec.plural, CRD_PLURAL) == 0)
		kinds_define(call->store, object);
}

static bool
is_finished(jv object)
{
	return json_is_present(
		   json_at(object, "metadata", "deletionTimestamp")) &&
	       json_count(json_at(object, "metadata", "finalizers")) == 0;
}

/* Answer with an object that is not stored: the head, then the printed text
 * without its brace. */
static void
reply_unstored(
    struct call *call, struct reply *reply, unsigned status, jv value)
{
	struct text printed = { 0 };

	json_print(&printed, value);
	reply->status = status;
	call_put_head(call, &reply->body, "");
	text_add(&reply->body, printed.data + 1);
	text_done(&printed);
}

static jv
without_type(jv object)
{
	jv half = value_without(object, "kind");
	jv out = value_without(half, "apiVersion");

	json_free(half);
	return out;
}

void
objects_write(struct call *call, struct reply *reply, jv old, jv object)
{
	bool is_new = !json_is_object(old);
	jv bare = without_type(object);
	jv whole = value_with(bare, "metadata",
	    is_new ? new_metadata(call, bare) : kept_over(call, old, bare));
	unsigned status = is_new ? 201 : 200;
	struct object *stored;

	json_free(bare);
	json_free(object);
	if (is_dry_run(call)) {
		reply_unstored(call, reply, status, whole);
	} else if (!is_new && is_same(old, whole)) {
		stored = table_find(&call->kind->objects, key_of(call));
		reply_object(reply, call, status, stored->body);
	} else {
		jv kept = json_share(whole);

		reply_object(reply, call, status,
		    store_put(call->store, call->kind, key_of(call), kept));
		after_write(call, whole);
		if (is_finished(whole))
			store_drop(call->store, call->kind, key_of(call));
	}
	json_free(whole);
}

void
objects_create(struct call *call, struct reply *reply)
{
	jv body;
	jv whole;

	if (!call_body(call, reply, &body))
		return;
	if (!check_type(call, reply, body) ||
	    !check_place(call, reply, body, &body) ||
	    !name_it(call, reply, &body) || !check_namespace(call, reply))
		goto out;
	if (store_find(call->kind, call->ns, call->name) != NULL) {
		(void)reply_about(reply, call, 409, "AlreadyExists",
		    "%s \"%s\" already exists", call_resource(call),
		    call->name);
		goto out;
	}
	if (json_str_at(body, "metadata", "resourceVersion") != NULL) {
		(void)reply_failure(reply, 500, "InternalError", jv_invalid(),
		    "resourceVersion should not be set on objects to be "
		    "created");
		goto out;
	}
	if (!admit_object(call, reply, jv_invalid(), body, &whole))
		goto out;
	objects_write(call, reply, jv_invalid(), whole);
out:
	json_free(body);
}

/* resourceVersion and uid that the client names must be the stored ones. */
static bool
check_version(const struct call *call, struct reply *reply, jv old, jv object)
{
	const char *version =
	    json_str_at(object, "metadata", "resourceVersion");
	const char *is = json_str_at(old, "metadata", "resourceVersion");
	const char *uid = json_str_at(object, "metadata", "uid");
	const char *is_uid = json_str_at(old, "metadata", "uid");
	bool conditional = call->kind->spec.custom ||
			   strcmp(call->kind->spec.plural, "leases") == 0;

	if ((version == NULL || *version == '\0') && conditional)
		return reply_invalid(reply, call, "metadata.resourceVersion",
		    "FieldValueInvalid",
		    "0x0: must be specified for an update");
	if (uid != NULL && *uid != '\0' && strcmp(uid, is_uid) != 0)
		return reply_about(reply, call, 409, "Conflict",
		    "Operation cannot be fulfilled on %s \"%s\": Precondition "
		    "failed: UID in precondition: %s, UID in object meta: %s",
		    call_resource(call), call->name, uid, is_uid);
	if (version != NULL && *version != '\0' && strcmp(version, is) != 0)
		return reply_about(reply, call, 409, "Conflict",
		    "Operation cannot be fulfilled on %s \"%s\": the object "
		    "has "
		    "been modified; please apply your changes to the latest "
		    "version and try again",
		    call_resource(call), call->name);
	return true;
}

void
objects_update(struct call *call, struct reply *reply)
{
	struct object *stored = store_find(call->kind, call->ns, call->name);
	jv body;
	jv old;
	jv whole;

	if (stored == NULL) {
		(void)reply_missing(reply, call);
		return;
	}
	if (!call_body(call, reply, &body))
		return;
	old = object_value(stored->body);
	if (check_type(call, reply, body) &&
	    check_place(call, reply, body, &body) &&
	    check_version(call, reply, old, body) &&
	    admit_object(call, reply, old, body, &whole))
		objects_write(call, reply, old, whole);
	json_free(old);
	json_free(body);
}

/* The forms of PATCH and how each is applied. */
static bool
patched(const struct call *call, struct reply *reply, jv old, jv *out)
{
	const char *type = call_header(call, "Content-Type");
	const char *kind = call->kind->spec.kind;
	struct error err;
	jv patch;

	if (!json_parse(call->body, call->body_n, &patch, &err))
		return reply_failure(reply, 400, "BadRequest", jv_invalid(),
		    "error decoding patch: json: cannot unmarshal the body of "
		    "the request");
	if (type != NULL && strstr(type, "json-patch") != NULL) {
		bool done = patch_json(old, patch, out, &err);

		json_free(patch);
		return done ||
		       reply_about(reply, call, 422, "Invalid", "%s", err.text);
	}
	if (type != NULL && strstr(type, "merge-patch+json") != NULL &&
	    strstr(type, "strategic") == NULL)
		*out = patch_merge(old, patch);
	else if (type != NULL && strstr(type, "strategic") != NULL &&
		 !call->kind->spec.custom)
		*out = patch_strategic(kind, old, patch);
	else {
		json_free(patch);
		return reply_failure(reply, 415, "UnsupportedMediaType",
		    jv_invalid(),
		    "the body of the request was in an unknown format - "
		    "accepted media types include: "
		    "application/json-patch+json, "
		    "application/merge-patch+json, "
		    "application/apply-patch+yaml");
	}
	json_free(patch);
	return true;
}

/* Apply is the one PATCH that creates. */
static void
apply_patch(struct call *call, struct reply *reply, struct object *stored)
{
	const char *manager = call_query(call, "fieldManager");
	jv old = stored == NULL ? jv_invalid() : object_value(stored->body);
	jv body;
	jv whole;

	if (manager == NULL || *manager == '\0') {
		(void)reply_failure(reply, 400, "BadRequest", jv_invalid(),
		    "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: "
		    "Required value: is required for apply patch");
		json_free(old);
		return;
	}
	if (!call_body(call, reply, &body)) {
		json_free(old);
		return;
	}
	if (check_type(call, reply, body) &&
	    check_place(call, reply, body, &body) &&
	    check_namespace(call, reply) &&
	    admit_applied(call, reply, old, body, &whole))
		objects_write(call, reply, old, whole);
	json_free(old);
	json_free(body);
}

void
objects_patch(struct call *call, struct reply *reply)
{
	struct object *stored = store_find(call->kind, call->ns, call->name);
	const char *type = call_header(call, "Content-Type");
	jv old;
	jv body = jv_invalid();
	jv whole;

	if (type != NULL && strstr(type, "apply-patch") != NULL) {
		apply_patch(call, reply, stored);
		return;
	}
	if (stored == NULL) {
		(void)reply_missing(reply, call);
		return;
	}
	old = object_value(stored->body);
	if (patched(call, reply, old, &body)) {
		if (check_place(call, reply, body, &body) &&
		    check_version(call, reply, old, body) &&
		    admit_object(call, reply, old, body, &whole))
			objects_write(call, reply, old, whole);
		json_free(body);
	}
	json_free(old);
}
