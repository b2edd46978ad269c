// SPDX-License-Identifier: ISC
/* token -- read a token answer, write a token, look into a JWT. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>

struct arena;
struct error;
struct settings;
struct text;
struct token;

/* Read the JSON of a token answer (of Entra, IMDS or az). */
bool token_decode(struct token *token, const struct text *body,
    const char *source, struct error *err);

/* Write it to standard output as `az account get-access-token` does. */
bool token_print(const struct token *token, const struct settings *settings,
    struct error *err);

/* A member of the claims of a JWT, not verified; NULL: absent. Numbers come
 * as text, of a list the first. */
const char *token_claim(struct arena *arena, const char *jwt, const char *name);

#endif
