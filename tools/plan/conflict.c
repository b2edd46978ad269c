// SPDX-License-Identifier: ISC
/*
 * conflict -- who gets a name when several objects want it.
 *
 * 1 Unite   asks of one source, name and type become one candidate: service
 *           whatever their TTL, the others with equal TTL. The first by
 *           resource gives TTL and resource. CNAMEs are not united, but equal
 *           ones are one.
 * 2 Types   a CNAME loses against every other type at its name.
 * 3 Choose  of one type: whoever has the record set already, else the least:
 *           fewer targets, then addresses before names and by value, then
 *           bytewise; then by source as configured, then by resource.
 *
 * external-dns: endpoint/utils.go MergeEndpoints, plan/conflict.go,
 * endpoint/endpoint.go IsLess.
 */
#include <stdlib.h>
#include <string.h>

#include "ip.h"
#include "plan.h"

#define SOURCE_THAT_IGNORES_TTL "service"

/* Source as configured, then resource, then object. */
static int
by_rank(const void *a, const void *b)
{
	const struct ask *x = *(struct ask *const *)a;
	const struct ask *y = *(struct ask *const *)b;
	const struct source *xs = x->claimant->source;
	const struct source *ys = y->claimant->source;
	int order;

	if (xs->rank != ys->rank)
		return xs->rank < ys->rank ? -1 : 1;
	order = strcmp(table_key(xs), table_key(ys));
	if (order == 0)
		order = strcmp(x->bytes, y->bytes);
	if (order == 0)
		order = strcmp(table_key(x->claimant), table_key(y->claimant));
	return order;
}

static bool
is_usable(const struct plan *plan, const struct ask *ask)
{
	return ask->complaint == SKIP_NONE && ask->n_targets > 0 &&
	       config_manages(plan->config, ask->rtype);
}

static size_t
usable_asks(struct plan *plan, const struct name *name, struct ask ***out)
{
	struct ask **asks = NULL;
	size_t n = 0;

	for (struct ask *ask = name->asks; ask != NULL; ask = ask->next) {
		if (!is_usable(plan, ask))
			continue;
		asks =
		    arena_grow(&plan->scratch, asks, n, sizeof(struct ask *));
		asks[n++] = ask;
	}
	if (n > 1)
		qsort(asks, n, sizeof(struct ask *), by_rank);
	*out = asks;
	return n;
}

static bool
unites(const struct candidate *candidate, const struct ask *ask,
    const struct strlist *targets)
{
	const char *source = table_key(ask->claimant->source);

	if (candidate->rtype != ask->rtype ||
	    candidate->ask->claimant->source != ask->claimant->source)
		return false;
	if (ask->rtype == RTYPE_CNAME)
		return candidate->ttl_s == ask->ttl_s &&
		       strlist_equal(&candidate->targets, targets);
	return candidate->ttl_s == ask->ttl_s ||
	       strcmp(source, SOURCE_THAT_IGNORES_TTL) == 0;
}

static struct candidate *
find_united(struct candidate *candidates, size_t n, const struct ask *ask,
    const struct strlist *targets)
{
	for (size_t i = 0; i < n; i++)
		if (unites(&candidates[i], ask, targets))
			return &candidates[i];
	return NULL;
}

static void
lose_cnames(struct candidate *candidates, size_t n)
{
	bool has_other = false;

	for (size_t i = 0; i < n; i++)
		if (candidates[i].rtype != RTYPE_CNAME)
			has_other = true;
	for (size_t i = 0; i < n; i++)
		if (has_other && candidates[i].rtype == RTYPE_CNAME)
			candidates[i].lost = true;
}

size_t
conflict_candidates(
    struct plan *plan, const struct name *name, struct candidate **out)
{
	struct candidate *all = NULL;
	struct ask **asks;
	size_t n_asks = usable_asks(plan, name, &asks);
	size_t n = 0;

	for (size_t i = 0; i < n_asks; i++) {
		const char *resource = ask_resource(&plan->scratch, asks[i]);
		struct strlist targets = { 0 };
		struct candidate *one;

		ask_targets(&plan->scratch, asks[i], &targets);
		one = find_united(all, n, asks[i], &targets);
		if (one == NULL) {
			all = arena_grow(&plan->scratch, all, n, sizeof(*all));
			one = &all[n++];
			one->rtype = asks[i]->rtype;
			one->ttl_s = asks[i]->ttl_s;
			one->resource = resource;
			one->ask = asks[i];
		}
		if (resource != NULL)
			strlist_add(&one->resources, &plan->scratch, resource);
		strlist_add_all(&one->targets, &plan->scratch, &targets);
		strlist_sort_unique(&one->targets);
		if (ask_is_partial(asks[i]))
			one->partial = true;
	}
	lose_cnames(all, n);
	*out = all;
	return n;
}

/* Addresses before names, IPv4 before IPv6, by value. */
static int
compare_targets(const char *a, const char *b)
{
	struct ip x, y;
	bool is_x = ip_parse(a, &x);
	bool is_y = ip_parse(b, &y);

	if (is_x != is_y)
		return is_x ? -1 : 1;
	if (!is_x)
		return strcmp(a, b);
	if (x.version != y.version)
		return x.version - y.version;
	return memcmp(x.bytes, y.bytes, x.version == 4 ? 4 : 16);
}

static bool
is_less(const struct strlist *a, const struct strlist *b)
{
	if (a->n != b->n)
		return a->n < b->n;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return compare_targets(a->items[i], b->items[i]) < 0;
	return false;
}

/* One of its objects has the record set; or neither says an object. */
static bool
is_held_by(const struct candidate *candidate, const struct rrset *rrset)
{
	const char *holder = rrsets_resource(rrset);

	return holder == NULL ? candidate->resource == NULL
			      : strlist_has(&candidate->resources, holder);
}

struct candidate *
conflict_choose(struct candidate *candidates, size_t n, enum rtype rtype,
    const struct rrset *rrset)
{
	struct candidate *best = NULL;
	struct candidate *holder = NULL;

	for (size_t i = 0; i < n; i++) {
		struct candidate *one = &candidates[i];

		if (one->rtype != rtype || one->lost)
			continue;
		if (best == NULL || is_less(&one->targets, &best->targets))
			best = one;
		if (rrset == NULL || !is_held_by(one, rrset))
			continue;
		if (holder == NULL || is_less(&one->targets, &holder->targets))
			holder = one;
	}
	return holder != NULL ? holder : best;
}

bool
conflict_excludes(enum rtype a, enum rtype b)
{
	return (a == RTYPE_CNAME) != (b == RTYPE_CNAME);
}
