// SPDX-License-Identifier: ISC
/*
 * arm -- see arm.h.
 *
 * A 401 is not an answer yet: the token is refused, a challenge of continuous
 * access evaluation handed over with it, and the request waits and is sent
 * once more with the next token. Only the second 401 is told.
 *
 * Errors come flat ({"code","message"}, from the DNS service), wrapped
 * ({"error":{}}, from ARM), as an HTML page (from the front door) or empty.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "arena.h"
#include "arm.h"
#include "clock.h"
#include "heap.h"
#include "http.h"
#include "json.h"
#include "log.h"
#include "text.h"
#include "token.h"

#define REQUEST_LIMIT_MS 60000
#define TOKEN_WAIT_MS    300000
#define ID_BYTES         16
#define STATUS_401       401

struct arm_call {
	struct arm *arm;
	struct arm_call *next;
	bool is_waiting; /* for a token */
	char *method;
	char *url;
	char *if_match;
	bool if_none_match;
	char *body;
	char request_id[ID_BYTES * 2 + 5]; /* the same with a new token */
	unsigned generation;               /* of the token it was sent with */
	bool was_refused;
	int64_t since_ms;
	void *context;
	void (*on_answer)(void *context, const struct arm_answer *answer);
};

/* -- errors --------------------------------------------------------------- */

static const char *
html_or_empty(const struct http_answer *answer)
{
	return answer->body_n > 0 ? "an answer that is no JSON"
				  : "an empty answer";
}

/* Status and body to a cause, the code and one line with the advice. */
static void
decode_error(const struct http_answer *answer, struct error *err)
{
	const struct advice *advice;
	struct error ignored;
	jv body;
	jv inner;
	const char *code;
	const char *message;
	enum cause cause = http_cause(answer->status);

	(void)json_parse(answer->body, answer->body_n, &body, &ignored);
	inner = json_is_object(json_at(body, "error")) ? json_at(body, "error")
						       : body;
	code = json_str_at(inner, "code");
	message = json_str_at(inner, "message");
	advice = code != NULL ? advice_find(code) : NULL;
	if (answer->status == 408)
		cause = CAUSE_TEMPORARY;
	if (answer->status == 409)
		cause = CAUSE_INVALID; /* not 412: no etag is at stake */
	if (advice != NULL && cause != CAUSE_TEMPORARY &&
	    cause != CAUSE_THROTTLED)
		cause = advice->cause;
	(void)error_set(err, cause, "%s%s%s",
	    message != NULL ? message : html_or_empty(answer),
	    advice != NULL && advice->text != NULL ? "; " : "",
	    advice != NULL && advice->text != NULL ? advice->text : "");
	if (code != NULL)
		(void)snprintf(err->code, sizeof(err->code), "%.63s", code);
	else
		(void)snprintf(
		    err->code, sizeof(err->code), "HTTP%ld", answer->status);
	err->retry_after_ms = http_retry_after_ms(answer);
	json_free(body);
}

/* -- calls ---------------------------------------------------------------- */

static void
free_call(struct arm_call *call)
{
	struct arm_call **place = &call->arm->calls;

	while (*place != call)
		place = &(*place)->next;
	*place = call->next;
	free(call->method);
	free(call->url);
	free(call->if_match);
	free(call->body);
	free(call);
}

void
arm_done(struct arm *arm)
{
	while (arm->calls != NULL)
		free_call(arm->calls);
}

/* The claims of a challenge of continuous access evaluation, or NULL. */
static const char *
challenge(struct arena *arena, const struct http_answer *answer)
{
	static const char key[] = "claims=\"";
	struct text header = { 0 };
	const char *claims = NULL;

	if (http_header(answer, "WWW-Authenticate", &header))
		claims = strstr(text_str(&header), key);
	if (claims != NULL) {
		claims += strlen(key);
		claims = arena_copy_n(arena, claims, strcspn(claims, "\""));
	}
	text_done(&header);
	return claims;
}

static void
refuse_token(struct arm_call *call, const struct http_answer *answer)
{
	struct arena arena = { 0 };

	token_refused(call->arm->token, call->generation,
	    challenge(&arena, answer), clock_ms());
	arena_done(&arena);
}

static void
on_done(void *context, const struct http_answer *answer)
{
	struct arm_call *call = context;
	struct arm_answer result = {
		.ok = answer->status >= 200 && answer->status < 300,
		.status = answer->status,
		.body = answer->body,
		.body_n = answer->body_n,
	};

	if (answer->status == STATUS_401) {
		refuse_token(call, answer);
		if (!call->was_refused) {
			call->was_refused = true;
			call->since_ms = clock_ms();
			call->is_waiting = true;
			return;
		}
	}
	if (answer->status == 0)
		result.err = answer->err;
	else if (!result.ok)
		decode_error(answer, &result.err);
	call->arm->n_throttled += result.err.cause == CAUSE_THROTTLED;
	result.is_unsure = !result.ok && result.err.cause == CAUSE_TEMPORARY;
	if (!result.ok)
		log_debug("arm: %s %s: %ld %s: %s", call->method, call->url,
		    answer->status, result.err.code, result.err.text);
	call->on_answer(call->context, &result);
	free_call(call);
}

static void
send_call(struct arm_call *call, const char *token)
{
	struct arena arena = { 0 };
	struct http_request request = {
		.method = call->method,
		.url = call->url,
		.body = call->body,
		.body_n = call->body != NULL ? strlen(call->body) : 0,
		.timeout_ms = REQUEST_LIMIT_MS,
		.compressed = strcmp(call->method, "GET") == 0,
		.context = call,
		.on_done = on_done,
	};
	struct strlist *headers = &request.headers;

	call->is_waiting = false;
	call->generation = call->arm->token->generation;
	call->arm->n_sent++;
	strlist_add(headers, &arena,
	    arena_format(&arena, "Authorization: Bearer %s", token));
	strlist_add(headers, &arena, "Accept: application/json");
	strlist_add(headers, &arena,
	    arena_format(
		&arena, "x-ms-client-request-id: %s", call->request_id));
	if (call->body != NULL)
		strlist_add(headers, &arena, "Content-Type: application/json");
	if (call->if_match != NULL)
		strlist_add(headers, &arena,
		    arena_format(&arena, "If-Match: %s", call->if_match));
	if (call->if_none_match)
		strlist_add(headers, &arena, "If-None-Match: *");
	(void)http_start(call->arm->http, &request);
	arena_done(&arena);
}

/* A UUID (RFC 4122, version 4): random for the process, counted within. */
static void
new_request_id(struct arm *arm, char id[static ID_BYTES * 2 + 5])
{
	uint32_t *r = arm->last_id;

	if (arm->n_sent == 0 && arm->calls == NULL)
		arc4random_buf(r, ID_BYTES);
	r[3]++;
	(void)snprintf(id, ID_BYTES * 2 + 5, "%08x-%04x-4%03x-%04x-%04x%08x",
	    r[0], r[1] >> 16, r[1] & 0xfff, 0x8000 | (r[2] >> 16 & 0x3fff),
	    r[2] & 0xffff, r[3]);
}

void
arm_send(struct arm *arm, const struct arm_request *request)
{
	struct arm_call *call = heap_new(sizeof(*call));
	int64_t now_ms = clock_ms();
	const char *token = token_value(arm->token, now_ms);

	call->arm = arm;
	call->method = heap_copy(request->method);
	call->url = heap_copy(request->url);
	call->if_match = heap_copy(request->if_match);
	call->if_none_match = request->if_none_match;
	call->body = heap_copy(request->body);
	call->context = request->context;
	call->on_answer = request->on_answer;
	call->since_ms = now_ms;
	new_request_id(arm, call->request_id);
	call->is_waiting = true;
	call->next = arm->calls;
	arm->calls = call;
	if (token != NULL)
		send_call(call, token);
}

static void
give_up(struct arm_call *call)
{
	struct arm_answer answer = { .body = "" };

	(void)error_set(&answer.err, CAUSE_TEMPORARY,
	    "no token could be obtained; see what '%s' says",
	    call->arm->token->argv.items[0]);
	(void)snprintf(answer.err.code, sizeof(answer.err.code), "NoToken");
	call->on_answer(call->context, &answer);
	free_call(call);
}

void
arm_tick(struct arm *arm, int64_t now_ms)
{
	const char *token = token_value(arm->token, now_ms);
	struct arm_call *next;

	for (struct arm_call *call = arm->calls; call != NULL; call = next) {
		next = call->next;
		if (!call->is_waiting)
			continue;
		if (token != NULL)
			send_call(call, token);
		else if (now_ms - call->since_ms >= TOKEN_WAIT_MS)
			give_up(call);
	}
}
