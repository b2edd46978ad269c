// SPDX-License-Identifier: ISC
/*
 * serve -- the HTTPS server below both simulators.
 *
 * One thread per connection, so a handler may wait: a hanging answer is a
 * handler that sleeps, a watch is a stream whose read blocks. State that
 * handlers share is guarded by the simulator's own lock.
 *
 * The server makes its certificates itself (see serve_tls.c), prints the line
 * `ready https://127.0.0.1:PORT` once it listens, writes one NDJSON line per
 * request to --log, and ends at once on SIGTERM and SIGINT. Paths below
 * /_control/ belong to the tests: they are handed to the handler like any
 * other, but never logged.
 */
#ifndef SERVE_H
#define SERVE_H

#include <jv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "text.h"

/* A request, complete with its body; lives until its answer was sent. */
struct serve_request {
	const char *method;
	const char *path;   /* without query, percent escapes decoded */
	const char *target; /* path and query as they came */
	const char *body;   /* NUL-terminated; "" when there is none */
	size_t body_n;
	bool plain;     /* came over HTTP without TLS */
	void *internal; /* serve's own */
};

/* How an answer is broken on purpose. */
enum serve_cut {
	SERVE_WHOLE,   /* not at all */
	SERVE_NOTHING, /* the connection is closed without an answer */
	SERVE_HALFWAY, /* it is closed after half of the body */
};

/* What the handler fills in; zeroed before, status 200. */
struct serve_answer {
	int status;
	struct text headers; /* see serve_header */
	struct text body;    /* sent as it is, unless there is a stream */
	enum serve_cut cut;
	bool chunked; /* the body is sent without Content-Length */
	bool close;   /* close the connection after this answer */
	/*
	 * A chunked answer without end: called again and again, in the
	 * connection's thread, to append what is to be sent now; it may block
	 * as long as it likes. false ends the answer; what was appended with
	 * it is still sent. An empty append with true checks whether the
	 * client is still there. NULL: the body is the answer.
	 */
	bool (*stream)(void *context, struct text *out);
	/* Called once when the stream is over, for whatever reason. */
	void (*stream_done)(void *context);
	void *stream_context;
	/* Cut the connection at the end of the stream, not ending it well. */
	bool stream_cut;
};

typedef void serve_handler(void *context, const struct serve_request *request,
    struct serve_answer *answer);

struct serve_config {
	int64_t port;        /* 0: any that is free */
	const char *tls_dir; /* ca.pem, cert.pem, key.pem; made when missing */
	const char *log;     /* NULL: no log of requests */
	bool plain;          /* listen for HTTP too, on a second port */
	bool client_certs;   /* ask clients for a certificate of our CA */
	serve_handler *handler;
	/* Called with https://127.0.0.1:PORT before the line `ready`, or NULL. */
	void (*on_ready)(void *context, const char *url);
	void *context;
};

/* The rows of a simulator's option table that fill a struct serve_config. */
/* clang-format off */
#define SERVE_OPTS(config) \
	{ "port", OPT_INT, &(config).port, "PORT", \
	  "listen on this port of 127.0.0.1; 0: a free one", NULL }, \
	{ "tls-dir", OPT_STRING, &(config).tls_dir, "DIR", \
	  "ca.pem, cert.pem and key.pem; made when missing", NULL }, \
	{ "log", OPT_STRING, &(config).log, "FILE", \
	  "append one NDJSON line per request", NULL }
/* clang-format on */

/*
 * Start, print `ready URL` (with config->plain before it `plain URL`) and
 * serve until SIGTERM or SIGINT, which end the process with 0. Returns only
 * when it cannot start: false, err says why. To be called from the main thread
 * before any other thread exists; config must live on.
 */
bool serve_run(const struct serve_config *config, struct error *err);

/* The value of a header or of a query parameter (decoded; names without regard
 * to case); NULL: absent. A parameter without value is "". */
const char *serve_header_of(
    const struct serve_request *request, const char *name);
const char *serve_query_of(
    const struct serve_request *request, const char *name);

/* All query parameters in order; repeated ones are told apart by i. false at
 * the end. */
bool serve_query_at(const struct serve_request *request, int i,
    const char **name, const char **value);

/* The client certificate's subject: common name and the first organisation,
 * verified against our CA. false: no such certificate was shown. */
bool serve_client_subject(const struct serve_request *request, struct text *cn,
    struct text *organisation);

/* The scheme and authority the client used: https://127.0.0.1:PORT. Where it
 * named no port, ARM's :443 is put there. Appended. */
void serve_base_url(const struct serve_request *request, struct text *out);

/* Add a header to the answer. */
void serve_header(struct serve_answer *answer, const char *name,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Make it an answer with this status and JSON body; takes value. */
void serve_json(struct serve_answer *answer, int status, jv value);

/* The same with a text that is sent under this content type. */
void serve_body(struct serve_answer *answer, int status,
    const char *content_type, const char *body);

/*
 * Make sure that dir holds ca.pem, ca-key.pem, cert.pem and key.pem: a CA and
 * a certificate of it for localhost and 127.0.0.1. Existing files are kept.
 */
bool serve_tls_make(const char *dir, struct error *err);

/* Write dir/NAME.pem and dir/NAME-key.pem: a client certificate of our CA for
 * this common name and organisation (NULL: none). Existing ones are kept. */
bool serve_tls_make_client(const char *dir, const char *name,
    const char *common_name, const char *organisation, struct error *err);

#endif
