// SPDX-License-Identifier: ISC
/*
 * loop -- see loop.h.
 *
 * Three ways to run:
 *
 *   ring     changes on a pipe: zones are listed, ticks are said
 *   --list   zones and records are said once; standard input is not read
 *   review   changes from a file: nothing is listed, they are written from
 *            their own lines, only results are said
 *
 * The end of the input is the end of the work: what has begun is finished. A
 * signal leaves out what has not begun, and waits no longer than 4 s for the
 * rest, so that whoever supervises us need not kill.
 */
#include <malloc.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply.h"
#include "arm.h"
#include "clock.h"
#include "config.h"
#include "http.h"
#include "line.h"
#include "log.h"
#include "loop.h"
#include "report.h"
#include "token.h"
#include "zones.h"

#define TICK_MS         1000
#define JOBS_MAX        10000 /* then no more is read */
#define FAREWELL_MS     4000
#define CONNECTIONS_MAX 16     /* where the service speaks HTTP/1.1 */
#define MAPPED_BYTES    131072 /* from here on a block goes back when freed */

struct loop {
	const struct config *config;
	struct token token;
	struct arm arm;
	struct report report;
	struct zones zones;
	struct apply apply;
	struct line_reader in;
	bool reviews;
	bool is_input_over;
	bool is_stopping;
	int64_t start_ms;
	int64_t ticked_s; /* last TICK said, or -1 */
	int64_t stop_ms;
};

static bool
is_review(void)
{
	struct stat status;

	return fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode);
}

static bool
says_ticks(const struct loop *loop)
{
	return !loop->reviews && !loop->config->lists;
}

static void
start(struct loop *loop, const struct config *config, struct arena *arena)
{
	const struct http_config http = {
		.user_agent = "azdns/" AZDNS_VERSION,
		.connections_max = CONNECTIONS_MAX,
	};
	struct error err;

	/* glibc would learn from the pages of a list to keep such blocks. */
	(void)mallopt(M_MMAP_THRESHOLD, MAPPED_BYTES);
	*loop = (struct loop){ .config = config, .ticked_s = -1 };
	loop->reviews = !config->lists && is_review();
	loop->is_input_over = config->lists;
	loop->start_ms = clock_ms();
	loop->arm = (struct arm){
		.http = http_new(&http, &err),
		.token = &loop->token,
		.endpoint = config->azure.arm_endpoint,
		.is_private = config->is_private,
	};
	if (loop->arm.http == NULL)
		log_die(STATUS_UNMET, "libcurl cannot start: %s", err.text);
	token_init(&loop->token, arena, config->token_command,
	    &config->token_settings);
	report_init(&loop->report);
	zones_init(&loop->zones, config, &loop->arm, &loop->report);
	apply_init(&loop->apply, config, &loop->zones);
	line_open(&loop->in, STDIN_FILENO, "changes");
}

/* -- input ---------------------------------------------------------------- */

static void
on_line(struct loop *loop, jv line)
{
	struct change change;
	struct error err;

	if (message_type(line) == MESSAGE_SKIP)
		return; /* plan has said it already */
	if (!message_decode_change(&loop->in.arena, line, &change, &err))
		line_die(&loop->in, &err);
	apply_put(&loop->apply, &change);
}

static void
take_lines(struct loop *loop)
{
	struct error err;
	jv line;

	while (loop->apply.n_jobs < JOBS_MAX) {
		switch (line_next(&loop->in, &line, &err)) {
		case LINE_READY:
			on_line(loop, line);
			continue;
		case LINE_BAD:
			line_die(&loop->in, &err);
		case LINE_END:
			loop->is_input_over = true;
			return;
		case LINE_MORE:
			return;
		}
	}
}

static void
read_input(struct loop *loop)
{
	struct error err;

	if (!line_fill(&loop->in, &err))
		line_die(&loop->in, &err);
	take_lines(loop);
}

/* -- time ----------------------------------------------------------------- */

static void
tick(struct loop *loop, int64_t now_ms)
{
	int64_t time_s = (now_ms - loop->start_ms) / TICK_MS;

	token_tick(&loop->token, now_ms);
	if (loop->token.is_hopeless)
		log_die(STATUS_CONFIG,
		    "no token can be obtained with this configuration");
	arm_tick(&loop->arm, now_ms);
	if (!loop->reviews && !loop->is_stopping)
		zones_tick(&loop->zones, now_ms);
	/* In a review what takes the place of others may come after them. */
	if (!loop->reviews || loop->is_input_over ||
	    loop->apply.n_jobs >= JOBS_MAX)
		apply_tick(&loop->apply, now_ms);
	if (says_ticks(loop) && time_s > loop->ticked_s) {
		report_tick(&loop->report, time_s);
		loop->ticked_s = time_s;
	}
	report_flush(&loop->report);
}

/* The writes that the limits allow a minute, over all zones with work. */
static double
writes_per_minute(struct loop *loop)
{
	double sum = 0;
	struct zone *zone;
	size_t cursor = 0;

	while ((zone = table_next(&loop->zones.by_id, &cursor)) != NULL)
		sum +=
		    zone->n_jobs > 0 ? pace_writes_per_minute(&zone->pace) : 0;
	return sum;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
wait_ms(const struct loop *loop, int64_t now_ms)
{
	int64_t next_ms = loop->start_ms + (loop->ticked_s + 1) * TICK_MS;

	if (!says_ticks(loop) || next_ms <= now_ms)
		next_ms = now_ms + TICK_MS;
	next_ms = earlier(next_ms, loop->apply.next_ms);
	if (!loop->reviews && !loop->is_stopping)
		next_ms = earlier(next_ms, zones_next_ms(&loop->zones, now_ms));
	if (!loop->token.is_running)
		next_ms = earlier(next_ms, loop->token.next_ms);
	return next_ms > now_ms ? next_ms - now_ms : 0;
}

/* -- waiting -------------------------------------------------------------- */

static void
wait_once(struct loop *loop)
{
	struct pollfd fds[2] = { { .fd = -1 }, { .fd = -1 } };
	int64_t now_ms = clock_ms();

	if (!loop->is_input_over && loop->apply.n_jobs < JOBS_MAX)
		fds[0] = (struct pollfd){ STDIN_FILENO, POLLIN, 0 };
	if (loop->token.is_running)
		fds[1] = (struct pollfd){ loop->token.child.fd, POLLIN, 0 };
	http_wait(loop->arm.http, fds, 2, wait_ms(loop, now_ms));
	if (fds[0].revents != 0)
		read_input(loop);
	else if (fds[0].fd >= 0)
		take_lines(loop);
	if (fds[1].revents != 0)
		token_read(&loop->token, clock_ms());
}

static bool
is_over(const struct loop *loop, int64_t now_ms)
{
	if (loop->config->lists)
		return loop->is_stopping || zones_are_said(&loop->zones);
	if (loop->is_stopping && now_ms >= loop->stop_ms + FAREWELL_MS)
		return true;
	return loop->is_input_over && loop->apply.n_jobs == 0;
}

static void
stop_now(struct loop *loop, int64_t now_ms)
{
	loop->is_stopping = true;
	loop->is_input_over = true;
	loop->stop_ms = now_ms;
	apply_stop(&loop->apply);
}

static bool
has_unavailable(const struct zones *zones)
{
	struct zone *zone;
	size_t cursor = 0;

	while ((zone = table_next(&zones->by_id, &cursor)) != NULL) {
		if (zone->is_unavailable || zone->is_gone)
			return true;
	}
	return zones->is_unavailable;
}

static int
finish(struct loop *loop, bool was_stopped)
{
	int status;

	report_flush(&loop->report);
	if (loop->config->lists)
		loop->report.is_unmet |= has_unavailable(&loop->zones);
	else
		report_summary(
		    &loop->report, loop->arm.n_sent, loop->arm.n_throttled);
	status = was_stopped ? STATUS_DONE : report_status(&loop->report);
	http_free(loop->arm.http);
	arm_done(&loop->arm);
	token_done(&loop->token);
	apply_done(&loop->apply);
	zones_done(&loop->zones);
	report_done(&loop->report);
	line_close(&loop->in);
	return status;
}

int
loop_run(const struct config *config, const volatile sig_atomic_t *stop)
{
	struct arena arena = { 0 };
	struct loop loop;
	int status;

	start(&loop, config, &arena);
	for (;;) {
		int64_t now_ms = clock_ms();

		if ((*stop || loop.report.is_broken) && !loop.is_stopping)
			stop_now(&loop, now_ms);
		tick(&loop, now_ms);
		if (is_over(&loop, now_ms))
			break;
		report_progress(&loop.report, loop.apply.n_jobs,
		    writes_per_minute(&loop), now_ms);
		wait_once(&loop);
	}
	status = finish(&loop, *stop != 0);
	arena_done(&arena);
	return status;
}
