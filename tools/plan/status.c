// SPDX-License-Identifier: ISC
/*
 * status -- whether all is as asked for, once nothing more is to be said:
 * nothing is unknown, refused, failed or held (skip.c).
 */
#include "plan.h"

static bool
is_unmet(struct plan *plan, struct name *name)
{
	struct decisions decisions;

	decide(plan, name, &decisions);
	for (size_t i = 0; i < decisions.n; i++) {
		struct decision *one = &decisions.items[i];
		const struct work *work =
		    retry_find(name, one->zone, one->rtype);
		enum skip why = queue_judge(plan, one);

		if (why == SKIP_LATER ? work != NULL && work->failed
				      : skip_is_unmet(why))
			return true;
	}
	return false;
}

enum status
status_judge(struct plan *plan)
{
	const struct source *source;
	struct name *name;
	size_t cursor = 0;

	if (!plan->started || plan->zone_list != ZONES_COMPLETE ||
	    plan->n_zones == 1)
		return STATUS_UNMET;
	for (size_t i = 1; i < plan->n_zones; i++)
		if (!zones_is_ready(plan->zones[i]))
			return STATUS_UNMET;
	while ((source = table_next(&plan->sources, &cursor)) != NULL)
		if (source->state != STATE_COMPLETE)
			return STATUS_UNMET;
	cursor = 0;
	while ((name = table_next(&plan->names, &cursor)) != NULL)
		if (is_unmet(plan, name))
			return STATUS_UNMET;
	return STATUS_DONE;
}
