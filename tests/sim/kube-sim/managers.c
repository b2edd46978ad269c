// SPDX-License-Identifier: ISC
/*
 * managers -- see managers.h.
 *
 * A set of fields is kept in the form of FieldsV1: an object of `f:MEMBER`,
 * `k:{"port":80}` (an item of a keyed list) and `v:"x"` (an item of a set);
 * `{}` is a leaf, `.` the item itself. Lists without a merge key are leaves.
 */
#include <string.h>

#include "managers.h"
#include "patch.h"
#include "value.h"

#define APPLY  "Apply"
#define UPDATE "Update"

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

static bool
is_empty(jv set)
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

static jv
fields_of_list(const char *kind, const char *key, jv list)
{
	struct text name = { 0 };
	jv out = json_new_object();
	jv item;

	for (int i = 0; json_item(list, i, &item); i++) {
		jv inner = *key == '\0' ? json_new_object()
					: fields_of(kind, "", item);

		if (*key != '\0')
			json_set(&inner, ".", json_new_object());
		item_name(&name, key, item);
		json_set(&out, text_str(&name), inner);
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
	if (strcmp(key, "metadata") == 0 && is_empty(fields))
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

static jv
fields_of_object(const char *kind, jv object)
{
	jv half = value_without(object, "apiVersion");
	jv bare = value_without(half, "kind");
	jv out = fields_of(kind, "", bare);

	json_free(half);
	json_free(bare);
	return out;
}

/* The fields in which b differs from a. */
static jv
fields_changed(const char *kind, const char *member, jv a, jv b)
{
	struct text name = { 0 };
	jv out = json_new_object();
	const char *key;
	jv inner;

	if (!json_is_object(a) || !json_is_object(b)) {
		json_free(out);
		return fields_of(kind, member, b);
	}
	for (int i = 0; json_member(b, &i, &key, &inner);) {
		jv before = json_at(a, key);

		if ((strcmp(member, "metadata") == 0 && is_unowned(key)) ||
		    (json_is_present(before) && json_equal(before, inner)))
			continue;
		put_field(
		    &out, &name, key, fields_changed(kind, key, before, inner));
	}
	text_done(&name);
	return out;
}

/* --- sets --- */

static jv
set_union(jv a, jv b)
{
	jv out = value_object(a);
	const char *key;
	jv inner;

	for (int i = 0; json_member(b, &i, &key, &inner);)
		json_set(&out, key, set_union(json_at(a, key), inner));
	return out;
}

/* keep true: what is in both; false: what is only in a. */
static jv
set_filter(jv a, jv b, bool keep)
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
		rest = set_filter(inner, other, keep);
		if (!is_empty(rest) || (keep && is_empty(inner)))
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
		else if (!is_empty(gone))
			json_set(&out, key, take_out(kind, key, inner, gone));
	}
	text_done(&name);
	return out;
}

/* --- entries --- */

/* fieldManager, else the part of the User-Agent before its first slash. */
static const char *
manager_of(const struct call *call)
{
	const char *manager = call_query(call, "fieldManager");
	const char *agent = call_header(call, "User-Agent");

	if (manager != NULL && *manager != '\0')
		return manager;
	return agent == NULL || *agent == '\0'
		   ? "unknown"
		   : arena_copy_n(call->arena, agent, strcspn(agent, "/"));
}

static bool
text_is(const char *a, const char *b)
{
	return strcmp(a == NULL ? "" : a, b == NULL ? "" : b) == 0;
}

static bool
is_ours(const struct call *call, jv entry, const char *operation)
{
	return text_is(json_str_at(entry, "manager"), manager_of(call)) &&
	       text_is(json_str_at(entry, "operation"), operation) &&
	       text_is(json_str_at(entry, "subresource"), call->sub);
}

static jv
new_entry(const struct call *call, const char *operation, jv fields)
{
	jv entry = json_new_object();
	char time[32];

	store_time(call->store, time);
	json_set_str(&entry, "manager", manager_of(call));
	json_set_str(&entry, "operation", operation);
	json_set_str(&entry, "apiVersion",
	    *call->group == '\0' ? call->version
				 : arena_format(call->arena, "%s/%s",
				       call->group, call->version));
	json_set_str(&entry, "time", time);
	json_set_str(&entry, "fieldsType", "FieldsV1");
	json_set(&entry, "fieldsV1", fields);
	json_set_str(&entry, "subresource", call->sub);
	return entry;
}

/* The old entries less what `taken` takes from others, ours set to fields
 * (taken). Entries that hold nothing any more go. */
static jv
new_entries(
    const struct call *call, const char *operation, jv old, jv taken, jv fields)
{
	jv entries = json_at(old, "metadata", "managedFields");
	jv out = json_new_array();
	jv entry;

	for (int i = 0; json_item(entries, i, &entry); i++) {
		jv rest;

		if (is_ours(call, entry, operation))
			continue;
		rest = set_filter(json_at(entry, "fieldsV1"), taken, false);
		if (is_empty(rest))
			json_free(rest);
		else
			json_add(&out, value_with(entry, "fieldsV1", rest));
	}
	if (is_empty(fields))
		json_free(fields);
	else
		json_add(&out, new_entry(call, operation, fields));
	return out;
}

static jv
our_fields(const struct call *call, jv old, const char *operation)
{
	jv entries = json_at(old, "metadata", "managedFields");
	jv entry;

	for (int i = 0; json_item(entries, i, &entry); i++)
		if (is_ours(call, entry, operation))
			return json_at(entry, "fieldsV1");
	return jv_invalid();
}

jv
managers_update(const struct call *call, jv old, jv object)
{
	const char *kind = call->kind->spec.kind;
	jv now = fields_of_object(kind, object);
	jv changed = fields_changed(kind, "", old, object);
	jv all = set_union(our_fields(call, old, UPDATE), changed);
	jv ours = set_filter(all, now, true);
	jv out = value_with_at(object, "metadata", "managedFields",
	    is_empty(changed)
		? json_share(json_at(old, "metadata", "managedFields"))
		: new_entries(call, UPDATE, old, changed, ours));

	if (is_empty(changed))
		json_free(ours);
	json_free(now);
	json_free(changed);
	json_free(all);
	return out;
}

/* Fields that another manager has and that we would change. */
static const char *
find_conflict(const struct call *call, jv old, jv changed)
{
	jv entries = json_at(old, "metadata", "managedFields");
	const char *manager = NULL;
	jv entry;

	for (int i = 0; manager == NULL && json_item(entries, i, &entry); i++) {
		jv both;

		if (is_ours(call, entry, APPLY))
			continue;
		both = set_filter(json_at(entry, "fieldsV1"), changed, true);
		if (!is_empty(both))
			manager = arena_copy(
			    call->arena, json_str_at(entry, "manager"));
		json_free(both);
	}
	return manager;
}

/* What we applied before, do not any more, and nobody else has. */
static jv
fields_dropped(const struct call *call, jv old, jv applied)
{
	jv entries = json_at(old, "metadata", "managedFields");
	jv out = set_filter(our_fields(call, old, APPLY), applied, false);
	jv entry;

	for (int i = 0; json_item(entries, i, &entry); i++) {
		jv rest;

		if (is_ours(call, entry, APPLY))
			continue;
		rest = set_filter(out, json_at(entry, "fieldsV1"), false);
		json_free(out);
		out = rest;
	}
	return out;
}

bool
managers_apply(
    const struct call *call, struct reply *reply, jv old, jv applied, jv *out)
{
	const char *kind = call->kind->spec.kind;
	const char *force = call_query(call, "force");
	jv fields = fields_of_object(kind, applied);
	jv merged = patch_strategic(kind, old, applied);
	jv changed = fields_changed(kind, "", old, merged);
	const char *manager = find_conflict(call, old, changed);
	jv dropped;
	jv rest;

	if (manager != NULL && (force == NULL || strcmp(force, "true") != 0)) {
		json_free(fields);
		json_free(merged);
		json_free(changed);
		return reply_failure(reply, 409, "Conflict", jv_invalid(),
		    arena_format(call->arena,
			"Apply failed with 1 conflict: conflict with \"%s\"",
			manager));
	}
	dropped = fields_dropped(call, old, fields);
	rest = take_out(kind, "", merged, dropped);
	*out = value_with_at(rest, "metadata", "managedFields",
	    new_entries(call, APPLY, old, changed, fields));
	json_free(rest);
	json_free(dropped);
	json_free(merged);
	json_free(changed);
	return true;
}
