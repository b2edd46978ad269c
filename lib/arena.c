// SPDX-License-Identifier: ISC
/*
 * arena -- see arena.h.
 *
 * A chain of blocks, each twice as large as the one before it, up to a limit, or
 * as large as what did not fit; allocation moves a mark within the newest block.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "heap.h"

#define BLOCK_BYTES     4096
#define BLOCK_BYTES_MAX ((size_t)256 * 1024) /* malloc maps such by itself */
#define ALIGN           sizeof(max_align_t)

struct arena_block {
	struct arena_block *next;
	size_t size, used; /* of bytes[] */
	max_align_t bytes[];
};

static struct arena_block *
new_block(const struct arena_block *before, size_t n)
{
	size_t size = before == NULL ? BLOCK_BYTES : 2 * before->size;
	struct arena_block *block;

	if (size > BLOCK_BYTES_MAX)
		size = BLOCK_BYTES_MAX;
	if (size < n)
		size = n;
	block = heap_resize(NULL, sizeof(*block) + size, 1);
	block->next = NULL;
	block->size = size;
	block->used = 0;
	return block;
}

void *
arena_alloc(struct arena *arena, size_t n)
{
	struct arena_block *block = arena->blocks;
	size_t rounded = (n + ALIGN - 1) / ALIGN * ALIGN;
	void *bytes;

	if (block == NULL || block->size - block->used < rounded) {
		block = new_block(block, rounded);
		block->next = arena->blocks;
		arena->blocks = block;
	}
	bytes = (char *)block->bytes + block->used;
	block->used += rounded;
	return memset(bytes, 0, n);
}

char *
arena_copy_n(struct arena *arena, const char *bytes, size_t n)
{
	char *copy = arena_alloc(arena, n + 1);

	if (n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

char *
arena_copy(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_copy_n(arena, text, strlen(text));
}

char *
arena_format_list(struct arena *arena, const char *format, va_list args)
{
	char most[512]; /* of what is formatted fits */
	va_list again;
	char *text;
	int n;

	va_copy(again, args);
	n = vsnprintf(most, sizeof(most), format, args);
	if ((size_t)n < sizeof(most)) {
		text = arena_copy_n(arena, most, (size_t)n);
	} else {
		text = arena_alloc(arena, (size_t)n + 1);
		(void)vsnprintf(text, (size_t)n + 1, format, again);
	}
	va_end(again);
	return text;
}

char *
arena_copy_lower(struct arena *arena, const char *text)
{
	char *copy = arena_copy(arena, text);

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c |= 'a' - 'A';
	return copy;
}

char *
arena_copy_url(struct arena *arena, const char *url)
{
	size_t n = url == NULL ? 0 : strcspn(url, "?#");

	while (n > 0 && url[n - 1] == '/')
		n--;
	return url == NULL ? NULL : arena_copy_n(arena, url, n);
}

char *
arena_format(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_format_list(arena, format, args);
	va_end(args);
	return text;
}

void *
arena_grow(struct arena *arena, void *items, size_t n, size_t size)
{
	void *moved = items;

	if ((n & (n - 1)) == 0) { /* 0 or a power of two: full */
		moved = arena_alloc(arena, (n == 0 ? 1 : 2 * n) * size);
		if (n > 0)
			memcpy(moved, items, n * size);
	}
	memset((char *)moved + n * size, 0, size);
	return moved;
}

void
arena_reset(struct arena *arena)
{
	struct arena_block *block = arena->blocks;

	/* The oldest block is of the common size: keep that one. */
	while (block != NULL && block->next != NULL) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
	if (block != NULL)
		block->used = 0;
	arena->blocks = block;
}

void
arena_done(struct arena *arena)
{
	arena_reset(arena);
	free(arena->blocks);
	arena->blocks = NULL;
}
