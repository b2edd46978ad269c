// SPDX-License-Identifier: ISC
/*
 * kinds -- see kinds.h.
 *
 * The rows below are what the sources of external-dns read, and what kubectl
 * needs to set up rights and a Deployment. Gateway API as of release 1.5,
 * experimental channel.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "kinds.h"

#define CRD_GROUP  "apiextensions.k8s.io"
#define CRD_PLURAL "customresourcedefinitions"
#define GATEWAY    "gateway.networking.k8s.io"
#define RBAC       "rbac.authorization.k8s.io"

/* clang-format off */
static const struct kind_spec rows[] = {
	/* group, versions, Kind, plural, singular, short names, namespaced, status, custom, in `all` */
	{ "", "v1", "Namespace", "namespaces", "namespace", "ns", false, true, false, false },
	{ "", "v1", "Service", "services", "service", "svc", true, true, false, true },
	{ "", "v1", "Endpoints", "endpoints", "endpoints", "ep", true, false, false, false },
	{ "", "v1", "Pod", "pods", "pod", "po", true, true, false, true },
	{ "", "v1", "Node", "nodes", "node", "no", false, true, false, false },
	{ "", "v1", "Event", "events", "event", "ev", true, false, false, false },
	{ "", "v1", "ConfigMap", "configmaps", "configmap", "cm", true, false, false, false },
	{ "", "v1", "Secret", "secrets", "secret", "", true, false, false, false },
	{ "", "v1", "ServiceAccount", "serviceaccounts", "serviceaccount", "sa", true, false, false, false },
	{ "apps", "v1", "Deployment", "deployments", "deployment", "deploy", true, true, false, true },
	{ "coordination.k8s.io", "v1", "Lease", "leases", "lease", "", true, false, false, false },
	{ "discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", "endpointslice", "", true, false, false, false },
	{ "events.k8s.io", "v1", "Event", "events", "event", "ev", true, false, false, false },
	{ "networking.k8s.io", "v1", "Ingress", "ingresses", "ingress", "ing", true, true, false, false },
	{ "networking.k8s.io", "v1", "IngressClass", "ingressclasses", "ingressclass", "", false, false, false, false },
	{ RBAC, "v1", "ClusterRole", "clusterroles", "clusterrole", "", false, false, false, false },
	{ RBAC, "v1", "ClusterRoleBinding", "clusterrolebindings", "clusterrolebinding", "", false, false, false, false },
	{ RBAC, "v1", "Role", "roles", "role", "", true, false, false, false },
	{ RBAC, "v1", "RoleBinding", "rolebindings", "rolebinding", "", true, false, false, false },
	{ CRD_GROUP, "v1", "CustomResourceDefinition", CRD_PLURAL, "customresourcedefinition", "crd crds", false, true, false, false },
	{ GATEWAY, "v1 v1beta1", "GatewayClass", "gatewayclasses", "gatewayclass", "gc", false, true, true, false },
	{ GATEWAY, "v1 v1beta1", "Gateway", "gateways", "gateway", "gtw", true, true, true, false },
	{ GATEWAY, "v1 v1beta1", "HTTPRoute", "httproutes", "httproute", "", true, true, true, false },
	{ GATEWAY, "v1", "GRPCRoute", "grpcroutes", "grpcroute", "", true, true, true, false },
	{ GATEWAY, "v1 v1alpha3 v1alpha2", "TLSRoute", "tlsroutes", "tlsroute", "", true, true, true, false },
	{ GATEWAY, "v1alpha2", "TCPRoute", "tcproutes", "tcproute", "", true, true, true, false },
	{ GATEWAY, "v1alpha2", "UDPRoute", "udproutes", "udproute", "", true, true, true, false },
	{ GATEWAY, "v1", "ListenerSet", "listenersets", "listenerset", "lset", true, true, true, false },
	{ "gateway.networking.x-k8s.io", "v1alpha1", "XListenerSet", "xlistenersets", "xlistenerset", "lset", true, true, true, false },
	{ "externaldns.k8s.io", "v1alpha1", "DNSEndpoint", "dnsendpoints", "dnsendpoint", "", true, true, true, false },
};
/* clang-format on */

/* The words of a blank-separated list as a JSON array. */
static jv
words(const char *list)
{
	jv array = json_new_array();

	while (*list != '\0') {
		size_t n = strcspn(list, " ");
		char *word = heap_copy_n(list, n);

		json_add_str(&array, word);
		free(word);
		list += n + strspn(list + n, " ");
	}
	return array;
}

static jv
definition_names(const struct kind_spec *spec)
{
	jv names = json_new_object();
	char list_kind[80];

	(void)snprintf(list_kind, sizeof(list_kind), "%sList", spec->kind);
	json_set_str(&names, "kind", spec->kind);
	json_set_str(&names, "listKind", list_kind);
	json_set_str(&names, "plural", spec->plural);
	json_set(&names, "shortNames", words(spec->short_names));
	json_set_str(&names, "singular", spec->singular);
	return names;
}

static jv
definition_versions(const struct kind_spec *spec)
{
	jv versions = words(spec->versions);
	jv out = json_new_array();
	jv name;

	for (int i = 0; json_item(versions, i, &name); i++) {
		jv version = json_new_object();
		jv subresources = json_new_object();

		json_set(&version, "name", json_share(name));
		json_set_bool(&version, "served", true);
		json_set_bool(&version, "storage", i == 0);
		if (spec->has_status)
			json_set(&subresources, "status", json_new_object());
		json_set(&version, "subresources", subresources);
		json_add(&out, version);
	}
	json_free(versions);
	return out;
}

static jv
established(const char *type, const char *time)
{
	jv condition = json_new_object();

	json_set_str(&condition, "lastTransitionTime", time);
	json_set_str(&condition, "reason", "InitialNamesAccepted");
	json_set_str(&condition, "status", "True");
	json_set_str(&condition, "type", type);
	return condition;
}

jv
kinds_status(const struct store *store, jv definition)
{
	jv status = json_new_object();
	jv conditions = json_new_array();
	char time[32];

	store_time(store, time);
	json_set(&status, "acceptedNames",
	    json_share(json_at(definition, "spec", "names")));
	json_add(&conditions, established("NamesAccepted", time));
	json_add(&conditions, established("Established", time));
	json_set(&status, "conditions", conditions);
	return status;
}

static void
write_definition(struct store *store, const struct kind_spec *spec)
{
	struct kind *crds = store_kind(store, CRD_GROUP, CRD_PLURAL);
	jv definition = json_new_object();
	jv metadata = json_new_object();
	jv inner = json_new_object();
	char key[256];
	char uid[37];
	char time[32];

	(void)snprintf(key, sizeof(key), "/%s.%s", spec->plural, spec->group);
	store_uid(store, uid);
	store_time(store, time);
	json_set_str(&metadata, "name", key + 1);
	json_set_str(&metadata, "uid", uid);
	json_set_int(&metadata, "generation", 1);
	json_set_str(&metadata, "creationTimestamp", time);
	json_set(&definition, "metadata", metadata);
	json_set_str(&inner, "group", spec->group);
	json_set(&inner, "names", definition_names(spec));
	json_set_str(
	    &inner, "scope", spec->namespaced ? "Namespaced" : "Cluster");
	json_set(&inner, "versions", definition_versions(spec));
	json_set(&definition, "spec", inner);
	json_set(&definition, "status", kinds_status(store, definition));
	(void)store_put(store, crds, key, definition);
}

void
kinds_init(struct store *store)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		(void)store_add_kind(store, &rows[i], NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].custom)
			write_definition(store, &rows[i]);
}

struct kind *
kinds_defined(const struct store *store, const char *name)
{
	size_t n = strcspn(name, ".");
	char *plural = heap_copy_n(name, n);
	struct kind *kind =
	    store_kind(store, name[n] == '.' ? name + n + 1 : "", plural);

	free(plural);
	return kind != NULL && kind->spec.custom ? kind : NULL;
}

/* One block of memory for all texts of a spec that came as JSON. */
struct packed {
	struct text text;
	size_t offsets[6];
};

static void
pack(struct packed *packed, int i, const char *str)
{
	packed->offsets[i] = packed->text.n;
	text_add(&packed->text, str == NULL ? "" : str);
	text_add_n(&packed->text, "", 1);
}

static void
pack_words(struct packed *packed, int i, jv array, const char *member)
{
	struct text list = { 0 };
	jv item;

	for (int j = 0; json_item(array, j, &item); j++) {
		const char *word =
		    member == NULL ? json_str(item) : json_str_at(item, member);
		bool served = true;

		(void)json_bool(json_at(item, "served"), &served);
		if (word != NULL && served)
			text_format(&list, "%s%s", list.n > 0 ? " " : "", word);
	}
	pack(packed, i, text_str(&list));
	text_done(&list);
}

static bool
has_status(jv versions)
{
	jv version;

	for (int i = 0; json_item(versions, i, &version); i++)
		if (json_is_object(json_at(version, "subresources", "status")))
			return true;
	return false;
}

void
kinds_define(struct store *store, jv definition)
{
	jv inner = json_at(definition, "spec");
	jv names = json_at(inner, "names");
	const char *group = json_str_at(inner, "group");
	const char *plural = json_str_at(names, "plural");
	const char *scope = json_str_at(inner, "scope");
	struct packed packed = { 0 };
	struct kind_spec spec = { .custom = true };
	struct kind *kind;

	pack(&packed, 0, group);
	pack_words(&packed, 1, json_at(inner, "versions"), "name");
	pack(&packed, 2, json_str_at(names, "kind"));
	pack(&packed, 3, plural);
	pack(&packed, 4, json_str_at(names, "singular"));
	pack_words(&packed, 5, json_at(names, "shortNames"), NULL);
	spec.group = packed.text.data + packed.offsets[0];
	spec.versions = packed.text.data + packed.offsets[1];
	spec.kind = packed.text.data + packed.offsets[2];
	spec.plural = packed.text.data + packed.offsets[3];
	spec.singular = packed.text.data + packed.offsets[4];
	spec.short_names = packed.text.data + packed.offsets[5];
	spec.namespaced = scope == NULL || strcmp(scope, "Cluster") != 0;
	spec.has_status = has_status(json_at(inner, "versions"));
	kind = store_kind(store, spec.group, spec.plural);
	if (kind == NULL) {
		(void)store_add_kind(store, &spec, packed.text.data);
		return;
	}
	free(kind->owned);
	kind->owned = packed.text.data;
	kind->spec = spec;
	if (!kind->served)
		kind->compacted = store->version;
	kind->served = true;
}

void
kinds_undefine(struct store *store, const char *name)
{
	struct kind *kind = kinds_defined(store, name);

	if (kind == NULL)
		return;
	while (kind->objects.n > 0) {
		char *key = heap_copy(table_key(store_sorted(kind)[0]));

		store_drop(store, kind, key);
		free(key);
	}
	kind->served = false;
}
