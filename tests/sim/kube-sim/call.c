// SPDX-License-Identifier: ISC
/*
 * call -- see call.h. Texts of failures as kube-apiserver words them
 * (k8s.io/apimachinery, pkg/api/errors).
 */
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "protobuf.h"

static const struct {
	const char *method;
	const char *one;  /* verb on an object */
	const char *many; /* verb on a collection */
} verbs[] = {
	{ "GET", "get", "list" },
	{ "HEAD", "get", "list" },
	{ "POST", "create", "create" },
	{ "PUT", "update", "update" },
	{ "PATCH", "patch", "patch" },
	{ "DELETE", "delete", "deletecollection" },
};

static void
find_verb(struct call *call)
{
	call->verb = "";
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(call->method, verbs[i].method) == 0)
			call->verb =
			    call->name != NULL ? verbs[i].one : verbs[i].many;
	if (strcmp(call->verb, "list") == 0 && call_is_true(call, "watch"))
		call->verb = "watch";
}

/* [namespaces NS] RESOURCE [NAME [SUB]], where namespaces may be the resource
 * itself. */
static bool
parse_resource(struct call *call, const char *const *parts, size_t n)
{
	if (n >= 3 && strcmp(parts[0], "namespaces") == 0 &&
	    strcmp(parts[2], "status") != 0 &&
	    strcmp(parts[2], "finalize") != 0) {
		call->ns = parts[1];
		parts += 2;
		n -= 2;
	}
	if (n < 1 || n > 3)
		return false;
	call->resource = parts[0];
	call->name = n > 1 ? parts[1] : NULL;
	call->sub = n > 2 ? parts[2] : NULL;
	call->kind = store_kind(call->store, call->group, call->resource);
	if (call->kind != NULL &&
	    (!call->kind->served || !kind_serves(call->kind, call->version)))
		call->kind = NULL;
	find_verb(call);
	return true;
}

bool
call_parse(struct call *call)
{
	struct strlist parts = { 0 };

	strlist_add_split(&parts, call->arena, call->path, '/');
	if (parts.n >= 3 && strcmp(parts.items[0], "api") == 0) {
		call->group = "";
		call->version = parts.items[1];
		return parse_resource(call, parts.items + 2, parts.n - 2);
	}
	if (parts.n >= 4 && strcmp(parts.items[0], "apis") == 0) {
		call->group = parts.items[1];
		call->version = parts.items[2];
		return parse_resource(call, parts.items + 3, parts.n - 3);
	}
	return false;
}

const char *
call_resource(const struct call *call)
{
	if (*call->group == '\0')
		return call->resource;
	return arena_format(call->arena, "%s.%s", call->resource, call->group);
}

void
call_put_head(const struct call *call, struct text *out, const char *suffix)
{
	const char *slash = *call->group == '\0' ? "" : "/";

	if (call->kind->spec.custom)
		text_format(out,
		    "{\"apiVersion\":\"%s%s%s\",\"kind\":\"%s%s\",",
		    call->group, slash, call->version, call->kind->spec.kind,
		    suffix);
	else
		text_format(out,
		    "{\"kind\":\"%s%s\",\"apiVersion\":\"%s%s%s\",",
		    call->kind->spec.kind, suffix, call->group, slash,
		    call->version);
}

void
call_put_object(
    const struct call *call, struct text *out, const struct body *body)
{
	call_put_head(call, out, "");
	text_add_n(out, body->text, body->n);
}

void
reply_object(struct reply *reply, const struct call *call, unsigned status,
    const struct body *body)
{
	reply->status = status;
	text_reset(&reply->body);
	call_put_object(call, &reply->body, body);
	text_add(&reply->body, "\n");
}

void
reply_value(struct reply *reply, unsigned status, jv value)
{
	reply->status = status;
	text_reset(&reply->body);
	json_print(&reply->body, value);
	text_add(&reply->body, "\n");
	json_free(value);
}

void
status_put(struct text *out, unsigned status, const char *reason, jv details,
    const char *message)
{
	jv value = json_new_object();

	json_set_str(&value, "kind", "Status");
	json_set_str(&value, "apiVersion", "v1");
	json_set(&value, "metadata", json_new_object());
	json_set_str(&value, "status", "Failure");
	json_set_str(&value, "message", message);
	json_set_str(&value, "reason", reason);
	json_set(&value, "details", details);
	json_set_int(&value, "code", status);
	json_print(out, value);
	json_free(value);
}

bool
reply_failure(struct reply *reply, unsigned status, const char *reason,
    jv details, const char *message)
{
	reply->status = status;
	text_reset(&reply->body);
	status_put(&reply->body, status, reason, details, message);
	text_add(&reply->body, "\n");
	return false;
}

bool
call_body(const struct call *call, struct reply *reply, jv *out)
{
	struct error err;

	if (protobuf_is(call->body, call->body_n))
		return protobuf_decode(call->body, call->body_n, out, &err) ||
		       reply_failure(reply, 415, "UnsupportedMediaType",
			   jv_invalid(), err.text);
	if (json_parse(call->body, call->body_n, out, &err) &&
	    json_is_object(*out))
		return true;
	json_free(*out);
	*out = jv_invalid();
	return reply_failure(reply, 400, "BadRequest", jv_invalid(),
	    "the object provided is unrecognized (must be of type Object): "
	    "couldn't get version/kind; json parse error");
}

static jv
details_of(const struct call *call, const char *kind)
{
	jv details = json_new_object();

	json_set_str(&details, "name", call->name);
	if (call->group != NULL && *call->group != '\0')
		json_set_str(&details, "group", call->group);
	json_set_str(&details, "kind", kind);
	return details;
}

bool
reply_about(struct reply *reply, const struct call *call, unsigned status,
    const char *reason, const char *format, ...)
{
	const char *message;
	va_list args;

	va_start(args, format);
	message = arena_format_list(call->arena, format, args);
	va_end(args);
	return reply_failure(
	    reply, status, reason, details_of(call, call->resource), message);
}

/* "FieldValueRequired" as "Required value", the words of field.Error. */
static const char *
problem_words(const char *reason)
{
	if (strcmp(reason, "FieldValueRequired") == 0)
		return "Required value";
	if (strcmp(reason, "FieldValueForbidden") == 0)
		return "Forbidden";
	return "Invalid value";
}

bool
reply_invalid(struct reply *reply, const struct call *call, const char *field,
    const char *reason, const char *text)
{
	const struct kind_spec *spec = &call->kind->spec;
	const char *problem = arena_format(call->arena, "%s%s%s",
	    problem_words(reason), *text == '\0' ? "" : ": ", text);
	jv details = details_of(call, spec->kind);
	jv causes = json_new_array();
	jv cause = json_new_object();

	json_set_str(&cause, "reason", reason);
	json_set_str(&cause, "message", problem);
	json_set_str(&cause, "field", field);
	json_add(&causes, cause);
	json_set(&details, "causes", causes);
	return reply_failure(reply, 422, "Invalid", details,
	    arena_format(call->arena, "%s%s%s \"%s\" is invalid: %s: %s",
		spec->kind, *spec->group == '\0' ? "" : ".", spec->group,
		call->name == NULL ? "" : call->name, field, problem));
}

bool
reply_missing(struct reply *reply, const struct call *call)
{
	return reply_about(reply, call, 404, "NotFound", "%s \"%s\" not found",
	    call_resource(call), call->name);
}
