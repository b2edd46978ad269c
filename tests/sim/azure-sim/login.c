// SPDX-License-Identifier: ISC
/*
 * login -- the simulated Entra ID: client credentials by secret, certificate
 * assertion or federated assertion, and the documents that clients look at
 * first.
 *
 * Only a form-encoded POST is taken. The order of refusals: fields, tenant,
 * application, scope, credential.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "assertion.h"
#include "directory.h"
#include "form.h"
#include "login.h"
#include "token.h"

#define JWT_BEARER "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define TOKEN_PATH "/oauth2/v2.0/token"

bool
login_fail(struct call *call, int status, const char *error, int number,
    const char *message)
{
	jv body = json_new_object();
	jv codes = json_new_array();
	char trace[ETAG_BYTES];
	char stamp[32];
	time_t now = time(NULL);
	struct tm parts;

	sim_guid(trace);
	(void)gmtime_r(&now, &parts);
	(void)strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%SZ", &parts);
	json_set_str(&body, "error", error);
	json_set_str(&body, "error_description",
	    arena_format(&call->arena,
		"AADSTS%d: %s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\n"
		"Timestamp: %s",
		number, message, trace, trace, stamp));
	json_add(&codes, json_new_int(number));
	json_set(&body, "error_codes", codes);
	json_set_str(&body, "timestamp", stamp);
	json_set_str(&body, "trace_id", trace);
	json_set_str(&body, "correlation_id", trace);
	json_set_str(&body, "error_uri",
	    arena_format(&call->arena,
		"https://login.microsoftonline.com/error?code=%d", number));
	serve_header(call->answer, "x-ms-request-id", "%s", trace);
	serve_header(call->answer, "Cache-Control", "no-store, no-cache");
	serve_json(call->answer, status, body);
	return false;
}

/* --- the parts of a token request --- */

static bool
is_guid(const char *text)
{
	size_t n = strlen(text);

	return n == ETAG_BYTES - 1 && text[8] == '-' && text[13] == '-' &&
	       text[18] == '-' && text[23] == '-' &&
	       strspn(text, "0123456789abcdefABCDEF-") == n;
}

static bool
check_fields(struct call *call)
{
	static const char *const needed[] = { "grant_type", "client_id",
		"scope" };
	const char *type = serve_header_of(call->request, "Content-Type");

	if (strcmp(call->method, "POST") != 0)
		return login_fail(call, 405, "invalid_request", 900561,
		    "The endpoint only accepts POST requests.");
	if (type == NULL ||
	    strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
		return login_fail(call, 400, "invalid_request", 900144,
		    "The request body must contain the following parameter: "
		    "'grant_type'.");
	for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
		if (form_get(call, needed[i]) == NULL)
			return login_fail(call, 400, "invalid_request", 900144,
			    arena_format(&call->arena,
				"The request body must contain the following "
				"parameter: '%s'.",
				needed[i]));
	return strcmp(form_get(call, "grant_type"), "client_credentials") ==
		   0 ||
	       login_fail(call, 400, "unsupported_grant_type", 70003,
		   "The app requested an unsupported grant type.");
}

static bool
check_application(struct call *call, jv *application)
{
	const char *client_id = form_get(call, "client_id");
	jv tenant = directory_tenant(call->tenant);

	*application = jv_invalid();
	if (directory_is_open())
		return true;
	if (!json_is_object(tenant) && !is_guid(call->tenant) &&
	    strchr(call->tenant, '.') == NULL)
		return login_fail(call, 400, "invalid_request", 900023,
		    arena_format(&call->arena,
			"Specified tenant identifier '%s' is neither a valid "
			"DNS name, nor a valid external domain.",
			call->tenant));
	if (!json_is_object(tenant))
		return login_fail(call, 400, "invalid_request", 90002,
		    arena_format(&call->arena,
			"Tenant '%s' not found. Check to make sure you have "
			"the correct tenant ID and are signing into the "
			"correct cloud.",
			call->tenant));
	*application = directory_application(tenant, client_id);
	return json_is_object(*application) ||
	       login_fail(call, 400, "unauthorized_client", 700016,
		   arena_format(&call->arena,
		       "Application with identifier '%s' was not found in the "
		       "directory '%s'. This can happen if the application has "
		       "not been installed by the administrator of the tenant "
		       "or "
		       "consented to by any user in the tenant. You may have "
		       "sent your authentication request to the wrong tenant.",
		       client_id, call->tenant));
}

/* The scope minus /.default is the audience. */
static bool
check_scope(struct call *call, const char **audience)
{
	static const char suffix[] = "/.default";
	const char *scope = form_get(call, "scope");
	size_t n = strcspn(scope, " ");

	if (n < sizeof(suffix) || strncmp(scope + n - (sizeof(suffix) - 1),
				      suffix, sizeof(suffix) - 1) != 0)
		return login_fail(call, 400, "invalid_scope", 1002012,
		    arena_format(&call->arena,
			"The provided value for scope %s is not valid. Client "
			"credential flows must have a scope value with "
			"/.default suffixed to the resource identifier "
			"(application ID URI).",
			scope));
	*audience = arena_copy_n(&call->arena, scope, n - (sizeof(suffix) - 1));
	return strncasecmp(*audience, "https://", 8) == 0 ||
	       login_fail(call, 400, "invalid_resource", 500011,
		   arena_format(&call->arena,
		       "The resource principal named %s was not found in the "
		       "tenant named %s.",
		       *audience, call->tenant));
}

static bool
has_text(jv array, const char *text)
{
	jv item;

	for (int i = 0; json_item(array, i, &item); i++)
		if (json_str(item) != NULL && strcmp(json_str(item), text) == 0)
			return true;
	return false;
}

static bool
check_secret(struct call *call, jv application, const char *secret)
{
	const char *id = form_get(call, "client_id");

	if (directory_is_open() ||
	    has_text(json_at(application, "secrets"), secret))
		return true;
	if (has_text(json_at(application, "expiredSecrets"), secret))
		return login_fail(call, 401, "invalid_client", 7000222,
		    arena_format(&call->arena,
			"The provided client secret keys for app '%s' are "
			"expired. Visit the Azure portal to create new keys "
			"for your app: https://aka.ms/NewClientSecret, or "
			"consider using certificate credentials for added "
			"security: https://aka.ms/certCreds.",
			id));
	return login_fail(call, 401, "invalid_client", 7000215,
	    arena_format(&call->arena,
		"Invalid client secret provided. Ensure the secret being sent "
		"in the request is the client secret value, not the client "
		"secret ID, for a secret added to app '%s'.",
		id));
}

static bool
check_credential(struct call *call, jv application)
{
	const char *secret = form_get(call, "client_secret");
	const char *assertion = form_get(call, "client_assertion");
	const char *type = form_get(call, "client_assertion_type");

	if (secret != NULL)
		return check_secret(call, application, secret);
	if (assertion == NULL)
		return login_fail(call, 401, "invalid_client", 7000218,
		    "The request body must contain the following parameter: "
		    "'client_assertion' or 'client_secret'.");
	if (type == NULL || strcmp(type, JWT_BEARER) != 0)
		return login_fail(call, 400, "invalid_request", 900144,
		    "The request body must contain the following parameter: "
		    "'client_assertion_type'.");
	return assertion_check(call, application, assertion);
}

static void
send_token(struct call *call, jv application, const char *audience)
{
	const char *object_id = json_str_at(application, "objectId");
	const char *claims = form_get(call, "claims");
	struct grant grant = {
		.tenant = call->tenant,
		.client_id = form_get(call, "client_id"),
		.object_id = object_id == NULL
				 ? "00000000-0000-0000-0000-000000000001"
				 : object_id,
		.audience = audience,
		.issued_s = sim_unix_s(),
		.life_s = sim_switch("token-life-s"),
		.claims = claims != NULL && strstr(claims, "nbf") != NULL,
	};
	struct text token = { 0 };
	jv body = json_new_object();

	token_issue(&grant, &token);
	json_set_str(&body, "token_type", "Bearer");
	json_set_int(&body, "expires_in", grant.life_s);
	json_set_int(&body, "ext_expires_in", grant.life_s);
	if (grant.life_s > 7200)
		json_set_int(&body, "refresh_in", grant.life_s / 2);
	json_set_str(&body, "access_token", token.data);
	text_done(&token);
	serve_header(call->answer, "Cache-Control", "no-store, no-cache");
	serve_json(call->answer, 200, body);
}

static void
handle_token(struct call *call)
{
	const char *audience = NULL;
	jv application;

	if (check_fields(call) && check_application(call, &application) &&
	    check_scope(call, &audience) && check_credential(call, application))
		send_token(call, application, audience);
}

/* --- discovery --- */

static void
send_openid(struct call *call)
{
	struct text base = { 0 };
	jv body = json_new_object();

	serve_base_url(call->request, &base);
	text_format(&base, "/%s", call->tenant);
	json_set_str(
	    &body, "issuer", arena_format(&call->arena, "%s/v2.0", base.data));
	json_set_str(&body, "authorization_endpoint",
	    arena_format(&call->arena, "%s/oauth2/v2.0/authorize", base.data));
	json_set_str(&body, "token_endpoint",
	    arena_format(&call->arena, "%s" TOKEN_PATH, base.data));
	json_set_str(&body, "device_authorization_endpoint",
	    arena_format(&call->arena, "%s/oauth2/v2.0/devicecode", base.data));
	text_done(&base);
	serve_json(call->answer, 200, body);
}

/* Instance discovery: the authority that was asked for is one of ours. */
static void
send_instance(struct call *call)
{
	const char *host = serve_header_of(call->request, "Host");
	jv body = json_new_object();
	jv all = json_new_array();
	jv one = json_new_object();
	jv aliases = json_new_array();
	struct text base = { 0 };

	serve_base_url(call->request, &base);
	text_add(&base, "/common/v2.0/.well-known/openid-configuration");
	json_set_str(&body, "tenant_discovery_endpoint", base.data);
	json_add_str(&aliases, host);
	json_set_str(&one, "preferred_network", host);
	json_set_str(&one, "preferred_cache", host);
	json_set(&one, "aliases", aliases);
	json_add(&all, one);
	json_set(&body, "metadata", all);
	text_done(&base);
	serve_json(call->answer, 200, body);
}

bool
login_handle(struct call *call)
{
	const char *slash = strchr(call->path + 1, '/');
	const char *rest;

	if (slash == NULL)
		return false;
	if (strcmp(call->path, "/common/discovery/instance") == 0) {
		send_instance(call);
		return true;
	}
	call->tenant = arena_copy_n(
	    &call->arena, call->path + 1, (size_t)(slash - call->path - 1));
	/* An authority that ends in a slash makes two: Entra takes that. */
	rest = slash + strspn(slash, "/") - 1;
	if (strcmp(rest, TOKEN_PATH) == 0)
		handle_token(call);
	else if (strcmp(rest, "/v2.0/.well-known/openid-configuration") == 0 ||
		 strcmp(rest, "/.well-known/openid-configuration") == 0)
		send_openid(call);
	else
		return false;
	return true;
}
