// SPDX-License-Identifier: ISC
/*
 * nodeport -- a name at the nodes that a NodePort Service listens on.
 *
 * Reads     nodes, and pods for externalTrafficPolicy Local
 * Names     the host; _SERVICE._PROTOCOL.host for the SRV of each node port
 * Targets   addresses of all nodes; with externalTrafficPolicy Local those of
 *           the nodes with the best pods (ready, then ready but leaving, then
 *           not ready). Cordoned nodes do not count, unless
 *           --no-exclude-unschedulable.
 *           annotation access: public   ExternalIP, and InternalIP of IPv6
 *                                       with --expose-internal-ipv6
 *                              private  InternalIP
 *                              else     public if there is any ExternalIP,
 *                                       private if there is none
 * Upstream  external-dns source/service.go:616-776
 */
#include "annotations.h"
#include "arena.h"
#include "ask.h"
#include "config.h"
#include "index.h"
#include "json.h"
#include "kinds.h"
#include "service.h"
#include "text.h"

static void
add_node(struct ask *ask, const struct fact *fact, struct node *all)
{
	struct node node;

	node_unpack(fact, ask->arena, &node);
	if (!node.schedulable && ask->config->exclude_unschedulable)
		return;
	strlist_add_all(&all->external, ask->arena, &node.external);
	strlist_add_all(&all->internal, ask->arena, &node.internal);
	strlist_add_all(&all->internal_v6, ask->arena, &node.internal_v6);
}

/* The names of the nodes with the best pods. */
static struct strlist
best_nodes(struct ask *ask)
{
	jv selector = json_at(ask->object, "spec", "selector");
	enum pod_rank best = POD_NOT_READY;
	struct strlist nodes = { 0 };
	struct fact *facts = NULL;
	struct fact node;
	size_t n = index_group(ask, &kind_pod,
	    pod_group(ask->arena, ask->namespace, selector), &facts);

	for (size_t i = 0; i < n; i++) {
		struct pod pod;

		pod_unpack(&facts[i], &pod);
		if (pod.rank < best ||
		    !pod_is_selected(&pod, selector, ask->arena) ||
		    !index_find(ask, &kind_node, "", pod.node, &node))
			continue;
		if (pod.rank > best)
			nodes.n = 0;
		best = pod.rank;
		strlist_add(
		    &nodes, ask->arena, arena_copy(ask->arena, pod.node));
	}
	strlist_sort_unique(&nodes);
	return nodes;
}

static void
local_addresses(struct ask *ask, struct node *all)
{
	struct strlist nodes = best_nodes(ask);
	struct fact fact;

	for (size_t i = 0; i < nodes.n; i++)
		if (index_find(ask, &kind_node, "", nodes.items[i], &fact))
			add_node(ask, &fact, all);
}

static void
all_addresses(struct ask *ask, struct node *all)
{
	struct fact *facts = NULL;
	size_t n = index_group(ask, &kind_node, NODE_GROUP, &facts);

	for (size_t i = 0; i < n; i++)
		add_node(ask, &facts[i], all);
}

static struct strlist
targets_of(struct ask *ask)
{
	const char *policy =
	    json_str_at(ask->object, "spec", "externalTrafficPolicy");
	const char *access =
	    annotations_get(ask->config, ask->object, "access");
	struct node all = { 0 };
	bool is_public = text_equal(access, "public");
	bool is_private = text_equal(access, "private");

	if (text_equal(policy, "Local"))
		local_addresses(ask, &all);
	else
		all_addresses(ask, &all);
	if (is_private || (!is_public && all.external.n == 0))
		return all.internal;
	return *node_outside(ask, &all);
}

static void
claim_port(struct ask *ask, const char *host, jv port)
{
	const char *protocol = json_str_at(port, "protocol");
	struct strlist target = { 0 };
	int64_t number = 0;

	if (!json_int(json_at(port, "nodePort"), &number) || number <= 0)
		return;
	if (protocol == NULL || *protocol == '\0')
		protocol = "tcp";
	strlist_add(&target, ask->arena,
	    arena_format(ask->arena, "0 50 %d %s.", (int)number, host));
	claim_record(ask->draft,
	    arena_format(ask->arena, "_%s._%s.%s", ask->name, protocol, host),
	    RTYPE_SRV, &target);
}

void
nodeport_host(struct ask *ask, const char *host)
{
	jv ports = json_at(ask->object, "spec", "ports");
	struct strlist targets = targets_of(ask);
	jv port;

	claim_host(ask->draft, host, &targets);
	if (targets.n == 0)
		claim_unknown(ask->draft, UNKNOWN_ADDRESS);
	for (int i = 0; json_item(ports, i, &port); i++)
		claim_port(ask, host, port);
}
