// SPDX-License-Identifier: ISC
/*
 * arm -- one read of Azure Resource Manager, to see whether a token serves.
 *
 * A refusal is `{"error":{"code","message"}}` of ARM's front end or
 * `{"code","message"}` of the DNS service; the code goes into err->code.
 */
#include <stdio.h>

#include "advice.h"
#include "arm.h"
#include "ask.h"
#include "aztoken.h"
#include "http.h"
#include "json.h"
#include "secret.h"

static const int delays_s[] = { 1, 2, 4, 0 };

static bool
refused(const struct settings *settings, const struct answer *answer,
    struct error *err)
{
	enum cause cause = http_cause(answer->status);
	const char *code;
	const char *why;
	jv value;
	jv inner;

	if (!json_parse(text_str(&answer->body), answer->body.n, &value, NULL))
		return error_set(err, cause,
		    "%s answered status %ld without JSON",
		    settings->arm_endpoint, answer->status);
	inner = json_at(value, "error");
	if (!json_is_object(inner))
		inner = value;
	code = json_str_at(inner, "code");
	why = json_str_at(inner, "message");
	if (code != NULL && advice_cause(code) != CAUSE_NONE)
		cause = advice_cause(code);
	error_set(err, cause, "%s: %s", code != NULL ? code : "error",
	    why != NULL ? why : "");
	snprintf(err->code, sizeof(err->code), "%s", code != NULL ? code : "");
	json_free(value);
	return false;
}

bool
arm_read(struct settings *settings, const struct secret *access,
    const char *path, struct answer *answer, struct error *err)
{
	struct text authorization = { 0 };
	struct ask ask = {
		.method = "GET",
		.url = arena_format(
		    &settings->arena, "%s%s", settings->arm_endpoint, path),
		.delays_s = delays_s,
		.again = ask_again_by_default,
	};
	bool good;

	text_reserve(&authorization, secret_size(access) + 64);
	text_format(
	    &authorization, "Authorization: Bearer %s", secret_bytes(access));
	ask.headers[0] = authorization.data;
	good = ask_run(settings, &ask, answer, err);
	text_wipe(&authorization);
	return good &&
	       (answer->status == 200 || refused(settings, answer, err));
}
