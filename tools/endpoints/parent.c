// SPDX-License-Identifier: ISC
/*
 * parent -- ParentReferences of routes, with the defaults of the API.
 *
 * A reference in status.parents is the same as one in spec.parentRefs when
 * kind, namespace and name agree; which listeners it means stands in the one
 * of the status.
 *
 * Upstream  external-dns source/gateway.go
 */
#include "parent.h"

#include <string.h>

#include "arena.h"
#include "claim.h"
#include "config.h"
#include "json.h"
#include "kinds.h"

static const char *
text_or(jv value, const char *otherwise)
{
	const char *text = json_str(value);

	return text == NULL ? otherwise : text;
}

struct parent
parent_read(struct ask *ask, jv reference)
{
	const char *group = text_or(json_at(reference, "group"), GATEWAY_GROUP);
	const char *kind = text_or(json_at(reference, "kind"), "Gateway");
	struct parent parent = {
		.namespace =
		    text_or(json_at(reference, "namespace"), ask->namespace),
		.name = text_or(json_at(reference, "name"), ""),
		.section = text_or(json_at(reference, "sectionName"), ""),
		.port = "",
	};
	int64_t port;

	if (strcmp(group, GATEWAY_GROUP) != 0)
		return parent;
	if (strcmp(kind, kind_gateway.name) == 0)
		parent.kind = &kind_gateway;
	if (strcmp(kind, kind_listener_set.name) == 0 &&
	    ask->config->gateway_listener_sets)
		parent.kind = &kind_listener_set;
	if (json_int(json_at(reference, "port"), &port))
		parent.port = arena_format(ask->arena, "%lld", (long long)port);
	return parent;
}

static bool
is_same(const struct parent *a, const struct parent *b)
{
	return a->kind == b->kind && strcmp(a->namespace, b->namespace) == 0 &&
	       strcmp(a->name, b->name) == 0;
}

bool
parent_is_named(struct ask *ask, const struct parent *parent)
{
	jv references = json_at(ask->object, "spec", "parentRefs");
	jv reference;

	for (int i = 0; json_item(references, i, &reference); i++) {
		struct parent other = parent_read(ask, reference);

		if (is_same(&other, parent))
			return true;
	}
	return false;
}

bool
parent_has_accepted(struct ask *ask, const struct parent *parent)
{
	jv statuses = json_at(ask->object, "status", "parents");
	jv status;

	for (int i = 0; json_item(statuses, i, &status); i++) {
		struct parent other =
		    parent_read(ask, json_at(status, "parentRef"));

		if (is_same(&other, parent) &&
		    kind_condition(status, "Accepted"))
			return true;
	}
	return false;
}

bool
parent_find(
    struct ask *ask, const struct parent *parent, struct gateway *gateway)
{
	struct gateway above;

	if (!gateway_find(
		ask, parent->kind, parent->namespace, parent->name, gateway))
		return false;
	if (parent->kind == &kind_gateway)
		return true;
	if (!gateway_find(ask, &kind_gateway, gateway->parent_namespace,
		gateway->parent, &above))
		return false;
	if (!gateway_admits(ask, &above.allows, gateway->namespace))
		return false;
	if (!gateway->accepted)
		claim_unknown(ask->draft, UNKNOWN_ACCEPTANCE);
	if (gateway->targets.n == 0)
		gateway->targets = above.targets;
	return gateway->accepted;
}
