// SPDX-License-Identifier: ISC
/*
 * source service -- DNS names asked for by Services.
 *
 * Reads     services
 * Names     annotations hostname and internal-hostname, unless
 *           --ignore-hostname-annotation
 * Targets   annotation target, whatever the type; else by spec.type:
 *           LoadBalancer   spec.externalIPs, else status.loadBalancer; for
 *                          internal names spec.clusterIP
 *           ClusterIP      spec.clusterIP: internal names, and others with
 *                          --publish-internal-services
 *           headless       the pods: headless.c
 *           NodePort       the nodes: nodeport.c
 *           ExternalName   spec.externalIPs, else spec.externalName
 * TTL       annotation ttl
 * Joins     EndpointSlices or v1 Endpoints, Pods, Nodes
 * Skips     types other than those of --service-type-filter
 * Upstream  external-dns source/service.go. Names that have no address yet
 *           are AddressPending here, nothing there.
 */
#include "service.h"

#include <string.h>

#include "annotations.h"
#include "arena.h"
#include "ask.h"
#include "config.h"
#include "count.h"
#include "json.h"
#include "kinds.h"
#include "text.h"

static struct strlist
external_ips(struct ask *ask)
{
	struct strlist targets = { 0 };

	ask_add_texts(
	    &targets, ask->arena, json_at(ask->object, "spec", "externalIPs"));
	return targets;
}

/* Ask for the host there, or for as long as there is nothing, later. */
static void
claim_or_wait(struct ask *ask, const char *host, const struct strlist *targets)
{
	size_t n = ask->draft->claim.n_endpoints;

	claim_host(ask->draft, host, targets);
	if (ask->draft->claim.n_endpoints == n)
		claim_unknown(ask->draft, UNKNOWN_ADDRESS);
}

static void
cluster_ip_host(struct ask *ask, const char *host)
{
	struct strlist targets = { 0 };

	strlist_add(&targets, ask->arena,
	    json_str_at(ask->object, "spec", "clusterIP"));
	if (targets.n > 0 && strcmp(targets.items[0], "None") == 0)
		return;
	claim_or_wait(ask, host, &targets);
}

static void
load_balancer_host(struct ask *ask, const char *host)
{
	struct strlist targets = external_ips(ask);

	if (targets.n == 0)
		targets = ask_balancers(ask);
	claim_or_wait(ask, host, &targets);
}

static void
external_name_host(struct ask *ask, const char *host)
{
	struct strlist targets = external_ips(ask);

	if (targets.n == 0)
		strlist_add(&targets, ask->arena,
		    json_str_at(ask->object, "spec", "externalName"));
	claim_host(ask->draft, host, &targets);
}

static void
published_host(struct ask *ask, const char *host)
{
	if (ask->config->publish_internal)
		cluster_ip_host(ask, host);
}

/* What a type does with a name for outside and with one for inside. */
static const struct service_type {
	const char *name;
	void (*external)(struct ask *ask, const char *host);
	void (*internal)(struct ask *ask, const char *host);
} service_types[] = {
	{ "LoadBalancer", load_balancer_host, cluster_ip_host },
	{ "ClusterIP", published_host, cluster_ip_host },
	{ "NodePort", nodeport_host, nodeport_host },
	{ "ExternalName", external_name_host, external_name_host },
};
static const struct service_type headless = { "ClusterIP", headless_host,
	headless_host };

static const struct service_type *
type_of(jv service)
{
	const char *type = json_str_at(service, "spec", "type");
	const char *cluster_ip = json_str_at(service, "spec", "clusterIP");

	if (type == NULL || *type == '\0')
		type = "ClusterIP"; /* as the API server fills it in */
	if (strcmp(type, "ClusterIP") == 0 && text_equal(cluster_ip, "None"))
		return &headless;
	for (size_t i = 0; i < COUNT(service_types); i++)
		if (strcmp(service_types[i].name, type) == 0)
			return &service_types[i];
	return NULL;
}

/* The host without its last dot, as it goes into SRV and pod names. */
static const char *
trim_dot(struct arena *arena, const char *host)
{
	size_t n = strlen(host);

	return n > 0 && host[n - 1] == '.' ? arena_copy_n(arena, host, n - 1)
					   : host;
}

static void
claim_name(struct ask *ask, const char *host, bool internal)
{
	const struct service_type *type = type_of(ask->object);
	struct strlist targets = ask_list(ask, "target");

	host = trim_dot(ask->arena, host);
	if (*host == '\0')
		return;
	if (targets.n > 0)
		claim_host(ask->draft, host, &targets);
	else if (type != NULL && internal)
		type->internal(ask, host);
	else if (type != NULL)
		type->external(ask, host);
}

static void
claim_template_host(struct ask *ask, const char *host)
{
	claim_name(ask, host, false);
}

static void
claim_names(struct ask *ask, const char *key, bool internal)
{
	struct strlist names = ask_list(ask, key);

	for (size_t i = 0; i < names.n && !claim_is_full(ask->draft); i++)
		claim_name(ask, names.items[i], internal);
}

static void
claim_service(struct ask *ask)
{
	const struct service_type *type = type_of(ask->object);

	if (type != NULL &&
	    !config_reads_service_type(ask->config, type->name)) {
		ask->skip = true;
		return;
	}
	annotations_ttl(ask->draft, ask->object);
	if (!ask->config->ignore_hostname) {
		claim_names(ask, "hostname", false);
		claim_names(ask, "internal-hostname", true);
	}
	if (ask->draft->claim.n_endpoints == 0 &&
	    ask->config->compatibility != COMPATIBILITY_NONE)
		compatibility_claim(ask);
}

static bool
reads_pods(const struct config *config)
{
	return config_reads_service_type(config, "NodePort") ||
	       config_reads_service_type(config, "ClusterIP");
}

static bool
reads_nodes(const struct config *config)
{
	return config_reads_service_type(config, "NodePort");
}

/* clang-format off */
const struct source source_service = {
	.name = "service",
	.summary = "annotated Services of all types",
	.label = "service",
	.pairs = true,
	.reads = {
		{ .kind = &kind_service,
		  .paths = "metadata.annotations metadata.labels spec.type "
			   "spec.clusterIP spec.externalIPs spec.externalName "
			   "spec.externalTrafficPolicy spec.selector spec.ports "
			   "spec.publishNotReadyAddresses status.loadBalancer.ingress" },
		{ .kind = &kind_slice, .joined = true,
		  .paths = KIND_SLICE_PATHS, .wanted = reads_pods },
		{ .kind = &kind_endpoints, .joined = true,
		  .paths = KIND_ENDPOINTS_PATHS, .wanted = reads_pods,
		  .stands_in_for = &kind_slice },
		{ .kind = &kind_pod, .joined = true,
		  .paths = KIND_POD_PATHS, .wanted = reads_pods },
		{ .kind = &kind_node, .joined = true,
		  .paths = KIND_NODE_PATHS, .wanted = reads_nodes },
	},
	.claim = claim_service,
	.host = claim_template_host,
};
/* clang-format on */
