// SPDX-License-Identifier: ISC
/* service -- DNS names asked for by Services; here the kinds of them that have
 * a file of their own. */
#ifndef SERVICE_H
#define SERVICE_H

#include "source.h"

/* Ask for host at the pods behind a headless Service. */
void headless_host(struct ask *ask, const char *host);

/* Ask for host at the nodes, and for the SRV records of its ports. */
void nodeport_host(struct ask *ask, const char *host);

/* The names and addresses of --compatibility. */
void compatibility_claim(struct ask *ask);

#endif
