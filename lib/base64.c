// SPDX-License-Identifier: ISC
/* base64 -- OpenSSL's block coder, with the URL-safe alphabet put over it. */
#include <limits.h>
#include <openssl/evp.h>
#include <string.h>

#include "base64.h"
#include "text.h"

/* Bytes coded per call: a multiple of 3, far below EVP's int. */
#define ENCODE_BYTES_MAX ((size_t)3 << 16)

void
base64_encode(struct text *out, const void *bytes, size_t n)
{
	const unsigned char *from = bytes;

	while (n > 0) {
		size_t piece = n < ENCODE_BYTES_MAX ? n : ENCODE_BYTES_MAX;
		char *to = text_reserve(out, (piece + 2) / 3 * 4 + 1);

		out->n += (size_t)EVP_EncodeBlock(
		    (unsigned char *)to, from, (int)piece);
		from += piece;
		n -= piece;
	}
}

void
base64_encode_url(struct text *out, const void *bytes, size_t n)
{
	size_t start = out->n;

	base64_encode(out, bytes, n);
	while (out->n > start && out->data[out->n - 1] == '=')
		out->data[--out->n] = '\0';
	for (size_t i = start; i < out->n; i++) {
		if (out->data[i] == '+')
			out->data[i] = '-';
		else if (out->data[i] == '/')
			out->data[i] = '_';
	}
}

/* The standard alphabet without blanks and padding; false: other bytes. */
static bool
only_digits(struct text *digits, const char *text, size_t n)
{
	size_t i;

	for (i = 0; i < n && text[i] != '='; i++) {
		char c = text[i];

		if (c == '-')
			c = '+';
		else if (c == '_')
			c = '/';
		if (c != '\0' && strchr(" \t\r\n", c) != NULL)
			continue;
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '+' && c != '/')
			return false;
		text_add_char(digits, c);
	}
	for (; i < n; i++)
		if (text[i] == '\0' || strchr("= \t\r\n", text[i]) == NULL)
			return false;
	return digits->n % 4 != 1 && digits->n <= INT_MAX - 4;
}

bool
base64_decode(struct text *out, const char *text, size_t n)
{
	struct text digits = { 0 };
	bool good = only_digits(&digits, text, n);
	size_t padding = (4 - digits.n % 4) % 4;

	if (good && digits.n > 0) {
		char *to = text_reserve(out, digits.n + 4);
		int got;

		text_add_n(&digits, "===", padding);
		got = EVP_DecodeBlock((unsigned char *)to,
		    (const unsigned char *)digits.data, (int)digits.n);
		good = got >= 0;
		if (good)
			out->n += (size_t)got - padding;
		out->data[out->n] = '\0';
	}
	text_wipe(&digits);
	return good;
}
