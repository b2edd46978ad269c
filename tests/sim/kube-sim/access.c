// SPDX-License-Identifier: ISC
/*
 * access -- see access.h.
 *
 * Rules are read from the store's ClusterRoles, Roles and their bindings for
 * every request, so that what kubectl applies holds from the next one on.
 * Members of system:masters may do everything.
 */
#include <errno.h>
#include <string.h>

#include "access.h"
#include "serve.h"

#define RBAC                   "rbac.authorization.k8s.io"
#define TOKENS_BYTES_MAX       ((size_t)1 << 20)
#define SERVICE_ACCOUNT_PREFIX "sa."
#define SERVICE_ACCOUNT_USER   "system:serviceaccount:"

struct token {
	const char *token;
	bool revoked;
	struct user user;
};

static struct token *
add_token(struct access *access, const char *text, const char *user)
{
	struct token *token;

	access->tokens = arena_grow(&access->arena, access->tokens,
	    access->n_tokens, sizeof(*access->tokens));
	token = &access->tokens[access->n_tokens++];
	token->token = arena_copy(&access->arena, text);
	token->user.name = arena_copy(&access->arena, user);
	return token;
}

/* TOKEN,USER,UID,"GROUP,GROUP" */
static bool
add_line(struct access *access, const char *line)
{
	struct strlist fields = { 0 };
	const char *quote = strchr(line, '"');
	struct token *token;

	strlist_add_split(&fields, &access->arena, line, ',');
	if (fields.n < 3)
		return false;
	token = add_token(access, fields.items[0], fields.items[1]);
	if (quote != NULL)
		strlist_add_split(&token->user.groups, &access->arena,
		    arena_copy_n(
			&access->arena, quote + 1, strcspn(quote + 1, "\"")),
		    ',');
	else if (fields.n > 3)
		strlist_add(
		    &token->user.groups, &access->arena, fields.items[3]);
	return true;
}

bool
access_init(struct access *access, const char *file, struct error *err)
{
	struct text text = { 0 };
	struct strlist lines = { 0 };
	struct token *admin =
	    add_token(access, ACCESS_ADMIN_TOKEN, "kubernetes-admin");
	bool valid = true;

	strlist_add(&admin->user.groups, &access->arena, "system:masters");
	access->anonymous = true;
	if (file == NULL)
		return true;
	if (!text_read_file(&text, file, TOKENS_BYTES_MAX))
		return error_set(err, CAUSE_INVALID, "cannot read '%s': %s",
		    file, strerror(errno));
	strlist_add_split(&lines, &access->arena, text_str(&text), '\n');
	for (size_t i = 0; valid && i < lines.n; i++)
		valid = add_line(access, lines.items[i]);
	text_done(&text);
	return valid ||
	       error_set(err, CAUSE_INVALID,
		   "'%s' has a line that is not TOKEN,USER,UID[,\"GROUPS\"]",
		   file);
}

void
access_set(struct access *access, const char *token, bool valid)
{
	for (size_t i = 0; i < access->n_tokens; i++)
		if (strcmp(access->tokens[i].token, token) == 0) {
			access->tokens[i].revoked = !valid;
			return;
		}
	add_token(access, token, token)->revoked = !valid;
}

/* The groups of a user that is a service account. */
static void
add_account_groups(struct call *call)
{
	const char *ns = call->user.name + strlen(SERVICE_ACCOUNT_USER);

	strlist_add(&call->user.groups, call->arena, "system:serviceaccounts");
	strlist_add(&call->user.groups, call->arena,
	    arena_format(call->arena, "system:serviceaccounts:%.*s",
		(int)strcspn(ns, ":"), ns));
}

/* sa.NAMESPACE.NAME: namespaces hold no dots. */
static bool
identify_account(struct call *call, const char *token)
{
	struct kind *accounts = store_kind(call->store, "", "serviceaccounts");
	const char *ns = token + strlen(SERVICE_ACCOUNT_PREFIX);
	const char *dot = strchr(ns, '.');

	if (strncmp(token, SERVICE_ACCOUNT_PREFIX,
		strlen(SERVICE_ACCOUNT_PREFIX)) != 0 ||
	    dot == NULL)
		return false;
	ns = arena_copy_n(call->arena, ns, (size_t)(dot - ns));
	if (store_find(accounts, ns, dot + 1) == NULL)
		return false;
	call->user.name = arena_format(
	    call->arena, "%s%s:%s", SERVICE_ACCOUNT_USER, ns, dot + 1);
	add_account_groups(call);
	return true;
}

static bool
identify_token(struct call *call, const char *text)
{
	const struct access *access = call->access;

	for (size_t i = 0; i < access->n_tokens; i++) {
		const struct token *token = &access->tokens[i];

		if (strcmp(token->token, text) != 0)
			continue;
		if (token->revoked)
			return false;
		call->user.name = token->user.name;
		for (size_t j = 0; j < token->user.groups.n; j++)
			strlist_add(&call->user.groups, call->arena,
			    token->user.groups.items[j]);
		return true;
	}
	return identify_account(call, text);
}

static bool
identify_certificate(struct call *call)
{
	struct text cn = { 0 };
	struct text organisation = { 0 };
	bool shown = serve_client_subject(call->request, &cn, &organisation);

	if (shown) {
		call->user.name = arena_copy(call->arena, text_str(&cn));
		if (organisation.n > 0)
			strlist_add(&call->user.groups, call->arena,
			    arena_copy(call->arena, organisation.data));
	}
	text_done(&cn);
	text_done(&organisation);
	return shown;
}

/* Speak for another, for who may. Of several groups the first is read. */
static bool
impersonate(struct call *call, struct reply *reply)
{
	const char *name = call_header(call, "Impersonate-User");
	const char *group = call_header(call, "Impersonate-Group");
	struct action action = { "impersonate", "", "users", NULL, name };

	if (name == NULL)
		return true;
	if (!access_allows(call, &action))
		return reply_failure(reply, 403, "Forbidden", jv_invalid(),
		    arena_format(call->arena,
			"users \"%s\" is forbidden: User \"%s\" cannot "
			"impersonate resource \"users\" in API group \"\" at "
			"the cluster scope",
			name, call->user.name));
	call->user = (struct user){ .name = name };
	if (strncmp(name, SERVICE_ACCOUNT_USER, strlen(SERVICE_ACCOUNT_USER)) ==
	    0)
		add_account_groups(call);
	if (group != NULL)
		strlist_add(&call->user.groups, call->arena, group);
	strlist_add(&call->user.groups, call->arena, "system:authenticated");
	return true;
}

bool
access_identify(struct call *call, struct reply *reply)
{
	const char *header = call_header(call, "Authorization");
	const char *group = "system:authenticated";
	bool known;

	call->user = (struct user){ 0 };
	if (header != NULL)
		known =
		    strncasecmp(header, "Bearer ", 7) == 0 &&
		    identify_token(call, header + 7 + strspn(header + 7, " "));
	else
		known = identify_certificate(call);
	if (!known && header == NULL && call->access->anonymous) {
		call->user.name = "system:anonymous";
		group = "system:unauthenticated";
		known = true;
	}
	if (!known)
		return reply_failure(
		    reply, 401, "Unauthorized", jv_invalid(), "Unauthorized");
	strlist_add(&call->user.groups, call->arena, group);
	return impersonate(call, reply);
}

/* --- rules --- */

static bool
list_takes(jv list, const char *word)
{
	const char *text;
	jv item;

	for (int i = 0; json_item(list, i, &item); i++) {
		text = json_str(item);
		if (text != NULL &&
		    (strcmp(text, "*") == 0 || strcmp(text, word) == 0))
			return true;
	}
	return false;
}

static bool
rule_allows(jv rule, const struct action *action)
{
	jv names = json_at(rule, "resourceNames");

	return list_takes(json_at(rule, "verbs"), action->verb) &&
	       list_takes(json_at(rule, "apiGroups"), action->group) &&
	       list_takes(json_at(rule, "resources"), action->resource) &&
	       (json_count(names) == 0 ||
		   (action->name != NULL && list_takes(names, action->name)));
}

static bool
subject_is(const struct call *call, jv subject, const char *ns)
{
	const char *kind = json_str_at(subject, "kind");
	const char *name = json_str_at(subject, "name");
	const char *place = json_str_at(subject, "namespace");

	if (kind == NULL || name == NULL)
		return false;
	if (strcmp(kind, "Group") == 0)
		return strlist_has(&call->user.groups, name);
	if (strcmp(kind, "User") == 0)
		return strcmp(call->user.name, name) == 0;
	if (place == NULL)
		place = ns == NULL ? "" : ns;
	return strcmp(call->user.name,
		   arena_format(call->arena, "system:serviceaccount:%s:%s",
		       place, name)) == 0;
}

static bool
binding_is_ours(const struct call *call, jv binding, const char *ns)
{
	jv subjects = json_at(binding, "subjects");
	jv subject;

	for (int i = 0; json_item(subjects, i, &subject); i++)
		if (subject_is(call, subject, ns))
			return true;
	return false;
}

/* Called with the rules of each role that a binding gives to the caller. */
typedef bool rules_visitor(jv rules, void *context);

static bool
visit_role(const struct call *call, jv binding, const char *ns,
    rules_visitor *visit, void *context)
{
	const char *kind = json_str_at(binding, "roleRef", "kind");
	const char *name = json_str_at(binding, "roleRef", "name");
	bool is_role = kind != NULL && strcmp(kind, "Role") == 0;
	const struct object *role;
	bool done;
	jv value;

	role = name == NULL
		   ? NULL
		   : store_find(store_kind(call->store, RBAC,
				    is_role ? "roles" : "clusterroles"),
			 is_role ? ns : NULL, name);
	if (role == NULL)
		return false;
	value = object_value(role->body);
	done = visit(json_at(value, "rules"), context);
	json_free(value);
	return done;
}

/* ns NULL: ClusterRoleBindings, else the RoleBindings of that namespace. */
static bool
visit_bindings(const struct call *call, const char *ns, rules_visitor *visit,
    void *context)
{
	const struct kind *bindings = store_kind(call->store, RBAC,
	    ns == NULL ? "clusterrolebindings" : "rolebindings");
	size_t n = ns == NULL ? 0 : strlen(ns);
	size_t cursor = 0;
	bool done = false;
	struct object *object;

	while (!done &&
	       (object = table_next(&bindings->objects, &cursor)) != NULL) {
		const char *key = table_key(object);
		jv binding;

		if (ns != NULL && (strncmp(key, ns, n) != 0 || key[n] != '/'))
			continue;
		binding = object_value(object->body);
		if (binding_is_ours(call, binding, ns))
			done = visit_role(call, binding, ns, visit, context);
		json_free(binding);
	}
	return done;
}

static bool
any_allows(jv rules, void *context)
{
	const struct action *action = context;
	jv rule;

	for (int i = 0; json_item(rules, i, &rule); i++)
		if (rule_allows(rule, action))
			return true;
	return false;
}

bool
access_allows(const struct call *call, const struct action *action)
{
	struct action copy = *action;

	if (strlist_has(&call->user.groups, "system:masters"))
		return true;
	if (strncmp(action->resource, "selfsubject", 11) == 0)
		return strlist_has(&call->user.groups, "system:authenticated");
	return visit_bindings(call, NULL, any_allows, &copy) ||
	       (action->ns != NULL &&
		   visit_bindings(call, action->ns, any_allows, &copy));
}

static const char *
full_resource(const struct call *call)
{
	if (call->sub == NULL)
		return call->resource;
	return arena_format(call->arena, "%s/%s", call->resource, call->sub);
}

bool
access_refuse(const struct call *call, struct reply *reply)
{
	const char *what = call_resource(call);
	const char *where = "at the cluster scope";

	if (call->name != NULL)
		what = arena_format(call->arena, "%s \"%s\"", what, call->name);
	if (call->ns != NULL)
		where = arena_format(
		    call->arena, "in the namespace \"%s\"", call->ns);
	return reply_about(reply, call, 403, "Forbidden",
	    "%s is forbidden: User \"%s\" cannot %s resource \"%s\" in API "
	    "group \"%s\" %s",
	    what, call->user.name, call->verb, full_resource(call), call->group,
	    where);
}

bool
access_check(const struct call *call, struct reply *reply)
{
	struct action action = { call->verb, call->group, full_resource(call),
		call->ns, call->name };

	return access_allows(call, &action) || access_refuse(call, reply);
}

static bool
add_rules(jv rules, void *context)
{
	jv *all = context;
	jv rule;

	for (int i = 0; json_item(rules, i, &rule); i++)
		json_add(all, json_share(rule));
	return false;
}

static jv
everything(void)
{
	static const char *const members[] = { "verbs", "apiGroups",
		"resources" };
	jv rule = json_new_object();

	for (size_t i = 0; i < 3; i++) {
		jv star = json_new_array();

		json_add_str(&star, "*");
		json_set(&rule, members[i], star);
	}
	return rule;
}

jv
access_rules(const struct call *call, const char *ns)
{
	jv all = json_new_array();

	if (strlist_has(&call->user.groups, "system:masters"))
		json_add(&all, everything());
	(void)visit_bindings(call, NULL, add_rules, &all);
	if (ns != NULL)
		(void)visit_bindings(call, ns, add_rules, &all);
	return all;
}
