// SPDX-License-Identifier: ISC
/* tags -- see tags.h. */
#include <string.h>

#include "arena.h"
#include "tags.h"
#include "text.h"

static bool
has_key(const struct strlist *tags, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < tags->n; i++)
		if (strncmp(tags->items[i], key, n) == 0 &&
		    (tags->items[i][n] == '=' || tags->items[i][n] == '\0'))
			return true;
	return false;
}

static jv
parse(const char *metadata)
{
	jv value;

	if (metadata != NULL &&
	    json_parse(metadata, strlen(metadata), &value, NULL))
		return value;
	return json_new_object();
}

struct strlist
tags_among(
    struct arena *arena, const char *metadata, const struct strlist *keys)
{
	struct strlist tags = { 0 };
	jv object = parse(metadata);
	const char *key;
	jv value;
	int iter = 0;

	while (json_member(object, &iter, &key, &value)) {
		if (json_str(value) != NULL &&
		    (keys == NULL || has_key(keys, key)))
			strlist_add(&tags, arena,
			    arena_format(arena, "%s=%s", key, json_str(value)));
	}
	json_free(object);
	strlist_sort_unique(&tags);
	return tags;
}

struct strlist
tags_of(struct arena *arena, const char *metadata)
{
	return tags_among(arena, metadata, NULL);
}

struct strlist
tags_keys(struct arena *arena, const struct strlist *tags)
{
	struct strlist keys = { 0 };

	for (size_t i = 0; i < tags->n; i++)
		strlist_add(&keys, arena,
		    arena_copy_n(
			arena, tags->items[i], strcspn(tags->items[i], "=")));
	return keys;
}

const char *
tags_join(struct arena *arena, jv foreign, const struct strlist *tags)
{
	struct strlist keys = tags_keys(arena, tags);
	struct text text = { 0 };
	const char *out = NULL;
	jv object;

	if (json_count(foreign) == 0 && tags->n == 0)
		return NULL;
	object =
	    json_is_object(foreign) ? json_share(foreign) : json_new_object();
	for (size_t i = 0; i < tags->n; i++)
		json_set_str(&object, keys.items[i],
		    tags->items[i] + strlen(keys.items[i]) + 1);
	json_print(&text, object);
	out = arena_copy_n(arena, text.data, text.n);
	text_done(&text);
	json_free(object);
	return out;
}

jv
tags_foreign(const char *metadata, const struct strlist *tags)
{
	jv whole = parse(metadata);
	jv foreign = json_new_object();
	const char *key;
	jv value;
	int iter = 0;

	while (json_member(whole, &iter, &key, &value))
		if (!has_key(tags, key))
			json_set(&foreign, key, json_share(value));
	json_free(whole);
	return foreign;
}
