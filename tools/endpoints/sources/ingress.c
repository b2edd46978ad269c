// SPDX-License-Identifier: ISC
/*
 * source ingress -- DNS names asked for by Ingresses (networking.k8s.io/v1).
 *
 * Reads     ingresses
 * Names     spec.rules[].host      unless --ignore-ingress-rules-spec
 *           spec.tls[].hosts[]     unless --ignore-ingress-tls-spec
 *           annotation hostname    unless --ignore-hostname-annotation
 *           annotation ingress-hostname-source: defined-hosts-only takes the
 *           first two, annotation-only the third, any other value none
 * Targets   annotation target; else status.loadBalancer.ingress[].ip and
 *           .hostname, both if both
 * TTL       annotation ttl
 * Skips     with --ingress-class: all whose spec.ingressClassName, or if that
 *           is empty whose old class annotation, is not among the classes
 * Upstream  external-dns source/ingress.go. Names without any address are
 *           AddressPending here, nothing there.
 */
#include <string.h>
#include <strings.h>

#include "annotations.h"
#include "ask.h"
#include "config.h"
#include "json.h"
#include "kinds.h"

#define CLASS_ANNOTATION "kubernetes.io/ingress.class"

static bool
is_wanted_class(jv ingress, const struct config *config)
{
	const char *class = json_str_at(ingress, "spec", "ingressClassName");

	if (config->ingress_classes.n == 0)
		return true;
	if (class == NULL || *class == '\0')
		class = annotations_raw(ingress, CLASS_ANNOTATION);
	return class != NULL && strlist_has(&config->ingress_classes, class);
}

static void
names_from_rules(jv spec, struct arena *arena, struct strlist *names)
{
	jv rules = json_at(spec, "rules");
	jv rule;

	for (int i = 0; json_item(rules, i, &rule); i++)
		strlist_add(names, arena, json_str_at(rule, "host"));
}

static void
names_from_tls(jv spec, struct arena *arena, struct strlist *names)
{
	jv blocks = json_at(spec, "tls");
	jv block;

	for (int i = 0; json_item(blocks, i, &block); i++)
		ask_add_texts(names, arena, json_at(block, "hosts"));
}

static struct strlist
names_of(struct ask *ask)
{
	const struct config *config = ask->config;
	jv spec = json_at(ask->object, "spec");
	const char *from =
	    annotations_get(config, ask->object, "ingress-hostname-source");
	struct strlist given = ask_list(ask, "hostname");
	struct strlist names = { 0 };

	if (from == NULL || strcasecmp(from, "defined-hosts-only") == 0) {
		if (!config->ignore_rules)
			names_from_rules(spec, ask->arena, &names);
		if (!config->ignore_tls)
			names_from_tls(spec, ask->arena, &names);
	}
	if ((from == NULL || strcasecmp(from, "annotation-only") == 0) &&
	    !config->ignore_hostname)
		strlist_add_all(&names, ask->arena, &given);
	return names;
}

static struct strlist
targets_of(struct ask *ask)
{
	struct strlist targets = ask_list(ask, "target");

	return targets.n > 0 ? targets : ask_balancers(ask);
}

static void
claim_name(struct ask *ask, const char *host)
{
	struct strlist targets = targets_of(ask);

	if (targets.n == 0 && *host != '\0')
		claim_unknown(ask->draft, UNKNOWN_ADDRESS);
	claim_host(ask->draft, host, &targets);
}

static void
claim_ingress(struct ask *ask)
{
	struct strlist names = names_of(ask);

	if (!is_wanted_class(ask->object, ask->config)) {
		ask->skip = true;
		return;
	}
	annotations_ttl(ask->draft, ask->object);
	for (size_t i = 0; i < names.n && !claim_is_full(ask->draft); i++)
		claim_name(ask, names.items[i]);
}

const struct source source_ingress = {
	.name = "ingress",
	.summary = "hosts of Ingresses, at the address of their controller",
	.label = "ingress",
	.reads = {
		{ .kind = &kind_ingress,
		  .paths = "metadata.annotations metadata.labels "
			   "spec.ingressClassName spec.rules.host "
			   "spec.tls.hosts status.loadBalancer.ingress" },
	},
	.claim = claim_ingress,
	.host = claim_name,
};
