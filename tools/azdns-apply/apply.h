// SPDX-License-Identifier: ISC
/* apply -- the changes that are under way, and when their requests go. */
#ifndef APPLY_H
#define APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct change;
struct config;
struct zones;

struct apply {
	const struct config *config;
	struct zones *zones;
	size_t n_jobs;   /* not yet over */
	int64_t next_ms; /* when apply_tick has something to do again */
};

/* Nothing is under way; all three must outlive apply. */
void apply_init(
    struct apply *apply, const struct config *config, struct zones *zones);

/* A CREATE, UPDATE or DELETE: one RESULT will follow. */
void apply_put(struct apply *apply, const struct change *change);

/* Send what may go now, say what is over. */
void apply_tick(struct apply *apply, int64_t now_ms);

/* Forget what has not begun; what has is finished. */
void apply_stop(struct apply *apply);

/* Forget all. */
void apply_done(struct apply *apply);

#endif
