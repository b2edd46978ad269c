// SPDX-License-Identifier: ISC
/*
 * diff -- what is different between a record set and what is wanted.
 *
 * Targets are sorted and in normal form on both sides, so equality is equality
 * of the texts. A TTL that nobody gave is no difference. The mark is: its
 * owner, the object it names (deleting rests on it), its format.
 */
#include "plan.h"
#include "text.h"

const char *
diff_reason(const struct have *have, const struct want *want)
{
	if (!strlist_equal(&have->targets, &want->targets))
		return "targets";
	if (want->ttl_s != have->ttl_s)
		return "ttl";
	if (!strlist_equal(&have->tags, &want->tags))
		return "tags";
	if (want->owner == NULL)
		return NULL; /* --registry=noop keeps no marks */
	if (!text_equal(have->owner, want->owner) ||
	    !text_equal(have->resource, want->resource))
		return "mark";
	for (size_t i = 0; i < have->n_marks; i++)
		if (!have->marks[i].current)
			return "mark";
	return NULL;
}
