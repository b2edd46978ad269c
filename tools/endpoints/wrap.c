// SPDX-License-Identifier: ISC
/*
 * wrap -- external-dns source/wrappers, on the endpoints of one object.
 *
 * Two of its rules look at the endpoints of all objects at once and here look
 * at those of one: a PTR record lists the names that one object gives to an
 * address, and carries that object's label, without which it could not be
 * deleted safely.
 */
#include "wrap.h"

#include <string.h>

#include "arena.h"
#include "claim.h"
#include "config.h"
#include "dnsname.h"
#include "ip.h"
#include "table.h"

#define NAT64_OFFSET 12 /* of the IPv4 address: RFC 6052 with /96 */

void
wrap_defaults(struct claim_draft *draft)
{
	const struct config *config = draft->config;
	struct claim *claim = &draft->claim;
	struct claim_draft out = *draft;

	if (config->default_targets.n == 0)
		return;
	out.claim.endpoints = NULL;
	out.claim.n_endpoints = 0;
	out.bytes = 0;
	for (size_t i = 0; i < claim->n_endpoints; i++) {
		const struct endpoint *endpoint = &claim->endpoints[i];

		out.ttl_s = endpoint->ttl_s;
		out.resource = endpoint->labels.resource;
		out.properties = endpoint->properties;
		out.n_properties = endpoint->n_properties;
		if (endpoint->targets.n == 0 || config->force_default_targets)
			claim_host(
			    &out, endpoint->name, &config->default_targets);
		else
			*claim_add(&out, endpoint->name, endpoint->rtype) =
			    *endpoint;
	}
	draft->claim = out.claim;
	draft->bytes = out.bytes;
}

static bool
is_in(const struct nets *nets, const struct ip *ip)
{
	for (size_t i = 0; i < nets->n; i++)
		if (ip_is_within(ip, &nets->items[i]))
			return true;
	return false;
}

/* Add the A of one AAAA endpoint. */
static void
translate(struct claim_draft *draft, const struct endpoint *from)
{
	struct strlist targets = { 0 };
	struct ip ip;

	for (size_t i = 0; i < from->targets.n; i++) {
		struct ip v4 = { .version = 4 };

		if (!ip_parse(from->targets.items[i], &ip) ||
		    !is_in(&draft->config->nat64, &ip))
			continue;
		memcpy(v4.bytes, ip.bytes + NAT64_OFFSET, 4);
		strlist_add(
		    &targets, draft->arena, ip_print(draft->arena, &v4));
	}
	if (targets.n == 0)
		return;
	strlist_sort_unique(&targets);
	draft->ttl_s = from->ttl_s;
	draft->set_identifier = from->set_identifier;
	draft->resource = from->labels.resource;
	draft->properties = from->properties;
	draft->n_properties = from->n_properties;
	claim_record(draft, from->name, RTYPE_A, &targets);
}

void
wrap_nat64(struct claim_draft *draft)
{
	size_t n = draft->claim.n_endpoints;

	if (draft->config->nat64.n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		struct endpoint endpoint = draft->claim.endpoints[i];

		if (endpoint.rtype == RTYPE_AAAA)
			translate(draft, &endpoint);
	}
}

/* A network of version 4 holds its addresses as IPv6 writes them, too:
 * RFC 4291 section 2.5.5.2, and what Go's net does. */
static void
unmap(struct ip *ip)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	if (ip->version == 6 && memcmp(ip->bytes, prefix, 12) == 0) {
		ip->version = 4;
		memmove(ip->bytes, ip->bytes + 12, 4);
	}
}

static bool
passes_nets(const struct config *config, const char *target)
{
	struct ip ip;

	if (!ip_parse(target, &ip))
		return config->include.n == 0;
	unmap(&ip);
	return (config->include.n == 0 || is_in(&config->include, &ip)) &&
	       !is_in(&config->exclude, &ip);
}

void
wrap_nets(struct claim_draft *draft)
{
	struct claim *claim = &draft->claim;
	size_t n = 0;

	if (draft->config->include.n == 0 && draft->config->exclude.n == 0)
		return;
	for (size_t i = 0; i < claim->n_endpoints; i++) {
		struct strlist *targets = &claim->endpoints[i].targets;
		size_t kept = 0;

		for (size_t j = 0; j < targets->n; j++)
			if (passes_nets(draft->config, targets->items[j]))
				targets->items[kept++] = targets->items[j];
		targets->n = kept;
		if (kept > 0)
			claim->endpoints[n++] = claim->endpoints[i];
	}
	claim->n_endpoints = n;
}

/* `4.3.2.1.in-addr.arpa` or 32 nibbles below ip6.arpa: RFC 1035 section 3.5,
 * RFC 3596 section 2.5. */
static const char *
reverse_name(struct arena *arena, const struct ip *ip)
{
	const uint8_t *b = ip->bytes;
	char nibbles[2 * 32 + 1];
	char *out = nibbles;

	if (ip->version == 4)
		return arena_format(
		    arena, "%d.%d.%d.%d.in-addr.arpa", b[3], b[2], b[1], b[0]);
	for (int i = 15; i >= 0; i--) {
		*out++ = "0123456789abcdef"[b[i] & 0xf];
		*out++ = '.';
		*out++ = "0123456789abcdef"[b[i] >> 4];
		*out++ = '.';
	}
	*out = '\0';
	return arena_format(arena, "%sip6.arpa", nibbles);
}

/* The PTR endpoint of a name, new if it is not there yet. The least TTL
 * counts, none at all being the least. */
static struct endpoint *
ptr_endpoint(struct claim_draft *draft, struct table *places, const char *name,
    int64_t ttl_s)
{
	bool added;
	size_t *place = table_put(places, name, &added);
	struct endpoint *endpoint;

	if (added) {
		*place = draft->claim.n_endpoints;
		claim_add(draft, name, RTYPE_PTR)->ttl_s = ttl_s;
	}
	endpoint = &draft->claim.endpoints[*place];
	if (ttl_s < endpoint->ttl_s)
		endpoint->ttl_s = ttl_s;
	return endpoint;
}

static void
add_ptrs(struct claim_draft *draft, struct table *places,
    const struct endpoint *from)
{
	struct ip ip;

	draft->resource = from->labels.resource;
	for (size_t i = 0; i < from->targets.n; i++)
		if (ip_parse(from->targets.items[i], &ip))
			strlist_add(
			    &ptr_endpoint(draft, places,
				reverse_name(draft->arena, &ip), from->ttl_s)
				 ->targets,
			    draft->arena, from->name);
}

void
wrap_ptr(struct claim_draft *draft)
{
	size_t n = draft->claim.n_endpoints;
	struct table places;

	if (!draft->config->ptr || !draft->ptr)
		return;
	draft->n_properties = 0;
	draft->set_identifier = NULL;
	table_init(&places, sizeof(size_t), NULL);
	for (size_t i = 0; i < n; i++) {
		struct endpoint endpoint = draft->claim.endpoints[i];

		if ((endpoint.rtype == RTYPE_A ||
			endpoint.rtype == RTYPE_AAAA) &&
		    !dnsname_is_wildcard(endpoint.name))
			add_ptrs(draft, &places, &endpoint);
	}
	for (size_t i = n; i < draft->claim.n_endpoints; i++)
		strlist_sort_unique(&draft->claim.endpoints[i].targets);
	table_clear(&places);
}

void
wrap_ttl(struct claim_draft *draft)
{
	int64_t ttl_s = draft->config->min_ttl_ms / 1000;

	if (ttl_s < 1)
		return;
	for (size_t i = 0; i < draft->claim.n_endpoints; i++)
		if (draft->claim.endpoints[i].ttl_s == MESSAGE_ABSENT)
			draft->claim.endpoints[i].ttl_s = ttl_s;
}
