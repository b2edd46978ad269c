// SPDX-License-Identifier: ISC
/*
 * directory -- tenants, applications, identities, role assignments and locks,
 * as the state file gives them. Without `tenants` in it the directory is open:
 * every tenant, application and identity exists and may do everything.
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include "sim.h"

/* true: nothing is checked. */
bool directory_is_open(void);

/* The tenant, the application in it, the managed identity; absent if none. */
jv directory_tenant(const char *id);
jv directory_application(jv tenant, const char *client_id);
jv directory_identities(void);

/* The tenant that a subscription trusts; NULL: any. */
const char *directory_subscription_tenant(const char *subscription);

/* true if the caller's roles allow the action; false: answered with 403. */
bool directory_check_role(struct call *call, const char *action);

/* Locks on the scope; false: answered with 409. */
bool directory_check_locks(struct call *call, const char *verb);

#endif
