// SPDX-License-Identifier: ISC
/* report -- see report.h. */
#include <stdio.h>
#include <unistd.h>

#include "log.h"
#include "report.h"

#define BUFFER_BYTES 65536
#define SHOW_MS      1000

void
report_init(struct report *report)
{
	*report = (struct report){ .out.fd = STDOUT_FILENO };
	table_init(&report->unmet, sizeof(char), NULL);
	report->shows_progress =
	    isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
}

void
report_done(struct report *report)
{
	table_clear(&report->unmet);
	text_done(&report->out.buffer);
}

void
report_flush(struct report *report)
{
	if (!report->is_broken && !line_flush(&report->out)) {
		log_warning("records: nobody reads them any more");
		report->is_broken = true;
	}
}

static void
put(struct report *report, const struct record *record)
{
	if (report->is_broken)
		return;
	message_encode_record(line_begin(&report->out), record);
	if (!line_end(&report->out))
		log_error("records: %s %s: longer than a line may be",
		    record->name, rtype_name(record->rtype));
	if (report->out.buffer.n >= BUFFER_BYTES)
		report_flush(report);
}

void
report_zone(struct report *report, const char *zone, const char *name,
    bool is_private, const char *status)
{
	struct record record = {
		.type = MESSAGE_ZONE,
		.zone = zone,
		.zone_name = name,
		.status = status,
	};

	if (zone != NULL)
		record.visibility = is_private ? "private" : "public";
	put(report, &record);
}

void
report_bookmark(struct report *report, const char *zone)
{
	struct record record = { .type = MESSAGE_BOOKMARK, .zone = zone };

	put(report, &record);
}

static void
log_result(const struct record *record, const char *resource)
{
	const char *colon = resource != NULL ? ": " : "";
	const char *type = rtype_name(record->rtype);
	const char *change = message_type_name(record->change);
	const char *result = message_result_name(record->result);

	resource = resource != NULL ? resource : "";
	if (record->result == RESULT_FAILED ||
	    record->result == RESULT_UNAVAILABLE)
		log_error("%s%s%s %s: %s %s: %s: %s", resource, colon,
		    record->name, type, change, result, record->code,
		    record->message);
	else
		log_info("%s%s%s %s: %s %s", resource, colon, record->name,
		    type, change, result);
}

/* What did not come to be is remembered until it does. */
void
report_result(
    struct report *report, const struct record *record, const char *resource)
{
	struct text key = { 0 };

	report->n_results[record->result]++;
	text_format(&key, "%s %s %s", record->zone, record->name,
	    rtype_name(record->rtype));
	if (record->result == RESULT_DONE || record->result == RESULT_DRY_RUN)
		(void)table_drop(&report->unmet, text_str(&key));
	else
		(void)table_put(&report->unmet, text_str(&key), NULL);
	text_done(&key);
	log_result(record, resource);
	put(report, record);
}

void
report_record(struct report *report, const struct record *record)
{
	put(report, record);
}

void
report_tick(struct report *report, int64_t time_s)
{
	struct record record = { .type = MESSAGE_TICK, .time_s = time_s };

	put(report, &record);
}

static size_t
n_failed(const struct report *report)
{
	return report->n_results[RESULT_FAILED] +
	       report->n_results[RESULT_CONFLICT] +
	       report->n_results[RESULT_UNAVAILABLE];
}

void
report_progress(struct report *report, size_t n_left, double writes_per_minute,
    int64_t now_ms)
{
	size_t n_done = report->n_results[RESULT_DONE];
	double minutes;

	if (!report->shows_progress || now_ms < report->shown_ms + SHOW_MS ||
	    n_done + n_left == 0)
		return;
	if (report->first_ms == 0)
		report->first_ms = now_ms;
	report->shown_ms = now_ms;
	minutes = (double)(now_ms - report->first_ms) / 60000;
	(void)fprintf(stderr,
	    "\r%zu done, %zu failed, %zu left, %.0f a minute, "
	    "%.0f min to go by the limits \033[K%s",
	    n_done, n_failed(report), n_left,
	    minutes > 0 ? (double)n_done / minutes : 0,
	    writes_per_minute > 0 ? (double)n_left / writes_per_minute : 0,
	    n_left == 0 ? "\n" : "");
	if (n_left == 0)
		report->shows_progress = false;
}

void
report_summary(struct report *report, size_t n_requests, size_t n_throttled)
{
	const size_t *n = report->n_results;

	log_info("summary: %zu done, %zu dry run, %zu failed, %zu conflicts, "
		 "%zu unavailable; %zu requests, %zu of them throttled",
	    n[RESULT_DONE], n[RESULT_DRY_RUN], n[RESULT_FAILED],
	    n[RESULT_CONFLICT], n[RESULT_UNAVAILABLE], n_requests, n_throttled);
}

int
report_status(const struct report *report)
{
	return report->is_unmet || report->is_broken || report->unmet.n > 0
		   ? STATUS_UNMET
		   : STATUS_DONE;
}
