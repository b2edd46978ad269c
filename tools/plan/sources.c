// SPDX-License-Identifier: ISC
/*
 * sources -- which silence means that something is gone.
 *
 * A record set names in its resource the object that asked for it, and the
 * kind of that object names the source: only if this source is complete does
 * its silence mean anything. Kinds that are not called like their source are
 * in the table.
 */
#include <string.h>

#include "count.h"
#include "plan.h"

#define RANK_LAST UINT16_MAX

/* Kind in a resource text, and its source (external-dns source/ *.go). */
static const struct {
	const char *kind, *source;
} kinds[] = {
	{ "gateway", "istio-gateway" },
	{ "virtualservice", "istio-virtualservice" },
	{ "route", "openshift-route" },
	{ "HTTPProxy", "contour-httpproxy" },
	{ "ingressroute", "traefik-proxy" },
	{ "ingressroutetcp", "traefik-proxy" },
	{ "ingressrouteudp", "traefik-proxy" },
	{ "host", "ambassador-host" },
	{ "tcpingress", "kong-tcpingress" },
	{ "routegroup", "skipper-routegroup" },
	{ "httproute", "gateway-httproute" },
	{ "grpcroute", "gateway-grpcroute" },
	{ "tlsroute", "gateway-tlsroute" },
	{ "tcproute", "gateway-tcproute" },
	{ "udproute", "gateway-udproute" },
};

struct source *
sources_get(struct plan *plan, const char *name)
{
	bool added;
	struct source *source = table_put(&plan->sources, name, &added);

	if (added)
		source->rank = RANK_LAST;
	return source;
}

static const struct source *
source_of(const struct plan *plan, const char *resource)
{
	char kind[64];
	size_t n = strcspn(resource, "/");

	if (n >= sizeof(kind))
		return NULL;
	(void)snprintf(kind, sizeof(kind), "%.*s", (int)n, resource);
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(kind, kinds[i].kind) == 0)
			return table_find(&plan->sources, kinds[i].source);
	return table_find(&plan->sources, kind);
}

static bool
is_complete(const struct source *source)
{
	return source->has_mark && source->state == STATE_COMPLETE;
}

enum skip
sources_judge(const struct plan *plan, const char *resource)
{
	const struct source *source;
	size_t cursor = 0;

	if (resource != NULL) {
		source = source_of(plan, resource);
		if (source == NULL)
			return SKIP_SOURCE_NOT_CONFIGURED;
		return is_complete(source) ? SKIP_NONE : SKIP_SOURCE_INCOMPLETE;
	}
	while ((source = table_next(&plan->sources, &cursor)) != NULL)
		if (!is_complete(source))
			return SKIP_SOURCE_INCOMPLETE;
	return plan->sources.n > 0 ? SKIP_NONE : SKIP_SOURCE_NOT_CONFIGURED;
}
