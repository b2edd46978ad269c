// SPDX-License-Identifier: ISC
/* discovery -- what is served, in which version, and what the caller may do. */
#ifndef DISCOVERY_H
#define DISCOVERY_H

#include "call.h"

/* Answer a path that is no resource's: /version, /livez, /api, /apis and what
 * is below them, /openapi. false: there is no such path. */
bool discovery_answer(struct call *call, struct reply *reply);

/* POST of a review: selfsubjectaccessreviews and their like. false: it is not
 * one of them. */
bool discovery_review(struct call *call, struct reply *reply);

#endif
