// SPDX-License-Identifier: ISC
/*
 * list -- see list.h.
 *
 *   resourceVersion  match         limit   answered from
 *   ""               -             any     now
 *   0                -             -       now, limit ignored (watch cache)
 *   N                -             none    now, if now is N or later
 *   N                -             set     exactly N
 *   N                NotOlderThan  any     now, if now is N or later
 *   N                Exact         any     exactly N
 *
 * A continue token is base64url of {"v","rv","start"} as etcd3's; pages of one
 * list show one version. When that is forgotten, 410 carries a token whose rv
 * is -1: it goes on at the present.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "list.h"
#include "select.h"

#define TOKEN_VERSION "meta.k8s.io/v1"

struct page {
	const struct call *call;
	struct selector selector;
	int64_t version; /* -1: now */
	const char *after;
	int64_t limit; /* 0: none */
	struct text items;
	int64_t n;
	int64_t left;     /* behind the page */
	const char *last; /* key of the last item taken */
};

void
list_get(struct call *call, struct reply *reply)
{
	struct object *object = store_find(call->kind, call->ns, call->name);

	if (object == NULL)
		(void)reply_missing(reply, call);
	else
		reply_object(reply, call, 200, object->body);
}

static const char *
new_token(const struct call *call, int64_t version, const char *last)
{
	struct text json = { 0 };
	struct text token = { 0 };
	jv value = json_new_object();
	const char *copy;

	json_set_str(&value, "v", TOKEN_VERSION);
	json_set_int(&value, "rv", version);
	json_set_str(&value, "start", last);
	json_print(&json, value);
	base64_encode_url(&token, json.data, json.n);
	copy = arena_copy(call->arena, token.data);
	json_free(value);
	text_done(&json);
	text_done(&token);
	return copy;
}

static bool
read_token(struct page *page, const char *token, struct reply *reply)
{
	const struct call *call = page->call;
	struct text json = { 0 };
	bool valid;
	jv value;

	if (!base64_decode(&json, token, strlen(token)) ||
	    !json_parse(text_str(&json), json.n, &value, NULL)) {
		text_done(&json);
		return reply_failure(reply, 400, "BadRequest", jv_invalid(),
		    "continue key is not valid: illegal base64 data at input "
		    "byte 0");
	}
	page->after = arena_copy(call->arena, json_str_at(value, "start"));
	valid = page->after != NULL &&
		json_int(json_at(value, "rv"), &page->version);
	json_free(value);
	text_done(&json);
	return valid ||
	       reply_failure(reply, 400, "BadRequest", jv_invalid(),
		   "continue key is not valid: incorrect encoded start "
		   "resourceVersion");
}

bool
list_version(const struct call *call, struct reply *reply, int64_t *out)
{
	const char *text = call_query(call, "resourceVersion");
	char *end;

	*out = -1;
	if (text == NULL || *text == '\0')
		return true;
	*out = strtoll(text, &end, 10);
	if (*end == '\0' && *out >= 0)
		return true;
	return reply_failure(reply, 400, "BadRequest", jv_invalid(),
	    arena_format(call->arena,
		"resourceVersion: Invalid value: \"%s\": strconv.ParseUint: "
		"parsing \"%s\": invalid syntax",
		text, text));
}

static bool
reply_expired(struct reply *reply, bool continued)
{
	if (!continued)
		return reply_failure(reply, 410, "Expired", jv_invalid(),
		    "The resourceVersion for the provided list is too old.");
	return reply_failure(reply, 410, "Expired", jv_invalid(),
	    "The provided continue parameter is too old to display a "
	    "consistent list result. You can start a new list without the "
	    "continue parameter, or use the continue token in this response to "
	    "retrieve the remainder of the results.");
}

bool
list_too_large(struct reply *reply, const struct call *call, int64_t version)
{
	jv details = json_new_object();
	jv causes = json_new_array();
	jv cause = json_new_object();

	json_set_str(&cause, "reason", "ResourceVersionTooLarge");
	json_set_str(&cause, "message", "Too large resource version");
	json_add(&causes, cause);
	json_set(&details, "causes", causes);
	json_set_int(&details, "retryAfterSeconds", 1);
	reply->retry_after_s = 1;
	return reply_failure(reply, 504, "Timeout", details,
	    arena_format(call->arena,
		"Timeout: Too large resource version: %" PRId64
		", current: %" PRId64,
		version, call->store->version));
}

static bool
check_match(const struct page *page, const char *match, bool continued,
    struct reply *reply)
{
	const struct call *call = page->call;
	const char *version = call_query(call, "resourceVersion");
	const char *problem = NULL;

	if (match == NULL || *match == '\0')
		return true;
	if (strcmp(match, "Exact") != 0 && strcmp(match, "NotOlderThan") != 0)
		problem = "supported values: \"Exact\", \"NotOlderThan\"";
	else if (continued)
		problem = "resourceVersionMatch is forbidden with continue";
	else if (version == NULL || *version == '\0')
		problem = "resourceVersionMatch is forbidden unless "
			  "resourceVersion is provided";
	else if (strcmp(match, "Exact") == 0 && strcmp(version, "0") == 0)
		problem = "resourceVersionMatch \"exact\" is forbidden for "
			  "resourceVersion \"0\"";
	if (problem == NULL)
		return true;
	return reply_failure(reply, 422, "Invalid", jv_invalid(),
	    arena_format(call->arena,
		"ListOptions.meta.k8s.io \"\" is invalid: "
		"resourceVersionMatch: Forbidden: %s",
		problem));
}

/* Where the page begins, how long it is and which version it shows. */
static bool
read_page(struct page *page, struct reply *reply)
{
	const struct call *call = page->call;
	const char *match = call_query(call, "resourceVersionMatch");
	const char *token = call_query(call, "continue");
	const char *limit = call_query(call, "limit");
	bool continued = token != NULL && *token != '\0';
	int64_t version;

	page->limit = limit == NULL ? 0 : strtoll(limit, NULL, 10);
	page->version = -1;
	if (!check_match(page, match, continued, reply) ||
	    !list_version(call, reply, &version))
		return false;
	if (continued)
		return read_token(page, token, reply);
	if (version > call->store->version)
		return list_too_large(reply, call, version);
	if (version == 0)
		page->limit = 0;
	if (version > 0 &&
	    (match == NULL ? page->limit > 0 : strcmp(match, "Exact") == 0))
		page->version = version;
	return true;
}

static bool
take_item(void *context, const char *key, const struct body *body)
{
	struct page *page = context;
	const struct call *call = page->call;
	size_t n = call->ns == NULL ? 0 : strlen(call->ns);

	if (call->ns != NULL &&
	    (strncmp(key, call->ns, n) != 0 || key[n] != '/'))
		return true;
	if (!select_has(&page->selector, body))
		return true;
	if (page->limit > 0 && page->n == page->limit) {
		page->left++;
		return select_is_empty(&page->selector);
	}
	text_add(&page->items, page->n++ > 0 ? "," : "");
	if (call->kind->spec.custom)
		call_put_head(call, &page->items, "");
	else
		text_add_char(&page->items, '{');
	text_add_n(&page->items, body->text, body->n);
	page->last = key;
	return true;
}

static jv
list_metadata(const struct page *page)
{
	const struct call *call = page->call;
	int64_t version =
	    page->version < 0 ? call->store->version : page->version;
	jv metadata = json_new_object();

	if (page->left > 0)
		json_set_str(&metadata, "continue",
		    new_token(call, version, page->last));
	else if (call->kind->spec.custom)
		json_set_str(&metadata, "continue", "");
	if (page->left > 0 && select_is_empty(&page->selector))
		json_set_int(&metadata, "remainingItemCount", page->left);
	json_set_str(&metadata, "resourceVersion",
	    arena_format(call->arena, "%" PRId64, version));
	return metadata;
}

/* Built-in types print metadata first; custom ones have their keys sorted. */
static void
put_list(const struct page *page, struct reply *reply)
{
	const struct call *call = page->call;
	struct text *out = &reply->body;
	const char *slash = *call->group == '\0' ? "" : "/";
	jv metadata = list_metadata(page);

	reply->status = 200;
	if (call->kind->spec.custom) {
		text_format(out, "{\"apiVersion\":\"%s%s%s\",\"items\":[",
		    call->group, slash, call->version);
		text_add_n(out, text_str(&page->items), page->items.n);
		text_format(out, "],\"kind\":\"%sList\",\"metadata\":",
		    call->kind->spec.kind);
		json_print(out, metadata);
		text_add(out, "}\n");
	} else {
		call_put_head(call, out, "List");
		text_add(out, "\"metadata\":");
		json_print(out, metadata);
		text_add(out, ",\"items\":[");
		text_add_n(out, text_str(&page->items), page->items.n);
		text_add(out, "]}\n");
	}
	json_free(metadata);
}

/* With a token that goes on, though at another version. */
static void
reply_expired_page(const struct page *page, struct reply *reply)
{
	jv metadata;
	jv status;

	(void)reply_expired(reply, page->after != NULL);
	if (page->after == NULL ||
	    !json_parse(reply->body.data, reply->body.n, &status, NULL))
		return;
	metadata = json_new_object();
	json_set_str(
	    &metadata, "continue", new_token(page->call, -1, page->after));
	json_set(&status, "metadata", metadata);
	reply_value(reply, 410, status);
}

void
list_collection(struct call *call, struct reply *reply)
{
	struct page page = { .call = call };
	struct store_visitor visitor = { take_item, &page, NULL };
	int64_t now = call->store->version;

	if (!select_parse(call, &page.selector, reply) ||
	    !read_page(&page, reply))
		return;
	visitor.after = page.after;
	if (store_walk(
		call->kind, page.version < 0 ? now : page.version, &visitor))
		put_list(&page, reply);
	else
		reply_expired_page(&page, reply);
	text_done(&page.items);
}
