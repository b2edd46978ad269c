// SPDX-License-Identifier: ISC
/* workload -- the projected token of workload identity. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

struct error;
struct secret;
struct settings;

/* The federated token as it stands in its file now; fills settings->federated.
 * NULL with err. */
struct secret *workload_read(struct settings *settings, struct error *err);

#endif
