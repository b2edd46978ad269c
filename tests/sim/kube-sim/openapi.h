// SPDX-License-Identifier: ISC
/* openapi -- the documents by which kubectl decides how to validate; each
 * returns true. */
#ifndef OPENAPI_H
#define OPENAPI_H

#include "call.h"

bool openapi_answer_v2(struct call *call, struct reply *reply);

/* The paths of the documents of all group versions. */
bool openapi_answer_index(struct call *call, struct reply *reply);

/* The document of one; base is "api/v1" or "apis/GROUP/VERSION". */
bool openapi_answer_group(
    struct call *call, struct reply *reply, const char *base);

#endif
