// SPDX-License-Identifier: ISC
/*
 * prune -- the parts of an object that somebody asked for.
 *
 * A path is keys joined by dots, `spec.rules.host`; a key that holds a dot has
 * it written `\.`. Arrays are passed through: the path goes on in each item.
 * A path keeps all that lies below it.
 */
#ifndef PRUNE_H
#define PRUNE_H

#include <stdbool.h>

#include "scan.h"

struct arena;
struct text;

struct prune {
	struct prune_node *root;
};

/* What tells an object from others, as raw JSON text; borrows the object. */
struct identity {
	struct span namespace; /* empty if it has none */
	struct span name;
	struct span uid;
	struct span version; /* metadata.resourceVersion */
	struct span api_version;
	struct span kind;
};

/* Nothing but the identity is kept, or, with is_whole, all. */
void prune_init(struct prune *prune, struct arena *arena, bool is_whole);

/* Keep what lies under path, too. */
void prune_add(struct prune *prune, struct arena *arena, const char *path);

/*
 * Append the members of an object that are kept, without its braces and
 * without apiVersion and kind, whatever way they were spaced; identity says
 * whose they are. false: the text is no object, or has no name.
 */
bool prune_object(const struct prune *prune, struct span object,
    struct identity *identity, struct text *out);

#endif
