// SPDX-License-Identifier: ISC
/*
 * secret -- bytes that must not reach a log, an argument list or a core file.
 *
 * Kept apart from text so that no printf can take one by accident. Wiped when
 * freed.
 */
#ifndef SECRET_H
#define SECRET_H

#include <stdbool.h>
#include <stddef.h>

struct secret;

/* A copy of n bytes; never NULL. */
struct secret *secret_new(const char *bytes, size_t n);
/* Wipe and free; NULL does nothing. */
void secret_free(struct secret *secret);

/* The bytes, NUL-terminated; borrowed, for handing to a library only. */
const char *secret_bytes(const struct secret *secret);
size_t secret_size(const struct secret *secret);

/* Take a variable out of the environment; NULL if it is not set. */
struct secret *secret_from_environment(const char *name);

/* Forbid core files and tracing of this process. */
void secret_guard_process(void);

#endif
