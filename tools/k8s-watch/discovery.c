// SPDX-License-Identifier: ISC
/*
 * discovery -- which kind and version the API server serves a resource as.
 *
 * The classic documents: `/apis/GROUP` lists the versions of a group, `/apis/
 * GROUP/VERSION` its resources, `/api/v1` those of the core group. v1 is taken
 * where it holds the resource, else the first in the server's order. They are
 * readable for every service account (ClusterRole system:discovery).
 */
#include "discovery.h"

#include <string.h>

#include "json.h"
#include "text.h"

static void
set_served(struct discovery *discovery, const struct resource_served *served)
{
	struct arena *arena = &discovery->arena;

	discovery->served = (struct resource_served){
		.kind = arena_copy(arena, served->kind),
		.version = arena_copy(arena, served->version),
		.is_namespaced = served->is_namespaced,
	};
	discovery->api_version = resource_api_version(
	    arena, discovery->resource, discovery->served.version);
}

bool
discovery_begin(struct discovery *discovery, const struct resource *resource)
{
	struct arena old = discovery->arena;
	struct resource_served served = discovery->api_version == NULL
					    ? resource_guess(resource)
					    : discovery->served;

	*discovery = (struct discovery){ .resource = resource };
	set_served(discovery, &served);
	arena_done(&old);
	if (*resource->group == '\0')
		strlist_add(&discovery->versions, &discovery->arena, "v1");
	return resource_is_certain(resource);
}

const char *
discovery_path(struct discovery *discovery)
{
	const char *group = discovery->resource->group;
	struct arena *arena = &discovery->arena;

	if (*group == '\0')
		return "/api/v1";
	if (discovery->versions.n == 0)
		return arena_format(arena, "/apis/%s", group);
	return arena_format(arena, "/apis/%s/%s", group,
	    discovery->versions.items[discovery->i]);
}

static void
add_version(struct discovery *discovery, jv version)
{
	const char *name = json_str(version);

	if (name != NULL && !strlist_has(&discovery->versions, name))
		strlist_add(&discovery->versions, &discovery->arena,
		    arena_copy(&discovery->arena, name));
}

static enum discovery_result
take_group(struct discovery *discovery, jv group)
{
	jv versions = json_at(group, "versions");
	jv version;
	const char *name;

	for (int i = 0; json_item(versions, i, &version); i++) {
		name = json_str(json_at(version, "version"));
		if (text_equal(name, "v1"))
			add_version(discovery, json_at(version, "version"));
	}
	for (int i = 0; json_item(versions, i, &version); i++)
		add_version(discovery, json_at(version, "version"));
	return discovery->versions.n > 0 ? DISCOVERY_MORE : DISCOVERY_BAD;
}

static enum discovery_result
take_resources(struct discovery *discovery, jv list)
{
	jv resources = json_at(list, "resources");
	jv resource;
	const char *name;
	struct resource_served served;

	if (!json_is_array(resources))
		return DISCOVERY_BAD;
	for (int i = 0; json_item(resources, i, &resource); i++) {
		name = json_str(json_at(resource, "name"));
		if (!text_equal(name, discovery->resource->name))
			continue;
		served = (struct resource_served){
			.kind = json_str(json_at(resource, "kind")),
			.version = discovery->versions.items[discovery->i],
			.is_namespaced =
			    json_is_true(json_at(resource, "namespaced")),
		};
		if (served.kind == NULL)
			return DISCOVERY_BAD;
		set_served(discovery, &served);
		return DISCOVERY_FOUND;
	}
	return ++discovery->i < discovery->versions.n ? DISCOVERY_MORE
						      : DISCOVERY_ABSENT;
}

enum discovery_result
discovery_take(
    struct discovery *discovery, long status, const char *body, size_t n)
{
	enum discovery_result result;
	struct error err;
	jv answer;

	/* A version that has gone since the group was read is passed over. */
	if (status == 404)
		return discovery->versions.n > 0 &&
			       ++discovery->i < discovery->versions.n
			   ? DISCOVERY_MORE
			   : DISCOVERY_ABSENT;
	if (!json_parse(body, n, &answer, &err))
		return DISCOVERY_BAD;
	result = discovery->versions.n == 0 ? take_group(discovery, answer)
					    : take_resources(discovery, answer);
	json_free(answer);
	return result;
}

bool
discovery_guess(struct discovery *discovery)
{
	struct resource_served guess = resource_guess(discovery->resource);

	set_served(discovery, &guess);
	return strcmp(guess.kind, discovery->resource->name) != 0;
}

void
discovery_done(struct discovery *discovery)
{
	arena_done(&discovery->arena);
}
