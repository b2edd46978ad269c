// SPDX-License-Identifier: ISC
/* token -- the access tokens that the simulated Entra ID gives and ARM takes. */
#ifndef TOKEN_H
#define TOKEN_H

#include "sim.h"

struct grant {
	const char *tenant;
	const char *client_id;
	const char *object_id;
	const char *audience;
	int64_t issued_s; /* seconds since 1970 */
	int64_t life_s;
	bool claims; /* asked for with the claims of a challenge */
};

/* Append a JWT. */
void token_issue(const struct grant *grant, struct text *out);

/* Refuse all tokens issued so far; with challenge as continuous access
 * evaluation does it, by a claims challenge. */
void token_revoke(bool challenge);

/* Take all tokens again that are not expired. */
void token_pardon(void);

/* Check the request's bearer token and note in call whom it was given to.
 * false: answered with 401. */
bool token_check(struct call *call);

/* The token must be of the tenant that the subscription trusts, where the
 * state names one. false: answered with 401. */
bool token_check_tenant(struct call *call, const char *tenant);

#endif
