// SPDX-License-Identifier: ISC
/* certificate -- what the certificate file holds. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <stdbool.h>

struct error;
struct settings;
struct text;

/* A line about the certificate file; false with err if it cannot serve. */
bool certificate_check(
    struct settings *settings, struct text *about, struct error *err);

#endif
