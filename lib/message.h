// SPDX-License-Identifier: ISC
/*
 * message -- the statements on the wire as structs, one field table each.
 *
 * Six nouns and nothing else: object, endpoint, change, record, result, token.
 * The tables in message.c are the only place where a field is defined; decoder
 * and encoder walk over them, docs/protocol.md is checked against them.
 *
 * Decoding borrows: texts point into the line's jv, arrays live in the line's
 * arena; both end with the line. A member that is absent reads as NULL, 0 or
 * MESSAGE_ABSENT. Unknown members are ignored, an unknown type is an error.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "json.h"
#include "rtype.h"
#include "strlist.h"

struct arena;
struct text;

#define MESSAGE_ABSENT      (-1) /* of an integer member */
#define MESSAGE_TTL_DEFAULT 300  /* seconds, of a CREATE without opinion */

enum message_type {
	MESSAGE_NONE = 0,
	MESSAGE_ADDED,
	MESSAGE_MODIFIED,
	MESSAGE_DELETED,
	MESSAGE_BOOKMARK,
	MESSAGE_CREATE,
	MESSAGE_UPDATE,
	MESSAGE_DELETE,
	MESSAGE_SKIP,
	MESSAGE_ZONE,
	MESSAGE_RESULT,
	MESSAGE_TICK,
	MESSAGE_COUNT
};

/* The type member of a line, MESSAGE_NONE if it is not one of the above. */
enum message_type message_type(jv line);
/* The same of a word, and the word of a type. */
enum message_type message_type_find(const char *name);
const char *message_type_name(enum message_type type);

/* What a stage knows of a source or kind: `azdns/state` of a BOOKMARK. */
enum message_state {
	STATE_COMPLETE = 0,
	STATE_ABSENT,
	STATE_FORBIDDEN,
	STATE_UNAVAILABLE,
	STATE_COUNT
};
/* The word on the wire. */
const char *message_state_name(enum message_state state);

/* The state of a BOOKMARK's object; false if it is no completeness mark. */
bool message_state(jv object, enum message_state *state);

/* -- endpoints ------------------------------------------------------------ */

struct labels {
	const char *resource; /* "service/default/web" */
};

/* What is meant for Azure alone. */
struct property {
	const char *name; /* MESSAGE_TAGS; all others mean nothing to us */
	const char *value;
};
#define MESSAGE_TAGS "azure/tags" /* its value: k=v,k=v */

struct endpoint {
	const char *name;
	enum rtype rtype;
	struct strlist targets;
	int64_t ttl_s;              /* MESSAGE_ABSENT: no opinion */
	const char *set_identifier; /* told alone: Azure has no such thing */
	struct labels labels;
	struct property *properties;
	size_t n_properties;
};

struct rejection {
	const char *name;
	const char *field;
	const char *reason; /* one CamelCase word of a closed list */
	const char *message;
};

/* All that one source object asks for: a DNSEndpoint. */
struct claim {
	const char *namespace;
	const char *name; /* SOURCE.OBJECT */
	const char *owner_api_version, *owner_kind, *owner_name, *owner_uid;
	struct endpoint *endpoints;
	size_t n_endpoints;
	struct rejection *rejected;
	size_t n_rejected;
	const char *unknown; /* status.unknown: REASON, or NULL */
};

/* -- records and changes -------------------------------------------------- */

/* One TXT record set that marks a record as owned. */
struct mark {
	const char *name; /* relative to the zone */
	const char *etag;
	bool current; /* in the present format */
};

/* A record set as it is. */
struct have {
	struct strlist
	    targets; /* none and no opaque: a mark without its record */
	int64_t ttl_s;
	const char *owner; /* NULL: nobody's */
	const char *resource;
	const char *etag;
	const char *opaque;  /* why it must not be touched, or NULL */
	struct strlist tags; /* metadata that we wrote, k=v, sorted by key */
	jv metadata;         /* foreign metadata, borrowed; may be absent */
	struct mark *marks;  /* member `txt` */
	size_t n_marks;
};

/* A record set as it is to become. */
struct want {
	struct strlist targets;
	int64_t ttl_s;
	const char *owner;
	const char *resource;
	struct strlist tags; /* k=v, sorted by key */
};

struct replaced {
	enum rtype rtype;
	struct have have;
};

/* CREATE, UPDATE, DELETE and SKIP. */
struct change {
	enum message_type type;
	const char *zone;
	const char *name;
	enum rtype rtype;
	struct have *have; /* NULL: absent */
	struct want *want; /* NULL: absent */
	struct replaced *replaces;
	size_t n_replaces;
	const char *resource; /* of a SKIP */
	const char *reason;
	const char *message;
};

enum result_status {
	RESULT_NONE = 0,
	RESULT_DONE,
	RESULT_DRY_RUN,
	RESULT_FAILED,
	RESULT_CONFLICT,
	RESULT_UNAVAILABLE,
	RESULT_COUNT
};
/* The word on the wire; "" for RESULT_NONE. */
const char *message_result_name(enum result_status status);

/*
 * One line of the records stream. ADDED MODIFIED DELETED: zone, name, rtype,
 * have. BOOKMARK: zone or none. ZONE: zone, zone_name, visibility, status.
 * RESULT: zone, name, rtype, change, result, have, code, message. TICK: time_s.
 */
struct record {
	enum message_type type;
	const char *zone;
	const char *name;
	enum rtype rtype; /* RTYPE_NONE: a type we do not know; see type_name */
	const char *type_name;
	struct have *have;
	const char *zone_name;
	const char *visibility;   /* "public" or "private" */
	const char *status;       /* of a ZONE: NULL, "unavailable", "gone" */
	enum message_type change; /* of a RESULT */
	enum result_status result;
	const char *code;
	const char *message;
	int64_t time_s;
};

/*
 * Decode a line (for a claim: the object of a line). false: err names the
 * member that is missing or of the wrong kind.
 */
bool message_decode_claim(
    struct arena *arena, jv object, struct claim *claim, struct error *err);
bool message_decode_change(
    struct arena *arena, jv line, struct change *change, struct error *err);
bool message_decode_record(
    struct arena *arena, jv line, struct record *record, struct error *err);

/* Append the object as text, members in the order of the tables. */
void message_encode_claim(
    struct text *out, enum message_type type, const struct claim *claim);
void message_encode_bookmark(
    struct text *out, const char *source, enum message_state state);
void message_encode_change(struct text *out, const struct change *change);
void message_encode_record(struct text *out, const struct record *record);
void message_encode_have(struct text *out, const struct have *have);

#endif
