// SPDX-License-Identifier: ISC
/*
 * http_setup -- a transfer as libcurl sees it; for http.c alone.
 */
#ifndef HTTP_SETUP_H
#define HTTP_SETUP_H

#include <curl/curl.h>

#include "http.h"

struct http {
	struct http_config config;
	CURLM *multi;
	struct http_transfer *transfers; /* newest first */
	size_t n_transfers;
	struct http_transfer *idle; /* set up, for requests to come */
	size_t n_idle;
	bool happened; /* a callback ran */
	bool hashed;   /* the system's certificate directory has an index */
};

struct http_transfer {
	struct http *http;
	struct http_transfer *next;
	struct http_request request;
	CURL *easy;
	struct curl_slist *headers;
	struct curl_slist *connect_to;
	char *base; /* the part of the URL that libcurl parses */
	char *host; /* "Host: ..." where it is not the base's, or NULL */
	char *url;
	struct text answer_headers;
	struct text body;
	long status;
	int64_t heard_ms; /* when the last byte came */
	bool is_running;  /* libcurl has it */
	bool is_read;     /* a GET: may be sent twice */
	bool is_sent;     /* a request went out */
	bool too_large;
	bool cut_off; /* on_data said so */
	char why[CURL_ERROR_SIZE];
};

/* Tell libcurl what is alike for all requests: limits, trust, calls. */
void http_setup_transfer(struct http_transfer *transfer);

/* Tell libcurl about the request of a transfer: where to and what. */
void http_setup_request(struct http_transfer *transfer);

/* true if the system's certificate directory can be searched. */
bool http_setup_is_hashed(void);

#endif
