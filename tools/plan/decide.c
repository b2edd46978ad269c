// SPDX-License-Identifier: ISC
/*
 * decide -- everything that should happen at one name, from what is asked for
 * and what is there, and nothing else.
 *
 *   complaints              SKIP Rejected, SourceIncomplete
 *   outside --domain-filter SKIP DomainFilter; what is there is not ours to see
 *   unmanaged types         SKIP Unmanaged
 *   no place                SKIP NoZone, AmbiguousZone, ZoneUnavailable
 *   else                    row.c
 *
 * Whether a decision may be carried out at this moment is not decided here:
 * see queue.c.
 */
#include <stdlib.h>
#include <string.h>

#include "plan.h"

struct decision
decide_at(struct rrset *rrset)
{
	return (struct decision){
		.name = rrset->name,
		.zone = rrset->zone,
		.rtype = rrset->rtype,
		.rrset = rrset,
		.resource = rrsets_resource(rrset),
		.said = &rrset->said,
	};
}

void
decide_add(struct plan *plan, struct decisions *out, enum skip why,
    const struct decision *decision)
{
	struct decision *one;

	out->items =
	    arena_grow(&plan->scratch, out->items, out->n, sizeof(*out->items));
	one = &out->items[out->n++];
	*one = *decision;
	if (why == SKIP_NONE)
		return;
	one->type = MESSAGE_SKIP;
	one->skip = why;
	if (one->message == NULL)
		one->message = skip_text(why);
}

static void
skip_ask(
    struct plan *plan, struct decisions *out, struct ask *ask, enum skip skip)
{
	struct strlist texts = { 0 };
	struct decision where = {
		.name = ask->name,
		.rtype = ask->rtype,
		.resource = ask_resource(&plan->scratch, ask),
		.said = &ask->said,
	};

	(void)zones_place(plan, names_text(ask->name), &where.zone);
	if (ask->complaint != SKIP_NONE) {
		ask_targets(&plan->scratch, ask, &texts);
		where.message = texts.items[0];
	}
	decide_add(plan, out, skip, &where);
}

static int
by_place(const void *a, const void *b)
{
	const struct decision *x = a;
	const struct decision *y = b;
	int order = strcmp(x->zone->id, y->zone->id);

	if (order == 0)
		order = strcmp(rtype_name(x->rtype), rtype_name(y->rtype));
	if (order == 0)
		order = (int)x->type - (int)y->type;
	if (order == 0)
		order = strcmp(x->resource != NULL ? x->resource : "",
		    y->resource != NULL ? y->resource : "");
	return order;
}

void
decide(struct plan *plan, struct name *name, struct decisions *out)
{
	const struct config *config = plan->config;
	bool is_outside = !filter_accepts(&config->domains, names_text(name));

	arena_reset(&plan->scratch);
	*out = (struct decisions){ 0 };
	for (struct ask *ask = name->asks; ask != NULL; ask = ask->next) {
		if (ask->complaint != SKIP_NONE)
			skip_ask(plan, out, ask, ask->complaint);
		else if (is_outside)
			skip_ask(plan, out, ask, SKIP_DOMAIN_FILTER);
		else if (!config_manages(config, ask->rtype))
			skip_ask(plan, out, ask, SKIP_UNMANAGED);
	}
	if (!is_outside)
		row_decide(plan, name, out);
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), by_place);
}
