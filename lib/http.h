// SPDX-License-Identifier: ISC
/*
 * http -- requests over libcurl: many at once over one HTTP/2 connection, or
 * one at a time.
 *
 * TLS trust comes from SSL_CERT_FILE and SSL_CERT_DIR (else the system's
 * directory), proxies from HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as in Go
 * programs. No redirects are followed. Every request has a time limit.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "strlist.h"
#include "text.h"

/* How to reach one server. All texts are borrowed for the life of the http. */
struct http_config {
	const char *user_agent;
	const char *ca_pem; /* CA certificates; NULL: the environment's trust */
	const char *client_cert_pem; /* client certificate and key as text */
	const char *client_key_pem;
	const char *tls_server_name; /* verified instead of the URL's host */
	const char *proxy;           /* NULL: the environment's; "": none */
	bool insecure;               /* do not verify the server */
	int64_t connect_timeout_ms;  /* 0: 10 s */
	long connections_max;        /* per host; 0: 1 */
};

struct http_answer {
	long status;      /* 0: no answer; err says why */
	struct error err; /* transport only; the status is not judged here */
	const char *body; /* NUL-terminated; empty when on_data took it */
	size_t body_n;
	const struct text *headers; /* as received, last answer only */
};

struct http_request {
	const char *method;
	const char *url;
	struct strlist headers; /* "Name: value" */
	const char *body;       /* NULL: none; borrowed until on_done */
	size_t body_n;
	size_t answer_bytes_max; /* 0: 64 MiB; more is a failure */
	int64_t timeout_ms;      /* of the whole; 0: none (a watch) */
	int64_t silence_ms;      /* longest time without a byte; 0: none */
	bool compressed;         /* ask for gzip */
	void *context;           /* handed to the callbacks */
	/* A piece of the body of an answer of this status; false cuts it off,
	 * which is no error: on_done gets the status. NULL: the body is
	 * collected into the answer. */
	bool (*on_data)(
	    void *context, long status, const char *bytes, size_t n);
	/* Once per request, in http_wait; may start further requests. */
	void (*on_done)(void *context, const struct http_answer *answer);
};

struct http;
struct http_transfer;
struct pollfd;

/* NULL only if libcurl cannot start; err says why. */
struct http *http_new(const struct http_config *config, struct error *err);
void http_free(struct http *http);

/*
 * Start a request; it runs in http_wait. Method, url, headers are copied; the
 * body is borrowed. Never fails: trouble arrives in on_done.
 */
struct http_transfer *http_start(
    struct http *http, const struct http_request *request);

/* Another limit of silence than the request named; also within on_data. */
void http_set_silence(struct http_transfer *transfer, int64_t silence_ms);

/* Requests under way. */
size_t http_active(const struct http *http);

/*
 * Let transfers run until something happened, an extra descriptor is ready
 * (its revents are set) or timeout_ms is over. Signals end it early.
 */
void http_wait(struct http *http, struct pollfd *extra, unsigned n_extra,
    int64_t timeout_ms);

/* The value of a header of an answer in out (reset first); false: absent. */
bool http_header(
    const struct http_answer *answer, const char *name, struct text *out);

/* Retry-After in milliseconds (seconds or HTTP date), 0 if absent or bad. */
int64_t http_retry_after_ms(const struct http_answer *answer);

/* The Date header in seconds since 1970, 0 if absent or bad. */
int64_t http_date_s(const struct http_answer *answer);

/* The cause that a status stands for by itself: 429 THROTTLED, 5xx TEMPORARY,
 * 401 and 403 DENIED, 404 and 410 MISSING, 409 and 412 CONFLICT, other 4xx INVALID. */
enum cause http_cause(long status);

#endif
