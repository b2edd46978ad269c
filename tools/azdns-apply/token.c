// SPDX-License-Identifier: ISC
/*
 * token -- see token.h.
 *
 * The command is run without a shell (posix_spawnp) at the start, at half the
 * token's life (5 minutes before expiry when that is later than half, for
 * short ones) and after a refusal. It prints what `az account
 * get-access-token -o json` prints. A valid token is used on while the command
 * fails; it is tried again after 1, 2, 4 ... 60 s. Its environment is cut down
 * to what finding a token needs: no TXT encryption key, no kubeconfig.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "heap.h"
#include "json.h"
#include "log.h"
#include "pace.h"
#include "token.h"

#define LIMIT_MS         120000
#define EARLY_MS         300000
#define REFUSED_PAUSE_MS 30000
#define OUTPUT_BYTES_MAX (1u << 20)
#define COUNT(array)     (sizeof(array) / sizeof((array)[0]))

/* Beginnings of the names of variables that the command may see. */
static const char *const passed[] = { "PATH=", "HOME=", "LANG=", "LC_",
	"TMPDIR=", "USER=", "AZURE_", "MSI_", "IDENTITY_", "SSL_CERT_",
	"REQUESTS_CA_BUNDLE=", "HTTPS_PROXY=", "HTTP_PROXY=", "NO_PROXY=",
	"https_proxy=", "http_proxy=", "no_proxy=", "EXTERNAL_DNS_AZURE_",
	"EXTERNAL_DNS_ARM_", "EXTERNAL_DNS_AUTHORITY_", "EXTERNAL_DNS_IMDS_",
	"EXTERNAL_DNS_LOG_" };

static bool
is_passed(const char *variable)
{
	for (size_t i = 0; i < COUNT(passed); i++) {
		if (strncmp(variable, passed[i], strlen(passed[i])) == 0)
			return true;
	}
	return false;
}

/* Does a setting of ours take the place of this variable? */
static bool
is_replaced(const char *variable, const struct strlist *settings)
{
	size_t n = strcspn(variable, "=") + 1;

	for (size_t i = 0; i < settings->n; i++) {
		if (strncmp(variable, settings->items[i], n) == 0)
			return true;
	}
	return false;
}

/* The items as a NULL-terminated array of writable texts, as execve wants. */
static char **
to_vector(struct arena *arena, const struct strlist *list)
{
	char **vector = arena_alloc(arena, (list->n + 2) * sizeof(*vector));

	for (size_t i = 0; i < list->n; i++)
		vector[i] = arena_copy(arena, list->items[i]);
	return vector;
}

void
token_init(struct token *token, struct arena *arena, const char *command,
    const struct strlist *settings)
{
	struct strlist words = { 0 };
	struct strlist variables = { 0 };

	*token = (struct token){ .fd = -1 };
	strlist_add_split(&words, arena, command, ' ');
	token->argv = to_vector(arena, &words);
	for (char **at = environ; *at != NULL; at++) {
		if (is_passed(*at) && !is_replaced(*at, settings))
			strlist_add(&variables, arena, *at);
	}
	strlist_add_all(&variables, arena, settings);
	token->environment = to_vector(arena, &variables);
}

static void
failed(struct token *token, const char *why, int64_t now_ms)
{
	token->tries++;
	token->next_ms = now_ms + pace_backoff_ms(token->tries);
	log_warning("token: %s: %s; next try in %lld s", token->argv[0], why,
	    (long long)((token->next_ms - now_ms + 999) / 1000));
}

/* One more variable in the place that to_vector left free. */
static void
set_claims(struct token *token, char *variable)
{
	size_t n = 0;

	while (token->environment[n] != NULL)
		n++;
	token->environment[n] = variable;
}

static void
start(struct token *token, int64_t now_ms)
{
	posix_spawn_file_actions_t actions;
	struct text claims = { 0 };
	sigset_t none;
	posix_spawnattr_t attributes;
	int pipe_fds[2];
	int error;

	if (pipe2(pipe_fds, O_CLOEXEC) != 0) {
		failed(token, strerror(errno), now_ms);
		return;
	}
	if (token->claims != NULL) {
		text_format(&claims, "AZTOKEN_CLAIMS=%s", token->claims);
		set_claims(token, claims.data);
	}
	(void)sigemptyset(&none);
	(void)posix_spawnattr_init(&attributes);
	(void)posix_spawnattr_setsigmask(&attributes, &none);
	(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(
	    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(
	    &actions, pipe_fds[1], STDOUT_FILENO);
	error = posix_spawnp(&token->pid, token->argv[0], &actions, &attributes,
	    token->argv, token->environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	(void)close(pipe_fds[1]);
	if (token->claims != NULL) {
		size_t n = 0;

		while (token->environment[n] != claims.data)
			n++;
		token->environment[n] = NULL;
		free(token->claims);
		token->claims = NULL;
	}
	text_done(&claims);
	if (error != 0) {
		(void)close(pipe_fds[0]);
		token->pid = 0;
		token->is_hopeless = error == ENOENT && token->generation == 0;
		failed(token, strerror(error), now_ms);
		return;
	}
	token->fd = pipe_fds[0];
	token->started_ms = now_ms;
	text_reset(&token->output);
}

/* Seconds since 1970 of an answer, from either of its two members. */
static bool
read_expiry(jv answer, int64_t *expires_s)
{
	const char *text = json_str_at(answer, "expires_on");
	struct tm tm = { .tm_isdst = -1 };

	if (json_int(json_at(answer, "expires_on"), expires_s))
		return true;
	if (text != NULL) {
		*expires_s = strtoll(text, NULL, 10);
		return *expires_s > 0;
	}
	/* az prints local time: 2026-11-24 03:04:05.000000 */
	text = json_str_at(answer, "expiresOn");
	if (text == NULL || strptime(text, "%Y-%m-%d %H:%M:%S", &tm) == NULL)
		return false;
	*expires_s = mktime(&tm);
	return *expires_s > 0;
}

static bool
take_answer(struct token *token, jv answer, int64_t now_ms)
{
	const char *value = json_str_at(answer, "accessToken");
	int64_t expires_s;
	int64_t life_ms;

	if (value == NULL || *value == '\0' || strpbrk(value, " \r\n") ||
	    !read_expiry(answer, &expires_s))
		return false;
	life_ms = (expires_s - clock_unix_s()) * 1000;
	text_reset(&token->value);
	text_add(&token->value, value);
	token->generation++;
	token->expires_ms = now_ms + life_ms;
	token->next_ms =
	    now_ms + (life_ms / 2 > life_ms - EARLY_MS && life_ms > EARLY_MS
			     ? life_ms - EARLY_MS
			     : life_ms / 2);
	token->tries = 0;
	log_debug("token: valid for %lld s", (long long)(life_ms / 1000));
	return true;
}

static void
ended(struct token *token, int status, int64_t now_ms)
{
	struct error err;
	jv answer;
	bool ok;

	if (!WIFEXITED(status) || WEXITSTATUS(status) != STATUS_DONE) {
		token->is_hopeless = WIFEXITED(status) &&
				     WEXITSTATUS(status) == STATUS_CONFIG &&
				     token_value(token, now_ms) == NULL;
		failed(token, "no token was obtained", now_ms);
		return;
	}
	ok = json_parse(
		 text_str(&token->output), token->output.n, &answer, &err) &&
	     take_answer(token, answer, now_ms);
	json_free(answer);
	if (!ok)
		failed(token,
		    "did not print an object with accessToken and expires_on",
		    now_ms);
}

static void
reap(struct token *token, int64_t now_ms)
{
	int status = 0;

	(void)close(token->fd);
	token->fd = -1;
	while (waitpid(token->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	token->pid = 0;
	ended(token, status, now_ms);
	text_wipe(&token->output);
}

void
token_read(struct token *token, int64_t now_ms)
{
	char *place = text_reserve(&token->output, 4096);
	ssize_t n = read(token->fd, place, 4096);

	if (n > 0 && token->output.n + (size_t)n <= OUTPUT_BYTES_MAX)
		token->output.n += (size_t)n;
	else if (n >= 0 || (errno != EINTR && errno != EAGAIN))
		reap(token, now_ms);
}

void
token_tick(struct token *token, int64_t now_ms)
{
	if (token->pid != 0) {
		if (now_ms < token->started_ms + LIMIT_MS)
			return;
		(void)kill(token->pid, SIGKILL);
		reap(token, now_ms);
	} else if (now_ms >= token->next_ms) {
		start(token, now_ms);
	}
}

const char *
token_value(const struct token *token, int64_t now_ms)
{
	return token->value.n > 0 && now_ms < token->expires_ms
		   ? token->value.data
		   : NULL;
}

void
token_refused(struct token *token, unsigned generation, const char *claims,
    int64_t now_ms)
{
	if (generation != token->generation)
		return; /* it was an old one */
	if (claims != NULL && token->claims == NULL)
		token->claims = heap_copy(claims);
	if (token->expires_ms == 0)
		return; /* many requests were refused at once */
	token->expires_ms = 0;
	token->next_ms = now_ms;
	if (token->refused_ms != 0 &&
	    token->refused_ms + REFUSED_PAUSE_MS > now_ms)
		token->next_ms = token->refused_ms + REFUSED_PAUSE_MS;
	token->refused_ms = token->next_ms;
}

void
token_done(struct token *token)
{
	if (token->pid != 0) {
		(void)kill(token->pid, SIGTERM);
		while (waitpid(token->pid, NULL, 0) < 0 && errno == EINTR)
			continue;
		(void)close(token->fd);
	}
	text_wipe(&token->value);
	free(token->claims);
	token->claims = NULL;
}
