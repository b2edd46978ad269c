// SPDX-License-Identifier: ISC
/*
 * token -- read a token answer, write it as `az account get-access-token`.
 *
 * Entra says expires_in as a number, IMDS expires_on as a text of digits, az
 * expires_on as a number and, when old, only expiresOn as local time. Beside
 * what az writes goes refresh_on, where the issuer said refresh_in. What is
 * written is checked to be plain, because it goes into a header later.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "aztoken.h"
#include "base64.h"
#include "clock.h"
#include "json.h"
#include "secret.h"
#include "token.h"

/* A number, also when it comes as a text. */
static bool
read_number(jv value, int64_t *number)
{
	const char *str = json_str(value);
	char *end;

	if (json_int(value, number))
		return true;
	if (str == NULL || *str == '\0')
		return false;
	*number = strtoll(str, &end, 10);
	return *end == '\0';
}

/* When the issuer wants to be asked again; 0: it does not say. */
static int64_t
read_refresh_s(jv answer)
{
	int64_t number;

	if (read_number(json_at(answer, "refresh_on"), &number))
		return number;
	if (read_number(json_at(answer, "refresh_in"), &number))
		return clock_unix_s() + number;
	return 0;
}

static int64_t
read_expiry_s(jv answer)
{
	const char *local = json_str_at(answer, "expiresOn");
	struct tm tm = { .tm_isdst = -1 };
	int64_t number;

	if (read_number(json_at(answer, "expires_on"), &number))
		return number;
	if (read_number(json_at(answer, "expires_in"), &number))
		return clock_unix_s() + number;
	if (local != NULL && strptime(local, "%Y-%m-%d %H:%M:%S", &tm) != NULL)
		return mktime(&tm);
	return 0;
}

static bool
is_plain(const char *str)
{
	for (; *str != '\0'; str++)
		if (*str <= ' ' || *str > '~' || *str == '"' || *str == '\\')
			return false;
	return true;
}

bool
token_decode(struct token *token, const struct text *body, const char *source,
    struct error *err)
{
	const char *access;
	const char *type;
	bool good = false;
	jv answer;

	if (!json_parse(text_str(body), body->n, &answer, err))
		return error_set(
		    err, CAUSE_TEMPORARY, "%s: the answer is not JSON", source);
	access = json_str_at(answer, "access_token");
	if (access == NULL)
		access = json_str_at(answer, "accessToken");
	type = json_str_at(answer, "token_type");
	token->expires_s = read_expiry_s(answer);
	token->refresh_s = read_refresh_s(answer);
	if (access == NULL || *access == '\0' || !is_plain(access))
		error_set(err, CAUSE_TEMPORARY,
		    "%s: the answer holds no access token", source);
	else if (type != NULL && strcasecmp(type, "Bearer") != 0)
		error_set(err, CAUSE_INVALID,
		    "%s: the token is no bearer token", source);
	else if (token->expires_s <= clock_unix_s())
		error_set(err, CAUSE_TEMPORARY,
		    "%s: the token says no expiry in the future; is this "
		    "machine's clock right?",
		    source);
	else
		good = true;
	if (good)
		token->access = secret_new(access, strlen(access));
	json_free(answer);
	return good;
}

static void
add_member(struct text *out, const char *name, const char *value)
{
	if (value != NULL && is_plain(value))
		text_format(out, "  \"%s\": \"%s\",\n", name, value);
}

static bool
write_all(const struct text *out, struct error *err)
{
	size_t done = 0;

	while (done < out->n) {
		ssize_t n =
		    write(STDOUT_FILENO, out->data + done, out->n - done);

		if (n < 0 && errno != EINTR)
			return error_set(err, CAUSE_TEMPORARY,
			    "standard output: %s", strerror(errno));
		if (n > 0)
			done += (size_t)n;
	}
	return true;
}

bool
token_print(const struct token *token, const struct settings *settings,
    struct error *err)
{
	time_t expires_s = (time_t)token->expires_s;
	struct text out = { 0 };
	char local[32];
	struct tm tm;
	bool good;

	localtime_r(&expires_s, &tm);
	strftime(local, sizeof(local), "%Y-%m-%d %H:%M:%S.000000", &tm);
	/* One allocation, so that nothing is left behind by growing. */
	text_reserve(&out, secret_size(token->access) + 1024);
	text_add(&out, "{\n");
	add_member(&out, "accessToken", secret_bytes(token->access));
	text_format(&out, "  \"expiresOn\": \"%s\",\n", local);
	text_format(
	    &out, "  \"expires_on\": %lld,\n", (long long)token->expires_s);
	if (token->refresh_s > 0)
		text_format(&out, "  \"refresh_on\": %lld,\n",
		    (long long)token->refresh_s);
	add_member(&out, "subscription", settings->subscription_id);
	add_member(&out, "tenant", settings->tenant_id);
	text_add(&out, "  \"tokenType\": \"Bearer\"\n}\n");
	good = write_all(&out, err);
	text_wipe(&out);
	return good;
}

const char *
token_claim(struct arena *arena, const char *jwt, const char *name)
{
	const char *payload = strchr(jwt, '.');
	const char *end = payload != NULL ? strchr(payload + 1, '.') : NULL;
	const char *found = NULL;
	struct text plain = { 0 };
	int64_t number;
	jv claims;
	jv value;

	if (end == NULL ||
	    !base64_decode(&plain, payload + 1, (size_t)(end - payload - 1)))
		return NULL;
	if (json_parse(text_str(&plain), plain.n, &claims, NULL)) {
		value = json_at(claims, name);
		if (json_is_array(value))
			json_item(value, 0, &value);
		if (json_int(value, &number))
			found = arena_format(arena, "%lld", (long long)number);
		else
			found = arena_copy(arena, json_str(value));
		json_free(claims);
	}
	text_done(&plain);
	return found;
}
