// SPDX-License-Identifier: ISC
/*
 * imds -- managed identity: the instance metadata service, Azure Arc, and the
 * document by which clients discover a cloud.
 *
 * The paths are those of Azure, so the services share one port: api-version
 * 2020-06-01 is Arc (with its challenge by file), any other is IMDS. Numbers
 * in the answers are texts, as IMDS writes them.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base64.h"
#include "directory.h"
#include "imds.h"
#include "token.h"

#define TOKEN_PATH  "/metadata/identity/oauth2/token"
#define ARC_VERSION "2020-06-01"
#define PORTAL      "https://portal.azure.com"

static const char *arc_directory;
static char arc_key[ETAG_BYTES];

void
imds_set_arc_directory(const char *directory)
{
	arc_directory = directory;
}

/* --- which identity --- */

/* The identities that the request's selector names; *last one of them. */
static int
count_matches(struct call *call, jv *last)
{
	/* clang-format off */
	static const struct {
		const char *parameter;
		const char *member;
	} selectors[] = {
		{ "client_id",  "clientId" },
		{ "object_id",  "objectId" },
		{ "principal_id", "objectId" },
		{ "msi_res_id", "resourceId" },
		{ "mi_res_id",  "resourceId" },
	};
	/* clang-format on */
	int n = 0;
	jv identity;

	for (int i = 0; json_item(directory_identities(), i, &identity); i++) {
		bool matches = true;

		for (size_t j = 0; j < sizeof(selectors) / sizeof(*selectors);
		     j++) {
			const char *wanted = serve_query_of(
			    call->request, selectors[j].parameter);
			const char *has =
			    json_str_at(identity, selectors[j].member);

			matches =
			    matches &&
			    (wanted == NULL ||
				(has != NULL && strcasecmp(has, wanted) == 0));
		}
		if (matches) {
			*last = identity;
			n++;
		}
	}
	return n;
}

static bool
find_identity(struct call *call, jv *identity)
{
	int n;

	*identity = jv_invalid();
	if (!json_is_array(directory_identities()))
		return true;
	n = count_matches(call, identity);
	if (n == 1)
		return true;
	if (n == 0)
		return call_deny(
		    call, 400, "invalid_request", "Identity not found");
	return call_deny(call, 400, "invalid_request",
	    "Multiple user assigned identities exist, please specify the "
	    "clientId / resourceId of the identity in the token request");
}

static const char *
text_or(const char *text, const char *otherwise)
{
	return text == NULL ? otherwise : text;
}

static void
send_token(struct call *call, jv identity, const char *resource)
{
	static const char unknown[] = "00000000-0000-0000-0000-000000000002";
	const char *wanted = serve_query_of(call->request, "client_id");
	int64_t age_s = sim_switch("imds-token-age-s");
	struct grant grant = {
		.tenant = text_or(json_str_at(identity, "tenantId"), unknown),
		.client_id = text_or(json_str_at(identity, "clientId"),
		    text_or(wanted, unknown)),
		.object_id =
		    text_or(json_str_at(identity, "objectId"), unknown),
		.audience = resource,
		.issued_s = sim_unix_s() - age_s,
		.life_s = sim_switch("imds-token-life-s"),
		.claims = true, /* IMDS cannot be asked for claims */
	};
	int64_t left_s = grant.life_s - age_s;
	int64_t until_s = grant.issued_s + grant.life_s;
	struct text token = { 0 };
	jv body = json_new_object();

	token_issue(&grant, &token);
	json_set_str(&body, "access_token", token.data);
	json_set_str(&body, "client_id", grant.client_id);
	json_set_str(&body, "expires_in",
	    arena_format(&call->arena, "%lld", (long long)left_s));
	json_set_str(&body, "expires_on",
	    arena_format(&call->arena, "%lld", (long long)until_s));
	json_set_str(&body, "ext_expires_in",
	    arena_format(&call->arena, "%lld", (long long)grant.life_s));
	json_set_str(&body, "not_before",
	    arena_format(&call->arena, "%lld", (long long)grant.issued_s));
	json_set_str(&body, "resource", resource);
	json_set_str(&body, "token_type", "Bearer");
	text_done(&token);
	serve_json(call->answer, 200, body);
}

/* --- Azure Arc: proves that the caller may read a file --- */

static bool
check_arc(struct call *call)
{
	const char *given = serve_header_of(call->request, "Authorization");
	const char *path =
	    arena_format(&call->arena, "%s/arc.key", arc_directory);
	struct text expected = { 0 };
	FILE *file;
	bool good;

	text_add(&expected, "Basic ");
	text_add(&expected, arc_key);
	good = given != NULL && *arc_key != '\0' &&
	       strcmp(given, expected.data) == 0;
	text_done(&expected);
	if (good)
		return true;
	sim_guid(arc_key);
	file = fopen(path, "we");
	if (file != NULL) {
		(void)fchmod(fileno(file), S_IRUSR | S_IWUSR);
		(void)fputs(arc_key, file);
		(void)fclose(file);
	}
	serve_header(call->answer, "WWW-Authenticate", "Basic realm=%s", path);
	return call_deny(call, 401, "unauthorized_client",
	    "Missing Basic Authorization header");
}

static void
handle_token(struct call *call)
{
	const char *header = serve_header_of(call->request, "Metadata");
	const char *version = serve_query_of(call->request, "api-version");
	const char *resource = serve_query_of(call->request, "resource");
	jv identity;

	if (header == NULL || strcasecmp(header, "true") != 0)
		call_deny(call, 400, "bad_request_102",
		    "Required metadata header not specified");
	else if (sim_switch("imds-refuse-forwarded") != 0 &&
		 serve_header_of(call->request, "X-Forwarded-For") != NULL)
		call_deny(call, 400, "bad_request_103",
		    "X-Forwarded-For is not allowed in the request");
	else if (version == NULL)
		call_deny(call, 400, "bad_request_101",
		    "Required api-version parameter not specified");
	else if (resource == NULL)
		call_deny(call, 400, "invalid_request",
		    "Required query variable 'resource' is missing");
	else if ((strcmp(version, ARC_VERSION) != 0 || check_arc(call)) &&
		 find_identity(call, &identity))
		send_token(call, identity, resource);
}

/* --- metadata/endpoints --- */

static void
send_endpoints(struct call *call)
{
	struct text base = { 0 };
	jv cloud = json_new_object();
	jv authentication = json_new_object();
	jv audiences = json_new_array();
	jv suffixes = json_new_object();
	jv all;

	serve_base_url(call->request, &base);
	json_set_str(&cloud, "name", "AzureSim");
	json_set_str(&cloud, "portal", PORTAL);
	json_set_str(&cloud, "resourceManager", base.data);
	json_set_str(&authentication, "loginEndpoint", base.data);
	json_add_str(&audiences, "https://management.core.windows.net/");
	json_add_str(&audiences, "https://management.azure.com/");
	json_set(&authentication, "audiences", audiences);
	json_set_str(&authentication, "tenant", "common");
	json_set_str(&authentication, "identityProvider", "AAD");
	json_set(&cloud, "authentication", authentication);
	json_set_str(&cloud, "graphAudience", base.data);
	json_set_str(&suffixes, "keyVaultDns", "vault.azure.net");
	json_set_str(&suffixes, "storage", "core.windows.net");
	json_set(&cloud, "suffixes", suffixes);
	text_done(&base);
	if (strcmp(text_or(serve_query_of(call->request, "api-version"), ""),
		"2019-05-01") != 0) {
		serve_json(call->answer, 200, cloud);
		return;
	}
	all = json_new_array();
	json_add(&all, cloud);
	serve_json(call->answer, 200, all);
}

bool
imds_handle(struct call *call)
{
	if (strcmp(call->path, TOKEN_PATH) == 0)
		handle_token(call);
	else if (strcmp(call->path, "/metadata/endpoints") == 0)
		send_endpoints(call);
	else
		return false;
	return true;
}
