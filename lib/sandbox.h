// SPDX-License-Identifier: ISC
/*
 * sandbox -- a program that reads what tenants wrote reaches nothing but the
 * descriptors it already holds.
 *
 * libseccomp: read, write, poll, memory and exit stay; opening files, sockets,
 * processes and clocks that ask the kernel end in EPERM. Not entered under a
 * sanitizer or valgrind, which need more.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

/* Enter for good. Ends the process with STATUS_CONFIG if the kernel refuses,
 * unless the kernel has no seccomp at all: then one warning. */
void sandbox_enter(void);

#endif
