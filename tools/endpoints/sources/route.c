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
#include "count.h"
#include "hostname.h"
#include "json.h"
#include "kinds.h"
#include "log.h"
#include "parent.h"

#define HOSTNAME_SOURCE "gateway-hostname-source"

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
add_hosts(struct route *route, struct strlist given, const char *field)
{
	struct ask *ask = route->ask;

	for (size_t i = 0; i < given.n; i++) {
		const char *name = hostname_read(ask->arena, given.items[i]);

		if (name != NULL)
			strlist_add(&route->hosts, ask->arena, name);
		else
			claim_reject(ask->draft, given.items[i], field,
			    REJECT_NAME,
			    "no hostname in the sense of the Gateway API");
	}
}

/* Without hostnames in its spec a route takes those of the listeners, even
 * where a template gives names too. */
static void
collect_hosts(struct route *route)
{
	struct ask *ask = route->ask;
	const struct config *config = ask->config;
	jv hostnames = json_at(ask->object, "spec", "hostnames");
	struct strlist in_spec = { 0 };
	const char *only =
	    annotations_get(config, ask->object, HOSTNAME_SOURCE);
	bool annotation_only =
	    only != NULL && strcasecmp(only, "annotation-only") == 0;
	bool defined_only =
	    only != NULL && strcasecmp(only, "defined-hosts-only") == 0;
	bool is_empty = json_count(hostnames) == 0;

	if (only != NULL && !annotation_only && !defined_only)
		log_warning("%s/%s: annotation " HOSTNAME_SOURCE
			    " is neither annotation-only nor "
			    "defined-hosts-only: ignored",
		    ask->namespace, ask->name);
	if (!annotation_only) {
		ask_add_texts(&in_spec, ask->arena, hostnames);
		add_hosts(route, in_spec, "spec.hostnames");
		if (is_empty || config->combine)
			add_hosts(route,
			    ask_template(ask, config->fqdn, "fqdn-template"),
			    "fqdn-template");
		if (is_empty && !defined_only)
			strlist_add(&route->hosts, ask->arena, "");
	}
	if (!defined_only && !config->ignore_hostname)
		add_hosts(route, ask_list(ask, "hostname"),
		    "metadata.annotations.hostname");
	strlist_sort_unique(&route->hosts);
}

/* -- parents -------------------------------------------------------------- */

/* A parent that exists may still accept the route, or accept it again. */
static void
note_pending(struct ask *ask)
{
	jv references = json_at(ask->object, "spec", "parentRefs");
	struct gateway gateway;
	jv reference;

	for (int i = 0; json_item(references, i, &reference); i++) {
		struct parent parent = parent_read(ask, reference);

		if (parent.kind != NULL && !parent_has_accepted(ask, &parent) &&
		    parent_find(ask, &parent, &gateway))
			claim_unknown(ask->draft, UNKNOWN_ACCEPTANCE);
	}
}

/* -- the join ---------------------------------------------------------------- */

static bool
fits(struct route *route, const struct parent *parent,
    const struct listener *listener)
{
	const char *protocol =
	    arena_format(route->ask->arena, " %s ", listener->protocol);

	if ((*parent->section != '\0' &&
		strcmp(parent->section, listener->name) != 0) ||
	    (*parent->port != '\0' &&
		strcmp(parent->port, listener->port) != 0) ||
	    strstr(route->protocols, protocol) == NULL)
		return false;
	if (listener->kinds.n > 0 &&
	    !strlist_has(&listener->kinds, route->kind))
		return false;
	return gateway_admits(
	    route->ask, &listener->allows, route->ask->namespace);
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

	if (!parent_find(ask, parent, &gateway))
		return;
	cursor = gateway.listeners;
	while (gateway_next_listener(ask, &gateway, &cursor, &listener))
		if (fits(route, parent, &listener))
			meet(route, &listener, &names);
	strlist_sort_unique(&names);
	if (names.n > 0 && gateway.targets.n == 0)
		claim_unknown(ask->draft, UNKNOWN_ADDRESS);
	for (size_t i = 0; i < names.n; i++)
		claim_host(ask->draft, names.items[i], &gateway.targets);
}

static void
join_parents(struct route *route)
{
	struct ask *ask = route->ask;
	jv statuses = json_at(ask->object, "status", "parents");
	jv status;

	for (int i = 0; json_item(statuses, i, &status); i++) {
		struct parent parent =
		    parent_read(ask, json_at(status, "parentRef"));

		if (parent.kind != NULL && parent_is_named(ask, &parent) &&
		    kind_condition(status, "Accepted"))
			join(route, &parent);
	}
}

static void
route_claim(struct ask *ask)
{
	struct route route = { .ask = ask,
		.kind = arena_format(
		    ask->arena, "%s/%s", GATEWAY_GROUP, ask->kind->name),
		.protocols = "" };

	for (size_t i = 0; i < COUNT(protocols_of); i++)
		if (strcmp(protocols_of[i].kind, ask->kind->name) == 0)
			route.protocols = protocols_of[i].protocols;
	ask->draft->joined = true;
	annotations_ttl(ask->draft, ask->object);
	collect_hosts(&route);
	join_parents(&route);
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
