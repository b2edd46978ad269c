// SPDX-License-Identifier: ISC
/*
 * list -- a paged list, taken in as it arrives.
 *
 * Kubernetes API concepts, "Retrieving large results sets in chunks". The list
 * is asked for without a resourceVersion, so that it is what etcd holds now;
 * its pages are of one moment, that of the first. A list of built-in objects
 * names kind and version before its items, one of custom objects after them.
 *
 * A page without kind, version or end is no list: an empty answer, half an
 * answer, a login page or the list of somebody else must not pass for a
 * cluster in which nothing is left.
 */
#include "list.h"

#include <string.h>

#include "objects.h"

struct head {
	struct span kind;
	struct span version;
	struct span next;
};

/* What the beginning of a list says already. */
static struct head
read_head(const struct text *text)
{
	struct span head = { text_str(text), text->n };
	struct span metadata = scan_at(head, "metadata");

	return (struct head){
		.kind = scan_string(scan_at(head, "kind")),
		.version = scan_string(scan_at(metadata, "resourceVersion")),
		.next = scan_string(scan_at(metadata, "continue")),
	};
}

static bool
is_list_of(struct span kind, const char *item)
{
	size_t n = strlen(item);

	return kind.n == n + 4 && memcmp(kind.at, item, n) == 0 &&
	       memcmp(kind.at + n, "List", 4) == 0;
}

/* Refuse what the head shows to be wrong; absent members are passed over. */
static bool
check_head(struct list *list, const struct head *head)
{
	uint64_t version = objects_version(head->version);

	if (head->kind.n > 0 && list->objects != NULL &&
	    !is_list_of(head->kind, list->objects->kind))
		return error_set(&list->err, CAUSE_INVALID,
		    "the server sent a %.*s", (int)head->kind.n, head->kind.at);
	if (version != 0 && version < list->oldest)
		return error_set(&list->err, CAUSE_CONFLICT,
		    "the server sent a list from before what it sent earlier");
	return true;
}

static bool
take_item(void *context, struct span item)
{
	struct list *list = context;
	struct head head;

	if (!list->is_checked) {
		head = read_head(&list->split.head);
		if (!check_head(list, &head))
			return false;
		list->is_checked = true;
	}
	if (list->objects == NULL)
		return true;
	return objects_put(list->objects, item, &list->err);
}

void
list_begin(struct list *list, struct objects *objects)
{
	if (list->page == 0)
		list->page = LIST_PAGE_MAX;
	list->objects = objects;
	split_done(&list->split);
	list->is_checked = false;
	text_reset(&list->version);
	text_reset(&list->next);
	list->err = (struct error){ 0 };
}

bool
list_take(struct list *list, struct span piece)
{
	if (list->split.head.n == 0 && piece.n > 0 && *piece.at != '{')
		return error_set(&list->err, CAUSE_INVALID,
		    "the server sent something else than JSON");
	if (!split_feed(&list->split, piece, take_item, list)) {
		if (list->err.cause == CAUSE_NONE)
			(void)error_set(&list->err, CAUSE_INVALID,
			    "the server sent no list, or too large an object");
		return false;
	}
	return true;
}

bool
list_end_page(struct list *list)
{
	struct head head = read_head(&list->split.head);
	bool is_whole =
	    list->split.is_over && head.kind.n > 0 && head.version.n > 0;

	if (!is_whole)
		return error_set(&list->err, CAUSE_TEMPORARY,
		    "the server sent an incomplete list");
	if (!check_head(list, &head))
		return false;
	if (list->version.n == 0)
		text_add_n(&list->version, head.version.at, head.version.n);
	text_reset(&list->next);
	text_add_n(&list->next, head.next.at, head.next.n);
	split_done(&list->split);
	list->is_checked = false;
	return true;
}

void
list_shrink(struct list *list)
{
	list->page =
	    list->page / 2 < LIST_PAGE_MIN ? LIST_PAGE_MIN : list->page / 2;
}

void
list_done(struct list *list)
{
	split_done(&list->split);
	text_done(&list->version);
	text_done(&list->next);
}
