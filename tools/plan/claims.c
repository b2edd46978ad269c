// SPDX-License-Identifier: ISC
/*
 * claims -- what the objects ask for: the endpoints stream.
 *
 * A line replaces all that its object asked for before. Names that it no
 * longer lists are marked, as are those that it lists otherwise than before;
 * what is the same stays, with what was said of it.
 *
 * An object that cannot be known now freezes what it owns: without limit, or
 * until its deadline when all that is missing is an address.
 */
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "heap.h"
#include "log.h"
#include "plan.h"

static const char *const pending_reasons[] = { "AddressPending",
	"NotAccepted" };

bool
claims_is_unknown(const struct plan *plan, const char *resource)
{
	return resource != NULL && table_find(&plan->unknown, resource) != NULL;
}

/* -- pending: cannot be known now ----------------------------------------- */

static void
set_pending(struct plan *plan, struct claimant *claimant, bool pending)
{
	struct unknown *unknown = claimant->unknown;
	unsigned *n;

	if (unknown->pending == pending)
		return;
	unknown->pending = pending;
	n = table_put(&plan->unknown, unknown->resource, NULL);
	*n += pending ? 1U : -1U;
	if (*n == 0)
		(void)table_drop(&plan->unknown, unknown->resource);
	owned_mark(plan, unknown->resource);
	for (struct ask *ask = claimant->asks; ask != NULL;
	     ask = ask->next_of_claim)
		names_mark(plan, ask->name);
}

/* The object behind a claim, as the source writes it into its labels. */
static const char *
resource_of(struct arena *arena, const struct claimant *claimant,
    const struct claim *claim)
{
	for (size_t i = 0; i < claim->n_endpoints; i++)
		if (claim->endpoints[i].labels.resource != NULL)
			return claim->endpoints[i].labels.resource;
	return asks_usual_resource(arena, claimant, claim->owner_name);
}

static bool
ends_by_itself(const char *reason)
{
	for (size_t i = 0; i < COUNT(pending_reasons); i++)
		if (strcmp(reason, pending_reasons[i]) == 0)
			return true;
	return false;
}

static struct unknown *
new_unknown(const char *resource)
{
	size_t n = strlen(resource) + 1;
	struct unknown *unknown = heap_new(sizeof(*unknown) + n);

	unknown->deadline_s = -1;
	memcpy(unknown->resource, resource, n);
	return unknown;
}

/* A deadline that runs, or has run out, is not moved by being told again. */
static void
become_unknown(struct plan *plan, struct claimant *claimant,
    const char *resource, bool ends)
{
	int64_t deadline_s =
	    plan->now_s + (plan->config->address_grace_ms + 999) / 1000;

	if (claimant->unknown == NULL)
		claimant->unknown = new_unknown(resource);
	if (!ends)
		claimant->unknown->deadline_s = -1;
	else if (claimant->unknown->deadline_s < 0)
		claimant->unknown->deadline_s = (int32_t)deadline_s;
	set_pending(plan, claimant,
	    !ends || plan->now_s < claimant->unknown->deadline_s);
}

static void
become_known(struct plan *plan, struct claimant *claimant)
{
	if (claimant->unknown == NULL)
		return;
	set_pending(plan, claimant, false);
	owned_mark(plan, claimant->unknown->resource);
	free(claimant->unknown);
	claimant->unknown = NULL;
}

/* -- lines ---------------------------------------------------------------- */

static void
put_claim(struct plan *plan, struct arena *arena, const struct claim *claim,
    const char *key)
{
	bool added;
	struct claimant *claimant = table_put(&plan->claims, key, &added);
	struct ask *old = claimant->asks;
	const char *resource = resource_of(arena, claimant, claim);

	claimant->asks = NULL;
	claimant->source = sources_get(
	    plan, arena_copy_n(arena, claim->name, strcspn(claim->name, ".")));
	for (size_t i = 0; i < claim->n_endpoints; i++)
		asks_put_endpoint(plan, claimant, &old, &claim->endpoints[i]);
	for (size_t i = 0; i < claim->n_rejected; i++)
		asks_put_rejection(
		    plan, claimant, &old, &claim->rejected[i], resource);
	if (claim->unknown != NULL && !ends_by_itself(claim->unknown)) {
		asks_put_unknown(
		    plan, claimant, &old, claim->unknown, resource);
	}
	while (old != NULL) {
		struct ask *next = old->next_of_claim;

		asks_drop(plan, old);
		old = next;
	}
	if (claim->unknown != NULL)
		become_unknown(
		    plan, claimant, resource, ends_by_itself(claim->unknown));
	else
		become_known(plan, claimant);
}

static void
drop_claim(struct plan *plan, const char *key)
{
	struct claimant *claimant = table_find(&plan->claims, key);

	if (claimant == NULL)
		return;
	become_known(plan, claimant);
	while (claimant->asks != NULL) {
		struct ask *next = claimant->asks->next_of_claim;

		asks_drop(plan, claimant->asks);
		claimant->asks = next;
	}
	(void)table_drop(&plan->claims, key);
}

static void
mark_source(struct plan *plan, const char *name, enum message_state state)
{
	struct source *source = sources_get(plan, name);

	if (source->has_mark && source->state == state)
		return;
	source->has_mark = true;
	source->state = state;
	if (state != STATE_COMPLETE)
		log_warning("source %s: %s: what it owns is not deleted", name,
		    message_state_name(state));
	names_mark_all(plan);
}

bool
claims_read(
    struct plan *plan, struct line_reader *reader, jv line, struct error *err)
{
	struct arena *arena = &reader->arena;
	jv object = json_at(line, "object");
	enum message_state state;
	struct claim claim;
	const char *key;

	if (!message_decode_claim(arena, object, &claim, err))
		return false;
	key = arena_format(arena, "%s/%s",
	    claim.namespace != NULL ? claim.namespace : "", claim.name);
	switch ((int)message_type(line)) {
	case MESSAGE_ADDED:
	case MESSAGE_MODIFIED:
		put_claim(plan, arena, &claim, key);
		return true;
	case MESSAGE_DELETED:
		drop_claim(plan, key);
		return true;
	case MESSAGE_BOOKMARK:
		if (message_state(object, &state))
			mark_source(plan,
			    arena_copy_n(
				arena, claim.name, strcspn(claim.name, ".")),
			    state);
		return true;
	default:
		return error_set(err, CAUSE_INVALID,
		    "type: neither ADDED, MODIFIED, DELETED nor BOOKMARK");
	}
}

void
claims_tick(struct plan *plan)
{
	struct claimant *claimant;
	size_t cursor = 0;

	if (plan->unknown.n == 0)
		return;
	while ((claimant = table_next(&plan->claims, &cursor)) != NULL)
		if (claimant->unknown != NULL && claimant->unknown->pending &&
		    claimant->unknown->deadline_s >= 0 &&
		    plan->now_s >= claimant->unknown->deadline_s)
			set_pending(plan, claimant, false);
}

bool
claims_are_marked(const struct plan *plan)
{
	const struct source *source;
	size_t cursor = 0;

	while ((source = table_next(&plan->sources, &cursor)) != NULL)
		if (!source->has_mark)
			return false;
	return plan->sources.n > 0;
}
