// SPDX-License-Identifier: ISC
/*
 * claim -- all that one object asks for, as it is put together.
 *
 * Sources add names with targets; claim_finish makes of it what the wire
 * wants: record types by kind of target, one normal form, equal ones merged,
 * the options that change targets applied, bad ones taken out with a reason,
 * everything sorted. Nothing an object says can fail the whole: a bad name or
 * target costs its own record and becomes a rejection.
 */
#ifndef CLAIM_H
#define CLAIM_H

#include <stdbool.h>

#include "message.h"

struct arena;
struct config;

/* Reasons of status.rejected[]. These lists and those of docs/protocol.md are
 * the same: scripts/check-docs. */
#define REJECT_NAME     "InvalidName"
#define REJECT_TARGET   "InvalidTarget"
#define REJECT_TYPE     "UnsupportedType"
#define REJECT_TTL      "InvalidTTL"
#define REJECT_EMPTY    "NoTargets"
#define REJECT_TEMPLATE "TemplateFailed"

/* Reasons of status.unknown, of growing weight: the heaviest is said. */
#define UNKNOWN_ADDRESS     "AddressPending"
#define UNKNOWN_ACCEPTANCE  "NotAccepted"
#define UNKNOWN_UNAVAILABLE "JoinUnavailable"
#define UNKNOWN_FORBIDDEN   "JoinForbidden"
#define UNKNOWN_TEMPLATE    "TemplateFailed"
#define UNKNOWN_OVERSIZED   "Oversized"

struct claim_draft {
	struct arena *arena;
	const struct config *config;
	const char *resource;       /* label of what is added; NULL: none */
	int64_t ttl_s;              /* of what is added; MESSAGE_ABSENT: none */
	const char *set_identifier; /* of what is added; NULL: none */
	bool ptr;                   /* addresses get PTR records */
	bool joined;  /* CNAME targets from many places are one set */
	size_t bytes; /* of what was added, about as on the wire */
	struct property *properties; /* of what is added */
	size_t n_properties;
	struct claim claim; /* endpoints, rejected, unknown */
};

/*
 * Ask for host with each target: A, AAAA or CNAME by the kind of target. NULL
 * and empty hosts and targets are passed over; no targets: nothing is asked.
 */
void claim_host(
    struct claim_draft *draft, const char *host, const struct strlist *targets);

/* The same target by target, so that each host name is a CNAME of its own. */
void claim_host_each(
    struct claim_draft *draft, const char *host, const struct strlist *targets);

/* Ask for one record set of a given type; targets may be empty (then the
 * default targets stand in). */
void claim_record(struct claim_draft *draft, const char *name, enum rtype rtype,
    const struct strlist *targets);

/* The same without targets yet; lives until the next is added. */
struct endpoint *claim_add(
    struct claim_draft *draft, const char *name, enum rtype rtype);

/* One property more of what is added from now on. */
void claim_property(
    struct claim_draft *draft, const char *name, const char *value);

/* Note that something was refused. Name and field may be NULL. */
void claim_reject(struct claim_draft *draft, const char *name,
    const char *field, const char *reason, const char *message);

/* Note that what is asked for cannot be known now: one of UNKNOWN_*. */
void claim_unknown(struct claim_draft *draft, const char *reason);

/* More than a line can hold even after equal ones are merged; from then on
 * nothing is added, because names times targets must not grow without end. */
bool claim_is_full(const struct claim_draft *draft);

/* What no line holds is not said at all: UNKNOWN_OVERSIZED. */
void claim_give_up(struct claim *claim);

/* Merge, default, normalise, filter, sort: after that claim can be said. */
void claim_finish(struct claim_draft *draft);

#endif
