// SPDX-License-Identifier: ISC
/*
 * check -- walk the chain from the file to a zone and judge every link.
 *
 *	file -> cloud -> identity -> ids -> proof -> token -> zones -> records
 *
 * One line per step on standard output: `ok`, `warn` or `FAIL`, the step, what
 * was found. The walk ends at the first link that is broken, because all that
 * follows would only show its symptoms; what to do about it is said below it.
 */
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "arm.h"
#include "ask.h"
#include "aztoken.h"
#include "check.h"
#include "choose.h"
#include "clock.h"
#include "cloud.h"
#include "count.h"
#include "entra.h"
#include "json.h"
#include "secret.h"
#include "token.h"

#define PUBLIC_API  "2018-05-01"
#define PRIVATE_API "2020-06-01"
#define AUDIENCE    "api://AzureADTokenExchange"
#define SHORT_S     600 /* a federated token this near its end is odd */

struct walk {
	struct settings settings;
	const struct way *way;
	struct token token;
	bool is_private;
	const char *api_version;
	const char *zone_type;
	struct error err;
	struct arena arena;
};

static void
say(const char *verdict, const char *step, const char *what)
{
	printf("%-4s %-10s %s\n", verdict, step, what);
}

static bool
fail(struct walk *walk, const char *step)
{
	struct advice advice = { 0 };

	say("FAIL", step, walk->err.text);
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

/* -- the steps ------------------------------------------------------------ */

static bool
check_file(struct walk *walk, const struct options *options)
{
	struct settings *settings = &walk->settings;

	if (!choose_settings(settings, options, &walk->err))
		return fail(walk, "file");
	say("ok", "file",
	    arena_format(&walk->arena,
		"%s: cloud %s, tenant %s, subscription %s, resource group %s",
		options->file,
		settings->file.cloud != NULL ? settings->file.cloud
					     : "AzurePublicCloud",
		or_unset(settings->tenant_id),
		or_unset(settings->subscription_id),
		or_unset(settings->resource_group)));
	return true;
}

static bool
check_cloud(struct walk *walk)
{
	struct settings *settings = &walk->settings;

	if (!cloud_complete(settings, &walk->err))
		return fail(walk, "cloud");
	say("ok", "cloud",
	    arena_format(&walk->arena, "ARM at %s, login at %s, audience %s",
		settings->arm_endpoint, settings->authority_host,
		settings->resource));
	return true;
}

static bool
check_identity(struct walk *walk)
{
	const char *reason = NULL;

	walk->way = choose_way(&walk->settings, &reason, &walk->err);
	if (walk->way == NULL)
		return fail(walk, "identity");
	say("ok", "identity",
	    arena_format(&walk->arena, "%s: %s", walk->way->name, reason));
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
		return fail(walk, "ids");
	if (!choose_is_guid(settings->tenant_id) &&
	    strchr(settings->tenant_id, '.') == NULL)
		error_set(&walk->err, CAUSE_INVALID,
		    "tenant '%s' is neither a GUID nor a domain name",
		    settings->tenant_id);
	else if (!choose_is_guid(settings->client_id))
		error_set(&walk->err, CAUSE_INVALID,
		    "client id '%s' is no GUID", settings->client_id);
	else
		say("ok", "ids",
		    arena_format(&walk->arena, "tenant %s, client %s at %s",
			settings->tenant_id, settings->client_id,
			settings->authority_host));
	return walk->err.cause == CAUSE_NONE || fail(walk, "ids");
}

static void
warn_of_federated(const struct federated *federated)
{
	if (strncmp(federated->audience, AUDIENCE, strlen(AUDIENCE)) != 0)
		say("warn", "proof",
		    "the audience is not " AUDIENCE
		    ", which federated credentials have by default");
	if (federated->expires_s > 0 &&
	    federated->expires_s - clock_unix_s() < SHORT_S)
		say("warn", "proof",
		    "the token is near its end; the kubelet replaces it at "
		    "80 % of its life");
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
		say("ok", "proof", text_str(&about));
	if (proof != NULL && walk->settings.federated.audience != NULL)
		warn_of_federated(&walk->settings.federated);
	secret_free(proof);
	text_done(&about);
	return proof != NULL || fail(walk, "proof");
}

static bool
check_token(struct walk *walk)
{
	const struct secret *access;
	const char *names[] = { "tid", "appid", "oid", "aud" };
	struct text about = { 0 };

	if (!walk->way->get(
		walk->way, &walk->settings, &walk->token, &walk->err))
		return fail(walk, "token");
	access = walk->token.access;
	text_format(&about, "good for %lld s",
	    (long long)(walk->token.expires_s - clock_unix_s()));
	for (size_t i = 0; i < COUNT(names); i++) {
		const char *claim =
		    token_claim(&walk->arena, secret_bytes(access), names[i]);

		if (claim != NULL)
			text_format(&about, ", %s %s", names[i], claim);
	}
	say("ok", "token", text_str(&about));
	text_done(&about);
	return true;
}

/* -- Azure Resource Manager ----------------------------------------------- */

static bool
check_records(struct walk *walk, const char *zone_id, const char *name)
{
	struct answer answer = { 0 };
	const char *path =
	    arena_format(&walk->arena, "%s/%s?api-version=%s&$top=1", zone_id,
		walk->is_private ? "ALL" : "recordsets", walk->api_version);
	bool good = arm_read(
	    &walk->settings, walk->token.access, path, &answer, &walk->err);

	ask_done(&answer);
	if (good)
		say("ok", "records",
		    arena_format(&walk->arena, "%s can be read", name));
	return good || fail(walk, "records");
}

static bool
check_each_zone(struct walk *walk, const struct answer *answer)
{
	bool good = true;
	jv list;
	jv zone;
	int i = 0;

	if (!json_parse(
		text_str(&answer->body), answer->body.n, &list, &walk->err))
		return fail(walk, "zones");
	say("ok", "zones",
	    arena_format(&walk->arena, "%d in resource group %s",
		json_count(json_at(list, "value")),
		walk->settings.resource_group));
	while (json_item(json_at(list, "value"), i, &zone)) {
		const char *id = json_str_at(zone, "id");
		const char *name = json_str_at(zone, "name");

		if (id != NULL && name != NULL)
			good = check_records(walk, id, name) && good;
		i++;
	}
	if (i == 0)
		say("warn", "zones",
		    arena_format(&walk->arena,
			"no %s zone there: is it the zones' resource group, "
			"and the right --provider?",
			walk->is_private ? "private" : "public"));
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
		return fail(walk, "zones");
	path = arena_format(&walk->arena,
	    "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Network/"
	    "%s?api-version=%s",
	    settings->subscription_id, settings->resource_group,
	    walk->zone_type, walk->api_version);
	good = arm_read(
	    &walk->settings, walk->token.access, path, &answer, &walk->err);
	if (!good)
		fail(walk, "zones");
	else
		good = check_each_zone(walk, &answer);
	ask_done(&answer);
	return good;
}

int
check_run(const struct options *options, const char *provider)
{
	struct walk walk = { 0 };
	bool good;

	walk.is_private = strcmp(provider, "azure-private-dns") == 0;
	walk.api_version = walk.is_private ? PRIVATE_API : PUBLIC_API;
	walk.zone_type = walk.is_private ? "privateDnsZones" : "dnsZones";
	setvbuf(stdout, NULL, _IOLBF, 0);
	good = check_file(&walk, options) && check_cloud(&walk) &&
	       check_identity(&walk) && check_ids(&walk) &&
	       check_proof(&walk) && check_token(&walk) && check_zones(&walk);
	secret_free(walk.token.access);
	choose_done(&walk.settings);
	arena_done(&walk.arena);
	if (good)
		return STATUS_DONE;
	if (walk.err.cause == CAUSE_TEMPORARY ||
	    walk.err.cause == CAUSE_THROTTLED || walk.err.cause == CAUSE_DENIED)
		return STATUS_UNMET;
	return STATUS_CONFIG;
}
