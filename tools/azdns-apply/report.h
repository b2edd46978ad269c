// SPDX-License-Identifier: ISC
/* report -- the records stream on standard output, what is unmet, progress on
 * a terminal and the summary at the end. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "line.h"
#include "message.h"
#include "table.h"

struct report {
	struct line_writer out;
	struct table unmet; /* keys whose last change did not come to be */
	bool is_broken;     /* nobody reads any more */
	bool is_unmet;      /* something else is not as asked for */
	bool shows_progress;
	int64_t shown_ms;
	int64_t first_ms; /* of the first result */
	size_t n_results[RESULT_COUNT];
};

/* Begin on standard output; report_done forgets what was not flushed. */
void report_init(struct report *report);
void report_done(struct report *report);

/* ZONE; zone NULL: the list of zones itself. status may be NULL. */
void report_zone(struct report *report, const char *zone, const char *name,
    bool is_private, const char *status);

/* BOOKMARK; zone NULL: of the list of zones. */
void report_bookmark(struct report *report, const char *zone);

/* ADDED, MODIFIED, DELETED: the record as it is. */
void report_record(struct report *report, const struct record *record);

/* RESULT; resource is the object that asked, for the log, or NULL. */
void report_result(
    struct report *report, const struct record *record, const char *resource);

/* TICK: seconds since the stream began. */
void report_tick(struct report *report, int64_t time_s);

/* Write what has gathered. */
void report_flush(struct report *report);

/* On a terminal, once a second: done, failed, left, rate, time to go. */
void report_progress(struct report *report, size_t n_left,
    double writes_per_minute, int64_t now_ms);

/* One line, if anything was asked for. */
void report_summary(
    struct report *report, size_t n_requests, size_t n_throttled);

/* STATUS_DONE, or STATUS_UNMET if something is not as it was asked for. */
int report_status(const struct report *report);

#endif
