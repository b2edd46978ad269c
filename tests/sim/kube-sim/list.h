// SPDX-License-Identifier: ISC
/* list -- GET on an object and on a collection. */
#ifndef LIST_H
#define LIST_H

#include "call.h"

void list_get(struct call *call, struct reply *reply);

/* With limit, continue, resourceVersion and resourceVersionMatch. */
void list_collection(struct call *call, struct reply *reply);

/* Read resourceVersion: "" is -1, "0" is 0. false: reply holds the failure. */
bool list_version(const struct call *call, struct reply *reply, int64_t *out);

/* Why a version beyond the present one fails: 504 with its cause. */
bool list_too_large(
    struct reply *reply, const struct call *call, int64_t version);

#endif
