// SPDX-License-Identifier: ISC
/*
 * arena -- memory that lives as long as one line.
 *
 * Everything derived while a line is handled comes from an arena and is given
 * back at once when the next line is read. Out of memory ends the process.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stdarg.h>
#include <stddef.h>

/* Zero-initialised is empty and valid. */
struct arena {
	struct arena_block *blocks; /* newest first */
};

/* n zeroed bytes, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t n);

/* A NUL-terminated copy of n bytes (arena_copy: of a text; NULL gives NULL). */
char *arena_copy_n(struct arena *arena, const char *bytes, size_t n);
char *arena_copy(struct arena *arena, const char *text);

/* A copy of a text with ASCII letters in lower case; NULL gives NULL. */
char *arena_copy_lower(struct arena *arena, const char *text);

/* A copy of a URL without query, fragment and slashes at its end; NULL gives
 * NULL. */
char *arena_copy_url(struct arena *arena, const char *url);

/* printf into the arena. */
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_format_list(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/*
 * Make room for one more in an array of n items of size bytes that lives in
 * the arena: returns the array, moved when n is a power of two (or 0). The
 * new item is zeroed.
 */
void *arena_grow(struct arena *arena, void *items, size_t n, size_t size);

/* All allocations end; one block is kept for reuse. */
void arena_reset(struct arena *arena);

/* All allocations end and all memory is given back. */
void arena_done(struct arena *arena);

#endif
