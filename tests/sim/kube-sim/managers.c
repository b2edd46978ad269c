// SPDX-License-Identifier: ISC
/*
 * managers -- see managers.h. One entry for each manager, operation and
 * subresource; what one changes, others lose.
 */
#include <string.h>

#include "fieldset.h"
#include "managers.h"
#include "patch.h"
#include "value.h"

#define APPLY  "Apply"
#define UPDATE "Update"

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
		rest =
		    fieldset_filter(json_at(entry, "fieldsV1"), taken, false);
		if (fieldset_is_empty(rest))
			json_free(rest);
		else
			json_add(&out, value_with(entry, "fieldsV1", rest));
	}
	if (fieldset_is_empty(fields))
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
	jv now = fieldset_of(kind, object);
	jv changed = fieldset_changed(kind, old, object);
	jv all = fieldset_union(our_fields(call, old, UPDATE), changed);
	jv ours = fieldset_filter(all, now, true);
	jv out = value_with_at(object, "metadata", "managedFields",
	    fieldset_is_empty(changed)
		? json_share(json_at(old, "metadata", "managedFields"))
		: new_entries(call, UPDATE, old, changed, ours));

	if (fieldset_is_empty(changed))
		json_free(ours);
	json_free(now);
	json_free(changed);
	json_free(all);
	return out;
}

/* What stands in the way of an apply, in the words of fieldmanager. */
struct conflicts {
	jv causes;
	int n;
	struct text lines;
	struct text only; /* the text when there is one alone */
};

static void
add_conflicts(struct conflicts *conflicts, jv entry, jv both)
{
	const char *operation = json_str_at(entry, "operation");
	jv paths = fieldset_paths(both);
	struct text who = { 0 };
	jv path;

	text_format(&who, "with \"%s\"", json_str_at(entry, "manager"));
	if (operation != NULL && strcmp(operation, UPDATE) == 0)
		text_format(
		    &who, " using %s", json_str_at(entry, "apiVersion"));
	text_format(&conflicts->lines,
	    "%sconflicts %s:", conflicts->n > 0 ? "\n" : "", who.data);
	for (int i = 0; json_item(paths, i, &path); i++) {
		jv cause = json_new_object();
		struct text message = { 0 };

		text_format(&message, "conflict %s", who.data);
		json_set_str(&cause, "reason", "FieldManagerConflict");
		json_set_str(&cause, "message", message.data);
		json_set(&cause, "field", json_share(path));
		json_add(&conflicts->causes, cause);
		text_format(&conflicts->lines, "\n- %s", json_str(path));
		text_reset(&conflicts->only);
		text_format(
		    &conflicts->only, "%s: %s", message.data, json_str(path));
		text_done(&message);
		conflicts->n++;
	}
	text_done(&who);
	json_free(paths);
}

/* Fields that another manager has and that we would change: 409. */
static bool
check_conflicts(
    const struct call *call, struct reply *reply, jv old, jv changed)
{
	jv entries = json_at(old, "metadata", "managedFields");
	struct conflicts found = { .causes = json_new_array() };
	const char *message;
	jv details;
	jv entry;

	for (int i = 0; json_item(entries, i, &entry); i++) {
		jv both;

		if (is_ours(call, entry, APPLY))
			continue;
		both =
		    fieldset_filter(json_at(entry, "fieldsV1"), changed, true);
		if (!fieldset_is_empty(both))
			add_conflicts(&found, entry, both);
		json_free(both);
	}
	message =
	    arena_format(call->arena, "Apply failed with %d conflict%s: %s",
		found.n, found.n == 1 ? "" : "s",
		text_str(found.n == 1 ? &found.only : &found.lines));
	details = value_with(jv_invalid(), "causes", found.causes);
	text_done(&found.lines);
	text_done(&found.only);
	if (found.n > 0)
		return reply_failure(reply, 409, "Conflict", details, message);
	json_free(details);
	return true;
}

/* What we applied before, do not any more, and nobody else has. */
static jv
fields_dropped(const struct call *call, jv old, jv applied)
{
	jv entries = json_at(old, "metadata", "managedFields");
	jv out = fieldset_filter(our_fields(call, old, APPLY), applied, false);
	jv entry;

	for (int i = 0; json_item(entries, i, &entry); i++) {
		jv rest;

		if (is_ours(call, entry, APPLY))
			continue;
		rest = fieldset_filter(out, json_at(entry, "fieldsV1"), false);
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
	jv fields = fieldset_of(kind, applied);
	jv merged = patch_strategic(kind, old, applied);
	jv changed = fieldset_changed(kind, old, merged);
	jv dropped;
	jv rest;

	if (!call_is_true(call, "force") &&
	    !check_conflicts(call, reply, old, changed)) {
		json_free(fields);
		json_free(merged);
		json_free(changed);
		return false;
	}
	dropped = fields_dropped(call, old, fields);
	rest = fieldset_take_out(kind, merged, dropped);
	*out = value_with_at(rest, "metadata", "managedFields",
	    new_entries(call, APPLY, old, changed, fields));
	json_free(rest);
	json_free(dropped);
	json_free(merged);
	json_free(changed);
	return true;
}
