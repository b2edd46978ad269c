// SPDX-License-Identifier: ISC
/*
 * plan_test -- random states of zones and claims: what $BIN/plan proposes is
 * carried out as strictly as Azure does it, until plan has nothing to say.
 *
 * For each seed of 1 to $PROPERTY_STATES (200; a thousand takes eight seconds):
 *
 *   - it comes to rest within ROUNDS (moved names, held deletions that
 *     creations have made few)
 *   - what is not ours, of an unmanaged type, of a zone that cannot be listed
 *     or against the policy is in no change; an unmarked set is adopted alone
 *   - nothing is taken away for the silence of an incomplete source
 *   - a key is in at most one change of a round
 *   - no creation of what is there or beside a CNAME, no stale etag
 *   - no deletion beyond the brake
 *
 * The first seed that breaks one ends the test and is named.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "heap.h"
#include "line.h"

#include "plan_state.h"
#include "tap.h"

#define ROUNDS 4

/* -- what plan says ------------------------------------------------------- */

static bool
is_ours(const struct state *state, jv have)
{
	const char *owner = json_str_at(have, "owner");

	if (json_is_present(json_at(have, "opaque")))
		return false;
	return strcmp(state->registry, "noop") == 0 ||
	       text_equal(owner, "me") ||
	       (state->migrates && text_equal(owner, "old"));
}

static bool
is_managed(const struct state *state, const char *type)
{
	return state->manages_all || strcmp(type, "A") == 0 ||
	       strcmp(type, "AAAA") == 0 || strcmp(type, "CNAME") == 0;
}

/* The silence of the source that asked for it is one on purpose. */
static bool
is_silent(const struct state *state, jv have)
{
	const char *resource = json_str_at(have, "resource");
	bool all = true;

	for (int i = 0; i < N_SOURCES; i++) {
		all = all && state->is_complete[i];
		if (resource != NULL && strncmp(resource, sources[i].kind,
					    strcspn(resource, "/")) == 0)
			return state->is_complete[i];
	}
	return all;
}

/* A change may go on from what it says is there, and that is there. */
static void
check_have(struct state *state, struct set *set, jv told, const char *type)
{
	bool adopts = state->adopts && strcmp(type, "UPDATE") == 0 &&
		      !json_is_present(json_at(set->have, "owner")) &&
		      !json_is_present(json_at(set->have, "opaque"));

	if (!json_equal(set->have, told))
		broke(state, set, "there is something else");
	if (!is_ours(state, set->have) && !adopts)
		broke(state, set, "not ours");
	if (!is_managed(state, set->type))
		broke(state, set, "not managed");
}

static void
take(struct state *state, struct set *set, jv told)
{
	check_have(state, set, told, "DELETE");
	if (strcmp(state->policy, "sync") != 0)
		broke(state, set, "against the policy");
	if (!is_silent(state, set->have))
		broke(state, set, "its source is not complete");
	json_free(set->have);
	set->have = (jv){ 0 };
}

static void
put(struct state *state, struct set *set, jv line)
{
	jv metadata = json_at(set->have, "metadata");
	jv have = json_share(json_at(line, "want"));
	char etag[16];

	if (json_is_present(metadata))
		json_set(&have, "metadata", json_share(metadata));
	(void)snprintf(etag, sizeof(etag), "put%d", state->round);
	json_set_str(&have, "etag", etag);
	if (json_is_present(set->have))
		json_free(set->have);
	set->have = have;
}

static void
create(struct state *state, struct set *set, jv line)
{
	jv gone;

	if (json_is_present(set->have) && is_there(set))
		broke(state, set, "created, but there");
	for (int i = 0; json_item(json_at(line, "replaces"), i, &gone); i++)
		take(state,
		    put_set(state, set->zone, set->name,
			json_str_at(gone, "recordType")),
		    json_at(gone, "have"));
	if (is_excluded(state, set))
		broke(state, set, "beside another");
	if (json_is_present(set->have))
		check_have(state, set, json_at(line, "have"), "CREATE");
	put(state, set, line);
}

static void
carry_out(struct state *state, jv line)
{
	const char *type = json_str_at(line, "type");
	int zone = strcmp(json_str_at(line, "zone"), zone_ids[0]) == 0 ? 0 : 1;
	struct set *set = put_set(state, zone, json_str_at(line, "dnsName"),
	    json_str_at(line, "recordType"));

	if (set->round == state->round)
		broke(state, set, "two changes");
	set->round = state->round;
	if (state->is_away[zone])
		broke(state, set, "in a zone that is away");
	if (strcmp(type, "CREATE") == 0)
		create(state, set, line);
	else if (strcmp(type, "UPDATE") == 0) {
		check_have(state, set, json_at(line, "have"), type);
		if (strcmp(state->policy, "create-only") == 0)
			broke(state, set, "against the policy");
		put(state, set, line);
	} else {
		state->n_deleted[zone] += is_there(set) ? 1 : 0;
		take(state, set, json_at(line, "have"));
	}
}

/* -- the rounds ----------------------------------------------------------- */

static void
count_ours(struct state *state)
{
	for (int i = 0; i < N_ZONES; i++)
		state->n_ours[i] = state->n_deleted[i] = 0;
	for (size_t i = 0; i < state->n_sets; i++) {
		const struct set *set = &state->sets[i];

		if (is_there(set) && is_ours(state, set->have))
			state->n_ours[set->zone]++;
	}
}

static void
check_brake(struct state *state)
{
	for (int i = 0; i < N_ZONES; i++) {
		int n = state->n_deleted[i], n_ours = state->n_ours[i];

		if (state->threshold < 100 &&
		    ((n > state->minimum &&
			 n * 100 > state->threshold * n_ours) ||
			(n >= n_ours && n_ours > 3)))
			broke(state, NULL, "beyond the brake");
	}
}

/* Ask plan and carry out what it says; how many changes that were. */
static int
ask(struct state *state, int claims)
{
	struct line_reader changes;
	struct error err;
	FILE *plan = start(state, claims);
	int n = 0, status;
	jv line;

	count_ours(state);
	line_open(&changes, fileno(plan), "changes");
	while (line_read(&changes, &line, &err) == LINE_READY) {
		if (strcmp(json_str_at(line, "type"), "SKIP") == 0)
			continue;
		carry_out(state, line);
		n++;
	}
	line_close(&changes);
	status = pclose(plan);
	if (!WIFEXITED(status) || WEXITSTATUS(status) > STATUS_UNMET)
		broke(state, NULL, "plan ended otherwise");
	check_brake(state);
	return n;
}

/* true: the state of this seed comes to rest; how many changes it took. */
static bool
check_seed(struct state *state, uint64_t seed, int *n_changes)
{
	struct text lines = { 0 };
	int n = 1, claims;

	make_state(state, seed);
	say_claims(state, &lines);
	keep(&lines, &claims);
	for (; n > 0 && state->round < ROUNDS; state->round++) {
		n = ask(state, claims);
		*n_changes += n;
	}
	if (n > 0)
		broke(state, NULL, "no rest");
	for (size_t i = 0; i < state->n_sets; i++)
		if (json_is_present(state->sets[i].have))
			json_free(state->sets[i].have);
	text_done(&lines);
	(void)close(claims);
	return state->broken[0] == '\0';
}

int
main(void)
{
	const char *n_states = getenv("PROPERTY_STATES");
	uint64_t n = strtoull(n_states != NULL ? n_states : "200", NULL, 10);
	struct state *state = heap_new(sizeof(*state));
	bool good = n > 0;
	int n_changes = 0;
	char text[600];
	uint64_t seed;

	for (seed = 1; good && seed <= n; seed++)
		good = check_seed(state, seed, &n_changes);
	(void)snprintf(text, sizeof(text), "(%d changes, seed %ju) %s",
	    n_changes, (uintmax_t)seed - 1, state->broken);
	tap_check(good, "random states come to rest", text);
	free(state);
	return tap_end();
}
