// SPDX-License-Identifier: ISC
/* incluster -- the API server as a pod finds it. */
#ifndef INCLUSTER_H
#define INCLUSTER_H

#include <stdbool.h>

struct cluster;

/* true if this process runs in a pod that has a service account. */
bool incluster_is_here(const char *service_account_dir);

/* Fill in where the API server is and which files hold the credential. */
void incluster_read(struct cluster *cluster, const char *service_account_dir);

#endif
