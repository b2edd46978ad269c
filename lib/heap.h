// SPDX-License-Identifier: ISC
/*
 * heap -- memory that is freed by hand, for what outlives a line.
 *
 * Out of memory ends the process: the supervisor starts the ring anew, and
 * nothing is lost by it.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>

/* n zeroed bytes; never NULL. The caller frees. */
void *heap_new(size_t n);

/* items, with room for n of size bytes, perhaps moved; new room is not zeroed.
 * NULL begins. Never NULL unless n is 0. */
void *heap_resize(void *items, size_t n, size_t size);

/* NUL-terminated copies; NULL gives NULL. The caller frees. */
char *heap_copy(const char *text);
char *heap_copy_n(const char *bytes, size_t n);

#endif
