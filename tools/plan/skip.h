// SPDX-License-Identifier: ISC
/* skip -- why something is not going to happen: the closed list. */
#ifndef SKIP_H
#define SKIP_H

#include <stdbool.h>

enum skip {
	SKIP_NONE = 0,
	SKIP_LATER, /* nothing to say: it will be done, but not now */
	SKIP_NO_ZONE,
	SKIP_AMBIGUOUS_ZONE,
	SKIP_ZONE_UNAVAILABLE,
	SKIP_DOMAIN_FILTER,
	SKIP_UNMANAGED,
	SKIP_REJECTED,
	SKIP_CONFLICT_LOST,
	SKIP_FOREIGN,
	SKIP_PRIVATE_ADDRESS,
	SKIP_POLICY,
	SKIP_HELD,
	SKIP_SOURCE_INCOMPLETE,
	SKIP_SOURCE_NOT_CONFIGURED,
	SKIP_FIGHT,
	SKIP_COUNT
};

#define SAID_STALE 0x80 /* said in an earlier pass; does it still hold? */

/* The word on the wire. */
const char *skip_name(enum skip skip);
/* A sentence for those that need no more than their name. */
const char *skip_text(enum skip skip);
/* Something is not as asked for: exit status 1. */
bool skip_is_unmet(enum skip skip);

#endif
