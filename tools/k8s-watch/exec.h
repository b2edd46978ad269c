// SPDX-License-Identifier: ISC
/* exec -- run the credential plugin of a kubeconfig. */
#ifndef EXEC_H
#define EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct cluster;
struct secret;
struct text;

/* Zero-initialised is none. */
struct exec_credential {
	bool is_set;
	struct secret *token; /* or NULL */
	struct secret *cert;  /* with key, or both NULL */
	struct secret *key;
	int64_t expires_s; /* seconds since 1970; 0: when it is refused */
};

/* Run it, for at most a minute; ca is what was read of a CA file. false: err
 * says why and what to install. */
bool exec_run(const struct cluster *cluster, const struct text *ca,
    struct exec_credential *credential, struct error *err);

/* Wipe; it is none afterwards. */
void exec_credential_done(struct exec_credential *credential);

#endif
