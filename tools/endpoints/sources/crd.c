// SPDX-License-Identifier: ISC
/*
 * source crd -- record sets written out in DNSEndpoint objects.
 *
 * Reads     dnsendpoints.externaldns.k8s.io
 * Names     spec.endpoints[].dnsName
 * Targets   spec.endpoints[].targets as they are; none: --default-targets
 * TTL       spec.endpoints[].recordTTL, if positive
 * Skips     endpoints of a type we do not know, and those with a target whose
 *           last dot is one too many (A, AAAA, NS, PTR) or missing (SRV)
 * Upstream  external-dns source/crd.go, endpoint/endpoint.go CheckEndpoint;
 *           annotations mean nothing, neither does the controller's
 */
#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "ask.h"
#include "json.h"
#include "kinds.h"
#include "text.h"

static bool
ends_with_dot(const char *target)
{
	size_t n = strlen(target);

	return n > 0 && target[n - 1] == '.';
}

/* The dots that external-dns demands or forbids; NULL: all is well. */
static const char *
find_fault(enum rtype rtype, const struct strlist *targets)
{
	for (size_t i = 0; i < targets->n; i++) {
		bool dot = ends_with_dot(targets->items[i]);

		if (rtype == RTYPE_SRV && !dot)
			return "the host of an SRV target ends with a dot";
		if (dot && (rtype == RTYPE_A || rtype == RTYPE_AAAA ||
			       rtype == RTYPE_NS || rtype == RTYPE_PTR))
			return "a target of this type ends without a dot";
	}
	return NULL;
}

static int64_t
ttl_of(struct ask *ask, const char *name, jv endpoint)
{
	int64_t ttl_s = 0;

	if (!json_int(json_at(endpoint, "recordTTL"), &ttl_s) || ttl_s <= 0)
		return MESSAGE_ABSENT;
	if (ttl_s <= INT32_MAX)
		return ttl_s;
	claim_reject(ask->draft, name, "recordTTL", REJECT_TTL,
	    "a TTL of more than 2147483647 seconds");
	return MESSAGE_ABSENT;
}

/* What stands under another provider's name means nothing. */
static void
read_properties(struct claim_draft *draft, jv endpoint)
{
	jv properties = json_at(endpoint, "providerSpecific");
	jv property;

	draft->properties = NULL;
	draft->n_properties = 0;
	for (int i = 0; json_item(properties, i, &property); i++) {
		const char *value = json_str_at(property, "value");

		if (value != NULL &&
		    text_equal(json_str_at(property, "name"), MESSAGE_TAGS))
			claim_property(draft, MESSAGE_TAGS, value);
	}
}

/* An endpoint without type and targets gets both from the defaults. */
static enum rtype
rtype_of(const char *type, const struct strlist *targets)
{
	if ((type == NULL || *type == '\0') && targets->n == 0)
		return RTYPE_A;
	return type == NULL ? RTYPE_NONE : rtype_find(type);
}

static void
claim_endpoint(struct ask *ask, jv endpoint)
{
	const char *name = json_str_at(endpoint, "dnsName");
	const char *type = json_str_at(endpoint, "recordType");
	struct strlist targets = { 0 };
	const char *fault;
	enum rtype rtype;

	ask_add_texts(&targets, ask->arena, json_at(endpoint, "targets"));
	rtype = rtype_of(type, &targets);
	fault = find_fault(rtype, &targets);
	if (name == NULL)
		name = "";
	if (rtype == RTYPE_NONE) {
		claim_reject(ask->draft, name, "recordType", REJECT_TYPE,
		    arena_format(ask->arena,
			"'%.32s' is no record type of Azure DNS",
			type == NULL ? "" : type));
	} else if (fault != NULL) {
		claim_reject(ask->draft, name, "targets", REJECT_TARGET, fault);
	} else {
		ask->draft->ttl_s = ttl_of(ask, name, endpoint);
		ask->draft->set_identifier =
		    json_str_at(endpoint, "setIdentifier");
		read_properties(ask->draft, endpoint);
		claim_record(ask->draft, name, rtype, &targets);
	}
}

static void
claim_dnsendpoint(struct ask *ask)
{
	jv endpoints = json_at(ask->object, "spec", "endpoints");
	jv endpoint;

	for (int i = 0; json_item(endpoints, i, &endpoint); i++)
		if (json_is_object(endpoint))
			claim_endpoint(ask, endpoint);
}

const struct source source_crd = {
	.name = "crd",
	.summary = "record sets written out in DNSEndpoint objects",
	.no_properties = true,
	.label = "crd",
	.any_controller = true,
	.reads = {
		{ .kind = &kind_dnsendpoint,
		  .paths = "metadata.annotations metadata.labels "
			   "spec.endpoints" },
	},
	.claim = claim_dnsendpoint,
};
