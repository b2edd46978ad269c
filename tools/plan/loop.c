// SPDX-License-Identifier: ISC
/*
 * loop -- reads claims and records, writes changes.
 *
 * In the ring all three descriptors are polled. Whatever is ready is read
 * whole; then one pass is made; and when the output takes bytes, at most
 * PIPE_BUF of them are written, rendered at that moment. So plan waits for
 * nobody, and the ring cannot stand still.
 *
 * Nothing is decided before the list of zones is complete and every source
 * has said how it stands.
 */
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include "count.h"
#include "log.h"
#include "loop.h"
#include "plan.h"

typedef bool read_line(
    struct plan *plan, struct line_reader *reader, jv line, struct error *err);
typedef enum line_state next_line(
    struct line_reader *reader, jv *line, struct error *err);

struct streams {
	struct line_reader claims, records;
	struct line_writer changes;
};

/* All lines that there are: until the end, or (line_next) for now. */
static void
take_all(struct plan *plan, struct line_reader *reader, read_line *read,
    next_line *next)
{
	struct error err;
	enum line_state state;
	jv line;

	while ((state = next(reader, &line, &err)) == LINE_READY)
		if (!read(plan, reader, line, &err))
			line_die(reader, &err);
	if (state == LINE_BAD)
		line_die(reader, &err);
}

/* All lines that come with one read(2). */
static void
take_ready(struct plan *plan, struct line_reader *reader, read_line *read)
{
	struct error err;

	if (!line_fill(reader, &err))
		line_die(reader, &err);
	take_all(plan, reader, read, line_next);
}

static bool
may_start(const struct plan *plan)
{
	bool needs_end = plan->config->sources.n == 0 &&
			 (plan->config->once || plan->config->review);

	return plan->zone_list != ZONES_PENDING && claims_are_marked(plan) &&
	       (!needs_end || plan->input_ended);
}

static void
make_pass(struct plan *plan)
{
	plan->started = plan->started || may_start(plan);
	if (plan->started)
		queue_pass(plan);
}

static bool
is_settled(const struct plan *plan)
{
	for (size_t i = 1; i < plan->n_zones; i++)
		if (plan->zones[i]->n_listings == 0 &&
		    !plan->zones[i]->is_unavailable)
			return false;
	return plan->started && plan->n_in_flight == 0 && queue_is_empty(plan);
}

/* One round of the ring; false: it has come to its end. */
static bool
turn(struct plan *plan, struct streams *streams)
{
	bool has_output = streams->changes.buffer.n > 0 ||
			  (plan->started && !queue_is_blocked(plan));
	struct pollfd fds[] = {
		{ streams->records.fd, POLLIN, 0 },
		{ plan->input_ended ? -1 : streams->claims.fd, POLLIN, 0 },
		{ streams->changes.fd, has_output ? POLLOUT : 0, 0 },
	};

	if (poll(fds, COUNT(fds), -1) < 0)
		return true;
	if (fds[0].revents != 0)
		take_ready(plan, &streams->records, records_read);
	if (fds[1].revents != 0)
		take_ready(plan, &streams->claims, claims_read);
	plan->input_ended = streams->claims.ended;
	make_pass(plan);
	if ((fds[2].revents & (POLLOUT | POLLERR)) != 0) {
		queue_render(plan, &streams->changes, PIPE_BUF);
		if (streams->changes.buffer.n > 0 &&
		    !line_push(&streams->changes)) {
			log_error("nobody reads the changes any more");
			return false;
		}
	}
	if (streams->records.ended) {
		log_error("the records ended: azdns-apply is gone");
		return false;
	}
	return true;
}

static bool
is_voided(const struct plan *plan)
{
	if (!plan->input_ended || claims_are_marked(plan))
		return false;
	log_error("the endpoints ended before each source had said how it "
		  "stands: nothing is concluded from them");
	return true;
}

/* Say once that all which was asked for at the start stands or was refused. */
static void
tell_health(struct plan *plan, int *fd)
{
	static const char word[] = "ready\n";

	if (*fd < 0 || !is_settled(plan))
		return;
	if (write(*fd, word, sizeof(word) - 1) < 0)
		log_warning("the health file cannot be written");
	*fd = -1;
}

/* In the ring: poll all three, never block. */
static enum status
run_ring(struct plan *plan, struct streams *streams, int health_fd)
{
	do {
		if (!turn(plan, streams) || is_voided(plan))
			return STATUS_UNMET;
		tell_health(plan, &health_fd);
		if (plan->input_ended && !plan->config->once)
			break;
	} while (!plan->input_ended || !is_settled(plan) ||
		 streams->changes.buffer.n > 0);
	if (plan->config->explain != NULL)
		explain(
		    plan, plan->config->explain, stderr); /* stdout: changes */
	return status_judge(plan);
}

/* A review: read all of both, then write all. */
static enum status
run_review(struct plan *plan, struct streams *streams)
{
	take_all(plan, &streams->records, records_read, line_read);
	take_all(plan, &streams->claims, claims_read, line_read);
	plan->input_ended = true;
	if (is_voided(plan))
		return STATUS_UNMET;
	if (plan->zone_list == ZONES_PENDING) {
		log_error("the records ended before the list of zones did");
		return STATUS_UNMET;
	}
	make_pass(plan);
	if (plan->config->explain != NULL) {
		explain(plan, plan->config->explain, stdout);
		return STATUS_DONE;
	}
	while (!queue_is_empty(plan)) {
		queue_render(plan, &streams->changes, PIPE_BUF);
		if (!line_flush(&streams->changes)) {
			log_error("nobody reads the changes any more");
			return STATUS_UNMET;
		}
	}
	return status_judge(plan);
}

enum status
loop_run(struct plan *plan, int records_fd, int health_fd)
{
	struct streams streams = { .changes.fd = STDOUT_FILENO };
	enum status status;

	line_open(&streams.claims, STDIN_FILENO, "endpoints");
	line_open(&streams.records, records_fd, "records");
	status = plan->config->review ? run_review(plan, &streams)
				      : run_ring(plan, &streams, health_fd);
	line_close(&streams.claims);
	line_close(&streams.records);
	text_done(&streams.changes.buffer);
	return status;
}
