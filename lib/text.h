// SPDX-License-Identifier: ISC
/*
 * text -- a growing run of bytes on the heap, always NUL-terminated.
 *
 * Life cycle: zero-initialise, text_add*, text_done. The owner is whoever
 * holds the struct. Out of memory ends the process.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *data; /* NULL until something was added */
	size_t n;   /* bytes in use, without the terminating NUL */
	size_t size;
};

/* The same bytes; NULL equals NULL alone. */
bool text_equal(const char *a, const char *b);

/* FNV-1a over n more bytes; begin with TEXT_HASH. Equal hashes are no proof. */
#define TEXT_HASH UINT64_C(14695981039346656037)
uint64_t text_hash(uint64_t hash, const void *bytes, size_t n);

/* "" instead of NULL while nothing was added. */
const char *text_str(const struct text *text);

void text_add(struct text *text, const char *str);
void text_add_n(struct text *text, const void *bytes, size_t n);
void text_add_char(struct text *text, char c);
/* Percent-encoded (RFC 3986), but for letters, digits and those of plain. */
void text_add_percent(struct text *text, const char *str, const char *plain);
void text_format(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* At least room bytes can be written at data + n; returns that place. */
char *text_reserve(struct text *text, size_t room);

/* Drop the first n bytes. */
void text_drop(struct text *text, size_t n);

/* Keep the first n bytes alone. */
void text_cut(struct text *text, size_t n);

/* Empty, memory kept. */
void text_reset(struct text *text);

/* Empty, memory given back; text_wipe: overwritten first. */
void text_done(struct text *text);
void text_wipe(struct text *text);

/*
 * Append the whole of a file of at most max bytes. false: errno says why
 * (EFBIG when it is larger) and nothing was appended.
 */
bool text_read_file(struct text *text, const char *path, size_t max);

#endif
