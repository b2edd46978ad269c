// SPDX-License-Identifier: ISC
/* loop -- the two inputs and the one output of plan. */
#ifndef LOOP_H
#define LOOP_H

#include "error.h"

struct plan;

/* Inputs and output, opened before the sandbox is entered. */
struct loop {
	int records_fd;
	const char *explain; /* a name to explain instead of changes, or NULL */
	int health_fd; /* gets a line when the first pass is complete; -1: none */
};

/* In the ring: poll all three, never block. Returns the exit status. */
enum status loop_ring(struct plan *plan, const struct loop *loop);

/* A review: read all of both, then write all. Returns the exit status. */
enum status loop_review(struct plan *plan, const struct loop *loop);

#endif
