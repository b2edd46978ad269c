// SPDX-License-Identifier: ISC
/*
 * session -- all watches over one connection: what they share.
 *
 * A connection over which nothing came for 30 s is asked for /livez, with the
 * credential (an anonymous request would cost the connection); without an
 * answer in 15 s it is thrown away with all that ran over it, for libcurl
 * would go on using it, and every watch goes on from where it was.
 */
#include "session.h"

#include <poll.h>
#include <string.h>

#include "clock.h"
#include "cluster.h"
#include "http.h"
#include "log.h"
#include "watch.h"

#define TURN_MS        1000
#define SILENCE_MS     30000
#define PROBE_MS       15000
#define SPARE_REQUESTS 2 /* a probe, and one that ends */

bool
session_open(struct session *session, const struct cluster *cluster,
    struct watch *watches, size_t n, struct error *err)
{
	session->cluster = cluster;
	session->out.fd = 1;
	session->watches = watches;
	session->n = n;
	session->heard_ms = clock_ms();
	return access_open(
	    &session->access, cluster, (long)n + SPARE_REQUESTS, err);
}

void
session_on_answer(struct session *session)
{
	session->heard_ms = clock_ms();
	if (!session->is_down)
		return;
	session->is_down = false;
	log_info("API server %s answers again", session->cluster->server);
	for (size_t i = 0; i < session->n; i++)
		if (session->watches[i].refusals == 0 &&
		    session->watches[i].absent_ms == 0)
			session->watches[i].due_ms = 0;
}

void
session_on_silence(struct session *session, const struct error *err)
{
	bool is_untrusted = strcmp(err->code, "Untrusted") == 0;

	/* That it is there, but another, is worth a word of its own. */
	if (!session->is_down || (is_untrusted && !session->is_untrusted))
		log_warning(
		    "API server: %s; tried again until it answers", err->text);
	session->is_down = true;
	session->is_untrusted = is_untrusted;
	/* What else runs tells whether it was the connection. */
	if (http_active(session->access.http) == 0)
		session->is_stale = true;
	else
		session->heard_ms = clock_ms() - SILENCE_MS;
}

/* -- liveness ------------------------------------------------------------- */

static void
on_probe(void *context, const struct http_answer *answer)
{
	struct session *session = context;

	session->probe = NULL;
	/* Any answer is a sign of life: rights are no matter here. */
	if (answer->status != 0) {
		session_on_answer(session);
		return;
	}
	session_on_silence(session, &answer->err);
	session->is_stale = true;
}

static void
start_probe(struct session *session)
{
	struct arena arena = { 0 };
	struct http_request request = {
		.method = "GET",
		.url =
		    arena_format(&arena, "%s/livez", session->cluster->server),
		.timeout_ms = PROBE_MS,
		.context = session,
		.on_done = on_probe,
	};

	log_debug("GET %s", request.url);
	if (access_headers(&session->access, &arena, &request.headers, NULL))
		session->probe = http_start(session->access.http, &request);
	arena_done(&arena);
}

/* A new connection, and with it what the credential files hold now. */
static void
renew(struct session *session)
{
	session->is_stale = false;
	session->probe = NULL;
	session->n_asking = 0;
	for (size_t i = 0; i < session->n; i++)
		if (session->watches[i].transfer != NULL)
			watch_restart(&session->watches[i]);
	access_renew(&session->access);
	session->heard_ms = clock_ms();
}

bool
session_turn(struct session *session)
{
	struct pollfd reader = { .fd = session->out.fd };
	int64_t now_ms = clock_ms();
	int64_t next_ms = now_ms + TURN_MS;
	int64_t due_ms;

	if (session->is_stale || session->access.is_outdated)
		renew(session);
	for (size_t i = 0; i < session->n; i++) {
		due_ms = watch_turn(&session->watches[i], now_ms);
		if (due_ms < next_ms)
			next_ms = due_ms;
	}
	if (session->probe == NULL &&
	    now_ms - session->heard_ms >= SILENCE_MS &&
	    http_active(session->access.http) > 0)
		start_probe(session);
	if (!line_flush(&session->out))
		return false;
	now_ms = clock_ms();
	http_wait(session->access.http, &reader, 1,
	    next_ms > now_ms ? next_ms - now_ms : 0);
	/* A reader that goes is noticed though there is nothing to say. */
	return (reader.revents & POLLERR) == 0 && line_flush(&session->out);
}

/* -- marks ---------------------------------------------------------------- */

static bool
is_same_kind(const struct watch *a, const struct watch *b)
{
	return strcmp(a->resource.name, b->resource.name) == 0 &&
	       strcmp(a->resource.group, b->resource.group) == 0;
}

void
session_mark(struct session *session, const struct watch *watch)
{
	enum message_state worst = STATE_COMPLETE;

	for (size_t i = 0; i < session->n; i++) {
		const struct watch *other = &session->watches[i];

		if (!is_same_kind(other, watch))
			continue;
		if (!other->is_marked)
			return;
		if (other->state > worst)
			worst = other->state;
	}
	log_info("%s: %s", watch->resource.label, message_state_name(worst));
	objects_mark(&watch->objects, worst, watch->events.version.data);
}

bool
session_is_marked(const struct session *session)
{
	for (size_t i = 0; i < session->n; i++)
		if (!session->watches[i].is_marked)
			return false;
	return true;
}

void
session_close(struct session *session)
{
	for (size_t i = 0; i < session->n; i++)
		watch_done(&session->watches[i]);
	access_close(&session->access);
	text_done(&session->out.buffer);
}
