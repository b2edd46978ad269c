// SPDX-License-Identifier: ISC
/*
 * http_setup -- a request as libcurl options, and libcurl's calls back.
 *
 * Trust: as in Go, SSL_CERT_FILE and SSL_CERT_DIR each replace their own half
 * of the system's. The directory is preferred to the bundle, which costs
 * 0.9 MB when loaded, but it can be searched only if it has an index.
 *
 * A transfer is set up once and then serves many requests, as a rule to one
 * server. libcurl is slow with long URLs: it takes them apart and prints them
 * several times for each request. So of https it is told the server alone, and
 * the rest as the request target, which it sends as it stands.
 *
 * Dead peers: TCP keep-alive after 30 s, and bytes that nobody acknowledged
 * for 30 s end the connection (TCP_USER_TIMEOUT).
 */
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "heap.h"
#include "http_setup.h"
#include "log.h"
#include "proxy.h"

#define CONNECT_TIMEOUT_MS   10000
#define ANSWER_BYTES_MAX     ((size_t)64 << 20)
#define HEADER_BYTES_MAX     ((size_t)256 << 10) /* of one answer */
#define UPLOAD_BUFFER_BYTES  16384L              /* the least libcurl takes */
#define KEEPALIVE_S          30L
#define KEEPALIVE_INTERVAL_S 10L
#define UNACKNOWLEDGED_MS    30000
#define SYSTEM_CERT_DIR      "/etc/ssl/certs"

/* -- the transfer as libcurl sees it -------------------------------------- */

static size_t
on_header(char *bytes, size_t size, size_t n, void *user)
{
	struct http_transfer *transfer = user;

	n *= size;
	transfer->heard_ms = clock_ms();
	if (n >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
		text_reset(&transfer->answer_headers);
	if (transfer->answer_headers.n + n > HEADER_BYTES_MAX) {
		transfer->too_large = true;
		return 0;
	}
	text_add_n(&transfer->answer_headers, bytes, n);
	return n;
}

static size_t
collect(struct http_transfer *transfer, const char *bytes, size_t n)
{
	size_t max = transfer->request.answer_bytes_max;

	if (max == 0)
		max = ANSWER_BYTES_MAX;
	if (n > max - transfer->body.n) {
		transfer->too_large = true;
		return 0;
	}
	text_add_n(&transfer->body, bytes, n);
	return n;
}

static size_t
on_body(char *bytes, size_t size, size_t n, void *user)
{
	struct http_transfer *transfer = user;
	const struct http_request *request = &transfer->request;

	n *= size;
	transfer->heard_ms = clock_ms();
	if (request->on_data == NULL)
		return collect(transfer, bytes, n);
	curl_easy_getinfo(
	    transfer->easy, CURLINFO_RESPONSE_CODE, &transfer->status);
	transfer->http->happened = true;
	if (request->on_data(request->context, transfer->status, bytes, n))
		return n;
	transfer->cut_off = true;
	return 0;
}

static int
on_socket(void *user, curl_socket_t fd, curlsocktype purpose)
{
	int limit_ms = UNACKNOWLEDGED_MS;

	(void)user;
	(void)purpose;
	setsockopt(
	    fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof(limit_ms));
	return CURL_SOCKOPT_OK;
}

/* -- setting up ----------------------------------------------------------- */

static void
set_blob(CURL *easy, CURLoption option, const char *pem)
{
	struct curl_blob blob = { 0 };

	memcpy(&blob.data, &pem, sizeof(pem));
	blob.len = strlen(pem);
	blob.flags = CURL_BLOB_COPY;
	curl_easy_setopt(easy, option, &blob);
}

static void
set_trust(const struct http *http, CURL *easy)
{
	const struct http_config *config = &http->config;
	const char *file = getenv("SSL_CERT_FILE");
	const char *directory = getenv("SSL_CERT_DIR");

	if (config->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (config->ca_pem != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
		curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
		set_blob(easy, CURLOPT_CAINFO_BLOB, config->ca_pem);
		return;
	}
	if (directory == NULL || *directory == '\0')
		directory = http->hashed ? SYSTEM_CERT_DIR : NULL;
	if (file != NULL && *file != '\0')
		curl_easy_setopt(easy, CURLOPT_CAINFO, file);
	else if (directory != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, directory);
}

static void
set_client_certificate(const struct http *http, CURL *easy)
{
	const struct http_config *config = &http->config;

	if (config->client_cert_pem == NULL)
		return;
	curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
	set_blob(easy, CURLOPT_SSLCERT_BLOB, config->client_cert_pem);
	curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
	if (config->client_key_pem != NULL)
		set_blob(easy, CURLOPT_SSLKEY_BLOB, config->client_key_pem);
}

static bool
has_header(const struct http_request *request, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < request->headers.n; i++) {
		const char *header = request->headers.items[i];

		if (strncasecmp(header, name, n) == 0 && header[n] == ':')
			return true;
	}
	return false;
}

static void
add_header(struct curl_slist **list, const char *header)
{
	struct curl_slist *longer = curl_slist_append(*list, header);

	if (longer == NULL)
		log_die(STATUS_UNMET, "out of memory");
	*list = longer;
}

/*
 * Verify another name than the URL's: ask for that name, but connect to where
 * the URL points and keep its Host (kubeconfig's tls-server-name).
 */
static void
set_server_name(struct http_transfer *transfer, CURLU *parts, const char *host,
    const char *port)
{
	struct text line = { 0 };
	char *url = NULL;

	curl_slist_free_all(transfer->connect_to);
	transfer->connect_to = NULL;
	text_format(&line, "::%s:%s", host, port);
	add_header(&transfer->connect_to, text_str(&line));
	text_reset(&line);
	text_format(&line, "Host: %s:%s", host, port);
	free(transfer->host);
	transfer->host = heap_copy(text_str(&line));
	text_done(&line);

	curl_url_set(
	    parts, CURLUPART_HOST, transfer->http->config.tls_server_name, 0);
	if (curl_url_get(parts, CURLUPART_URL, &url, 0) == CURLUE_OK)
		curl_easy_setopt(transfer->easy, CURLOPT_URL, url);
	curl_free(url);
	curl_easy_setopt(
	    transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to);
}

static void
set_proxy(struct http_transfer *transfer, const char *scheme, const char *host,
    const char *port)
{
	const char *proxy = transfer->http->config.proxy;
	char bare[INET6_ADDRSTRLEN + 1];
	size_t n = strlen(host);

	if (*host == '[' && n - 2 < sizeof(bare)) {
		memcpy(bare, host + 1, n - 2);
		bare[n - 2] = '\0';
		host = bare;
	}
	if (proxy == NULL)
		proxy = proxy_find(scheme, host, port);
	curl_easy_setopt(
	    transfer->easy, CURLOPT_PROXY, proxy != NULL ? proxy : "");
}

/* Where to: URL, server name, proxy. A bad URL is left to libcurl's report. */
static void
set_route(struct http_transfer *transfer)
{
	CURLU *parts = curl_url();
	char *scheme = NULL;
	char *host = NULL;
	char *port = NULL;

	curl_easy_setopt(transfer->easy, CURLOPT_URL, transfer->base);
	if (curl_url_set(parts, CURLUPART_URL, transfer->base, 0) ==
	    CURLUE_OK) {
		curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0);
		curl_url_get(parts, CURLUPART_HOST, &host, 0);
		curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
	}
	if (scheme != NULL && host != NULL && port != NULL) {
		set_proxy(transfer, scheme, host, port);
		if (transfer->http->config.tls_server_name != NULL)
			set_server_name(transfer, parts, host, port);
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parts);
}

/*
 * How many bytes of a URL name the server; all of them where libcurl is to
 * judge the rest (a character that no URL has) or needs it (a proxy of http).
 */
static size_t
base_bytes(const char *url)
{
	static const char scheme[] = "https://";
	size_t n = strlen(scheme);

	if (strncmp(url, scheme, n) != 0)
		return strlen(url);
	n += strcspn(url + n, "/?#");
	if (url[n] != '/')
		return strlen(url);
	for (const char *at = url + n; *at != '\0'; at++) {
		if (*at <= ' ' || *at > '~' || *at == '#')
			return strlen(url);
	}
	return n;
}

static void
set_url(struct http_transfer *transfer)
{
	size_t n = base_bytes(transfer->url);
	const char *target = transfer->url + n;

	if (transfer->base == NULL || strlen(transfer->base) != n ||
	    memcmp(transfer->base, transfer->url, n) != 0) {
		free(transfer->base);
		transfer->base = heap_copy_n(transfer->url, n);
		set_route(transfer);
	}
	curl_easy_setopt(transfer->easy, CURLOPT_REQUEST_TARGET,
	    *target != '\0' ? target : NULL);
}

static void
set_method(CURL *easy, const struct http_request *request)
{
	const char *method = request->method;
	bool has_body = request->body != NULL || strcmp(method, "POST") == 0;

	curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L); /* no body as yet */
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	if (has_body) {
		curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)request->body_n);
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
		    request->body != NULL ? request->body : "");
	}
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
}

static void
set_headers(struct http_transfer *transfer)
{
	const struct http_request *request = &transfer->request;

	for (size_t i = 0; i < request->headers.n; i++)
		add_header(&transfer->headers, request->headers.items[i]);
	if (transfer->host != NULL && !has_header(request, "Host"))
		add_header(&transfer->headers, transfer->host);
	/* What libcurl would add by itself: a second round trip, a guess. */
	add_header(&transfer->headers, "Expect:");
	if (!has_header(request, "Content-Type"))
		add_header(&transfer->headers, "Content-Type:");
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static void
set_limits(struct http_transfer *transfer)
{
	const struct http *http = transfer->http;
	int64_t connect_ms = http->config.connect_timeout_ms;
	CURL *easy = transfer->easy;

	if (connect_ms == 0)
		connect_ms = CONNECT_TIMEOUT_MS;
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BUFFER_BYTES);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
	curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
}

/*
 * libcurl sends a request again by itself when a connection that was used
 * before ends without an answer. What is not a GET may have been carried out:
 * whoever asked has to know, and decides.
 */
static int
/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's type */
on_send(void *context, char *peer, char *self, int peer_port, int self_port)
{
	struct http_transfer *transfer = context;
	bool is_again = transfer->is_sent;

	(void)peer, (void)self, (void)peer_port, (void)self_port;
	transfer->is_sent = true;
	return is_again && !transfer->is_read ? CURL_PREREQFUNC_ABORT
					      : CURL_PREREQFUNC_OK;
}

void
http_setup_transfer(struct http_transfer *transfer)
{
	const struct http *http = transfer->http;
	CURL *easy = transfer->easy;

	set_limits(transfer);
	set_trust(http, easy);
	set_client_certificate(http, easy);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->why);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_send);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, http->config.user_agent);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, ""); /* proxy.c has decided */
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

void
http_setup_request(struct http_transfer *transfer)
{
	const struct http_request *request = &transfer->request;
	CURL *easy = transfer->easy;

	transfer->is_read = strcmp(request->method, "GET") == 0;
	set_url(transfer);
	set_method(easy, request);
	set_headers(transfer);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	curl_easy_setopt(
	    easy, CURLOPT_ACCEPT_ENCODING, request->compressed ? "gzip" : NULL);
}

/* c_rehash's links `1a2b3c4d.0`: only with them a directory can be searched. */
bool
http_setup_is_hashed(void)
{
	DIR *dir = opendir(SYSTEM_CERT_DIR);
	const struct dirent *entry;
	bool found = false;

	if (dir == NULL)
		return false;
	while (!found && (entry = readdir(dir)) != NULL)
		found = strspn(entry->d_name, "0123456789abcdef") == 8 &&
			strcmp(entry->d_name + 8, ".0") == 0;
	closedir(dir);
	return found;
}
