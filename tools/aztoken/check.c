// SPDX-License-Identifier: ISC
/*
 * check -- walk the chain from the file to a zone and judge every link.
 *
 *	file -> cloud -> identity -> ids -> proof -> token -> zones -> records
 *
 * One line per step on standard output: `ok`, `warn` or `FAIL`, the step, what
 * was found. The walk ends at the first link that is broken, because all that
 * follows would only show its symptoms; what to do about it is said below it.
 *
 * A refusal of Azure Resource Manager is `{"error":{"code","message"}}` of its
 * front end or `{"code","message"}` of the DNS service.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "ask.h"
#include "aztoken.h"
#include "check.h"
#include "choose.h"
#include "clock.h"
#include "cloud.h"
#include "count.h"
#include "entra.h"
#include "http.h"
#include "json.h"
#include "secret.h"
#include "token.h"

#define PUBLIC_API  "2018-05-01"
#define PRIVATE_API "2020-06-01"
#define AUDIENCE    "api://AzureADTokenExchange"
#define SHORT_S     600 /* a federated token this near its end is odd */

struct walk {
	const char *step;
	struct settings settings;
	const struct way *way;
	struct token token;
	bool is_private;
	struct error err;
};

__attribute__((format(printf, 3, 4))) static void
say(const struct walk *walk, const char *verdict, const char *format, ...)
{
	va_list args;

	printf("%-4s %-10s ", verdict, walk->step);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* What is wrong, and what to do about it. */
static bool
fail(struct walk *walk)
{
	struct advice advice = { 0 };

	say(walk, "FAIL", "%s", walk->err.text);
	if (!advice_find(&walk->settings, &walk->err, &advice))
		return false;
	printf("     setting    %s: %s\n", advice.setting, advice.value);
	printf("     meaning    %s\n", advice.text);
	if (advice.command != NULL)
		printf("     mend with  %s\n", advice.command);
	return false;
}

static const char *
or_unset(const char *value)
{
	return value != NULL ? value : "(unset)";
}

/* -- the identity --------------------------------------------------------- */

static bool
check_file(struct walk *walk, const struct options *options)
{
	struct settings *settings = &walk->settings;

	if (!choose_settings(settings, options, &walk->err))
		return fail(walk);
	say(walk, "ok",
	    "%s: cloud %s, tenant %s, subscription %s, resource group %s",
	    options->file,
	    settings->file.cloud != NULL ? settings->file.cloud
					 : "AzurePublicCloud",
	    or_unset(settings->tenant_id), or_unset(settings->subscription_id),
	    or_unset(settings->resource_group));
	return true;
}

static bool
check_cloud(struct walk *walk)
{
	struct settings *settings = &walk->settings;

	if (!cloud_complete(settings, &walk->err))
		return fail(walk);
	say(walk, "ok", "ARM at %s, login at %s, audience %s",
	    settings->arm_endpoint, settings->authority_host,
	    settings->resource);
	return true;
}

static bool
check_identity(struct walk *walk)
{
	const char *reason = NULL;

	walk->way = choose_way(&walk->settings, &reason, &walk->err);
	if (walk->way == NULL)
		return fail(walk);
	say(walk, "ok", "%s: %s", walk->way->name, reason);
	return true;
}

/* Ids that no Entra ID would know: spare the trip and name the field. */
static bool
check_ids(struct walk *walk)
{
	const struct settings *settings = &walk->settings;

	if (walk->way->prove == NULL)
		return true;
	if (!entra_need_ids(settings, &walk->err))
		return fail(walk);
	if (!choose_is_guid(settings->tenant_id) &&
	    strchr(settings->tenant_id, '.') == NULL)
		error_set(&walk->err, CAUSE_INVALID,
		    "tenant '%s' is neither a GUID nor a domain name",
		    settings->tenant_id);
	else if (!choose_is_guid(settings->client_id))
		error_set(&walk->err, CAUSE_INVALID,
		    "client id '%s' is no GUID", settings->client_id);
	else
		say(walk, "ok", "tenant %s, client %s at %s",
		    settings->tenant_id, settings->client_id,
		    settings->authority_host);
	return walk->err.cause == CAUSE_NONE || fail(walk);
}

static void
warn_of_federated(const struct walk *walk)
{
	const struct federated *federated = &walk->settings.federated;

	if (strncmp(federated->audience, AUDIENCE, strlen(AUDIENCE)) != 0)
		say(walk, "warn",
		    "the audience is not " AUDIENCE
		    ", which federated credentials have by default");
	if (federated->expires_s > 0 &&
	    federated->expires_s - clock_unix_s() < SHORT_S)
		say(walk, "warn",
		    "the token is near its end; the kubelet replaces it at "
		    "80 %% of its life");
}

static bool
check_proof(struct walk *walk)
{
	struct text about = { 0 };
	struct secret *proof;

	if (walk->way->prove == NULL)
		return true;
	proof = walk->way->prove(&walk->settings, &about, &walk->err);
	if (proof != NULL)
		say(walk, "ok", "%s", text_str(&about));
	if (proof != NULL && walk->settings.federated.audience != NULL)
		warn_of_federated(walk);
	secret_free(proof);
	text_done(&about);
	return proof != NULL || fail(walk);
}

static bool
check_token(struct walk *walk)
{
	const char *names[] = { "tid", "appid", "oid", "aud" };
	struct settings *settings = &walk->settings;
	struct text about = { 0 };

	if (!walk->way->get(walk->way, settings, &walk->token, &walk->err))
		return fail(walk);
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *claim = token_claim(&settings->arena,
		    secret_bytes(walk->token.access), names[i]);

		if (claim != NULL)
			text_format(&about, ", %s %s", names[i], claim);
	}
	say(walk, "ok", "good for %lld s%s",
	    (long long)(walk->token.expires_s - clock_unix_s()),
	    text_str(&about));
	text_done(&about);
	return true;
}

/* -- Azure Resource Manager ----------------------------------------------- */

static bool
refused(struct walk *walk, const struct answer *answer)
{
	enum cause cause = http_cause(answer->status);
	const char *code;
	const char *why;
	jv value;
	jv inner;

	if (!json_parse(text_str(&answer->body), answer->body.n, &value, NULL))
		return error_set(&walk->err, cause,
		    "%s answered status %ld without JSON",
		    walk->settings.arm_endpoint, answer->status);
	inner = json_at(value, "error");
	if (!json_is_object(inner))
		inner = value;
	code = json_str_at(inner, "code");
	why = json_str_at(inner, "message");
	if (code != NULL && advice_cause(code) != CAUSE_NONE)
		cause = advice_cause(code);
	error_set(&walk->err, cause, "%s: %s", code != NULL ? code : "error",
	    why != NULL ? why : "");
	(void)snprintf(walk->err.code, sizeof(walk->err.code), "%s",
	    code != NULL ? code : "");
	json_free(value);
	return false;
}

/* Read what is at a path with this query; false: refused or no answer. The
 * caller ends answer in any case. */
static bool
read_arm(struct walk *walk, struct answer *answer, const char *path,
    const char *query)
{
	const struct secret *access = walk->token.access;
	struct settings *settings = &walk->settings;
	struct text authorization = { 0 };
	struct ask ask = {
		.url = arena_format(&settings->arena, "%s%s?api-version=%s%s",
		    settings->arm_endpoint, path,
		    walk->is_private ? PRIVATE_API : PUBLIC_API, query)
	};
	bool good;

	text_reserve(&authorization, secret_size(access) + 64);
	text_format(
	    &authorization, "Authorization: Bearer %s", secret_bytes(access));
	ask.headers[0] = authorization.data;
	good = ask_run(settings, &ask, answer, &walk->err);
	text_wipe(&authorization);
	return good && (answer->status == 200 || refused(walk, answer));
}

static bool
check_records(struct walk *walk, const char *zone_id, const char *name)
{
	struct answer answer = { 0 };
	const char *path = arena_format(&walk->settings.arena, "%s/%s", zone_id,
	    walk->is_private ? "ALL" : "recordsets");
	bool good = read_arm(walk, &answer, path, "&$top=1");

	ask_done(&answer);
	if (good)
		say(walk, "ok", "%s can be read", name);
	return good || fail(walk);
}

static bool
check_each_zone(struct walk *walk, const struct answer *answer)
{
	bool good = true;
	jv list;
	jv zones;
	jv zone;

	if (!json_parse(
		text_str(&answer->body), answer->body.n, &list, &walk->err))
		return fail(walk);
	zones = json_at(list, "value");
	say(walk, "ok", "%d in resource group %s", json_count(zones),
	    walk->settings.resource_group);
	if (json_count(zones) == 0)
		say(walk, "warn",
		    "no %s zone there: is it the zones' resource group, "
		    "and the right --provider?",
		    walk->is_private ? "private" : "public");
	walk->step = "records";
	for (int i = 0; json_item(zones, i, &zone); i++) {
		const char *id = json_str_at(zone, "id");
		const char *name = json_str_at(zone, "name");

		if (id != NULL && name != NULL)
			good = check_records(walk, id, name) && good;
	}
	json_free(list);
	return good;
}

static bool
check_zones(struct walk *walk)
{
	const struct settings *settings = &walk->settings;
	struct answer answer = { 0 };
	const char *path;
	bool good;

	if (!choose_need(settings->subscription_id,
		"no subscription: set subscriptionId in azure.json or "
		"--azure-subscription-id",
		&walk->err) ||
	    !choose_need(settings->resource_group,
		"no resource group: set resourceGroup in azure.json or "
		"--azure-resource-group",
		&walk->err))
		return fail(walk);
	path = arena_format(&walk->settings.arena,
	    "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Network/"
	    "%s",
	    settings->subscription_id, settings->resource_group,
	    walk->is_private ? "privateDnsZones" : "dnsZones");
	good = read_arm(walk, &answer, path, "")
		   ? check_each_zone(walk, &answer)
		   : fail(walk);
	ask_done(&answer);
	return good;
}

static const struct {
	const char *name;
	bool (*check)(struct walk *walk);
} steps[] = {
	{ "cloud", check_cloud }, { "identity", check_identity },
	{ "ids", check_ids }, { "proof", check_proof },
	{ "token", check_token }, { "zones", check_zones }, /* and "records" */
};

int
check_run(const struct options *options, const char *provider)
{
	struct walk walk = { .step = "file" };
	bool good;

	walk.is_private = strcmp(provider, "azure-private-dns") == 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	good = check_file(&walk, options);
	for (size_t i = 0; good && i < COUNT(steps); i++) {
		walk.step = steps[i].name;
		good = steps[i].check(&walk);
	}
	secret_free(walk.token.access);
	choose_done(&walk.settings);
	if (good)
		return STATUS_DONE;
	if (walk.err.cause == CAUSE_TEMPORARY ||
	    walk.err.cause == CAUSE_THROTTLED || walk.err.cause == CAUSE_DENIED)
		return STATUS_UNMET;
	return STATUS_CONFIG;
}
