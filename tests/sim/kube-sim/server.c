// SPDX-License-Identifier: ISC
/*
 * server -- see server.h.
 *
 *   /_control/...  the tests' own (control.c)
 *   faults         what a test has ordered for this call
 *   identity       401
 *   path           not a resource: discovery, else 404 as plain text
 *   rights         403
 *   kind           404, 405
 *   verb           the table below
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "discovery.h"
#include "kinds.h"
#include "list.h"
#include "log.h"
#include "objects.h"
#include "review.h"
#include "server.h"

static const struct {
	const char *verb;
	bool named; /* needs the name of an object */
	void (*answer)(struct call *call, struct reply *reply);
} verbs[] = {
	{ "get", true, list_get },
	{ "list", false, list_collection },
	{ "create", false, objects_create },
	{ "update", true, objects_update },
	{ "patch", true, objects_patch },
	{ "delete", true, objects_delete },
	{ "deletecollection", false, objects_delete_all },
};

const char *
call_query(const struct call *call, const char *name)
{
	return serve_query_of(call->request, name);
}

bool
call_is_true(const struct call *call, const char *name)
{
	const char *text = call_query(call, name);

	return text != NULL && strcasecmp(text, "false") != 0 &&
	       strcmp(text, "0") != 0;
}

const char *
call_header(const struct call *call, const char *name)
{
	return serve_header_of(call->request, name);
}

static void
on_event(void *context, struct kind *kind)
{
	struct server *server = context;

	(void)kind;
	(void)pthread_cond_broadcast(&server->changed);
}

void
server_init(struct server *server, size_t history_max)
{
	pthread_condattr_t monotonic;

	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_mutex_init(&server->lock, NULL);
	(void)pthread_cond_init(&server->changed, &monotonic);
	store_init(&server->store, history_max);
	kinds_init(&server->store);
	server->store.on_event = on_event;
	server->store.context = server;
}

/* Everybody may read these; the rest of discovery needs a known user. */
static bool
is_public(const char *path)
{
	return strcmp(path, "/version") == 0 || strcmp(path, "/livez") == 0 ||
	       strcmp(path, "/readyz") == 0 || strcmp(path, "/healthz") == 0;
}

static void
answer_path(struct call *call, struct reply *reply)
{
	if (!is_public(call->path) &&
	    !strlist_has(&call->user.groups, "system:authenticated")) {
		(void)reply_failure(reply, 403, "Forbidden", jv_invalid(),
		    arena_format(call->arena,
			"forbidden: User \"%s\" cannot get path \"%s\"",
			call->user.name, call->path));
		return;
	}
	if (discovery_answer(call, reply))
		return;
	reply->status = 404;
	reply->type = "text/plain; charset=utf-8";
	text_add(&reply->body, "404 page not found\n");
}

/* A group that nobody serves is 404 in plain text, a resource a Status. */
static void
answer_unknown(struct call *call, struct reply *reply)
{
	const struct store *store = call->store;

	if (review_answer(call, reply))
		return;
	for (size_t i = 0; i < store->n_kinds; i++)
		if (store->kinds[i]->served && !store->kinds[i]->spec.custom &&
		    strcmp(store->kinds[i]->spec.group, call->group) == 0) {
			(void)reply_failure(reply, 404, "NotFound",
			    json_new_object(),
			    "the server could not find the requested resource");
			return;
		}
	reply->status = 404;
	reply->type = "text/plain; charset=utf-8";
	text_add(&reply->body, "404 page not found\n");
}

/* Subresources that are served: status, and token for service accounts. */
static bool
check_sub(const struct call *call, struct reply *reply)
{
	if (call->sub == NULL ||
	    (strcmp(call->sub, "status") == 0 && call->kind->spec.has_status))
		return true;
	return reply_failure(reply, 404, "NotFound", json_new_object(),
	    "the server could not find the requested resource");
}

static void
answer_verb(struct call *call, struct reply *reply)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(verbs[i].verb, call->verb) == 0 &&
		    verbs[i].named == (call->name != NULL)) {
			verbs[i].answer(call, reply);
			return;
		}
	(void)reply_failure(reply, 405, "MethodNotAllowed", jv_invalid(),
	    "the server does not allow this method on the requested resource");
}

/* true: the answer is a stream. */
static bool
begin_watch(struct server *server, struct call *call, struct reply *reply,
    struct serve_answer *answer)
{
	struct watch *watch = watch_new(
	    call, reply, &server->watches, &server->lock, &server->changed);

	if (watch == NULL)
		return false;
	watch_cut_into(watch, &answer->stream_cut);
	answer->stream = watch_stream;
	answer->stream_done = watch_free;
	answer->stream_context = watch;
	serve_header(answer, "Content-Type", "application/json");
	return true;
}

/* A token of a service account, for kubectl create token. */
static bool
answer_token(struct call *call, struct reply *reply)
{
	jv body;
	jv status;

	if (call->sub == NULL || strcmp(call->sub, "token") != 0 ||
	    strcmp(call->resource, "serviceaccounts") != 0)
		return false;
	if (store_find(call->kind, call->ns, call->name) == NULL)
		return !reply_missing(reply, call);
	if (!call_body(call, reply, &body))
		return true;
	status = json_new_object();
	json_set_str(&status, "token",
	    arena_format(call->arena, "sa.%s.%s", call->ns, call->name));
	json_set_str(&status, "expirationTimestamp", "2099-01-01T00:00:00Z");
	json_set(&body, "status", status);
	reply_value(reply, 201, body);
	return true;
}

/* true: the answer is a stream. */
static bool
answer_call(struct server *server, struct call *call, struct reply *reply,
    struct serve_answer *answer)
{
	if (call->resource == NULL) {
		answer_path(call, reply);
		return false;
	}
	if (call->kind == NULL) {
		answer_unknown(call, reply);
		return false;
	}
	if (!access_check(call, reply) || answer_token(call, reply) ||
	    !check_sub(call, reply))
		return false;
	if (strcmp(call->resource, "endpoints") == 0)
		reply->warning = "v1 Endpoints is deprecated in v1.33+; use "
				 "discovery.k8s.io/v1 EndpointSlice";
	if (strcmp(call->verb, "watch") == 0)
		return begin_watch(server, call, reply, answer);
	answer_verb(call, reply);
	return false;
}

static void
hang(struct server *server, int64_t ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

	(void)pthread_mutex_unlock(&server->lock);
	(void)nanosleep(&time, NULL);
	(void)pthread_mutex_lock(&server->lock);
}

static void
put_headers(struct server *server, const struct reply *reply,
    struct serve_answer *answer)
{
	serve_header(answer, "Audit-Id", "00000000-0000-4000-8000-%012llx",
	    (unsigned long long)++server->audit);
	serve_header(answer, "Cache-Control", "no-cache, private");
	serve_header(answer, "X-Kubernetes-Pf-Flowschema-Uid",
	    "00000000-0000-4000-8000-0000000000f5");
	serve_header(answer, "X-Kubernetes-Pf-Prioritylevel-Uid",
	    "00000000-0000-4000-8000-0000000000b1");
	if (reply->retry_after_s > 0)
		serve_header(answer, "Retry-After", "%d", reply->retry_after_s);
	if (reply->warning != NULL)
		serve_header(answer, "Warning", "299 - \"%s\"", reply->warning);
}

static void
put_reply(struct reply *reply, struct serve_answer *answer)
{
	answer->status = (int)reply->status;
	/* As since 1.29, so that guesses of tokens cost a connection. */
	answer->close = reply->status == 401;
	answer->body = reply->body;
	reply->body = (struct text){ 0 };
	serve_header(answer, "Content-Type", "%s",
	    reply->type == NULL ? "application/json" : reply->type);
}

static void
answer_request(
    struct server *server, struct call *call, struct serve_answer *answer)
{
	struct reply reply = { .status = 200 };
	const struct fault *fault;
	bool streams = false;

	if (!call_parse(call)) {
		call->resource = NULL;
		call->verb = "get";
	}
	fault = faults_meet(&server->faults, call);
	if (fault != NULL && fault->hang_ms > 0)
		hang(server, fault->hang_ms);
	if (access_identify(call, &reply)) {
		if (fault != NULL && fault->status != 0)
			faults_reply(fault, call, &reply);
		else
			streams = answer_call(server, call, &reply, answer);
	}
	if (fault != NULL)
		answer->cut = fault->cut;
	put_headers(server, &reply, answer);
	if (!streams)
		put_reply(&reply, answer);
	text_done(&reply.body);
}

void
server_answer(void *context, const struct serve_request *request,
    struct serve_answer *answer)
{
	struct server *server = context;
	struct arena arena = { 0 };
	struct call call = {
		.arena = &arena,
		.store = &server->store,
		.access = &server->access,
		.request = request,
		.method = request->method,
		.path = request->path,
		.body = request->body,
		.body_n = request->body_n,
	};

	(void)pthread_mutex_lock(&server->lock);
	if (strncmp(request->path, "/_control/", 10) == 0)
		control_answer(server, request, answer);
	else
		answer_request(server, &call, answer);
	(void)pthread_mutex_unlock(&server->lock);
	arena_done(&arena);
}
