// SPDX-License-Identifier: ISC
/* assertion -- signed statements of who the client is. */
#ifndef ASSERTION_H
#define ASSERTION_H

#include "sim.h"

/*
 * Check a client assertion for an application of the directory: one that the
 * client signed with its certificate's key, or one that a federated issuer
 * gave it. false: answered with the AADSTS error.
 */
bool assertion_check(struct call *call, jv application, const char *jwt);

#endif
