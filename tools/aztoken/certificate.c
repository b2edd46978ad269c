// SPDX-License-Identifier: ISC
/*
 * certificate -- a Service Principal that proves itself with a certificate.
 *
 * The file holds certificate and key, as PEM (key encrypted or not) or
 * PKCS#12. The proof is a JWT (RFC 7523), signed PS256 with the certificate's
 * SHA-256 thumbprint as x5t#S256, or, with --rs256, RS256 and SHA-1 as x5t for
 * servers that know no better. It is good for ten minutes and for one token
 * endpoint. --send-certificate-chain adds x5c for applications that trust a
 * subject name and issuer. Only RSA of 2048 bits and more: Entra takes no
 * other.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aztoken.h"
#include "base64.h"
#include "choose.h"
#include "clock.h"
#include "entra.h"
#include "heap.h"
#include "json.h"
#include "secret.h"

#define FILE_BYTES_MAX ((size_t)1 << 20)
#define KEY_BITS_MIN   2048
#define LIFETIME_S     600

struct identity {
	X509 *certificate;
	EVP_PKEY *key;
};

static void
done(struct identity *identity)
{
	X509_free(identity->certificate);
	EVP_PKEY_free(identity->key);
}

static const char *
password_of(const struct settings *settings)
{
	return settings->cert_password != NULL
		   ? secret_bytes(settings->cert_password)
		   : "";
}

/* OpenSSL asks for the password of an encrypted PEM key. */
static int
on_password(char *buffer, int size, int writing, void *user)
{
	const char *password = user;
	size_t n = strlen(password);

	(void)writing;
	if (n == 0 || n >= (size_t)size)
		return -1;
	snprintf(buffer, (size_t)size, "%s", password);
	return (int)n;
}

static void
read_pem(
    const struct text *file, const char *password, struct identity *identity)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->n);
	char *user = heap_copy(password);

	identity->certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	bio = BIO_new_mem_buf(file->data, (int)file->n);
	identity->key = PEM_read_bio_PrivateKey(bio, NULL, on_password, user);
	BIO_free(bio);
	explicit_bzero(user, strlen(user));
	free(user);
}

static void
read_pkcs12(
    const struct text *file, const char *password, struct identity *identity)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->n);
	PKCS12 *bag = d2i_PKCS12_bio(bio, NULL);
	/* Windows wrote RC2 for decades; where OpenSSL still has it, use it. */
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_try_load(NULL, "legacy", 1);

	if (bag != NULL)
		PKCS12_parse(bag, password, &identity->key,
		    &identity->certificate, NULL);
	PKCS12_free(bag);
	BIO_free(bio);
	if (legacy != NULL)
		OSSL_PROVIDER_unload(legacy);
}

static bool
judge(const struct identity *identity, const char *path, struct error *err)
{
	if (identity->certificate == NULL)
		return error_set(err, CAUSE_INVALID,
		    "'%s' holds no certificate that can be read (PEM or "
		    "PKCS#12); is aadClientCertPassword right, and its "
		    "encryption not older than 'openssl pkcs12' without "
		    "-legacy reads?",
		    path);
	if (identity->key == NULL)
		return error_set(err, CAUSE_INVALID,
		    "'%s' holds no private key that can be read; is "
		    "aadClientCertPassword right?",
		    path);
	if (EVP_PKEY_get_base_id(identity->key) != EVP_PKEY_RSA ||
	    EVP_PKEY_get_bits(identity->key) < KEY_BITS_MIN)
		return error_set(err, CAUSE_INVALID,
		    "'%s': Entra ID takes RSA keys of %d bits and more only",
		    path, KEY_BITS_MIN);
	if (X509_check_private_key(identity->certificate, identity->key) != 1)
		return error_set(err, CAUSE_INVALID,
		    "'%s': certificate and key do not belong together", path);
	if (X509_cmp_current_time(X509_get0_notAfter(identity->certificate)) <
	    0)
		return error_set(err, CAUSE_INVALID,
		    "'%s': the certificate has expired; renew it and register "
		    "it with 'az ad app credential reset'",
		    path);
	return true;
}

static bool
load(const struct settings *settings, struct identity *identity,
    struct error *err)
{
	const char *path = settings->cert_path;
	const char *password = password_of(settings);
	struct text file = { 0 };
	bool good;

	if (!text_read_file(&file, path, FILE_BYTES_MAX))
		return error_set(err, CAUSE_INVALID,
		    "cannot read the certificate '%s': %s", path,
		    strerror(errno));
	if (strstr(text_str(&file), "-----BEGIN ") != NULL)
		read_pem(&file, password, identity);
	else if (file.n > 0)
		read_pkcs12(&file, password, identity);
	text_wipe(&file);
	ERR_clear_error();
	good = judge(identity, path, err);
	if (!good)
		done(identity);
	return good;
}

/* -- the assertion -------------------------------------------------------- */

static jv
new_chain(X509 *certificate)
{
	unsigned char *der = NULL;
	int n = i2d_X509(certificate, &der);
	struct text coded = { 0 };
	jv chain = json_new_array();

	if (n > 0)
		base64_encode(&coded, der, (size_t)n);
	json_add_str(&chain, text_str(&coded));
	text_done(&coded);
	OPENSSL_free(der);
	return chain;
}

static void
add_json(struct text *out, jv value)
{
	struct text plain = { 0 };

	json_print(&plain, value);
	base64_encode_url(out, text_str(&plain), plain.n);
	text_done(&plain);
	json_free(value);
}

static void
add_header(struct text *jwt, const struct settings *settings,
    const struct identity *identity)
{
	bool old = settings->options.rs256;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct text thumbprint = { 0 };
	jv header = json_new_object();

	X509_digest(
	    identity->certificate, old ? EVP_sha1() : EVP_sha256(), digest, &n);
	base64_encode_url(&thumbprint, digest, n);
	json_set_str(&header, "alg", old ? "RS256" : "PS256");
	json_set_str(&header, "typ", "JWT");
	json_set_str(&header, old ? "x5t" : "x5t#S256", text_str(&thumbprint));
	if (settings->options.send_chain)
		json_set(&header, "x5c", new_chain(identity->certificate));
	add_json(jwt, header);
	text_done(&thumbprint);
}

static const char *
new_id(struct arena *arena)
{
	unsigned char b[16] = { 0 };

	RAND_bytes(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* RFC 4122, version 4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	return arena_format(arena,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x"
	    "%02x",
	    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10],
	    b[11], b[12], b[13], b[14], b[15]);
}

static void
add_claims(struct text *jwt, struct settings *settings)
{
	int64_t now_s = clock_unix_s();
	jv claims = json_new_object();

	json_set_str(&claims, "aud", entra_endpoint(settings));
	json_set_str(&claims, "iss", settings->client_id);
	json_set_str(&claims, "sub", settings->client_id);
	json_set_str(&claims, "jti", new_id(&settings->arena));
	json_set_int(&claims, "iat", now_s);
	json_set_int(&claims, "nbf", now_s);
	json_set_int(&claims, "exp", now_s + LIFETIME_S);
	add_json(jwt, claims);
}

static bool
add_signature(struct text *jwt, EVP_PKEY *key, bool old)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *rsa = NULL;
	unsigned char *signature = NULL;
	size_t n = 0;
	bool good;

	good =
	    EVP_DigestSignInit(context, &rsa, EVP_sha256(), NULL, key) == 1 &&
	    (old ||
		(EVP_PKEY_CTX_set_rsa_padding(rsa, RSA_PKCS1_PSS_PADDING) > 0 &&
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(
			rsa, RSA_PSS_SALTLEN_DIGEST) > 0)) &&
	    EVP_DigestSign(context, NULL, &n, (const unsigned char *)jwt->data,
		jwt->n) == 1 &&
	    (signature = OPENSSL_malloc(n)) != NULL &&
	    EVP_DigestSign(context, signature, &n,
		(const unsigned char *)jwt->data, jwt->n) == 1;
	if (good) {
		text_add_char(jwt, '.');
		base64_encode_url(jwt, signature, n);
	}
	OPENSSL_free(signature);
	EVP_MD_CTX_free(context);
	return good;
}

static struct secret *
new_assertion(struct settings *settings, const struct identity *identity,
    struct error *err)
{
	struct text jwt = { 0 };
	struct secret *proof = NULL;

	add_header(&jwt, settings, identity);
	text_add_char(&jwt, '.');
	add_claims(&jwt, settings);
	if (add_signature(&jwt, identity->key, settings->options.rs256))
		proof = secret_new(jwt.data, jwt.n);
	else
		error_set(err, CAUSE_INVALID, "'%s': OpenSSL cannot sign: %s",
		    settings->cert_path,
		    ERR_reason_error_string(ERR_get_error()));
	text_wipe(&jwt);
	return proof;
}

static void
describe(const struct settings *settings, const struct identity *identity,
    struct text *about)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	int days = 0;
	int seconds = 0;

	X509_digest(identity->certificate, EVP_sha1(), digest, &n);
	ASN1_TIME_diff(
	    &days, &seconds, NULL, X509_get0_notAfter(identity->certificate));
	text_format(about,
	    "%s: RSA of %d bits, expires in %d days, thumbprint ",
	    settings->cert_path, EVP_PKEY_get_bits(identity->key), days);
	for (unsigned i = 0; i < n; i++)
		text_format(about, "%02X", digest[i]);
}

static struct secret *
prove(struct settings *settings, struct text *about, struct error *err)
{
	struct identity identity = { 0 };
	struct secret *proof;

	if (!choose_need(settings->cert_path,
		"no certificate: set aadClientCertPath in azure.json", err) ||
	    !load(settings, &identity, err))
		return NULL;
	proof = new_assertion(settings, &identity, err);
	if (about != NULL)
		describe(settings, &identity, about);
	done(&identity);
	return proof;
}

const struct way way_client_certificate = { "client-certificate", entra_get,
	"client_assertion", prove };
