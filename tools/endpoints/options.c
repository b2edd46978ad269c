// SPDX-License-Identifier: ISC
/*
 * options -- one row per option; external-dns's names and defaults.
 */
#include "options.h"

#include "config.h"
#include "count.h"
#include "opt.h"

static const char *const compatibilities[] = { "", "mate", "molecule",
	"kops-dns-controller", NULL };

/* Another kind is refused: it would not be read, and its records would count
 * as asked for by nobody. */
static const char *const crd_versions[] = { "externaldns.k8s.io/v1alpha1",
	NULL };
static const char *const crd_kinds[] = { "DNSEndpoint", NULL };
static int only; /* the one choice of these */

void
options_parse(struct config *config, int argc, char **argv)
{
	/* clang-format off */
	const struct opt opts[] = {
	{ "source", OPT_LIST, &config->source_names, "NAME", "read this source", NULL },
	{ "namespace", OPT_STRING, &config->namespace, "NAME", "only objects of this namespace", NULL },
	{ "annotation-filter", OPT_STRING, &config->annotation_filter_text, "SELECTOR", "only objects whose annotations match", NULL },
	{ "label-filter", OPT_STRING, &config->label_filter_text, "SELECTOR", "only objects whose labels match", NULL },
	{ "annotation-prefix", OPT_STRING, &config->annotation_prefix, "PREFIX/", "read annotations of this prefix alone", NULL },
	{ "ingress-class", OPT_LIST, &config->ingress_classes, "NAME", "only Ingresses of this class", NULL },
	{ "ignore-ingress-tls-spec", OPT_FLAG, &config->ignore_tls, NULL, "no names from spec.tls of Ingresses", NULL },
	{ "ignore-ingress-rules-spec", OPT_FLAG, &config->ignore_rules, NULL, "no names from spec.rules of Ingresses", NULL },
	{ "ignore-hostname-annotation", OPT_FLAG, &config->ignore_hostname, NULL, "no names from annotations", NULL },
	{ "fqdn-template", OPT_LIST, &config->fqdn_templates, "TEMPLATE", "names for objects that ask for none", NULL },
	{ "target-template", OPT_LIST, &config->target_templates, "TEMPLATE", "targets for names of templates", NULL },
	{ "fqdn-target-template", OPT_LIST, &config->pair_templates, "TEMPLATE", "NAME:TARGET pairs", NULL },
	{ "combine-fqdn-annotation", OPT_FLAG, &config->combine, NULL, "templates add to what objects ask for", NULL },
	{ "publish-internal-services", OPT_FLAG, &config->publish_internal, NULL, "ClusterIP Services, too", NULL },
	{ "publish-host-ip", OPT_FLAG, &config->publish_host_ip, NULL, "headless Services at the hosts of their pods", NULL },
	{ "always-publish-not-ready-addresses", OPT_FLAG, &config->publish_not_ready, NULL, "headless Services at pods that are not ready, too", NULL },
	{ "service-type-filter", OPT_LIST, &config->service_types, "TYPE", "only Services of this type", NULL },
	{ "exclude-unschedulable", OPT_FLAG, &config->exclude_unschedulable, NULL, "leave out cordoned nodes", NULL },
	{ "expose-internal-ipv6", OPT_FLAG, &config->expose_ipv6, NULL, "internal IPv6 addresses of nodes, too", NULL },
	{ "ignore-non-host-network-pods", OPT_FLAG, &config->host_network_only, NULL, "only pods of the host's network", NULL },
	{ "pod-source-domain", OPT_STRING, &config->pod_domain, "DOMAIN", "POD.DOMAIN for all pods", NULL },
	{ "gateway-name", OPT_STRING, &config->gateway_name, "NAME", "only this Gateway", NULL },
	{ "gateway-namespace", OPT_STRING, &config->gateway_namespace, "NAME", "only Gateways of this namespace", NULL },
	{ "gateway-label-filter", OPT_STRING, &config->gateway_labels_text, "SELECTOR", "only Gateways whose labels match", NULL },
	{ "gateway-listener-sets", OPT_FLAG, &config->gateway_listener_sets, NULL, "read ListenerSets, too", NULL },
	{ "compatibility", OPT_CHOICE, &config->compatibility, "MODE", "read annotations of older tools", compatibilities },
	{ "default-targets", OPT_LIST, &config->default_targets, "TARGET", "targets of records without any", NULL },
	{ "force-default-targets", OPT_FLAG, &config->force_default_targets, NULL, "default targets for all records", NULL },
	{ "target-net-filter", OPT_LIST, &config->include_nets, "NET", "only targets in this network", NULL },
	{ "exclude-target-net", OPT_LIST, &config->exclude_nets, "NET", "no targets in this network", NULL },
	{ "nat64-networks", OPT_LIST, &config->nat64_texts, "NET/96", "an A record for AAAA of this network", NULL },
	{ "managed-record-types", OPT_LIST, &config->managed_types, "TYPE", "plan's; PTR switches PTR records on", NULL },
	{ "create-ptr", OPT_FLAG, &config->create_ptr, NULL, "PTR records for all addresses", NULL },
	{ "min-ttl", OPT_DURATION, &config->min_ttl_ms, "TIME", "TTL of records that ask for none", NULL },
	{ "audit", OPT_FLAG, &config->audit, NULL, "read bare objects and Lists, to their end", NULL },
	{ "once", OPT_FLAG, &config->once, NULL, "end with the input (as always)", NULL },
	{ "watches", OPT_FLAG, &config->watches, NULL, "print the arguments for k8s-watch", NULL },
	{ "list-sources", OPT_FLAG, &config->list_sources, NULL, "print all sources and what they read", NULL },
	{ "resolve-service-load-balancer-hostname", OPT_FLAG, &config->resolve_load_balancer, NULL, "refused: there is no network here", NULL },
	{ "listen-endpoint-events", OPT_UNUSED_FLAG, NULL, NULL, "always on", NULL },
	{ "prefer-alias", OPT_UNUSED_FLAG, NULL, NULL, "means nothing in Azure", NULL },
	{ "crd-source-apiversion", OPT_CHOICE, &only, "VERSION", "what source crd reads", crd_versions },
	{ "crd-source-kind", OPT_CHOICE, &only, "KIND", "what source crd reads", crd_kinds },
	OPT_LOG(config->log),
	};
	/* clang-format on */
	const struct opt_program program = {
		.name = "endpoints",
		.summary = "say what the objects of a cluster ask for",
		.opts = opts,
		.n_opts = COUNT(opts),
		.log = &config->log,
	};

	*config = config_default;
	(void)opt_parse(&program, argc, argv);
}
