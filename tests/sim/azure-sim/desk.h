// SPDX-License-Identifier: ISC
/* desk -- where every request comes in. */
#ifndef DESK_H
#define DESK_H

#include "sim.h"

/* The serve_handler of azure-sim. */
void desk_handle(void *context, const struct serve_request *request,
    struct serve_answer *out);

/* Make a privileged ARM request in the middle of a client's; borrows body. */
void desk_foreign(
    struct call *outer, const char *method, const char *path, jv body);

#endif
