// SPDX-License-Identifier: ISC
/*
 * sim -- what all parts of azure-sim share: the state of the simulated cloud,
 * one call under way, and the two kinds of error bodies.
 *
 * The whole simulator is one lock: a handler holds it from the first look at
 * the state to the printed body, and gives it back only to wait (call_sleep).
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "json.h"
#include "serve.h"
#include "table.h"

#define ETAG_BYTES 37 /* a GUID and its NUL */

/* A record set; owned by its zone's table, keyed by its place in listings. */
struct set {
	struct zone *zone;
	char *name; /* relative, as first written */
	const struct set_type *type;
	char etag[ETAG_BYTES];
	int64_t ttl;
	int64_t written_ms;  /* see sim_now_ms; 0: with the zone */
	jv metadata;         /* absent: no member */
	jv records;          /* array or object in canonical form, or absent */
	char *target;        /* alias: id of the target resource, else NULL */
	char *profile;       /* Traffic Manager profile (preview), else NULL */
	bool autoregistered; /* by a virtual machine: not ours to write */
};

struct zone {
	char *subscription;
	char *group;
	char *name;
	bool private;
	char etag[ETAG_BYTES];
	jv tags;
	jv links;   /* virtual network links, an object of name to ARM form */
	int server; /* which four name servers: ns1-06 and so on */
	struct table sets;
	struct set **order; /* sets sorted as listed; NULL: to be made anew */
	bool deleting;
};

/* The simulated cloud. Guarded by its lock, as is all that hangs on it. */
extern struct sim {
	struct table zones;      /* struct zone, by lower-case ARM id */
	struct table groups;     /* bool, by lower-case `subscription/group` */
	struct table resources;  /* int64_t ttl of alias targets, by id */
	struct table operations; /* struct operation, by its GUID */
	jv directory;          /* tenants, identities, roles: see directory.c */
	jv locks;              /* scopes that refuse writes */
	int64_t role_requests; /* since the state was made: see grant-after */
	uint64_t random;       /* state of the one generator */
} sim;

/* Where an ARM path points; parts that it has not are NULL. */
struct place {
	const char *subscription;
	const char *group;
	const char *kind; /* dnszones, privateDnsZones, or another type */
	const char *zone;
	const char *child; /* a record type, `all`, virtualNetworkLinks, ... */
	const char *name;
	const char *id; /* the path itself */
	bool private;
};

/* One request in the hands of the simulator. */
struct call {
	const struct serve_request *request;
	struct serve_answer *answer;
	struct arena arena;
	const char *method;
	const char *path;
	struct place place;
	jv body;         /* absent unless parsed */
	bool privileged; /* by the control path: no token, limits, faults */
	bool inner;      /* inside another's request: its headers don't count */
	const char *client_id; /* whom the token was given to, or NULL */
	const char *object_id;
	const char *tenant;
};

void sim_lock(void);
void sim_unlock(void);

/* Give the lock back, wait, take it again. */
void sim_sleep_ms(int64_t ms);

/* Milliseconds since the start, and seconds since 1970. */
int64_t sim_now_ms(void);
int64_t sim_unix_s(void);

/* The next number of the generator, and a GUID made of two of them. */
uint64_t sim_random(void);
void sim_guid(char out[ETAG_BYTES]);

/* A lower-case copy in the arena. */
const char *sim_lower(struct arena *arena, const char *text);

/* A switch's value (see switches.c); asking for an unknown one is a bug. */
int64_t sim_switch(const char *name);
/* Set one; false: no such switch or value. */
bool sim_switch_set(const char *name, const char *value);
/* All switches as they are known or assumed of the real service. */
void sim_switches_reset(void);
/* All switches as an object. */
jv sim_switches(void);

/* The member of an object whose name differs in case at most; else absent. */
jv call_member(jv object, const char *name);

/* Answer with a body as ARM's front end writes it... */
void call_send_gateway(struct call *call, int status, jv body);
/* ...or as the DNS service does: every slash escaped. */
void call_send(struct call *call, int status, jv body);
/* An answer without body. */
void call_send_empty(struct call *call, int status);

/* An error of the front end: wrapped, with x-ms-failure-cause. Returns false. */
bool call_refuse(struct call *call, int status, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* An error of the DNS service: flat. Returns false. */
bool call_fail(struct call *call, int status, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* An error as OAuth and the metadata service write it. Returns false. */
bool call_deny(
    struct call *call, int status, const char *error, const char *description);

/* Parse the body into call->body; false: answered with 400. */
bool call_read_body(struct call *call);

#endif
