// SPDX-License-Identifier: ISC
/*
 * message -- the field tables: every member of every line, once.
 *
 * Decoder and encoder (message_codec.c) walk over these rows; members
 * are written in the order of the rows. The columns after the key: kind, where
 * it lies in the struct, the types of line that have it, those that need it.
 */
#include <string.h>

#include "count.h"
#include "message_codec.h"
#include "text.h"

#define BIT(type)   (1U << MESSAGE_##type)

#define ALL         ((1U << MESSAGE_COUNT) - 1)
#define OPTIONAL    0U
#define DIFFERENCES (BIT(ADDED) | BIT(MODIFIED) | BIT(DELETED))
#define WRITES      (BIT(CREATE) | BIT(UPDATE) | BIT(DELETE))

/* clang-format off */

#define ROW(s, m, key, kind, of, need) \
	{ key, FIELD_##kind, offsetof(struct s, m), 0, NULL, of, need }
#define IN(s, m, key, kind, shape, of, need) \
	{ key, FIELD_##kind, offsetof(struct s, m), 0, &(shape), of, need }
#define SAME(key, kind, shape, need) \
	{ key, FIELD_##kind, 0, 0, &(shape), ALL, need }
#define MANY(s, m, key, shape, of, need) \
	{ key, FIELD_LIST, offsetof(struct s, m), offsetof(struct s, n_##m), &(shape), of, need }
#define SHAPE(s, table) \
	{ #s, sizeof(struct s), table, COUNT(table) }

/* -- endpoints ------------------------------------------------------------ */

static const struct field labels_fields[] = {
	ROW(labels, resource, "resource", STR, ALL, OPTIONAL), /* object that asks, as kind/namespace/name */
};
static const struct shape labels_shape = SHAPE(labels, labels_fields);

static const struct field property_fields[] = {
	ROW(property, name, "name", STR, ALL, ALL), /* azure/tags; others are ignored */
	ROW(property, value, "value", STR, ALL, OPTIONAL), /* its value */
};
static const struct shape property_shape = SHAPE(property, property_fields);

static const struct field endpoint_fields[] = {
	ROW(endpoint, name, "dnsName", STR, ALL, ALL), /* absolute name, normal form */
	ROW(endpoint, rtype, "recordType", RTYPE_OPEN, ALL, ALL), /* A, AAAA, CNAME, TXT, ... */
	ROW(endpoint, targets, "targets", STRS, ALL, OPTIONAL), /* sorted, unique; absent: the name is frozen */
	ROW(endpoint, ttl_s, "recordTTL", INT, ALL, OPTIONAL), /* seconds; absent: no opinion */
	ROW(endpoint, set_identifier, "setIdentifier", STR, ALL, OPTIONAL), /* means nothing in Azure */
	IN(endpoint, labels, "labels", GROUP, labels_shape, ALL, OPTIONAL), /* labels */
	MANY(endpoint, properties, "providerSpecific", property_shape, ALL, OPTIONAL), /* what is meant for Azure alone */
};
static const struct shape endpoint_shape = SHAPE(endpoint, endpoint_fields);

static const struct field rejection_fields[] = {
	ROW(rejection, name, "dnsName", STR, ALL, OPTIONAL), /* the name that was asked for */
	ROW(rejection, field, "field", STR, ALL, OPTIONAL), /* where in the object */
	ROW(rejection, reason, "reason", STR, ALL, ALL), /* one word of a closed list */
	ROW(rejection, message, "message", STR, ALL, OPTIONAL), /* a sentence for a person */
};
static const struct shape rejection_shape = SHAPE(rejection, rejection_fields);

static const struct field owner_fields[] = {
	ROW(claim, owner_api_version, "apiVersion", STR, ALL, OPTIONAL), /* of the source object */
	ROW(claim, owner_kind, "kind", STR, ALL, OPTIONAL), /* of the source object */
	ROW(claim, owner_name, "name", STR, ALL, OPTIONAL), /* of the source object */
	ROW(claim, owner_uid, "uid", STR, ALL, OPTIONAL), /* of the source object */
};
static const struct shape owner_shape = SHAPE(claim, owner_fields);

static const struct field metadata_fields[] = {
	ROW(claim, namespace, "namespace", STR, ALL, OPTIONAL), /* of the source object */
	ROW(claim, name, "name", STR, ALL, ALL), /* SOURCE.OBJECT */
	SAME("ownerReferences", FIRST, owner_shape, OPTIONAL), /* the source object */
};
static const struct shape metadata_shape = SHAPE(claim, metadata_fields);

static const struct field spec_fields[] = {
	MANY(claim, endpoints, "endpoints", endpoint_shape, ALL, ALL), /* all that the object asks for */
};
static const struct shape spec_shape = SHAPE(claim, spec_fields);

static const struct field status_fields[] = {
	ROW(claim, unknown, "unknown", STR, ALL, OPTIONAL), /* why it cannot be known now */
	MANY(claim, rejected, "rejected", rejection_shape, ALL, OPTIONAL), /* what was refused, and why */
};
static const struct shape status_shape = SHAPE(claim, status_fields);

static const struct field claim_fields[] = {
	SAME("metadata", GROUP, metadata_shape, ALL), /* key and owner */
	SAME("spec", GROUP, spec_shape, OPTIONAL), /* what is asked for */
	SAME("status", GROUP, status_shape, OPTIONAL), /* what is unknown or refused */
};
static const struct shape claim_shape = SHAPE(claim, claim_fields);

/* -- records and changes -------------------------------------------------- */

static const struct field mark_fields[] = {
	ROW(mark, name, "name", STR, ALL, ALL), /* of the TXT record set, relative to the zone */
	ROW(mark, etag, "etag", STR, ALL, OPTIONAL), /* of the TXT record set */
	ROW(mark, current, "current", BOOL, ALL, OPTIONAL), /* in the present format */
};
static const struct shape mark_shape = SHAPE(mark, mark_fields);

static const struct field have_fields[] = {
	ROW(have, targets, "targets", STRS, ALL, OPTIONAL), /* sorted, unique; absent: a mark without its record */
	ROW(have, ttl_s, "recordTTL", INT, ALL, OPTIONAL), /* seconds */
	ROW(have, etag, "etag", STR, ALL, OPTIONAL), /* of the record set */
	ROW(have, owner, "owner", STR, ALL, OPTIONAL), /* absent: nobody's */
	ROW(have, resource, "resource", STR, ALL, OPTIONAL), /* object that asked for it */
	ROW(have, opaque, "opaque", STR, ALL, OPTIONAL), /* why it must not be touched */
	ROW(have, tags, "tags", STRS, ALL, OPTIONAL), /* metadata that we wrote, KEY=VALUE, sorted by key */
	ROW(have, metadata, "metadata", JSON, ALL, OPTIONAL), /* foreign metadata, kept on writing */
	MANY(have, marks, "txt", mark_shape, ALL, OPTIONAL), /* all TXT record sets that mark it */
};
static const struct shape have_shape = SHAPE(have, have_fields);

static const struct field want_fields[] = {
	ROW(want, targets, "targets", STRS, ALL, ALL), /* sorted, unique, at least one */
	ROW(want, ttl_s, "recordTTL", INT, ALL, OPTIONAL), /* seconds */
	ROW(want, owner, "owner", STR, ALL, OPTIONAL), /* who is to own it */
	ROW(want, resource, "resource", STR, ALL, OPTIONAL), /* object that asks for it */
	ROW(want, tags, "tags", STRS, ALL, OPTIONAL), /* metadata to write, KEY=VALUE, sorted by key */
};
static const struct shape want_shape = SHAPE(want, want_fields);

static const struct field replaced_fields[] = {
	ROW(replaced, rtype, "recordType", RTYPE, ALL, ALL), /* of the record set that goes */
	IN(replaced, have, "have", GROUP, have_shape, ALL, ALL), /* what it is */
};
static const struct shape replaced_shape = SHAPE(replaced, replaced_fields);

static const struct field change_fields[] = {
	ROW(change, type, "type", TYPE, ALL, ALL), /* CREATE, UPDATE, DELETE or SKIP */
	ROW(change, zone, "zone", STR, ALL, WRITES), /* resource id of the zone, lower case */
	ROW(change, name, "dnsName", STR, ALL, WRITES), /* absolute name, normal form */
	ROW(change, rtype, "recordType", RTYPE, ALL, WRITES), /* A, AAAA, CNAME, TXT, ... */
	ROW(change, resource, "resource", STR, BIT(SKIP), OPTIONAL), /* object that asks */
	IN(change, have, "have", OBJECT, have_shape, WRITES, BIT(UPDATE) | BIT(DELETE)), /* what it is */
	IN(change, want, "want", OBJECT, want_shape, WRITES, BIT(CREATE) | BIT(UPDATE)), /* what it is to become */
	MANY(change, replaces, "replaces", replaced_shape, BIT(CREATE), OPTIONAL), /* what has to go for it */
	ROW(change, reason, "reason", STR, ALL, BIT(SKIP)), /* one word of a closed list */
	ROW(change, message, "message", STR, BIT(SKIP), OPTIONAL), /* a sentence for a person */
};
static const struct shape change_shape = SHAPE(change, change_fields);

#define KEYED (DIFFERENCES | BIT(RESULT))

static const struct field record_fields[] = {
	ROW(record, type, "type", TYPE, ALL, ALL), /* ZONE, ADDED, MODIFIED, DELETED, BOOKMARK, RESULT or TICK */
	ROW(record, zone, "zone", STR, KEYED | BIT(BOOKMARK) | BIT(ZONE), KEYED), /* resource id of the zone, lower case */
	ROW(record, zone_name, "name", STR, BIT(ZONE), OPTIONAL), /* DNS name of the zone */
	ROW(record, visibility, "visibility", STR, BIT(ZONE), OPTIONAL), /* public or private */
	ROW(record, status, "status", STR, BIT(ZONE), OPTIONAL), /* absent, unavailable or gone */
	ROW(record, name, "dnsName", STR, KEYED, KEYED), /* absolute name, normal form */
	ROW(record, rtype, "recordType", RTYPE_OPEN, KEYED, KEYED), /* A, AAAA, CNAME, TXT, ... */
	ROW(record, type_name, "recordType", STR, KEYED, KEYED), /* A, AAAA, CNAME, TXT, ... */
	ROW(record, change, "change", TYPE, BIT(RESULT), BIT(RESULT)), /* CREATE, UPDATE or DELETE */
	ROW(record, result, "status", RESULT, BIT(RESULT), BIT(RESULT)), /* done, dry-run, failed, conflict or unavailable */
	IN(record, have, "have", OBJECT, have_shape, KEYED, BIT(ADDED) | BIT(MODIFIED)), /* what it is; of a RESULT the new truth */
	ROW(record, code, "code", STR, BIT(RESULT), OPTIONAL), /* the other side's word for the failure */
	ROW(record, message, "message", STR, BIT(RESULT), OPTIONAL), /* a sentence for a person */
	ROW(record, time_s, "time", INT, BIT(TICK), BIT(TICK)), /* monotonic seconds since the stream began */
};
static const struct shape record_shape = SHAPE(record, record_fields);
/* clang-format on */

static bool
has_type_of(jv line, unsigned types, const char *what, struct error *err)
{
	const char *word = json_str_at(line, "type");

	if ((types >> message_type(line) & 1) != 0)
		return true;
	return error_set(err, CAUSE_INVALID, "%s.type: %s is none of a %s",
	    what, word != NULL ? word : "an absent type", what);
}

bool
message_decode_claim(
    struct arena *arena, jv object, struct claim *claim, struct error *err)
{
	*claim = (struct claim){ 0 };
	return message_codec_decode(arena, &claim_shape, object, claim, err);
}

bool
message_decode_change(
    struct arena *arena, jv line, struct change *change, struct error *err)
{
	*change = (struct change){ 0 };
	return has_type_of(line, WRITES | BIT(SKIP), "change", err) &&
	       message_codec_decode(arena, &change_shape, line, change, err);
}

bool
message_decode_record(
    struct arena *arena, jv line, struct record *record, struct error *err)
{
	*record = (struct record){ 0 };
	return has_type_of(line, KEYED | BIT(BOOKMARK) | BIT(ZONE) | BIT(TICK),
		   "record", err) &&
	       message_codec_decode(arena, &record_shape, line, record, err);
}

/* The beginning of a line that holds a DNSEndpoint. */
static void
begin_object(struct text *out, enum message_type type)
{
	text_format(out,
	    "{\"type\":\"%s\",\"object\":{"
	    "\"apiVersion\":\"externaldns.k8s.io/v1alpha1\","
	    "\"kind\":\"DNSEndpoint\"",
	    message_type_name(type));
}

void
message_encode_claim(
    struct text *out, enum message_type type, const struct claim *claim)
{
	struct shape shape = claim_shape;

	/* What is gone asks for nothing, so its key says it all. */
	if (type == MESSAGE_DELETED)
		shape.n = 1;
	begin_object(out, type);
	message_codec_members(out, &shape, MESSAGE_NONE, claim);
	text_add(out, "}}");
}

void
message_encode_bookmark(
    struct text *out, const char *source, enum message_state state)
{
	begin_object(out, MESSAGE_BOOKMARK);
	text_format(out,
	    ",\"metadata\":{\"name\":\"%s.\",\"annotations\":{"
	    "\"k8s.io/initial-events-end\":\"true\","
	    "\"azdns/state\":\"%s\"}}}}",
	    source, message_state_name(state));
}

void
message_encode_change(struct text *out, const struct change *change)
{
	message_codec_encode(out, &change_shape, change->type, change);
}

void
message_encode_record(struct text *out, const struct record *record)
{
	message_codec_encode(out, &record_shape, record->type, record);
}

void
message_encode_have(struct text *out, const struct have *have)
{
	message_codec_encode(out, &have_shape, MESSAGE_NONE, have);
}
