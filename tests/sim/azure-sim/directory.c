// SPDX-License-Identifier: ISC
/*
 * directory -- who exists and who may do what.
 *
 *   "tenants": [{ "id", "applications": [{ "clientId", "objectId",
 *       "secrets": [], "expiredSecrets": [], "certificates": [PEM],
 *       "federated": [{ "issuer", "subject", "audience" }] }] }],
 *   "subscriptions": [{ "id", "tenantId" }], for those that trust one tenant
 *   "identities": [{ "clientId", "objectId", "resourceId", "tenantId" }],
 *   "roles": [{ "principal": OBJECT-ID, "scope": "/subscriptions/...",
 *       "role": "DNS Zone Contributor" }],
 *   "locks": ["/subscriptions/.../dnsZones/example.com"]
 */
#include <string.h>
#include <strings.h>

#include "directory.h"

/* clang-format off */
/* What a role allows: actions that begin so and end so. */
static const struct {
	const char *role;
	const char *begin;
	const char *end;
} roles[] = {
	{ "DNS Zone Contributor", "Microsoft.Network/dnszones", "" },
	{ "Private DNS Zone Contributor", "Microsoft.Network/privateDnsZones", "" },
	{ "Private DNS Zone Contributor", "Microsoft.Network/privateDnsOperation", "" },
	{ "Reader",      "", "/read" },
	{ "Contributor", "", "" },
	{ "Owner",       "", "" },
};
/* clang-format on */

bool
directory_is_open(void)
{
	return !json_is_array(json_at(sim.directory, "tenants"));
}

/* The object of an array whose member is value; absent if none. */
static jv
find_by(jv array, const char *member, const char *value)
{
	jv item;

	for (int i = 0; value != NULL && json_item(array, i, &item); i++) {
		const char *text = json_str_at(item, member);

		if (text != NULL && strcasecmp(text, value) == 0)
			return item;
	}
	return jv_invalid();
}

jv
directory_tenant(const char *id)
{
	return find_by(json_at(sim.directory, "tenants"), "id", id);
}

jv
directory_application(jv tenant, const char *client_id)
{
	return find_by(json_at(tenant, "applications"), "clientId", client_id);
}

jv
directory_identities(void)
{
	return json_at(sim.directory, "identities");
}

const char *
directory_subscription_tenant(const char *subscription)
{
	return json_str_at(find_by(json_at(sim.directory, "subscriptions"),
			       "id", subscription),
	    "tenantId");
}

/* --- rights --- */

static bool
role_allows(const char *role, const char *action)
{
	size_t n = strlen(action);

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		size_t end_n = strlen(roles[i].end);

		if (strcasecmp(roles[i].role, role) == 0 &&
		    strncasecmp(
			action, roles[i].begin, strlen(roles[i].begin)) == 0 &&
		    n >= end_n &&
		    strcasecmp(action + n - end_n, roles[i].end) == 0)
			return true;
	}
	return false;
}

/* true if path is scope or lies below it. */
static bool
is_below(const char *path, const char *scope)
{
	size_t n = strlen(scope);

	while (n > 0 && scope[n - 1] == '/')
		n--;
	return strncasecmp(path, scope, n) == 0 &&
	       (path[n] == '\0' || path[n] == '/');
}

static bool
is_allowed(const struct call *call, const char *action)
{
	jv assignment;

	if (sim.role_requests++ < sim_switch("grant-after"))
		return false;
	if (directory_is_open())
		return true;
	for (int i = 0;
	     json_item(json_at(sim.directory, "roles"), i, &assignment); i++) {
		const char *principal = json_str_at(assignment, "principal");
		const char *scope = json_str_at(assignment, "scope");
		const char *role = json_str_at(assignment, "role");

		if (principal != NULL && scope != NULL && role != NULL &&
		    call->object_id != NULL &&
		    strcasecmp(principal, call->object_id) == 0 &&
		    is_below(call->path, scope) && role_allows(role, action))
			return true;
	}
	return false;
}

bool
directory_check_role(struct call *call, const char *action)
{
	return is_allowed(call, action) ||
	       call_refuse(call, 403, "AuthorizationFailed",
		   "The client '%s' with object id '%s' does not have "
		   "authorization to perform action '%s' over scope '%s' or "
		   "the "
		   "scope is invalid. If access was recently granted, please "
		   "refresh your credentials.",
		   call->client_id, call->object_id, action, call->path);
}

bool
directory_check_locks(struct call *call, const char *verb)
{
	jv lock;

	if (strcmp(verb, "read") == 0)
		return true;
	for (int i = 0; json_item(json_at(sim.directory, "locks"), i, &lock);
	     i++) {
		const char *scope = json_str(lock);

		if (scope != NULL && is_below(call->path, scope))
			return call_refuse(call, 409, "ScopeLocked",
			    "The scope '%s' cannot perform %s operation "
			    "because following scope(s) are locked: '%s'. "
			    "Please remove the lock and try again.",
			    call->path, verb, scope);
	}
	return true;
}
