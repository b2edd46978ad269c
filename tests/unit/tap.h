// SPDX-License-Identifier: ISC
/* tap -- count and print checks: `ok N - what`, exit status 1 if one failed. */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdio.h>

static int tap_done, tap_bad;

static inline void
tap_check(bool good, const char *what, const char *detail)
{
	tap_done++;
	tap_bad += good ? 0 : 1;
	printf("%sok %d - %s %s\n", good ? "" : "not ", tap_done, what, detail);
}

/* For the end of main: the plan and the exit status. */
static inline int
tap_end(void)
{
	printf("1..%d\n", tap_done);
	return tap_bad == 0 ? 0 : 1;
}

#endif
