// SPDX-License-Identifier: ISC
/* loop -- the one wait of the program: answers, changes, the token, the time. */
#ifndef LOOP_H
#define LOOP_H

#include <signal.h>

struct config;

/*
 * Run until the input ended and all is done, --list is said, *stop is set, or
 * nobody reads any more. The exit status.
 */
int loop_run(const struct config *config, const volatile sig_atomic_t *stop);

#endif
