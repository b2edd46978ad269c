// SPDX-License-Identifier: ISC
/*
 * split -- see split.h.
 *
 * Whatever lies within the array of the member `items` of the outermost object
 * goes out item by item; an item that is whole within its piece is not copied.
 */
#include "split.h"

#include <string.h>

#define HEAD_BYTES_MAX ((size_t)1 << 20)
#define ITEM_BYTES_MAX ((size_t)16 << 20) /* docs/protocol.md, "A line" */

/* The head ends with the key of the items: the array that begins now. */
static bool
is_items_key(const struct text *head)
{
	static const char key[] = "\"items\"";
	const size_t n_key = sizeof(key) - 1;
	size_t n = head->n;

	while (n > 0 && strchr(" \n\t\r", head->data[n - 1]) != NULL)
		n--;
	if (n == 0 || head->data[--n] != ':')
		return false;
	while (n > 0 && strchr(" \n\t\r", head->data[n - 1]) != NULL)
		n--;
	return n >= n_key && memcmp(head->data + n - n_key, key, n_key) == 0;
}

/* Follow a string from at to its end or the end of the piece. */
static const char *
follow_string(struct split *split, const char *at, const char *end)
{
	const char *stop;

	while (split->is_string && at < end) {
		if (split->is_escaped) {
			split->is_escaped = false;
			at++;
			continue;
		}
		stop = at;
		while (stop < end && *stop != '"' && *stop != '\\')
			stop++;
		at = stop;
		if (stop < end) {
			split->is_string = *stop != '"';
			split->is_escaped = *stop == '\\';
			at++;
		}
	}
	return at;
}

#define IN_LIST  1 /* depth within the list itself */
#define IN_ITEMS 2 /* depth within its array of items */

/* The next place from at where the depth may change, or end. */
static const char *
next_bracket(struct split *split, const char *at, const char *end)
{
	while (at < end) {
		if (split->is_string) {
			at = follow_string(split, at, end);
			continue;
		}
		switch (*at) {
		case '"':
			split->is_string = true;
			break;
		case '{':
		case '}':
		case '[':
		case ']':
			return at;
		}
		at++;
	}
	return end;
}

/* Keep the bytes from..at of an item or of the head. */
static void
keep(struct split *split, const char *from, const char *at)
{
	if (!split->is_items)
		text_add_n(&split->head, from, (size_t)(at - from));
	else if (split->depth > IN_ITEMS)
		text_add_n(&split->item, from, (size_t)(at - from));
}

/* A bracket opens at at. Returns the first byte to be kept from here on. */
static const char *
enter(struct split *split, const char *from, const char *at)
{
	if (split->is_items && split->depth == IN_ITEMS)
		from = at;
	if (split->depth++ != IN_LIST || *at != '[')
		return from;
	keep(split, from, at);
	split->is_items = is_items_key(&split->head);
	if (!split->is_items)
		return at;
	text_add_char(&split->head, '[');
	return at + 1;
}

/* An item ends with rest; the beginning may have been kept. */
static bool
hand_out(struct split *split, struct span rest, split_function *on_item,
    void *context)
{
	bool is_wanted;

	if (split->item.n == 0)
		return on_item(context, rest);
	text_add_n(&split->item, rest.at, rest.n);
	rest = (struct span){ split->item.data, split->item.n };
	is_wanted = on_item(context, rest);
	/* One large item must not cost its memory for ever. */
	if (split->item.size > HEAD_BYTES_MAX)
		text_done(&split->item);
	text_reset(&split->item);
	return is_wanted;
}

bool
split_feed(struct split *split, struct span piece, split_function *on_item,
    void *context)
{
	const char *end = piece.at + piece.n;
	const char *from = piece.at; /* first byte neither kept nor dropped */
	const char *at = piece.at;

	while ((at = next_bracket(split, at, end)) < end) {
		if (split->is_over)
			return false;
		if (*at == '{' || *at == '[') {
			from = enter(split, from, at++);
			continue;
		}
		at++;
		split->depth--;
		if (split->is_items && split->depth == IN_ITEMS &&
		    !hand_out(split, (struct span){ from, (size_t)(at - from) },
			on_item, context))
			return false;
		if (split->is_items && split->depth == IN_LIST) {
			split->is_items = false;
			from = at - 1;
		}
		split->is_over = split->depth <= 0;
	}
	keep(split, from, end);
	return split->head.n <= HEAD_BYTES_MAX &&
	       split->item.n <= ITEM_BYTES_MAX;
}

void
split_done(struct split *split)
{
	text_done(&split->head);
	text_done(&split->item);
	*split = (struct split){ 0 };
}
