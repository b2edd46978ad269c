// SPDX-License-Identifier: ISC
/*
 * annotations -- the words that objects speak to us in; the only file that
 * knows their prefixes.
 *
 * Both external-dns.kubernetes.io/ and external-dns.alpha.kubernetes.io/ are
 * read, per key the former wins; --annotation-prefix reads that one alone.
 * Keys are given without prefix.
 */
#ifndef ANNOTATIONS_H
#define ANNOTATIONS_H

#include <jv.h>
#include <stdbool.h>
#include <stdint.h>

#include "strlist.h"

struct arena;
struct config;
struct claim_draft;

#define ANNOTATION_KOPS_EXTERNAL "dns.alpha.kubernetes.io/external"
#define ANNOTATION_KOPS_INTERNAL "dns.alpha.kubernetes.io/internal"

/* The value of a key, or NULL. */
const char *annotations_get(
    const struct config *config, jv object, const char *key);

/* The value of an annotation under its full name, or NULL. */
const char *annotations_raw(jv object, const char *name);

/*
 * The items of a list of names or targets: split at commas, blanks removed,
 * empty ones left out. An absent key is an empty list.
 */
struct strlist annotations_list(const struct config *config, jv object,
    const char *key, struct arena *arena);

/* The items of a text of that form. */
struct strlist annotations_split(const char *text, struct arena *arena);

/* The ttl annotation into draft->ttl_s; one that cannot be is a rejection. */
void annotations_ttl(struct claim_draft *draft, jv object);

/* The annotations alias and azure-tags as properties, those of record-type
 * (`ptr` or anything else) and set-identifier into the draft. */
void annotations_properties(struct claim_draft *draft, jv object);

/* false: the controller annotation gives the object to somebody else. */
bool annotations_are_ours(const struct config *config, jv object);

#endif
