// SPDX-License-Identifier: ISC
/* loop -- the two inputs and the one output of plan. */
#ifndef LOOP_H
#define LOOP_H

#include "error.h"

struct plan;

/*
 * Read claims from stdin and records from records_fd, write changes to stdout
 * until one of them ends; as config->review says, at once or in the ring.
 * health_fd gets a line when the first pass is complete; -1: none.
 */
enum status loop_run(struct plan *plan, int records_fd, int health_fd);

#endif
