// SPDX-License-Identifier: ISC
/*
 * endpoints -- what the objects of a cluster ask for.
 *
 *	endpoints --source=NAME ... [--once] [OPTION ...] <objects >endpoints
 *	endpoints --audit --source=NAME ... <bare objects
 *	endpoints --watches --source=NAME ...
 *
 * Reads watch events and writes one DNSEndpoint for each object that asks for
 * DNS names. No network, no files, no clock. See endpoints(1).
 */
#include <signal.h>
#include <unistd.h>

#include "config.h"
#include "evaluate.h"
#include "line.h"
#include "log.h"
#include "options.h"
#include "sandbox.h"
#include "watches.h"

static struct config config;

/* Hand out what is ready before waiting for more. */
static void
refill(struct line_reader *reader, struct line_writer *writer)
{
	struct error err;

	if (!line_flush(writer))
		log_die(STATUS_UNMET, "endpoints: the reader is gone");
	if (!line_fill(reader, &err))
		line_die(reader, &err);
}

static void
take_line(struct evaluator *evaluator, struct line_reader *reader, jv value)
{
	struct error err;
	bool good = config.audit
			? evaluate_bare(evaluator, value, &reader->arena, &err)
			: evaluate_line(evaluator, value, &reader->arena, &err);

	if (!good)
		line_die(reader, &err);
}

/* Everything until the end of input. */
static void
take_all(struct evaluator *evaluator, struct line_reader *reader)
{
	struct error err;
	jv value;

	for (;;) {
		switch (line_next(reader, &value, &err)) {
		case LINE_READY:
			take_line(evaluator, reader, value);
			break;
		case LINE_MORE:
			refill(reader, evaluator->writer);
			break;
		case LINE_BAD:
			line_die(reader, &err);
		case LINE_END:
			return;
		}
	}
}

int
main(int argc, char **argv)
{
	static struct evaluator evaluator;
	static struct line_reader reader;
	static struct line_writer writer = { .fd = STDOUT_FILENO };
	struct error err;
	bool is_complete;

	options_parse(&config, argc, argv);
	if (config.list_sources) {
		watches_print_sources();
		return STATUS_DONE;
	}
	if (!config_check(&config, &err))
		log_die(STATUS_CONFIG, "%s", err.text);
	if (config.watches) {
		watches_print(&config);
		return STATUS_DONE;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	sandbox_enter();
	line_open(&reader, STDIN_FILENO, "objects");
	if (config.audit)
		reader.bytes_max = EVALUATE_BARE_BYTES_MAX;
	evaluate_open(&evaluator, &config, &writer);
	take_all(&evaluator, &reader);
	if (config.audit)
		evaluate_complete(&evaluator, &reader.arena);
	if (!line_flush(&writer))
		log_die(STATUS_UNMET, "endpoints: the reader is gone");
	line_close(&reader);
	is_complete = evaluate_is_complete(&evaluator);
	evaluate_close(&evaluator);
	if (is_complete)
		return STATUS_DONE;
	log_error("the objects ended before all kinds had their mark: "
		  "nothing may be concluded from them");
	return STATUS_UNMET;
}
