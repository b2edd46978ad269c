// SPDX-License-Identifier: ISC
/*
 * faults -- what goes wrong on purpose. A rule is an object:
 *
 *   which    method, path (a part of it; with "$" behind it its end), body (a
 *            part of it)
 *   when     skip (the first n pass), every (only each n-th), percent,
 *            times (then never again)
 *   before   delayMs; foreign {method, path, body}: somebody else's request;
 *            revoke, challenge: all tokens issued so far are refused
 *   instead  hang: no answer at all; cut: the connection is closed;
 *            status with code, message, retryAfter, flat, html, empty; a
 *            code AADSTSnnn is answered as Entra ID does, `error` with
 *            message as OAuth and IMDS do
 *   after    lost: done, but the connection is closed; half: the answer
 *            breaks off in the middle; lateMs: done, answered later
 *
 * A rule with retryAfter refuses everything it matches until that is over,
 * as Azure does with clients that come back early.
 */
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "faults.h"
#include "login.h"
#include "token.h"

#define AADSTS     "AADSTS"
#define FAULTS_MAX 64
#define HANG_MS    3600000
#define HTML_BODY                                                           \
	"<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN'>"   \
	"<html><head><title>Service unavailable</title></head><body>"       \
	"<h2>Our services aren't available right now</h2><p>We're working " \
	"to restore all services as soon as possible. Please check back "   \
	"soon.</p></body></html>"

struct fault {
	jv rule;
	int64_t seen;
	int64_t hit;
	int64_t blocked_ms;
};

static struct fault faults[FAULTS_MAX];
static size_t n_faults;

void
faults_set(jv rules)
{
	jv rule;

	for (size_t i = 0; i < n_faults; i++)
		json_free(faults[i].rule);
	memset(faults, 0, sizeof(faults));
	n_faults = 0;
	for (int i = 0; n_faults < FAULTS_MAX && json_item(rules, i, &rule);
	     i++)
		faults[n_faults++].rule = json_share(rule);
	json_free(rules);
}

jv
faults_get(void)
{
	jv all = json_new_array();

	for (size_t i = 0; i < n_faults; i++) {
		jv one = json_new_object();

		json_set(&one, "rule", json_share(faults[i].rule));
		json_set_int(&one, "seen", faults[i].seen);
		json_set_int(&one, "hit", faults[i].hit);
		json_add(&all, one);
	}
	return all;
}

static int64_t
number_of(const struct fault *fault, const char *name, int64_t otherwise)
{
	(void)json_int(json_at(fault->rule, name), &otherwise);
	return otherwise;
}

/* Whether a path holds a text, or ends with it if that ends with "$". */
static bool
is_path(const char *path, const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || text[n - 1] != '$')
		return strcasestr(path, text) != NULL;
	return strlen(path) >= --n &&
	       strncasecmp(path + strlen(path) - n, text, n) == 0;
}

static bool
is_about(const struct fault *fault, const struct call *call)
{
	const char *method = json_str_at(fault->rule, "method");
	const char *path = json_str_at(fault->rule, "path");
	const char *body = json_str_at(fault->rule, "body");

	return (method == NULL || strcmp(method, call->method) == 0) &&
	       (path == NULL || is_path(call->path, path)) &&
	       (body == NULL || strstr(call->request->body, body) != NULL);
}

static bool
is_due(struct fault *fault)
{
	int64_t every = number_of(fault, "every", 1);
	int64_t percent = number_of(fault, "percent", 100);
	int64_t n = ++fault->seen - number_of(fault, "skip", 0);

	if (fault->blocked_ms > sim_now_ms())
		return true;
	return n > 0 && n % (every > 0 ? every : 1) == 0 &&
	       fault->hit < number_of(fault, "times", INT64_MAX) &&
	       (int64_t)(sim_random() % 100) < percent;
}

static struct fault *
find_fault(const struct call *call)
{
	for (size_t i = 0; i < n_faults; i++)
		if (is_about(&faults[i], call) && is_due(&faults[i])) {
			faults[i].hit++;
			return &faults[i];
		}
	return NULL;
}

/* --- instead of the answer --- */

static void
add_retry_after(struct call *call, struct fault *fault)
{
	int64_t seconds = number_of(fault, "retryAfter", 0);
	int64_t now = sim_now_ms();

	if (seconds == 0)
		return;
	if (fault->blocked_ms <= now)
		fault->blocked_ms =
		    now + seconds * 10 * sim_switch("time-percent");
	serve_header(call->answer, "Retry-After", "%lld",
	    (long long)((fault->blocked_ms - now + 999) / 1000));
}

/* An error of Entra ID, whose code in a rule is AADSTS and the number. */
static void
send_aadsts(struct call *call, int status, const char *code, const char *text)
{
	const char *error = "invalid_request";

	if (status == 401)
		error = "invalid_client";
	else if (status >= 500)
		error = "temporarily_unavailable";
	login_fail(call, status, error,
	    (int)strtol(code + strlen(AADSTS), NULL, 10), text);
}

static void
send_status(struct call *call, struct fault *fault, int status)
{
	const char *error = json_str_at(fault->rule, "error");
	const char *code = json_str_at(fault->rule, "code");
	const char *message = json_str_at(fault->rule, "message");

	add_retry_after(call, fault);
	call->answer->close = status == 429;
	if (json_is_true(json_at(fault->rule, "html"))) {
		serve_header(call->answer, "x-msedge-ref",
		    "Ref A: 00000000000000000000000000000000");
		serve_body(call->answer, status, "text/html", HTML_BODY);
		return;
	}
	if (json_is_true(json_at(fault->rule, "empty"))) {
		call_send_empty(call, status);
		return;
	}
	if (code == NULL)
		code = "Fault";
	if (message == NULL)
		message = "A fault was asked for.";
	if (error != NULL)
		(void)call_deny(call, status, error, message);
	else if (strncmp(code, AADSTS, strlen(AADSTS)) == 0)
		send_aadsts(call, status, code, message);
	else if (json_is_true(json_at(fault->rule, "flat")))
		call_fail(call, status, code, "%s", message);
	else
		call_refuse(call, status, code, "%s", message);
}

static bool
answer_instead(struct call *call, struct fault *fault)
{
	int64_t status = number_of(fault, "status", 0);

	if (json_is_true(json_at(fault->rule, "hang"))) {
		sim_sleep_ms(HANG_MS);
		call->answer->cut = SERVE_NOTHING;
		return true;
	}
	if (json_is_true(json_at(fault->rule, "cut"))) {
		call->answer->cut = SERVE_NOTHING;
		return true;
	}
	if (status != 0)
		send_status(call, fault, (int)status);
	return status != 0;
}

const struct fault *
faults_before(struct call *call, bool *handled)
{
	struct fault *fault = find_fault(call);
	const char *path;
	jv foreign;

	*handled = false;
	if (fault == NULL)
		return NULL;
	foreign = json_at(fault->rule, "foreign");
	path = json_str_at(foreign, "path");
	if (number_of(fault, "delayMs", 0) > 0)
		sim_sleep_ms(number_of(fault, "delayMs", 0));
	if (path != NULL)
		desk_foreign(call, json_str_at(foreign, "method"), path,
		    json_at(foreign, "body"));
	if (json_is_true(json_at(fault->rule, "revoke")))
		token_revoke(false);
	if (json_is_true(json_at(fault->rule, "challenge")))
		token_revoke(true);
	*handled = answer_instead(call, fault);
	return fault;
}

void
faults_after(struct call *call, const struct fault *fault)
{
	if (fault == NULL)
		return;
	if (json_is_true(json_at(fault->rule, "lost")))
		call->answer->cut = SERVE_NOTHING;
	else if (json_is_true(json_at(fault->rule, "half")))
		call->answer->cut = SERVE_HALFWAY;
	if (number_of(fault, "lateMs", 0) > 0)
		sim_sleep_ms(number_of(fault, "lateMs", 0));
}
