// SPDX-License-Identifier: ISC
/*
 * imds -- managed identity by the instance metadata service of the machine.
 *
 * System-assigned unless a client id, object id or resource id is named (the
 * first that is set; azure.json's userAssignedIdentityID is a client id, or a
 * resource id if it begins with a slash). Never through a proxy.
 *
 * Tried again by Microsoft's schedule, after 2, 6, 14, 30 and 30 s: 404 and
 * 410 (the endpoint is being updated, up to 70 s), 429, 5xx. No answer at all
 * is tried again only as long as the deadline allows.
 */
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "aztoken.h"
#include "http.h"
#include "imds.h"
#include "json.h"
#include "token.h"

#define API_VERSION "2018-02-01"
#define PATH        "/metadata/identity/oauth2/token"

static const int delays_s[] = { 2, 6, 14, 30, 30, 0 };

static bool
again(long status)
{
	return status == 404 || status == 410 || ask_again_by_default(status);
}

const char *
imds_url(
    struct settings *settings, const char *endpoint, const char *api_version)
{
	const struct options *options = &settings->options;
	const char *assigned = settings->file.identity_id;
	bool is_resource = assigned != NULL && *assigned == '/';
	struct text query = { 0 };
	const char *url;

	ask_add_field(&query, "api-version", api_version);
	ask_add_field(&query, "resource", settings->resource);
	if (options->identity_client_id != NULL)
		ask_add_field(&query, "client_id", options->identity_client_id);
	else if (options->identity_object_id != NULL)
		ask_add_field(&query, "object_id", options->identity_object_id);
	else if (options->identity_resource_id != NULL)
		ask_add_field(
		    &query, "msi_res_id", options->identity_resource_id);
	else if (assigned != NULL)
		ask_add_field(
		    &query, is_resource ? "msi_res_id" : "client_id", assigned);
	url =
	    arena_format(&settings->arena, "%s?%s", endpoint, text_str(&query));
	text_done(&query);
	return url;
}

bool
imds_decode(struct token *token, const struct answer *answer,
    const char *source, struct error *err)
{
	enum cause cause = http_cause(answer->status);
	const char *why;
	jv value;

	if (answer->status == 200)
		return token_decode(token, &answer->body, source, err);
	if (cause == CAUSE_MISSING)
		cause = CAUSE_TEMPORARY;
	if (cause == CAUSE_DENIED)
		cause = CAUSE_INVALID;
	if (!json_parse(text_str(&answer->body), answer->body.n, &value, NULL))
		return error_set(err, cause, "%s answered status %ld", source,
		    answer->status);
	why = json_str_at(value, "error_description");
	error_set(err, cause, "%s answered status %ld: %.*s", source,
	    answer->status, why != NULL ? (int)strcspn(why, "\r\n") : 0,
	    why != NULL ? why : "");
	if (why != NULL && strstr(why, "Multiple user assigned") != NULL)
		snprintf(err->code, sizeof(err->code), "MultipleIdentities");
	else if (why != NULL && strstr(why, "Identity not found") != NULL)
		snprintf(err->code, sizeof(err->code), "IdentityNotFound");
	json_free(value);
	err->retry_after_ms = answer->retry_after_ms;
	return false;
}

static bool
get(struct settings *settings, struct token *token, struct error *err)
{
	const char *endpoint =
	    arena_format(&settings->arena, "%s" PATH, settings->imds_endpoint);
	struct ask ask = {
		.method = "GET",
		.url = imds_url(settings, endpoint, API_VERSION),
		.headers = { "Metadata: true" },
		.local = true,
		.delays_s = delays_s,
		.again = again,
	};
	struct answer answer = { 0 };
	bool good = ask_run(settings, &ask, &answer, err);

	if (good)
		good = imds_decode(
		    token, &answer, "the instance metadata service", err);
	else
		snprintf(err->code, sizeof(err->code), "NoImds");
	ask_done(&answer);
	return good;
}

const struct way way_managed_identity = { "managed-identity", get };
