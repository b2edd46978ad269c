// SPDX-License-Identifier: ISC
/*
 * types -- the record types of both services, as one table: names of members,
 * elements and what values they take.
 */
#ifndef TYPES_H
#define TYPES_H

#include "sim.h"

#define TYPES_FIELDS_MAX 8

enum field_kind {
	FIELD_END,
	FIELD_IPV4,
	FIELD_IPV6,
	FIELD_HOST,
	FIELD_TEXT,
	FIELD_NUMBER,  /* 0 .. max */
	FIELD_STRINGS, /* of TXT */
	FIELD_DIGEST,  /* of DS: algorithmType and value */
};

struct field {
	const char *name;
	enum field_kind kind;
	int64_t max;
};

struct set_type {
	const char *name;
	const char *public_member;  /* NULL: not in public zones */
	const char *private_member; /* NULL: not in private zones */
	bool single;                /* one object instead of an array */
	bool alias;                 /* may point to a resource instead */
	bool preview;               /* known to 2023-07-01-preview only */
	struct field fields[TYPES_FIELDS_MAX];
};

/* In any case; NULL: the service does not know it. */
const struct set_type *types_find(const char *name, bool private);

/* All types in the order of their names; NULL past the end. */
const struct set_type *types_at(size_t i);

const char *types_member(const struct set_type *type, bool private);

/*
 * Read the records of a set from its properties in canonical form: an array
 * (empty when the member is missing), or an object (absent when missing).
 * false: answered with the service's error.
 */
bool types_read(
    struct call *call, const struct set_type *type, jv properties, jv *records);

/* true if the service takes it as a host name (a trailing dot is fine). */
bool types_is_host(const char *name);

#endif
