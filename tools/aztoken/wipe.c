// SPDX-License-Identifier: ISC
/*
 * wipe -- memory is wiped when it is freed, whoever frees it.
 *
 * A secret is copied on its way: by jq where it is read, into what libcurl and
 * libnghttp2 send, into what OpenSSL encrypts. None of them wipes. So aztoken,
 * which lives for one answer and can afford it, puts its own free and realloc
 * in front of the C library's, for itself and for all libraries.
 *
 * AddressSanitizer has a free of its own, which must stay the only one.
 */
#include <malloc.h>
#include <string.h>

#ifndef __SANITIZE_ADDRESS__

void wipe_free(void *bytes) __asm__("free");
void *wipe_realloc(void *bytes, size_t n) __asm__("realloc");
void wipe_free_at_last(void *bytes) __asm__("__libc_free");

void
wipe_free(void *bytes)
{
	if (bytes != NULL)
		explicit_bzero(bytes, malloc_usable_size(bytes));
	wipe_free_at_last(bytes);
}

/* Always moved: in place, the C library would not wipe what it cuts off. */
void *
wipe_realloc(void *bytes, size_t n)
{
	size_t n_old = bytes != NULL ? malloc_usable_size(bytes) : 0;
	void *moved = malloc(n);

	if (moved == NULL)
		return NULL;
	if (bytes != NULL)
		memcpy(moved, bytes, n_old < n ? n_old : n);
	wipe_free(bytes);
	return moved;
}

#endif
