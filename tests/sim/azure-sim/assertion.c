// SPDX-License-Identifier: ISC
/*
 * assertion -- signed statements of who the client is.
 *
 * Of the client's own certificate (issuer = subject = client id): RS256 or
 * PS256, the thumbprint in x5t or x5t#S256 names a registered certificate,
 * the signature is checked with its key, the audience is the token endpoint.
 * Of a federated issuer: issuer, subject and audience must match one record
 * exactly and with case; the signature is checked when the record has a
 * `publicKey`. Lifetimes have five minutes of tolerance; jti may repeat.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <string.h>

#include "assertion.h"
#include "base64.h"
#include "directory.h"
#include "form.h"
#include "login.h"

#define SKEW_S 300

struct jwt {
	const char *text;
	size_t signed_n; /* header and payload with the dot between */
	jv header;
	jv payload;
	struct text signature;
};

static bool
read_part(const char *text, size_t n, jv *out)
{
	struct text json = { 0 };
	struct error err;
	bool good = base64_decode(&json, text, n) && json.n > 0 &&
		    json_parse(json.data, json.n, out, &err);

	text_done(&json);
	return good;
}

static void
jwt_done(struct jwt *jwt)
{
	json_free(jwt->header);
	json_free(jwt->payload);
	text_done(&jwt->signature);
}

/* false: not a JWT; jwt_done in any case. */
static bool
jwt_read(struct jwt *jwt, const char *text)
{
	const char *first = strchr(text, '.');
	const char *second = first == NULL ? NULL : strchr(first + 1, '.');

	*jwt = (struct jwt){
		.text = text,
		.header = jv_invalid(),
		.payload = jv_invalid(),
	};
	if (second == NULL)
		return false;
	jwt->signed_n = (size_t)(second - text);
	return read_part(text, (size_t)(first - text), &jwt->header) &&
	       read_part(
		   first + 1, (size_t)(second - first - 1), &jwt->payload) &&
	       base64_decode(&jwt->signature, second + 1, strlen(second + 1));
}

static bool
is_signed_by(const struct jwt *jwt, EVP_PKEY *key)
{
	const char *alg = json_str_at(jwt->header, "alg");
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	EVP_PKEY_CTX *context = NULL;
	bool good = false;

	if (digest == NULL || key == NULL || alg == NULL ||
	    EVP_DigestVerifyInit(digest, &context, EVP_sha256(), NULL, key) !=
		1)
		goto out;
	if (strcmp(alg, "PS256") == 0)
		good = EVP_PKEY_CTX_set_rsa_padding(
			   context, RSA_PKCS1_PSS_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(
			   context, RSA_PSS_SALTLEN_DIGEST) == 1;
	else
		good = strcmp(alg, "RS256") == 0;
	good = good && EVP_DigestVerify(digest,
			   (const unsigned char *)text_str(&jwt->signature),
			   jwt->signature.n, (const unsigned char *)jwt->text,
			   jwt->signed_n) == 1;
out:
	EVP_MD_CTX_free(digest);
	return good;
}

static bool
has_thumbprint(const struct jwt *jwt, const X509 *cert)
{
	const char *sha256 = json_str_at(jwt->header, "x5t#S256");
	const char *sha1 = json_str_at(jwt->header, "x5t");
	const char *given = sha256 != NULL ? sha256 : sha1;
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct text decoded = { 0 };
	unsigned n = 0;
	bool same;

	if (given == NULL ||
	    X509_digest(cert, sha256 != NULL ? EVP_sha256() : EVP_sha1(),
		digest, &n) != 1)
		return false;
	same = base64_decode(&decoded, given, strlen(given)) &&
	       decoded.n == n && memcmp(decoded.data, digest, n) == 0;
	text_done(&decoded);
	return same;
}

/* The key of the registered certificate that the thumbprint names, or NULL. */
static EVP_PKEY *
find_key(const struct jwt *jwt, jv application)
{
	EVP_PKEY *key = NULL;
	jv item;

	for (int i = 0;
	     key == NULL &&
	     json_item(json_at(application, "certificates"), i, &item);
	     i++) {
		const char *pem = json_str(item);
		BIO *bio = pem == NULL ? NULL : BIO_new_mem_buf(pem, -1);
		X509 *cert = bio == NULL
				 ? NULL
				 : PEM_read_bio_X509(bio, NULL, NULL, NULL);

		if (cert != NULL && has_thumbprint(jwt, cert))
			key = X509_get_pubkey(cert);
		X509_free(cert);
		BIO_free(bio);
	}
	return key;
}

static bool
refuse(struct call *call, int number, const char *message)
{
	return login_fail(call, 401, "invalid_client", number, message);
}

static bool
check_time(struct call *call, const struct jwt *jwt)
{
	int64_t now = sim_unix_s();
	int64_t from = 0;
	int64_t until = 0;

	(void)json_int(json_at(jwt->payload, "nbf"), &from);
	if (json_int(json_at(jwt->payload, "exp"), &until) &&
	    until > now - SKEW_S && from < now + SKEW_S)
		return true;
	return refuse(call, 700024,
	    arena_format(&call->arena,
		"Client assertion is not within its valid time range. Current "
		"time: %lld, assertion valid from %lld, expiry time of "
		"assertion %lld.",
		(long long)now, (long long)from, (long long)until));
}

/* --- of the client's own certificate --- */

static bool
check_own(struct call *call, jv application, const struct jwt *jwt)
{
	const char *id = form_get(call, "client_id");
	const char *audience = json_str_at(jwt->payload, "aud");
	struct text endpoint = { 0 };
	EVP_PKEY *key;
	bool good;

	if (!text_equal(json_str_at(jwt->payload, "sub"), id) ||
	    !text_equal(json_str_at(jwt->payload, "iss"), id))
		return refuse(call, 700021,
		    "Client assertion application identifier doesn't match "
		    "'client_id' parameter.");
	serve_base_url(call->request, &endpoint);
	text_add(&endpoint, call->path);
	good = text_equal(audience, endpoint.data);
	text_done(&endpoint);
	if (!good)
		return refuse(call, 700023,
		    "Client assertion audience claim does not match Realm "
		    "issuer.");
	if (!check_time(call, jwt))
		return false;
	if (directory_is_open())
		return true;
	key = find_key(jwt, application);
	if (key == NULL)
		return refuse(call, 700027,
		    "The certificate with identifier used to sign the client "
		    "assertion is not registered on application. [Reason - "
		    "The key was not found.]");
	good = is_signed_by(jwt, key);
	EVP_PKEY_free(key);
	return good || refuse(call, 700027,
			   "Client assertion failed signature validation.");
}

/* --- of a federated issuer --- */

static bool
has_audience(jv claim, const char *audience)
{
	jv item;

	if (json_str(claim) != NULL)
		return strcmp(json_str(claim), audience) == 0;
	for (int i = 0; json_item(claim, i, &item); i++)
		if (json_str(item) != NULL &&
		    strcmp(json_str(item), audience) == 0)
			return true;
	return false;
}

static bool
check_public_key(struct call *call, const struct jwt *jwt, const char *pem)
{
	BIO *bio = pem == NULL ? NULL : BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key =
	    bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	bool good = pem == NULL || is_signed_by(jwt, key);

	EVP_PKEY_free(key);
	BIO_free(bio);
	return good || refuse(call, 700027,
			   "Client assertion failed signature validation.");
}

/* How much of a record fits: issuer, then subject, then audience. */
static int
fit_of(const struct jwt *jwt, jv record)
{
	const char *audience = json_str_at(record, "audience");

	if (!text_equal(json_str_at(jwt->payload, "iss"),
		json_str_at(record, "issuer")))
		return 0;
	if (!text_equal(json_str_at(jwt->payload, "sub"),
		json_str_at(record, "subject")))
		return 1;
	return has_audience(json_at(jwt->payload, "aud"),
		   audience == NULL ? "api://AzureADTokenExchange" : audience)
		   ? 3
		   : 2;
}

static const char *
audience_text(struct call *call, jv claim)
{
	struct text text = { 0 };
	const char *copy = json_str(claim);

	if (copy != NULL)
		return copy;
	if (!json_is_present(claim))
		return "";
	json_print(&text, claim);
	copy = arena_copy(&call->arena, text.data);
	text_done(&text);
	return copy;
}

static bool
check_federated(struct call *call, jv application, const struct jwt *jwt)
{
	static const struct {
		int number;
		const char *what;
		const char *claim;
	} misfits[] = { { 700211, "issuer", "iss" },
		{ 700213, "subject", "sub" }, { 700212, "audience", "aud" } };
	int best = 0;
	jv record;

	if (!check_time(call, jwt))
		return false;
	if (directory_is_open())
		return true;
	for (int i = 0;
	     json_item(json_at(application, "federated"), i, &record); i++) {
		int fit = fit_of(jwt, record);

		if (fit == 3)
			return check_public_key(
			    call, jwt, json_str_at(record, "publicKey"));
		if (fit > best)
			best = fit;
	}
	return refuse(call, misfits[best].number,
	    arena_format(&call->arena,
		"No matching federated identity record found for presented "
		"assertion %s '%s'. Check your federated identity credential "
		"Subject, Audience and Issuer against the presented "
		"assertion. "
		"https://learn.microsoft.com/entra/workload-id/"
		"workload-identity-federation",
		misfits[best].what,
		audience_text(
		    call, json_at(jwt->payload, misfits[best].claim))));
}

bool
assertion_check(struct call *call, jv application, const char *text)
{
	const char *id = form_get(call, "client_id");
	struct jwt jwt;
	bool good;

	if (!jwt_read(&jwt, text))
		good = login_fail(call, 400, "invalid_request", 50027,
		    "JWT token is invalid or malformed.");
	else if (text_equal(json_str_at(jwt.payload, "iss"), id) ||
		 json_is_present(json_at(jwt.header, "x5t")) ||
		 json_is_present(json_at(jwt.header, "x5t#S256")))
		good = check_own(call, application, &jwt);
	else
		good = check_federated(call, application, &jwt);
	jwt_done(&jwt);
	return good;
}
