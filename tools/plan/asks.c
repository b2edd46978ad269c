// SPDX-License-Identifier: ISC
/*
 * asks -- one endpoint of one object each, packed: struct ask | resource |
 * tags (as k=v,k=v) | targets, each text ended by NUL. The resource is nearly
 * always the object that the claim is named after: then USUAL stands for it.
 *
 * What a new line says as the old one did stays as it is, and its name is not
 * marked; what it says otherwise keeps what was said about it.
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "packed.h"
#include "plan.h"
#include "text.h"

#define BLANKS   " \t"
#define TAGS_MAX 50       /* more than Azure takes, few enough to be searched */
#define TAGS_OWN "azdns_" /* keys that say whose a record set is */
#define USUAL    "\1"
#define GATEWAY  "gateway-" /* before the kind, in names of sources */

/* The texts in their order; the last stands for n_targets of them. */
enum part { PART_RESOURCE, PART_TAGS, PART_TARGETS };

static const char *
part(const struct ask *ask, enum part wanted)
{
	return packed_text(ask->bytes, wanted);
}

const char *
asks_usual_resource(
    struct arena *arena, const struct claimant *claimant, const char *object)
{
	const char *namespace = table_key(claimant);
	const char *source = strchr(namespace, '/') + 1;
	const char *dot = strchrnul(source, '.');
	const char *kind = source;

	if (strncmp(kind, GATEWAY, strlen(GATEWAY)) == 0)
		kind += strlen(GATEWAY);
	if (object == NULL)
		object = dot + (*dot == '.');
	return arena_format(arena, "%.*s/%.*s%s", (int)(dot - kind), kind,
	    *namespace == '/' ? 0 : (int)(source - namespace), namespace,
	    object);
}

const char *
ask_resource(struct arena *arena, const struct ask *ask)
{
	const char *resource = part(ask, PART_RESOURCE);

	if (strcmp(resource, USUAL) == 0)
		return asks_usual_resource(arena, ask->claimant, NULL);
	return *resource != '\0' ? resource : NULL;
}

void
ask_targets(struct arena *arena, const struct ask *ask, struct strlist *list)
{
	(void)packed_list(part(ask, PART_TARGETS), ask->n_targets, arena, list);
}

void
ask_tags(struct arena *arena, const struct ask *ask, struct strlist *list)
{
	strlist_add_split(list, arena, part(ask, PART_TAGS), ',');
}

bool
ask_is_partial(const struct ask *ask)
{
	const struct unknown *unknown = ask->claimant->unknown;

	return unknown != NULL && unknown->pending;
}

bool
ask_is_frozen(const struct ask *ask)
{
	return ask->n_targets == 0 && ask_is_partial(ask);
}

/* What an ask says, before it is known whether it was said already. */
struct draft {
	const char *name;
	struct text bytes;
	int32_t ttl_s;
	uint16_t n_targets;
	uint8_t rtype;
	uint8_t complaint;
};

/* Where the old list holds the same key; at its end: NULL. */
static struct ask **
find_same(struct ask **place, const struct draft *draft)
{
	while (*place != NULL &&
	       ((*place)->rtype != draft->rtype ||
		   (*place)->complaint != draft->complaint ||
		   strcmp(names_text((*place)->name), draft->name) != 0))
		place = &(*place)->next_of_claim;
	return place;
}

static size_t
ask_size(const struct ask *ask)
{
	const char *end =
	    packed_text(ask->bytes, PART_TARGETS + ask->n_targets);

	return (size_t)(end - ask->bytes);
}

static bool
is_equal(const struct ask *ask, const struct draft *draft)
{
	return ask->ttl_s == draft->ttl_s &&
	       ask->n_targets == draft->n_targets &&
	       ask_size(ask) == draft->bytes.n &&
	       memcmp(ask->bytes, draft->bytes.data, draft->bytes.n) == 0;
}

void
asks_drop(struct plan *plan, struct ask *ask)
{
	struct ask **place = &ask->name->asks;

	while (*place != ask)
		place = &(*place)->next;
	*place = ask->next;
	names_mark(plan, ask->name);
	free(ask);
}

/* Take over what is the same of old, make the rest anew. */
static void
put_ask(struct plan *plan, struct claimant *claimant, struct ask **old,
    struct draft *draft)
{
	struct ask **place = find_same(old, draft);
	struct ask *same = *place;
	struct ask *ask = same;

	if (same != NULL)
		*place = same->next_of_claim;
	if (same == NULL || !is_equal(same, draft)) {
		ask = heap_new(sizeof(*ask) + draft->bytes.n);
		ask->ttl_s = draft->ttl_s;
		ask->n_targets = draft->n_targets;
		ask->rtype = draft->rtype;
		ask->complaint = draft->complaint;
		memcpy(ask->bytes, draft->bytes.data, draft->bytes.n);
		ask->name = names_get(plan, draft->name);
		ask->next = ask->name->asks;
		ask->name->asks = ask;
		names_mark(plan, ask->name);
	}
	if (same != NULL && same != ask) {
		ask->said = same->said;
		asks_drop(plan, same);
	}
	ask->claimant = claimant;
	ask->next_of_claim = claimant->asks;
	claimant->asks = ask;
	text_reset(&draft->bytes);
}

/*
 * One KEY=VALUE; the last of a key wins (external-dns provider/azure/azure.go).
 * A key with a blank Azure takes and forgets; our own are not for objects.
 */
static void
take_tag(struct arena *arena, struct strlist *tags, const char *item)
{
	size_t n_key = strcspn(item, "=");
	const char *value = item + n_key + (item[n_key] != '\0');
	const char *tag;
	size_t i = 0;

	while (n_key > 0 && strchr(BLANKS, item[n_key - 1]) != NULL)
		n_key--;
	value += strspn(value, BLANKS);
	if (n_key == 0 || *value == '\0' || strcspn(item, BLANKS) < n_key ||
	    strncmp(item, TAGS_OWN, strlen(TAGS_OWN)) == 0)
		return;
	tag = arena_format(arena, "%.*s=%s", (int)n_key, item, value);
	while (i < tags->n && strncmp(tags->items[i], tag, n_key + 1) != 0)
		i++;
	if (i < tags->n)
		tags->items[i] = tag;
	else if (i < TAGS_MAX)
		strlist_add(tags, arena, tag);
}

static void
add_tags(struct arena *arena, struct text *out, const struct endpoint *endpoint)
{
	struct strlist items = { 0 };
	struct strlist tags = { 0 };

	for (size_t i = 0; i < endpoint->n_properties; i++)
		if (strcmp(endpoint->properties[i].name, MESSAGE_TAGS) == 0)
			strlist_add_split(
			    &items, arena, endpoint->properties[i].value, ',');
	for (size_t i = 0; i < items.n; i++)
		take_tag(arena, &tags, items.items[i]);
	strlist_sort_unique(&tags);
	packed_add(out, strlist_join(&tags, arena, ","));
}

void
asks_put_endpoint(struct plan *plan, struct claimant *claimant,
    struct ask **old, const struct endpoint *endpoint)
{
	const char *resource = endpoint->labels.resource;
	struct arena arena = { 0 };
	struct draft draft = {
		.name = endpoint->name,
		.ttl_s = (int32_t)endpoint->ttl_s,
		.n_targets = (uint16_t)(endpoint->targets.n < UINT16_MAX
					    ? endpoint->targets.n
					    : UINT16_MAX),
		.rtype = (uint8_t)endpoint->rtype,
	};

	if (resource != NULL &&
	    strcmp(resource, asks_usual_resource(&arena, claimant, NULL)) == 0)
		resource = USUAL;
	packed_add(&draft.bytes, resource);
	add_tags(&arena, &draft.bytes, endpoint);
	for (size_t i = 0; i < draft.n_targets; i++)
		packed_add(&draft.bytes, endpoint->targets.items[i]);
	put_ask(plan, claimant, old, &draft);
	text_done(&draft.bytes);
	arena_done(&arena);
}

/* A complaint is an ask that nobody can fulfil; its one target is the text. */
static struct draft
begin_complaint(const char *name, enum skip complaint, const char *resource)
{
	struct draft draft = {
		.name = name != NULL ? name : "",
		.ttl_s = MESSAGE_ABSENT,
		.n_targets = 1,
		.complaint = (uint8_t)complaint,
	};

	packed_add(&draft.bytes, resource);
	packed_add(&draft.bytes, NULL);
	return draft;
}

static void
put_complaint(struct plan *plan, struct claimant *claimant, struct ask **old,
    struct draft *draft)
{
	text_add_char(&draft->bytes, '\0');
	put_ask(plan, claimant, old, draft);
	text_done(&draft->bytes);
}

void
asks_put_rejection(struct plan *plan, struct claimant *claimant,
    struct ask **old, const struct rejection *rejection, const char *resource)
{
	struct draft draft =
	    begin_complaint(rejection->name, SKIP_REJECTED, resource);

	if (rejection->field != NULL)
		text_format(&draft.bytes, "%s: ", rejection->field);
	text_add(&draft.bytes, rejection->reason);
	if (rejection->message != NULL)
		text_format(&draft.bytes, ": %s", rejection->message);
	put_complaint(plan, claimant, old, &draft);
}

void
asks_put_unknown(struct plan *plan, struct claimant *claimant, struct ask **old,
    const char *unknown, const char *resource)
{
	struct draft draft =
	    begin_complaint(NULL, SKIP_SOURCE_INCOMPLETE, resource);

	text_format(&draft.bytes,
	    "what this object asks for cannot be known now: %s", unknown);
	put_complaint(plan, claimant, old, &draft);
}
