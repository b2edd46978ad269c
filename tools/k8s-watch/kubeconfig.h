// SPDX-License-Identifier: ISC
/* kubeconfig -- the files that kubectl reads. */
#ifndef KUBECONFIG_H
#define KUBECONFIG_H

#include <stdbool.h>

#include "error.h"
#include "strlist.h"

struct cluster;

/*
 * Merge the files and fill in the cluster and user of context (NULL: the
 * current one). A file that does not exist is passed over unless it is the
 * only one. false: err names file and member, and the remedy.
 */
bool kubeconfig_read(struct cluster *cluster, const struct strlist *files,
    const char *context, struct error *err);

#endif
