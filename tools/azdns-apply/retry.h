// SPDX-License-Identifier: ISC
/* retry -- trying the same request again: when, and for how long. */
#ifndef RETRY_H
#define RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct retry {
	int64_t next_ms;  /* not before */
	int64_t spent_ms; /* on tries and delays; Retry-After is not counted */
	int tries;        /* that failed */
};

/* Can the same request succeed later? */
bool retry_can_help(const struct error *err);

/*
 * A try that was sent at sent_ms has failed with this status (0: no answer):
 * sets next_ms. false: five minutes of trouble are spent.
 */
bool retry_later(struct retry *retry, long status, const struct error *err,
    int64_t sent_ms, int64_t now_ms);

/* How long to wait before try n (from 1): 1 s to 60 s, jittered. */
int64_t retry_delay_ms(int tries);

/* Milliseconds as whole seconds for the log, rounded up. */
long long retry_seconds(int64_t ms);

#endif
