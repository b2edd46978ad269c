// SPDX-License-Identifier: ISC
/* clock -- the two clocks of the kernel that we ask. */
#include <time.h>

#include "clock.h"

static int64_t
read_ms(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_ms(void)
{
	return read_ms(CLOCK_BOOTTIME);
}

int64_t
clock_unix_s(void)
{
	return read_ms(CLOCK_REALTIME) / 1000;
}
