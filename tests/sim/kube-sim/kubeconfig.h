// SPDX-License-Identifier: ISC
/* kubeconfig -- a file with which kubectl reaches the simulator. */
#ifndef KUBECONFIG_H
#define KUBECONFIG_H

#include "error.h"

/* CA of tls_dir inlined, one context, one token. */
bool kubeconfig_write(const char *path, const char *url, const char *tls_dir,
    const char *token, struct error *err);

#endif
