// SPDX-License-Identifier: ISC
/*
 * headless -- a name at the pods behind a headless Service.
 *
 * Reads     the EndpointSlices of the Service; v1 Endpoints where slices
 *           cannot be had
 * Names     the host, and POD.host for each pod with spec.hostname
 * Targets   for each entry that is ready (or all of them, with
 *           spec.publishNotReadyAddresses or
 *           --always-publish-not-ready-addresses) and names a pod that the
 *           Service selects, the first that applies:
 *           annotation target of the pod
 *           endpoints-type NodeExternalIP: external addresses of its node
 *           endpoints-type HostIP, --publish-host-ip: status.hostIP
 *           the first address of the entry
 * Upstream  external-dns source/service.go:280-469. Without any address the
 *           claim is AddressPending here, nothing there.
 */
#include <string.h>

#include "annotations.h"
#include "arena.h"
#include "ask.h"
#include "config.h"
#include "index.h"
#include "json.h"
#include "kinds.h"
#include "service.h"
#include "text.h"

enum from {
	FROM_POD,
	FROM_NODE,
	FROM_HOST,
};

static enum from
addresses_from(const struct ask *ask)
{
	const char *type =
	    annotations_get(ask->config, ask->object, "endpoints-type");

	if (text_equal(type, "NodeExternalIP"))
		return FROM_NODE;
	if (ask->config->publish_host_ip || text_equal(type, "HostIP"))
		return FROM_HOST;
	return FROM_POD;
}

static void
add_node(struct ask *ask, const char *name, struct strlist *targets)
{
	struct fact fact;
	struct node node;

	if (!config_reads_service_type(ask->config, "NodePort") ||
	    !index_find(ask, &kind_node, "", name, &fact))
		return;
	node_unpack(&fact, ask->arena, &node);
	strlist_add_all(targets, ask->arena, node_outside(ask, &node));
}

static struct strlist
targets_of(struct ask *ask, enum from from, const struct pod *pod,
    const struct slice_entry *entry)
{
	struct strlist targets = annotations_split(pod->targets, ask->arena);

	if (targets.n > 0)
		return targets;
	switch (from) {
	case FROM_NODE:
		add_node(ask, pod->node, &targets);
		break;
	case FROM_HOST:
		strlist_add(
		    &targets, ask->arena, arena_copy(ask->arena, pod->host_ip));
		break;
	case FROM_POD:
		strlist_add(&targets, ask->arena,
		    arena_copy(ask->arena, entry->address));
		break;
	}
	return targets;
}

static bool
publishes_all(const struct ask *ask)
{
	return ask->config->publish_not_ready ||
	       json_is_true(
		   json_at(ask->object, "spec", "publishNotReadyAddresses"));
}

static void
claim_entry(struct ask *ask, const char *host, enum from from,
    const struct slice_entry *entry)
{
	struct fact fact;
	struct pod pod;
	struct strlist targets;

	if (!entry->has_pod || (!entry->ready && !publishes_all(ask)) ||
	    !index_find(ask, &kind_pod, ask->namespace, entry->pod, &fact))
		return;
	pod_unpack(&fact, &pod);
	if (!pod_is_selected(
		&pod, json_at(ask->object, "spec", "selector"), ask->arena))
		return;
	targets = targets_of(ask, from, &pod, entry);
	if (*pod.hostname != '\0')
		claim_host(ask->draft,
		    arena_format(ask->arena, "%s.%s", pod.hostname, host),
		    &targets);
	claim_host(ask->draft, host, &targets);
}

static void
claim_slice(struct ask *ask, const char *host, const struct fact *slice)
{
	enum from from = addresses_from(ask);
	struct slice_entry entry;
	size_t cursor = 0;
	bool is_ip = false;

	while (slice_next(slice, &cursor, &is_ip, &entry))
		if (is_ip || from != FROM_POD)
			claim_entry(ask, host, from, &entry);
}

/* Slices, unless they are known not to be had and Endpoints are. */
static const struct kind *
kind_of_slices(const struct ask *ask)
{
	enum message_state slices, endpoints;

	if (index_state(ask->index, &kind_slice, &slices) &&
	    slices != STATE_COMPLETE &&
	    index_state(ask->index, &kind_endpoints, &endpoints) &&
	    endpoints == STATE_COMPLETE)
		return &kind_endpoints;
	return &kind_slice;
}

void
headless_host(struct ask *ask, const char *host)
{
	size_t before = ask->draft->claim.n_endpoints;
	struct fact *slices = NULL;
	size_t n = index_group(ask, kind_of_slices(ask),
	    arena_format(ask->arena, "%s/%s", ask->namespace, ask->name),
	    &slices);

	ask->draft->joined = true;
	for (size_t i = 0; i < n; i++)
		claim_slice(ask, host, &slices[i]);
	if (ask->draft->claim.n_endpoints == before)
		claim_unknown(ask->draft, UNKNOWN_ADDRESS);
}
