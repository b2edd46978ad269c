// SPDX-License-Identifier: ISC
/*
 * token -- the access tokens that the simulated Entra ID gives and ARM takes.
 *
 * A token is a JWT signed with a key of this process. ARM reads all it needs
 * from it: audience, expiry, tenant, application, and a serial number by
 * which whatever was issued before a moment can be revoked.
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string.h>
#include <strings.h>
#include <time.h>

#include "base64.h"
#include "token.h"

#define HEADER "{\"typ\":\"JWT\",\"alg\":\"HS256\",\"kid\":\"azure-sim\"}"
#define CHALLENGE_CLAIMS \
	"{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"%lld\"}}}"

static const char key[] = "azure-sim";
static int64_t serial;
static int64_t revoked_to; /* serial numbers up to here are refused */
static bool with_challenge;

static const char *const audiences[] = { "https://management.azure.com",
	"https://management.core.windows.net",
	"https://management.usgovcloudapi.net",
	"https://management.core.usgovcloudapi.net",
	"https://management.chinacloudapi.cn",
	"https://management.core.chinacloudapi.cn" };

static void
add_signature(struct text *jwt)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	(void)HMAC(EVP_sha256(), key, sizeof(key) - 1,
	    (const unsigned char *)jwt->data, jwt->n, mac, &n);
	text_add_char(jwt, '.');
	base64_encode_url(jwt, mac, n);
}

void
token_issue(const struct grant *grant, struct text *out)
{
	jv payload = json_new_object();
	struct text json = { 0 };
	struct text jwt = { 0 };

	json_set_str(&payload, "aud", grant->audience);
	json_set_int(&payload, "iat", grant->issued_s);
	json_set_int(&payload, "nbf", grant->issued_s);
	json_set_int(&payload, "exp", grant->issued_s + grant->life_s);
	json_set_str(&payload, "appid", grant->client_id);
	json_set_str(&payload, "oid", grant->object_id);
	json_set_str(&payload, "tid", grant->tenant);
	json_set_bool(&payload, "sim_claims", grant->claims);
	json_set_int(&payload, "sim_serial", ++serial);
	json_print(&json, payload);
	json_free(payload);
	base64_encode_url(&jwt, HEADER, strlen(HEADER));
	text_add_char(&jwt, '.');
	base64_encode_url(&jwt, json.data, json.n);
	add_signature(&jwt);
	text_add_n(out, jwt.data, jwt.n);
	text_done(&json);
	text_done(&jwt);
}

void
token_revoke(bool challenge)
{
	revoked_to = serial;
	with_challenge = challenge;
}

void
token_pardon(void)
{
	revoked_to = 0;
	with_challenge = false;
}

/* --- checking --- */

static bool
refuse(struct call *call, const char *code, const char *message)
{
	serve_header(call->answer, "WWW-Authenticate",
	    "Bearer authorization_uri=\"https://login.windows.net/%s\", "
	    "error=\"invalid_token\", error_description=\"%s\"",
	    call->tenant == NULL ? "common" : call->tenant, message);
	return call_refuse(call, 401, code, "%s", message);
}

static bool
challenge(struct call *call)
{
	const char *claims = arena_format(
	    &call->arena, CHALLENGE_CLAIMS, (long long)sim_unix_s());
	struct text encoded = { 0 };

	base64_encode(&encoded, claims, strlen(claims));
	serve_header(call->answer, "WWW-Authenticate",
	    "Bearer realm=\"\", authorization_uri="
	    "\"https://login.microsoftonline.com/common/oauth2/authorize\", "
	    "client_id=\"00000003-0000-0000-c000-000000000000\", "
	    "error=\"insufficient_claims\", claims=\"%s\"",
	    encoded.data);
	text_done(&encoded);
	return call_refuse(call, 401, "InvalidAuthenticationToken",
	    "Continuous access evaluation resulted in challenge.");
}

/* The payload of a token whose signature is ours; absent otherwise. */
static jv
read_payload(const char *token)
{
	const char *first = strchr(token, '.');
	const char *second = first == NULL ? NULL : strchr(first + 1, '.');
	struct text signed_part = { 0 };
	struct text json = { 0 };
	struct error err;
	jv payload = jv_invalid();

	if (second == NULL)
		return payload;
	text_add_n(&signed_part, token, (size_t)(second - token));
	add_signature(&signed_part);
	if (strcmp(signed_part.data, token) == 0 &&
	    base64_decode(&json, first + 1, (size_t)(second - first - 1)) &&
	    !json_parse(text_str(&json), json.n, &payload, &err))
		payload = jv_invalid();
	text_done(&signed_part);
	text_done(&json);
	return payload;
}

static bool
is_audience(const char *audience)
{
	for (size_t i = 0;
	     audience != NULL && i < sizeof(audiences) / sizeof(*audiences);
	     i++) {
		size_t n = strlen(audiences[i]);

		if (strncasecmp(audience, audiences[i], n) == 0 &&
		    (audience[n] == '\0' || strcmp(audience + n, "/") == 0))
			return true;
	}
	/* A custom cloud takes whatever it is asked for below its own name. */
	return audience != NULL && strstr(audience, "127.0.0.1") != NULL;
}

static const char *
utc(struct arena *arena, int64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm parts;
	char text[64];

	(void)gmtime_r(&when, &parts);
	(void)strftime(text, sizeof(text), "%m/%d/%Y %I:%M:%S %p", &parts);
	return arena_copy(arena, text);
}

static bool
check_payload(struct call *call, jv payload)
{
	int64_t number = 0;
	int64_t expires = 0;

	(void)json_int(json_at(payload, "sim_serial"), &number);
	(void)json_int(json_at(payload, "exp"), &expires);
	if (!is_audience(json_str_at(payload, "aud")))
		return refuse(call, "InvalidAuthenticationToken",
		    "The access token has been obtained for wrong audience or "
		    "resource.");
	if (expires <= sim_unix_s())
		return refuse(call, "ExpiredAuthenticationToken",
		    arena_format(&call->arena,
			"The access token expiry UTC time '%s' is earlier "
			"than current UTC time '%s'.",
			utc(&call->arena, expires),
			utc(&call->arena, sim_unix_s())));
	if (number > revoked_to &&
	    (!with_challenge || json_is_true(json_at(payload, "sim_claims"))))
		return true;
	return with_challenge ? challenge(call)
			      : refuse(call, "InvalidAuthenticationToken",
				    "The access token is invalid.");
}

bool
token_check(struct call *call)
{
	const char *header = serve_header_of(call->request, "Authorization");
	jv payload;
	bool good;

	if (header == NULL)
		return refuse(call, "AuthenticationFailed",
		    "Authentication failed. The 'Authorization' header is "
		    "missing.");
	payload = strncasecmp(header, "Bearer ", 7) == 0
		      ? read_payload(header + 7)
		      : jv_invalid();
	if (!json_is_object(payload))
		return refuse(call, "InvalidAuthenticationToken",
		    "The access token is invalid.");
	call->tenant = arena_copy(&call->arena, json_str_at(payload, "tid"));
	call->client_id =
	    arena_copy(&call->arena, json_str_at(payload, "appid"));
	call->object_id = arena_copy(&call->arena, json_str_at(payload, "oid"));
	good = check_payload(call, payload);
	json_free(payload);
	return good;
}

bool
token_check_tenant(struct call *call, const char *tenant)
{
	return tenant == NULL || strcasecmp(tenant, call->tenant) == 0 ||
	       refuse(call, "InvalidAuthenticationTokenTenant",
		   arena_format(&call->arena,
		       "The access token is from the wrong issuer "
		       "'https://sts.windows.net/%s/'. It must match the "
		       "tenant "
		       "'https://sts.windows.net/%s/' associated with this "
		       "subscription.",
		       call->tenant, tenant));
}
