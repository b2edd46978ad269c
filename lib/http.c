// SPDX-License-Identifier: ISC
/*
 * http -- one libcurl multi handle per server.
 *
 * A transfer is handed to libcurl by http_wait, not before: so every callback
 * may start another. It ends when libcurl reports its end or the silence limit
 * passes: on_done, then it is kept for the next request.
 *
 * A transfer waits for the connection that exists (PIPEWAIT): with HTTP/2 all
 * share it, with HTTP/1.1 there are up to connections_max.
 */
#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "count.h"
#include "heap.h"
#include "http_setup.h"
#include "log.h"

#define EXTRA_MAX 8

/*
 * What libgnutls asks the program when it is loaded (gnutls.h,
 * GNUTLS_SKIP_GLOBAL_INIT): whether to leave out its self tests and PKCS #11.
 * It comes along with libcurl for LDAP and RTMP, which no request of ours is.
 */
int http_is_without_gnutls(void) __asm__("_gnutls_global_init_skip");

int
http_is_without_gnutls(void)
{
	return 1;
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
	struct http *http = heap_new(sizeof(*http));

	http->config = *config;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		http->multi = new_multi(config);
	if (http->multi == NULL) {
		free(http);
		error_set(err, CAUSE_INVALID, "libcurl does not start");
		return NULL;
	}
	http->hashed = http_setup_is_hashed();
	return http;
}

/* -- starting ------------------------------------------------------------- */

static struct http_transfer *
take_transfer(struct http *http)
{
	struct http_transfer *transfer = http->idle;

	if (transfer != NULL) {
		http->idle = transfer->next;
		http->n_idle--;
		return transfer;
	}
	transfer = heap_new(sizeof(*transfer));
	transfer->easy = curl_easy_init();
	if (transfer->easy == NULL)
		log_die(STATUS_UNMET, "out of memory");
	transfer->http = http;
	http_setup_transfer(transfer);
	return transfer;
}

struct http_transfer *
http_start(struct http *http, const struct http_request *request)
{
	struct http_transfer *transfer = take_transfer(http);

	transfer->request = *request;
	transfer->url = heap_copy(request->url);
	transfer->heard_ms = clock_ms();
	http_setup_request(transfer);
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
	text_wipe(&transfer->body); /* it may hold a token */
	free(transfer->base);
	free(transfer->host);
	free(transfer->url);
	free(transfer);
}

static void
free_all(struct http_transfer *transfer)
{
	struct http_transfer *next;

	for (; transfer != NULL; transfer = next) {
		next = transfer->next;
		free_transfer(transfer);
	}
}

/* Ready for another request; as many are kept as are running, or one. */
static void
put_away(struct http *http, struct http_transfer *transfer)
{
	if (http->n_idle > 0 && http->n_idle >= http->n_transfers) {
		free_transfer(transfer);
		return;
	}
	text_wipe(&transfer->body); /* it may hold a token */
	text_reset(&transfer->answer_headers);
	curl_slist_free_all(transfer->headers);
	free(transfer->url);
	*transfer = (struct http_transfer){
		.http = http,
		.next = http->idle,
		.easy = transfer->easy,
		.connect_to = transfer->connect_to,
		.base = transfer->base,
		.host = transfer->host,
		.answer_headers = transfer->answer_headers,
	};
	http->idle = transfer;
	http->n_idle++;
}

/* Take out of libcurl and of the list. */
static void
detach(struct http *http, struct http_transfer *transfer)
{
	struct http_transfer **link = &http->transfers;

	while (*link != NULL && *link != transfer)
		link = &(*link)->next;
	assert(*link != NULL);
	*link = transfer->next;
	http->n_transfers--;
	if (transfer->is_running)
		curl_multi_remove_handle(http->multi, transfer->easy);
}

void
http_free(struct http *http)
{
	if (http == NULL)
		return;
	for (struct http_transfer *running = http->transfers; running != NULL;
	     running = running->next) {
		if (running->is_running)
			curl_multi_remove_handle(http->multi, running->easy);
	}
	free_all(http->transfers);
	free_all(http->idle);
	curl_multi_cleanup(http->multi);
	curl_global_cleanup();
	free(http);
}

void
http_set_silence(struct http_transfer *transfer, int64_t silence_ms)
{
	transfer->request.silence_ms = silence_ms;
}

size_t
http_active(const struct http *http)
{
	return http->n_transfers;
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

	for (size_t i = 0; i < COUNT(troubles); i++)
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
	snprintf(err->code, sizeof(err->code), "%s", code);
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
	detach(http, transfer);
	answer.body = text_str(&transfer->body);
	answer.body_n = transfer->body.n;
	answer.headers = &transfer->answer_headers;
	http->happened = true;
	if (transfer->request.on_done != NULL)
		transfer->request.on_done(transfer->request.context, &answer);
	put_away(http, transfer);
}

/* Hand over what is new, end what fell silent; the time until the next silence
 * is over, at most timeout_ms. */
static int64_t
sweep(struct http *http, int64_t timeout_ms)
{
	int64_t now_ms = clock_ms();
	struct http_transfer *transfer = http->transfers;

	while (transfer != NULL) {
		int64_t left_ms =
		    transfer->request.silence_ms + transfer->heard_ms - now_ms;

		if (!transfer->is_running) {
			transfer->is_running = true;
			curl_multi_add_handle(http->multi, transfer->easy);
			timeout_ms = 0;
		} else if (transfer->request.silence_ms > 0 && left_ms <= 0) {
			snprintf(transfer->why, sizeof(transfer->why),
			    "no byte for too long");
			finish(http, transfer, CURLE_OPERATION_TIMEDOUT);
			transfer = http->transfers; /* the list has changed */
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

	curl_multi_perform(http->multi, &running);
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
