// SPDX-License-Identifier: ISC
/*
 * serve_request -- what a handler asks of its request: headers, parameters,
 * the client's certificate, the address it used.
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <string.h>
#include <strings.h>

#include "serve_exchange.h"

static struct exchange *
exchange_of(const struct serve_request *request)
{
	return request->internal;
}

const char *
serve_header_of(const struct serve_request *request, const char *name)
{
	return MHD_lookup_connection_value(
	    exchange_of(request)->connection, MHD_HEADER_KIND, name);
}

/* A walk over the query: find a name, or the parameter at an index. */
struct query_walk {
	const char *name; /* NULL: by index */
	int i;
	const char *found_name;
	const char *found_value;
};

static enum MHD_Result
on_parameter(
    void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct query_walk *walk = context;

	(void)kind;
	if (walk->name != NULL ? strcasecmp(walk->name, name) != 0
			       : walk->i-- > 0)
		return MHD_YES;
	walk->found_name = name;
	walk->found_value = value == NULL ? "" : value;
	return MHD_NO;
}

const char *
serve_query_of(const struct serve_request *request, const char *name)
{
	struct query_walk walk = { .name = name };

	MHD_get_connection_values(exchange_of(request)->connection,
	    MHD_GET_ARGUMENT_KIND, on_parameter, &walk);
	return walk.found_value;
}

bool
serve_query_at(const struct serve_request *request, int i, const char **name,
    const char **value)
{
	struct query_walk walk = { .i = i };

	MHD_get_connection_values(exchange_of(request)->connection,
	    MHD_GET_ARGUMENT_KIND, on_parameter, &walk);
	*name = walk.found_name;
	*value = walk.found_value;
	return walk.found_name != NULL;
}

static void
read_name(gnutls_x509_crt_t cert, const char *oid, struct text *out)
{
	char value[256];
	size_t n = sizeof(value);

	text_reset(out);
	if (gnutls_x509_crt_get_dn_by_oid(cert, oid, 0, 0, value, &n) == 0)
		text_add_n(out, value, n);
}

bool
serve_client_subject(const struct serve_request *request, struct text *cn,
    struct text *organisation)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(exchange_of(request)->connection,
		MHD_CONNECTION_INFO_GNUTLS_SESSION);
	const gnutls_datum_t *chain;
	gnutls_x509_crt_t cert;
	unsigned n = 0;
	unsigned verdict = 1;
	bool shown;

	if (request->plain || info == NULL || info->tls_session == NULL)
		return false;
	chain = gnutls_certificate_get_peers(info->tls_session, &n);
	if (chain == NULL || n == 0 ||
	    gnutls_certificate_verify_peers2(info->tls_session, &verdict) < 0 ||
	    verdict != 0 || gnutls_x509_crt_init(&cert) < 0)
		return false;
	shown =
	    gnutls_x509_crt_import(cert, &chain[0], GNUTLS_X509_FMT_DER) == 0;
	if (shown) {
		read_name(cert, GNUTLS_OID_X520_COMMON_NAME, cn);
		read_name(
		    cert, GNUTLS_OID_X520_ORGANIZATION_NAME, organisation);
	}
	gnutls_x509_crt_deinit(cert);
	return shown;
}

void
serve_base_url(const struct serve_request *request, struct text *out)
{
	const char *host = serve_header_of(request, "Host");

	if (host == NULL)
		host = "127.0.0.1";
	text_format(out, "%s://%s%s", request->plain ? "http" : "https", host,
	    strchr(host, ':') == NULL && !request->plain ? ":443" : "");
}
