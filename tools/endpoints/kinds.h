// SPDX-License-Identifier: ISC
/*
 * kinds -- the kinds of the core API, and what is kept of those that are
 * joined.
 */
#ifndef KINDS_H
#define KINDS_H

#include <stdint.h>

#include "sources/source.h"

extern const struct kind kind_service, kind_ingress, kind_dnsendpoint;
extern const struct kind kind_pod, kind_node;
extern const struct kind kind_slice, kind_endpoints;

/* The fields that the facts are made of, for the paths of a source. */
#define KIND_POD_PATHS                                                     \
	"metadata.annotations metadata.labels metadata.deletionTimestamp " \
	"spec.hostname spec.nodeName status.hostIP status.phase "          \
	"status.conditions.type status.conditions.status"
#define KIND_NODE_PATHS "metadata.labels spec.unschedulable status.addresses"
#define KIND_SLICE_PATHS                                                       \
	"metadata.labels addressType endpoints.addresses endpoints.targetRef " \
	"endpoints.conditions.ready"
#define KIND_ENDPOINTS_PATHS                                \
	"subsets.addresses.ip subsets.addresses.targetRef " \
	"subsets.notReadyAddresses.ip subsets.notReadyAddresses.targetRef"

/* The first of the conditions below this place that is of the type says True. */
bool kind_condition(jv status, const char *type);

/* How good a pod is to send traffic to; the node of the best one counts. */
enum pod_rank {
	POD_NOT_RUNNING,
	POD_NOT_READY,
	POD_LEAVING, /* ready, but being deleted */
	POD_READY,
};

struct pod {
	enum pod_rank rank;
	const char *hostname, *node, *host_ip;
	const char *targets; /* the target annotation, "" if there is none */
	struct fact fact;
	size_t labels; /* where they begin: "key=value" each */
};
void pod_unpack(const struct fact *fact, struct pod *pod);
/* Every pair of a Service's selector is among the labels. */
bool pod_is_selected(const struct pod *pod, jv selector, struct arena *arena);

/* The group of pods that a selector cannot go beyond. */
const char *pod_group(struct arena *arena, const char *namespace, jv selector);

struct node {
	bool schedulable, is_worker; /* worker: of kops, by label */
	struct strlist external, internal, internal_v6;
};
void node_unpack(
    const struct fact *fact, struct arena *arena, struct node *node);
/* The same of the object itself. */
void node_read(jv object, struct arena *arena, struct node *node);
/* The external addresses, and with --expose-internal-ipv6 internal ones that
 * are IPv6; added to node->external. */
const struct strlist *node_outside(struct ask *ask, struct node *node);
/* All nodes are one group. */
#define NODE_GROUP ""

/* Entries of an EndpointSlice or v1 Endpoints; start with *cursor = 0. */
struct slice_entry {
	bool ready, has_pod;
	const char *pod, *address; /* "" if there is none */
};
bool slice_next(const struct fact *fact, size_t *cursor, bool *is_ip,
    struct slice_entry *entry);

#endif
