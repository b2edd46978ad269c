// SPDX-License-Identifier: ISC
/* txtregistry -- names and content of the TXT record sets with which
 * external-dns marks a record set as owned ("companions"). */
#ifndef TXTREGISTRY_H
#define TXTREGISTRY_H

#include <stdbool.h>

#include "error.h"
#include "rtype.h"
#include "txtcrypt.h"

struct arena;
struct secret;

struct txtregistry {
	const char *prefix; /* all lower case, "" for none */
	const char *suffix;
	const char *wildcard; /* stands for a leading `*` */
	bool encrypts;
	bool has_key;
	struct txtcrypt_key key;
};

/* As external-dns's --txt-* options; key may be NULL. */
struct txtregistry_options {
	const char *prefix;
	const char *suffix;
	const char *wildcard;
	const char *key; /* 32 bytes, or their base64 */
	bool encrypts;
};

/* false with err: options that exclude each other, a key of the wrong form. */
bool txtregistry_init(struct txtregistry *registry, struct arena *arena,
    const struct txtregistry_options *options, struct error *err);

/*
 * The mark's absolute name, of the format before v0.12 if rtype is RTYPE_NONE;
 * NULL where it cannot be written: outside the zone, a label over 63 bytes, an
 * asterisk without replacement.
 */
const char *txtregistry_name(const struct txtregistry *registry,
    struct arena *arena, const char *name, enum rtype rtype, const char *zone);

/*
 * The name under which a record looks for its mark: its own, a leading `*`
 * replaced.
 */
const char *txtregistry_lookup(
    const struct txtregistry *registry, struct arena *arena, const char *name);

/*
 * What a mark of this absolute name marks. *rtype is RTYPE_NONE for the format
 * before v0.12, that marks every type but AAAA. NULL: no name of a mark.
 */
const char *txtregistry_marked(const struct txtregistry *registry,
    struct arena *arena, const char *mark, enum rtype *rtype);

/* The one string of a mark; NULL if it would be longer than Azure takes. */
const char *txtregistry_encode(const struct txtregistry *registry,
    struct arena *arena, const char *owner, const char *resource);

/*
 * Read the string of a mark, plain or encrypted. false: it is none of
 * external-dns. An absent owner or resource is NULL.
 */
bool txtregistry_decode(const struct txtregistry *registry, struct arena *arena,
    const char *content, const char **owner, const char **resource);

#endif
