// SPDX-License-Identifier: ISC
/*
 * resource -- one argument of k8s-watch: which objects, and what of them.
 *
 * The server is asked for kinds and versions (discovery.c). The table is for
 * the time when it does not answer that: a mark has to name a kind that is
 * not served as well, and the core group has had one version since 2015.
 */
#include "resource.h"

#include <string.h>

#include "arena.h"
#include "count.h"

#define GATEWAY "gateway.networking.k8s.io"

struct known {
	const char *group;
	const char *name;
	const char *kind;
	const char *version; /* the newest */
	bool is_cluster_wide;
};

/* clang-format off */
static const struct known table[] = {
	{ "", "services",   "Service",   "v1", false },
	{ "", "endpoints",  "Endpoints", "v1", false },
	{ "", "pods",       "Pod",       "v1", false },
	{ "", "nodes",      "Node",      "v1", true },
	{ "", "namespaces", "Namespace", "v1", true },
	{ "discovery.k8s.io",    "endpointslices",  "EndpointSlice", "v1", false },
	{ "networking.k8s.io",   "ingresses",       "Ingress",       "v1", false },
	{ "externaldns.k8s.io",  "dnsendpoints",    "DNSEndpoint",   "v1alpha1", false },
	{ GATEWAY,               "gatewayclasses",  "GatewayClass",  "v1", true },
	{ GATEWAY,               "gateways",        "Gateway",       "v1", false },
	{ GATEWAY,               "listenersets",    "ListenerSet",   "v1", false },
	{ GATEWAY,               "httproutes",      "HTTPRoute",     "v1", false },
	{ GATEWAY,               "grpcroutes",      "GRPCRoute",     "v1", false },
	{ GATEWAY,               "tlsroutes",       "TLSRoute",      "v1", false },
	{ GATEWAY,               "tcproutes",       "TCPRoute",      "v1alpha2", false },
	{ GATEWAY,               "udproutes",       "UDPRoute",      "v1alpha2", false },
};
/* clang-format on */

static const struct known *
find(const struct resource *resource)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (strcmp(table[i].group, resource->group) == 0 &&
		    strcmp(table[i].name, resource->name) == 0)
			return &table[i];
	return NULL;
}

struct resource_served
resource_guess(const struct resource *resource)
{
	const struct known *known = find(resource);

	if (known == NULL)
		return (struct resource_served){ resource->name, "v1", true };
	return (struct resource_served){ known->kind, known->version,
		!known->is_cluster_wide };
}

bool
resource_is_certain(const struct resource *resource)
{
	return *resource->group == '\0' && find(resource) != NULL;
}

const char *
resource_api_version(
    struct arena *arena, const struct resource *resource, const char *version)
{
	if (*resource->group == '\0')
		return arena_copy(arena, version);
	return arena_format(arena, "%s/%s", resource->group, version);
}

/* Cut text at separator; the part behind it, or NULL. */
static char *
cut(char *text, char separator)
{
	char *at = strchr(text, separator);

	if (at == NULL)
		return NULL;
	*at = '\0';
	return at + 1;
}

/* What a URL path segment of the API may hold. */
static bool
is_word(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.")] ==
	       '\0';
}

static void
parse_paths(struct arena *arena, char *paths, struct prune *prune)
{
	char *next;

	prune_init(prune, arena, paths == NULL);
	for (; paths != NULL; paths = next) {
		next = cut(paths, ',');
		if (*paths != '\0')
			prune_add(prune, arena, paths);
	}
}

bool
resource_parse(struct arena *arena, const char *argument,
    struct resource *resource, struct error *err)
{
	char *name = arena_copy(arena, argument);
	char *paths = cut(name, ':');
	const char *label = arena_copy(arena, name);
	const char *namespace = cut(name, '@');
	const char *group = cut(name, '.');

	*resource = (struct resource){
		.name = name,
		.group = group == NULL ? "" : group,
		.namespace = namespace == NULL ? "" : namespace,
		.label = label,
	};
	if (*name == '\0' || !is_word(name) || !is_word(resource->group) ||
	    !is_word(resource->namespace))
		return error_set(err, CAUSE_INVALID,
		    "'%s' is no resource: RESOURCE[.GROUP][@NAMESPACE]"
		    "[:PATH,...] is wanted",
		    argument);
	parse_paths(arena, paths, &resource->prune);
	return true;
}
