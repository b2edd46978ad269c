// SPDX-License-Identifier: ISC
/*
 * http_test -- http and proxy: reading headers of an answer, NO_PROXY as Go reads it, and
 * transfers against a server of one thread that answers a fixed text.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "http.h"
#include "proxy.h"
#include "tap.h"

static void
ok(bool good, const char *what)
{
	tap_check(good, what, "");
}

static void
test_headers(void)
{
	struct text headers = { 0 };
	struct text value = { 0 };
	struct http_answer answer = { .headers = &headers };

	text_add(&headers, "HTTP/1.1 429 Too Many\r\nretry-after:  17 \r\n"
			   "X-Empty:\r\nETag: \"a:b\"\r\n\r\n");
	ok(http_header(&answer, "Retry-After", &value) &&
		strcmp(text_str(&value), "17") == 0,
	    "a header is found in any case and trimmed");
	ok(http_header(&answer, "X-Empty", &value) && value.n == 0,
	    "an empty header is there");
	ok(http_header(&answer, "etag", &value) &&
		strcmp(text_str(&value), "\"a:b\"") == 0,
	    "a value may hold colons");
	ok(!http_header(&answer, "Retry", &value), "no header by its start");
	ok(http_retry_after_ms(&answer) == 17000, "Retry-After in seconds");
	text_reset(&headers);
	text_add(&headers, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n");
	ok(http_retry_after_ms(&answer) == 0, "Retry-After in the past");
	text_reset(&headers);
	text_add(&headers, "Retry-After: Fri, 31 Dec 2094 23:59:59 GMT\r\n");
	ok(http_retry_after_ms(&answer) > 1000, "Retry-After as a date");
	text_reset(&headers);
	text_add(&headers, "Retry-After: soon\r\n");
	ok(http_retry_after_ms(&answer) == 0, "Retry-After that is neither");
	text_done(&headers);
	text_done(&value);
}

static const struct {
	const char *list;
	const char *host;
	const char *port;
	bool excluded;
} no_proxy[] = {
	{ "example.com", "example.com", "443", true },
	{ "example.com", "a.Example.com", "443", true },
	{ "example.com", "badexample.com", "443", false },
	{ ".example.com", "example.com", "443", false },
	{ ".example.com", "a.example.com", "443", true },
	{ "*.example.com", "a.example.com", "443", true },
	{ "a, b ,10.0.0.0/8", "10.1.2.3", "443", true },
	{ "10.0.0.0/8", "11.1.2.3", "443", false },
	{ "10.0.0.1:8443", "10.0.0.1", "8443", true },
	{ "10.0.0.1:8443", "10.0.0.1", "443", false },
	{ "example.com:80", "example.com", "443", false },
	{ "[fd00::1]:443", "fd00::1", "443", true },
	{ "fd00::/8", "fd00::1", "443", true },
	{ "*", "anything", "1", true },
	{ "", "anything", "1", false },
};

static void
test_proxy(void)
{
	for (size_t i = 0; i < sizeof(no_proxy) / sizeof(no_proxy[0]); i++)
		ok(proxy_is_excluded(no_proxy[i].list, no_proxy[i].host,
		       no_proxy[i].port) == no_proxy[i].excluded,
		    no_proxy[i].list);
	setenv("HTTPS_PROXY", "http://p:1", 1);
	ok(proxy_find("https", "127.0.0.9", "443") == NULL &&
		proxy_find("https", "localhost", "443") == NULL &&
		proxy_find("https", "::1", "443") == NULL,
	    "this host is never proxied");
	ok(proxy_find("https", "example.com", "443") != NULL &&
		proxy_find("http", "example.com", "80") == NULL,
	    "HTTPS_PROXY is for https");
	unsetenv("HTTPS_PROXY");
}

/* -- transfers ------------------------------------------------------------ */

static int listener;
static char base_url[64];

/* /silent says nothing after its headers; all else answers at once. */
static void
answer_one(int fd)
{
	char request[4096];
	size_t n = 0;
	const char *reply = "HTTP/1.1 200 OK\r\nX-A: b\r\n"
			    "Content-Length: 5\r\n\r\nhello";

	while (n < sizeof(request) - 1) {
		ssize_t got = read(fd, request + n, sizeof(request) - 1 - n);

		if (got <= 0)
			break;
		n += (size_t)got;
		request[n] = '\0';
		if (strstr(request, "\r\n\r\n") == NULL)
			continue;
		if (strstr(request, "/silent") != NULL)
			reply = "HTTP/1.1 200 OK\r\n"
				"Content-Length: 5\r\n\r\nh";
		if (write(fd, reply, strlen(reply)) < 0)
			break;
		n = 0;
	}
	close(fd);
}

static void *
serve(void *unused)
{
	int fd;

	(void)unused;
	while ((fd = accept(listener, NULL, NULL)) >= 0)
		answer_one(fd);
	return NULL;
}

static void
start_server(pthread_t *thread)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t n = sizeof(address);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	(void)bind(listener, (struct sockaddr *)&address, n);
	listen(listener, 8);
	getsockname(listener, (struct sockaddr *)&address, &n);
	snprintf(base_url, sizeof(base_url), "http://127.0.0.1:%d",
	    ntohs(address.sin_port));
	pthread_create(thread, NULL, serve, NULL);
}

struct seen {
	struct http *http;
	int done;
	long status;
	char body[64];
	char code[64];
	bool again;
};

static void
on_done(void *context, const struct http_answer *answer)
{
	struct seen *seen = context;

	seen->done++;
	seen->status = answer->status;
	snprintf(seen->body, sizeof(seen->body), "%s", answer->body);
	snprintf(seen->code, sizeof(seen->code), "%s", answer->err.code);
	if (seen->again) {
		struct http_request request = { .method = "GET",
			.url = base_url,
			.context = seen,
			.on_done = on_done };

		seen->again = false;
		http_start(seen->http, &request);
	}
}

static bool
refuse(void *context, long status, const char *bytes, size_t n)
{
	(void)context;
	(void)status;
	(void)bytes;
	(void)n;
	return false;
}

static void
run(struct seen *seen, struct http_request *request)
{
	request->context = seen;
	request->on_done = on_done;
	if (request->method == NULL)
		request->method = "GET";
	http_start(seen->http, request);
	while (http_active(seen->http) > 0)
		http_wait(seen->http, NULL, 0, 1000);
}

static void
test_transfers(void)
{
	const struct http_config config = { .user_agent = "test" };
	struct seen seen = { .http = http_new(&config, NULL) };
	struct http_request plain = { .url = base_url };
	struct http_request small = { .url = base_url, .answer_bytes_max = 4 };
	struct http_request cut = { .url = base_url, .on_data = refuse };
	struct http_request bad = { .url = "gopher://127.0.0.1/" };
	struct http_request split = { .url = "https://127.0.0.1:1/a b" };
	struct http_request silent = { .silence_ms = 50 };
	char url[96];

	seen.again = true;
	run(&seen, &plain);
	ok(seen.done == 2 && seen.status == 200 &&
		strcmp(seen.body, "hello") == 0,
	    "a request may start the next one when it is done");
	run(&seen, &small);
	ok(seen.status == 0 && strcmp(seen.code, "TooLarge") == 0,
	    "an answer above its limit is a failure");
	run(&seen, &cut);
	ok(seen.status == 200 && strcmp(seen.body, "") == 0,
	    "on_data can cut an answer off");
	run(&seen, &bad);
	ok(seen.status == 0 && strcmp(seen.code, "BadUrl") == 0,
	    "only http and https");
	run(&seen, &split);
	ok(seen.status == 0 && strcmp(seen.code, "BadUrl") == 0,
	    "a blank in a URL does not reach the request line");
	snprintf(url, sizeof(url), "%s/silent", base_url);
	silent.url = url;
	run(&seen, &silent);
	ok(seen.status == 0 && strcmp(seen.code, "TimedOut") == 0,
	    "silence ends a transfer");
	http_free(seen.http);
}

static void
test_extra(void)
{
	const struct http_config config = { .user_agent = "test" };
	struct http *http = http_new(&config, NULL);
	int ends[2];
	struct pollfd extra = { .events = POLLIN };

	if (pipe(ends) != 0)
		exit(1);
	extra.fd = ends[0];
	close(ends[1]);
	http_wait(http, &extra, 1, 10000);
	ok(extra.revents & POLLHUP, "a hang-up of an extra descriptor shows");
	close(ends[0]);
	http_free(http);
}

int
main(void)
{
	pthread_t thread;

	test_headers();
	test_proxy();
	start_server(&thread);
	test_transfers();
	test_extra();
	return tap_end();
}
