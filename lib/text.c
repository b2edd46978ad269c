// SPDX-License-Identifier: ISC
/* text -- see text.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "heap.h"
#include "text.h"

#define READ_BYTES 65536

bool
text_equal(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

uint64_t
text_hash(uint64_t hash, const void *bytes, size_t n)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ byte[i]) * UINT64_C(1099511628211);
	return hash;
}

const char *
text_str(const struct text *text)
{
	return text->data == NULL ? "" : text->data;
}

char *
text_reserve(struct text *text, size_t room)
{
	size_t needed = text->n + room + 1;

	if (needed > text->size) {
		size_t size = text->size == 0 ? 64 : text->size;
		char *data;

		while (size < needed)
			size *= 2;
		data = heap_resize(text->data, size, 1);
		text->data = data;
		text->size = size;
	}
	text->data[text->n] = '\0';
	return text->data + text->n;
}

void
text_add_n(struct text *text, const void *bytes, size_t n)
{
	char *end = text_reserve(text, n);

	if (n > 0)
		memcpy(end, bytes, n);
	end[n] = '\0';
	text->n += n;
}

void
text_add(struct text *text, const char *str)
{
	text_add_n(text, str, strlen(str));
}

void
text_add_char(struct text *text, char c)
{
	text_add_n(text, &c, 1);
}

void
text_add_percent(struct text *text, const char *str, const char *plain)
{
	for (; *str != '\0'; str++)
		if ((*str >= '0' && *str <= '9') ||
		    ((*str | 32) >= 'a' && (*str | 32) <= 'z') ||
		    strchr(plain, *str) != NULL)
			text_add_char(text, *str);
		else
			text_format(text, "%%%02X", (unsigned char)*str);
}

void
text_format(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	(void)text_reserve(text, (size_t)n);
	va_start(args, format);
	(void)vsnprintf(text->data + text->n, (size_t)n + 1, format, args);
	va_end(args);
	text->n += (size_t)n;
}

void
text_drop(struct text *text, size_t n)
{
	if (n == 0)
		return;
	memmove(text->data, text->data + n, text->n - n + 1);
	text->n -= n;
}

void
text_cut(struct text *text, size_t n)
{
	text->n = n;
	if (text->data != NULL)
		text->data[n] = '\0';
}

void
text_reset(struct text *text)
{
	text->n = 0;
	if (text->data != NULL)
		text->data[0] = '\0';
}

void
text_done(struct text *text)
{
	free(text->data);
	*text = (struct text){ 0 };
}

void
text_wipe(struct text *text)
{
	if (text->data != NULL)
		explicit_bzero(text->data, text->size);
	text_done(text);
}

/* Read on until the end; false: errno says why. */
static bool
read_all(struct text *text, int fd, size_t end_max)
{
	for (;;) {
		char *end = text_reserve(text, READ_BYTES);
		ssize_t n = read(fd, end, READ_BYTES);

		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text->n += (size_t)n;
		text->data[text->n] = '\0';
		if (text->n > end_max) {
			errno = EFBIG;
			return false;
		}
	}
}

bool
text_read_file(struct text *text, const char *path, size_t max)
{
	size_t before = text->n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error;
	bool ok;

	if (fd < 0)
		return false;
	ok = read_all(text, fd, before + max);
	error = errno;
	(void)close(fd);
	if (!ok) {
		text->n = before;
		text->data[before] = '\0';
		errno = error;
	}
	return ok;
}
