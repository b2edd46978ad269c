// SPDX-License-Identifier: ISC
/* imds -- managed identity: the instance metadata service, Azure Arc, and the
 * document by which clients discover a cloud. */
#ifndef IMDS_H
#define IMDS_H

#include "sim.h"

/* true if the path is one of these; then the call is answered. */
bool imds_handle(struct call *call);

/* Where the file with Arc's challenge lies: DIR/arc.key, made anew each time. */
void imds_set_arc_directory(const char *directory);

#endif
