// SPDX-License-Identifier: ISC
/*
 * plan_state -- random zones, claims and options for plan_test, of a seed, and
 * the lines that tell plan of them.
 */
#ifndef PLAN_STATE_H
#define PLAN_STATE_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "count.h"
#include "json.h"
#include "text.h"

#define ROUNDS    4
#define SETS_MAX  256
#define MANY      14 /* further names, that the brake has something to hold */
#define N_OBJECTS 4  /* of a source */
#define N_ZONES   2
#define N_TYPES   5
#define N_SOURCES 3

static const char *const zone_ids[N_ZONES] = { "/z/example.com",
	"/z/sub.example.com" };
static const char *const names[] = { "example.com", "*.example.com",
	"n0.example.com", "n1.example.com", "n2.example.com", "n3.example.com",
	"a.sub.example.com", "b.sub.example.com" };
static const struct {
	const char *type;
	const char *targets[3];
	int n_max;
} types[N_TYPES] = {
	{ "A", { "20.0.0.1", "20.0.0.10", "20.0.0.2" }, 2 },
	{ "AAAA", { "2001:db8::1", "2001:db8::2", "2001:db8::3" }, 2 },
	{ "CNAME", { "lb1.example.net", "lb2.example.net", "lb3.example.net" },
	    1 },
	{ "TXT", { "hello", "there", "world" }, 2 },
	{ "MX", { "10 a.example.net", "10 b.example.net", "20 a.example.net" },
	    2 },
};
static const struct {
	const char *name, *kind;
} sources[N_SOURCES] = {
	{ "service", "service" },
	{ "ingress", "ingress" },
	{ "gateway-httproute", "httproute" },
};

/* A record set; have is invalid once it is gone. */
struct set {
	int zone;
	char name[32];
	const char *type;
	jv have;
	int round; /* in which a change named it last */
};

struct state {
	uint64_t random;
	struct set sets[SETS_MAX];
	size_t n_sets;
	const char *zone_names[N_ZONES];
	bool is_away[N_ZONES]; /* the zone cannot be listed */
	bool is_complete[N_SOURCES];
	const char *policy, *registry;
	bool manages_all, adopts, migrates;
	int threshold, minimum;
	int round;
	int n_ours[N_ZONES], n_deleted[N_ZONES];
	char broken[512]; /* what was broken first, or "" */
};

static void
broke(struct state *state, const struct set *set, const char *what)
{
	if (state->broken[0] == '\0')
		(void)snprintf(state->broken, sizeof(state->broken),
		    "%s %s: %s", set != NULL ? set->name : "all",
		    set != NULL ? set->type : "types", what);
}

/* -- chance --------------------------------------------------------------- */

/* 0 to n - 1 (xorshift64*, Vigna 2016). */
static int
pick(struct state *state, int n)
{
	uint64_t x = state->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	state->random = x;
	return (int)((x * UINT64_C(2685821657736338717) >> 33) % (unsigned)n);
}

static bool
one_in(struct state *state, int n)
{
	return pick(state, n) == 0;
}

static void
add_targets(struct state *state, struct text *out, int type)
{
	int n = 1 + pick(state, types[type].n_max);
	int first = pick(state, 4 - n);

	text_add(out, "\"targets\":[");
	for (int i = 0; i < n; i++)
		text_format(out, "%s\"%s\"", i > 0 ? "," : "",
		    types[type].targets[first + i]);
	text_add(out, "]");
}

static jv
parse(struct text *text)
{
	struct error err;
	jv value;

	if (!json_parse(text->data, text->n, &value, &err))
		abort();
	text_done(text);
	return value;
}

static jv
some_have(struct state *state, int type)
{
	static const char *const owners[] = { "me", "me", "me", "me", "other",
		"old", NULL };
	const char *owner = owners[pick(state, COUNT(owners))];
	bool is_orphan = owner != NULL && one_in(state, 20);
	struct text text = { 0 };

	text_format(&text, "{\"%s\":\"%s\"", owner != NULL ? "owner" : "etag",
	    owner != NULL ? owner : "e");
	if (owner != NULL && !is_orphan)
		text_add(&text, ",\"etag\":\"e\"");
	if (owner != NULL && !one_in(state, 10))
		text_format(&text, ",\"resource\":\"%s/default/o%d\"",
		    sources[pick(state, N_SOURCES)].kind,
		    pick(state, N_OBJECTS));
	if (is_orphan || (owner != NULL && !one_in(state, 5)))
		text_format(&text,
		    ",\"txt\":[{\"name\":\"m\",\"etag\":\"m\",\"current\":%s}]",
		    one_in(state, 3) ? "false" : "true");
	if (!is_orphan && one_in(state, 20))
		text_add(&text, ",\"opaque\":\"alias\"");
	else if (!is_orphan) {
		text_format(
		    &text, ",\"recordTTL\":%d,", one_in(state, 2) ? 60 : 300);
		add_targets(state, &text, type);
	}
	if (!is_orphan && one_in(state, 5))
		text_add(&text, ",\"metadata\":{\"team\":\"dns\"}");
	text_add(&text, "}");
	return parse(&text);
}

/* -- the state ------------------------------------------------------------ */

static bool
is_there(const struct set *set)
{
	return json_is_present(json_at(set->have, "targets")) ||
	       json_is_present(json_at(set->have, "opaque"));
}

static struct set *
find_set(struct state *state, int zone, const char *name, const char *type)
{
	for (size_t i = 0; i < state->n_sets; i++)
		if (state->sets[i].zone == zone &&
		    strcmp(state->sets[i].name, name) == 0 &&
		    strcmp(state->sets[i].type, type) == 0)
			return &state->sets[i];
	return NULL;
}

static struct set *
put_set(struct state *state, int zone, const char *name, const char *type)
{
	struct set *set = find_set(state, zone, name, type);

	if (set != NULL)
		return set;
	if (state->n_sets == SETS_MAX)
		abort();
	set = &state->sets[state->n_sets++];
	for (int i = 0; i < N_TYPES; i++)
		if (strcmp(types[i].type, type) == 0)
			set->type = types[i].type;
	set->zone = zone;
	set->round = -1;
	(void)snprintf(set->name, sizeof(set->name), "%s", name);
	return set;
}

/* A CNAME is alone at its name and not at the apex (RFC 1034 section 3.6.2). */
static bool
is_excluded(const struct state *state, const struct set *set)
{
	bool is_cname = strcmp(set->type, "CNAME") == 0;

	if (is_cname && strcmp(set->name, state->zone_names[set->zone]) == 0)
		return true;
	for (size_t i = 0; i < state->n_sets; i++) {
		const struct set *other = &state->sets[i];

		if (other->zone == set->zone && is_there(other) &&
		    strcmp(other->name, set->name) == 0 &&
		    (strcmp(other->type, "CNAME") == 0) != is_cname)
			return true;
	}
	return false;
}

static void
make_sets(struct state *state, const char *name, bool in_sub)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		int zone = in_sub && one_in(state, 2) ? 1 : 0;
		struct set *set;

		if (!one_in(state, 4))
			continue;
		set = put_set(state, zone, name, types[i].type);
		if (!is_excluded(state, set))
			set->have = some_have(state, (int)i);
	}
}

static void
make_state(struct state *state, uint64_t seed)
{
	static const char *const policies[] = { "sync", "sync", "sync",
		"upsert-only", "create-only" };
	static const char *const registries[] = { "txt", "txt",
		"azure-metadata", "noop" };

	memset(state, 0, sizeof(*state));
	state->random = seed * UINT64_C(0x9e3779b97f4a7c15);
	state->zone_names[0] = "example.com";
	state->zone_names[1] =
	    one_in(state, 10) ? "example.com" : "sub.example.com";
	state->is_away[pick(state, 2)] = one_in(state, 10);
	state->policy = policies[pick(state, COUNT(policies))];
	state->registry = registries[pick(state, COUNT(registries))];
	state->manages_all = one_in(state, 3);
	state->adopts = one_in(state, 5);
	state->migrates = one_in(state, 5);
	state->threshold = one_in(state, 2) ? 100 : 25;
	state->minimum = one_in(state, 2) ? 10 : 2;
	for (size_t i = 0; i < COUNT(names); i++)
		make_sets(state, names[i], strstr(names[i], "sub") != NULL);
	for (int i = one_in(state, 3) ? MANY : 0; i > 0; i--) {
		char name[32];

		(void)snprintf(name, sizeof(name), "m%d.example.com", i);
		make_sets(state, name, false);
	}
}

/* -- what plan is told ---------------------------------------------------- */

/* Each zone is listed twice: an orphan goes only then. */
static void
say_records(const struct state *state, struct text *out)
{
	for (int i = 0; i < N_ZONES; i++)
		text_format(out,
		    "{\"type\":\"ZONE\",\"zone\":\"%s\",\"name\":\"%s\","
		    "\"visibility\":\"private\"%s}\n",
		    zone_ids[i], state->zone_names[i],
		    state->is_away[i] ? ",\"status\":\"unavailable\"" : "");
	text_add(out, "{\"type\":\"BOOKMARK\"}\n");
	for (size_t i = 0; i < state->n_sets; i++) {
		const struct set *set = &state->sets[i];

		if (!json_is_present(set->have))
			continue;
		text_format(out,
		    "{\"type\":\"ADDED\",\"zone\":\"%s\",\"dnsName\":\"%s\","
		    "\"recordType\":\"%s\",\"have\":",
		    zone_ids[set->zone], set->name, set->type);
		json_print(out, set->have);
		text_add(out, "}\n");
	}
	for (int i = 0; i < 2 * N_ZONES; i++)
		text_format(out, "{\"type\":\"BOOKMARK\",\"zone\":\"%s\"}\n",
		    zone_ids[i % N_ZONES]);
}

static void
say_endpoint(
    struct state *state, struct text *out, const char *kind, int object)
{
	int type = pick(state, N_TYPES);

	text_format(out,
	    "{\"dnsName\":\"%s\",\"recordType\":\"%s\","
	    "\"labels\":{\"resource\":\"%s/default/o%d\"}",
	    names[pick(state, COUNT(names))], types[type].type, kind, object);
	if (one_in(state, 3))
		text_add(out, ",\"recordTTL\":60");
	if (one_in(state, 5))
		text_add(out, ",\"providerSpecific\":[{\"name\":"
			      "\"azure/tags\",\"value\":\"a=1,b=2\"}]");
	if (!one_in(state, 30)) {
		text_add(out, ",");
		add_targets(state, out, type);
	}
	text_add(out, "}");
}

static void
say_claims(struct state *state, struct text *out)
{
	static const char *const unknowns[] = { "AddressPending",
		"JoinForbidden" };

	for (int i = 0; i < N_SOURCES * N_OBJECTS; i++) {
		const char *source = sources[i % N_SOURCES].name;

		if (one_in(state, 2))
			continue;
		text_format(out,
		    "{\"type\":\"ADDED\",\"object\":{\"metadata\":{"
		    "\"namespace\":\"default\",\"name\":\"%s.o%d\"},"
		    "\"spec\":{\"endpoints\":[",
		    source, i / N_SOURCES);
		for (int n = pick(state, 3); n >= 0; n--) {
			say_endpoint(state, out, sources[i % N_SOURCES].kind,
			    i / N_SOURCES);
			text_add(out, n > 0 ? "," : "]}");
		}
		if (one_in(state, 10))
			text_format(out, ",\"status\":{\"unknown\":\"%s\"}",
			    unknowns[pick(state, 2)]);
		text_add(out, "}}\n");
	}
	for (int i = 0; i < N_SOURCES; i++) {
		state->is_complete[i] = !one_in(state, 6);
		text_format(out,
		    "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{"
		    "\"name\":\"%s.\",\"annotations\":{"
		    "\"k8s.io/initial-events-end\":\"true\","
		    "\"azdns/state\":\"%s\"}}}}\n",
		    sources[i].name,
		    state->is_complete[i] ? "complete" : "forbidden");
	}
}

/* A file in memory that holds text. */
static void
keep(const struct text *text, int *fd)
{
	*fd = memfd_create("plan_test", 0);
	if (*fd < 0 || write(*fd, text->data, text->n) != (ssize_t)text->n)
		abort();
}

/* Start plan with the claims in a file; its changes come from the stream. */
static FILE *
start(const struct state *state, int claims)
{
	struct text records = { 0 }, command = { 0 };
	FILE *changes;
	int listing;

	say_records(state, &records);
	keep(&records, &listing);
	text_format(&command,
	    "\"$BIN\"/plan --records=/dev/fd/%d </dev/fd/%d 2>/dev/null "
	    "--txt-owner-id=me --policy=%s --registry=%s %s %s "
	    "--delete-threshold=%d --delete-minimum=%d",
	    listing, claims, state->policy, state->registry,
	    state->adopts ? "--adopt=.example.com" : "",
	    state->migrates ? "--migrate-from-txt-owner=old" : "",
	    state->threshold, state->minimum);
	for (int i = 0; i < N_SOURCES; i++)
		text_format(&command, " --source=%s", sources[i].name);
	for (int i = 0; state->manages_all && i < N_TYPES; i++)
		text_format(
		    &command, " --managed-record-types=%s", types[i].type);
	changes = popen(command.data, "re"); /* NOLINT(cert-env33-c) */
	if (changes == NULL)
		abort();
	(void)close(listing);
	text_done(&records);
	text_done(&command);
	return changes;
}

#endif
