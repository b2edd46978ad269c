// SPDX-License-Identifier: ISC
/*
 * exec -- run the credential plugin of a kubeconfig.
 *
 * client.authentication.k8s.io/v1 and v1beta1, ExecCredential. No shell: the
 * command with its arguments, the environment with the additions of the
 * kubeconfig and KUBERNETES_EXEC_INFO. The plugin's standard error is ours;
 * it has no standard input, for nobody sits here. Its group is killed when it
 * takes longer than a minute.
 */
#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base64.h"
#include "clock.h"
#include "cluster.h"
#include "json.h"
#include "secret.h"
#include "text.h"

#define RUN_MS_MAX       60000
#define OUTPUT_BYTES_MAX ((size_t)1 << 20)
#define READ_BYTES       4096

static void
add_cluster_info(jv *spec, const struct cluster *cluster)
{
	jv info = json_new_object();
	struct text ca = { 0 };

	json_set_str(&info, "server", cluster->server);
	json_set_str(&info, "tls-server-name", cluster->tls_server_name);
	json_set_str(&info, "proxy-url", cluster->proxy);
	if (cluster->is_insecure)
		json_set_bool(&info, "insecure-skip-tls-verify", true);
	if (cluster->ca_pem != NULL) {
		base64_encode(&ca, cluster->ca_pem, strlen(cluster->ca_pem));
		json_set_str(
		    &info, "certificate-authority-data", text_str(&ca));
	}
	text_done(&ca);
	json_set(spec, "cluster", info);
}

static const char *
exec_info(struct arena *arena, const struct cluster *cluster)
{
	jv spec = json_new_object();
	jv info = json_new_object();
	struct text text = { 0 };
	const char *variable;

	json_set_bool(&spec, "interactive", false);
	if (cluster->exec->is_given_cluster_info)
		add_cluster_info(&spec, cluster);
	json_set_str(&info, "kind", "ExecCredential");
	json_set_str(&info, "apiVersion", cluster->exec->api_version);
	json_set(&info, "spec", spec);
	json_print(&text, info);
	json_free(info);
	variable =
	    arena_format(arena, "KUBERNETES_EXEC_INFO=%s", text_str(&text));
	text_done(&text);
	return variable;
}

/* A NULL-terminated array for posix_spawn, which does not write to it. */
static char **
vector(struct arena *arena, const struct strlist *list)
{
	char **items = arena_alloc(arena, (list->n + 1) * sizeof(*items));

	for (size_t i = 0; i < list->n; i++)
		items[i] = arena_copy(arena, list->items[i]);
	return items;
}

static bool
is_same_variable(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return strncmp(a, b, n + 1) == 0;
}

static struct strlist
environment(struct arena *arena, const struct cluster *cluster)
{
	const struct strlist *added = &cluster->exec->env;
	struct strlist list = { 0 };
	bool is_replaced;

	for (char **variable = environ; *variable != NULL; variable++) {
		is_replaced = false;
		for (size_t i = 0; i < added->n; i++)
			if (is_same_variable(added->items[i], *variable))
				is_replaced = true;
		if (!is_replaced)
			strlist_add(&list, arena, *variable);
	}
	strlist_add_all(&list, arena, added);
	strlist_add(&list, arena, exec_info(arena, cluster));
	return list;
}

/* Start it in a group of its own; its standard output is read from *out. */
static bool
start(const struct cluster *cluster, pid_t *pid, int *out, struct error *err)
{
	struct arena arena = { 0 };
	struct strlist env = environment(&arena, cluster);
	const char *command = cluster->exec->argv.items[0];
	const char *hint = cluster->exec->install_hint;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	int ends[2];
	int failed;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set(err, CAUSE_TEMPORARY, "credential plugin: %s",
		    strerror(errno));
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(
	    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(
	    &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	failed = posix_spawnp(pid, command, &actions, &attributes,
	    vector(&arena, &cluster->exec->argv), vector(&arena, &env));
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	arena_done(&arena);
	*out = ends[0];
	if (failed == 0)
		return true;
	close(ends[0]);
	return error_set(err, CAUSE_DENIED, "credential plugin %s: %s%s%s",
	    command, strerror(failed), hint == NULL ? "" : "; ",
	    hint == NULL ? "" : hint);
}

/* All of its output; false: it took too long or wrote too much. */
static bool
read_output(int out, struct text *text, struct error *err)
{
	int64_t end_ms = clock_ms() + RUN_MS_MAX;
	struct pollfd poll_out = { .fd = out, .events = POLLIN };
	int64_t left_ms;
	ssize_t n;

	while (
	    (left_ms = end_ms - clock_ms()) > 0 && text->n < OUTPUT_BYTES_MAX) {
		if (poll(&poll_out, 1, (int)left_ms) <= 0)
			continue;
		n = read(out, text_reserve(text, READ_BYTES), READ_BYTES);
		if (n == 0)
			return true;
		if (n > 0)
			text->n += (size_t)n;
	}
	return error_set(err, CAUSE_DENIED,
	    "credential plugin: no answer within %d s", RUN_MS_MAX / 1000);
}

static struct secret *
secret_at(jv status, const char *name)
{
	const char *value = json_str(json_at(status, name));

	return value == NULL || *value == '\0'
		   ? NULL
		   : secret_new(value, strlen(value));
}

/* RFC 3339 in UTC, as Go writes it; 0 if it is not that. */
static int64_t
parse_time(const char *text)
{
	struct tm parts = { 0 };

	if (text == NULL || strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) == NULL)
		return 0;
	return timegm(&parts);
}

static bool
read_credential(const struct cluster *cluster, jv answer,
    struct exec_credential *credential, struct error *err)
{
	jv status = json_at(answer, "status");
	const char *version = json_str(json_at(answer, "apiVersion"));

	if (!text_equal(version, cluster->exec->api_version))
		return error_set(err, CAUSE_DENIED,
		    "credential plugin: its answer is not of apiVersion %s",
		    cluster->exec->api_version);
	credential->token = secret_at(status, "token");
	credential->cert = secret_at(status, "clientCertificateData");
	credential->key = secret_at(status, "clientKeyData");
	credential->expires_s =
	    parse_time(json_str(json_at(status, "expirationTimestamp")));
	credential->is_set = true;
	if ((credential->cert == NULL) != (credential->key == NULL) ||
	    (credential->token == NULL && credential->cert == NULL)) {
		exec_credential_done(credential);
		return error_set(err, CAUSE_DENIED,
		    "credential plugin: its answer holds no credential");
	}
	return true;
}

bool
exec_run(const struct cluster *cluster, struct exec_credential *credential,
    struct error *err)
{
	struct text output = { 0 };
	int status = 0;
	bool is_read;
	pid_t pid = 0;
	int out = -1;
	jv answer;

	if (!start(cluster, &pid, &out, err))
		return false;
	is_read = read_output(out, &output, err);
	close(out);
	if (!is_read)
		(void)kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (is_read && status != 0)
		is_read = error_set(err, CAUSE_DENIED,
		    "credential plugin %s ended with status %d",
		    cluster->exec->argv.items[0],
		    WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	if (is_read && json_parse(output.data, output.n, &answer, err)) {
		is_read = read_credential(cluster, answer, credential, err);
		json_free(answer);
	} else if (is_read) {
		is_read = error_set(err, CAUSE_DENIED,
		    "credential plugin: its answer is not JSON");
	}
	text_wipe(&output);
	return is_read;
}

void
exec_credential_done(struct exec_credential *credential)
{
	secret_free(credential->token);
	secret_free(credential->cert);
	secret_free(credential->key);
	*credential = (struct exec_credential){ 0 };
}
