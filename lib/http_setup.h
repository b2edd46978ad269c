// SPDX-License-Identifier: ISC
/*
 * http_setup -- the inside of http: a transfer as libcurl sees it.
 *
 * For http.c alone.
 */
#ifndef HTTP_SETUP_H
#define HTTP_SETUP_H

#include <curl/curl.h>

#include "http.h"

enum http_state { NEW, RUNNING, CANCELLED };

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
	enum http_state state;
	CURL *easy;
	struct curl_slist *headers;
	struct curl_slist *connect_to;
	char *url;
	struct text answer_headers;
	struct text body;
	long status;
	int64_t heard_ms; /* when the last byte came */
	bool is_read;     /* a GET: may be sent twice */
	bool is_sent;     /* a request went out */
	bool too_large;
	bool cut_off; /* on_data said so */
	char why[CURL_ERROR_SIZE];
};

/* Tell libcurl all about a transfer: where to, what, limits, trust, calls. */
void http_setup_transfer(struct http_transfer *transfer);

/* true if the system's certificate directory can be searched. */
bool http_setup_is_hashed(void);

#endif
