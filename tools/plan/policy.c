// SPDX-License-Identifier: ISC
/*
 * policy -- which sorts of change --policy allows (external-dns
 * plan/policy.go). A change of record type needs all three: it is a creation
 * and a deletion in one.
 */
#include "plan.h"

static const struct {
	bool update, remove;
} rows[] = {
	[POLICY_SYNC] = { true, true },
	[POLICY_UPSERT_ONLY] = { true, false },
	[POLICY_CREATE_ONLY] = { false, false },
};

bool
policy_allows(enum policy policy, enum message_type type)
{
	switch ((int)type) {
	case MESSAGE_UPDATE:
		return rows[policy].update;
	case MESSAGE_DELETE:
		return rows[policy].remove;
	default:
		return true;
	}
}
