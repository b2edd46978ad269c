// SPDX-License-Identifier: ISC
/* base64 -- bytes as text, RFC 4648 sections 4 and 5 (URL-safe, unpadded). */
#ifndef BASE64_H
#define BASE64_H

#include <stdbool.h>
#include <stddef.h>

struct text;

/* Append. Decoding takes both alphabets, padded or not; blanks and line ends
 * are passed over; false: something else was found, out is unchanged. */
void base64_encode(struct text *out, const void *bytes, size_t n);
void base64_encode_url(struct text *out, const void *bytes, size_t n);
bool base64_decode(struct text *out, const char *text, size_t n);

#endif
