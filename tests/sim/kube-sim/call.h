// SPDX-License-Identifier: ISC
/*
 * call -- one request to the API and the reply to it, free of HTTP: what the
 * parts of the API server hand to each other.
 */
#ifndef CALL_H
#define CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "json.h"
#include "store.h"
#include "strlist.h"
#include "text.h"

struct access;
struct reply;
struct serve_request;

struct user {
	const char *name; /* NULL: the credential is not known (401) */
	struct strlist groups;
};

struct call {
	struct arena *arena; /* lives as long as the request */
	struct store *store;
	const struct access *access;
	const struct serve_request *request;
	const char *method;
	const char *path;
	const char *verb; /* of RBAC: get list watch create update patch ... */
	const char *group;
	const char *version;
	const char *resource; /* plural; NULL: not a resource */
	const char *ns;       /* NULL: none or all */
	const char *name;     /* NULL: the collection */
	const char *sub;      /* subresource, or NULL */
	struct kind *kind;
	struct user user;
	const char *body;
	size_t body_n;
};

struct reply {
	unsigned status;
	const char *type; /* NULL: application/json */
	struct text body;
	int retry_after_s;
	const char *warning; /* text of a Warning header, or NULL */
};

/* The value of a query parameter, decoded; NULL: absent. */
const char *call_query(const struct call *call, const char *name);

/* A query parameter is there and not false, as apimachinery reads it. */
bool call_is_true(const struct call *call, const char *name);

/* The value of a request header; NULL: absent. */
const char *call_header(const struct call *call, const char *name);

/* The body of the request, JSON or protobuf, as a new value. false: 400 or 415
 * in reply. */
bool call_body(const struct call *call, struct reply *reply, jv *out);

/* Parse path and method: fills verb, group, version, resource, ns, name, sub
 * and kind. false: the path is not one of a resource. */
bool call_parse(struct call *call);

/* "services" or "ingresses.networking.k8s.io". */
const char *call_resource(const struct call *call);

/* kind and apiVersion of the kind called, as members of an object that is yet
 * without its closing brace: `{"kind":"Service","apiVersion":"v1",`. */
void call_put_head(
    const struct call *call, struct text *out, const char *suffix);

/* A whole object in the version that was called. */
void call_put_object(
    const struct call *call, struct text *out, const struct body *body);

/* Status 200 or so with one object. */
void reply_object(struct reply *reply, const struct call *call, unsigned status,
    const struct body *body);

/* The value of a bare object, kind and apiVersion first; takes value. */
void reply_value(struct reply *reply, unsigned status, jv value);

/*
 * Answer with a Status of kind Failure. details (may be json invalid) is
 * taken. Returns false, so that a check and its answer read as one step.
 */
bool reply_failure(struct reply *reply, unsigned status, const char *reason,
    jv details, const char *message);

/* The same with the object called in the details, message as printf. */
bool reply_about(struct reply *reply, const struct call *call, unsigned status,
    const char *reason, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* 422 Invalid: `Kind.group "name" is invalid: field: problem: text`. */
bool reply_invalid(struct reply *reply, const struct call *call,
    const char *field, const char *reason, const char *text);

/* 404 for the object called. */
bool reply_missing(struct reply *reply, const struct call *call);

/* The Status as text, for ERROR events. */
void status_put(struct text *out, unsigned status, const char *reason,
    jv details, const char *message);

#endif
