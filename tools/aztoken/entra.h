// SPDX-License-Identifier: ISC
/* entra -- the token endpoint of Microsoft Entra ID. */
#ifndef ENTRA_H
#define ENTRA_H

#include <stdbool.h>

struct error;
struct secret;
struct settings;
struct token;

/* The token endpoint of the tenant. */
const char *entra_endpoint(struct settings *settings);

/* Client credentials with the field that proves who we are: client_secret or
 * client_assertion (then the assertion's type is sent, too). */
bool entra_get(struct settings *settings, const char *field,
    const struct secret *proof, struct token *token, struct error *err);

#endif
