// SPDX-License-Identifier: ISC
/*
 * control -- how a test turns the simulator: POST /_control/NAME with query
 * parameters, GET /_control/state. See README.md for what each does.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "objects.h"
#include "server.h"
#include "value.h"

typedef bool control(struct server *server, const struct serve_request *request,
    struct error *err);

/* Call visit for the kind that the parameter `resource` names, or for all. */
static bool
each_kind(struct server *server, const struct serve_request *request,
    void (*visit)(struct store *store, struct kind *kind), struct error *err)
{
	const char *resource = serve_query_of(request, "resource");
	struct store *store = &server->store;
	bool found = resource == NULL;

	for (size_t i = 0; i < store->n_kinds; i++) {
		struct kind *kind = store->kinds[i];
		struct text name = { 0 };

		text_format(&name, "%s%s%s", kind->spec.plural,
		    *kind->spec.group == '\0' ? "" : ".", kind->spec.group);
		if (resource == NULL || strcmp(resource, name.data) == 0) {
			visit(store, kind);
			found = true;
		}
		text_done(&name);
	}
	return found ||
	       error_set(err, CAUSE_INVALID, "no such resource: %s", resource);
}

static void
end_watches(struct store *store, struct kind *kind)
{
	(void)store;
	kind->epoch++;
}

static bool
on_drop(struct server *server, const struct serve_request *request,
    struct error *err)
{
	return each_kind(server, request, end_watches, err);
}

static bool
on_reset(struct server *server, const struct serve_request *request,
    struct error *err)
{
	(void)request;
	(void)err;
	server->watches.resets++;
	return true;
}

static bool
on_compact(struct server *server, const struct serve_request *request,
    struct error *err)
{
	return each_kind(server, request, store_compact, err);
}

static bool
on_fault(struct server *server, const struct serve_request *request,
    struct error *err)
{
	(void)err;
	faults_add(&server->faults, request);
	return true;
}

static bool
on_clear(struct server *server, const struct serve_request *request,
    struct error *err)
{
	(void)request;
	(void)err;
	faults_clear(&server->faults);
	return true;
}

static bool
on_save(struct server *server, const struct serve_request *request,
    struct error *err)
{
	(void)request;
	(void)err;
	store_save(&server->store);
	return true;
}

/* The connections of a server that is restarted are cut, too. */
static bool
on_restore(struct server *server, const struct serve_request *request,
    struct error *err)
{
	(void)request;
	(void)err;
	store_restore(&server->store);
	server->watches.resets++;
	return true;
}

/* Take a definition's kind out of service without a word, or put it back. */
static bool
on_crd(struct server *server, const struct serve_request *request,
    struct error *err)
{
	const char *name = serve_query_of(request, "name");
	const char *served = serve_query_of(request, "served");
	struct kind *kind =
	    name == NULL ? NULL : kinds_defined(&server->store, name);

	if (kind == NULL || served == NULL)
		return error_set(err, CAUSE_INVALID,
		    "name=PLURAL.GROUP and served=true or false are needed");
	kind->served = strcmp(served, "true") == 0;
	return true;
}

static bool
on_token(struct server *server, const struct serve_request *request,
    struct error *err)
{
	const char *token = serve_query_of(request, "token");
	const char *valid = serve_query_of(request, "valid");

	if (token == NULL || valid == NULL)
		return error_set(err, CAUSE_INVALID,
		    "token=TOKEN and valid=true or false are needed");
	access_set(&server->access, token, strcmp(valid, "true") == 0);
	return true;
}

/* Whether the request has that number. */
static bool
set_number(const struct serve_request *request, const char *name, int64_t *out)
{
	const char *text = serve_query_of(request, name);

	if (text != NULL)
		*out = strtoll(text, NULL, 10);
	return text != NULL;
}

static void
set_truth(const struct serve_request *request, const char *name, bool *out)
{
	const char *text = serve_query_of(request, name);

	if (text != NULL)
		*out = strcmp(text, "true") == 0;
}

static bool
on_watch(struct server *server, const struct serve_request *request,
    struct error *err)
{
	struct watch_config *config = &server->watches;

	(void)err;
	set_number(request, "bookmark-ms", &config->bookmark_ms);
	set_number(request, "timeout-ms", &config->timeout_ms);
	if (set_number(request, "cut-bytes", &config->cut_bytes))
		config->cut_watches = 1;
	set_number(request, "cut-watches", &config->cut_watches);
	set_number(request, "split-bytes", &config->split_bytes);
	set_truth(request, "initial-events", &config->initial_events);
	set_truth(request, "initial-end", &config->initial_end);
	set_truth(request, "expired-status", &config->expired_status);
	return true;
}

/* An object as a controller writes it: whole, with its status. */
static bool
on_object(struct server *server, const struct serve_request *request,
    struct error *err)
{
	bool done;
	jv object;

	if (!json_parse(request->body, request->body_n, &object, err))
		return false;
	done = objects_seed(&server->store, object, err);
	json_free(object);
	return done;
}

/* Bytes as they are, for all running watches of a kind. */
static bool
on_inject(struct server *server, const struct serve_request *request,
    struct error *err)
{
	const char *group = serve_query_of(request, "group");
	const char *plural = serve_query_of(request, "plural");
	struct kind *kind = store_kind(&server->store,
	    group == NULL ? "" : group, plural == NULL ? "" : plural);

	if (kind == NULL)
		return error_set(
		    err, CAUSE_INVALID, "plural= and group= are needed");
	text_reset(&kind->raw);
	text_add_n(&kind->raw, request->body, request->body_n);
	kind->n_raw++;
	return true;
}

/* Change count objects of a kind, one after the other, by an annotation. */
static bool
on_churn(struct server *server, const struct serve_request *request,
    struct error *err)
{
	const char *group = serve_query_of(request, "group");
	const char *plural = serve_query_of(request, "plural");
	struct kind *kind = store_kind(&server->store,
	    group == NULL ? "" : group, plural == NULL ? "" : plural);
	int64_t count = 1;

	if (kind == NULL || kind->objects.n == 0)
		return error_set(err, CAUSE_INVALID,
		    "plural= and group= of a kind with objects are needed");
	set_number(request, "count", &count);
	for (int64_t i = 0; i < count; i++) {
		const struct object *object =
		    store_sorted(kind)[(size_t)i % kind->objects.n];
		char text[24];
		jv old = object_value(object->body);
		jv metadata;

		(void)snprintf(
		    text, sizeof(text), "%" PRId64, server->store.version);
		metadata = value_with_at(json_at(old, "metadata"),
		    "annotations", "kube-sim/churn", json_new_str(text));
		json_set(&old, "metadata", metadata);
		(void)store_put(&server->store, kind, table_key(object), old);
	}
	return true;
}

static const struct {
	const char *name;
	control *act;
} controls[] = {
	{ "drop", on_drop },
	{ "reset", on_reset },
	{ "compact", on_compact },
	{ "fault", on_fault },
	{ "clear", on_clear },
	{ "save", on_save },
	{ "restore", on_restore },
	{ "crd", on_crd },
	{ "token", on_token },
	{ "watch", on_watch },
	{ "object", on_object },
	{ "inject", on_inject },
	{ "churn", on_churn },
};

static jv
state_of(const struct server *server)
{
	jv state = json_new_object();

	json_set_int(&state, "version", server->store.version);
	json_set_int(&state, "watches", server->watches.running);
	json_set_int(&state, "requests", (int64_t)server->audit);
	return state;
}

void
control_answer(struct server *server, const struct serve_request *request,
    struct serve_answer *answer)
{
	const char *name = request->path + strlen("/_control/");
	struct error err = { 0 };
	size_t i = 0;

	while (i < sizeof(controls) / sizeof(*controls) &&
	       strcmp(controls[i].name, name) != 0)
		i++;
	if (strcmp(name, "state") == 0) {
		serve_json(answer, 200, state_of(server));
	} else if (i == sizeof(controls) / sizeof(*controls)) {
		serve_body(answer, 404, "text/plain", "no such control\n");
	} else if (controls[i].act(server, request, &err)) {
		(void)pthread_cond_broadcast(&server->changed);
		serve_json(answer, 200, state_of(server));
	} else {
		serve_body(answer, 400, "text/plain", err.text);
	}
}
