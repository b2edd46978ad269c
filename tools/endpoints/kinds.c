// SPDX-License-Identifier: ISC
/*
 * kinds -- facts as runs of NUL-terminated texts:
 *
 *	pod    rank  hostname  node  hostIP  targets  key=value ...
 *	node   schedulable  worker  E or I and an address ...
 *	slice  Service  addressType  { flags+pod  address } ...
 *
 * A v1 Endpoints object is packed as a slice, so that it can stand in for one.
 * Flags: `r` ready, `p` the entry is a pod.
 */
#include "kinds.h"

#include <string.h>

#include "annotations.h"
#include "arena.h"
#include "config.h"
#include "index.h"
#include "ip.h"
#include "json.h"
#include "text.h"

#define SERVICE_LABEL "kubernetes.io/service-name"
#define WORKER_LABEL  "node-role.kubernetes.io/node"

/* -- Pod ------------------------------------------------------------------- */

bool
kind_condition(jv status, const char *type)
{
	jv conditions = json_at(status, "conditions");
	jv condition;

	for (int i = 0; json_item(conditions, i, &condition); i++)
		if (text_equal(json_str_at(condition, "type"), type))
			return text_equal(
			    json_str_at(condition, "status"), "True");
	return false;
}

static enum pod_rank
rank_of(jv pod)
{
	const char *phase = json_str_at(pod, "status", "phase");

	if (!text_equal(phase, "Running"))
		return POD_NOT_RUNNING;
	if (!kind_condition(json_at(pod, "status"), "Ready"))
		return POD_NOT_READY;
	return json_str_at(pod, "metadata", "deletionTimestamp") != NULL
		   ? POD_LEAVING
		   : POD_READY;
}

static bool
pack_pod(const struct config *config, jv object, struct text *out)
{
	jv labels = json_at(object, "metadata", "labels");
	struct arena arena = { 0 };
	struct strlist pairs = { 0 };
	const char *key;
	int iter = 0;
	jv value;

	text_format(out, "%d", (int)rank_of(object));
	text_add_char(out, '\0');
	fact_add(out, json_str_at(object, "spec", "hostname"));
	fact_add(out, json_str_at(object, "spec", "nodeName"));
	fact_add(out, json_str_at(object, "status", "hostIP"));
	fact_add(out, annotations_get(config, object, "target"));
	while (json_member(labels, &iter, &key, &value))
		if (json_str(value) != NULL)
			strlist_add(&pairs, &arena,
			    arena_format(
				&arena, "%s=%s", key, json_str(value)));
	strlist_sort_unique(&pairs);
	for (size_t i = 0; i < pairs.n; i++)
		fact_add(out, pairs.items[i]);
	arena_done(&arena);
	return true;
}

void
pod_unpack(const struct fact *fact, struct pod *pod)
{
	size_t cursor = 0;

	pod->rank = (enum pod_rank)(*fact_next(fact, &cursor) - '0');
	pod->hostname = fact_next(fact, &cursor);
	pod->node = fact_next(fact, &cursor);
	pod->host_ip = fact_next(fact, &cursor);
	pod->targets = fact_next(fact, &cursor);
	pod->fact = *fact;
	pod->labels = cursor;
}

static bool
has_pair(const struct pod *pod, const char *pair)
{
	size_t cursor = pod->labels;

	while (!fact_at_end(&pod->fact, cursor))
		if (strcmp(fact_next(&pod->fact, &cursor), pair) == 0)
			return true;
	return false;
}

/* The pair of a selector's member; one that is no text matches nothing. */
static const char *
pair_of(struct arena *arena, const char *key, jv value)
{
	return json_str(value) == NULL
		   ? ""
		   : arena_format(arena, "%s=%s", key, json_str(value));
}

bool
pod_is_selected(const struct pod *pod, jv selector, struct arena *arena)
{
	const char *key;
	int iter = 0;
	jv value;

	while (json_member(selector, &iter, &key, &value))
		if (!has_pair(pod, pair_of(arena, key, value)))
			return false;
	return true;
}

static void
group_pods(const struct fact *fact, struct arena *arena, struct strlist *groups)
{
	size_t n = strcspn(fact->key, "/");
	struct pod pod;
	size_t cursor;

	pod_unpack(fact, &pod);
	strlist_add(
	    groups, arena, arena_format(arena, "%.*s/", (int)n, fact->key));
	for (cursor = pod.labels; !fact_at_end(fact, cursor);)
		strlist_add(groups, arena,
		    arena_format(arena, "%.*s/%s", (int)n, fact->key,
			fact_next(fact, &cursor)));
}

const char *
pod_group(struct arena *arena, const char *namespace, jv selector)
{
	const char *first = "";
	const char *key;
	int iter = 0;
	jv value;

	while (json_member(selector, &iter, &key, &value)) {
		const char *pair = pair_of(arena, key, value);

		if (*first == '\0' || strcmp(pair, first) < 0)
			first = pair;
	}
	return arena_format(arena, "%s/%s", namespace, first);
}

/* -- Node ------------------------------------------------------------------ */

static bool
pack_node(const struct config *config, jv object, struct text *out)
{
	jv addresses = json_at(object, "status", "addresses");
	jv address;

	(void)config;
	fact_add(out,
	    json_is_true(json_at(object, "spec", "unschedulable")) ? "" : "s");
	fact_add(
	    out, json_str_at(object, "metadata", "labels", WORKER_LABEL) == NULL
		     ? ""
		     : "w");
	for (int i = 0; json_item(addresses, i, &address); i++) {
		const char *type = json_str_at(address, "type");
		const char *text = json_str_at(address, "address");

		if (type == NULL || text == NULL || *text == '\0' ||
		    (strcmp(type, "ExternalIP") != 0 &&
			strcmp(type, "InternalIP") != 0))
			continue;
		text_add_char(out, *type);
		fact_add(out, text);
	}
	return true;
}

void
node_unpack(const struct fact *fact, struct arena *arena, struct node *node)
{
	size_t cursor = 0;

	*node = (struct node){ 0 };
	node->schedulable = *fact_next(fact, &cursor) != '\0';
	node->is_worker = *fact_next(fact, &cursor) != '\0';
	while (!fact_at_end(fact, cursor)) {
		const char *text = arena_copy(arena, fact_next(fact, &cursor));
		struct ip ip;

		if (*text == 'E') {
			strlist_add(&node->external, arena, text + 1);
			continue;
		}
		strlist_add(&node->internal, arena, text + 1);
		if (ip_parse(text + 1, &ip) && ip.version == 6)
			strlist_add(&node->internal_v6, arena, text + 1);
	}
}

void
node_read(jv object, struct arena *arena, struct node *node)
{
	struct text bytes = { 0 };
	struct fact fact = { 0 };

	pack_node(NULL, object, &bytes);
	fact.bytes = text_str(&bytes);
	fact.n = bytes.n;
	node_unpack(&fact, arena, node);
	text_done(&bytes);
}

const struct strlist *
node_outside(struct ask *ask, struct node *node)
{
	if (ask->config->expose_ipv6)
		strlist_add_all(
		    &node->external, ask->arena, &node->internal_v6);
	return &node->external;
}

static void
group_nodes(
    const struct fact *fact, struct arena *arena, struct strlist *groups)
{
	(void)fact;
	strlist_add(groups, arena, NODE_GROUP);
}

/* -- EndpointSlice and Endpoints ------------------------------------------- */

static void
add_entry(struct text *out, bool ready, jv reference, const char *address)
{
	const char *kind = json_str_at(reference, "kind");
	const char *version = json_str_at(reference, "apiVersion");
	const char *name = json_str_at(reference, "name");
	bool is_pod = text_equal(kind, "Pod") &&
		      (version == NULL || *version == '\0') && name != NULL;

	text_add_char(out, ready ? 'r' : '-');
	text_add_char(out, is_pod ? 'p' : '-');
	fact_add(out, is_pod ? name : "");
	fact_add(out, address);
}

static bool
pack_slice(const struct config *config, jv object, struct text *out)
{
	const char *service =
	    json_str_at(object, "metadata", "labels", SERVICE_LABEL);
	jv entries = json_at(object, "endpoints");
	jv entry;

	(void)config;
	if (service == NULL)
		return false;
	fact_add(out, service);
	fact_add(out, json_str_at(object, "addressType"));
	for (int i = 0; json_item(entries, i, &entry); i++) {
		bool ready = true;
		jv first;

		json_bool(json_at(entry, "conditions", "ready"), &ready);
		add_entry(out, ready, json_at(entry, "targetRef"),
		    json_item(json_at(entry, "addresses"), 0, &first)
			? json_str(first)
			: NULL);
	}
	return true;
}

static void
pack_addresses(jv addresses, bool ready, struct text *out)
{
	jv address;

	for (int i = 0; json_item(addresses, i, &address); i++)
		add_entry(out, ready, json_at(address, "targetRef"),
		    json_str_at(address, "ip"));
}

static bool
pack_endpoints(const struct config *config, jv object, struct text *out)
{
	jv subsets = json_at(object, "subsets");
	jv subset;

	(void)config;
	fact_add(out, json_str_at(object, "metadata", "name"));
	fact_add(out, "IPv4"); /* or IPv6: an address in any case */
	for (int i = 0; json_item(subsets, i, &subset); i++) {
		pack_addresses(json_at(subset, "addresses"), true, out);
		pack_addresses(
		    json_at(subset, "notReadyAddresses"), false, out);
	}
	return true;
}

bool
slice_next(const struct fact *fact, size_t *cursor, bool *is_ip,
    struct slice_entry *entry)
{
	const char *text;

	if (*cursor == 0) {
		fact_next(fact, cursor);
		*is_ip = strncmp(fact_next(fact, cursor), "IPv", 3) == 0;
	}
	if (fact_at_end(fact, *cursor))
		return false;
	text = fact_next(fact, cursor);
	entry->ready = text[0] == 'r';
	entry->has_pod = text[1] == 'p';
	entry->pod = text + 2;
	entry->address = fact_next(fact, cursor);
	return true;
}

/* Slices are looked up by their Service. */
static void
group_slices(
    const struct fact *fact, struct arena *arena, struct strlist *groups)
{
	strlist_add(groups, arena,
	    arena_format(arena, "%.*s/%s", (int)strcspn(fact->key, "/"),
		fact->key, fact->bytes));
}

/* -- the table ------------------------------------------------------------- */

/* clang-format off */
const struct kind kind_service = { "", "Service", "services", SCOPE_NAMESPACE, NULL, NULL, false };
const struct kind kind_ingress = { "networking.k8s.io", "Ingress", "ingresses", SCOPE_NAMESPACE, NULL, NULL, false };
const struct kind kind_dnsendpoint = { "externaldns.k8s.io", "DNSEndpoint", "dnsendpoints", SCOPE_NAMESPACE, NULL, NULL, false };
const struct kind kind_pod = { "", "Pod", "pods", SCOPE_NAMESPACE, pack_pod, group_pods, true };
const struct kind kind_node = { "", "Node", "nodes", SCOPE_CLUSTER, pack_node, group_nodes, false };
const struct kind kind_slice = { "discovery.k8s.io", "EndpointSlice", "endpointslices", SCOPE_NAMESPACE, pack_slice, group_slices, false };
const struct kind kind_endpoints = { "", "Endpoints", "endpoints", SCOPE_NAMESPACE, pack_endpoints, group_slices, false };
/* clang-format on */
