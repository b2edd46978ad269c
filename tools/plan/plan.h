// SPDX-License-Identifier: ISC
/*
 * plan -- the state of the program, and what its parts offer each other.
 *
 *   claims --> asks --\                       /--> queue --> changes
 *                      names --> decide --> gate
 *   records -> rrsets-/            |          \--> nothing (yet)
 *                                brake, retry
 *
 * A name knows all that is asked for it and all that is there. Every line
 * marks the names that it concerns; a pass decides these anew. Nothing that
 * follows from asks and rrsets is stored: a change is worked out again at the
 * moment when it is written.
 *
 * Kept data is packed: one allocation per ask and per rrset, its texts behind
 * the struct, one after the other.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdint.h>
#include <stdio.h>

#include "arena.h"
#include "config.h"
#include "line.h"
#include "message.h"
#include "skip.h"
#include "strlist.h"
#include "table.h"

#define IN_FLIGHT_MAX 64 /* unanswered changes of one zone */

struct source {
	enum message_state state;
	bool has_mark;
	uint16_t rank; /* position in --source */
};

/* An object that cannot be known now. */
struct unknown {
	int32_t deadline_s; /* when that counts as nothing; -1: never */
	bool pending;       /* the deadline is not over */
	char resource[];
};

/* Everything that one object asks for; key NAMESPACE/SOURCE.OBJECT. */
struct claimant {
	struct source *source;
	struct ask *asks;
	struct unknown *unknown; /* or NULL */
};

/* One endpoint of one object. */
struct ask {
	struct ask *next;          /* of the same name */
	struct ask *next_of_claim; /* of the same object */
	struct claimant *claimant;
	struct name *name;
	int32_t ttl_s;
	uint16_t n_targets; /* 0: the name is frozen */
	uint8_t rtype;
	uint8_t said;      /* enum skip, SAID_STALE */
	uint8_t complaint; /* enum skip; the only target is its text */
	bool warned;       /* of a private address */
	char bytes[];      /* resource, tags, targets */
};

/* A record set as it is. */
struct rrset {
	struct rrset *next;       /* of the same name */
	struct rrset *next_owned; /* chain of owned.c */
	struct zone *zone;
	struct name *name;
	int32_t ttl_s;
	int32_t gone_since_s; /* when it was seen to be unwanted */
	uint32_t going;       /* 1 + index in zone->going; 0: stays */
	uint32_t listing;     /* listings of the zone when last not an orphan */
	uint16_t n_targets;
	uint8_t n_marks;
	uint8_t rtype;
	uint8_t said;
	bool is_opaque;
	bool is_ours;  /* counted in zone->n_ours */
	bool released; /* its deletion may pass the brake */
	char bytes
	    []; /* etag owner resource opaque tags metadata targets marks */
};

/* A key that is in flight, or waits after a failure. */
struct work {
	struct work *next; /* of the same name */
	struct name *name;
	struct zone *zone;
	uint64_t hash;  /* of the change that was sent */
	uint64_t truth; /* of what it was sent for */
	int32_t retry_s;
	int32_t conflicts_s[3];
	uint32_t i;        /* in plan->works */
	uint16_t replaced; /* bit per enum rtype */
	uint8_t rtype;
	uint8_t in_flight; /* enum message_type */
	uint8_t tries;
	uint8_t n_conflicts;
	bool final;  /* failed with --once */
	bool rests;  /* was a dry run */
	bool failed; /* retry_s counts */
};

/* Value of plan->names; its key is the name. */
struct name {
	struct ask *asks;
	struct rrset *rrsets;
	struct work *works;
	uint16_t queued; /* number of the zone whose queue has it, 0: none */
	uint16_t refs;   /* entries of queues */
	bool is_dirty;
};

struct name_list {
	struct name **items;
	size_t n, size;
	size_t first; /* not yet taken out */
};

/* Deletions of one second. */
struct deletions {
	int64_t time_s;
	int sent, done;
};

struct zone {
	char *id;
	char *name;
	uint16_t number; /* from 1, as they came */
	bool is_public, is_unavailable;
	uint32_t n_listings; /* marks of completeness */
	uint32_t n_ours, n_in_flight, n_orphans;
	struct name_list queue;
	struct rrset **going; /* unwanted, not yet sent */
	size_t n_going, size_going;
	struct deletions *window;
	size_t n_window;
	bool is_held, is_checked;
	char hash[13]; /* of what is held */
};

enum zone_list { ZONES_PENDING, ZONES_COMPLETE, ZONES_UNAVAILABLE };

struct plan {
	const struct config *config;
	struct table sources, claims, names;
	struct table unknown; /* resource of pending claims: how many */
	struct zone **zones;  /* sorted by id; the first is "nowhere" */
	size_t n_zones;
	enum zone_list zone_list;
	struct rrset **owned; /* hash chains, see owned.c */
	size_t n_owned, n_chains;
	struct work **works;
	size_t n_works, n_in_flight;
	struct name_list dirty;
	struct arena scratch; /* of one decision */
	int64_t now_s;
	bool started, input_ended;
};

/* -- names.c: what outlives a line ---------------------------------------- */

/* Empty, as the options in plan->config say. */
void plan_init(struct plan *plan);
/* The name of a text, made if nobody knew it; its text; to be decided anew. */
struct name *names_get(struct plan *plan, const char *text);
const char *names_text(const struct name *name);
void names_mark(struct plan *plan, struct name *name);
void names_mark_all(struct plan *plan);
/* Free the name if nothing holds it any more. */
void names_release(struct plan *plan, struct name *name);
/* Append; whoever takes out goes on from list->first. */
void name_list_add(struct name_list *list, struct name *name);
/* Empty a list of which all was taken out. */
void name_list_clear(struct name_list *list);

/* -- rrsets.c ------------------------------------------------------------- */

/* Put or drop what a line says of a key; marks the name. */
void rrsets_put(struct plan *plan, struct zone *zone, const struct record *);
void rrsets_drop(struct plan *plan, struct rrset *rrset);
struct rrset *rrsets_find(
    const struct name *name, const struct zone *zone, enum rtype rtype);
/* The texts of an rrset; the strings of have point into it. */
void rrsets_have(
    struct arena *arena, const struct rrset *rrset, struct have *have);
void rrsets_done(struct have *have);
const char *rrsets_owner(const struct rrset *rrset);    /* or NULL */
const char *rrsets_resource(const struct rrset *rrset); /* or NULL */
const char *rrsets_etag(const struct rrset *rrset);     /* or NULL */
bool rrsets_is_orphan(const struct rrset *rrset);

/* -- owned.c: rrsets by the object that asked for them -------------------- */

/* In and out of the chain of its resource; one without resource is in none.
 * owned_mark marks the names of all that a resource owns. */
void owned_add(struct plan *plan, struct rrset *rrset);
void owned_drop(struct plan *plan, struct rrset *rrset);
void owned_mark(struct plan *plan, const char *resource);

/* -- claims.c ------------------------------------------------------------- */

/* A line of the endpoints stream. false: it broke the contract. */
bool claims_read(
    struct plan *plan, struct line_reader *reader, jv line, struct error *err);
/* Deadlines that are over. */
void claims_tick(struct plan *plan);
/* All sources have said how they stand. */
bool claims_are_marked(const struct plan *plan);
/* The object is there, but what it asks for cannot be known now. */
bool claims_is_unknown(const struct plan *plan, const char *resource);

/* -- asks.c --------------------------------------------------------------- */

/*
 * Put one to a claimant; what is the same in the list old is taken over from
 * it. A rejection, and an object that cannot be known, are asks that nobody
 * can fulfil.
 */
void asks_put_endpoint(struct plan *plan, struct claimant *claimant,
    struct ask **old, const struct endpoint *endpoint);
void asks_put_rejection(struct plan *plan, struct claimant *claimant,
    struct ask **old, const struct rejection *rejection, const char *resource);
void asks_put_unknown(struct plan *plan, struct claimant *claimant,
    struct ask **old, const char *unknown, const char *resource);
/* Free it, but not take it out of its claimant's list; marks the name. */
void asks_drop(struct plan *plan, struct ask *ask);
/* KIND/NAMESPACE/OBJECT of the claim NAMESPACE/SOURCE.OBJECT; another object
 * than its name says, or NULL. */
const char *asks_usual_resource(
    struct arena *arena, const struct claimant *claimant, const char *object);
/* The object that asks, or NULL; in the arena. */
const char *ask_resource(struct arena *arena, const struct ask *ask);
/* The targets of an ask, added to a list. */
void ask_targets(
    struct arena *arena, const struct ask *ask, struct strlist *list);
/* Its tags, KEY=VALUE, sorted by key. */
void ask_tags(struct arena *arena, const struct ask *ask, struct strlist *list);
/* The ask freezes its name, or what it asks for is known in part only. */
bool ask_is_frozen(const struct ask *ask);
bool ask_is_partial(const struct ask *ask);

/* -- sources.c: who may be believed to be silent on purpose --------------- */

/* The source of a name, made if it is new. */
struct source *sources_get(struct plan *plan, const char *name);
/* SKIP_NONE if the objects of this resource are all known; NULL: of any. */
enum skip sources_judge(const struct plan *plan, const char *resource);

/* -- records.c ------------------------------------------------------------ */

/* A line of the records stream. false: it broke the contract. */
bool records_read(
    struct plan *plan, struct line_reader *reader, jv line, struct error *err);

/* -- zones.c, filter.c ---------------------------------------------------- */

/* The zone of an id, made if it is new; zones_find: NULL if it is not known. */
struct zone *zones_get(struct plan *plan, const char *id);
struct zone *zones_find(const struct plan *plan, const char *id);
/* A ZONE line; a zone that no filter selects is not kept. */
void zones_put(struct plan *plan, const struct record *record);
/* Where a name belongs: the longest zone. SKIP_NONE, or why it cannot be. */
enum skip zones_place(
    const struct plan *plan, const char *name, struct zone **zone);
/* Records of the zone are all known and it can be written. */
bool zones_is_ready(const struct zone *zone);

/* Domains as given: in normal form, their leading dot kept, no empty ones. */
void filter_normalise(struct strlist *list, struct arena *arena);
/* false: err names the expression that cannot be read. */
bool filter_compile(struct domain_filter *filter, struct error *err);
/* The name passes the lists or the expressions. */
bool filter_accepts(const struct domain_filter *filter, const char *name);
/* The name is listed, or below a listed .SUFFIX. */
bool filter_lists(const struct strlist *list, const char *name);

/* -- conflict.c: who gets a name ------------------------------------------ */

/* What the objects of one source together ask for. */
struct candidate {
	enum rtype rtype;
	struct strlist targets; /* sorted, unique */
	int64_t ttl_s;
	struct strlist resources; /* of all of them */
	const char *resource;     /* of the first; NULL: none */
	struct ask *ask;          /* the first */
	bool partial; /* more targets may be wanted than are known */
	bool lost;    /* to another record type */
};

/* All candidates of a name; *out lives in the scratch arena. */
size_t conflict_candidates(
    struct plan *plan, const struct name *name, struct candidate **out);
/* The winner of a type; resource: who has it now (NULL: it is not there). */
struct candidate *conflict_choose(struct candidate *candidates, size_t n,
    enum rtype rtype, const struct rrset *rrset);
/* The two types cannot stand at one name (RFC 1034 section 3.6.2). */
bool conflict_excludes(enum rtype a, enum rtype b);

/* -- owner.c, policy.c, diff.c -------------------------------------------- */

/* Ours to update: our mark, the old owner's, or --registry=noop. */
bool owner_is_ours(const struct config *config, const struct rrset *rrset);
/* Unmarked, and the options say that it is to be taken. */
bool owner_may_adopt(const struct config *config, const struct rrset *rrset);
/* A sentence on whose it is, in the arena. */
const char *owner_text(struct arena *arena, const struct rrset *rrset);

/* A CREATE always; the others as --policy says. */
bool policy_allows(enum policy policy, enum message_type type);
/* false: its address does not go to a public zone. A warning is written once
 * for each ask. */
bool policy_admits(const struct plan *plan, const struct zone *zone,
    const struct candidate *candidate);

/* Why the record set differs from what is wanted; NULL: it does not. */
const char *diff_reason(const struct have *have, const struct want *want);

/* -- decide.c: what should happen at one name ----------------------------- */

struct decision {
	enum message_type type; /* CREATE, UPDATE, DELETE or SKIP */
	enum skip skip;
	uint8_t *said; /* where the last SKIP is remembered */
	struct zone *zone;
	struct name *name;
	enum rtype rtype;
	struct rrset *rrset; /* have, or NULL */
	struct want want;
	struct rrset *replaces[RTYPE_COUNT];
	size_t n_replaces;
	const char *resource;
	const char *reason;
	const char *message;
};

struct decisions {
	struct decision *items;
	size_t n;
};

/* In the scratch arena, which is reset first; sorted by zone and type. */
void decide(struct plan *plan, struct name *name, struct decisions *out);
/* Add a decision; unless why is SKIP_NONE, that it is not carried out. */
void decide_add(struct plan *plan, struct decisions *out, enum skip why,
    const struct decision *decision);
/* A decision on what is there, not yet which. */
struct decision decide_at(struct rrset *rrset);

/* -- row.c, hand_over.c --------------------------------------------------- */

/* Add what should happen to the record sets of the name, type by type. */
void row_decide(struct plan *plan, struct name *name, struct decisions *out);
/* --hand-over-to: the record set gets that owner, and nothing else. */
void hand_over(struct plan *plan, struct rrset *rrset, struct decisions *out);

/* -- brake.c: deletions --------------------------------------------------- */

/* A deletion is wanted, begins to wait; is not wanted any more; was sent; was
 * answered (done: it counts in the window, else it does not). */
void brake_want(struct plan *plan, struct rrset *rrset);
void brake_forget(struct rrset *rrset);
void brake_sent(struct plan *plan, struct rrset *rrset);
void brake_answered(struct plan *plan, struct zone *zone, bool done);
/* It has waited for --delete-delay. */
bool brake_is_due(const struct plan *plan, const struct rrset *rrset);
/* Hold, let go, queue what is due: after each pass and each tick. */
void brake_check(struct plan *plan, struct zone *zone);

/* -- retry.c: keys in flight and failed ----------------------------------- */

/* What is in flight or waits at a key, or NULL. */
struct work *retry_find(
    const struct name *name, const struct zone *zone, enum rtype rtype);
/* SKIP_NONE: now; SKIP_LATER: not now; else why not. */
enum skip retry_judge(struct plan *plan, const struct decision *decision);
/* The change was written: its key is in flight until retry_answered. */
void retry_sent(struct plan *plan, const struct decision *decision);
/* false: nobody waits for this result. */
bool retry_answered(
    struct plan *plan, struct zone *zone, const struct record *record);
/* Mark the names whose time to wait is over. */
void retry_tick(struct plan *plan);
void retry_drop(struct plan *plan, struct work *work);

/* -- queue.c: what is to be said ------------------------------------------ */

/* Decide the marked names; queue those that have something to say. */
void queue_pass(struct plan *plan);
/* The name has something to say in this zone. */
void queue_add(struct zone *zone, struct name *name);
bool queue_is_empty(const struct plan *plan);
/* Nothing is queued but for zones that are full. */
bool queue_is_blocked(const struct plan *plan);
/* Render until the writer holds bytes, or nothing more can be said. */
void queue_render(struct plan *plan, struct line_writer *writer, size_t bytes);
/* Gate of one decision: SKIP_NONE, SKIP_LATER, or why not. */
enum skip queue_judge(struct plan *plan, struct decision *decision);

/* -- status.c, explain.c -------------------------------------------------- */

/* STATUS_UNMET if something is not as asked for. */
enum status status_judge(struct plan *plan);
/* Print what is known of one name and what will happen. */
void explain(struct plan *plan, const char *text, FILE *out);

#endif
