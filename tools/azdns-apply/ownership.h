// SPDX-License-Identifier: ISC
/* ownership -- whose is each record set: what was listed of a zone, joined
 * with the marks among it. */
#ifndef OWNERSHIP_H
#define OWNERSHIP_H

#include <stdbool.h>
#include <stddef.h>

#include "message.h"
#include "recordset.h"

struct arena;
struct span;
struct table;
struct txtregistry;

enum registry { REGISTRY_TXT, REGISTRY_METADATA, REGISTRY_NOOP };

/* How marks are stored, the same for all zones. */
struct marking {
	enum registry registry;
	struct txtregistry *txt;
	bool is_private;
};

struct ownership {
	const struct marking *marking;
	const char *zone; /* its name */
	struct arena *arena;
	struct recordset **sets;
	size_t n_sets;
	struct found_mark **marks;
	size_t n_marks;
};

/* A key and what is there. Borrowed for the call. */
struct owned {
	const char *name; /* absolute */
	enum rtype rtype;
	const char *type_name;
	const struct have *have;
};
typedef void owned_function(void *context, const struct owned *owned);

/* One record set as ARM has it, errors of recordset_decode; zone-wide sets (SOA) are passed over. */
bool ownership_add(
    struct ownership *ownership, struct span value, struct error *err);

/*
 * Say each key, sorted by name and type. shared (of unsigned) takes the marks
 * that more than one record rests on, with their number; may be NULL.
 */
void ownership_say(struct ownership *ownership, struct table *shared,
    owned_function *on_owned, void *context);

/*
 * The relative name of the TXT set that is to mark a record, or NULL where the
 * mark goes into the metadata (or there are no marks).
 */
const char *ownership_mark_name(const struct marking *marking,
    struct arena *arena, const char *name, enum rtype rtype, const char *zone);

#endif
