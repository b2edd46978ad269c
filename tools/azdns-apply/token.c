// SPDX-License-Identifier: ISC
/*
 * token -- see token.h.
 *
 * The command is run without a shell at the start, at half the
 * token's life (5 minutes before expiry when that is later than half, for
 * short ones; at `refresh_on` when that is earlier) and after a refusal. It prints what `az account
 * get-access-token -o json` prints. A valid token is used on while the command
 * fails; it is tried again after 1, 2, 4 ... 60 s. Its environment is cut down
 * to what finding a token needs: no TXT encryption key, no kubeconfig.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "count.h"
#include "heap.h"
#include "json.h"
#include "log.h"
#include "retry.h"
#include "token.h"

#define LIMIT_MS         120000
#define EARLY_MS         300000
#define REFUSED_PAUSE_MS 30000
#define OUTPUT_BYTES_MAX (1u << 20)

/* Beginnings of the names of variables that the command may see. */
static const char *const passed[] = { "PATH=", "HOME=", "TZ=", "LANG=", "LC_",
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

void
token_init(struct token *token, struct arena *arena, const char *command,
    const struct strlist *settings)
{
	*token = (struct token){ .child.fd = -1 };
	strlist_add_split(&token->argv, arena, command, ' ');
	for (char **at = environ; *at != NULL; at++) {
		if (is_passed(*at) && !child_is_set(settings, *at))
			strlist_add(&token->env, arena, *at);
	}
	strlist_add_all(&token->env, arena, settings);
}

static void
failed(struct token *token, const char *why, int64_t now_ms)
{
	token->tries++;
	token->next_ms = now_ms + retry_delay_ms(token->tries);
	log_warning("token: %s: %s; next try in %lld s", token->argv.items[0],
	    why, retry_seconds(token->next_ms - now_ms));
}

static void
start(struct token *token, int64_t now_ms)
{
	struct arena arena = { 0 };
	struct strlist env = { 0 };
	int failure;

	strlist_add_all(&env, &arena, &token->env);
	if (token->claims != NULL)
		strlist_add(&env, &arena,
		    arena_format(&arena, "AZTOKEN_CLAIMS=%s", token->claims));
	failure = child_start(&token->child, &token->argv, &env);
	arena_done(&arena);
	free(token->claims);
	token->claims = NULL;
	if (failure != 0) {
		token->is_hopeless =
		    failure == ENOENT && token->generation == 0;
		failed(token, strerror(failure), now_ms);
		return;
	}
	token->is_running = true;
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

/* When to ask again: at half the life, 5 minutes before the end of a short
 * one, or earlier if the issuer wants it so. */
static int64_t
renewal_ms(jv answer, int64_t life_ms)
{
	int64_t delay_ms = life_ms / 2;
	int64_t refresh_s;

	if (life_ms > EARLY_MS && delay_ms > life_ms - EARLY_MS)
		delay_ms = life_ms - EARLY_MS;
	if (json_int(json_at(answer, "refresh_on"), &refresh_s)) {
		int64_t wanted_ms = (refresh_s - clock_unix_s()) * 1000;

		if (wanted_ms > 0 && wanted_ms < delay_ms)
			delay_ms = wanted_ms;
	}
	return delay_ms;
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
	token->next_ms = now_ms + renewal_ms(answer, life_ms);
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

	if (status != STATUS_DONE) {
		token->is_hopeless = status == STATUS_CONFIG &&
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
reap(struct token *token, int signal_number, int64_t now_ms)
{
	int status = child_end(&token->child, signal_number);

	token->child.fd = -1;
	token->is_running = false;
	ended(token, status, now_ms);
	text_wipe(&token->output);
}

void
token_read(struct token *token, int64_t now_ms)
{
	char *place = text_reserve(&token->output, 4096);
	ssize_t n = read(token->child.fd, place, 4096);

	if (n > 0 && token->output.n + (size_t)n <= OUTPUT_BYTES_MAX)
		token->output.n += (size_t)n;
	else if (n >= 0 || (errno != EINTR && errno != EAGAIN))
		reap(token, n == 0 ? 0 : SIGKILL, now_ms);
}

void
token_tick(struct token *token, int64_t now_ms)
{
	if (!token->is_running && now_ms >= token->next_ms)
		start(token, now_ms);
	else if (token->is_running && now_ms >= token->started_ms + LIMIT_MS)
		reap(token, SIGKILL, now_ms);
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
	if (token->is_running)
		(void)child_end(&token->child, SIGTERM);
	text_wipe(&token->value);
	free(token->claims);
	token->claims = NULL;
}
