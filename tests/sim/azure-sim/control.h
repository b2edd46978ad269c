// SPDX-License-Identifier: ISC
/* control -- what tests do to the simulator behind the clients' backs. */
#ifndef CONTROL_H
#define CONTROL_H

#include "sim.h"

/* Answer a path below /_control/ that is not a privileged ARM request. */
void control_handle(struct call *call);

/* Count a client's request, once it is answered. */
void control_count(const struct call *call);

#endif
