// SPDX-License-Identifier: ISC
/*
 * hand_over -- our record sets get another owner, and nothing else: all of
 * them, or those that --hand-over names.
 */
#include "plan.h"

void
hand_over(struct plan *plan, struct rrset *rrset, struct decisions *out)
{
	const struct config *config = plan->config;
	struct decision change = decide_at(rrset);
	struct have have;

	if (!config_manages(config, rrset->rtype) || rrsets_is_orphan(rrset) ||
	    !zones_is_ready(rrset->zone) || !owner_is_ours(config, rrset))
		return;
	if (config->hand_over.n > 0 &&
	    !filter_lists(&config->hand_over, names_text(rrset->name)))
		return;
	change.type = MESSAGE_UPDATE;
	change.reason = "hand-over";
	rrsets_have(&plan->scratch, rrset, &have);
	change.want = (struct want){
		.targets = have.targets,
		.ttl_s = have.ttl_s,
		.owner = config->hand_over_to,
		.resource = have.resource,
		.tags = have.tags,
	};
	rrsets_done(&have);
	decide_add(plan, out, SKIP_NONE, &change);
}
