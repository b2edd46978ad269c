// SPDX-License-Identifier: ISC
/*
 * policy -- which changes the user does not want: --policy (external-dns
 * plan/policy.go), --private-in-public. A change of record type needs all three
 * sorts: it is a creation and a deletion in one.
 */
#include "ip.h"
#include "log.h"
#include "plan.h"

static const struct {
	bool update, remove;
} rows[] = {
	[POLICY_SYNC] = { true, true },
	[POLICY_UPSERT_ONLY] = { true, false },
	[POLICY_CREATE_ONLY] = { false, false },
};

bool
policy_allows(enum policy policy, enum message_type type)
{
	switch ((int)type) {
	case MESSAGE_UPDATE:
		return rows[policy].update;
	case MESSAGE_DELETE:
		return rows[policy].remove;
	default:
		return true;
	}
}

static bool
is_private(const struct candidate *candidate)
{
	struct ip ip;

	if (candidate->rtype != RTYPE_A && candidate->rtype != RTYPE_AAAA)
		return false;
	for (size_t i = 0; i < candidate->targets.n; i++)
		if (ip_parse(candidate->targets.items[i], &ip) &&
		    ip_is_private(&ip))
			return true;
	return false;
}

bool
policy_admits(const struct plan *plan, const struct zone *zone,
    const struct candidate *candidate)
{
	struct ask *ask = candidate->ask;
	int guard = plan->config->private_in_public;

	if (guard == PRIVATE_ALLOW || !zone->is_public ||
	    !is_private(candidate))
		return true;
	if (guard == PRIVATE_REFUSE)
		return false;
	if (!ask->warned)
		log_warning("%s: %s: a private address goes to public zone "
			    "%s (--private-in-public)",
		    candidate->resource != NULL ? candidate->resource : "",
		    names_text(ask->name), zone->name);
	ask->warned = true;
	return true;
}
