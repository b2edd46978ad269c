// SPDX-License-Identifier: ISC
/*
 * skip -- the table of reasons (docs/protocol.md, "changes").
 *
 * The third column decides the exit status: what the user chose (policy,
 * filters) is as asked for, everything else is not.
 */
#include <stddef.h>

#include "skip.h"

/* clang-format off */
static const struct {
	const char *name;
	const char *text;
	bool unmet;
} rows[SKIP_COUNT] = {
	[SKIP_NO_ZONE] = { "NoZone", "no zone holds this name", true },
	[SKIP_AMBIGUOUS_ZONE] = { "AmbiguousZone", "two zones of one name hold this name", true },
	[SKIP_ZONE_UNAVAILABLE] = { "ZoneUnavailable", "the zone that holds this name cannot be listed or is gone", true },
	[SKIP_DOMAIN_FILTER] = { "DomainFilter", "the name is outside the domain filter", false },
	[SKIP_UNMANAGED] = { "Unmanaged", "the record type is not among the managed ones", false },
	[SKIP_REJECTED] = { "Rejected", NULL, true },
	[SKIP_CONFLICT_LOST] = { "ConflictLost", "another object has this name", true },
	[SKIP_FOREIGN] = { "Foreign", NULL, true },
	[SKIP_PRIVATE_ADDRESS] = { "PrivateAddress", "a private address does not go to a public zone", true },
	[SKIP_POLICY] = { "Policy", "the policy does not allow it", false },
	[SKIP_HELD] = { "Held", NULL, true },
	[SKIP_SOURCE_INCOMPLETE] = { "SourceIncomplete", "the source that owns the record set is not completely known", true },
	[SKIP_SOURCE_NOT_CONFIGURED] = { "SourceNotConfigured", "the source that owns the record set is not configured", false },
	[SKIP_FIGHT] = { "Fight", "someone else changes this record set again and again", true },
};
/* clang-format on */

const char *
skip_name(enum skip skip)
{
	return rows[skip].name;
}

const char *
skip_text(enum skip skip)
{
	return rows[skip].text;
}

bool
skip_is_unmet(enum skip skip)
{
	return rows[skip].unmet;
}
