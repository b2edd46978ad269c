// SPDX-License-Identifier: ISC
/*
 * faults -- see faults.h.
 *
 * Texts as kube-apiserver answers: 429 of priority and fairness is plain text,
 * others are Status objects.
 */
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "faults.h"
#include "heap.h"

static const struct {
	unsigned status;
	const char *reason;
	const char *message;
} failures[] = {
	{ 401, "Unauthorized", "Unauthorized" },
	{ 404, "NotFound", "the server could not find the requested resource" },
	{ 409, "Conflict",
	    "the object has been modified; please apply your "
	    "changes to the latest version and try again" },
	{ 410, "Expired",
	    "The resourceVersion for the provided list is too "
	    "old." },
	{ 422, "Invalid",
	    "the server rejected our request due to an error in "
	    "our request" },
	{ 429, "TooManyRequests",
	    "Too many requests, please try again later." },
	{ 500, "InternalError",
	    "Internal error occurred: etcdserver: leader changed" },
	{ 503, "ServiceUnavailable",
	    "the server is currently unable to handle the request" },
	{ 504, "Timeout",
	    "Timeout: request did not complete within the "
	    "allotted timeout" },
};

static int64_t
number_of(
    const struct serve_request *request, const char *name, int64_t otherwise)
{
	const char *text = serve_query_of(request, name);

	return text == NULL ? otherwise : strtoll(text, NULL, 10);
}

void
faults_add(struct faults *faults, const struct serve_request *request)
{
	const char *cut = serve_query_of(request, "cut");

	faults->items =
	    heap_resize(faults->items, faults->n + 1, sizeof(*faults->items));
	faults->items[faults->n++] = (struct fault){
		.resource = heap_copy(serve_query_of(request, "resource")),
		.verb = heap_copy(serve_query_of(request, "verb")),
		.left = number_of(request, "count", -1),
		.skip = number_of(request, "skip", 0),
		.status = (unsigned)number_of(request, "status", 0),
		.retry_after_s = number_of(request, "retry-after", -1),
		.plain = serve_query_of(request, "plain") != NULL,
		.body = request->body_n > 0
			    ? heap_copy_n(request->body, request->body_n)
			    : heap_copy(serve_query_of(request, "body")),
		.hang_ms = number_of(request, "hang", 0),
		.cut = cut == NULL                   ? SERVE_WHOLE
		       : strcmp(cut, "halfway") == 0 ? SERVE_HALFWAY
						     : SERVE_NOTHING,
	};
}

void
faults_clear(struct faults *faults)
{
	for (size_t i = 0; i < faults->n; i++) {
		free(faults->items[i].resource);
		free(faults->items[i].verb);
		free(faults->items[i].body);
	}
	free(faults->items);
	*faults = (struct faults){ 0 };
}

static bool
is_meant(const struct fault *fault, const struct call *call)
{
	if (fault->resource != NULL &&
	    (call->resource == NULL
		    ? strcmp(fault->resource, call->path) != 0
		    : strcmp(fault->resource, call_resource(call)) != 0))
		return false;
	return fault->verb == NULL ||
	       (call->verb != NULL && strcmp(fault->verb, call->verb) == 0);
}

const struct fault *
faults_meet(struct faults *faults, const struct call *call)
{
	for (size_t i = 0; i < faults->n; i++) {
		struct fault *fault = &faults->items[i];
		struct fault *met;

		if (fault->left == 0 || !is_meant(fault, call))
			continue;
		if (fault->passed++ < fault->skip)
			continue;
		fault->passed = 0;
		if (fault->left > 0)
			fault->left--;
		met = arena_alloc(call->arena, sizeof(*met));
		*met = *fault;
		met->body = arena_copy(call->arena, fault->body);
		return met;
	}
	return NULL;
}

static void
reply_forbidden(const struct call *call, struct reply *reply)
{
	if (call->resource == NULL)
		(void)reply_failure(reply, 403, "Forbidden", jv_invalid(),
		    arena_format(call->arena,
			"forbidden: User \"%s\" cannot get path \"%s\"",
			call->user.name, call->path));
	else
		access_refuse(call, reply);
}

void
faults_reply(
    const struct fault *fault, const struct call *call, struct reply *reply)
{
	size_t n = sizeof(failures) / sizeof(*failures);
	size_t i = 0;

	if (fault->retry_after_s >= 0)
		reply->retry_after_s = (int)fault->retry_after_s;
	if (fault->body != NULL || fault->plain) {
		reply->status = fault->status;
		reply->type = fault->plain ? "text/plain; charset=utf-8" : NULL;
		text_add(&reply->body,
		    fault->body != NULL
			? fault->body
			: "Too many requests, please try again later.\n");
		return;
	}
	if (fault->status == 403) {
		reply_forbidden(call, reply);
		return;
	}
	while (i < n && failures[i].status != fault->status)
		i++;
	if (i == n)
		(void)reply_failure(
		    reply, fault->status, "", jv_invalid(), "fault of a test");
	else
		(void)reply_failure(reply, fault->status, failures[i].reason,
		    jv_invalid(), failures[i].message);
}
