// SPDX-License-Identifier: ISC
/*
 * openapi -- see openapi.h.
 *
 * v3 holds paths without schemas: enough for kubectl to find out that the
 * server validates fields itself. v2 is an empty document, in the protobuf
 * form that older kubectls ask for.
 */
#include <string.h>

#include "discovery.h"
#include "openapi.h"
#include "value.h"

/* swagger "2.0", info { title version }, paths {}: as protobuf. */
bool
openapi_answer_v2(struct call *call, struct reply *reply)
{
	static const char document[] = "\x0a\x03"
				       "2.0"
				       "\x12\x12\x0a\x08kube-sim\x12\x06v1.33"
				       ".\x42\x00";
	const char *accept = call_header(call, "Accept");

	reply->status = 200;
	if (accept != NULL && strstr(accept, "protobuf") != NULL) {
		reply->type = "application/com.github.proto-openapi.spec.v2."
			      "v1.0+protobuf";
		text_add_n(&reply->body, document, sizeof(document) - 1);
		return true;
	}
	text_add(&reply->body,
	    "{\"swagger\":\"2.0\",\"info\":{\"title\":\"kube-sim\","
	    "\"version\":\"v1.33.0\"},\"paths\":{}}\n");
	return true;
}

bool
openapi_answer_index(struct call *call, struct reply *reply)
{
	struct strlist groups = { 0 };
	jv paths = json_new_object();

	discovery_groups(call, &groups);
	for (size_t i = 0; i < groups.n; i++) {
		struct strlist versions = { 0 };

		discovery_versions(call, groups.items[i], &versions);
		for (size_t j = 0; j < versions.n; j++) {
			const char *path = arena_format(call->arena, "%s%s",
			    *groups.items[i] == '\0' ? "api/" : "apis/",
			    discovery_group_version(call->arena,
				groups.items[i], versions.items[j]));

			json_set(&paths, path,
			    value_with(jv_invalid(), "serverRelativeURL",
				json_new_str(arena_format(
				    call->arena, "/openapi/v3/%s", path))));
		}
	}
	reply_value(reply, 200, value_with(jv_invalid(), "paths", paths));
	return true;
}

/* A PATCH that knows fieldValidation, for each kind of a group version. */
static void
put_operation(struct text *out, const struct kind_spec *spec, const char *base)
{
	const char *version = strrchr(base, '/') + 1;

	text_format(out,
	    "%s\"/%s%s/%s/{name}\":{\"patch\":{\"operationId\":\"patch%s\","
	    "\"parameters\":[{\"name\":\"fieldValidation\",\"in\":\"query\","
	    "\"schema\":{\"type\":\"string\"}},{\"name\":\"dryRun\","
	    "\"in\":\"query\",\"schema\":{\"type\":\"string\"}}],"
	    "\"requestBody\":{\"content\":{\"application/merge-patch+json\":"
	    "{}}},\"responses\":{\"200\":{\"description\":\"OK\"}},"
	    "\"x-kubernetes-action\":\"patch\","
	    "\"x-kubernetes-group-version-kind\":{\"group\":\"%s\","
	    "\"version\":\"%s\",\"kind\":\"%s\"}}}",
	    out->data[out->n - 1] == '{' ? "" : ",", base,
	    spec->namespaced ? "/namespaces/{namespace}" : "", spec->plural,
	    spec->kind, spec->group, version, spec->kind);
}

bool
openapi_answer_group(struct call *call, struct reply *reply, const char *base)
{
	text_format(&reply->body,
	    "{\"openapi\":\"3.0.0\",\"info\":{\"title\":\"kube-sim\","
	    "\"version\":\"v1.33.0\"},\"paths\":{");
	for (size_t i = 0; i < call->store->n_kinds; i++) {
		const struct kind *kind = call->store->kinds[i];
		const char *slash = strrchr(base, '/');
		const char *mine;

		if (!kind->served || slash == NULL ||
		    !kind_serves(kind, slash + 1))
			continue;
		mine = arena_format(call->arena, "%s%s",
		    *kind->spec.group == '\0' ? "api/" : "apis/",
		    discovery_group_version(
			call->arena, kind->spec.group, slash + 1));
		if (strcmp(mine, base) == 0)
			put_operation(&reply->body, &kind->spec, base);
	}
	text_add(&reply->body, "}}\n");
	reply->status = 200;
	return true;
}
