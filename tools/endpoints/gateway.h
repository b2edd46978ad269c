// SPDX-License-Identifier: ISC
/*
 * gateway -- what is kept of Gateways, ListenerSets and Namespaces.
 *
 * And who may attach to whom.
 */
#ifndef GATEWAY_H
#define GATEWAY_H

#include <stdbool.h>
#include <stddef.h>

#include "index.h"
#include "sources/source.h"

#define GATEWAY_GROUP "gateway.networking.k8s.io"

extern const struct kind kind_gateway, kind_listener_set, kind_namespace;

/* The fields that the facts are made of, for the paths of a source. */
#define KIND_GATEWAY_PATHS                                            \
	"metadata.annotations metadata.labels spec.allowedListeners " \
	"spec.listeners.name spec.listeners.hostname "                \
	"spec.listeners.port spec.listeners.protocol "                \
	"spec.listeners.allowedRoutes status.addresses.value"
#define KIND_LISTENER_SET_PATHS                                   \
	"metadata.annotations spec.parentRef spec.listeners "     \
	"status.conditions.type status.conditions.status "        \
	"status.listeners.name status.listeners.conditions.type " \
	"status.listeners.conditions.status"
#define KIND_NAMESPACE_PATHS "metadata.labels"

/* Whom something that lives in the namespace home lets in. */
struct admission {
	const char *from, *home;
	const char *selector; /* JSON, or "" */
};

/* A Gateway or a ListenerSet, read from its fact, whose texts it borrows. */
struct gateway {
	struct fact fact;
	const char *namespace;        /* in the ask's arena */
	const char *parent_namespace; /* of a ListenerSet, else "" */
	const char *parent;           /* name of its Gateway */
	bool accepted;           /* a ListenerSet by its Gateway's controller */
	struct admission allows; /* spec.allowedListeners.namespaces */
	struct strlist targets;  /* the annotation's, else the addresses */
	size_t listeners;        /* where in the fact they begin */
};

struct listener {
	const char *name, *hostname, *port, *protocol;
	struct admission allows; /* allowedRoutes.namespaces */
	struct strlist kinds;    /* "group/Kind"; none: any */
};

/* Look up a Gateway or ListenerSet; false: there is none that counts. */
bool gateway_find(struct ask *ask, const struct kind *kind,
    const char *namespace, const char *name, struct gateway *gateway);

/* The listeners one by one: start with *cursor = gateway->listeners. */
bool gateway_next_listener(struct ask *ask, const struct gateway *gateway,
    size_t *cursor, struct listener *listener);

/* Looks the Namespace up only for `from: Selector`, so that the others need no
 * right to it. */
bool gateway_admits(
    struct ask *ask, const struct admission *admission, const char *namespace);

#endif
