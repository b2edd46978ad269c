// SPDX-License-Identifier: ISC
/*
 * control -- what tests do to the simulator behind the clients' backs.
 *
 *   GET, PUT  /_control/state       the whole cloud (see state.c)
 *   GET, PUT  /_control/switches    { NAME: NUMBER }
 *   GET, PUT  /_control/faults      rules (see faults.c)
 *   GET, DELETE /_control/requests  how many there were, by kind
 *   POST      /_control/revoke      refuse the tokens issued so far;
 *                                   with {"challenge":true} by a challenge
 *   any       /_control/subscriptions/...  ARM without token, limits, faults
 */
#include <string.h>

#include "control.h"
#include "faults.h"
#include "state.h"
#include "token.h"

static struct {
	int64_t total;
	int64_t tokens;
	int64_t lists;
	int64_t reads;
	int64_t writes;
	int64_t deletes;
	int64_t refused;
	int64_t throttled;
} counts;

void
control_count(const struct call *call)
{
	const struct place *place = &call->place;
	int status = call->answer->status;

	counts.total++;
	counts.refused += status >= 400;
	counts.throttled += status == 429;
	if (place->subscription == NULL)
		counts.tokens++;
	else if (strcmp(call->method, "DELETE") == 0)
		counts.deletes++;
	else if (strcmp(call->method, "GET") != 0)
		counts.writes++;
	else if (place->zone == NULL ||
		 (place->child != NULL && place->name == NULL))
		counts.lists++;
	else
		counts.reads++;
}

static jv
counts_to_json(void)
{
	jv json = json_new_object();

	json_set_int(&json, "total", counts.total);
	json_set_int(&json, "tokens", counts.tokens);
	json_set_int(&json, "lists", counts.lists);
	json_set_int(&json, "reads", counts.reads);
	json_set_int(&json, "writes", counts.writes);
	json_set_int(&json, "deletes", counts.deletes);
	json_set_int(&json, "refused", counts.refused);
	json_set_int(&json, "throttled", counts.throttled);
	return json;
}

static void
handle_state(struct call *call, bool reads)
{
	if (!reads && !state_load(call, call->body))
		return;
	serve_json(call->answer, 200, state_save(call));
}

static void
handle_switches(struct call *call, bool reads)
{
	const char *name;
	int64_t number;
	int iter = 0;
	jv value;

	while (!reads && json_member(call->body, &iter, &name, &value))
		if (!json_int(value, &number) ||
		    !sim_switch_set(name, arena_format(&call->arena, "%lld",
					      (long long)number))) {
			call_fail(call, 400, "BadSwitch",
			    "there is no switch '%s', or not so", name);
			return;
		}
	serve_json(call->answer, 200, sim_switches());
}

static void
handle_faults(struct call *call, bool reads)
{
	if (!reads)
		faults_set(json_share(json_at(call->body, "faults")));
	serve_json(call->answer, 200, faults_get());
}

static void
handle_requests(struct call *call, bool reads)
{
	if (!reads)
		memset(&counts, 0, sizeof(counts));
	serve_json(call->answer, 200, counts_to_json());
}

static void
handle_revoke(struct call *call, bool reads)
{
	if (!reads)
		token_revoke(json_is_true(json_at(call->body, "challenge")));
	call_send_empty(call, 204);
}

/* clang-format off */
static const struct {
	const char *path;
	void (*handle)(struct call *call, bool reads);
} paths[] = {
	{ "/_control/state",    handle_state },
	{ "/_control/switches", handle_switches },
	{ "/_control/faults",   handle_faults },
	{ "/_control/requests", handle_requests },
	{ "/_control/revoke",   handle_revoke },
};
/* clang-format on */

void
control_handle(struct call *call)
{
	bool reads = strcmp(call->method, "GET") == 0;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++)
		if (strcmp(paths[i].path, call->path) == 0) {
			if (call->request->body_n == 0 || call_read_body(call))
				paths[i].handle(call, reads);
			return;
		}
	call_fail(call, 404, "NotFound", "there is no '%s'", call->path);
}
