// SPDX-License-Identifier: ISC
/* imds -- requests to an identity endpoint and their answers. */
#ifndef IMDS_H
#define IMDS_H

#include <stdbool.h>

#include "ask.h"

struct settings;
struct token;

/* GET of an identity endpoint: the query for our resource and identity. */
const char *imds_url(
    struct settings *settings, const char *endpoint, const char *api_version);

/* Judge an answer of IMDS or of Arc's agent. */
bool imds_decode(struct token *token, const struct answer *answer,
    const char *source, struct error *err);

#endif
