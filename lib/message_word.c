// SPDX-License-Identifier: ISC
/*
 * message_word -- the words of types, states and outcomes.
 *
 * Apart from the field tables, so that who says no more than these (k8s-watch)
 * is not linked with all that a record is made of.
 */
#include <string.h>

#include "json.h"
#include "message.h"

/* clang-format off */
static const char *const type_names[MESSAGE_COUNT] = {
	"", "ADDED", "MODIFIED", "DELETED", "BOOKMARK", "CREATE", "UPDATE",
	"DELETE", "SKIP", "ZONE", "RESULT", "TICK",
};
static const char *const state_names[STATE_COUNT] = {
	"complete", "absent", "forbidden", "unavailable",
};
static const char *const result_names[RESULT_COUNT] = {
	"", "done", "dry-run", "failed", "conflict", "unavailable",
};
/* clang-format on */

enum message_type
message_type_find(const char *name)
{
	for (int i = 1; name != NULL && i < MESSAGE_COUNT; i++)
		if (strcmp(name, type_names[i]) == 0)
			return i;
	return MESSAGE_NONE;
}

enum message_type
message_type(jv line)
{
	return message_type_find(json_str_at(line, "type"));
}

const char *
message_type_name(enum message_type type)
{
	return type_names[type];
}

const char *
message_state_name(enum message_state state)
{
	return state_names[state];
}

const char *
message_result_name(enum result_status status)
{
	return result_names[status];
}

bool
message_state(jv object, enum message_state *state)
{
	jv annotations = json_at(object, "metadata", "annotations");
	const char *end = json_str_at(annotations, "k8s.io/initial-events-end");
	const char *word = json_str_at(annotations, "azdns/state");

	if (end == NULL || strcmp(end, "true") != 0)
		return false;
	/* A word of a later version is no reason to delete anything. */
	*state = word == NULL ? STATE_COMPLETE : STATE_UNAVAILABLE;
	for (int i = 0; word != NULL && i < STATE_COUNT; i++)
		if (strcmp(word, state_names[i]) == 0)
			*state = i;
	return true;
}
