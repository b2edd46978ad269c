// SPDX-License-Identifier: ISC
/*
 * ask -- the evaluation of one object, whatever its source.
 *
 *	selected by --annotation-filter, --label-filter, controller annotation
 *	source->claim        names and targets of the object itself
 *	--fqdn-target-template   NAME:TARGET pairs
 *	--fqdn-template          names, with targets as the source finds them
 *
 * Each template fills in when nothing was asked for before it, or adds with
 * --combine-fqdn-annotation (external-dns source/template/engine.go).
 */
#include "ask.h"

#include <string.h>

#include "annotations.h"
#include "arena.h"
#include "config.h"
#include "json.h"
#include "selector.h"
#include "template.h"
#include "text.h"

#define OVERSIZED_ANNOTATION "azdns/oversized" /* docs/protocol.md, objects */

static bool
is_selected(const struct ask *ask)
{
	const struct config *config = ask->config;
	jv metadata = json_at(ask->object, "metadata");

	return selector_matches(config->annotation_filter,
		   json_at(metadata, "annotations")) &&
	       selector_matches(
		   config->label_filter, json_at(metadata, "labels")) &&
	       (ask->source->any_controller ||
		   annotations_are_ours(config, ask->object));
}

struct strlist
ask_template(
    struct ask *ask, const struct template *template, const char *option)
{
	struct strlist items = { 0 };
	struct strlist list = { 0 };
	struct text out = { 0 };
	struct error err = { 0 };

	if (template == NULL)
		return list;
	if (!template_run(template, ask->object, ask->arena, &out, &err)) {
		claim_unknown(ask->draft, UNKNOWN_TEMPLATE);
		claim_reject(ask->draft, NULL, option, REJECT_TEMPLATE,
		    arena_copy(ask->arena, err.text));
		text_done(&out);
		return list;
	}
	strlist_add_split(&items, ask->arena, text_str(&out), ',');
	text_done(&out);
	for (size_t i = 0; i < items.n; i++) {
		size_t n = strlen(items.items[i]);

		if (items.items[i][n - 1] == '.')
			n--;
		if (n > 0)
			strlist_add(&list, ask->arena,
			    arena_copy_n(ask->arena, items.items[i], n));
	}
	strlist_sort_unique(&list);
	return list;
}

struct strlist
ask_list(struct ask *ask, const char *key)
{
	return annotations_list(ask->config, ask->object, key, ask->arena);
}

void
ask_plainly(struct ask *ask, void (*claim)(struct ask *ask))
{
	struct claim_draft *draft = ask->draft;
	const char *resource = draft->resource;
	int64_t ttl_s = draft->ttl_s;

	draft->resource = NULL;
	draft->ttl_s = MESSAGE_ABSENT;
	claim(ask);
	draft->resource = resource;
	draft->ttl_s = ttl_s;
}

void
ask_add_texts(struct strlist *list, struct arena *arena, jv array)
{
	jv item;

	for (int i = 0; json_item(array, i, &item); i++)
		strlist_add(list, arena, json_str(item));
}

struct strlist
ask_balancers(struct ask *ask)
{
	jv balancers =
	    json_at(ask->object, "status", "loadBalancer", "ingress");
	struct strlist targets = { 0 };
	jv balancer;

	for (int i = 0; json_item(balancers, i, &balancer); i++) {
		strlist_add(&targets, ask->arena, json_str_at(balancer, "ip"));
		strlist_add(
		    &targets, ask->arena, json_str_at(balancer, "hostname"));
	}
	return targets;
}

static void
claim_pair(struct ask *ask, const char *pair)
{
	const char *colon = strchr(pair, ':');
	struct strlist host = { 0 };
	struct strlist target = { 0 };

	if (colon == NULL)
		return;
	strlist_add_split(&host, ask->arena,
	    arena_copy_n(ask->arena, pair, (size_t)(colon - pair)), '\0');
	strlist_add_split(&target, ask->arena, colon + 1, '\0');
	if (host.n == 1 && target.n == 1)
		claim_host(ask->draft, host.items[0], &target);
}

static bool
wants_templates(const struct ask *ask)
{
	return ask->config->combine || ask->draft->claim.n_endpoints == 0;
}

static void
claim_pairs(struct ask *ask)
{
	struct strlist pairs =
	    ask_template(ask, ask->config->pair, "fqdn-target-template");

	for (size_t i = 0; i < pairs.n; i++)
		claim_pair(ask, pairs.items[i]);
}

static void
claim_hosts(struct ask *ask)
{
	struct strlist hosts =
	    ask_template(ask, ask->config->fqdn, "fqdn-template");

	for (size_t i = 0; i < hosts.n && !claim_is_full(ask->draft); i++)
		ask->source->host(ask, hosts.items[i]);
}

static const char *
resource_label(const struct ask *ask)
{
	if (ask->source->label == NULL)
		return NULL;
	if (ask->kind->scope == SCOPE_CLUSTER)
		return arena_format(
		    ask->arena, "%s/%s", ask->source->label, ask->name);
	return arena_format(ask->arena, "%s/%s/%s", ask->source->label,
	    ask->namespace, ask->name);
}

bool
ask_evaluate(struct ask *ask)
{
	struct claim_draft *draft = ask->draft;

	if (!is_selected(ask))
		return false;
	draft->resource = resource_label(ask);
	if (annotations_raw(ask->object, OVERSIZED_ANNOTATION) != NULL) {
		claim_unknown(draft, UNKNOWN_OVERSIZED);
		return true;
	}
	if (!ask->source->no_properties)
		annotations_properties(draft, ask->object);
	ask->source->claim(ask);
	if (ask->skip)
		return false;
	if (ask->source->pairs && wants_templates(ask))
		ask_plainly(ask, claim_pairs);
	if (ask->source->host != NULL && wants_templates(ask))
		claim_hosts(ask);
	claim_finish(draft);
	return true;
}
