// SPDX-License-Identifier: ISC
/*
 * config -- what the options mean, checked once at the start.
 *
 * An option that cannot work ends the program before the first line is read;
 * one that only cannot match anything (a net that is none) is passed over
 * with a warning, as external-dns does.
 */
#include "config.h"

#include <string.h>

#include "arena.h"
#include "count.h"
#include "log.h"
#include "selector.h"
#include "sources/source.h"
#include "template.h"

#define NAT64_BITS 96

static const char *const service_types[] = { "ClusterIP", "NodePort",
	"LoadBalancer", "ExternalName" };

const struct config config_default = {
	.exclude_unschedulable = true,
	.log.level = LOG_INFO,
};

static struct arena arena; /* of what was parsed; as long as the process */

static bool
find_sources(struct config *config, struct error *err)
{
	for (size_t i = 0; i < config->source_names.n; i++) {
		const char *name = config->source_names.items[i];
		const struct source *source = source_find(name);

		if (source == NULL)
			return error_set(err, CAUSE_INVALID,
			    "--source: '%s' is no source; "
			    "endpoints --list-sources names them",
			    name);
		for (size_t j = 0; j < config->n_sources; j++)
			if (config->sources[j] == source)
				source = NULL;
		if (source != NULL && config->n_sources < CONFIG_SOURCES_MAX)
			config->sources[config->n_sources++] = source;
	}
	return config->n_sources > 0 ||
	       error_set(err, CAUSE_INVALID,
		   "no --source: say what to read, as in --source=service");
}

static bool
parse_selector(const char *option, const char *text, bool numbers,
    const struct selector **selector, struct error *err)
{
	struct error why = { 0 };

	if (text == NULL || *text == '\0')
		return true;
	*selector = selector_parse(&arena, text, numbers, &why);
	return *selector != NULL ||
	       error_set(err, CAUSE_INVALID, "--%s: %s", option, why.text);
}

static bool
parse_selectors(struct config *config, struct error *err)
{
	return parse_selector("annotation-filter",
		   config->annotation_filter_text, false,
		   &config->annotation_filter, err) &&
	       parse_selector("label-filter", config->label_filter_text, true,
		   &config->label_filter, err) &&
	       parse_selector("gateway-label-filter",
		   config->gateway_labels_text, false, &config->gateway_labels,
		   err);
}

/* External-dns selects Ingresses by their classes as by labels. */
static bool
check_ingress_classes(const struct config *config, struct error *err)
{
	for (size_t i = 0; i < config->ingress_classes.n; i++) {
		const struct selector *unused = NULL;
		const char *class = config->ingress_classes.items[i];

		if (!parse_selector("ingress-class",
			arena_format(&arena, "class=%s", class), false, &unused,
			err))
			return false;
	}
	return true;
}

/* The values of a template option are one template, joined by commas. */
static bool
parse_template(const char *option, const struct strlist *texts,
    struct template **template, struct error *err)
{
	const char *text = strlist_join(texts, &arena, ",");

	if (text[strspn(text, " \t\r\n")] == '\0')
		return true;
	*template = template_parse(text, option, err);
	return *template != NULL;
}

static void
parse_nets(const char *option, const struct strlist *texts, struct nets *nets)
{
	nets->items =
	    arena_alloc(&arena, (texts->n + 1) * sizeof(struct ip_net));
	for (size_t i = 0; i < texts->n; i++) {
		struct strlist trimmed = { 0 };

		strlist_add_split(&trimmed, &arena, texts->items[i], '\0');
		if (trimmed.n == 1 &&
		    ip_parse_net(trimmed.items[0], &nets->items[nets->n]))
			nets->n++;
		else
			log_warning("--%s: '%s' is no network such as "
				    "10.0.0.0/8: ignored",
			    option, texts->items[i]);
	}
}

static bool
check_nat64(const struct config *config, struct error *err)
{
	for (size_t i = 0; i < config->nat64_texts.n; i++) {
		struct ip_net net;

		if (!ip_parse_net(config->nat64_texts.items[i], &net) ||
		    net.bits != NAT64_BITS || net.address.version != 6)
			return error_set(err, CAUSE_INVALID,
			    "--nat64-networks: '%s' is no IPv6 network "
			    "of /96",
			    config->nat64_texts.items[i]);
	}
	return true;
}

static bool
check_service_types(const struct config *config, struct error *err)
{
	for (size_t i = 0; i < config->service_types.n; i++) {
		const char *type = config->service_types.items[i];
		bool known = false;

		for (size_t j = 0; j < COUNT(service_types); j++)
			known |= strcmp(type, service_types[j]) == 0;
		if (!known)
			return error_set(err, CAUSE_INVALID,
			    "--service-type-filter: '%s' is none of "
			    "ClusterIP, NodePort, LoadBalancer, ExternalName",
			    type);
	}
	return true;
}

static bool
check_prefix(const struct config *config, struct error *err)
{
	const char *prefix = config->annotation_prefix;
	size_t n = prefix == NULL ? 0 : strlen(prefix);

	return prefix == NULL || (n > 1 && prefix[n - 1] == '/') ||
	       error_set(err, CAUSE_INVALID,
		   "--annotation-prefix: '%s' does not end with '/'", prefix);
}

/* external-dns pkg/apis/externaldns/validation. */
static bool
check_combinations(const struct config *config, struct error *err)
{
	if (config->resolve_load_balancer)
		return error_set(err, CAUSE_INVALID,
		    "--resolve-service-load-balancer-hostname: this program "
		    "has no network; leave it out, host names become CNAME "
		    "records");
	if (config->create_ptr && !config->ptr)
		return error_set(err, CAUSE_INVALID,
		    "--create-ptr needs --managed-record-types=PTR (and those "
		    "of A, AAAA, CNAME that are to stay managed)");
	if (config->ingress_classes.n > 0 &&
	    config->annotation_filter_text != NULL &&
	    strstr(config->annotation_filter_text,
		"kubernetes.io/ingress.class") != NULL)
		return error_set(err, CAUSE_INVALID,
		    "--ingress-class and an --annotation-filter on "
		    "kubernetes.io/ingress.class exclude each other");
	return true;
}

bool
config_check(struct config *config, struct error *err)
{
	config->ptr = strlist_has(&config->managed_types, "PTR");
	if (!find_sources(config, err) || !check_prefix(config, err) ||
	    !parse_selectors(config, err) ||
	    !check_service_types(config, err) ||
	    !check_ingress_classes(config, err) || !check_nat64(config, err))
		return false;
	if (!parse_template(
		"fqdn-template", &config->fqdn_templates, &config->fqdn, err) ||
	    !parse_template("target-template", &config->target_templates,
		&config->target, err) ||
	    !parse_template("fqdn-target-template", &config->pair_templates,
		&config->pair, err))
		return false;
	parse_nets(
	    "target-net-filter", &config->include_nets, &config->include);
	parse_nets(
	    "exclude-target-net", &config->exclude_nets, &config->exclude);
	parse_nets("nat64-networks", &config->nat64_texts, &config->nat64);
	if (config->ignore_hostname && config->fqdn == NULL)
		log_warning("--ignore-hostname-annotation without "
			    "--fqdn-template leaves few names");
	return check_combinations(config, err);
}

bool
config_reads_service_type(const struct config *config, const char *type)
{
	return config->service_types.n == 0 ||
	       strlist_has(&config->service_types, type);
}

const char *
config_namespace(const struct config *config, const struct kind *kind)
{
	const char *only = NULL;

	switch (kind->scope) {
	case SCOPE_NAMESPACE:
		only = config->namespace;
		break;
	case SCOPE_GATEWAY:
		only = config->gateway_namespace;
		break;
	case SCOPE_CLUSTER:
		break;
	}
	return only == NULL || *only == '\0' ? NULL : only;
}
