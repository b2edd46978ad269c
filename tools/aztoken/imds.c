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

#include "advice.h"
#include "ask.h"
#include "aztoken.h"
#include "imds.h"
#include "json.h"
#include "token.h"

#define API_VERSION "2018-02-01"
#define PATH        "/metadata/identity/oauth2/token"

static const int delays_s[] = { 2, 6, 14, 30, 30, 0 };

static bool
again(long status)
{
	return status == 404 || status == 410 || ask_is_passing(status);
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

/* The service's word for it, or ours: a row of advice.c. */
static const char *
code_of(long status, const char *error, const char *why)
{
	if (why != NULL && strstr(why, "Multiple user assigned") != NULL)
		return "MultipleIdentities";
	if (why != NULL && strstr(why, "Identity not found") != NULL)
		return "IdentityNotFound";
	if (status == 404 || status == 410)
		return "ImdsUpdating";
	if (status == 429)
		return "ImdsThrottled";
	if (again(status))
		return "ImdsFailed";
	return error != NULL ? error : "";
}

bool
imds_decode(struct token *token, const struct answer *answer,
    const char *source, struct error *err)
{
	const char *why;
	const char *code;
	jv value;

	if (answer->status == 200)
		return token_decode(token, &answer->body, source, err);
	(void)json_parse(text_str(&answer->body), answer->body.n, &value, NULL);
	why = json_str_at(value, "error_description");
	code = code_of(answer->status, json_str_at(value, "error"), why);
	error_set(err, advice_cause(code), "%s answered status %ld%s%.*s",
	    source, answer->status, why != NULL ? ": " : "",
	    why != NULL ? (int)strcspn(why, "\r\n") : 0,
	    why != NULL ? why : "");
	if (err->cause == CAUSE_NONE)
		err->cause = CAUSE_INVALID;
	snprintf(err->code, sizeof(err->code), "%s", code);
	err->retry_after_ms = answer->retry_after_ms;
	json_free(value);
	return false;
}

static bool
get(const struct way *way, struct settings *settings, struct token *token,
    struct error *err)
{
	const char *endpoint =
	    arena_format(&settings->arena, "%s" PATH, settings->imds_endpoint);
	struct ask ask = {
		.url = imds_url(settings, endpoint, API_VERSION),
		.headers = { "Metadata: true" },
		.local = true,
		.delays_s = delays_s,
		.again = again,
	};
	struct answer answer = { 0 };
	bool good = ask_run(settings, &ask, &answer, err);

	(void)way;
	if (good)
		good = imds_decode(
		    token, &answer, "the instance metadata service", err);
	else
		snprintf(err->code, sizeof(err->code), "NoImds");
	ask_done(&answer);
	return good;
}

const struct way way_managed_identity = { "managed-identity", get, NULL, NULL };
