// SPDX-License-Identifier: ISC
/*
 * packed -- how asks and rrsets keep their texts behind the struct, in one
 * allocation.
 */
#include <string.h>

#include "packed.h"

void
packed_add(struct text *out, const char *text)
{
	if (text != NULL)
		text_add(out, text);
	text_add_char(out, '\0');
}

const char *
packed_next(const char *text)
{
	return text + strlen(text) + 1;
}

const char *
packed_text(const char *texts, unsigned i)
{
	while (i-- > 0)
		texts = packed_next(texts);
	return texts;
}

const char *
packed_list(
    const char *text, unsigned n, struct arena *arena, struct strlist *list)
{
	for (; n > 0; n--, text = packed_next(text))
		strlist_add(list, arena, text);
	return text;
}
