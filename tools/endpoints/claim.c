// SPDX-License-Identifier: ISC
/*
 * claim -- from names and targets to endpoints in normal form.
 *
 *	default targets -> normal form -> merge -> NAT64 -> target nets ->
 *	PTR -> least TTL -> sort
 *
 * The order is that of external-dns source/wrappers/types.go, but that bad
 * names and targets are found before equal ones are merged. What belongs to
 * options alone is in wrap.c. No step costs more than sorting does, because
 * an annotation may hold a hundred thousand names.
 */
#include "claim.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "count.h"
#include "dnsname.h"
#include "ip.h"
#include "line.h"
#include "text.h"
#include "wrap.h"

#define REJECTED_MAX     100 /* of one object; one more says so */
#define NAME_BYTES_MAX   253 /* longer ones are not quoted whole */
#define NAME_BYTES_SHOWN 64
#define ENDPOINT_BYTES   64 /* of a line, without what it names, or less */
#define TARGET_BYTES     3

static const char *const unknown_weights[] = {
	UNKNOWN_ADDRESS,
	UNKNOWN_ACCEPTANCE,
	UNKNOWN_UNAVAILABLE,
	UNKNOWN_FORBIDDEN,
	UNKNOWN_TEMPLATE,
	UNKNOWN_OVERSIZED,
};

static size_t
weight(const char *reason)
{
	size_t i = 0;

	if (reason == NULL)
		return 0;
	while (i < COUNT(unknown_weights) &&
	       strcmp(unknown_weights[i], reason) != 0)
		i++;
	return i + 1;
}

void
claim_unknown(struct claim_draft *draft, const char *reason)
{
	if (weight(reason) > weight(draft->claim.unknown))
		draft->claim.unknown = reason;
}

void
claim_give_up(struct claim *claim)
{
	claim->n_endpoints = 0;
	claim->n_rejected = 0;
	claim->unknown = UNKNOWN_OVERSIZED;
}

static bool
is_rejected(const struct claim *claim, const char *name, const char *message)
{
	for (size_t i = 0; i < claim->n_rejected; i++)
		if (strcmp(claim->rejected[i].message, message) == 0 &&
		    (name == NULL || claim->rejected[i].name == NULL ||
			strcmp(claim->rejected[i].name, name) == 0))
			return true;
	return false;
}

void
claim_reject(struct claim_draft *draft, const char *name, const char *field,
    const char *reason, const char *message)
{
	struct claim *claim = &draft->claim;

	if (claim->n_rejected > REJECTED_MAX)
		return;
	if (claim->n_rejected == REJECTED_MAX) {
		name = NULL;
		message = "and more of this object";
	}
	if (name != NULL && strlen(name) > NAME_BYTES_MAX)
		name = arena_format(
		    draft->arena, "%.*s...", NAME_BYTES_SHOWN, name);
	if (is_rejected(claim, name, message))
		return;
	claim->rejected = arena_grow(draft->arena, claim->rejected,
	    claim->n_rejected, sizeof(*claim->rejected));
	claim->rejected[claim->n_rejected++] = (struct rejection){
		.name = name,
		.field = field,
		.reason = reason,
		.message = message,
	};
}

static size_t
bytes_of(const struct endpoint *endpoint)
{
	size_t n = ENDPOINT_BYTES + strlen(endpoint->name);

	if (endpoint->labels.resource != NULL)
		n += strlen(endpoint->labels.resource);
	for (size_t i = 0; i < endpoint->targets.n; i++)
		n += strlen(endpoint->targets.items[i]) + TARGET_BYTES;
	return n;
}

bool
claim_is_full(const struct claim_draft *draft)
{
	return draft->bytes > (size_t)2 * LINE_BYTES_MAX;
}

void
claim_property(struct claim_draft *draft, const char *name, const char *value)
{
	draft->properties = arena_grow(draft->arena, draft->properties,
	    draft->n_properties, sizeof(*draft->properties));
	draft->properties[draft->n_properties++] =
	    (struct property){ name, value };
}

struct endpoint *
claim_add(struct claim_draft *draft, const char *name, enum rtype rtype)
{
	struct claim *claim = &draft->claim;
	struct endpoint *endpoint;

	claim->endpoints = arena_grow(draft->arena, claim->endpoints,
	    claim->n_endpoints, sizeof(*claim->endpoints));
	endpoint = &claim->endpoints[claim->n_endpoints++];
	*endpoint = (struct endpoint){
		.name = name,
		.rtype = rtype,
		.ttl_s = draft->ttl_s,
		.set_identifier = text_equal(draft->set_identifier, "")
				      ? NULL
				      : draft->set_identifier,
		.labels = { .resource = draft->resource },
		.properties = draft->properties,
		.n_properties = draft->n_properties,
	};
	return endpoint;
}

/* An address decides; everything else is taken for a host name. */
static enum rtype
rtype_of_target(const char *target)
{
	struct ip ip;

	if (!ip_parse(target, &ip))
		return RTYPE_CNAME;
	return ip.version == 4 ? RTYPE_A : RTYPE_AAAA;
}

void
claim_host(
    struct claim_draft *draft, const char *host, const struct strlist *targets)
{
	static const enum rtype rtypes[] = { RTYPE_A, RTYPE_AAAA, RTYPE_CNAME };

	if (host == NULL || *host == '\0' || claim_is_full(draft))
		return;
	for (size_t i = 0; i < COUNT(rtypes); i++) {
		struct endpoint *endpoint = NULL;

		for (size_t j = 0; j < targets->n; j++) {
			if (*targets->items[j] == '\0' ||
			    rtype_of_target(targets->items[j]) != rtypes[i])
				continue;
			if (endpoint == NULL)
				endpoint = claim_add(draft, host, rtypes[i]);
			strlist_add(&endpoint->targets, draft->arena,
			    targets->items[j]);
		}
		if (endpoint != NULL)
			draft->bytes += bytes_of(endpoint);
	}
}

void
claim_host_each(
    struct claim_draft *draft, const char *host, const struct strlist *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		claim_host(draft, host,
		    &(struct strlist){ .items = &targets->items[i], .n = 1 });
}

void
claim_record(struct claim_draft *draft, const char *name, enum rtype rtype,
    const struct strlist *targets)
{
	struct endpoint *endpoint;

	if (claim_is_full(draft))
		return;
	endpoint = claim_add(draft, name, rtype);
	strlist_add_all(&endpoint->targets, draft->arena, targets);
	draft->bytes += bytes_of(endpoint);
}

static bool
is_below(const char *name, const char *zone)
{
	return dnsname_is_within(name, zone) && strcmp(name, zone) != 0;
}

/* The name of a PTR record is one of an address: RFC 1035 section 3.5. */
static bool
check_reverse(const struct endpoint *endpoint, struct error *err)
{
	struct ip ip;

	if (endpoint->rtype != RTYPE_PTR)
		return true;
	if (!is_below(endpoint->name, "in-addr.arpa") &&
	    !is_below(endpoint->name, "ip6.arpa"))
		return error_set(err, CAUSE_INVALID,
		    "a PTR record needs a name below in-addr.arpa or ip6.arpa");
	for (size_t i = 0; i < endpoint->targets.n; i++)
		if (ip_parse(endpoint->targets.items[i], &ip))
			return error_set(err, CAUSE_INVALID,
			    "an address is no target of a PTR record");
	return true;
}

/* All targets in normal form, sorted; false: one of them cannot be. */
static bool
normalise_targets(
    struct arena *arena, struct endpoint *endpoint, struct error *err)
{
	struct strlist normal = { 0 };

	if (!check_reverse(endpoint, err))
		return false;
	for (size_t i = 0; i < endpoint->targets.n; i++) {
		const char *target = rtype_normalise(
		    arena, endpoint->rtype, endpoint->targets.items[i], err);

		if (target == NULL)
			return false;
		strlist_add(&normal, arena, target);
	}
	strlist_sort_unique(&normal);
	endpoint->targets = normal;
	return true;
}

static bool
normalise(struct claim_draft *draft, struct endpoint *endpoint)
{
	struct error err = { 0 };
	const char *given = endpoint->name;
	const char *name = dnsname_normalise(draft->arena, given, &err);

	if (name == NULL) {
		claim_reject(draft, given, "dnsName", REJECT_NAME,
		    arena_copy(draft->arena, err.text));
		return false;
	}
	endpoint->name = name;
	if (endpoint->targets.n == 0) {
		claim_reject(draft, name, "targets", REJECT_EMPTY,
		    "a record without targets, and no --default-targets");
		return false;
	}
	if (!normalise_targets(draft->arena, endpoint, &err)) {
		claim_reject(draft, name, "targets", REJECT_TARGET,
		    arena_copy(draft->arena, err.text));
		return false;
	}
	return true;
}

static void
normalise_all(struct claim_draft *draft)
{
	struct claim *claim = &draft->claim;
	size_t n = 0;

	for (size_t i = 0; i < claim->n_endpoints; i++)
		if (normalise(draft, &claim->endpoints[i]))
			claim->endpoints[n++] = claim->endpoints[i];
	claim->n_endpoints = n;
}

static const char *
set_identifier_of(const struct endpoint *endpoint)
{
	return endpoint->set_identifier == NULL ? "" : endpoint->set_identifier;
}

static int
compare_identity(const struct endpoint *a, const struct endpoint *b)
{
	int order = strcmp(a->name, b->name);

	if (order == 0)
		order = (int)a->rtype - (int)b->rtype;
	if (order == 0)
		order = (a->ttl_s > b->ttl_s) - (a->ttl_s < b->ttl_s);
	if (order == 0)
		order = strcmp(set_identifier_of(a), set_identifier_of(b));
	return order;
}

static int
compare_endpoints(const void *a, const void *b)
{
	const struct endpoint *left = a;
	const struct endpoint *right = b;
	int order = compare_identity(left, right);

	return order != 0
		   ? order
		   : strcmp(left->targets.items[0], right->targets.items[0]);
}

static void
sort(struct claim *claim)
{
	if (claim->n_endpoints > 1)
		qsort(claim->endpoints, claim->n_endpoints,
		    sizeof(*claim->endpoints), compare_endpoints);
}

/* CNAMEs of different targets stay apart, because one of them has to win,
 * unless the source took them all for one name. */
static bool
are_one(const struct claim_draft *draft, const struct endpoint *a,
    const struct endpoint *b)
{
	return compare_identity(a, b) == 0 &&
	       (a->rtype != RTYPE_CNAME || draft->joined ||
		   strcmp(a->targets.items[0], b->targets.items[0]) == 0);
}

/* Unite the targets of equal ones; the label of the first stays. */
static void
merge(struct claim_draft *draft)
{
	struct claim *claim = &draft->claim;
	size_t n = 0;

	sort(claim);
	for (size_t i = 0; i < claim->n_endpoints; i++) {
		struct endpoint *next = &claim->endpoints[i];
		struct endpoint *last = n > 0 ? &claim->endpoints[n - 1] : NULL;

		if (last == NULL || !are_one(draft, last, next)) {
			claim->endpoints[n++] = *next;
			continue;
		}
		strlist_add_all(&last->targets, draft->arena, &next->targets);
		if (last->labels.resource == NULL)
			last->labels.resource = next->labels.resource;
	}
	claim->n_endpoints = n;
	for (size_t i = 0; i < n; i++)
		strlist_sort_unique(&claim->endpoints[i].targets);
}

static bool
fits_a_line(const struct claim *claim)
{
	size_t n = 0;

	for (size_t i = 0; i < claim->n_endpoints; i++)
		n += bytes_of(&claim->endpoints[i]);
	return n <= LINE_BYTES_MAX;
}

static void
finish(struct claim_draft *draft)
{
	wrap_defaults(draft);
	normalise_all(draft);
	merge(draft);
	wrap_nat64(draft);
	wrap_nets(draft);
	wrap_ptr(draft);
	wrap_ttl(draft);
	sort(&draft->claim);
}

void
claim_finish(struct claim_draft *draft)
{
	if (!claim_is_full(draft))
		finish(draft);
	if (claim_is_full(draft) || !fits_a_line(&draft->claim))
		claim_give_up(&draft->claim);
}
