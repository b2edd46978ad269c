// SPDX-License-Identifier: ISC
/*
 * row -- one name in its zone: the decision table.
 *
 *   there                    wanted       decision
 *   nothing                  A            CREATE new
 *   A ours                   the same     -
 *   A ours                   other A      UPDATE targets, ttl, mark
 *   A ours                   nothing      DELETE gone
 *   A ours                   CNAME        CREATE type, replaces A
 *   A ours, in another zone  A            DELETE moved, once it is in its zone
 *   A foreign                A or AAAA    SKIP Foreign
 *   mark, ours               A            CREATE new, with what is there
 *   mark, ours               nothing      DELETE orphan, after two listings
 *
 * A record set that cannot be deleted (policy; its source is not complete; its
 * object cannot be known) keeps its name as well: it is neither replaced nor
 * given to another object. external-dns: plan/plan.go.
 */
#include <string.h>

#include "plan.h"

struct row {
	struct plan *plan;
	struct name *name;
	struct zone *zone;  /* where the name belongs, or nowhere */
	enum skip no_place; /* why nowhere */
	bool keep;          /* nothing may be taken from this name */
	struct candidate *candidates;
	size_t n;
	struct candidate *winners[RTYPE_COUNT];
	struct decisions *out;
};

static struct decision
at_candidate(const struct row *row, const struct candidate *candidate)
{
	return (struct decision){
		.name = row->name,
		.zone = row->zone,
		.rtype = candidate->rtype,
		.resource = candidate->resource,
		.said = &candidate->ask->said,
	};
}

static void
skip(const struct row *row, const struct candidate *candidate, enum skip why,
    const char *message)
{
	struct decision where = at_candidate(row, candidate);

	if (why == SKIP_LATER)
		return;
	where.message = message;
	decide_add(row->plan, row->out, why, &where);
}

static bool
is_managed(const struct row *row, const struct rrset *rrset)
{
	return config_manages(row->plan->config, rrset->rtype);
}

/* -- what may be taken away ----------------------------------------------- */

/* SKIP_NONE if the record set may go; SKIP_LATER: nothing to say about it. */
static enum skip
may_go(const struct row *row, const struct rrset *rrset)
{
	const struct plan *plan = row->plan;
	const char *resource = rrsets_resource(rrset);

	if (!owner_is_ours(plan->config, rrset) ||
	    !zones_is_ready(rrset->zone) || row->keep ||
	    claims_is_unknown(plan, resource))
		return SKIP_LATER;
	if (!policy_allows(plan->config->policy, MESSAGE_DELETE))
		return SKIP_POLICY;
	return sources_judge(plan, resource);
}

/* The object that has it is not known to have given it up. */
static enum skip
may_be_given(const struct row *row, const struct rrset *rrset)
{
	const char *holder = rrsets_resource(rrset);
	enum skip judgement;

	if (holder == NULL)
		return SKIP_NONE;
	for (size_t i = 0; i < row->n; i++)
		if (strlist_has(&row->candidates[i].resources, holder))
			return SKIP_NONE;
	if (claims_is_unknown(row->plan, holder))
		return SKIP_SOURCE_INCOMPLETE;
	judgement = sources_judge(row->plan, holder);
	return judgement == SKIP_SOURCE_INCOMPLETE ? judgement : SKIP_NONE;
}

/* -- creations and updates ------------------------------------------------ */

static void
fill_want(const struct row *row, const struct candidate *candidate,
    const struct have *have, struct want *want)
{
	struct arena *arena = &row->plan->scratch;

	want->targets = candidate->targets;
	/* A name has one canonical name (RFC 1034 section 3.6.2). */
	if (candidate->rtype == RTYPE_CNAME)
		want->targets.n = 1;
	if (candidate->partial && have != NULL) {
		want->targets = (struct strlist){ 0 };
		strlist_add_all(&want->targets, arena, &candidate->targets);
		strlist_add_all(&want->targets, arena, &have->targets);
		strlist_sort_unique(&want->targets);
	}
	want->ttl_s = candidate->ttl_s;
	if (want->ttl_s <= 0)
		want->ttl_s = have != NULL ? have->ttl_s : MESSAGE_TTL_DEFAULT;
	want->owner = row->plan->config->owner;
	want->resource = candidate->resource;
	ask_tags(arena, candidate->ask, &want->tags);
}

/* Of objects that ask as one the mark may name any. */
static const char *
reason_to_update(const struct candidate *candidate, const struct have *have,
    struct want want)
{
	if (have->resource != NULL &&
	    strlist_has(&candidate->resources, have->resource))
		want.resource = have->resource;
	return diff_reason(have, &want);
}

static void
update(const struct row *row, const struct candidate *candidate,
    struct rrset *rrset)
{
	struct plan *plan = row->plan;
	struct decision change = at_candidate(row, candidate);
	bool adopts = owner_may_adopt(plan->config, rrset);
	enum skip why = may_be_given(row, rrset);
	struct have have;

	if (!adopts && !owner_is_ours(plan->config, rrset)) {
		skip(row, candidate, SKIP_FOREIGN,
		    owner_text(&plan->scratch, rrset));
		return;
	}
	if (why != SKIP_NONE) {
		skip(row, candidate, why, NULL);
		return;
	}
	rrsets_have(&plan->scratch, rrset, &have);
	fill_want(row, candidate, &have, &change.want);
	change.reason = reason_to_update(candidate, &have, change.want);
	rrsets_done(&have);
	if (adopts && change.want.owner != NULL)
		change.reason = "adopt";
	if (change.reason == NULL)
		return;
	change.type = MESSAGE_UPDATE;
	change.rrset = rrset;
	why = policy_allows(plan->config->policy, MESSAGE_UPDATE) ? SKIP_NONE
								  : SKIP_POLICY;
	decide_add(plan, row->out, why, &change);
}

/*
 * What stands in the way of a new record set. SKIP_NONE: nothing, or only
 * record sets that it replaces.
 */
static enum skip
clear_the_way(const struct row *row, const struct candidate *candidate,
    struct decision *change)
{
	struct plan *plan = row->plan;
	struct rrset *rrset = row->name->rrsets;
	enum skip why = SKIP_NONE;

	if (candidate->rtype == RTYPE_CNAME &&
	    strcmp(names_text(row->name), row->zone->name) == 0) {
		change->message = "there can be no CNAME at the apex of a zone";
		return SKIP_FOREIGN;
	}
	for (; rrset != NULL; rrset = rrset->next) {
		bool excludes =
		    conflict_excludes(candidate->rtype, rrset->rtype);

		if (rrset->zone != row->zone || rrsets_is_orphan(rrset))
			continue;
		if (!owner_is_ours(plan->config, rrset)) {
			bool blocks = rrset->is_opaque || excludes ||
				      (is_managed(row, rrset) &&
					  rrset->rtype != RTYPE_NS);

			if (!blocks)
				continue;
			change->message = owner_text(&plan->scratch, rrset);
			return SKIP_FOREIGN;
		}
		if (!excludes)
			continue;
		change->replaces[change->n_replaces++] = rrset;
		if (why == SKIP_NONE)
			why = is_managed(row, rrset) ? may_go(row, rrset)
						     : SKIP_UNMANAGED;
	}
	return why;
}

static void
create(const struct row *row, const struct candidate *candidate,
    struct rrset *mark)
{
	struct plan *plan = row->plan;
	struct decision change = at_candidate(row, candidate);
	enum skip why = clear_the_way(row, candidate, &change);

	if (why == SKIP_NONE && mark != NULL &&
	    !owner_is_ours(plan->config, mark)) {
		why = SKIP_FOREIGN;
		change.message = owner_text(&plan->scratch, mark);
	}
	/* Its holder cannot be known now: that is a reason to be told. */
	if (why == SKIP_LATER)
		why = SKIP_SOURCE_INCOMPLETE;
	change.type = MESSAGE_CREATE;
	change.rrset = mark;
	change.reason = change.n_replaces > 0 ? "type" : "new";
	fill_want(row, candidate, NULL, &change.want);
	decide_add(plan, row->out, why, &change);
}

static void
carry_out(const struct row *row, const struct candidate *candidate)
{
	struct rrset *rrset =
	    rrsets_find(row->name, row->zone, candidate->rtype);

	if (!policy_admits(row->plan, row->zone, candidate))
		skip(row, candidate, SKIP_PRIVATE_ADDRESS, NULL);
	else if (rrset == NULL || rrsets_is_orphan(rrset))
		create(row, candidate, rrset);
	else
		update(row, candidate, rrset);
}

/* -- deletions ------------------------------------------------------------ */

/* A creation of another type at this name takes it away, or waits with it. */
static bool
is_to_be_replaced(const struct row *row, const struct rrset *rrset)
{
	for (enum rtype i = 1; i < RTYPE_COUNT; i++) {
		const struct rrset *there =
		    rrsets_find(row->name, row->zone, i);

		if (row->winners[i] != NULL && row->zone == rrset->zone &&
		    conflict_excludes(i, rrset->rtype) &&
		    (there == NULL || rrsets_is_orphan(there)))
			return true;
	}
	return false;
}

/* The name has moved and is there, with our mark. */
static bool
has_arrived(const struct row *row, enum rtype rtype)
{
	const struct rrset *rrset = rrsets_find(row->name, row->zone, rtype);

	return row->no_place == SKIP_NONE && rrset != NULL &&
	       !rrsets_is_orphan(rrset) &&
	       owner_is_ours(row->plan->config, rrset);
}

static void
remove_one(const struct row *row, struct rrset *rrset)
{
	struct decision change = decide_at(rrset);
	bool is_wanted = row->winners[rrset->rtype] != NULL;
	enum skip why;

	change.type = MESSAGE_DELETE;
	change.reason = "gone";
	if (!is_managed(row, rrset) || (is_wanted && rrset->zone == row->zone))
		return;
	why = may_go(row, rrset);
	if (why == SKIP_LATER || is_to_be_replaced(row, rrset))
		return;
	if (is_wanted) {
		change.reason = "moved";
		if (!has_arrived(row, rrset->rtype))
			return;
	}
	if (rrsets_is_orphan(rrset)) {
		change.reason = "orphan";
		if (rrset->zone->n_listings < rrset->listing + 2)
			return;
	}
	decide_add(row->plan, row->out, why, &change);
}

/* -- the row -------------------------------------------------------------- */

static bool
asks_the_same(const struct candidate *a, const struct candidate *b)
{
	return strlist_equal(&a->targets, &b->targets) &&
	       (a->ttl_s <= 0 || b->ttl_s <= 0 || a->ttl_s == b->ttl_s);
}

static void
choose_winners(struct row *row)
{
	for (enum rtype i = 1; i < RTYPE_COUNT; i++)
		row->winners[i] = conflict_choose(row->candidates, row->n, i,
		    rrsets_find(row->name, row->zone, i));
	for (size_t i = 0; i < row->n; i++) {
		struct candidate *one = &row->candidates[i];
		struct candidate *winner = row->winners[one->rtype];

		if (one == winner ||
		    (winner != NULL && asks_the_same(one, winner)))
			continue;
		skip(row, one, SKIP_CONFLICT_LOST,
		    winner == NULL || winner->resource == NULL
			? NULL
			: arena_format(&row->plan->scratch, "%s has this name",
			      winner->resource));
	}
}

void
row_decide(struct plan *plan, struct name *name, struct decisions *out)
{
	struct row row = { .plan = plan, .name = name, .out = out };
	bool hands_over = plan->config->hand_over_to != NULL;
	bool is_frozen = false;

	for (struct ask *ask = name->asks; ask != NULL; ask = ask->next) {
		is_frozen = is_frozen || ask_is_frozen(ask);
		row.keep = row.keep || ask_is_partial(ask);
	}
	if (is_frozen)
		return;
	row.no_place = zones_place(plan, names_text(name), &row.zone);
	row.n = conflict_candidates(plan, name, &row.candidates);
	choose_winners(&row);
	for (enum rtype i = 1; i < RTYPE_COUNT; i++) {
		if (row.winners[i] == NULL)
			continue;
		if (row.no_place != SKIP_NONE)
			skip(&row, row.winners[i], row.no_place, NULL);
		else if (!hands_over)
			carry_out(&row, row.winners[i]);
	}
	for (struct rrset *rrset = name->rrsets; rrset != NULL;
	     rrset = rrset->next)
		if (hands_over)
			hand_over(plan, rrset, out);
		else
			remove_one(&row, rrset);
}
