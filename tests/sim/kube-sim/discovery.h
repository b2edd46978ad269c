// SPDX-License-Identifier: ISC
/* discovery -- what is served, in which version, and what the caller may do. */
#ifndef DISCOVERY_H
#define DISCOVERY_H

#include "call.h"

/* Answer a path that is no resource's: /version, /livez, /api, /apis and what
 * is below them, /openapi. false: there is no such path. */
bool discovery_answer(struct call *call, struct reply *reply);

/* The groups that are served now, once each, and the versions of one, the most
 * preferred first; added to a list that lives in the call's arena. */
void discovery_groups(const struct call *call, struct strlist *groups);
void discovery_versions(
    const struct call *call, const char *group, struct strlist *versions);

/* "v1" or "GROUP/v1". */
const char *discovery_group_version(
    struct arena *arena, const char *group, const char *version);

#endif
