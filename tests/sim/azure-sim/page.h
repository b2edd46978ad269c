// SPDX-License-Identifier: ISC
/* page -- $top, $skipToken and nextLink of all lists. */
#ifndef PAGE_H
#define PAGE_H

#include "sim.h"

/* What the request asks for. */
struct page {
	size_t top;
	const char *after;  /* the last item already told, or NULL */
	const char *suffix; /* $recordsetnamesuffix, or NULL */
};

/* false: answered with 400. */
bool page_read(struct call *call, struct page *page);

/* Send the items as `value`; last (or NULL: no more) as the token of nextLink. */
void page_send(struct call *call, jv items, const char *last);

#endif
