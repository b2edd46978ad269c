// SPDX-License-Identifier: ISC
/*
 * recordset -- see recordset.h.
 *
 * Limits: Azure DNS limits (Microsoft Learn, azure-subscription-service-limits).
 */
#include <string.h>

#include "arena.h"
#include "dnsname.h"
#include "json.h"
#include "recordset.h"
#include "tags.h"
#include "text.h"

#define TXT_SET_BYTES_MAX 4096

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
	strlist_add_copies(&set->targets, arena, &have->targets);
	strlist_add_copies(&set->tags, arena, &have->tags);
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
	const char *refusal = recordset_shape_refusal(arena, set, is_private);
	bool is_apex = strcmp(set->name, RECORDSET_APEX) == 0;

	if (is_apex && set->rtype == RTYPE_NS)
		return "the name servers at the apex belong to Azure";
	if (is_apex && set->rtype == RTYPE_CNAME)
		return "there can be no CNAME at the apex of a zone";
	if (set->targets.n == 0)
		return "a record set needs at least one target";
	if (refusal != NULL)
		return refusal;
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
