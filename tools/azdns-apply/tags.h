// SPDX-License-Identifier: ISC
/*
 * tags -- metadata that an object asked for, told from somebody else's.
 *
 * external-dns writes the tags of a record on its TXT mark as well; where the
 * mark is metadata itself, a key of ours lists theirs. What is neither on the
 * mark nor in that list is foreign and stays.
 */
#ifndef TAGS_H
#define TAGS_H

#include "json.h"
#include "strlist.h"

struct arena;

/* The members of metadata (a JSON text, or NULL) as KEY=VALUE, sorted. */
struct strlist tags_of(struct arena *arena, const char *metadata);

/* Those of them whose key stands in keys too (KEY or KEY=VALUE). */
struct strlist tags_among(
    struct arena *arena, const char *metadata, const struct strlist *keys);

/* The keys alone. */
struct strlist tags_keys(struct arena *arena, const struct strlist *tags);

/* Foreign metadata (borrowed, may be absent) with tags, as JSON text or NULL. */
const char *tags_join(
    struct arena *arena, jv foreign, const struct strlist *tags);

/* A new object of metadata without the tags. */
jv tags_foreign(const char *metadata, const struct strlist *tags);

#endif
