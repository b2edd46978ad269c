// SPDX-License-Identifier: ISC
/*
 * source pod -- DNS names asked for by Pods.
 *
 * Reads     pods
 * Names     annotations internal-hostname and hostname (whatever
 *           --ignore-hostname-annotation says), POD.--pod-source-domain
 * Targets   annotation target; else status.podIP, and for hostname the
 *           ExternalIP and the InternalIP of IPv6 of the pod's node; for names
 *           of templates all status.podIPs
 * TTL       annotation ttl
 * Joins     Nodes
 * Skips     with --ignore-non-host-network-pods: pods without hostNetwork,
 *           but for templates
 * Upstream  external-dns source/pod.go; no label, as there
 */
#include "annotations.h"
#include "arena.h"
#include "ask.h"
#include "config.h"
#include "index.h"
#include "json.h"
#include "kinds.h"

/* Ask for each name at the targets; pending: there may be some later. */
static void
claim_names(struct ask *ask, const struct strlist *names,
    const struct strlist *targets, bool pending)
{
	if (targets->n == 0 && names->n > 0 && pending)
		claim_unknown(ask->draft, UNKNOWN_ADDRESS);
	for (size_t i = 0; i < names->n; i++)
		claim_host(ask->draft, names->items[i], targets);
}

static struct strlist
pod_ip(struct ask *ask)
{
	const char *ip = json_str_at(ask->object, "status", "podIP");
	struct strlist targets = { 0 };

	if (ip != NULL && *ip != '\0')
		strlist_add(&targets, ask->arena, ip);
	return targets;
}

/* false: the node is not known (yet). */
static bool
node_addresses(struct ask *ask, struct strlist *targets)
{
	const char *name = json_str_at(ask->object, "spec", "nodeName");
	struct fact fact;
	struct node node;

	if (!index_find(ask, &kind_node, "", name == NULL ? "" : name, &fact))
		return false;
	node_unpack(&fact, ask->arena, &node);
	*targets = node.external;
	strlist_add_all(targets, ask->arena, &node.internal_v6);
	return true;
}

static void
claim_outside(
    struct ask *ask, const struct strlist *names, struct strlist targets)
{
	bool known = true;

	if (names->n == 0)
		return;
	if (targets.n == 0)
		known = node_addresses(ask, &targets);
	claim_names(ask, names, &targets, !known);
}

static void
claim_kops(struct ask *ask)
{
	struct strlist external = annotations_split(
	    annotations_raw(ask->object, ANNOTATION_KOPS_EXTERNAL), ask->arena);
	struct strlist internal = annotations_split(
	    annotations_raw(ask->object, ANNOTATION_KOPS_INTERNAL), ask->arena);
	struct strlist targets = pod_ip(ask);

	claim_names(ask, &internal, &targets, true);
	claim_outside(ask, &external, (struct strlist){ 0 });
}

static void
claim_pod(struct ask *ask)
{
	const struct config *config = ask->config;
	struct strlist given = ask_list(ask, "target");
	struct strlist inside = given.n > 0 ? given : pod_ip(ask);
	struct strlist names = ask_list(ask, "internal-hostname");
	struct strlist outer = ask_list(ask, "hostname");

	annotations_ttl(ask->draft, ask->object);
	if (config->host_network_only &&
	    !json_is_true(json_at(ask->object, "spec", "hostNetwork")))
		return;
	if (config->pod_domain != NULL && *config->pod_domain != '\0')
		strlist_add(&names, ask->arena,
		    arena_format(
			ask->arena, "%s.%s", ask->name, config->pod_domain));
	claim_names(ask, &names, &inside, true);
	claim_outside(ask, &outer, given);
	if (config->compatibility == COMPATIBILITY_KOPS)
		claim_kops(ask);
}

static void
claim_template_host(struct ask *ask, const char *host)
{
	jv ips = json_at(ask->object, "status", "podIPs");
	struct strlist targets = { 0 };
	jv ip;

	for (int i = 0; json_item(ips, i, &ip); i++)
		strlist_add(&targets, ask->arena, json_str_at(ip, "ip"));
	if (targets.n == 0)
		claim_unknown(ask->draft, UNKNOWN_ADDRESS);
	claim_host(ask->draft, host, &targets);
}

const struct source source_pod = {
	.name = "pod",
	.summary = "annotated Pods, at their own address or their node's",
	.no_properties = true,
	.pairs = true,
	.reads = {
		{ .kind = &kind_pod,
		  .paths = "metadata.annotations metadata.labels "
			   "spec.hostNetwork spec.nodeName status.podIP "
			   "status.podIPs" },
		{ .kind = &kind_node,
		  .joined = true,
		  .paths = KIND_NODE_PATHS },
	},
	.claim = claim_pod,
	.host = claim_template_host,
};
