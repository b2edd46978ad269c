// SPDX-License-Identifier: ISC
/*
 * asker -- evaluating one object and saying what is news.
 *
 * Of an object that looked something up its text is kept, because it may have
 * to be evaluated without being said again; of any other object that asks for
 * something, the hash of its claim; of one that asks for nothing, nothing.
 */
#include "asker.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "ask.h"
#include "config.h"
#include "heap.h"
#include "json.h"
#include "log.h"

#define FLUSH_BYTES 65536

/* -- saying ---------------------------------------------------------------- */

/* false: not even a line that says so holds the object's name. */
static bool
put_line(
    struct evaluator *evaluator, enum message_type type, struct claim *claim)
{
	message_encode_claim(line_begin(evaluator->writer), type, claim);
	if (line_end(evaluator->writer))
		return true;
	claim_give_up(claim);
	message_encode_claim(line_begin(evaluator->writer), type, claim);
	return line_end(evaluator->writer);
}

void
asker_forget(struct evaluator *evaluator, struct asker *asker)
{
	index_release(&evaluator->index, &asker->member);
	free(asker->text);
	table_drop(&asker->station->askers, table_key(asker));
}

static void
log_refusals(const struct claim *claim)
{
	const char *namespace =
	    claim->namespace == NULL ? "" : claim->namespace;

	if (claim->unknown != NULL &&
	    strcmp(claim->unknown, UNKNOWN_OVERSIZED) == 0)
		log_warning(
		    "%s/%s: more than a line holds", namespace, claim->name);
	for (size_t i = 0; i < claim->n_rejected; i++) {
		const struct rejection *rejected = &claim->rejected[i];

		log_warning("%s/%s: %s%s%s rejected: %s", namespace,
		    claim->name, rejected->field == NULL ? "" : rejected->field,
		    rejected->name == NULL ? "" : " of ",
		    rejected->name == NULL ? "" : rejected->name,
		    rejected->message);
	}
}

static void
say(struct evaluator *evaluator, struct asker *asker, struct claim *claim)
{
	struct text *buffer = &evaluator->writer->buffer;
	size_t before = buffer->n;
	const char *object;
	uint64_t hash;

	if (!put_line(evaluator, asker->said ? MESSAGE_MODIFIED : MESSAGE_ADDED,
		claim)) {
		log_warning("%.64s...: no name of an object", claim->name);
		return;
	}
	object = strstr(buffer->data + before, "\"object\"");
	hash = text_hash(TEXT_HASH, object, strlen(object));
	if (asker->said && asker->hash == hash) { /* no news: take it back */
		buffer->n = before;
		buffer->data[before] = '\0';
		return;
	}
	asker->said = true;
	asker->hash = hash;
	log_refusals(claim);
	if (buffer->n > FLUSH_BYTES)
		line_flush(evaluator->writer);
}

/* Namespace and name of the claim of an asker. */
static struct claim
identify(struct evaluator *evaluator, const struct asker *asker)
{
	const char *key = table_key(asker);
	const char *slash = strchr(key, '/');
	struct arena *arena = &evaluator->arena;

	return (struct claim){
		.namespace = slash == key ? NULL
					  : arena_copy_n(arena, key,
						(size_t)(slash - key)),
		.name = arena_format(
		    arena, "%s.%s", asker->station->source->name, slash + 1),
	};
}

void
asker_gone(struct evaluator *evaluator, struct asker *asker)
{
	struct claim claim = identify(evaluator, asker);

	if (asker->said)
		put_line(evaluator, MESSAGE_DELETED, &claim);
	asker_forget(evaluator, asker);
	arena_reset(&evaluator->arena);
}

/* -- evaluating ------------------------------------------------------------ */

static void
keep_text(struct asker *asker, jv object)
{
	struct text text = { 0 };

	if (asker->member.dependencies == NULL) {
		free(asker->text);
		asker->text = NULL;
		return;
	}
	json_print(&text, object);
	free(asker->text);
	asker->text = heap_copy_n(text_str(&text), text.n);
	text_done(&text);
}

/* Azure DNS has no routing policies: once is enough to say so. */
static void
warn_once(struct evaluator *evaluator, const struct claim *claim)
{
	for (size_t i = 0; i < claim->n_endpoints && !evaluator->warned; i++) {
		if (claim->endpoints[i].set_identifier == NULL)
			continue;
		evaluator->warned = true;
		log_warning("%s: set identifiers mean nothing in Azure: "
			    "ignored, here and elsewhere",
		    claim->name);
	}
}

static void
own(struct claim *claim, jv object)
{
	claim->owner_api_version = json_str_at(object, "apiVersion");
	claim->owner_kind = json_str_at(object, "kind");
	claim->owner_name = json_str_at(object, "metadata", "name");
	claim->owner_uid = json_str_at(object, "metadata", "uid");
}

/* is_kept: asker->text is the object's already. */
static void
evaluate(
    struct evaluator *evaluator, struct asker *asker, jv object, bool is_kept)
{
	struct claim_draft draft = {
		.arena = &evaluator->arena,
		.config = evaluator->config,
		.ttl_s = MESSAGE_ABSENT,
		.ptr = evaluator->config->create_ptr,
		.claim = identify(evaluator, asker),
	};
	struct claim *claim = &draft.claim;
	struct ask ask = {
		.config = evaluator->config,
		.source = asker->station->source,
		.kind = asker->kind,
		.object = object,
		.namespace = claim->namespace == NULL ? "" : claim->namespace,
		.name = strchr(table_key(asker), '/') + 1,
		.arena = &evaluator->arena,
		.draft = &draft,
		.index = &evaluator->index,
		.member = &asker->member,
	};

	asker->member.stale = false;
	index_release(&evaluator->index, &asker->member);
	if (!ask_evaluate(&ask)) {
		asker_gone(evaluator, asker);
		return;
	}
	own(&draft.claim, object);
	warn_once(evaluator, claim);
	if (!is_kept)
		keep_text(asker, object);
	if (asker->said || claim->n_endpoints > 0 || claim->n_rejected > 0 ||
	    claim->unknown != NULL)
		say(evaluator, asker, claim);
	else if (asker->member.dependencies == NULL)
		asker_forget(evaluator, asker);
	arena_reset(&evaluator->arena);
}

void
asker_evaluate(struct evaluator *evaluator, struct asker *asker, jv object)
{
	evaluate(evaluator, asker, object, false);
}

void
asker_evaluate_text(
    struct evaluator *evaluator, struct asker *asker, const char *text)
{
	struct error err;
	jv object;

	if (!json_parse(text, strlen(text), &object, &err))
		return; /* it was printed by us */
	evaluate(evaluator, asker, object, text == asker->text);
	json_free(object);
}
