// SPDX-License-Identifier: ISC
/* clock -- time for the programs that may know it (not endpoints, not plan). */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* Milliseconds that never go back, suspended time included (CLOCK_BOOTTIME). */
int64_t clock_ms(void);

/* Seconds since 1970, for the expiry of tokens. */
int64_t clock_unix_s(void);

#endif
