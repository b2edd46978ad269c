// SPDX-License-Identifier: ISC
/*
 * discovery -- which kind and version the API server serves a resource as.
 */
#ifndef DISCOVERY_H
#define DISCOVERY_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "error.h"
#include "resource.h"
#include "strlist.h"

struct discovery {
	const struct resource *resource;
	struct arena arena;      /* of everything below */
	struct strlist versions; /* of the group, best first */
	size_t i;                /* the version to ask next */
	struct resource_served served;
	const char *api_version;
};

enum discovery_result {
	DISCOVERY_MORE, /* ask for the next path */
	DISCOVERY_FOUND,
	DISCOVERY_ABSENT,
	DISCOVERY_BAD, /* the answer is none */
};

/* What can be said without asking (what was found before, else a guess); true
 * if that is enough. Texts of earlier answers end. */
bool discovery_begin(
    struct discovery *discovery, const struct resource *resource);

/* The path to ask, in the arena. */
const char *discovery_path(struct discovery *discovery);

/* Take the answer: a body with status 200, or status 404 without one. */
enum discovery_result discovery_take(
    struct discovery *discovery, long status, const char *body, size_t n);

/* Discovery is not allowed: trust the guess. false: there is none. */
bool discovery_guess(struct discovery *discovery);

/* What was found is forgotten, the guess with it. */
void discovery_done(struct discovery *discovery);

#endif
