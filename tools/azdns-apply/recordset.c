// SPDX-License-Identifier: ISC
/*
 * recordset -- see recordset.h.
 *
 * ARM spells the members of public sets `ARecords`, `TTL` and those of private
 * ones `aRecords`, `ttl`; on reading the case of a member does not matter. A
 * set without records, an alias and a type that is not ours are opaque: they
 * are told but never written (a PUT replaces the whole set, and what we do not
 * understand would be lost).
 *
 * TXT: the strings of one record are joined on reading and cut at 255 bytes on
 * writing, between characters, because JSON cannot hold half of one.
 *
 * Limits: Azure DNS limits (Microsoft Learn, azure-subscription-service-limits).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "dnsname.h"
#include "heap.h"
#include "json.h"
#include "recordset.h"
#include "tags.h"
#include "text.h"

#define OWNER_KEY         "azdns_owner"
#define RESOURCE_KEY      "azdns_resource"
#define TAGS_KEY          "azdns_tags" /* their keys, joined by commas */
#define FIELDS_MAX        4
#define TXT_STRING_BYTES  255
#define TXT_SET_BYTES_MAX 4096

struct field {
	const char *key;
	bool is_number;
};

/* How the records of a type stand in `properties`. */
struct shape {
	const char *public_key;
	const char *private_key; /* NULL: private zones do not have it */
	bool is_single;          /* an object, not an array */
	struct field fields[FIELDS_MAX];
};

/* clang-format off */
static const struct shape shapes[RTYPE_COUNT] = {
	[RTYPE_A]     = { "ARecords",    "aRecords",    false, { { "ipv4Address", false } } },
	[RTYPE_AAAA]  = { "AAAARecords", "aaaaRecords", false, { { "ipv6Address", false } } },
	[RTYPE_CAA]   = { "caaRecords",  NULL,          false, { { "flags", true }, { "tag", false }, { "value", false } } },
	[RTYPE_CNAME] = { "CNAMERecord", "cnameRecord", true,  { { "cname", false } } },
	[RTYPE_MX]    = { "MXRecords",   "mxRecords",   false, { { "preference", true }, { "exchange", false } } },
	[RTYPE_NS]    = { "NSRecords",   NULL,          false, { { "nsdname", false } } },
	[RTYPE_PTR]   = { "PTRRecords",  "ptrRecords",  false, { { "ptrdname", false } } },
	[RTYPE_SRV]   = { "SRVRecords",  "srvRecords",  false, { { "priority", true }, { "weight", true }, { "port", true }, { "target", false } } },
	[RTYPE_TXT]   = { "TXTRecords",  "txtRecords",  false, { { "value", false } } },
};
/* clang-format on */

/* -- decoding ------------------------------------------------------------- */

/* A member whatever its case; absent: an invalid jv. */
static jv
member(jv object, const char *key)
{
	const char *name;
	jv value;
	int iter = 0;

	while (json_member(object, &iter, &name, &value)) {
		if (strcasecmp(name, key) == 0)
			return value;
	}
	return jv_invalid();
}

static const char *
txt_target(struct arena *arena, jv item)
{
	jv strings = member(item, "value");
	jv string;
	const char *all = "";

	if (!json_is_array(strings))
		return NULL;
	for (int i = 0; json_item(strings, i, &string); i++) {
		const char *str = json_str(string);

		if (str == NULL)
			return NULL;
		all = i == 0 ? str : arena_format(arena, "%s%s", all, str);
	}
	return arena_copy(arena, all);
}

/* One record as the wire's text, or NULL if it is not of its type's shape. */
static const char *
target_from_json(struct arena *arena, enum rtype rtype, jv item)
{
	const struct field *field = shapes[rtype].fields;
	const char *target = NULL;
	const char *normal;

	if (rtype == RTYPE_TXT)
		return txt_target(arena, item);
	for (int i = 0; i < FIELDS_MAX && field[i].key != NULL; i++) {
		jv value = member(item, field[i].key);
		const char *part = json_str(value);
		int64_t number;

		if (field[i].is_number && json_int(value, &number))
			part = arena_format(arena, "%lld", (long long)number);
		if (part == NULL)
			return NULL;
		target = target == NULL
			     ? arena_copy(arena, part)
			     : arena_format(arena, "%s %s", target, part);
	}
	normal = rtype_normalise(arena, rtype, target, NULL);
	return normal != NULL ? normal : target;
}

static void
decode_targets(struct arena *arena, jv properties, struct recordset *set)
{
	const struct shape *shape = &shapes[set->rtype];
	jv records = member(properties, shape->public_key);
	jv item;

	if (shape->is_single && json_is_object(records))
		strlist_add(&set->targets, arena,
		    target_from_json(arena, set->rtype, records));
	for (int i = 0; json_item(records, i, &item); i++)
		strlist_add(&set->targets, arena,
		    target_from_json(arena, set->rtype, item));
	strlist_sort_unique(&set->targets);
}

static void
decode_metadata(struct arena *arena, jv metadata, struct recordset *set)
{
	jv foreign = json_new_object();
	struct strlist keys = { 0 };
	struct text text = { 0 };
	const char *key;
	jv value;
	int iter = 0;

	while (json_member(metadata, &iter, &key, &value)) {
		if (strcmp(key, OWNER_KEY) == 0)
			set->owner = arena_copy(arena, json_str(value));
		else if (strcmp(key, RESOURCE_KEY) == 0)
			set->resource = arena_copy(arena, json_str(value));
		else if (strcmp(key, TAGS_KEY) == 0)
			strlist_add_split(&keys, arena, json_str(value), ',');
		else
			json_set(&foreign, key, json_share(value));
	}
	if (json_count(foreign) > 0) {
		json_print(&text, foreign);
		set->metadata = arena_copy_n(arena, text.data, text.n);
	}
	text_done(&text);
	json_free(foreign);
	if (keys.n > 0)
		set->tags = tags_among(arena, set->metadata, &keys);
}

static const char *
opaque_word(jv properties, const struct recordset *set)
{
	if (json_is_true(member(properties, "isAutoRegistered")))
		return "autoregistered";
	if (json_str(member(member(properties, "targetResource"), "id")) ||
	    json_str(
		member(member(properties, "trafficManagementProfile"), "id")))
		return "alias";
	if (set->rtype == RTYPE_NONE)
		return "unknown";
	return set->targets.n == 0 ? "empty" : NULL;
}

bool
recordset_decode(
    struct arena *arena, jv value, struct recordset *set, struct error *err)
{
	jv properties = member(value, "properties");
	const char *name = json_str(member(value, "name"));
	const char *type = json_str(member(value, "type"));

	*set = (struct recordset){ .ttl_s = MESSAGE_ABSENT };
	if (name == NULL || type == NULL)
		return error_set(err, CAUSE_INVALID, "a record set without %s",
		    name == NULL ? "name" : "type");
	type = strrchr(type, '/') != NULL ? strrchr(type, '/') + 1 : type;
	set->name = arena_copy_lower(arena, name);
	set->type_name = arena_copy(arena, type);
	set->rtype = rtype_find(type);
	set->etag = arena_copy(arena, json_str(member(value, "etag")));
	(void)json_int(member(properties, "ttl"), &set->ttl_s);
	if (set->rtype != RTYPE_NONE)
		decode_targets(arena, properties, set);
	set->opaque = opaque_word(properties, set);
	decode_metadata(arena, member(properties, "metadata"), set);
	return true;
}

/* -- encoding ------------------------------------------------------------- */

/* The length of the first string of a TXT value that is cut. */
static size_t
txt_string_n(const char *text)
{
	size_t n = strnlen(text, TXT_STRING_BYTES + 1);

	if (n <= TXT_STRING_BYTES)
		return n;
	for (n = TXT_STRING_BYTES; ((unsigned char)text[n] & 0xc0) == 0x80;)
		n--; /* not in the middle of a UTF-8 sequence */
	return n;
}

static jv
txt_to_json(const char *target)
{
	jv strings = json_new_array();
	jv item = json_new_object();
	char part[TXT_STRING_BYTES + 1];

	do {
		size_t n = txt_string_n(target);

		memcpy(part, target, n);
		part[n] = '\0';
		json_add_str(&strings, part);
		target += n;
	} while (*target != '\0');
	json_set(&item, "value", strings);
	return item;
}

/* The inverse of target_from_json; the last field takes all that is left. */
static jv
target_to_json(enum rtype rtype, const char *target)
{
	const struct field *field = shapes[rtype].fields;
	jv item;

	if (rtype == RTYPE_TXT)
		return txt_to_json(target);
	item = json_new_object();
	for (int i = 0; i < FIELDS_MAX && field[i].key != NULL; i++) {
		bool is_last = i + 1 == FIELDS_MAX || field[i + 1].key == NULL;
		size_t n = is_last ? strlen(target) : strcspn(target, " ");

		if (field[i].is_number) {
			json_set_int(
			    &item, field[i].key, strtoll(target, NULL, 10));
		} else {
			char *part = heap_copy_n(target, n);

			json_set_str(&item, field[i].key, part);
			free(part);
		}
		target += n + (target[n] == ' ');
	}
	return item;
}

static jv
metadata_to_json(const struct recordset *set)
{
	jv metadata = json_new_object();

	if (set->metadata != NULL) {
		json_free(metadata);
		if (!json_parse(
			set->metadata, strlen(set->metadata), &metadata, NULL))
			metadata = json_new_object();
	}
	json_set_str(&metadata, OWNER_KEY, set->owner);
	json_set_str(&metadata, RESOURCE_KEY, set->resource);
	if (set->tags.n > 0) {
		struct arena arena = { 0 };
		struct strlist keys = tags_keys(&arena, &set->tags);

		json_set_str(
		    &metadata, TAGS_KEY, strlist_join(&keys, &arena, ","));
		arena_done(&arena);
	}
	return metadata;
}

void
recordset_encode(
    struct text *body, const struct recordset *set, bool is_private)
{
	const struct shape *shape = &shapes[set->rtype];
	const char *key = is_private ? shape->private_key : shape->public_key;
	jv whole = json_new_object();
	jv properties = json_new_object();
	jv metadata = metadata_to_json(set);
	jv records;

	assert(key != NULL);
	if (json_count(metadata) > 0)
		json_set(&properties, "metadata", metadata);
	else
		json_free(metadata);
	json_set_int(&properties, is_private ? "ttl" : "TTL", set->ttl_s);
	if (shape->is_single) {
		records = target_to_json(set->rtype, set->targets.items[0]);
	} else {
		records = json_new_array();
		for (size_t i = 0; i < set->targets.n; i++)
			json_add(&records,
			    target_to_json(set->rtype, set->targets.items[i]));
	}
	json_set(&properties, key, records);
	json_set(&whole, "properties", properties);
	json_print(body, whole);
	json_free(whole);
}

/* -- the wire ------------------------------------------------------------- */

void
recordset_from_have(struct arena *arena, const struct have *have,
    const char *name, enum rtype rtype, struct recordset *set)
{
	*set = (struct recordset){
		.name = name,
		.rtype = rtype,
		.type_name = rtype_name(rtype),
		.ttl_s = have->ttl_s,
		.etag = arena_copy(arena, have->etag),
		.opaque = arena_copy(arena, have->opaque),
		.owner = arena_copy(arena, have->owner),
		.resource = arena_copy(arena, have->resource),
	};
	for (size_t i = 0; i < have->targets.n; i++)
		strlist_add(&set->targets, arena,
		    arena_copy(arena, have->targets.items[i]));
	for (size_t i = 0; i < have->tags.n; i++)
		strlist_add(
		    &set->tags, arena, arena_copy(arena, have->tags.items[i]));
	set->metadata = tags_join(arena, have->metadata, &set->tags);
}

void
recordset_to_have(const struct recordset *set, struct have *have, jv *metadata)
{
	*metadata = jv_invalid();
	if (set->metadata != NULL)
		*metadata = tags_foreign(set->metadata, &set->tags);
	*have = (struct have){
		.targets = set->targets,
		.ttl_s = set->ttl_s,
		.owner = set->owner,
		.resource = set->resource,
		.etag = set->etag,
		.opaque = set->opaque,
		.tags = set->tags,
	};
	if (json_count(*metadata) > 0)
		have->metadata = *metadata;
}

static bool
same_metadata(const char *a, const char *b)
{
	jv left = json_new_object();
	jv right = json_new_object();
	bool equal = text_equal(a, b);

	if (!equal && a != NULL && b != NULL) {
		json_free(left);
		json_free(right);
		equal = json_parse(a, strlen(a), &left, NULL);
		equal = json_parse(b, strlen(b), &right, NULL) && equal &&
			json_equal(left, right);
	}
	json_free(left);
	json_free(right);
	return equal;
}

bool
recordset_keeps_metadata(
    const struct recordset *answer, const struct recordset *put)
{
	return (put->owner == NULL || text_equal(answer->owner, put->owner)) &&
	       (put->metadata == NULL ||
		   same_metadata(answer->metadata, put->metadata));
}

bool
recordset_is_equal(const struct recordset *a, const struct recordset *b)
{
	return strlist_equal(&a->targets, &b->targets) &&
	       a->ttl_s == b->ttl_s && text_equal(a->owner, b->owner) &&
	       text_equal(a->resource, b->resource) &&
	       text_equal(a->opaque, b->opaque) &&
	       strlist_equal(&a->tags, &b->tags) &&
	       same_metadata(a->metadata, b->metadata);
}

static const char *
txt_refusal(const struct recordset *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->targets.n; i++)
		n += strlen(set->targets.items[i]);
	return n > TXT_SET_BYTES_MAX
		   ? "Azure holds at most 4096 characters in a TXT record set"
		   : NULL;
}

const char *
recordset_refusal(
    struct arena *arena, const struct recordset *set, bool is_private)
{
	const struct shape *shape = &shapes[set->rtype];
	bool is_apex = strcmp(set->name, RECORDSET_APEX) == 0;

	if (is_private && shape->private_key == NULL)
		return arena_format(arena, "private zones hold no %s records",
		    rtype_name(set->rtype));
	if (is_apex && set->rtype == RTYPE_NS)
		return "the name servers at the apex belong to Azure";
	if (is_apex && set->rtype == RTYPE_CNAME)
		return "there can be no CNAME at the apex of a zone";
	if (set->targets.n == 0)
		return "a record set needs at least one target";
	if (shape->is_single && set->targets.n > 1)
		return arena_format(arena, "a %s has one target, not %zu",
		    rtype_name(set->rtype), set->targets.n);
	if (set->targets.n > RECORDSET_ITEMS_MAX)
		return arena_format(arena,
		    "Azure holds at most %d records in a set, not %zu",
		    RECORDSET_ITEMS_MAX, set->targets.n);
	if (set->ttl_s < 0 || set->ttl_s > RECORDSET_TTL_MAX)
		return "the TTL is beyond what Azure takes (0 to 2147483647)";
	return set->rtype == RTYPE_TXT ? txt_refusal(set) : NULL;
}

const char *
recordset_relative(struct arena *arena, const char *name, const char *zone)
{
	size_t n = strlen(name);

	if (!dnsname_is_within(name, zone))
		return NULL;
	if (strcmp(name, zone) == 0)
		return RECORDSET_APEX;
	return arena_copy_n(arena, name, n - strlen(zone) - 1);
}

const char *
recordset_absolute(struct arena *arena, const char *relative, const char *zone)
{
	if (strcmp(relative, RECORDSET_APEX) == 0)
		return zone;
	return arena_format(arena, "%s.%s", relative, zone);
}
