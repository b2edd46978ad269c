// SPDX-License-Identifier: ISC
/*
 * entra -- the token endpoint of Microsoft Entra ID, v2.0.
 *
 * Client credentials (RFC 6749 section 4.4) proved by a secret or by an
 * assertion (RFC 7523). An error is JSON with a first line `AADSTSnnn: ...`;
 * the number goes into err->code and advice.c says what it means. Passing
 * failures (transport, 408, 429, 5xx, numbers that stand for them) are tried
 * again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "ask.h"
#include "aztoken.h"
#include "choose.h"
#include "entra.h"
#include "http.h"
#include "json.h"
#include "log.h"
#include "secret.h"
#include "token.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define SKEW_S_MAX     300 /* Entra tolerates about five minutes */

const char *
entra_endpoint(struct settings *settings)
{
	return arena_format(&settings->arena, "%s/%s/oauth2/v2.0/token",
	    settings->authority_host, settings->tenant_id);
}

static void
fill_form(struct text *form, struct settings *settings, const char *field,
    const struct secret *proof)
{
	const char *scope =
	    arena_format(&settings->arena, "%s/.default", settings->resource);

	/* One allocation, so that nothing is left behind by growing. */
	text_reserve(form, 3 * secret_size(proof) + 4096);
	ask_add_field(form, "grant_type", "client_credentials");
	ask_add_field(form, "client_id", settings->client_id);
	ask_add_field(form, "scope", scope);
	if (strcmp(field, "client_assertion") == 0)
		ask_add_field(form, "client_assertion_type", ASSERTION_TYPE);
	ask_add_field(form, field, secret_bytes(proof));
	if (settings->claims != NULL)
		ask_add_field(form, "claims", settings->claims);
}

/* Entra's word for it: `AADSTS7000215`, else the OAuth error, else ours. */
static void
read_code(jv answer, long status, struct error *err)
{
	jv first;
	int64_t number;
	const char *word = json_str_at(answer, "error");

	if (json_item(json_at(answer, "error_codes"), 0, &first) &&
	    json_int(first, &number))
		snprintf(err->code, sizeof(err->code), "AADSTS%lld",
		    (long long)number);
	else if (word != NULL && advice_cause(word) != CAUSE_NONE)
		snprintf(err->code, sizeof(err->code), "%s", word);
	else if (status == 429)
		snprintf(err->code, sizeof(err->code), "EntraThrottled");
	else if (ask_is_passing(status))
		snprintf(err->code, sizeof(err->code), "EntraFailed");
}

static bool
refused(const struct answer *answer, struct error *err)
{
	enum cause cause = http_cause(answer->status);
	const char *why;
	jv value;

	/* A 401 here refuses what we sent; nothing else can be granted. */
	if (cause == CAUSE_DENIED || cause == CAUSE_MISSING)
		cause = CAUSE_INVALID;
	(void)json_parse(text_str(&answer->body), answer->body.n, &value, NULL);
	why = json_str_at(value, "error_description");
	if (why != NULL)
		error_set(err, cause, "%.*s", (int)strcspn(why, "\r\n"), why);
	else
		error_set(err, cause, "the token endpoint answered status %ld",
		    answer->status);
	read_code(value, answer->status, err);
	if (advice_cause(err->code) != CAUSE_NONE)
		err->cause = advice_cause(err->code);
	err->retry_after_ms = answer->retry_after_ms;
	json_free(value);
	return false;
}

bool
entra_need_ids(const struct settings *settings, struct error *err)
{
	return choose_need(settings->tenant_id,
		   "no tenant: set tenantId in azure.json or AZURE_TENANT_ID",
		   err) &&
	       choose_need(settings->client_id,
		   "no client id: set aadClientId in azure.json or "
		   "AZURE_CLIENT_ID (by annotating the service account with "
		   "azure.workload.identity/client-id)",
		   err);
}

static bool
request(struct settings *settings, const struct text *form, struct token *token,
    struct error *err)
{
	struct ask ask = {
		.url = entra_endpoint(settings),
		.headers = { "Content-Type: application/x-www-form-urlencoded",
		    "Accept: application/json" },
		.body = form,
	};
	struct answer answer = { 0 };
	bool good = ask_run(settings, &ask, &answer, err);

	if (good && llabs(answer.skew_s) > SKEW_S_MAX)
		log_warning("this machine's clock is %lld s off; Entra ID "
			    "refuses assertions beyond five minutes",
		    (long long)answer.skew_s);
	if (good && answer.status == 200)
		good = token_decode(
		    token, &answer.body, "the token endpoint", err);
	else if (good)
		good = refused(&answer, err);
	ask_done(&answer);
	return good;
}

bool
entra_get(const struct way *way, struct settings *settings, struct token *token,
    struct error *err)
{
	struct text form = { 0 };
	struct secret *proof = entra_need_ids(settings, err)
				   ? way->prove(settings, NULL, err)
				   : NULL;
	bool good = false;

	if (proof != NULL) {
		fill_form(&form, settings, way->field, proof);
		good = request(settings, &form, token, err);
	}
	text_wipe(&form);
	secret_free(proof);
	return good;
}

static struct secret *
prove(struct settings *settings, struct text *about, struct error *err)
{
	const struct secret *secret = settings->client_secret;

	if (secret == NULL) {
		error_set(err, CAUSE_INVALID,
		    "no client secret: set aadClientSecret in azure.json");
		return NULL;
	}
	if (about != NULL)
		text_format(
		    about, "a secret of %zu characters", secret_size(secret));
	return secret_new(secret_bytes(secret), secret_size(secret));
}

const struct way way_client_secret = { "client-secret", entra_get,
	"client_secret", prove };
