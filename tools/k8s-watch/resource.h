// SPDX-License-Identifier: ISC
/*
 * resource -- one argument of k8s-watch: which objects, and what of them.
 *
 *	RESOURCE[.GROUP][@NAMESPACE][:PATH,PATH...]
 */
#ifndef RESOURCE_H
#define RESOURCE_H

#include <stdbool.h>

#include "error.h"
#include "prune.h"

struct arena;

struct resource {
	const char *name;      /* plural: "services" */
	const char *group;     /* "" for the core group */
	const char *namespace; /* "": all */
	const char *label;     /* "services", "httproutes.GROUP@NAMESPACE" */
	struct prune prune;
};

/* How the API server serves a resource. */
struct resource_served {
	const char *kind;
	const char *version;
	bool is_namespaced;
};

/* Everything lives in the arena. false: err says what is wrong. */
bool resource_parse(struct arena *arena, const char *argument,
    struct resource *resource, struct error *err);

/*
 * What is known without asking: for kinds of the core group it holds, for
 * others it is the kind to name while the server does not tell. A resource
 * never heard of is of a kind named like itself.
 */
struct resource_served resource_guess(const struct resource *resource);

/* true if the guess needs no confirmation by the server. */
bool resource_is_certain(const struct resource *resource);

/* "v1" or "GROUP/v1", in the arena. */
const char *resource_api_version(
    struct arena *arena, const struct resource *resource, const char *version);

#endif
