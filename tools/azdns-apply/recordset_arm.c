// SPDX-License-Identifier: ISC
/*
 * recordset_arm -- a record set as ARM's JSON: the other half of recordset.c.
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
 * Thousands of sets are read for one that is written, and of each only a few
 * members are wanted: so the text is scanned, and only metadata become a jv.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "count.h"
#include "heap.h"
#include "json.h"
#include "recordset.h"
#include "scan.h"
#include "tags.h"
#include "text.h"

#define OWNER_KEY        "azdns_owner"
#define RESOURCE_KEY     "azdns_resource"
#define TAGS_KEY         "azdns_tags" /* their keys, joined by commas */
#define FIELDS_MAX       4
#define TXT_STRING_BYTES 255

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

const char *
recordset_shape_refusal(
    struct arena *arena, const struct recordset *set, bool is_private)
{
	const struct shape *shape = &shapes[set->rtype];

	if (is_private && shape->private_key == NULL)
		return arena_format(arena, "private zones hold no %s records",
		    rtype_name(set->rtype));
	if (shape->is_single && set->targets.n > 1)
		return arena_format(arena, "a %s has one target, not %zu",
		    rtype_name(set->rtype), set->targets.n);
	return NULL;
}

/* -- decoding ------------------------------------------------------------- */

/* A member that is looked for, whatever its case. */
struct wanted {
	const char *key;
	struct span value; /* empty: absent */
};

static bool
find_members(struct span object, struct wanted *wanted, size_t n)
{
	struct scan scan;
	struct span key;
	struct span value;

	for (size_t i = 0; i < n; i++)
		wanted[i].value = (struct span){ "", 0 };
	if (!scan_enter(&scan, object, '{'))
		return false;
	while (scan_member(&scan, &key, &value)) {
		for (size_t i = 0; i < n; i++)
			if (strlen(wanted[i].key) == key.n &&
			    strncasecmp(wanted[i].key, key.at, key.n) == 0)
				wanted[i].value = value;
	}
	return !scan.bad;
}

static const char *
txt_target(struct arena *arena, struct span strings)
{
	struct scan scan;
	struct span string;
	const char *all = NULL;

	if (!scan_enter(&scan, strings, '['))
		return NULL;
	while (scan_item(&scan, &string)) {
		const char *str = json_span_str(arena, string);

		if (str == NULL)
			return NULL;
		all = all == NULL ? str : arena_format(arena, "%s%s", all, str);
	}
	return all != NULL ? all : "";
}

/* A field of a record as a word of the target, or NULL. */
static const char *
field_word(struct arena *arena, const struct field *field, struct span value)
{
	int64_t number;

	if (field->is_number && json_span_int(value, &number))
		return arena_format(arena, "%lld", (long long)number);
	return json_span_str(arena, value);
}

/* One record as the wire's text, or NULL if it is not of its type's shape. */
static const char *
decode_target(struct arena *arena, enum rtype rtype, struct span record)
{
	const struct field *fields = shapes[rtype].fields;
	struct wanted wanted[FIELDS_MAX] = { 0 };
	const char *target = NULL;
	const char *normal;
	size_t n = 0;

	for (; n < FIELDS_MAX && fields[n].key != NULL; n++)
		wanted[n].key = fields[n].key;
	if (!find_members(record, wanted, n))
		return NULL;
	if (rtype == RTYPE_TXT)
		return txt_target(arena, wanted[0].value);
	for (size_t i = 0; i < n; i++) {
		const char *word =
		    field_word(arena, &fields[i], wanted[i].value);

		if (word == NULL)
			return NULL;
		target = target == NULL
			     ? word
			     : arena_format(arena, "%s %s", target, word);
	}
	normal = rtype_normalise(arena, rtype, target, NULL);
	return normal != NULL ? normal : target;
}

static void
decode_targets(struct arena *arena, struct span records, struct recordset *set)
{
	struct scan scan;
	struct span record;

	if (shapes[set->rtype].is_single)
		strlist_add(&set->targets, arena,
		    decode_target(arena, set->rtype, records));
	if (scan_enter(&scan, records, '['))
		while (scan_item(&scan, &record))
			strlist_add(&set->targets, arena,
			    decode_target(arena, set->rtype, record));
	strlist_sort_unique(&set->targets);
}

static void
decode_metadata(struct arena *arena, struct span span, struct recordset *set)
{
	jv foreign = json_new_object();
	struct strlist keys = { 0 };
	struct text text = { 0 };
	const char *key;
	jv metadata;
	jv value;
	int iter = 0;

	(void)json_parse(span.at, span.n, &metadata, NULL);
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
	json_free(metadata);
	if (keys.n > 0)
		set->tags = tags_among(arena, set->metadata, &keys);
}

/* A reference to another resource of Azure. */
static bool
is_reference(struct span value)
{
	struct wanted id = { .key = "id" };

	return find_members(value, &id, 1) && id.value.n > 0 &&
	       *id.value.at == '"';
}

enum { NAME, TYPE, ETAG, PROPERTIES };
enum { TTL, METADATA, AUTOREGISTERED, ALIAS, PROFILE, RECORDS };

static const char *
opaque_word(const struct wanted *properties, const struct recordset *set)
{
	if (scan_is(properties[AUTOREGISTERED].value, "true"))
		return "autoregistered";
	if (is_reference(properties[ALIAS].value) ||
	    is_reference(properties[PROFILE].value))
		return "alias";
	if (set->rtype == RTYPE_NONE)
		return "unknown";
	return set->targets.n == 0 ? "empty" : NULL;
}

static void
decode_properties(
    struct arena *arena, struct span object, struct recordset *set)
{
	struct wanted wanted[] = {
		[TTL] = { .key = "ttl" },
		[METADATA] = { .key = "metadata" },
		[AUTOREGISTERED] = { .key = "isAutoRegistered" },
		[ALIAS] = { .key = "targetResource" },
		[PROFILE] = { .key = "trafficManagementProfile" },
		[RECORDS] = { .key = shapes[set->rtype].public_key },
	};
	size_t n = set->rtype != RTYPE_NONE ? COUNT(wanted) : RECORDS;

	(void)find_members(object, wanted, n);
	(void)json_span_int(wanted[TTL].value, &set->ttl_s);
	if (set->rtype != RTYPE_NONE)
		decode_targets(arena, wanted[RECORDS].value, set);
	set->opaque = opaque_word(wanted, set);
	if (wanted[METADATA].value.n > 0)
		decode_metadata(arena, wanted[METADATA].value, set);
}

bool
recordset_decode(struct arena *arena, struct span value, struct recordset *set,
    struct error *err)
{
	struct wanted wanted[] = {
		[NAME] = { .key = "name" },
		[TYPE] = { .key = "type" },
		[ETAG] = { .key = "etag" },
		[PROPERTIES] = { .key = "properties" },
	};
	const char *type;

	*set = (struct recordset){ .ttl_s = MESSAGE_ABSENT };
	if (!find_members(value, wanted, COUNT(wanted)))
		return error_set(
		    err, CAUSE_TEMPORARY, "a record set is no JSON object");
	set->name = json_span_str(arena, wanted[NAME].value);
	type = json_span_str(arena, wanted[TYPE].value);
	if (set->name == NULL || type == NULL)
		return error_set(err, CAUSE_INVALID, "a record set without %s",
		    set->name == NULL ? "name" : "type");
	set->name = arena_copy_lower(arena, set->name);
	set->type_name =
	    strrchr(type, '/') != NULL ? strrchr(type, '/') + 1 : type;
	set->rtype = rtype_find(set->type_name);
	set->etag = json_span_str(arena, wanted[ETAG].value);
	decode_properties(arena, wanted[PROPERTIES].value, set);
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

static void
print_txt(struct text *out, const char *target)
{
	char part[TXT_STRING_BYTES + 1];
	char before = '[';

	do {
		size_t n = txt_string_n(target);

		memcpy(part, target, n);
		part[n] = '\0';
		text_add_char(out, before);
		json_print_str(out, part);
		before = ',';
		target += n;
	} while (*target != '\0');
	text_add_char(out, ']');
}

/* The inverse of decode_target; the last field takes all that is left. */
static void
print_target(struct text *out, enum rtype rtype, const char *target)
{
	const struct field *field = shapes[rtype].fields;

	text_add_char(out, '{');
	for (int i = 0; i < FIELDS_MAX && field[i].key != NULL; i++) {
		bool is_last = i + 1 == FIELDS_MAX || field[i + 1].key == NULL;
		size_t n = is_last ? strlen(target) : strcspn(target, " ");
		char *part = heap_copy_n(target, n);

		json_print_key(out, field[i].key);
		if (rtype == RTYPE_TXT)
			print_txt(out, target);
		else if (field[i].is_number)
			json_print_int(out, strtoll(part, NULL, 10));
		else
			json_print_str(out, part);
		free(part);
		target += n + (target[n] == ' ');
	}
	text_add_char(out, '}');
}

static void
print_targets(struct text *out, const struct recordset *set)
{
	char before = '[';

	for (size_t i = 0; i < set->targets.n; i++) {
		text_add_char(out, before);
		print_target(out, set->rtype, set->targets.items[i]);
		before = ',';
	}
	text_add_char(out, ']');
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

static void
print_metadata(struct text *out, const struct recordset *set)
{
	jv metadata = metadata_to_json(set);

	if (json_count(metadata) > 0) {
		json_print_key(out, "metadata");
		json_print(out, metadata);
	}
	json_free(metadata);
}

void
recordset_encode(
    struct text *body, const struct recordset *set, bool is_private)
{
	const struct shape *shape = &shapes[set->rtype];
	const char *key = is_private ? shape->private_key : shape->public_key;

	assert(key != NULL && set->targets.n > 0);
	text_add(body, "{\"properties\":{");
	print_metadata(body, set);
	json_print_key(body, is_private ? "ttl" : "TTL");
	json_print_int(body, set->ttl_s);
	json_print_key(body, key);
	if (shape->is_single)
		print_target(body, set->rtype, set->targets.items[0]);
	else
		print_targets(body, set);
	text_add(body, "}}");
}
