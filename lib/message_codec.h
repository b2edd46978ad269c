// SPDX-License-Identifier: ISC
/*
 * message_codec -- walks over the field tables of message: one decoder and
 * one encoder for all of them. Used by message.c alone.
 */
#ifndef MESSAGE_CODEC_H
#define MESSAGE_CODEC_H

#include "message.h"

/* How a member stands in JSON, and as what in the struct. */
enum field_kind {
	FIELD_STR,        /* text: const char * */
	FIELD_STRS,       /* array of texts: struct strlist */
	FIELD_INT,        /* integer: int64_t, MESSAGE_ABSENT when absent */
	FIELD_BOOL,       /* bool */
	FIELD_JSON,       /* anything: jv */
	FIELD_TYPE,       /* enum message_type */
	FIELD_RESULT,     /* enum result_status */
	FIELD_RTYPE,      /* enum rtype, one that we know */
	FIELD_RTYPE_OPEN, /* enum rtype, RTYPE_NONE for others */
	/* From here on: members or items of their own. */
	FIELD_GROUP,  /* object whose members lie in this struct */
	FIELD_FIRST,  /* array of objects; the first one's lie in this struct */
	FIELD_OBJECT, /* object: pointer to a struct of its own, may be NULL */
	FIELD_LIST,   /* array of objects: pointer and size_t count */
};

struct shape;

struct field {
	const char *key;
	enum field_kind kind;
	size_t offset;
	size_t offset_n; /* FIELD_LIST: of the count */
	const struct shape *shape;
	unsigned of;   /* bits of the message types that have it */
	unsigned need; /* bits of those that cannot do without */
};

/* A struct and its members in the order in which they are written. */
struct shape {
	const char *name;
	size_t size;
	const struct field *fields;
	size_t n;
};

/*
 * Read the members that a message of this type has from value into the
 * zeroed struct at place. false: err names the member that is missing or
 * wrong.
 */
bool message_codec_decode(struct arena *arena, const struct shape *shape,
    jv value, void *place, struct error *err);

/*
 * The reverse, as text: the object, or its members behind others. Absent
 * members are left out unless needed. Of two rows with the same key only the
 * first that is present is written.
 */
void message_codec_encode(struct text *out, const struct shape *shape,
    enum message_type type, const void *place);
void message_codec_members(struct text *out, const struct shape *shape,
    enum message_type type, const void *place);

#endif
