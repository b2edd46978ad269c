// SPDX-License-Identifier: ISC
/*
 * owner -- whose a record set is.
 *
 *   owner of the record set         is ours
 *   ours                            yes
 *   --migrate-from-txt-owner        yes: whoever says so has given up the name
 *   none, with --registry=noop      yes
 *   none, listed by --adopt         no, but an update makes it so
 *   none, another; opaque           no
 */

#include "plan.h"
#include "text.h"

static bool
is_owner(const struct rrset *rrset, const char *wanted)
{
	return wanted != NULL && text_equal(rrsets_owner(rrset), wanted);
}

bool
owner_is_ours(const struct config *config, const struct rrset *rrset)
{
	return !rrset->is_opaque && (config->registry == REGISTRY_NOOP ||
					is_owner(rrset, config->owner) ||
					is_owner(rrset, config->old_owner));
}

bool
owner_may_adopt(const struct config *config, const struct rrset *rrset)
{
	return !rrset->is_opaque && rrset->n_targets > 0 &&
	       rrsets_owner(rrset) == NULL &&
	       filter_lists(&config->adopt, names_text(rrset->name));
}

const char *
owner_text(struct arena *arena, const struct rrset *rrset)
{
	const char *owner = rrsets_owner(rrset);
	const char *what =
	    rrsets_is_orphan(rrset) ? "an ownership mark" : "a record set";

	if (rrset->is_opaque)
		return "a record set of this name exists that must not be "
		       "touched (alias, autoregistered or of unknown type)";
	if (owner == NULL)
		return "a record set of this name exists and has no owner";
	return arena_format(
	    arena, "%s of this name exists and is owned by '%s'", what, owner);
}
