// SPDX-License-Identifier: ISC
/*
 * txtcrypt -- see txtcrypt.h.
 *
 * gzip, then AES-256-GCM with a random nonce of 12 bytes, no associated data
 * and a tag of 16 bytes; written as standard base64 of nonce, ciphertext, tag.
 * Upstream: external-dns endpoint/crypto.go, which takes any valid gzip stream.
 * OpenSSL does the cipher, zlib the compression; where either cannot work on
 * our own input the process has no memory or no randomness left and ends.
 */
#include <assert.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define ZLIB_CONST
#include <zlib.h>

#include "arena.h"
#include "base64.h"
#include "error.h"
#include "log.h"
#include "text.h"
#include "txtcrypt.h"

#define NONCE_BYTES     12
#define TAG_BYTES       16
#define GZIP_WINDOW     (15 + 16) /* zlib's way of saying: gzip wrapper */
#define GZIP_MEMORY     8
#define PLAIN_BYTES_MAX 65536 /* a TXT set holds 4096 characters */

static void
compress_text(struct text *out, const char *plain)
{
	z_stream stream = { 0 };
	size_t n = strlen(plain);
	int done;

	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW,
		GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		log_die(STATUS_UNMET, "zlib cannot start");
	stream.avail_out = (uInt)deflateBound(&stream, (uLong)n);
	stream.next_out = (Bytef *)text_reserve(out, stream.avail_out);
	stream.next_in = (const Bytef *)plain;
	stream.avail_in = (uInt)n;
	done = deflate(&stream, Z_FINISH);
	assert(done == Z_STREAM_END);
	out->n += stream.total_out;
	(void)deflateEnd(&stream);
}

/* The text in the arena, or NULL if it is no whole gzip stream. */
static const char *
expand_text(struct arena *arena, const unsigned char *bytes, size_t n)
{
	z_stream stream = { 0 };
	struct text out = { 0 };
	const char *plain = NULL;

	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return NULL;
	stream.next_out = (Bytef *)text_reserve(&out, PLAIN_BYTES_MAX);
	stream.avail_out = PLAIN_BYTES_MAX;
	stream.next_in = bytes;
	stream.avail_in = (uInt)n;
	if (inflate(&stream, Z_FINISH) == Z_STREAM_END)
		plain = arena_copy_n(arena, out.data, stream.total_out);
	(void)inflateEnd(&stream);
	text_done(&out);
	return plain;
}

const char *
txtcrypt_encrypt(
    struct arena *arena, const struct txtcrypt_key *key, const char *plain)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	struct text gzip = { 0 };
	struct text base64 = { 0 };
	unsigned char *sealed;
	const char *result;
	int n = 0;
	int tail = 0;
	bool ok;

	compress_text(&gzip, plain);
	sealed = arena_alloc(arena, NONCE_BYTES + gzip.n + TAG_BYTES);
	ok =
	    cipher != NULL && RAND_bytes(sealed, NONCE_BYTES) == 1 &&
	    EVP_EncryptInit_ex(
		cipher, EVP_aes_256_gcm(), NULL, key->bytes, sealed) == 1 &&
	    EVP_EncryptUpdate(cipher, sealed + NONCE_BYTES, &n,
		(const unsigned char *)gzip.data, (int)gzip.n) == 1 &&
	    EVP_EncryptFinal_ex(cipher, sealed + NONCE_BYTES + n, &tail) == 1 &&
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES,
		sealed + NONCE_BYTES + n + tail) == 1;
	if (!ok)
		log_die(STATUS_UNMET, "OpenSSL cannot encrypt");
	base64_encode(
	    &base64, sealed, NONCE_BYTES + (size_t)(n + tail) + TAG_BYTES);
	result = arena_copy_n(arena, base64.data, base64.n);
	EVP_CIPHER_CTX_free(cipher);
	text_done(&gzip);
	text_done(&base64);
	return result;
}

static bool
open_sealed(const struct txtcrypt_key *key, unsigned char *bytes, size_t n,
    unsigned char *out)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int length = 0;
	bool ok = cipher != NULL &&
		  EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL,
		      key->bytes, bytes) == 1 &&
		  EVP_DecryptUpdate(cipher, out, &length, bytes + NONCE_BYTES,
		      (int)(n - NONCE_BYTES - TAG_BYTES)) == 1 &&
		  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES,
		      bytes + n - TAG_BYTES) == 1 &&
		  EVP_DecryptFinal_ex(cipher, out + length, &length) == 1;

	EVP_CIPHER_CTX_free(cipher);
	return ok;
}

const char *
txtcrypt_decrypt(
    struct arena *arena, const struct txtcrypt_key *key, const char *text)
{
	struct text sealed = { 0 };
	const char *plain = NULL;

	if (base64_decode(&sealed, text, strlen(text)) &&
	    sealed.n > NONCE_BYTES + TAG_BYTES && sealed.n < PLAIN_BYTES_MAX) {
		unsigned char *gzip = arena_alloc(arena, sealed.n);

		if (open_sealed(
			key, (unsigned char *)sealed.data, sealed.n, gzip))
			plain = expand_text(
			    arena, gzip, sealed.n - NONCE_BYTES - TAG_BYTES);
	}
	text_done(&sealed);
	return plain;
}
