// SPDX-License-Identifier: ISC
/*
 * desk -- which part of the simulator answers a request, and what is done to
 * every answer: faults before and after, latency, counting.
 */
#include <string.h>

#include "arm.h"
#include "control.h"
#include "desk.h"
#include "faults.h"
#include "graph.h"
#include "imds.h"
#include "login.h"

static void
answer(struct call *call)
{
	const struct fault *fault;
	bool handled;

	fault = faults_before(call, &handled);
	if (!handled) {
		int64_t wait_ms = sim_switch("latency-ms");

		if (strcmp(call->method, "GET") != 0)
			wait_ms += sim_switch("write-latency-ms");
		if (wait_ms > 0)
			sim_sleep_ms(wait_ms);
		if (strncasecmp(call->path, "/subscriptions", 14) == 0)
			arm_handle(call);
		else if (!imds_handle(call) && !graph_handle(call) &&
			 !login_handle(call))
			call_refuse(call, 404, "NotFound",
			    "There is nothing at '%s'.", call->path);
	}
	control_count(call);
	faults_after(call, fault);
}

void
desk_handle(void *context, const struct serve_request *request,
    struct serve_answer *out)
{
	static const char control[] = "/_control";
	struct call call = {
		.request = request,
		.answer = out,
		.method = request->method,
		.path = request->path,
		.body = jv_invalid(),
	};

	(void)context;
	sim_lock();
	if (strncmp(call.path, control, sizeof(control) - 1) != 0) {
		answer(&call);
	} else if (strncmp(call.path, "/_control/subscriptions", 23) == 0) {
		call.path += sizeof(control) - 1;
		call.privileged = true;
		arm_handle(&call);
	} else {
		control_handle(&call);
	}
	json_free(call.body);
	sim_unlock();
	arena_done(&call.arena);
}

void
desk_foreign(struct call *outer, const char *method, const char *path, jv body)
{
	struct serve_answer ignored = { 0 };
	struct call call = {
		.request = outer->request,
		.answer = &ignored,
		.method = method == NULL ? "PUT" : method,
		.path = path,
		.body = json_share(body),
		.privileged = true,
		.inner = true,
	};

	arm_handle(&call);
	json_free(call.body);
	text_done(&ignored.headers);
	text_done(&ignored.body);
	arena_done(&call.arena);
}
