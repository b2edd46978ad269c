// SPDX-License-Identifier: ISC
/*
 * http -- one libcurl multi handle per server.
 *
 * A transfer is NEW until http_wait hands it to libcurl, RUNNING until
 * libcurl reports its end or the silence limit passes, CANCELLED when it was
 * stopped inside a callback, where libcurl must not be called; http_wait
 * sweeps those. So every callback may start and stop transfers.
 *
 *	NEW --http_wait--> RUNNING --end, silence--> on_done, freed
 *	 \-------- http_cancel -----/--> (CANCELLED) --> freed
 *
 * A transfer waits for the connection that exists (PIPEWAIT): with HTTP/2 all
 * share it, with HTTP/1.1 there are up to connections_max.
 *
 * Dead peers: TCP keep-alive after 30 s, and bytes that nobody acknowledged
 * for 30 s end the connection (TCP_USER_TIMEOUT).
 */
#include <assert.h>
#include <curl/curl.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "http.h"
#include "log.h"
#include "proxy.h"

#define CONNECT_TIMEOUT_MS   10000
#define ANSWER_BYTES_MAX     ((size_t)64 << 20)
#define HEADER_BYTES_MAX     ((size_t)256 << 10) /* of one answer */
#define UPLOAD_BUFFER_BYTES  16384L              /* the least libcurl takes */
#define KEEPALIVE_S          30L
#define KEEPALIVE_INTERVAL_S 10L
#define UNACKNOWLEDGED_MS    30000
#define EXTRA_MAX            8
#define SYSTEM_CERT_DIR      "/etc/ssl/certs"

enum state { NEW, RUNNING, CANCELLED };

struct http {
	struct http_config config;
	CURLM *multi;
	struct http_transfer *transfers; /* newest first */
	size_t n_transfers;              /* without cancelled ones */
	size_t n_running;
	bool inside;    /* libcurl is on the stack */
	bool happened;  /* a callback ran */
	bool hashed;    /* the system's certificate directory has an index */
	int64_t cut_ms; /* connections older than this are not used again */
};

struct http_transfer {
	struct http *http;
	struct http_transfer *next;
	struct http_request request;
	enum state state;
	CURL *easy;
	struct curl_slist *headers;
	struct curl_slist *connect_to;
	char *url;
	struct text answer_headers;
	struct text body;
	long status;
	int64_t heard_ms; /* when the last byte came */
	bool too_large;
	bool cut_off; /* on_data said so */
	char why[CURL_ERROR_SIZE];
};

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
	if (transfer->state == CANCELLED)
		return 0;
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

/* c_rehash's links `1a2b3c4d.0`: only with them a directory can be searched. */
static bool
has_hashed_certificates(const char *path)
{
	DIR *dir = opendir(path);
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

static void
set_blob(CURL *easy, CURLoption option, const char *pem)
{
	struct curl_blob blob = { 0 };

	memcpy(&blob.data, &pem, sizeof(pem));
	blob.len = strlen(pem);
	blob.flags = CURL_BLOB_COPY;
	curl_easy_setopt(easy, option, &blob);
}

/* As in Go, SSL_CERT_FILE and SSL_CERT_DIR each replace their own half. The
 * directory is preferred to the bundle, which costs 0.9 MB when loaded. */
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
	if (config->ca_file != NULL || config->ca_pem != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
		curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca_file);
		if (config->ca_pem != NULL)
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

	text_format(&line, "::%s:%s", host, port);
	add_header(&transfer->connect_to, text_str(&line));
	text_reset(&line);
	text_format(&line, "Host: %s:%s", host, port);
	if (!has_header(&transfer->request, "Host"))
		add_header(&transfer->headers, text_str(&line));
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
	curl_easy_setopt(transfer->easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(transfer->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

/* Where to: URL, server name, proxy. A bad URL is left to libcurl's report. */
static void
set_route(struct http_transfer *transfer)
{
	CURLU *parts = curl_url();
	char *scheme = NULL;
	char *host = NULL;
	char *port = NULL;

	curl_easy_setopt(transfer->easy, CURLOPT_URL, transfer->url);
	if (curl_url_set(parts, CURLUPART_URL, transfer->url, 0) == CURLUE_OK) {
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

static void
set_method(CURL *easy, const struct http_request *request)
{
	const char *method = request->method;
	bool has_body = request->body != NULL || strcmp(method, "POST") == 0;

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
	int64_t since_cut_s = (clock_ms() - http->cut_ms) / 1000;
	CURL *easy = transfer->easy;

	if (connect_ms == 0)
		connect_ms = CONNECT_TIMEOUT_MS;
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
	curl_easy_setopt(
	    easy, CURLOPT_TIMEOUT_MS, (long)transfer->request.timeout_ms);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BUFFER_BYTES);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
	curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
	if (http->cut_ms > 0)
		curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN,
		    (long)(since_cut_s > 0 ? since_cut_s : 1));
}

static void
set_up(struct http_transfer *transfer)
{
	const struct http *http = transfer->http;
	CURL *easy = transfer->easy;

	set_route(transfer);
	set_method(easy, &transfer->request);
	set_headers(transfer);
	set_limits(transfer);
	set_trust(http, easy);
	set_client_certificate(http, easy);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->why);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, http->config.user_agent);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	if (transfer->request.compressed)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
}

static CURLM *
new_multi(const struct http_config *config)
{
	CURLM *multi = curl_multi_init();
	long connections =
	    config->connections_max > 0 ? config->connections_max : 1;

	if (multi == NULL)
		return NULL;
	curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections);
	return multi;
}

struct http *
http_new(const struct http_config *config, struct error *err)
{
	struct http *http = calloc(1, sizeof(*http));

	if (http == NULL)
		log_die(STATUS_UNMET, "out of memory");
	http->config = *config;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		http->multi = new_multi(config);
	if (http->multi == NULL) {
		free(http);
		error_set(err, CAUSE_INVALID, "libcurl does not start");
		return NULL;
	}
	http->hashed = has_hashed_certificates(SYSTEM_CERT_DIR);
	return http;
}

/* -- starting and stopping ------------------------------------------------ */

struct http_transfer *
http_start(struct http *http, const struct http_request *request)
{
	struct http_transfer *transfer = calloc(1, sizeof(*transfer));

	if (transfer == NULL || (transfer->easy = curl_easy_init()) == NULL)
		log_die(STATUS_UNMET, "out of memory");
	transfer->http = http;
	transfer->request = *request;
	transfer->url = text_dup(request->url);
	transfer->heard_ms = clock_ms();
	set_up(transfer);
	/* What was copied into libcurl is not ours to read again. */
	transfer->request.headers = (struct strlist){ 0 };
	transfer->request.url = transfer->url;
	transfer->next = http->transfers;
	http->transfers = transfer;
	http->n_transfers++;
	return transfer;
}

static void
free_transfer(struct http_transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->connect_to);
	text_done(&transfer->answer_headers);
	if (transfer->body.data != NULL) /* it may have held a token */
		explicit_bzero(transfer->body.data, transfer->body.size);
	text_done(&transfer->body);
	free(transfer->url);
	free(transfer);
}

/* Take out of libcurl and of the list; the caller frees. */
static void
detach(struct http *http, struct http_transfer *transfer, bool running)
{
	struct http_transfer **link = &http->transfers;

	while (*link != transfer)
		link = &(*link)->next;
	*link = transfer->next;
	if (transfer->state != CANCELLED)
		http->n_transfers--;
	if (running) {
		curl_multi_remove_handle(http->multi, transfer->easy);
		http->n_running--;
	}
}

void
http_cancel(struct http *http, struct http_transfer *transfer)
{
	bool running = transfer->state == RUNNING;

	assert(transfer->state != CANCELLED);
	if (http->inside && running) {
		transfer->state = CANCELLED;
		http->n_transfers--;
		return;
	}
	detach(http, transfer, running);
	free_transfer(transfer);
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	while (http->transfers != NULL) {
		struct http_transfer *transfer = http->transfers;

		detach(http, transfer, transfer->state != NEW);
		free_transfer(transfer);
	}
	curl_multi_cleanup(http->multi);
	curl_global_cleanup();
	free(http);
}

size_t
http_active(const struct http *http)
{
	return http->n_transfers;
}

void
http_reconnect(struct http *http)
{
	http->cut_ms = clock_ms();
	if (http->n_running > 0)
		return;
	curl_multi_cleanup(http->multi);
	http->multi = new_multi(&http->config);
	if (http->multi == NULL)
		log_die(STATUS_UNMET, "out of memory");
}

/* -- running -------------------------------------------------------------- */

/* clang-format off */
/* A word for what libcurl reports; what is not here is "Transport". */
static const struct {
	CURLcode result;
	enum cause cause;
	const char *code;
} troubles[] = {
	{ CURLE_URL_MALFORMAT,           CAUSE_INVALID,   "BadUrl" },
	{ CURLE_UNSUPPORTED_PROTOCOL,    CAUSE_INVALID,   "BadUrl" },
	{ CURLE_SSL_CERTPROBLEM,         CAUSE_INVALID,   "BadCertificate" },
	{ CURLE_SSL_CACERT_BADFILE,      CAUSE_INVALID,   "BadTrust" },
	{ CURLE_PEER_FAILED_VERIFICATION, CAUSE_TEMPORARY, "Untrusted" },
	{ CURLE_SSL_CONNECT_ERROR,       CAUSE_TEMPORARY, "Tls" },
	{ CURLE_COULDNT_RESOLVE_HOST,    CAUSE_TEMPORARY, "NotResolved" },
	{ CURLE_COULDNT_RESOLVE_PROXY,   CAUSE_TEMPORARY, "NotResolved" },
	{ CURLE_COULDNT_CONNECT,         CAUSE_TEMPORARY, "NotConnected" },
	{ CURLE_OPERATION_TIMEDOUT,      CAUSE_TEMPORARY, "TimedOut" },
};
/* clang-format on */

/* What failed, where and why; never the query, which may name an identity. */
static void
describe(
    const struct http_transfer *transfer, CURLcode result, struct error *err)
{
	enum cause cause = CAUSE_TEMPORARY;
	const char *code = "Transport";
	const char *why =
	    *transfer->why != '\0' ? transfer->why : curl_easy_strerror(result);

	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (troubles[i].result == result) {
			cause = troubles[i].cause;
			code = troubles[i].code;
		}
	if (transfer->too_large) {
		cause = CAUSE_INVALID;
		code = "TooLarge";
		why = "the answer is too large";
	}
	error_set(err, cause, "%.*s: %s", (int)strcspn(transfer->url, "?"),
	    transfer->url, why);
	strcpy(err->code, code);
}

static void
finish(struct http *http, struct http_transfer *transfer, CURLcode result)
{
	struct http_answer answer = { 0 };

	if (result == CURLE_OK || transfer->cut_off)
		curl_easy_getinfo(
		    transfer->easy, CURLINFO_RESPONSE_CODE, &answer.status);
	else
		describe(transfer, result, &answer.err);
	detach(http, transfer, true);
	answer.body = text_str(&transfer->body);
	answer.body_n = transfer->body.n;
	answer.headers = &transfer->answer_headers;
	http->happened = true;
	if (transfer->state != CANCELLED && transfer->request.on_done != NULL)
		transfer->request.on_done(transfer->request.context, &answer);
	free_transfer(transfer);
}

/* Hand over what is new, free what was cancelled, end what fell silent; the
 * time until the next silence is over, at most timeout_ms. */
static int64_t
sweep(struct http *http, int64_t timeout_ms)
{
	int64_t now_ms = clock_ms();
	struct http_transfer *transfer = http->transfers;

	while (transfer != NULL) {
		int64_t left_ms =
		    transfer->request.silence_ms + transfer->heard_ms - now_ms;

		if (transfer->state == NEW) {
			transfer->state = RUNNING;
			http->n_running++;
			curl_multi_add_handle(http->multi, transfer->easy);
			timeout_ms = 0;
		} else if (transfer->state == CANCELLED) {
			detach(http, transfer, true);
			free_transfer(transfer);
			transfer = http->transfers; /* the list has changed */
			continue;
		} else if (transfer->request.silence_ms > 0 && left_ms <= 0) {
			strcpy(transfer->why, "no byte for too long");
			finish(http, transfer, CURLE_OPERATION_TIMEDOUT);
			transfer = http->transfers;
			continue;
		}
		if (transfer->request.silence_ms > 0 && left_ms < timeout_ms)
			timeout_ms = left_ms > 0 ? left_ms : 0;
		transfer = transfer->next;
	}
	return timeout_ms;
}

static void
perform(struct http *http)
{
	CURLMsg *message;
	int running;
	int left;

	http->inside = true;
	curl_multi_perform(http->multi, &running);
	http->inside = false;
	while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
		struct http_transfer *transfer = NULL;
		CURLcode result = message->data.result;

		curl_easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, &transfer);
		finish(http, transfer, result);
	}
}

void
http_wait(struct http *http, struct pollfd *extra, unsigned n_extra,
    int64_t timeout_ms)
{
	struct curl_waitfd waits[EXTRA_MAX];
	unsigned n_waits = 0;

	assert(n_extra <= EXTRA_MAX);
	for (unsigned i = 0; i < n_extra; i++) {
		if (extra[i].fd < 0)
			continue;
		waits[n_waits].fd = extra[i].fd;
		waits[n_waits].events =
		    (short)((extra[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
			    (extra[i].events & POLLOUT ? CURL_WAIT_POLLOUT
						       : 0));
		waits[n_waits++].revents = 0;
	}
	http->happened = false;
	timeout_ms = sweep(http, timeout_ms);
	perform(http);
	if (http->happened)
		timeout_ms = 0;
	curl_multi_poll(http->multi, waits, n_waits, (int)timeout_ms, NULL);
	perform(http);
	/* libcurl does not tell of hang-ups and errors, so ask again. */
	if (n_extra > 0)
		(void)poll(extra, n_extra, 0);
}

/* -- answers -------------------------------------------------------------- */

bool
http_header(
    const struct http_answer *answer, const char *name, struct text *out)
{
	const char *line = text_str(answer->headers);
	size_t n = strlen(name);

	text_reset(out);
	for (; *line != '\0'; line += strcspn(line, "\n")) {
		const char *value;
		size_t n_value;

		line += strspn(line, "\n");
		if (strncasecmp(line, name, n) != 0 || line[n] != ':')
			continue;
		value = line + n + 1;
		value += strspn(value, " \t");
		n_value = strcspn(value, "\r\n");
		while (n_value > 0 && strchr(" \t", value[n_value - 1]) != NULL)
			n_value--;
		text_add_n(out, value, n_value);
		return true;
	}
	return false;
}

int64_t
http_retry_after_ms(const struct http_answer *answer)
{
	struct text value = { 0 };
	int64_t ms = 0;

	if (http_header(answer, "Retry-After", &value) && value.n > 0) {
		const char *text = text_str(&value);
		size_t digits = strspn(text, "0123456789");

		if (digits == value.n && digits < 10) {
			ms = strtoll(text, NULL, 10) * 1000;
		} else if (digits != value.n) {
			time_t when = curl_getdate(text, NULL);

			ms = when < 0 ? 0 : (when - clock_unix_s()) * 1000;
		}
	}
	text_done(&value);
	return ms > 0 ? ms : 0;
}

enum cause
http_cause(long status)
{
	switch (status) {
	case 401:
	case 403:
		return CAUSE_DENIED;
	case 404:
	case 410:
		return CAUSE_MISSING;
	case 408:
		return CAUSE_TEMPORARY;
	case 409:
	case 412:
		return CAUSE_CONFLICT;
	case 429:
		return CAUSE_THROTTLED;
	}
	if (status >= 500 || status == 0)
		return CAUSE_TEMPORARY;
	return status >= 400 ? CAUSE_INVALID : CAUSE_NONE;
}
