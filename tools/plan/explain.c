// SPDX-License-Identifier: ISC
/*
 * explain -- who asks for a name, what is there, what will happen to it. For a
 * person, after a pass over everything that was read.
 */
#include <stdio.h>

#include "plan.h"

static void
explain_asks(struct plan *plan, const struct name *name, FILE *out)
{
	for (const struct ask *ask = name->asks; ask != NULL; ask = ask->next) {
		struct strlist targets = { 0 };
		const char *resource = ask_resource(&plan->scratch, ask);

		ask_targets(&plan->scratch, ask, &targets);
		(void)fprintf(out, "  asked   %s %s by %s (%s)%s\n",
		    rtype_name(ask->rtype),
		    strlist_join(&targets, &plan->scratch, " "),
		    resource != NULL ? resource : "?",
		    (const char *)table_key(ask->claimant),
		    ask_is_partial(ask) ? ", not known completely" : "");
	}
	if (name->asks == NULL)
		(void)fprintf(out, "  asked   by nobody\n");
}

static void
explain_rrsets(struct plan *plan, const struct name *name, FILE *out)
{
	for (const struct rrset *rrset = name->rrsets; rrset != NULL;
	     rrset = rrset->next) {
		struct have have;

		rrsets_have(&plan->scratch, rrset, &have);
		(void)fprintf(out,
		    "  there   %s %s ttl %d in %s, owner %s, for %s%s\n",
		    rtype_name(rrset->rtype),
		    strlist_join(&have.targets, &plan->scratch, " "),
		    (int)rrset->ttl_s, rrset->zone->name,
		    have.owner != NULL ? have.owner : "nobody",
		    have.resource != NULL ? have.resource : "?",
		    rrset->is_opaque ? ", not to be touched" : "");
		rrsets_done(&have);
	}
	if (name->rrsets == NULL)
		(void)fprintf(out, "  there   nothing\n");
}

static void
explain_decisions(struct plan *plan, struct name *name, FILE *out)
{
	struct decisions decisions;

	decide(plan, name, &decisions);
	for (size_t i = 0; i < decisions.n; i++) {
		struct decision *one = &decisions.items[i];
		enum skip why = queue_judge(plan, one);

		if (why == SKIP_NONE || why == SKIP_LATER)
			(void)fprintf(out, "  will be %s %s in %s: %s%s\n",
			    message_type_name(one->type),
			    rtype_name(one->rtype), one->zone->name,
			    one->reason, why == SKIP_LATER ? ", not now" : "");
		else
			(void)fprintf(out, "  not     %s: %s: %s\n",
			    rtype_name(one->rtype), skip_name(why),
			    one->message != NULL ? one->message : "");
	}
	if (decisions.n == 0)
		(void)fprintf(out, "  will be left as it is\n");
}

void
explain(struct plan *plan, const char *text, FILE *out)
{
	struct name *name = table_find(&plan->names, text);
	struct zone *zone;
	enum skip place = zones_place(plan, text, &zone);

	(void)fprintf(out, "%s\n  zone    %s\n", text,
	    place == SKIP_NONE    ? zone->id
	    : place == SKIP_LATER ? "not known yet"
				  : skip_text(place));
	if (name == NULL) {
		(void)fprintf(out, "  asked   by nobody\n  there   nothing\n");
		return;
	}
	arena_reset(&plan->scratch);
	explain_asks(plan, name, out);
	explain_rrsets(plan, name, out);
	explain_decisions(plan, name, out);
}
