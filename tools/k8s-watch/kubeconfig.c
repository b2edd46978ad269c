// SPDX-License-Identifier: ISC
/*
 * kubeconfig -- the files that kubectl reads.
 *
 * YAML (and with it JSON) by libyaml. Of each named cluster, user and context
 * the first file that defines the name wins as a whole; of current-context the
 * first that is not empty. Relative paths lie beside the file in which they
 * stand. Upstream: client-go tools/clientcmd.
 *
 * What client-go has given up is refused with its successor: basic
 * credentials (Kubernetes 1.19), auth-provider (1.26), exec v1alpha1 (1.24).
 */
#include "kubeconfig.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "cluster.h"
#include "log.h"
#include "place.h"
#include "text.h"

#define FILE_BYTES_MAX ((size_t)4 << 20)

/* RFC 9110 section 5.6.2, token, less the % that escapes. */
#define HEADER_NAME                                          \
	"!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz" \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct loaded {
	yaml_document_t *documents;
	const char **files;
	size_t n;
};

/* -- merging -------------------------------------------------------------- */

static bool
load(yaml_document_t *document, const char *file, struct error *err)
{
	struct text bytes = { 0 };
	yaml_parser_t parser;
	bool is_loaded;

	if (!text_read_file(&bytes, file, FILE_BYTES_MAX))
		return error_set(err,
		    errno == ENOENT ? CAUSE_MISSING : CAUSE_INVALID,
		    "kubeconfig %s: %s; name one that can be read with "
		    "--kubeconfig or KUBECONFIG",
		    file, strerror(errno));
	if (yaml_parser_initialize(&parser) == 0)
		abort();
	yaml_parser_set_input_string(
	    &parser, (const unsigned char *)text_str(&bytes), bytes.n);
	is_loaded = yaml_parser_load(&parser, document) != 0;
	if (!is_loaded)
		(void)error_set(err, CAUSE_INVALID,
		    "kubeconfig %s: line %zu: %s; it must be YAML or JSON",
		    file, parser.problem_mark.line + 1,
		    parser.problem == NULL ? "not readable" : parser.problem);
	yaml_parser_delete(&parser);
	text_done(&bytes);
	return is_loaded;
}

static bool
load_all(struct loaded *loaded, struct arena *arena,
    const struct strlist *files, struct error *err)
{
	loaded->documents =
	    arena_alloc(arena, files->n * sizeof(*loaded->documents));
	loaded->files = arena_alloc(arena, files->n * sizeof(*loaded->files));
	for (size_t i = 0; i < files->n; i++) {
		if (load(&loaded->documents[loaded->n], files->items[i], err))
			loaded->files[loaded->n++] = files->items[i];
		else if (err->cause != CAUSE_MISSING)
			return false;
		else if (files->n > 1)
			log_debug("%s", err->text);
	}
	return loaded->n > 0;
}

static struct place
root_of(const struct loaded *loaded, size_t i)
{
	return (struct place){ &loaded->documents[i], loaded->files[i],
		yaml_document_get_root_node(&loaded->documents[i]) };
}

/*
 * The member inner of the first item called name in the list of any file.
 * false: there is none, or one file has two.
 */
static bool
find(const struct loaded *loaded, const char *list, const char *name,
    struct place *found, struct error *err)
{
	static const char *const inner[][2] = { { "contexts", "context" },
		{ "clusters", "cluster" }, { "users", "user" } };
	size_t n_found = 0;

	for (size_t i = 0; i < loaded->n && n_found == 0; i++) {
		struct place root = root_of(loaded, i);
		struct place all = place_enter(&root, list);
		struct place one = place_item(&all, 0);

		for (size_t k = 0; one.node != NULL;
		     one = place_item(&all, ++k)) {
			const char *its_name =
			    place_scalar(place_member(&one, "name"));

			if (!text_equal(its_name, name))
				continue;
			for (size_t w = 0; w < 3; w++)
				if (strcmp(inner[w][0], list) == 0)
					*found = place_enter(&one, inner[w][1]);
			n_found++;
		}
	}
	if (n_found == 1)
		return true;
	return error_set(err, CAUSE_INVALID,
	    "kubeconfig %s: %s '%s' in %s; choose another with --context",
	    n_found > 0 ? found->file : loaded->files[0],
	    n_found > 0 ? "more than one" : "no", name, list);
}

/* -- the parts ------------------------------------------------------------ */

/* What a file says is no use, and what would be. */
static bool
refuse(const struct place *place, struct error *err, const char *what)
{
	return error_set(
	    err, CAUSE_INVALID, "kubeconfig %s: %s", place->file, what);
}

static bool
read_cluster(
    struct cluster *cluster, const struct place *place, struct error *err)
{
	struct arena *arena = &cluster->arena;

	cluster->server = place_str(place, "server", arena);
	cluster->ca_file = place_path(place, "certificate-authority", arena);
	cluster->tls_server_name = place_str(place, "tls-server-name", arena);
	cluster->proxy = place_str(place, "proxy-url", arena);
	cluster->is_insecure = place_is_true(place, "insecure-skip-tls-verify");
	cluster->is_compressed = !place_is_true(place, "disable-compression");
	if (!place_data(place, "certificate-authority-data", arena,
		&cluster->ca_pem, err))
		return false;
	if (cluster->server == NULL)
		return refuse(place, err, "the cluster has no server");
	if (cluster->is_insecure &&
	    (cluster->ca_pem != NULL || cluster->ca_file != NULL))
		return refuse(place, err,
		    "insecure-skip-tls-verify and a "
		    "certificate-authority exclude each other");
	return true;
}

static void
read_env(struct cluster_exec *exec, struct arena *arena,
    const struct place *variables)
{
	struct place variable = place_item(variables, 0);

	for (size_t i = 0; variable.node != NULL;
	     variable = place_item(variables, ++i)) {
		const char *name = place_str(&variable, "name", arena);
		const char *value =
		    place_scalar(place_member(&variable, "value"));

		if (name != NULL)
			strlist_add(&exec->env, arena,
			    arena_format(arena, "%s=%s", name,
				value == NULL ? "" : value));
	}
}

#define EXEC_GROUP "client.authentication.k8s.io/"

static bool
check_exec(const struct place *place, const struct cluster_exec *exec,
    const char *mode, struct error *err)
{
	if (exec->api_version == NULL ||
	    (strcmp(exec->api_version, EXEC_GROUP "v1") != 0 &&
		strcmp(exec->api_version, EXEC_GROUP "v1beta1") != 0))
		return error_set(err, CAUSE_INVALID,
		    "kubeconfig %s: exec apiVersion '%s' is not supported; "
		    "update the plugin to " EXEC_GROUP "v1",
		    place->file,
		    exec->api_version == NULL ? "" : exec->api_version);
	if (mode == NULL && strcmp(exec->api_version, EXEC_GROUP "v1") == 0)
		return refuse(place, err,
		    "exec of " EXEC_GROUP "v1 needs an "
		    "interactiveMode; Never and IfAvailable are taken");
	if (text_equal(mode, "Always"))
		return refuse(place, err,
		    "exec wants a terminal "
		    "(interactiveMode Always); choose a login that needs "
		    "none, as `kubelogin convert-kubeconfig -l "
		    "workloadidentity`");
	return true;
}

static bool
read_exec(struct cluster *cluster, const struct place *place, struct error *err)
{
	struct arena *arena = &cluster->arena;
	struct cluster_exec *exec = arena_alloc(arena, sizeof(*exec));
	struct place args = place_enter(place, "args");
	struct place variables = place_enter(place, "env");
	struct place arg = place_item(&args, 0);
	const char *command = place_str(place, "command", arena);

	if (command == NULL)
		return refuse(place, err, "exec has no command");
	/* A bare name goes through PATH, a path lies beside the file. */
	if (strchr(command, '/') != NULL)
		command = place_path(place, "command", arena);
	strlist_add(&exec->argv, arena, command);
	for (size_t i = 0; arg.node != NULL; arg = place_item(&args, ++i))
		strlist_add(&exec->argv, arena,
		    arena_copy(arena, place_scalar(arg.node)));
	read_env(exec, arena, &variables);
	exec->api_version = place_str(place, "apiVersion", arena);
	exec->install_hint = place_str(place, "installHint", arena);
	exec->is_given_cluster_info =
	    place_is_true(place, "provideClusterInfo");
	cluster->exec = exec;
	return check_exec(
	    place, exec, place_str(place, "interactiveMode", arena), err);
}

/* A header for each item of a sequence. */
static void
add_headers(
    struct cluster *cluster, const char *name, const struct place *values)
{
	struct arena *arena = &cluster->arena;
	struct place value = place_item(values, 0);

	for (size_t i = 0; value.node != NULL; value = place_item(values, ++i))
		if (place_scalar(value.node) != NULL)
			strlist_add(&cluster->headers, arena,
			    arena_format(arena, "%s: %s", name,
				place_scalar(value.node)));
}

/* Impersonate-Extra-KEY: what a header's name may not hold is escaped. */
static void
read_extras(struct cluster *cluster, const struct place *extras)
{
	const char *key = "";
	struct place values = place_pair(extras, 0, &key);
	struct text name = { 0 };

	for (size_t i = 0; values.node != NULL;
	     values = place_pair(extras, ++i, &key)) {
		text_reset(&name);
		text_add(&name, "Impersonate-Extra-");
		for (; *key != '\0'; key++)
			text_format(&name,
			    strchr(HEADER_NAME, *key) == NULL ? "%%%02X" : "%c",
			    (unsigned)(unsigned char)*key);
		add_headers(cluster, text_str(&name), &values);
	}
	text_done(&name);
}

static bool
read_impersonation(
    struct cluster *cluster, const struct place *user, struct error *err)
{
	struct arena *arena = &cluster->arena;
	const char *as = place_str(user, "as", arena);
	const char *uid = place_str(user, "as-uid", arena);
	struct place groups = place_enter(user, "as-groups");
	struct place extras = place_enter(user, "as-user-extra");

	if (as == NULL &&
	    (uid != NULL || groups.node != NULL || extras.node != NULL))
		return refuse(user, err,
		    "as-uid, as-groups and as-user-extra need "
		    "as");
	read_extras(cluster, &extras);
	if (as != NULL)
		strlist_add(&cluster->headers, arena,
		    arena_format(arena, "Impersonate-User: %s", as));
	if (uid != NULL)
		strlist_add(&cluster->headers, arena,
		    arena_format(arena, "Impersonate-Uid: %s", uid));
	add_headers(cluster, "Impersonate-Group", &groups);
	return true;
}

/* What no API server or client takes any more. */
static bool
check_user(const struct place *user, struct error *err)
{
	if (place_member(user, "username") != NULL ||
	    place_member(user, "password") != NULL)
		return refuse(user, err,
		    "username and password are not taken by "
		    "API servers since 1.19; use a token or a certificate");
	if (place_member(user, "auth-provider") != NULL)
		return refuse(user, err,
		    "auth-provider is no longer supported; use "
		    "an exec plugin (kubelogin, gke-gcloud-auth-plugin)");
	return true;
}

static bool
read_user(struct cluster *cluster, const struct place *user, struct error *err)
{
	struct arena *arena = &cluster->arena;
	struct place exec = place_enter(user, "exec");

	if (!check_user(user, err))
		return false;
	cluster->token = place_str(user, "token", arena);
	cluster->token_file = place_path(user, "tokenFile", arena);
	cluster->cert_file = place_path(user, "client-certificate", arena);
	cluster->key_file = place_path(user, "client-key", arena);
	if (!place_data(user, "client-certificate-data", arena,
		&cluster->cert_pem, err) ||
	    !place_data(user, "client-key-data", arena, &cluster->key_pem, err))
		return false;
	if ((cluster->cert_pem != NULL || cluster->cert_file != NULL) !=
	    (cluster->key_pem != NULL || cluster->key_file != NULL))
		return refuse(user, err,
		    "client-certificate and client-key need "
		    "each other");
	if (exec.node != NULL && !read_exec(cluster, &exec, err))
		return false;
	return read_impersonation(cluster, user, err);
}

static const char *
current_context(const struct loaded *loaded, struct arena *arena)
{
	const char *name = NULL;

	for (size_t i = 0; i < loaded->n && name == NULL; i++) {
		struct place root = root_of(loaded, i);

		name = place_str(&root, "current-context", arena);
	}
	return name;
}

static bool
resolve(struct cluster *cluster, const struct loaded *loaded,
    const char *context, struct error *err)
{
	struct arena *arena = &cluster->arena;
	struct place place = root_of(loaded, 0);
	const char *cluster_name;
	const char *user_name;

	if (context == NULL || *context == '\0')
		context = current_context(loaded, arena);
	if (context == NULL)
		return error_set(err, CAUSE_INVALID,
		    "kubeconfig %s: there is no current-context; choose one "
		    "with --context",
		    loaded->files[0]);
	if (!find(loaded, "contexts", context, &place, err))
		return false;
	cluster_name = place_str(&place, "cluster", arena);
	user_name = place_str(&place, "user", arena);
	if (!find(loaded, "clusters", cluster_name == NULL ? "" : cluster_name,
		&place, err) ||
	    !read_cluster(cluster, &place, err))
		return false;
	if (user_name == NULL)
		return true;
	return find(loaded, "users", user_name, &place, err) &&
	       read_user(cluster, &place, err);
}

bool
kubeconfig_read(struct cluster *cluster, const struct strlist *files,
    const char *context, struct error *err)
{
	struct loaded loaded = { 0 };
	bool is_read;

	assert(files->n > 0);
	cluster->origin =
	    arena_format(&cluster->arena, "kubeconfig %s", files->items[0]);
	is_read = load_all(&loaded, &cluster->arena, files, err) &&
		  resolve(cluster, &loaded, context, err);
	for (size_t i = 0; i < loaded.n; i++)
		yaml_document_delete(&loaded.documents[i]);
	return is_read;
}
