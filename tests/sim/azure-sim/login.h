// SPDX-License-Identifier: ISC
/* login -- the simulated Entra ID: token endpoint and discovery documents. */
#ifndef LOGIN_H
#define LOGIN_H

#include "sim.h"

/* true if the path belongs to Entra ID; then the call is answered. */
bool login_handle(struct call *call);

/* An error of Entra ID with its AADSTS number. Returns false. */
bool login_fail(struct call *call, int status, const char *error, int number,
    const char *message);

#endif
