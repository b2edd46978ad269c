// SPDX-License-Identifier: ISC
/*
 * error -- what went wrong, as a value, and the exit statuses of all programs.
 *
 * Three sorts of trouble, never mixed: a bug is an assert(); what makes going
 * on senseless (usage, configuration, a broken protocol) is log_die(); what
 * can happen to any request or object is a struct error, handed up until it
 * becomes a line.
 */
#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>
#include <stdint.h>

/* Exit statuses of every program (docs/protocol.md, "Starting and ending"). */
enum status {
	STATUS_DONE = 0,   /* all that was asked for is so */
	STATUS_UNMET = 1,  /* something is not as asked for, or was cut short */
	STATUS_CONFIG = 2, /* the configuration cannot work; do not restart */
};

/* The only thing that retry rules may look at. */
enum cause {
	CAUSE_NONE = 0,
	CAUSE_TEMPORARY, /* transport, 5xx: the same again may succeed */
	CAUSE_THROTTLED, /* 429: the same again after retry_after_ms */
	CAUSE_DENIED,    /* 401, 403: someone has to grant something */
	CAUSE_MISSING,   /* 404: not there (any more) */
	CAUSE_CONFLICT,  /* 409, 412: the truth is another one */
	CAUSE_INVALID,   /* 400, bad data: the same again fails again */
};

struct error {
	enum cause cause;
	int64_t retry_after_ms; /* 0: the other side did not say */
	char code[64];          /* the other side's word for it, or "" */
	char text[512]; /* one line for a person, no capital, no full stop */
};

/*
 * Write cause and text to err (which may be NULL) and return false, so that
 * `return error_set(&err, CAUSE_INVALID, "...")` reads as one step. Clears
 * code and retry_after_ms. Control characters in the text become blanks.
 */
bool error_set(struct error *err, enum cause cause, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
