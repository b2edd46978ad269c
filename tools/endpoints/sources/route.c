// SPDX-License-Identifier: ISC
/*
 * sources gateway -- DNS names asked for by routes of the Gateway API.
 *
 * gateway-httproute, -grpcroute, -tlsroute, -tcproute and -udproute: one rule
 * for five kinds.
 *
 * Reads     the routes of one kind
 * Joins     gateways, listenersets with --gateway-listener-sets, namespaces
 *           for `from: Selector`: see gateway.c
 * Names     spec.hostnames; else the hostnames of the listeners
 *           hostname annotation    unless --ignore-hostname-annotation
 *           --fqdn-template        if spec.hostnames is empty, or with
 *                                  --combine-fqdn-annotation
 *           annotation gateway-hostname-source: `annotation-only`, or
 *           `defined-hosts-only` for spec.hostnames and template alone
 *           All of them must meet the listener's hostname; where both hold a
 *           wildcard or one holds nothing, the more specific one is the name.
 * Targets   status.addresses[].value of each Gateway that accepted the route
 *           (or its target annotation) through a listener that fits:
 *           sectionName and port of status.parents[].parentRef, protocol,
 *           allowedRoutes. A ListenerSet has its Gateway's addresses or a
 *           target annotation of its own.
 * Unknown   NotAccepted: a parent that is known has not accepted the route;
 *           AddressPending: a name fits, but its Gateway has no address
 * Skips     the target annotation of a route; ReferenceGrants
 * Upstream  external-dns source/gateway.go; templates for targets and pairs
 *           do nothing, as there
 */
#include <string.h>
#include <strings.h>

#include "annotations.h"
#include "arena.h"
#include "ask.h"
#include "claim.h"
#include "config.h"
#include "gateway.h"
#include "hostname.h"
#include "json.h"

#define HOSTNAME_SOURCE "gateway-hostname-source"

/* A reference to a parent, with its defaults. */
struct parent {
	const struct kind *kind; /* NULL: not of ours */
	const char *namespace, *name;
	const char *section; /* "" for all */
	const char *port;    /* "" for all */
};

/* One route at work. */
struct route {
	struct ask *ask;
	const char *kind;      /* "gateway.networking.k8s.io/HTTPRoute" */
	const char *protocols; /* of listeners, each between blanks */
	struct strlist hosts;  /* "" stands for the listener's */
};

static const struct {
	const char *kind;
	const char *protocols;
} protocols_of[] = {
	{ "HTTPRoute", " HTTP HTTPS " },
	{ "GRPCRoute", " HTTP HTTPS " },
	{ "TLSRoute", " TLS " },
	{ "TCPRoute", " TCP TLS " },
	{ "UDPRoute", " UDP " },
};

/* -- names ------------------------------------------------------------------ */
static void
add_host(struct route *route, const char *text, const char *field)
{
	const char *name = hostname_read(route->ask->arena, text);

	if (name != NULL)
		strlist_add(&route->hosts, route->ask->arena, name);
	else
		claim_reject(route->ask->draft, text, field, REJECT_NAME,
		    "no hostname in the sense of the Gateway API");
}

static void
add_spec_hosts(struct route *route, jv hostnames)
{
	jv host;

	for (int i = 0; json_item(hostnames, i, &host); i++)
		if (json_str(host) != NULL)
			add_host(route, json_str(host), "spec.hostnames");
}

static void
add_template_hosts(struct route *route)
{
	struct strlist list =
	    ask_template(route->ask, route->ask->config->fqdn, "fqdn-template");

	for (size_t i = 0; i < list.n; i++)
		add_host(route, list.items[i], "fqdn-template");
}

static void
add_annotation_hosts(struct route *route)
{
	struct ask *ask = route->ask;
	struct strlist list =
	    annotations_list(ask->config, ask->object, "hostname", ask->arena);

	for (size_t i = 0; i < list.n && !ask->config->ignore_hostname; i++)
		add_host(route, list.items[i], "metadata.annotations.hostname");
}

/* Without hostnames in its spec a route takes those of the listeners, even
 * where a template gives names too. */
static void
collect_hosts(struct route *route)
{
	const struct config *config = route->ask->config;
	jv hostnames = json_at(route->ask->object, "spec", "hostnames");
	const char *only =
	    annotations_get(config, route->ask->object, HOSTNAME_SOURCE);
	bool annotation_only =
	    only != NULL && strcasecmp(only, "annotation-only") == 0;
	bool defined_only =
	    only != NULL && strcasecmp(only, "defined-hosts-only") == 0;
	bool is_empty = json_count(hostnames) == 0;

	if (!annotation_only) {
		add_spec_hosts(route, hostnames);
		if (is_empty || config->combine)
			add_template_hosts(route);
		if (is_empty && !defined_only)
			strlist_add(&route->hosts, route->ask->arena, "");
	}
	if (!defined_only)
		add_annotation_hosts(route);
	strlist_sort_unique(&route->hosts);
}

/* -- parents ---------------------------------------------------------------- */

static const char *
text_or(jv value, const char *otherwise)
{
	const char *text = json_str(value);

	return text == NULL ? otherwise : text;
}

static struct parent
read_parent(struct ask *ask, jv reference)
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

/* sectionName and port may differ: those of the status count. */
static bool
is_same_parent(const struct parent *a, const struct parent *b)
{
	return a->kind == b->kind && strcmp(a->namespace, b->namespace) == 0 &&
	       strcmp(a->name, b->name) == 0;
}

static bool
is_in_spec(struct ask *ask, const struct parent *parent)
{
	jv references = json_at(ask->object, "spec", "parentRefs");
	jv reference;

	for (int i = 0; json_item(references, i, &reference); i++) {
		struct parent other = read_parent(ask, reference);

		if (is_same_parent(&other, parent))
			return true;
	}
	return false;
}

static bool
has_accepted(struct ask *ask, const struct parent *parent)
{
	jv statuses = json_at(ask->object, "status", "parents");
	jv status;

	for (int i = 0; json_item(statuses, i, &status); i++) {
		struct parent other =
		    read_parent(ask, json_at(status, "parentRef"));

		if (is_same_parent(&other, parent) &&
		    gateway_is_accepted(json_at(status, "conditions")))
			return true;
	}
	return false;
}

/*
 * Find a parent, and for a ListenerSet make sure that it is attached to its
 * Gateway and knows its targets. false: nothing comes through it.
 */
static bool
find_parent(
    struct ask *ask, const struct parent *parent, struct gateway *gateway)
{
	struct gateway above;
	struct admission admission;

	if (!gateway_find(
		ask, parent->kind, parent->namespace, parent->name, gateway))
		return false;
	if (parent->kind == &kind_gateway)
		return true;
	if (!gateway_find(ask, &kind_gateway, gateway->parent_namespace,
		gateway->parent, &above))
		return false;
	admission = (struct admission){ .from = above.from,
		.selector = above.selector,
		.home = above.namespace };
	if (!gateway_admits(ask, &admission, gateway->namespace))
		return false;
	if (!gateway->accepted)
		claim_unknown(ask->draft, UNKNOWN_ACCEPTANCE);
	if (gateway->targets.n == 0)
		gateway->targets = above.targets;
	return gateway->accepted;
}

/* A parent that exists may still accept the route, or accept it again. */
static void
note_pending(struct ask *ask)
{
	jv references = json_at(ask->object, "spec", "parentRefs");
	struct gateway gateway;
	jv reference;

	for (int i = 0; json_item(references, i, &reference); i++) {
		struct parent parent = read_parent(ask, reference);

		if (parent.kind != NULL && !has_accepted(ask, &parent) &&
		    find_parent(ask, &parent, &gateway))
			claim_unknown(ask->draft, UNKNOWN_ACCEPTANCE);
	}
}

/* -- the join ---------------------------------------------------------------- */

static bool
fits(struct route *route, const struct parent *parent,
    const struct gateway *gateway, const struct listener *listener)
{
	struct admission admission = { .from = listener->from,
		.selector = listener->selector,
		.home = gateway->namespace };
	const char *protocol =
	    arena_format(route->ask->arena, " %s ", listener->protocol);

	if (!listener->attached ||
	    (*parent->section != '\0' &&
		strcmp(parent->section, listener->name) != 0) ||
	    (*parent->port != '\0' &&
		strcmp(parent->port, listener->port) != 0) ||
	    strstr(route->protocols, protocol) == NULL)
		return false;
	if (listener->kinds.n > 0 &&
	    !strlist_has(&listener->kinds, route->kind))
		return false;
	return gateway_admits(route->ask, &admission, route->ask->namespace);
}

/* The names that come through a listener are added to names. */
static void
meet(
    struct route *route, const struct listener *listener, struct strlist *names)
{
	struct arena *arena = route->ask->arena;
	const char *theirs = "";

	if (*listener->hostname != '\0')
		theirs = hostname_read(arena, listener->hostname);
	for (size_t i = 0; i < route->hosts.n && theirs != NULL; i++) {
		const char *name =
		    hostname_intersection(route->hosts.items[i], theirs);

		if (name != NULL && *name != '\0')
			strlist_add(names, arena, name);
	}
}

/* All that comes through one parent that has accepted the route. */
static void
join(struct route *route, const struct parent *parent)
{
	struct ask *ask = route->ask;
	struct strlist names = { 0 };
	struct gateway gateway;
	struct listener listener;
	size_t cursor;

	if (!find_parent(ask, parent, &gateway))
		return;
	cursor = gateway.listeners;
	while (gateway_next_listener(ask, &gateway, &cursor, &listener))
		if (fits(route, parent, &gateway, &listener))
			meet(route, &listener, &names);
	strlist_sort_unique(&names);
	if (names.n > 0 && gateway.targets.n == 0)
		claim_unknown(ask->draft, UNKNOWN_ADDRESS);
	for (size_t i = 0; i < names.n; i++)
		claim_host(ask->draft, names.items[i], &gateway.targets);
}

static void
route_claim(struct ask *ask)
{
	jv statuses = json_at(ask->object, "status", "parents");
	struct route route = { .ask = ask,
		.kind = arena_format(
		    ask->arena, "%s/%s", GATEWAY_GROUP, ask->kind->name),
		.protocols = "" };
	jv status;

	for (size_t i = 0; i < sizeof protocols_of / sizeof *protocols_of; i++)
		if (strcmp(protocols_of[i].kind, ask->kind->name) == 0)
			route.protocols = protocols_of[i].protocols;
	annotations_ttl(ask->draft, ask->object);
	collect_hosts(&route);
	for (int i = 0; json_item(statuses, i, &status); i++) {
		struct parent parent =
		    read_parent(ask, json_at(status, "parentRef"));

		if (parent.kind != NULL && is_in_spec(ask, &parent) &&
		    gateway_is_accepted(json_at(status, "conditions")))
			join(&route, &parent);
	}
	note_pending(ask);
}

/* -- the table --------------------------------------------------------------- */

static bool
wants_listener_sets(const struct config *config)
{
	return config->gateway_listener_sets;
}

#define ROUTE_PATHS                                            \
	"metadata.annotations metadata.labels spec.hostnames " \
	"spec.parentRefs status.parents.parentRef "            \
	"status.parents.conditions.type status.parents.conditions.status"

/* clang-format off */
#define ROUTE(word, kind_name, plural) \
	static const struct kind kind_##word = { GATEWAY_GROUP, kind_name, plural, SCOPE_NAMESPACE, NULL, NULL, false }; \
	const struct source source_gateway_##word = { \
		.name = "gateway-" #word, \
		.summary = "hostnames of " kind_name "s, addresses of their Gateways", \
		.label = #word, \
		.templated = true, \
		.reads = { \
			{ &kind_##word, false, ROUTE_PATHS, NULL, NULL }, \
			{ &kind_gateway, true, KIND_GATEWAY_PATHS, NULL, NULL }, \
			{ &kind_listener_set, true, KIND_LISTENER_SET_PATHS, wants_listener_sets, NULL }, \
			{ &kind_namespace, true, KIND_NAMESPACE_PATHS, NULL, NULL }, \
		}, \
		.claim = route_claim, \
	}
ROUTE(httproute, "HTTPRoute", "httproutes");
ROUTE(grpcroute, "GRPCRoute", "grpcroutes");
ROUTE(tlsroute, "TLSRoute", "tlsroutes");
ROUTE(tcproute, "TCPRoute", "tcproutes");
ROUTE(udproute, "UDPRoute", "udproutes");
/* clang-format on */
