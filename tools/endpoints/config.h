// SPDX-License-Identifier: ISC
/* config -- the options of endpoints, as given and as parsed. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "ip.h"
#include "opt.h"
#include "strlist.h"

#define CONFIG_SOURCES_MAX 16

struct kind;
struct selector;
struct source;
struct template;

enum compatibility {
	COMPATIBILITY_NONE,
	COMPATIBILITY_MATE,
	COMPATIBILITY_MOLECULE,
	COMPATIBILITY_KOPS,
};

struct nets {
	struct ip_net *items;
	size_t n;
};

struct config {
	/* As given. */
	struct strlist source_names;
	struct strlist ingress_classes, service_types;
	struct strlist fqdn_templates, target_templates, pair_templates;
	struct strlist default_targets, include_nets, exclude_nets;
	struct strlist nat64_texts, managed_types;
	const char *namespace, *annotation_prefix;
	const char *annotation_filter_text, *label_filter_text;
	const char *gateway_name, *gateway_namespace, *gateway_labels_text;
	const char *pod_domain;
	int64_t min_ttl_ms;
	int compatibility;
	bool audit, once, watches, list_sources;
	bool ignore_hostname, ignore_tls, ignore_rules, combine;
	bool publish_internal, publish_host_ip, publish_not_ready;
	bool exclude_unschedulable, expose_ipv6, host_network_only;
	bool gateway_listener_sets, force_default_targets, create_ptr;
	bool resolve_load_balancer;
	struct opt_log log;

	/* As parsed by config_check. */
	const struct source *sources[CONFIG_SOURCES_MAX];
	size_t n_sources;
	const struct selector *annotation_filter, *label_filter;
	const struct selector *gateway_labels;
	struct template *fqdn, *pair; /* NULL: not given */
	struct template *target;      /* no source here takes it */
	struct nets include, exclude, nat64;
	bool ptr; /* PTR is a managed type */
};

/* The defaults of all options. */
extern const struct config config_default;

/* Parse and check what was given. false: err names option and remedy. */
bool config_check(struct config *config, struct error *err);

/* The only namespace of which objects of a kind are read; NULL: all. */
const char *config_namespace(
    const struct config *config, const struct kind *kind);

/* true if services of this type are read (--service-type-filter). */
bool config_reads_service_type(const struct config *config, const char *type);

#endif
