// SPDX-License-Identifier: ISC
/* arm -- requests to Azure Resource Manager: URLs, headers, tokens, errors. */
#ifndef ARM_H
#define ARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct http;
struct token;
struct arm_call;

struct arm {
	struct http *http;
	struct token *token;
	const char *endpoint;   /* https://management.azure.com */
	bool is_private;        /* which of the two services */
	struct arm_call *calls; /* not yet answered */
	uint32_t last_id[4];    /* random at first, then counted */
	size_t n_sent;
	size_t n_throttled; /* answered with 429 */
};

struct arm_answer {
	bool ok; /* 2xx */
	long status;
	struct error err; /* code, cause, text with advice; if not ok */
	bool is_unsure;   /* not ok, but it may have been carried out */
	const char *body;
	size_t body_n;
};

struct arm_request {
	const char *method;
	const char *url;      /* absolute, from arm_url_* or a nextLink */
	const char *if_match; /* etag, or NULL */
	bool if_none_match;   /* only if it does not exist */
	const char *body;     /* copied; NULL: none */
	void *context;
	/* Once, from arm_tick or http_wait. */
	void (*on_answer)(void *context, const struct arm_answer *answer);
};

/* A zone's resource id taken apart; texts in the arena. */
struct arm_zone_id {
	const char *subscription;
	const char *group;
	const char *name; /* lower case */
};

/* false: not the id of a zone of this kind. Case does not matter. */
bool arm_parse_zone_id(struct arena *arena, const char *id, bool is_private,
    struct arm_zone_id *parts);

/* The id as the wire has it: lower case. */
const char *arm_zone_id(
    struct arena *arena, const struct arm_zone_id *parts, bool is_private);

/* URLs: the zones of a group, one zone, its record sets, one record set. */
const char *arm_url_zones(const struct arm *arm, struct arena *arena,
    const char *subscription, const char *group);
const char *arm_url_zone(
    const struct arm *arm, struct arena *arena, const struct arm_zone_id *zone);
const char *arm_url_recordsets(
    const struct arm *arm, struct arena *arena, const struct arm_zone_id *zone);
const char *arm_url_recordset(const struct arm *arm, struct arena *arena,
    const struct arm_zone_id *zone, const char *type, const char *name);

/* A link to a next page is followed only to the configured endpoint. */
bool arm_is_ours(const struct arm *arm, const char *url);

/* Send, or keep until there is a token. */
void arm_send(struct arm *arm, const struct arm_request *request);

/* Send what waits for a token, give up what has waited for too long. */
void arm_tick(struct arm *arm, int64_t now_ms);

/* Forget what has not been answered; no callback is called. */
void arm_done(struct arm *arm);

#endif
