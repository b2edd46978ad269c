// SPDX-License-Identifier: ISC
/*
 * child -- a program that prints something for us: a credential, a token.
 *
 * Run without a shell, found through PATH, in a process group of its own, with
 * an empty standard input and our standard error.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct strlist;
struct text;

struct child {
	pid_t pid;
	int fd; /* its standard output */
};

/* Start argv with the variables env (NULL: ours). 0, or errno. */
int child_start(
    struct child *child, const struct strlist *argv, const struct strlist *env);

/* Append all that it prints until it closes its output. false: that took
 * longer than limit_ms, or was more than bytes_max. */
bool child_read(
    struct child *child, struct text *out, size_t bytes_max, int64_t limit_ms);

/* Wait for its end, having sent its group this signal (0: none). The exit
 * status, or 128 and the signal that ended it. */
int child_end(struct child *child, int signal_number);

/* true if env sets the variable (NAME=...) to whatever value. */
bool child_is_set(const struct strlist *env, const char *variable);

#endif
