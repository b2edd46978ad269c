// SPDX-License-Identifier: ISC
/* access -- who calls, and whether they may: tokens, client certificates, and
 * the RBAC objects that the store holds. */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>

#include "call.h"

#define ACCESS_ADMIN_TOKEN "admin-token"

struct access {
	struct arena arena;
	struct token *tokens;
	size_t n_tokens;
	bool anonymous; /* callers without credentials are let in as such */
};

/* The administrator's token, and those of a file in the form that
 * kube-apiserver's --token-auth-file takes: TOKEN,USER,UID[,"GROUP,..."]. */
bool access_init(struct access *access, const char *file, struct error *err);

/* A token is refused from now on (or, valid, taken again). Unknown ones are
 * added as those of a user of this name. */
void access_set(struct access *access, const char *token, bool valid);

/* Fill in call->user: 401 in reply when a credential is not known, 403 when it
 * may not impersonate. A token sa.NAMESPACE.NAME is that of the ServiceAccount
 * while that exists. */
bool access_identify(struct call *call, struct reply *reply);

/* What somebody wants to do. */
struct action {
	const char *verb;
	const char *group;
	const char *resource; /* with "/sub" where there is one */
	const char *ns;       /* NULL: the whole cluster */
	const char *name;     /* NULL: all */
};

bool access_allows(const struct call *call, const struct action *action);

/* The call itself; false: 403 in reply. */
bool access_check(const struct call *call, struct reply *reply);

/* The 403 itself. Returns false. */
bool access_refuse(const struct call *call, struct reply *reply);

/* The rules that hold for the caller in a namespace, for kubectl auth can-i
 * --list: an array of PolicyRules. */
jv access_rules(const struct call *call, const char *ns);

#endif
