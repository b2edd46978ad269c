// SPDX-License-Identifier: ISC
/* graph -- Azure Resource Graph's table dnsresources. */
#ifndef GRAPH_H
#define GRAPH_H

#include "sim.h"

/* true if the path is Resource Graph's; then the call is answered. */
bool graph_handle(struct call *call);

#endif
