// SPDX-License-Identifier: ISC
/* proxy -- which proxy a server is reached through, as Go programs choose. */
#ifndef PROXY_H
#define PROXY_H

#include <stdbool.h>

/*
 * The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or their lower case
 * forms) name for a server, borrowed from the environment; NULL: none.
 */
const char *proxy_find(const char *scheme, const char *host, const char *port);

/* true if an item of a NO_PROXY list covers the server. */
bool proxy_is_excluded(const char *list, const char *host, const char *port);

#endif
