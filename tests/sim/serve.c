// SPDX-License-Identifier: ISC
/*
 * serve -- the HTTPS server below both simulators, on libmicrohttpd.
 *
 * libmicrohttpd calls on_request several times for each request: first with
 * the headers, then with pieces of the body, last with nothing; only then the
 * simulator's handler runs. A struct exchange carries one request through
 * these calls and is freed in on_completed, which also writes the log line.
 *
 * Answers are sent chunked, as ARM does, when a stream or a cut is asked for
 * and with Content-Length otherwise; gzip when the client takes it and the
 * body is worth it.
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>
#include <zlib.h>

#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "serve.h"

#define BODY_BYTES_MAX   ((size_t)16 * 1024 * 1024)
#define PEM_BYTES_MAX    ((size_t)64 * 1024)
#define HEADER_BYTES_MAX ((size_t)256 * 1024)
#define GZIP_BYTES_MIN   512
#define BLOCK_BYTES      ((size_t)64 * 1024)
#define GZIP_WINDOW_BITS (15 + 16) /* zlib's way to say gzip */
#define ZLIB_MEMORY      8

/* One request and its answer, from the request line to the last byte. */
struct exchange {
	struct MHD_Connection *connection;
	char *target;
	struct text body;
	bool handled;
	struct serve_request request;
	struct serve_answer answer;
	struct text pending; /* of a stream: appended, not yet sent */
	bool stream_over;
	int64_t begun_ms;
};

static const struct serve_config *config;
static FILE *log_file;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static int64_t
now_ms(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- what a handler asks of its request --- */

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

/* --- what a handler does to its answer --- */

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

/* The content reader of answers that break off halfway. */
static ssize_t
on_halfway_read(void *context, uint64_t position, char *out, size_t room)
{
	const struct exchange *exchange = context;
	size_t half = exchange->answer.body.n / 2;
	size_t n = half - (size_t)position;

	if (n == 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n > room)
		n = room;
	memcpy(out, exchange->answer.body.data + position, n);
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
		return MHD_create_response_from_callback(answer->body.n,
		    BLOCK_BYTES, on_halfway_read, exchange, NULL);
	compress_if_wanted(exchange);
	return MHD_create_response_from_buffer(
	    answer->body.n, (void *)answer->body.data, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result
send_answer(struct exchange *exchange)
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

/* --- libmicrohttpd's callbacks --- */

static void *
on_target(void *context, const char *target, struct MHD_Connection *connection)
{
	struct exchange *exchange = calloc(1, sizeof(*exchange));

	(void)context;
	if (exchange == NULL)
		abort();
	exchange->connection = connection;
	exchange->target = text_dup(target);
	exchange->begun_ms = now_ms(CLOCK_MONOTONIC);
	return exchange;
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *data, size_t *data_n,
    void **state)
{
	struct exchange *exchange = *state;

	(void)connection;
	(void)version;
	if (exchange->request.internal == NULL) {
		exchange->request = (struct serve_request){
			.method = method,
			.path = path,
			.target = exchange->target,
			.plain = context != NULL,
			.internal = exchange,
		};
		exchange->answer.status = MHD_HTTP_OK;
		return MHD_YES;
	}
	if (*data_n > 0) {
		if (exchange->body.n + *data_n > BODY_BYTES_MAX)
			return MHD_NO;
		text_add_n(&exchange->body, data, *data_n);
		*data_n = 0;
		return MHD_YES;
	}
	exchange->request.body = text_str(&exchange->body);
	exchange->request.body_n = exchange->body.n;
	exchange->handled = true;
	config->handler(config->context, &exchange->request, &exchange->answer);
	return send_answer(exchange);
}

/* time: milliseconds since 1970; ms: how long it took; status 0: cut off. */
static void
log_exchange(const struct exchange *exchange)
{
	const char *target = exchange->target;
	size_t path_n = strcspn(target, "?");
	char *path = text_dup_n(target, path_n);
	struct text line = { 0 };
	jv entry = json_new_object();

	json_set_int(&entry, "time", now_ms(CLOCK_REALTIME));
	json_set_int(
	    &entry, "ms", now_ms(CLOCK_MONOTONIC) - exchange->begun_ms);
	json_set_str(&entry, "method", exchange->request.method);
	json_set_str(&entry, "path", path);
	json_set_str(&entry, "query",
	    target[path_n] == '?' ? target + path_n + 1 : NULL);
	json_set_int(&entry, "status",
	    exchange->answer.cut == SERVE_NOTHING ? 0
						  : exchange->answer.status);
	json_print(&line, entry);
	json_free(entry);
	text_add_char(&line, '\n');
	(void)pthread_mutex_lock(&log_lock);
	(void)fwrite(line.data, 1, line.n, log_file);
	(void)fflush(log_file);
	(void)pthread_mutex_unlock(&log_lock);
	text_done(&line);
	free(path);
}

static void
on_completed(void *context, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *state;
	struct serve_answer *answer;

	(void)context;
	(void)connection;
	(void)code;
	if (exchange == NULL)
		return;
	answer = &exchange->answer;
	if (answer->stream != NULL && answer->stream_done != NULL)
		answer->stream_done(answer->stream_context);
	if (exchange->handled && log_file != NULL &&
	    strncmp(exchange->target, "/_control/", 10) != 0)
		log_exchange(exchange);
	text_done(&exchange->body);
	text_done(&exchange->pending);
	text_done(&answer->headers);
	text_done(&answer->body);
	free(exchange->target);
	free(exchange);
	*state = NULL;
}

/* --- starting --- */

static bool
read_pem(const char *name, struct text *out, struct error *err)
{
	struct text path = { 0 };
	bool done;

	text_format(&path, "%s/%s", config->tls_dir, name);
	done = text_read_file(out, path.data, PEM_BYTES_MAX);
	if (!done)
		error_set(err, CAUSE_INVALID, "cannot read '%s': %s", path.data,
		    strerror(errno));
	text_done(&path);
	return done;
}

/* Listen on a port of 127.0.0.1; the options end with MHD_OPTION_END. */
static bool
listen_on(
    int64_t port, struct MHD_OptionItem *options, bool plain, struct error *err)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	static bool is_plain = true;
	struct MHD_Daemon *daemon = MHD_start_daemon(
	    MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
		MHD_USE_POLL | (plain ? 0 : MHD_USE_TLS),
	    0, NULL, NULL, on_request, plain ? &is_plain : NULL,
	    MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_LISTENING_ADDRESS_REUSE,
	    1U, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_BYTES_MAX,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_ARRAY,
	    options, MHD_OPTION_END);
	const union MHD_DaemonInfo *info;
	char url[64];

	if (daemon == NULL)
		return error_set(err, CAUSE_INVALID,
		    "cannot listen on port %lld: %s", (long long)port,
		    strerror(errno));
	info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
	(void)snprintf(url, sizeof(url), "%s://127.0.0.1:%u",
	    plain ? "http" : "https", (unsigned)info->port);
	if (!plain && config->on_ready != NULL)
		config->on_ready(config->context, url);
	printf("%s %s\n", plain ? "plain" : "ready", url);
	return fflush(stdout) == 0 ||
	       error_set(err, CAUSE_INVALID, "cannot write to standard output");
}

static bool
start_all(struct error *err)
{
	struct text ca = { 0 };
	struct text cert = { 0 };
	struct text key = { 0 };
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

	if (!read_pem("ca.pem", &ca, err) ||
	    !read_pem("cert.pem", &cert, err) ||
	    !read_pem("key.pem", &key, err))
		return false;
	/* The server's texts stay for as long as the process. */
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, cert.data },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, key.data },
		{ config->client_certs ? MHD_OPTION_HTTPS_MEM_TRUST
				       : MHD_OPTION_END,
		    0, ca.data },
		{ MHD_OPTION_END, 0, NULL },
	};
	return (!config->plain || listen_on(0, none, true, err)) &&
	       listen_on(config->port, tls, false, err);
}

bool
serve_run(const struct serve_config *given, struct error *err)
{
	sigset_t ends;
	int signal_number;

	config = given;
	if (!serve_tls_make(config->tls_dir, err))
		return false;
	if (config->log != NULL) {
		log_file = fopen(config->log, "ae");
		if (log_file == NULL)
			return error_set(err, CAUSE_INVALID,
			    "cannot write '%s': %s", config->log,
			    strerror(errno));
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	(void)pthread_sigmask(SIG_BLOCK, &ends, NULL);
	if (!start_all(err))
		return false;
	(void)sigwait(&ends, &signal_number);
	/* Handlers may hang on purpose: nothing is waited for. */
	_exit(STATUS_DONE);
}
