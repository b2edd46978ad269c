// SPDX-License-Identifier: ISC
/*
 * admit -- see admit.h.
 *
 *   PUT, PATCH on NAME          metadata and spec of the body, old status
 *   PUT, PATCH on NAME/status   status of the body, all else as it was
 *   POST                        without status, where that is a subresource
 *
 * Names by RFC 1123 (Services: RFC 1035), as k8s.io/apimachinery,
 * pkg/util/validation words it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "admit.h"
#include "kinds.h"
#include "managers.h"
#include "patch.h"
#include "value.h"

#define NAME_MAX_BYTES  253
#define NODE_PORT_FIRST 30000

#define SUBDOMAIN_TEXT                                                         \
	"a lowercase RFC 1123 subdomain must consist of lower case "           \
	"alphanumeric characters, '-' or '.', and must start and end with an " \
	"alphanumeric character (e.g. 'example.com', regex used for "          \
	"validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*"  \
	"[a-z0-9])?)*')"
#define LABEL_TEXT                                                             \
	"a DNS-1035 label must consist of lower case alphanumeric characters " \
	"or '-', start with an alphabetic character, and end with an "         \
	"alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used "   \
	"for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

static bool
is_label_end(char c)
{
	return islower((unsigned char)c) || isdigit((unsigned char)c);
}

static bool
is_subdomain(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > NAME_MAX_BYTES || !is_label_end(name[n - 1]))
		return false;
	for (size_t i = 0; i < n; i++) {
		bool inner = i > 0 && name[i - 1] != '.' && name[i + 1] != '.';

		if (!is_label_end(name[i]) && !(name[i] == '-' && inner) &&
		    !(name[i] == '.' && i > 0 && name[i - 1] != '.'))
			return false;
	}
	return true;
}

static bool
check_name(const struct call *call, struct reply *reply)
{
	bool is_service = strcmp(call->kind->spec.kind, "Service") == 0;
	bool is_role = strncmp(call->group, "rbac.", 5) == 0;

	if (is_role ||
	    (is_subdomain(call->name) &&
		(!is_service || (islower((unsigned char)*call->name) &&
				    !strchr(call->name, '.')))))
		return true;
	return reply_invalid(reply, call, "metadata.name", "FieldValueInvalid",
	    arena_format(call->arena, "\"%s\": %s", call->name,
		is_service ? LABEL_TEXT : SUBDOMAIN_TEXT));
}

/* Labels and annotations hold texts only: the decoder of the real one fails. */
static bool
check_texts(
    const struct call *call, struct reply *reply, jv body, const char *member)
{
	jv map = json_at(body, "metadata", member);
	const char *key;
	jv value;

	for (int i = 0; json_member(map, &i, &key, &value);)
		if (json_str(value) == NULL)
			return reply_failure(reply, 400, "BadRequest",
			    jv_invalid(),
			    arena_format(call->arena,
				"%s in version \"%s\" cannot be handled as a "
				"%s: json: cannot unmarshal into Go struct "
				"field ObjectMeta.metadata.%s of type string",
				call->kind->spec.kind, call->version,
				call->kind->spec.kind, member));
	return true;
}

/* Times of a Lease have exactly six fractional digits. */
static bool
check_micro_time(
    const struct call *call, struct reply *reply, jv body, const char *member)
{
	const char *time = json_str_at(body, "spec", member);
	const char *dot = time == NULL ? NULL : strchr(time, '.');

	if (time == NULL || (dot != NULL && strspn(dot + 1, "0123456789") == 6))
		return true;
	return reply_failure(reply, 400, "BadRequest", jv_invalid(),
	    arena_format(call->arena,
		"Lease in version \"v1\" cannot be handled as a Lease: parsing "
		"time \"%s\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot "
		"parse",
		time));
}

/* An event of events.k8s.io names what happened in each of these. */
static bool
check_event(const struct call *call, struct reply *reply, jv body)
{
	static const char *const required[] = { "eventTime",
		"reportingController", "reportingInstance", "action",
		"reason" };
	const char *type = json_str_at(body, "type");

	for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++) {
		const char *value = json_str_at(body, required[i]);

		if (value == NULL || *value == '\0')
			return reply_invalid(
			    reply, call, required[i], "FieldValueRequired", "");
	}
	if (type != NULL &&
	    (strcmp(type, "Normal") == 0 || strcmp(type, "Warning") == 0))
		return true;
	return reply_invalid(reply, call, "type", "FieldValueInvalid",
	    arena_format(call->arena, "\"%s\": has invalid value: %s",
		type == NULL ? "" : type, type == NULL ? "" : type));
}

static bool
check_kind(const struct call *call, struct reply *reply, jv body)
{
	const char *kind = call->kind->spec.kind;
	const char *type = json_str_at(body, "spec", "type");
	const char *cluster_ip = json_str_at(body, "spec", "clusterIP");

	if (strcmp(kind, "Lease") == 0)
		return check_micro_time(call, reply, body, "acquireTime") &&
		       check_micro_time(call, reply, body, "renewTime");
	if (strcmp(call->group, "events.k8s.io") == 0)
		return check_event(call, reply, body);
	if (strcmp(kind, "Service") != 0)
		return true;
	if (json_count(json_at(body, "spec", "ports")) == 0 &&
	    (type == NULL || strcmp(type, "ExternalName") != 0) &&
	    (cluster_ip == NULL || strcmp(cluster_ip, "None") != 0))
		return reply_invalid(
		    reply, call, "spec.ports", "FieldValueRequired", "");
	return true;
}

static bool
check_body(const struct call *call, struct reply *reply, jv body)
{
	return check_name(call, reply) &&
	       check_texts(call, reply, body, "labels") &&
	       check_texts(call, reply, body, "annotations") &&
	       check_kind(call, reply, body);
}

/* The part of body that this path may write, over old. */
static jv
part_of(const struct call *call, jv old, jv body)
{
	jv status = json_at(old, "status");
	jv rest;
	jv out;

	if (call->sub != NULL && strcmp(call->sub, "status") == 0)
		return value_with(
		    old, "status", json_share(json_at(body, "status")));
	if (!call->kind->spec.has_status)
		return json_share(body);
	rest = value_without(body, "status");
	if (!json_is_present(status))
		return rest;
	out = value_with(rest, "status", json_share(status));
	json_free(rest);
	return out;
}

bool
admit_object(struct call *call, struct reply *reply, jv old, jv body, jv *out)
{
	jv part;

	if (!check_body(call, reply, body))
		return false;
	part = part_of(call, old, body);
	part = admit_defaults(call->store, call->kind, part);
	*out = managers_update(call, old, part);
	json_free(part);
	return true;
}

bool
admit_applied(struct call *call, struct reply *reply, jv old, jv body, jv *out)
{
	jv merged;
	jv part;

	if (!check_name(call, reply) ||
	    !managers_apply(call, reply, old, body, &merged))
		return false;
	if (!check_body(call, reply, merged)) {
		json_free(merged);
		return false;
	}
	part = part_of(call, old, merged);
	*out = value_with_at(part, "metadata", "managedFields",
	    json_share(json_at(merged, "metadata", "managedFields")));
	json_free(part);
	json_free(merged);
	*out = admit_defaults(call->store, call->kind, *out);
	return true;
}

/* --- defaults --- */

static void
set_missing(jv *object, const char *key, jv value)
{
	if (json_is_present(json_at(*object, key)))
		json_free(value);
	else
		json_set(object, key, value);
}

static jv
default_ports(struct store *store, jv ports, bool node_ports)
{
	jv out = json_new_array();
	jv port;

	for (int i = 0; json_item(ports, i, &port); i++) {
		jv whole = value_object(port);

		set_missing(&whole, "protocol", json_new_str("TCP"));
		set_missing(
		    &whole, "targetPort", json_share(json_at(port, "port")));
		if (node_ports)
			set_missing(&whole, "nodePort",
			    json_new_int(NODE_PORT_FIRST +
					 (int64_t)(store->serial++ % 2768)));
		json_add(&out, whole);
	}
	return out;
}

static jv
cluster_ip(struct store *store)
{
	uint64_t n = ++store->serial;
	char ip[24];

	(void)snprintf(ip, sizeof(ip), "10.96.%u.%u", (unsigned)(n >> 8 & 255),
	    (unsigned)(n & 255));
	return json_new_str(ip);
}

static jv
default_service(struct store *store, jv spec)
{
	jv out = value_object(spec);
	const char *type;
	bool node_ports;

	set_missing(&out, "type", json_new_str("ClusterIP"));
	set_missing(&out, "sessionAffinity", json_new_str("None"));
	type = json_str_at(out, "type");
	node_ports = type != NULL && (strcmp(type, "NodePort") == 0 ||
					 strcmp(type, "LoadBalancer") == 0);
	if (type != NULL && strcmp(type, "ExternalName") != 0 &&
	    !json_is_present(json_at(out, "clusterIP")))
		json_set(&out, "clusterIP", cluster_ip(store));
	if (json_is_array(json_at(spec, "ports")))
		json_set(&out, "ports",
		    default_ports(store, json_at(spec, "ports"), node_ports));
	return out;
}

jv
admit_defaults(struct store *store, const struct kind *kind, jv object)
{
	if (strcmp(kind->spec.kind, "Service") == 0) {
		jv spec = json_at(object, "spec");

		json_set(&object, "spec", default_service(store, spec));
		if (!json_is_present(json_at(object, "status")))
			json_set(&object, "status",
			    value_with(jv_invalid(), "loadBalancer",
				json_new_object()));
	} else if (strcmp(kind->spec.kind, "Namespace") == 0) {
		const char *name = json_str_at(object, "metadata", "name");
		jv labels = value_with_at(json_at(object, "metadata"), "labels",
		    "kubernetes.io/metadata.name", json_new_str(name));

		json_set(&object, "metadata", labels);
		if (!json_is_present(json_at(object, "status", "phase")))
			json_set(&object, "status",
			    value_with(
				jv_invalid(), "phase", json_new_str("Active")));
	}
	if (strcmp(kind->spec.kind, "CustomResourceDefinition") == 0 &&
	    !json_is_present(json_at(object, "status", "conditions")))
		json_set(&object, "status", kinds_status(store, object));
	return object;
}
