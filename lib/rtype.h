// SPDX-License-Identifier: ISC
/*
 * rtype -- the record types that azdns knows, and their RDATA as text.
 *
 * The one normal form of each target (docs/protocol.md, "Common words"):
 * equality of targets is equality of these texts, everywhere.
 */
#ifndef RTYPE_H
#define RTYPE_H

#include "error.h"

struct arena;

enum rtype {
	RTYPE_NONE = 0, /* not one of ours */
	RTYPE_A,
	RTYPE_AAAA,
	RTYPE_CAA,
	RTYPE_CNAME,
	RTYPE_MX,
	RTYPE_NS,
	RTYPE_PTR,
	RTYPE_SRV,
	RTYPE_TXT,
	RTYPE_COUNT
};

/* "A", "AAAA", ...; "" for RTYPE_NONE. */
const char *rtype_name(enum rtype rtype);

/* Case-insensitive; RTYPE_NONE if it is not one of ours. */
enum rtype rtype_find(const char *name);

/*
 * The normal form of one target in the arena, or NULL with err: addresses of
 * the right family as RFC 5952, host names lower case without trailing dot,
 * MX `10 host`, SRV `priority weight port host`, CAA `flags tag value`, TXT
 * verbatim.
 */
const char *rtype_normalise(struct arena *arena, enum rtype rtype,
    const char *target, struct error *err);

#endif
