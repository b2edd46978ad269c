// SPDX-License-Identifier: ISC
/* recordset -- one record set of a zone: ARM's JSON, the wire's `have`, and
 * what azdns-apply keeps between the two. */
#ifndef RECORDSET_H
#define RECORDSET_H

#include <stdbool.h>
#include <stdint.h>

#include "message.h"
#include "rtype.h"
#include "strlist.h"

struct arena;
struct span;
struct text;

#define RECORDSET_APEX      "@"
#define RECORDSET_ITEMS_MAX 20 /* records in one set, Azure's limit */
#define RECORDSET_TTL_MAX   INT64_C(2147483647)

/* All texts belong to one arena; targets are in normal form and sorted. */
struct recordset {
	const char *name;      /* relative to the zone, lower case */
	enum rtype rtype;      /* RTYPE_NONE: see type_name */
	const char *type_name; /* as ARM says it: the end of `type` */
	struct strlist targets;
	int64_t ttl_s;
	const char *etag;
	const char *opaque;   /* alias, autoregistered, empty, unknown */
	const char *owner;    /* from metadata azdns_owner */
	const char *resource; /* from metadata azdns_resource */
	const char *metadata; /* all other metadata, as JSON text, or NULL */
	struct strlist tags;  /* what of it we wrote: see tags.h */
};

/*
 * From the text of an ARM record set, public or private. false with err: it is
 * none (no name, no type; TEMPORARY: no JSON object). A target that has no
 * normal form is kept as it is.
 */
bool recordset_decode(struct arena *arena, struct span value,
    struct recordset *set, struct error *err);

/* Append the body of a PUT. */
void recordset_encode(
    struct text *body, const struct recordset *set, bool is_private);

/* From a change's have. */
void recordset_from_have(struct arena *arena, const struct have *have,
    const char *name, enum rtype rtype, struct recordset *set);

/*
 * To a have, less the marks. *metadata takes the parsed metadata, which have
 * borrows; give it to json_free when have is done with.
 */
void recordset_to_have(
    const struct recordset *set, struct have *have, jv *metadata);

/* Same targets, ttl, owner, resource and foreign metadata. */
bool recordset_is_equal(const struct recordset *a, const struct recordset *b);

/* The answer to a PUT has the metadata that was put. */
bool recordset_keeps_metadata(
    const struct recordset *answer, const struct recordset *put);

/*
 * Why Azure or we would refuse to write this set, or NULL: a type that the
 * zone's kind does not have, apex NS or CNAME, too many targets, TTL range.
 */
const char *recordset_refusal(
    struct arena *arena, const struct recordset *set, bool is_private);

/* The part of it that ARM's form of the type says: see recordset_arm.c. */
const char *recordset_shape_refusal(
    struct arena *arena, const struct recordset *set, bool is_private);

/* The name below zone as ARM has it ("@" for the apex), NULL if outside. */
const char *recordset_relative(
    struct arena *arena, const char *name, const char *zone);

/* The absolute name of a relative one. */
const char *recordset_absolute(
    struct arena *arena, const char *relative, const char *zone);

#endif
