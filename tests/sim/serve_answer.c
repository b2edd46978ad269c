// SPDX-License-Identifier: ISC
/*
 * serve_answer -- filling in an answer and sending it.
 *
 * Streams are sent chunked, whole bodies with Content-Length unless the
 * simulator asks for chunks; whole bodies as gzip when the client takes it
 * and the body is worth it.
 */
#include <zlib.h>

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "serve_exchange.h"

#define GZIP_BYTES_MIN   512
#define BLOCK_BYTES      ((size_t)64 * 1024)
#define GZIP_WINDOW_BITS (15 + 16) /* zlib's way to say gzip */
#define ZLIB_MEMORY      8

void
serve_header(
    struct serve_answer *answer, const char *name, const char *format, ...)
{
	char *value = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&value, format, args) < 0)
		abort();
	va_end(args);
	/* Two texts in a row, each ended by its NUL. */
	text_add_n(&answer->headers, name, strlen(name) + 1);
	text_add_n(&answer->headers, value, strlen(value) + 1);
	free(value);
}

void
serve_body(struct serve_answer *answer, int status, const char *content_type,
    const char *body)
{
	answer->status = status;
	serve_header(answer, "Content-Type", "%s", content_type);
	text_reset(&answer->body);
	text_add(&answer->body, body);
}

void
serve_json(struct serve_answer *answer, int status, jv value)
{
	serve_body(answer, status, "application/json; charset=utf-8", "");
	json_print(&answer->body, value);
	json_free(value);
}

/* --- sending --- */

/* Replace the body by its gzip form; false leaves it alone. */
static bool
compress_body(struct text *body)
{
	z_stream zip = { 0 };
	struct text out = { 0 };
	size_t room = compressBound(body->n) + BLOCK_BYTES;

	if (deflateInit2(&zip, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW_BITS,
		ZLIB_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	zip.next_in = (unsigned char *)body->data;
	zip.avail_in = (unsigned)body->n;
	zip.next_out = (unsigned char *)text_reserve(&out, room);
	zip.avail_out = (unsigned)room;
	if (deflate(&zip, Z_FINISH) != Z_STREAM_END) {
		deflateEnd(&zip);
		text_done(&out);
		return false;
	}
	out.n = zip.total_out;
	deflateEnd(&zip);
	text_done(body);
	*body = out;
	return true;
}

static void
compress_if_wanted(struct exchange *exchange)
{
	const char *wanted =
	    serve_header_of(&exchange->request, "Accept-Encoding");
	struct serve_answer *answer = &exchange->answer;

	if (wanted != NULL && strstr(wanted, "gzip") != NULL &&
	    answer->body.n >= GZIP_BYTES_MIN && compress_body(&answer->body))
		serve_header(answer, "Content-Encoding", "gzip");
}

/* libmicrohttpd does not look at the socket while it waits for content. */
static bool
is_gone(const struct exchange *exchange)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	struct pollfd socket = { .fd = info->connect_fd, .events = POLLRDHUP };

	return poll(&socket, 1, 0) > 0 &&
	       (socket.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

/* The content reader of streams: blocks in the simulator's stream. */
static ssize_t
on_stream_read(void *context, uint64_t position, char *out, size_t room)
{
	struct exchange *exchange = context;
	struct serve_answer *answer = &exchange->answer;
	size_t n;

	(void)position;
	while (exchange->pending.n == 0) {
		if (exchange->stream_over)
			return answer->stream_cut
				   ? MHD_CONTENT_READER_END_WITH_ERROR
				   : MHD_CONTENT_READER_END_OF_STREAM;
		exchange->stream_over =
		    !answer->stream(answer->stream_context, &exchange->pending);
		if (exchange->pending.n == 0 && !exchange->stream_over)
			return is_gone(exchange)
				   ? MHD_CONTENT_READER_END_WITH_ERROR
				   : 0;
	}
	n = exchange->pending.n < room ? exchange->pending.n : room;
	memcpy(out, exchange->pending.data, n);
	text_drop(&exchange->pending, n);
	return (ssize_t)n;
}

/* The content reader of bodies that are sent in chunks, or break off halfway. */
static ssize_t
on_body_read(void *context, uint64_t position, char *out, size_t room)
{
	const struct exchange *exchange = context;
	const struct text *body = &exchange->answer.body;
	bool breaks = exchange->answer.cut == SERVE_HALFWAY;
	size_t n = (breaks ? body->n / 2 : body->n) - (size_t)position;

	if (n == 0)
		return breaks ? MHD_CONTENT_READER_END_WITH_ERROR
			      : MHD_CONTENT_READER_END_OF_STREAM;
	if (n > room)
		n = room;
	memcpy(out, body->data + position, n);
	return (ssize_t)n;
}

static struct MHD_Response *
new_response(struct exchange *exchange)
{
	struct serve_answer *answer = &exchange->answer;

	if (answer->stream != NULL)
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
		    BLOCK_BYTES, on_stream_read, exchange, NULL);
	if (answer->cut == SERVE_HALFWAY)
		return MHD_create_response_from_callback(
		    answer->body.n, BLOCK_BYTES, on_body_read, exchange, NULL);
	compress_if_wanted(exchange);
	if (answer->chunked && answer->body.n > 0)
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
		    BLOCK_BYTES, on_body_read, exchange, NULL);
	return MHD_create_response_from_buffer(
	    answer->body.n, (void *)answer->body.data, MHD_RESPMEM_PERSISTENT);
}

enum MHD_Result
serve_exchange_send(struct exchange *exchange)
{
	struct serve_answer *answer = &exchange->answer;
	struct MHD_Response *response;
	enum MHD_Result queued;
	size_t at = 0;

	if (answer->cut == SERVE_NOTHING)
		return MHD_NO;
	response = new_response(exchange);
	if (response == NULL)
		return MHD_NO;
	while (at < answer->headers.n) {
		const char *name = answer->headers.data + at;
		const char *value = name + strlen(name) + 1;

		MHD_add_response_header(response, name, value);
		at = (size_t)(value - answer->headers.data) + strlen(value) + 1;
	}
	if (answer->close)
		MHD_add_response_header(response, "Connection", "close");
	queued = MHD_queue_response(
	    exchange->connection, (unsigned)answer->status, response);
	MHD_destroy_response(response);
	return queued;
}
