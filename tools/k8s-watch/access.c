// SPDX-License-Identifier: ISC
/*
 * access -- the connection to one API server and the credential of the
 * moment.
 *
 * A bound service account token is rewritten by the kubelet after 80 % of its
 * life, so the file is read anew once a minute, by its name: it is a symbolic
 * link that is swapped. A token is checked when a request starts; a watch
 * survives its end. Certificates are those of the connection: new ones need
 * a new connection.
 */
#include "access.h"

#include <errno.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "cluster.h"
#include "log.h"
#include "secret.h"

#define TOKEN_READ_MS   50000 /* client-go: a minute less 10 s */
#define EXEC_AGAIN_MS   10000 /* between two runs of a plugin */
#define EXEC_EARLY_S    60    /* renewed before it expires */
#define TOKEN_BYTES_MAX ((size_t)1 << 16)
#define PEM_BYTES_MAX   ((size_t)1 << 20)

/* -- the connection ------------------------------------------------------- */

/* Read a file whose content the kubeconfig does not hold; none is no failure. */
static bool
read_file(
    struct text *text, const char *data, const char *file, struct error *err)
{
	if (data != NULL || file == NULL)
		return true;
	errno = 0;
	if (text_read_file(text, file, PEM_BYTES_MAX) && text->n > 0)
		return true;
	return error_set(err, CAUSE_INVALID, "%s: %s", file,
	    errno != 0 ? strerror(errno) : "empty");
}

/* All files or, with false, none: half a pair is no use. */
static bool
read_files(struct access *access, struct error *err)
{
	const struct cluster *cluster = access->cluster;
	struct text fresh[3] = { { 0 }, { 0 }, { 0 } };
	struct text *const kept[3] = { &access->ca, &access->cert,
		&access->key };
	bool is_read =
	    read_file(&fresh[0], cluster->ca_pem, cluster->ca_file, err) &&
	    read_file(&fresh[1], cluster->cert_pem, cluster->cert_file, err) &&
	    read_file(&fresh[2], cluster->key_pem, cluster->key_file, err);

	for (size_t i = 0; i < 3; i++) {
		if (is_read) {
			text_done(kept[i]);
			*kept[i] = fresh[i];
		} else {
			text_done(&fresh[i]);
		}
	}
	return is_read;
}

static const char *
chosen(const char *data, const struct text *from_file)
{
	return data != NULL ? data : from_file->data;
}

static bool
connect_anew(struct access *access, struct error *err)
{
	const struct cluster *cluster = access->cluster;
	const struct exec_credential *exec = &access->exec;
	struct http_config config = {
		.user_agent = "azdns-k8s-watch/" AZDNS_VERSION,
		.ca_pem = chosen(cluster->ca_pem, &access->ca),
		.client_cert_pem = chosen(cluster->cert_pem, &access->cert),
		.client_key_pem = chosen(cluster->key_pem, &access->key),
		.tls_server_name = cluster->tls_server_name,
		.proxy = cluster->proxy,
		.insecure = cluster->is_insecure,
		.connections_max = access->connections_max,
	};

	/* A copy: the plugin's answer may end before the connection does. */
	if (exec->cert != NULL) {
		text_reset(&access->cert);
		text_reset(&access->key);
		text_add(&access->cert, secret_bytes(exec->cert));
		text_add(&access->key, secret_bytes(exec->key));
		config.client_cert_pem = access->cert.data;
		config.client_key_pem = access->key.data;
	}
	access->is_outdated = false;
	http_free(access->http);
	access->http = http_new(&config, err);
	return access->http != NULL;
}

bool
access_open(struct access *access, const struct cluster *cluster, long n,
    struct error *err)
{
	*access = (struct access){ .cluster = cluster, .connections_max = n };
	if (!read_files(access, err))
		return false;
	if (cluster->is_insecure)
		log_warning("%s: the certificate of %s is not verified "
			    "(insecure-skip-tls-verify)",
		    cluster->origin, cluster->server);
	return connect_anew(access, err);
}

void
access_renew(struct access *access)
{
	struct error err;

	if (!read_files(access, &err))
		log_info("%s; what was read before is used on", err.text);
	if (!connect_anew(access, &err))
		log_die(STATUS_UNMET, "%s", err.text);
}

/* -- the credential ------------------------------------------------------- */

static void
take_token(struct access *access, const char *bytes, size_t n)
{
	secret_free(access->token);
	access->token = secret_new(bytes, n);
}

static bool
read_token_file(struct access *access, const char *file, struct error *err)
{
	struct text text = { 0 };
	const char *why = NULL;
	const char *start;
	size_t n;

	if (clock_ms() < access->token_due_ms)
		return true;
	if (!text_read_file(&text, file, TOKEN_BYTES_MAX))
		why = strerror(errno);
	start = text_str(&text) + strspn(text_str(&text), " \t\r\n");
	n = strcspn(start, " \t\r\n");
	if (n > 0)
		take_token(access, start, n);
	else if (why == NULL)
		why = "empty";
	text_wipe(&text);
	if (why == NULL)
		access->token_due_ms = clock_ms() + TOKEN_READ_MS;
	else if (access->token == NULL)
		return error_set(
		    err, CAUSE_DENIED, "token file %s: %s", file, why);
	else
		log_debug(
		    "token file %s: %s; the last token is used on", file, why);
	return true;
}

/* Run the plugin unless what it printed last is still good. */
static bool
renew_exec(struct access *access, struct error *err)
{
	struct exec_credential fresh = { 0 };
	bool is_soon;
	bool is_run;

	if (access->exec.is_set &&
	    (access->exec.expires_s == 0 ||
		clock_unix_s() + EXEC_EARLY_S < access->exec.expires_s))
		return true;
	if (clock_ms() < access->exec_due_ms)
		return access->exec.is_set ||
		       error_set(err, CAUSE_DENIED,
			   "credential plugin failed; it is run again soon");
	/* What is refused at once may be asked for anew at once, but once. */
	is_soon = clock_ms() < access->exec_ran_ms + EXEC_AGAIN_MS;
	is_run = exec_run(access->cluster, &access->ca, &fresh, err);
	access->exec_ran_ms = clock_ms();
	if (is_soon || !is_run)
		access->exec_due_ms = access->exec_ran_ms + EXEC_AGAIN_MS;
	if (!is_run)
		return access->exec.is_set;
	access->credential++;
	exec_credential_done(&access->exec);
	access->exec = fresh;
	access->is_outdated = fresh.cert != NULL;
	return !access->is_outdated || http_active(access->http) > 0 ||
	       connect_anew(access, err);
}

static bool
find_token(struct access *access, struct error *err)
{
	const struct cluster *cluster = access->cluster;

	/* As client-go: what was given needs no plugin. */
	if (cluster->exec != NULL && cluster->token == NULL &&
	    cluster->token_file == NULL)
		return renew_exec(access, err);
	if (cluster->token_file != NULL &&
	    read_token_file(access, cluster->token_file, err))
		return true;
	if (cluster->token == NULL)
		return cluster->token_file == NULL;
	if (access->token == NULL)
		take_token(access, cluster->token, strlen(cluster->token));
	return true;
}

bool
access_headers(struct access *access, struct arena *arena,
    struct strlist *headers, struct error *err)
{
	const struct cluster *cluster = access->cluster;
	const struct secret *token;

	strlist_add_all(headers, arena, &cluster->headers);
	/* As client-go: nothing secret over a connection without TLS. */
	if (strncmp(cluster->server, "https://", 8) != 0)
		return true;
	if (!find_token(access, err))
		return false;
	token = access->exec.token != NULL ? access->exec.token : access->token;
	if (token != NULL)
		strlist_add(headers, arena,
		    arena_format(arena, "Authorization: Bearer %s",
			secret_bytes(token)));
	return true;
}

void
access_refused(struct access *access, unsigned credential)
{
	access->token_due_ms = 0;
	if (credential != access->credential)
		return;
	exec_credential_done(&access->exec);
}

void
access_close(struct access *access)
{
	http_free(access->http);
	secret_free(access->token);
	exec_credential_done(&access->exec);
	text_done(&access->ca);
	text_done(&access->cert);
	text_done(&access->key);
}
