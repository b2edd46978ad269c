// SPDX-License-Identifier: ISC
/* list -- a paged list, taken in as it arrives. */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "split.h"
#include "text.h"

struct objects;

#define LIST_PAGE_MAX 500 /* objects; client-go's page */
#define LIST_PAGE_MIN 50

/* Zero-initialised and list_begin: nothing was read. */
struct list {
	struct objects *objects; /* NULL: only the version is wanted */
	struct split split;      /* the page at hand */
	bool is_checked;         /* its head, before its first item */
	struct text version;     /* resourceVersion of the first page */
	struct text next;        /* continue of the last page, or empty */
	unsigned page;           /* objects asked for at once */
	uint64_t oldest;         /* no list from before this version is taken */
	struct error err;
};

/* Begin a list with its first page; version and next are emptied. */
void list_begin(struct list *list, struct objects *objects);

/* A piece of a page; false: it cannot be taken, see err. */
bool list_take(struct list *list, struct span piece);

/* A page is over; false: it was not one, see err. All is read when next is
 * empty. */
bool list_end_page(struct list *list);

/* After a page that came in part only: ask for less. */
void list_shrink(struct list *list);

/* Give the memory back. */
void list_done(struct list *list);

#endif
