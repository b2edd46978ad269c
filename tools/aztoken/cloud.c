// SPDX-License-Identifier: ISC
/*
 * cloud -- what a cloud of one's own says of itself.
 *
 * The public and national clouds stand in azurejson's table. Of an Azure Stack
 * azure.json needs to name the resourceManagerEndpoint only: the rest is read
 * from its /metadata/endpoints, without a token, as `az cloud register` does.
 * That document is one cloud or a list of them.
 */
#include <string.h>

#include "ask.h"
#include "aztoken.h"
#include "choose.h"
#include "cloud.h"
#include "http.h"
#include "json.h"

#define PATH "/metadata/endpoints?api-version=2022-09-01"

static bool
is_same_url(const char *a, const char *b)
{
	size_t n = strlen(b);

	return a != NULL && strncasecmp(a, b, n) == 0 &&
	       strspn(a + n, "/") == strlen(a + n);
}

/* The entry of a list that describes arm, else the first. */
static jv
find_cloud(jv document, const char *arm)
{
	jv first = document;
	jv cloud;

	if (json_is_array(document) && !json_item(document, 0, &first))
		return document;
	for (int i = 0; json_item(document, i, &cloud); i++)
		if (is_same_url(json_str_at(cloud, "resourceManager"), arm))
			return cloud;
	return first;
}

static bool
take(struct settings *settings, jv document, struct error *err)
{
	jv cloud = find_cloud(document, settings->arm_endpoint);
	const char *login =
	    json_str_at(cloud, "authentication", "loginEndpoint");
	const char *audience = NULL;
	jv first;

	if (json_item(json_at(cloud, "authentication", "audiences"), 0, &first))
		audience = json_str(first);
	if (settings->authority_host == NULL && login != NULL)
		settings->authority_host =
		    arena_copy_url(&settings->arena, login);
	if (settings->resource == NULL && audience != NULL)
		settings->resource = arena_copy_url(&settings->arena, audience);
	if (settings->authority_host != NULL && settings->resource != NULL)
		return true;
	return error_set(err, CAUSE_INVALID,
	    "%s" PATH " names no login endpoint or audience: set "
	    "activeDirectoryAuthorityHost and resourceManagerAudience in "
	    "azure.json",
	    settings->arm_endpoint);
}

bool
cloud_complete(struct settings *settings, struct error *err)
{
	struct ask ask = { .url = arena_format(&settings->arena, "%s" PATH,
			       settings->arm_endpoint) };
	struct answer answer = { 0 };
	bool good;
	jv document;

	if (settings->authority_host != NULL && settings->resource != NULL)
		return true;
	good = ask_run(settings, &ask, &answer, err);
	if (good && answer.status != 200)
		good = error_set(err, http_cause(answer.status),
		    "%s" PATH " answered status %ld", settings->arm_endpoint,
		    answer.status);
	if (good) {
		good = json_parse(
		    text_str(&answer.body), answer.body.n, &document, err);
		good = good && take(settings, document, err);
		json_free(document);
	}
	ask_done(&answer);
	return good;
}
