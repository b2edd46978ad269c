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

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base64.h"
#include "child.h"
#include "cluster.h"
#include "json.h"
#include "secret.h"
#include "text.h"

#define RUN_MS_MAX       60000
#define OUTPUT_BYTES_MAX ((size_t)1 << 20)

static void
add_cluster_info(jv *spec, const struct cluster *cluster, const struct text *ca)
{
	const char *pem = cluster->ca_pem != NULL ? cluster->ca_pem : ca->data;
	jv info = json_new_object();
	struct text encoded = { 0 };

	json_set_str(&info, "server", cluster->server);
	json_set_str(&info, "tls-server-name", cluster->tls_server_name);
	json_set_str(&info, "proxy-url", cluster->proxy);
	if (cluster->is_insecure)
		json_set_bool(&info, "insecure-skip-tls-verify", true);
	if (!cluster->is_compressed)
		json_set_bool(&info, "disable-compression", true);
	if (pem != NULL) {
		base64_encode(&encoded, pem, strlen(pem));
		json_set_str(
		    &info, "certificate-authority-data", text_str(&encoded));
	}
	text_done(&encoded);
	json_set(spec, "cluster", info);
}

static const char *
exec_info(
    struct arena *arena, const struct cluster *cluster, const struct text *ca)
{
	jv spec = json_new_object();
	jv info = json_new_object();
	struct text text = { 0 };
	const char *variable;

	json_set_bool(&spec, "interactive", false);
	if (cluster->exec->is_given_cluster_info)
		add_cluster_info(&spec, cluster, ca);
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

static struct strlist
environment(
    struct arena *arena, const struct cluster *cluster, const struct text *ca)
{
	const struct strlist *added = &cluster->exec->env;
	struct strlist list = { 0 };

	for (char **variable = environ; *variable != NULL; variable++)
		if (!child_is_set(added, *variable))
			strlist_add(&list, arena, *variable);
	strlist_add_all(&list, arena, added);
	strlist_add(&list, arena, exec_info(arena, cluster, ca));
	return list;
}

/* Run it to its end, its output into text. */
static bool
run(const struct cluster *cluster, const struct text *ca, struct text *text,
    struct error *err)
{
	const char *command = cluster->exec->argv.items[0];
	const char *hint = cluster->exec->install_hint;
	struct arena arena = { 0 };
	struct strlist env = environment(&arena, cluster, ca);
	struct child child;
	int failure = child_start(&child, &cluster->exec->argv, &env);
	bool is_read;
	int status;

	arena_done(&arena);
	if (failure != 0)
		return error_set(err, CAUSE_DENIED,
		    "credential plugin %s: %s%s%s", command, strerror(failure),
		    hint == NULL ? "" : "; ", hint == NULL ? "" : hint);
	is_read = child_read(&child, text, OUTPUT_BYTES_MAX, RUN_MS_MAX);
	status = child_end(&child, is_read ? 0 : SIGKILL);
	if (!is_read)
		return error_set(err, CAUSE_DENIED,
		    "credential plugin: no answer within %d s",
		    RUN_MS_MAX / 1000);
	return status == 0 || error_set(err, CAUSE_DENIED,
				  "credential plugin %s ended with status %d",
				  command, status);
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
exec_run(const struct cluster *cluster, const struct text *ca,
    struct exec_credential *credential, struct error *err)
{
	struct text output = { 0 };
	bool is_read = run(cluster, ca, &output, err);
	jv answer;

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
