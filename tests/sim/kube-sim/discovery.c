// SPDX-License-Identifier: ISC
/*
 * discovery -- see discovery.h.
 *
 * The classic documents and the aggregated one, chosen by Accept.
 */
#include <stdio.h>
#include <string.h>

#include "discovery.h"
#include "openapi.h"
#include "review.h"
#include "value.h"

#define APIDISCOVERY "apidiscovery.k8s.io"

static const char *const verbs[] = { "create", "delete", "deletecollection",
	"get", "list", "patch", "update", "watch" };
static const char *const sub_verbs[] = { "get", "patch", "update" };

static jv
texts(const char *const *items, size_t n)
{
	jv array = json_new_array();

	for (size_t i = 0; i < n; i++)
		json_add_str(&array, items[i]);
	return array;
}

static jv
split(struct arena *arena, const char *words)
{
	struct strlist list = { 0 };

	strlist_add_split(&list, arena, words, ' ');
	return texts(list.items, list.n);
}

const char *
discovery_group_version(
    struct arena *arena, const char *group, const char *version)
{
	return *group == '\0' ? version
			      : arena_format(arena, "%s/%s", group, version);
}

/* The groups that are served now, once each. */
void
discovery_groups(const struct call *call, struct strlist *groups)
{
	for (size_t i = 0; i < call->store->n_kinds; i++) {
		const struct kind *kind = call->store->kinds[i];

		if (kind->served && !strlist_has(groups, kind->spec.group))
			strlist_add(groups, call->arena, kind->spec.group);
	}
	strlist_add(groups, call->arena, "authorization.k8s.io");
	strlist_add(groups, call->arena, "authentication.k8s.io");
}

/* The versions of a group, the most preferred first. */
void
discovery_versions(
    const struct call *call, const char *group, struct strlist *versions)
{
	if (strncmp(group, "auth", 4) == 0)
		strlist_add(versions, call->arena, "v1");
	for (size_t i = 0; i < call->store->n_kinds; i++) {
		const struct kind *kind = call->store->kinds[i];
		struct strlist words = { 0 };

		if (!kind->served || strcmp(kind->spec.group, group) != 0)
			continue;
		strlist_add_split(
		    &words, call->arena, kind->spec.versions, ' ');
		for (size_t j = 0; j < words.n; j++)
			if (!strlist_has(versions, words.items[j]))
				strlist_add(
				    versions, call->arena, words.items[j]);
	}
}

/* --- classic --- */

static jv
version_entry(struct arena *arena, const char *group, const char *version)
{
	jv entry = json_new_object();

	json_set_str(&entry, "groupVersion",
	    discovery_group_version(arena, group, version));
	json_set_str(&entry, "version", version);
	return entry;
}

static jv
group_entry(const struct call *call, const char *group)
{
	struct strlist versions = { 0 };
	jv entry = json_new_object();
	jv array = json_new_array();

	discovery_versions(call, group, &versions);
	json_set_str(&entry, "name", group);
	for (size_t i = 0; i < versions.n; i++)
		json_add(&array,
		    version_entry(call->arena, group, versions.items[i]));
	json_set(&entry, "versions", array);
	if (versions.n > 0)
		json_set(&entry, "preferredVersion",
		    version_entry(call->arena, group, versions.items[0]));
	return entry;
}

/* What a kind may be called besides its plural. */
static void
put_names(const struct call *call, const struct kind_spec *spec, jv *entry)
{
	if (*spec->short_names != '\0')
		json_set(
		    entry, "shortNames", split(call->arena, spec->short_names));
	if (spec->is_in_all)
		json_set(entry, "categories", split(call->arena, "all"));
}

static jv
resource_entry(const struct call *call, const struct kind_spec *spec)
{
	jv entry = json_new_object();

	json_set_str(&entry, "name", spec->plural);
	json_set_str(&entry, "singularName", spec->singular);
	json_set_bool(&entry, "namespaced", spec->namespaced);
	json_set_str(&entry, "kind", spec->kind);
	json_set(&entry, "verbs", texts(verbs, sizeof(verbs) / sizeof(*verbs)));
	put_names(call, spec, &entry);
	return entry;
}

static jv
status_entry(const struct call *call, const struct kind_spec *spec)
{
	jv entry = json_new_object();

	json_set_str(&entry, "name",
	    arena_format(call->arena, "%s/status", spec->plural));
	json_set_str(&entry, "singularName", "");
	json_set_bool(&entry, "namespaced", spec->namespaced);
	json_set_str(&entry, "kind", spec->kind);
	json_set(&entry, "verbs", texts(sub_verbs, 3));
	return entry;
}

static bool
answer_resources(struct call *call, struct reply *reply, const char *group,
    const char *version)
{
	jv list = json_new_object();
	jv array = json_new_array();

	for (size_t i = 0; i < call->store->n_kinds; i++) {
		const struct kind *kind = call->store->kinds[i];

		if (!kind->served || strcmp(kind->spec.group, group) != 0 ||
		    !kind_serves(kind, version))
			continue;
		json_add(&array, resource_entry(call, &kind->spec));
		if (kind->spec.has_status)
			json_add(&array, status_entry(call, &kind->spec));
	}
	review_add_entries(&array, group);
	if (json_count(array) == 0) {
		json_free(array);
		json_free(list);
		return false;
	}
	json_set_str(&list, "kind", "APIResourceList");
	json_set_str(&list, "apiVersion", "v1");
	json_set_str(&list, "groupVersion",
	    discovery_group_version(call->arena, group, version));
	json_set(&list, "resources", array);
	reply_value(reply, 200, list);
	return true;
}

/* --- aggregated --- */

static jv
aggregated_resource(
    const struct call *call, const struct kind_spec *spec, const char *version)
{
	jv entry = json_new_object();
	jv kind = json_new_object();
	jv subs = json_new_array();
	jv sub = json_new_object();

	json_set_str(&kind, "group", spec->group);
	json_set_str(&kind, "version", version);
	json_set_str(&kind, "kind", spec->kind);
	json_set_str(&entry, "resource", spec->plural);
	json_set_str(
	    &entry, "scope", spec->namespaced ? "Namespaced" : "Cluster");
	json_set_str(&entry, "singularResource", spec->singular);
	json_set(&entry, "verbs", texts(verbs, sizeof(verbs) / sizeof(*verbs)));
	put_names(call, spec, &entry);
	json_set_str(&sub, "subresource", "status");
	json_set(&sub, "responseKind", json_share(kind));
	json_set(&sub, "verbs", texts(sub_verbs, 3));
	json_add(&subs, sub);
	if (spec->has_status)
		json_set(&entry, "subresources", subs);
	else
		json_free(subs);
	json_set(&entry, "responseKind", kind);
	return entry;
}

static jv
aggregated_version(
    const struct call *call, const char *group, const char *version)
{
	jv entry = json_new_object();
	jv array = json_new_array();

	json_set_str(&entry, "version", version);
	for (size_t i = 0; i < call->store->n_kinds; i++) {
		const struct kind *kind = call->store->kinds[i];

		if (kind->served && strcmp(kind->spec.group, group) == 0 &&
		    kind_serves(kind, version))
			json_add(&array,
			    aggregated_resource(call, &kind->spec, version));
	}
	json_set(&entry, "resources", array);
	json_set_str(&entry, "freshness", "Current");
	return entry;
}

static jv
aggregated_group(const struct call *call, const char *group)
{
	struct strlist versions = { 0 };
	jv entry = json_new_object();
	jv array = json_new_array();

	discovery_versions(call, group, &versions);
	json_set(&entry, "metadata",
	    *group == '\0'
		? json_new_object()
		: value_with(jv_invalid(), "name", json_new_str(group)));
	for (size_t i = 0; i < versions.n; i++)
		json_add(
		    &array, aggregated_version(call, group, versions.items[i]));
	json_set(&entry, "versions", array);
	return entry;
}

/* "v2", "v2beta1", or NULL: the first form that the caller takes and we know. */
static const char *
aggregated_form(const struct call *call)
{
	const char *accept = call_header(call, "Accept");

	if (accept == NULL || strstr(accept, APIDISCOVERY) == NULL)
		return NULL;
	return strstr(accept, "v=v2;") != NULL ? "v2" : "v2beta1";
}

static bool
answer_groups(struct call *call, struct reply *reply, bool core)
{
	const char *form = aggregated_form(call);
	struct strlist groups = { 0 };
	jv list = json_new_object();
	jv array = json_new_array();

	discovery_groups(call, &groups);
	for (size_t i = 0; i < groups.n; i++)
		if ((*groups.items[i] == '\0') == core)
			json_add(&array,
			    form == NULL
				? group_entry(call, groups.items[i])
				: aggregated_group(call, groups.items[i]));
	json_set_str(&list, "kind",
	    form == NULL ? "APIGroupList" : "APIGroupDiscoveryList");
	json_set_str(&list, "apiVersion",
	    form == NULL ? "v1"
			 : arena_format(call->arena, APIDISCOVERY "/%s", form));
	json_set(&list, form == NULL ? "groups" : "items", array);
	if (form != NULL)
		reply->type = arena_format(call->arena,
		    "application/json;g=" APIDISCOVERY
		    ";v=%s;as=APIGroupDiscoveryList",
		    form);
	reply_value(reply, 200, list);
	return true;
}

static bool
answer_core(struct call *call, struct reply *reply)
{
	jv versions;

	if (aggregated_form(call) != NULL)
		return answer_groups(call, reply, true);
	versions =
	    value_with(jv_invalid(), "kind", json_new_str("APIVersions"));
	json_set(&versions, "versions", split(call->arena, "v1"));
	json_set(&versions, "serverAddressByClientCIDRs", json_new_array());
	reply_value(reply, 200, versions);
	return true;
}

static bool
answer_group(struct call *call, struct reply *reply, const char *group)
{
	struct strlist groups = { 0 };
	jv entry;

	discovery_groups(call, &groups);
	if (!strlist_has(&groups, group))
		return false;
	entry = group_entry(call, group);
	json_set_str(&entry, "kind", "APIGroup");
	json_set_str(&entry, "apiVersion", "v1");
	reply_value(reply, 200, entry);
	return true;
}

/* --- the rest --- */

static bool
answer_version(struct reply *reply)
{
	jv version = json_new_object();

	json_set_str(&version, "major", "1");
	json_set_str(&version, "minor", "33");
	json_set_str(&version, "gitVersion", "v1.33.0");
	json_set_str(&version, "gitCommit", "");
	json_set_str(&version, "gitTreeState", "clean");
	json_set_str(&version, "buildDate", "2025-01-01T00:00:00Z");
	json_set_str(&version, "goVersion", "none");
	json_set_str(&version, "compiler", "cc");
	json_set_str(&version, "platform", "linux/amd64");
	reply_value(reply, 200, version);
	return true;
}

static bool
answer_text(struct reply *reply, const char *text)
{
	reply->status = 200;
	reply->type = "text/plain; charset=utf-8";
	text_add(&reply->body, text);
	return true;
}

bool
discovery_answer(struct call *call, struct reply *reply)
{
	struct strlist parts = { 0 };
	const char *path = call->path;

	strlist_add_split(&parts, call->arena, path, '/');
	if (strcmp(path, "/version") == 0 || strcmp(path, "/version/") == 0)
		return answer_version(reply);
	if (strcmp(path, "/livez") == 0 || strcmp(path, "/readyz") == 0 ||
	    strcmp(path, "/healthz") == 0)
		return answer_text(reply, "ok");
	if (strcmp(path, "/openapi/v2") == 0)
		return openapi_answer_v2(call, reply);
	if (strcmp(path, "/openapi/v3") == 0)
		return openapi_answer_index(call, reply);
	if (strncmp(path, "/openapi/v3/", 12) == 0)
		return openapi_answer_group(call, reply, path + 12);
	if (parts.n == 1 && strcmp(parts.items[0], "api") == 0)
		return answer_core(call, reply);
	if (parts.n == 2 && strcmp(parts.items[0], "api") == 0)
		return answer_resources(call, reply, "", parts.items[1]);
	if (parts.n == 0 || strcmp(parts.items[0], "apis") != 0)
		return false;
	if (parts.n == 1)
		return answer_groups(call, reply, false);
	if (parts.n == 2)
		return answer_group(call, reply, parts.items[1]);
	return parts.n == 3 &&
	       answer_resources(call, reply, parts.items[1], parts.items[2]);
}
