// SPDX-License-Identifier: ISC
/*
 * source node -- the nodes of the cluster by name.
 *
 * Reads     nodes
 * Names     metadata.name, unless --fqdn-template or --fqdn-target-template
 *           gives others (with --combine-fqdn-annotation both)
 * Targets   annotation target; else ExternalIP, with InternalIP of IPv6 for
 *           --expose-internal-ipv6; else all InternalIP
 * TTL       annotation ttl
 * Skips     cordoned nodes, unless --no-exclude-unschedulable
 * Upstream  external-dns source/node.go. A node that has no address yet ends
 *           its whole run; here it is AddressPending by itself.
 */
#include "annotations.h"
#include "ask.h"
#include "config.h"
#include "kinds.h"

static struct strlist
targets_of(struct ask *ask)
{
	struct strlist targets = ask_list(ask, "target");
	struct node node;

	if (targets.n > 0)
		return targets;
	node_read(ask->object, ask->arena, &node);
	return node.external.n == 0 ? node.internal : *node_outside(ask, &node);
}

static void
claim_name(struct ask *ask, const char *host)
{
	struct strlist targets = targets_of(ask);

	if (targets.n == 0)
		claim_unknown(ask->draft, UNKNOWN_ADDRESS);
	claim_host_each(ask->draft, host, &targets);
}

static void
claim_node(struct ask *ask)
{
	const struct config *config = ask->config;
	struct node node;

	node_read(ask->object, ask->arena, &node);
	if (!node.schedulable && config->exclude_unschedulable) {
		ask->skip = true;
		return;
	}
	annotations_ttl(ask->draft, ask->object);
	if (config->combine || (config->fqdn == NULL && config->pair == NULL))
		claim_name(ask, ask->name);
}

const struct source source_node = {
	.name = "node",
	.summary = "Nodes by name",
	.no_properties = true,
	.label = "node",
	.pairs = true,
	.reads = {
		{ .kind = &kind_node,
		  .paths = "metadata.annotations " KIND_NODE_PATHS },
	},
	.claim = claim_node,
	.host = claim_name,
};
