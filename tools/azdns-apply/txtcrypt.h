// SPDX-License-Identifier: ISC
/* txtcrypt -- the encryption of external-dns's ownership texts. */
#ifndef TXTCRYPT_H
#define TXTCRYPT_H

struct arena;

#define TXTCRYPT_KEY_BYTES 32

struct txtcrypt_key {
	unsigned char bytes[TXTCRYPT_KEY_BYTES];
};

/* base64 of nonce, ciphertext and tag; never NULL. */
const char *txtcrypt_encrypt(
    struct arena *arena, const struct txtcrypt_key *key, const char *plain);

/* The plain text, or NULL: not encrypted, or not with this key. */
const char *txtcrypt_decrypt(
    struct arena *arena, const struct txtcrypt_key *key, const char *text);

#endif
