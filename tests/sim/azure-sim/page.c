// SPDX-License-Identifier: ISC
/*
 * page -- $top, $skipToken and nextLink of all lists.
 *
 * A token is the base64 of the last item told, so that a list goes on at the
 * right place when items come or go meanwhile; nothing is a snapshot. The link
 * has the port :443 and the lower-case type of zones, as ARM writes it.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "page.h"

bool
page_read(struct call *call, struct page *page)
{
	const char *top = serve_query_of(call->request, "$top");
	const char *token = serve_query_of(call->request, "$skipToken");
	struct text after = { 0 };
	int64_t n = sim_switch("page-default");
	char *end;

	if (top != NULL) {
		n = strtoll(top, &end, 10);
		if (*end != '\0' || n < 1)
			return call_fail(call, 400, "BadRequest",
			    "The value '%s' of $top is not valid.", top);
	}
	if (n > sim_switch("page-max"))
		n = sim_switch("page-max");
	page->top = (size_t)n;
	page->suffix = serve_query_of(call->request, "$recordsetnamesuffix");
	page->after = NULL;
	if (token == NULL)
		return true;
	if (!base64_decode(&after, token, strlen(token)))
		return call_fail(call, 400, "BadRequest",
		    "The value '%s' of $skipToken is not valid.", token);
	page->after = arena_copy(&call->arena, text_str(&after));
	text_done(&after);
	return true;
}

/* The path with the type of zones spelt as the service spells it. */
static const char *
canonical_path(struct call *call)
{
	const char *kind = call->place.private ? "privateDnsZones" : "dnszones";
	char *path = arena_copy(&call->arena, call->path);
	char *at = strcasestr(path, kind);

	for (size_t i = 0; at != NULL && kind[i] != '\0'; i++)
		at[i] = kind[i];
	return path;
}

static const char *
next_link(struct call *call, const char *last)
{
	struct text link = { 0 };
	const char *name;
	const char *value;
	const char *copy;

	serve_base_url(call->request, &link);
	text_add(&link, canonical_path(call));
	text_format(&link, "?api-version=%s",
	    serve_query_of(call->request, "api-version"));
	for (int i = 0; serve_query_at(call->request, i, &name, &value); i++)
		if (strcasecmp(name, "$top") == 0 ||
		    strcasecmp(name, "$recordsetnamesuffix") == 0)
			text_format(&link, "&%s=%s", name, value);
	text_add(&link, "&$skipToken=");
	base64_encode_url(&link, last, strlen(last));
	copy = arena_copy(&call->arena, link.data);
	text_done(&link);
	return copy;
}

void
page_send(struct call *call, jv items, const char *last)
{
	int n = json_count(items);
	jv body = json_new_object();

	json_set(&body, "value", items);
	if (last != NULL)
		json_set_str(&body, "nextLink", next_link(call, last));
	if (sim_switch("rate-headers") != 0)
		serve_header(call->answer,
		    "x-ms-ratelimit-remaining-subscription-resource-entities-"
		    "read",
		    "%d", 60000 - n);
	call_send(call, 200, body);
}
