// SPDX-License-Identifier: ISC
/* retry -- see retry.h. */
#include <stdlib.h>

#include "retry.h"

#define DELAY_MS     1000
#define DELAY_MAX_MS 60000
#define RESEND_MS    20 /* when an idle connection may have been closed */
#define TROUBLE_MS   300000

bool
retry_can_help(const struct error *err)
{
	return err->cause == CAUSE_TEMPORARY || err->cause == CAUSE_THROTTLED;
}

bool
retry_later(struct retry *retry, long status, const struct error *err,
    int64_t sent_ms, int64_t now_ms)
{
	int64_t delay_ms = retry_delay_ms(++retry->tries);

	if (status == 0 && retry->tries == 1)
		delay_ms = RESEND_MS;
	if (retry->tries > 1)
		retry->spent_ms += now_ms - sent_ms;
	if (err->retry_after_ms > 0)
		delay_ms = err->retry_after_ms;
	else
		retry->spent_ms += delay_ms;
	retry->next_ms = now_ms + delay_ms;
	return retry->spent_ms < TROUBLE_MS;
}

int64_t
retry_delay_ms(int tries)
{
	int64_t delay_ms = DELAY_MS;

	while (--tries > 0 && delay_ms < DELAY_MAX_MS)
		delay_ms *= 2;
	if (delay_ms > DELAY_MAX_MS)
		delay_ms = DELAY_MAX_MS;
	/* Between half and the whole, so that many do not come at once. */
	return delay_ms / 2 +
	       (int64_t)arc4random_uniform((uint32_t)delay_ms / 2 + 1);
}

long long
retry_seconds(int64_t ms)
{
	return (ms + 999) / 1000;
}
