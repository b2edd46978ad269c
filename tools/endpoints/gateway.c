// SPDX-License-Identifier: ISC
/*
 * gateway -- facts of Gateways, ListenerSets and Namespaces as runs of
 * NUL-terminated texts:
 *
 *	Gateway, ListenerSet  parentNamespace  parentName  accepted
 *	                      from  selector  target ...  ""  listener ...
 *	listener              name  hostname  port  protocol
 *	                      from  selector  group/Kind ...  ""
 *	Namespace             its labels as JSON
 *
 * A Gateway that the options leave out (--gateway-name, --gateway-namespace,
 * --gateway-label-filter, the controller annotation) counts as not there, and
 * so does a ListenerSet that --annotation-filter leaves out. The class of a
 * Gateway means nothing: whose status has addresses takes part.
 *
 * Upstream  external-dns source/gateway.go
 */
#include "gateway.h"

#include <string.h>

#include "annotations.h"
#include "arena.h"
#include "config.h"
#include "json.h"
#include "kinds.h"
#include "selector.h"
#include "text.h"

static void
add_json(struct text *out, jv value)
{
	if (json_is_present(value))
		json_print(out, value);
	text_add_char(out, '\0');
}

/* `from` has another default for routes than for listeners. */
static void
add_namespaces(struct text *out, jv namespaces, const char *otherwise)
{
	const char *from = json_str_at(namespaces, "from");

	fact_add(out, from == NULL ? otherwise : from);
	add_json(out, json_at(namespaces, "selector"));
}

static void
add_allowed_kinds(struct text *out, jv kinds)
{
	jv kind;

	for (int i = 0; json_item(kinds, i, &kind); i++) {
		const char *group = json_str_at(kind, "group");
		const char *name = json_str_at(kind, "kind");

		text_format(out, "%s/%s", group == NULL ? GATEWAY_GROUP : group,
		    name == NULL ? "" : name);
		text_add_char(out, '\0');
	}
	fact_add(out, "");
}

static void
add_listener(struct text *out, jv listener)
{
	jv routes = json_at(listener, "allowedRoutes");
	int64_t port;

	fact_add(out, json_str_at(listener, "name"));
	fact_add(out, json_str_at(listener, "hostname"));
	if (json_int(json_at(listener, "port"), &port))
		text_format(out, "%lld", (long long)port);
	text_add_char(out, '\0');
	fact_add(out, json_str_at(listener, "protocol"));
	add_namespaces(out, json_at(routes, "namespaces"), "Same");
	add_allowed_kinds(out, json_at(routes, "kinds"));
}

/* The target annotation, or else the addresses; both end with "". */
static void
add_targets(
    const struct config *config, struct text *out, jv object, jv addresses)
{
	struct arena arena = { 0 };
	struct strlist list =
	    annotations_list(config, object, "target", &arena);
	jv address;

	for (int i = 0; list.n == 0 && json_item(addresses, i, &address); i++) {
		const char *value = json_str_at(address, "value");

		if (value != NULL && *value != '\0')
			fact_add(out, value);
	}
	for (size_t i = 0; i < list.n; i++)
		fact_add(out, list.items[i]);
	fact_add(out, "");
	arena_done(&arena);
}

static bool
is_selected_gateway(const struct config *config, jv object)
{
	const char *name = json_str_at(object, "metadata", "name");
	const char *namespace = json_str_at(object, "metadata", "namespace");

	if (config->gateway_name != NULL && *config->gateway_name != '\0' &&
	    !text_equal(name, config->gateway_name))
		return false;
	if (config->gateway_namespace != NULL &&
	    *config->gateway_namespace != '\0' &&
	    !text_equal(namespace, config->gateway_namespace))
		return false;
	return annotations_are_ours(config, object) &&
	       selector_matches(config->gateway_labels,
		   json_at(object, "metadata", "labels"));
}

static bool
pack_gateway(const struct config *config, jv object, struct text *out)
{
	jv listeners = json_at(object, "spec", "listeners");
	jv listener;

	if (!is_selected_gateway(config, object))
		return false;
	fact_add(out, "");
	fact_add(out, "");
	fact_add(out, "a");
	add_namespaces(out,
	    json_at(object, "spec", "allowedListeners", "namespaces"), "None");
	add_targets(
	    config, out, object, json_at(object, "status", "addresses"));
	for (int i = 0; json_item(listeners, i, &listener); i++)
		add_listener(out, listener);
	return true;
}

/* A listener of a set counts when the set's status accepts it by name. */
static bool
is_attached(jv object, jv listener)
{
	jv statuses = json_at(object, "status", "listeners");
	const char *name = json_str_at(listener, "name");
	jv status;

	for (int i = 0; json_item(statuses, i, &status); i++)
		if (text_equal(
			json_str_at(status, "name"), name == NULL ? "" : name))
			return kind_condition(status, "Accepted");
	return false;
}

static bool
pack_listener_set(const struct config *config, jv object, struct text *out)
{
	jv listeners = json_at(object, "spec", "listeners");
	jv parent = json_at(object, "spec", "parentRef");
	const char *namespace = json_str_at(parent, "namespace");
	jv listener;

	if (!annotations_are_ours(config, object) ||
	    !selector_matches(config->annotation_filter,
		json_at(object, "metadata", "annotations")))
		return false;
	fact_add(out, namespace != NULL
			  ? namespace
			  : json_str_at(object, "metadata", "namespace"));
	fact_add(out, json_str_at(parent, "name"));
	fact_add(out,
	    kind_condition(json_at(object, "status"), "Accepted") ? "a" : "");
	add_namespaces(out, jv_invalid(), "None");
	add_targets(config, out, object, jv_invalid());
	for (int i = 0; json_item(listeners, i, &listener); i++)
		if (is_attached(object, listener))
			add_listener(out, listener);
	return true;
}

static bool
pack_namespace(const struct config *config, jv object, struct text *out)
{
	(void)config;
	add_json(out, json_at(object, "metadata", "labels"));
	return true;
}

/* Texts up to an empty one. */
static struct strlist
next_list(struct ask *ask, const struct fact *fact, size_t *cursor)
{
	struct strlist list = { 0 };
	const char *text;

	while (*(text = fact_next(fact, cursor)) != '\0')
		strlist_add(&list, ask->arena, text);
	return list;
}

bool
gateway_find(struct ask *ask, const struct kind *kind, const char *namespace,
    const char *name, struct gateway *gateway)
{
	size_t cursor = 0;

	*gateway = (struct gateway){ .namespace = namespace,
		.allows.home = namespace };
	if (!index_find(ask, kind, namespace, name, &gateway->fact))
		return false;
	gateway->parent_namespace = fact_next(&gateway->fact, &cursor);
	gateway->parent = fact_next(&gateway->fact, &cursor);
	gateway->accepted = *fact_next(&gateway->fact, &cursor) != '\0';
	gateway->allows.from = fact_next(&gateway->fact, &cursor);
	gateway->allows.selector = fact_next(&gateway->fact, &cursor);
	gateway->targets = next_list(ask, &gateway->fact, &cursor);
	gateway->listeners = cursor;
	return true;
}

bool
gateway_next_listener(struct ask *ask, const struct gateway *gateway,
    size_t *cursor, struct listener *listener)
{
	const struct fact *fact = &gateway->fact;

	if (fact_at_end(fact, *cursor))
		return false;
	listener->name = fact_next(fact, cursor);
	listener->hostname = fact_next(fact, cursor);
	listener->port = fact_next(fact, cursor);
	listener->protocol = fact_next(fact, cursor);
	listener->allows.home = gateway->namespace;
	listener->allows.from = fact_next(fact, cursor);
	listener->allows.selector = fact_next(fact, cursor);
	listener->kinds = next_list(ask, fact, cursor);
	return true;
}

/* Both are JSON texts; an absent selector selects nothing. */
static bool
is_selected(struct arena *arena, const char *selector, const char *labels)
{
	jv parsed_selector;
	jv parsed_labels;
	bool is;

	if (!json_parse(selector, strlen(selector), &parsed_selector, NULL))
		return false;
	if (!json_parse(labels, strlen(labels), &parsed_labels, NULL))
		parsed_labels = json_new_object();
	is = selector_matches_api(arena, parsed_selector, parsed_labels);
	json_free(parsed_labels);
	json_free(parsed_selector);
	return is;
}

bool
gateway_admits(
    struct ask *ask, const struct admission *admission, const char *namespace)
{
	struct fact labels;

	if (strcmp(admission->from, "All") == 0)
		return true;
	if (strcmp(admission->from, "Same") == 0)
		return strcmp(admission->home, namespace) == 0;
	if (strcmp(admission->from, "Selector") != 0)
		return false;
	return index_find(ask, &kind_namespace, "", namespace, &labels) &&
	       is_selected(ask->arena, admission->selector, labels.bytes);
}

/* clang-format off */
const struct kind kind_gateway = { GATEWAY_GROUP, "Gateway", "gateways", SCOPE_GATEWAY, pack_gateway, NULL, false };
const struct kind kind_listener_set = { GATEWAY_GROUP, "ListenerSet", "listenersets", SCOPE_CLUSTER, pack_listener_set, NULL, false };
const struct kind kind_namespace = { "", "Namespace", "namespaces", SCOPE_CLUSTER, pack_namespace, NULL, false };
/* clang-format on */
