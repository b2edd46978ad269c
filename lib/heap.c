// SPDX-License-Identifier: ISC
/* heap -- see heap.h. */
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "heap.h"
#include "log.h"

void *
heap_new(size_t n)
{
	void *bytes = calloc(1, n);

	if (bytes == NULL)
		log_die(STATUS_UNMET, "out of memory");
	return bytes;
}

void *
heap_resize(void *items, size_t n, size_t size)
{
	void *moved = reallocarray(items, n, size);

	if (moved == NULL && n > 0)
		log_die(STATUS_UNMET, "out of memory");
	return moved;
}

char *
heap_copy_n(const char *bytes, size_t n)
{
	char *copy = heap_new(n + 1);

	if (n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

char *
heap_copy(const char *text)
{
	return text == NULL ? NULL : heap_copy_n(text, strlen(text));
}
