// SPDX-License-Identifier: ISC
/* entra -- the token endpoint of Microsoft Entra ID. */
#ifndef ENTRA_H
#define ENTRA_H

#include <stdbool.h>

struct error;
struct settings;
struct token;
struct way;

/* The token endpoint of the tenant. */
const char *entra_endpoint(struct settings *settings);

/* Are tenant and client set? false: err says where to set them. */
bool entra_need_ids(const struct settings *settings, struct error *err);

/* Client credentials with the proof of the way. */
bool entra_get(const struct way *way, struct settings *settings,
    struct token *token, struct error *err);

#endif
