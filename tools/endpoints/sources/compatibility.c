// SPDX-License-Identifier: ISC
/*
 * compatibility -- annotations of the tools that were before external-dns.
 *
 * Reads     services
 * Names     mate                 zalando.org/dnsname: one name
 *           molecule             label dns=route53, annotation domainName
 *           kops-dns-controller  dns.alpha.kubernetes.io/external and
 *                                /internal; for a NodePort just one of them
 * Targets   status.loadBalancer; for a NodePort the worker nodes
 * TTL       none, and no label
 * Joins     Nodes
 * Upstream  external-dns source/compatibility.go; an IPv6 address is an AAAA
 *           here, an invalid A there
 */
#include <string.h>

#include "annotations.h"
#include "ask.h"
#include "config.h"
#include "index.h"
#include "json.h"
#include "kinds.h"
#include "service.h"
#include "text.h"

#define MATE_NAME     "zalando.org/dnsname"
#define MOLECULE_NAME "domainName"

static void
claim_all(struct ask *ask, const char *names, const struct strlist *targets)
{
	struct strlist hosts = annotations_split(names, ask->arena);

	for (size_t i = 0; i < hosts.n; i++)
		claim_host_each(ask->draft, hosts.items[i], targets);
}

static void
claim_mate(struct ask *ask)
{
	struct strlist targets = ask_balancers(ask);

	claim_host_each(
	    ask->draft, annotations_raw(ask->object, MATE_NAME), &targets);
}

static void
claim_molecule(struct ask *ask)
{
	const char *label =
	    json_str_at(ask->object, "metadata", "labels", "dns");
	struct strlist targets = ask_balancers(ask);

	if (text_equal(label, "route53"))
		claim_all(
		    ask, annotations_raw(ask->object, MOLECULE_NAME), &targets);
}

static void
claim_kops_nodes(struct ask *ask, const char *names, bool external)
{
	struct strlist targets = { 0 };
	struct fact *facts = NULL;
	size_t n = index_group(ask, &kind_node, NODE_GROUP, &facts);

	for (size_t i = 0; i < n; i++) {
		struct node node;

		node_unpack(&facts[i], ask->arena, &node);
		if (node.is_worker)
			strlist_add_all(&targets, ask->arena,
			    external ? node_outside(ask, &node)
				     : &node.internal);
	}
	claim_all(ask, names, &targets);
}

static void
claim_kops(struct ask *ask)
{
	const char *type = json_str_at(ask->object, "spec", "type");
	const char *external =
	    annotations_raw(ask->object, ANNOTATION_KOPS_EXTERNAL);
	const char *internal =
	    annotations_raw(ask->object, ANNOTATION_KOPS_INTERNAL);
	struct strlist balancers = ask_balancers(ask);

	if (text_equal(type, "LoadBalancer")) {
		claim_all(ask, external, &balancers);
		claim_all(ask, internal, &balancers);
	} else if (text_equal(type, "NodePort") &&
		   (external == NULL) != (internal == NULL)) {
		claim_kops_nodes(ask, external != NULL ? external : internal,
		    external != NULL);
	}
}

void
compatibility_claim(struct ask *ask)
{
	static void (*const claims[])(struct ask *) = {
		[COMPATIBILITY_MATE] = claim_mate,
		[COMPATIBILITY_MOLECULE] = claim_molecule,
		[COMPATIBILITY_KOPS] = claim_kops,
	};

	ask_plainly(ask, claims[ask->config->compatibility]);
}
