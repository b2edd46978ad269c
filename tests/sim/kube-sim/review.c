// SPDX-License-Identifier: ISC
/* review -- see review.h. Every authenticated user may ask about itself. */
#include <string.h>

#include "access.h"
#include "review.h"
#include "value.h"

static const struct {
	const char *group;
	const char *plural;
	const char *kind;
} reviews[] = {
	{ "authorization.k8s.io", "selfsubjectaccessreviews",
	    "SelfSubjectAccessReview" },
	{ "authorization.k8s.io", "selfsubjectrulesreviews",
	    "SelfSubjectRulesReview" },
	{ "authentication.k8s.io", "selfsubjectreviews", "SelfSubjectReview" },
};
#define N_REVIEWS (sizeof(reviews) / sizeof(*reviews))

static jv
review_entry(size_t i)
{
	jv entry = json_new_object();
	jv verbs = json_new_array();

	json_set_str(&entry, "name", reviews[i].plural);
	json_set_str(&entry, "singularName", "");
	json_set_bool(&entry, "namespaced", false);
	json_set_str(&entry, "kind", reviews[i].kind);
	json_add_str(&verbs, "create");
	json_set(&entry, "verbs", verbs);
	return entry;
}

void
review_add_entries(jv *array, const char *group)
{
	for (size_t i = 0; i < N_REVIEWS; i++)
		if (strcmp(reviews[i].group, group) == 0)
			json_add(array, review_entry(i));
}

static jv
review_access(const struct call *call, jv spec)
{
	jv wanted = json_at(spec, "resourceAttributes");
	const char *group = json_str_at(wanted, "group");
	const char *sub = json_str_at(wanted, "subresource");
	struct action action = { json_str_at(wanted, "verb"),
		group == NULL ? "" : group, json_str_at(wanted, "resource"),
		json_str_at(wanted, "namespace"), json_str_at(wanted, "name") };
	bool known = action.verb != NULL && action.resource != NULL;
	jv status = json_new_object();

	if (known && sub != NULL)
		action.resource =
		    arena_format(call->arena, "%s/%s", action.resource, sub);
	json_set_bool(
	    &status, "allowed", !known || access_allows(call, &action));
	return status;
}

static jv
review_rules(const struct call *call, jv spec)
{
	jv status = json_new_object();

	json_set(&status, "resourceRules",
	    access_rules(call, json_str_at(spec, "namespace")));
	json_set(&status, "nonResourceRules", json_new_array());
	json_set_bool(&status, "incomplete", false);
	return status;
}

static jv
review_self(const struct call *call)
{
	jv info = json_new_object();
	jv groups = json_new_array();

	json_set_str(&info, "username", call->user.name);
	for (size_t i = 0; i < call->user.groups.n; i++)
		json_add_str(&groups, call->user.groups.items[i]);
	json_set(&info, "groups", groups);
	return value_with(jv_invalid(), "userInfo", info);
}

bool
review_answer(struct call *call, struct reply *reply)
{
	size_t i = 0;
	jv body;
	jv status;

	while (i < N_REVIEWS &&
	       (strcmp(reviews[i].group, call->group) != 0 ||
		   strcmp(reviews[i].plural, call->resource) != 0))
		i++;
	if (i == N_REVIEWS || strcmp(call->method, "POST") != 0)
		return false;
	if (!call_body(call, reply, &body))
		return true;
	status = i == 0   ? review_access(call, json_at(body, "spec"))
		 : i == 1 ? review_rules(call, json_at(body, "spec"))
			  : review_self(call);
	json_set(&body, "status", status);
	reply_value(reply, 201, body);
	return true;
}
