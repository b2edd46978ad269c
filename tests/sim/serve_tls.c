// SPDX-License-Identifier: ISC
/*
 * serve_tls -- the simulators' own certification authority.
 *
 * ca.pem signs everything: the server's certificate with the subject
 * alternative names localhost and 127.0.0.1, and client certificates with the
 * subject CN=NAME, O=GROUP that Kubernetes reads as user and group. All keys
 * are EC P-256; all certificates hold for ten years from yesterday, so that a
 * directory can be kept between runs.
 */
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve.h"

#define SECONDS_A_DAY 86400L
#define VALID_DAYS    3650L

/* What is to be certified. */
struct subject {
	const char *common_name;
	const char *organisation; /* NULL: none */
	const char *names;        /* subject alternative names, or NULL */
	const char *usage;        /* extended key usage, or NULL */
	bool authority;
};

static bool
add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension;
	bool done;

	if (value == NULL)
		return true;
	extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	done = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return done;
}

static bool
add_name(X509_NAME *name, const char *field, const char *value)
{
	return value == NULL ||
	       X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
		   (const unsigned char *)value, -1, -1, 0) == 1;
}

static bool
set_serial(X509 *cert)
{
	uint64_t serial;

	return RAND_bytes((unsigned char *)&serial, sizeof(serial)) == 1 &&
	       ASN1_INTEGER_set_uint64(
		   X509_get_serialNumber(cert), serial >> 1) == 1;
}

/* A certificate for key, not yet signed; NULL: OpenSSL refused. */
static X509 *
new_cert(const struct subject *subject, EVP_PKEY *key, const X509 *issuer)
{
	X509 *cert = X509_new();
	X509_NAME *name;

	if (cert == NULL)
		return NULL;
	name = X509_get_subject_name(cert);
	X509_gmtime_adj(X509_getm_notBefore(cert), -SECONDS_A_DAY);
	X509_gmtime_adj(X509_getm_notAfter(cert), VALID_DAYS * SECONDS_A_DAY);
	if (X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
	    X509_set_pubkey(cert, key) == 1 &&
	    add_name(name, "O", subject->organisation) &&
	    add_name(name, "CN", subject->common_name) &&
	    X509_set_issuer_name(cert,
		issuer == NULL ? name : X509_get_subject_name(issuer)) == 1 &&
	    add_extension(cert, NID_basic_constraints,
		subject->authority ? "critical,CA:TRUE" : "CA:FALSE") &&
	    add_extension(cert, NID_key_usage,
		subject->authority ? "critical,keyCertSign,cRLSign"
				   : "critical,digitalSignature") &&
	    add_extension(cert, NID_ext_key_usage, subject->usage) &&
	    add_extension(cert, NID_subject_alt_name, subject->names))
		return cert;
	X509_free(cert);
	return NULL;
}

static FILE *
open_in(const char *dir, const char *name, const char *mode)
{
	struct text path = { 0 };
	FILE *file;

	text_format(&path, "%s/%s", dir, name);
	file = fopen(path.data, mode);
	if (file != NULL && *mode == 'w')
		(void)fchmod(fileno(file), S_IRUSR | S_IWUSR);
	text_done(&path);
	return file;
}

static bool
write_pair(const char *dir, const char *cert_name, const char *key_name,
    X509 *cert, EVP_PKEY *key)
{
	FILE *cert_file = open_in(dir, cert_name, "w");
	FILE *key_file = open_in(dir, key_name, "w");
	bool done =
	    cert_file != NULL && key_file != NULL &&
	    PEM_write_X509(cert_file, cert) == 1 &&
	    PEM_write_PrivateKey(key_file, key, NULL, NULL, 0, NULL, NULL) == 1;

	if (cert_file != NULL)
		done = fclose(cert_file) == 0 && done;
	if (key_file != NULL)
		done = fclose(key_file) == 0 && done;
	return done;
}

/* Read the CA; false leaves both NULL. */
static bool
read_authority(const char *dir, X509 **cert, EVP_PKEY **key)
{
	FILE *cert_file = open_in(dir, "ca.pem", "r");
	FILE *key_file = open_in(dir, "ca-key.pem", "r");

	if (cert_file != NULL && key_file != NULL) {
		*cert = PEM_read_X509(cert_file, NULL, NULL, NULL);
		*key = PEM_read_PrivateKey(key_file, NULL, NULL, NULL);
	}
	if (cert_file != NULL)
		(void)fclose(cert_file);
	if (key_file != NULL)
		(void)fclose(key_file);
	return *cert != NULL && *key != NULL;
}

static bool
is_there(const char *dir, const char *name)
{
	FILE *file = open_in(dir, name, "r");

	if (file != NULL)
		(void)fclose(file);
	return file != NULL;
}

/* Certify subject with dir's CA (or itself, being one) into two files. */
static bool
certify(const char *dir, const struct subject *subject, const char *cert_name,
    const char *key_name)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *issuer = NULL;
	EVP_PKEY *issuer_key = NULL;
	X509 *cert = NULL;
	bool done = false;

	if (key == NULL)
		return false;
	if (!subject->authority && !read_authority(dir, &issuer, &issuer_key))
		goto out;
	cert = new_cert(subject, key, issuer);
	done = cert != NULL &&
	       X509_sign(cert, issuer_key == NULL ? key : issuer_key,
		   EVP_sha256()) > 0 &&
	       write_pair(dir, cert_name, key_name, cert, key);
out:
	X509_free(cert);
	X509_free(issuer);
	EVP_PKEY_free(issuer_key);
	EVP_PKEY_free(key);
	return done;
}

bool
serve_tls_make(const char *dir, struct error *err)
{
	static const struct subject authority = {
		.common_name = "azdns simulator CA",
		.authority = true,
	};
	static const struct subject server = {
		.common_name = "localhost",
		.names = "DNS:localhost,IP:127.0.0.1",
		.usage = "serverAuth",
	};

	if (mkdir(dir, S_IRWXU) != 0 && errno != EEXIST)
		return error_set(err, CAUSE_INVALID, "cannot make '%s': %s",
		    dir, strerror(errno));
	if (is_there(dir, "cert.pem") && is_there(dir, "key.pem"))
		return true;
	if (!is_there(dir, "ca-key.pem") &&
	    !certify(dir, &authority, "ca.pem", "ca-key.pem"))
		return error_set(
		    err, CAUSE_INVALID, "cannot make a CA in '%s'", dir);
	if (!certify(dir, &server, "cert.pem", "key.pem"))
		return error_set(err, CAUSE_INVALID,
		    "cannot make a server certificate in '%s'", dir);
	return true;
}

bool
serve_tls_make_client(const char *dir, const char *name,
    const char *common_name, const char *organisation, struct error *err)
{
	const struct subject client = {
		.common_name = common_name,
		.organisation = organisation,
		.usage = "clientAuth",
	};
	struct text cert_name = { 0 };
	struct text key_name = { 0 };
	bool done;

	text_format(&cert_name, "%s.pem", name);
	text_format(&key_name, "%s-key.pem", name);
	done =
	    (is_there(dir, cert_name.data) && is_there(dir, key_name.data)) ||
	    certify(dir, &client, cert_name.data, key_name.data);
	text_done(&cert_name);
	text_done(&key_name);
	return done || error_set(err, CAUSE_INVALID,
			   "cannot make the client certificate '%s' in '%s'",
			   name, dir);
}
