// SPDX-License-Identifier: ISC
/*
 * owned -- the record sets that an object owns, found by its resource text.
 *
 * Needed when an object appears that cannot be known, or is known again: the
 * names it had before a start stand in no claim. A hash table of chains
 * through the rrsets themselves, doubled when they get longer than one.
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "plan.h"
#include "text.h"

#define CHAINS_MIN 64

static struct rrset **
chain(const struct plan *plan, const char *resource)
{
	uint64_t hash = text_hash(TEXT_HASH, resource, strlen(resource));

	return &plan->owned[hash & (plan->n_chains - 1)];
}

static void
link_in(struct plan *plan, struct rrset *rrset)
{
	struct rrset **head = chain(plan, rrsets_resource(rrset));

	rrset->next_owned = *head;
	*head = rrset;
}

static void
grow(struct plan *plan)
{
	struct rrset **old = plan->owned;
	size_t n_old = plan->n_chains;

	plan->n_chains = n_old == 0 ? CHAINS_MIN : 2 * n_old;
	plan->owned = heap_new(plan->n_chains * sizeof(struct rrset *));
	for (size_t i = 0; i < n_old; i++)
		for (struct rrset *rrset = old[i], *next; rrset != NULL;
		     rrset = next) {
			next = rrset->next_owned;
			link_in(plan, rrset);
		}
	free(old);
}

void
owned_add(struct plan *plan, struct rrset *rrset)
{
	if (rrsets_resource(rrset) == NULL)
		return;
	if (plan->n_owned >= plan->n_chains)
		grow(plan);
	plan->n_owned++;
	link_in(plan, rrset);
}

void
owned_drop(struct plan *plan, struct rrset *rrset)
{
	struct rrset **place;

	if (rrsets_resource(rrset) == NULL)
		return;
	place = chain(plan, rrsets_resource(rrset));
	while (*place != rrset)
		place = &(*place)->next_owned;
	*place = rrset->next_owned;
	plan->n_owned--;
}

void
owned_mark(struct plan *plan, const char *resource)
{
	struct rrset *rrset =
	    plan->n_chains == 0 ? NULL : *chain(plan, resource);

	for (; rrset != NULL; rrset = rrset->next_owned)
		if (strcmp(rrsets_resource(rrset), resource) == 0)
			names_mark(plan, rrset->name);
}
