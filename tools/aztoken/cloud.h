// SPDX-License-Identifier: ISC
/* cloud -- what a cloud of one's own says of itself. */
#ifndef CLOUD_H
#define CLOUD_H

#include <stdbool.h>

struct error;
struct settings;

/* Ask the cloud for the authority and audience that azure.json leaves out. */
bool cloud_complete(struct settings *settings, struct error *err);

#endif
