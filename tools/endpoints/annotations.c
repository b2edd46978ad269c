// SPDX-License-Identifier: ISC
/*
 * annotations -- external-dns source/annotations, with both prefixes at once.
 *
 * Values follow its rules: a list loses all its blanks, a ttl is a duration
 * of Go or plain seconds from 1 to 2^31 - 1. Where it makes names of nothing
 * (empty items) nothing is made here.
 */
#include "annotations.h"

#include <string.h>
#include <strings.h>

#include "arena.h"
#include "claim.h"
#include "config.h"
#include "json.h"
#include "text.h"

#define NAME_BYTES_MAX 317 /* 253 of the prefix, '/', 63: the API's limit */
#define OURS           "dns-controller"

static const char *const prefixes[] = {
	"external-dns.kubernetes.io/",
	"external-dns.alpha.kubernetes.io/",
};

const char *
annotations_raw(jv object, const char *name)
{
	return json_str_at(object, "metadata", "annotations", name);
}

static const char *
get_under(const char *prefix, jv object, const char *key)
{
	char name[NAME_BYTES_MAX + 1];
	size_t n = strlen(prefix);
	size_t n_key = strlen(key);

	if (n + n_key > NAME_BYTES_MAX)
		return NULL;
	memcpy(name, prefix, n);
	memcpy(name + n, key, n_key);
	name[n + n_key] = '\0';
	return annotations_raw(object, name);
}

const char *
annotations_get(const struct config *config, jv object, const char *key)
{
	const char *value;

	if (config->annotation_prefix != NULL)
		return get_under(config->annotation_prefix, object, key);
	value = get_under(prefixes[0], object, key);
	return value != NULL ? value : get_under(prefixes[1], object, key);
}

struct strlist
annotations_split(const char *text, struct arena *arena)
{
	struct strlist list = { 0 };
	char *copy = arena_copy(arena, text);
	char *out = copy;

	if (text == NULL)
		return list;
	for (; *text != '\0'; text++)
		if (*text != ' ')
			*out++ = *text;
	*out = '\0';
	strlist_add_split(&list, arena, copy, ',');
	return list;
}

struct strlist
annotations_list(const struct config *config, jv object, const char *key,
    struct arena *arena)
{
	return annotations_split(annotations_get(config, object, key), arena);
}

/* Seconds of a plain integer or a duration; false: neither, or no TTL. */
static bool
ttl_seconds(const char *text, int64_t *ttl_s)
{
	size_t n_number;
	int64_t ms;

	if (*text == '+')
		text++;
	n_number = strspn(text, "0123456789.");
	if (text[n_number] == '\0' && memchr(text, '.', n_number) != NULL)
		return false;
	if (text[strspn(text, "0123456789.hmsnu\302\265\316\274")] != '\0' ||
	    !opt_duration(text, &ms))
		return false;
	*ttl_s = ms / 1000;
	return *ttl_s >= 1 && *ttl_s <= INT32_MAX;
}

void
annotations_ttl(struct claim_draft *draft, jv object)
{
	const char *text = annotations_get(draft->config, object, "ttl");

	if (text == NULL || ttl_seconds(text, &draft->ttl_s))
		return;
	draft->ttl_s = MESSAGE_ABSENT;
	claim_reject(draft, NULL, "ttl", REJECT_TTL,
	    arena_format(draft->arena,
		"'%.32s' is no time from 1s to 2147483647s", text));
}

void
annotations_properties(struct claim_draft *draft, jv object)
{
	const struct config *config = draft->config;
	const char *alias = annotations_get(config, object, "alias");
	const char *tags = annotations_get(config, object, "azure-tags");
	const char *rtype = annotations_get(config, object, "record-type");

	if (text_equal(alias, "true"))
		claim_property(draft, "alias", alias);
	if (tags != NULL)
		claim_property(draft, MESSAGE_TAGS, tags);
	if (rtype != NULL)
		draft->ptr = strcasecmp(rtype, "ptr") == 0;
	draft->set_identifier =
	    annotations_get(config, object, "set-identifier");
}

bool
annotations_are_ours(const struct config *config, jv object)
{
	const char *controller = annotations_get(config, object, "controller");

	return controller == NULL || strcmp(controller, OURS) == 0;
}
