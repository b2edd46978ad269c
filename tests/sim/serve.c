// SPDX-License-Identifier: ISC
/*
 * serve -- the HTTPS server below both simulators, on libmicrohttpd.
 *
 * libmicrohttpd calls on_request several times for each request: first with
 * the headers, then with pieces of the body, last with nothing; only then the
 * simulator's handler runs. A struct exchange carries one request through
 * these calls and is freed in on_completed, which also writes the log line.
 *
 * Beside it: serve_request.c (what a handler asks), serve_answer.c (what it
 * answers), serve_tls.c (certificates).
 */
#include <microhttpd.h>

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "heap.h"
#include "json.h"
#include "serve_exchange.h"

#define BODY_BYTES_MAX   ((size_t)16 * 1024 * 1024)
#define PEM_BYTES_MAX    ((size_t)64 * 1024)
#define HEADER_BYTES_MAX ((size_t)256 * 1024)

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

/* --- libmicrohttpd's callbacks --- */

static void *
on_target(void *context, const char *target, struct MHD_Connection *connection)
{
	struct exchange *exchange = heap_new(sizeof(*exchange));

	(void)context;
	exchange->connection = connection;
	exchange->target = heap_copy(target);
	exchange->begun_ms = now_ms(CLOCK_MONOTONIC);
	return exchange;
}

// NOLINTBEGIN(readability-function-size): the parameters are the library's
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
	return serve_exchange_send(exchange);
}
// NOLINTEND(readability-function-size)

/* time: milliseconds since 1970; ms: how long it took; status 0: cut off. */
static void
log_exchange(const struct exchange *exchange)
{
	const char *target = exchange->target;
	size_t path_n = strcspn(target, "?");
	char *path = heap_copy_n(target, path_n);
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
