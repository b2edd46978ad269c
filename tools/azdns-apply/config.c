// SPDX-License-Identifier: ISC
/*
 * config -- see config.h.
 *
 * An option that is given wins over the file. A zone of the resource group is
 * taken if the domain filter could let a name of it pass and its id ends with
 * one of --zone-id-filter (or there is none), or if --zone-name-filter names it
 * (upstream: external-dns provider/azure/azure.go, zones()).
 */
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "config.h"
#include "dnsname.h"
#include "log.h"

#define INTERVAL_MS INT64_C(600000)

const char *const config_providers[] = { "azure", "azure-dns",
	"azure-private-dns", NULL };
const char *const config_registries[] = { "txt", "azure-metadata", "noop",
	NULL };

void
config_init(struct config *config)
{
	*config = (struct config){
		.azure_file = AZUREJSON_PATH,
		.token_command = "aztoken",
		.interval_ms = INTERVAL_MS,
		.quota_share = 100,
		.log.level = LOG_INFO,
	};
}

static void
override(const char **place, const char *given)
{
	if (given != NULL && *given != '\0')
		*place = given;
}

static void
set(struct config *config, struct arena *arena, const char *name,
    const char *value)
{
	if (value != NULL && *value != '\0')
		strlist_add(&config->token_settings, arena,
		    arena_format(arena, "%s=%s", name, value));
}

/* azure.json, and what the options say otherwise. */
static bool
resolve_azure(struct config *config, struct arena *arena, struct error *err)
{
	struct azurejson *azure = &config->azure;

	if (!azurejson_read(arena, config->azure_file, azure, err))
		return false;
	azurejson_done(azure); /* the secrets are aztoken's */
	override(&azure->subscription_id, config->subscription);
	override(&azure->resource_group, config->group);
	override(&azure->arm_endpoint, config->arm_endpoint);
	set(config, arena, "EXTERNAL_DNS_AZURE_CONFIG_FILE",
	    config->azure_file);
	set(config, arena,
	    "EXTERNAL_DNS_AZURE_USER_ASSIGNED_IDENTITY_CLIENT_ID",
	    config->identity);
	set(config, arena, "EXTERNAL_DNS_ARM_ENDPOINT", config->arm_endpoint);
	set(config, arena, "EXTERNAL_DNS_AUTHORITY_HOST",
	    config->authority_host);
	set(config, arena, "EXTERNAL_DNS_IMDS_ENDPOINT", config->imds_endpoint);
	if (config->zone_ids.n == 0 && azure->subscription_id == NULL)
		return error_set(err, CAUSE_INVALID,
		    "no subscription is named: set subscriptionId in '%s' or "
		    "--azure-subscription-id",
		    config->azure_file);
	if (config->zone_ids.n == 0 && azure->resource_group == NULL)
		return error_set(err, CAUSE_INVALID,
		    "no resource group is named: set resourceGroup in '%s' or "
		    "--azure-resource-group",
		    config->azure_file);
	return true;
}

bool
config_resolve(struct config *config, struct arena *arena, struct error *err)
{
	const char *provider = config_providers[config->provider];

	config->is_private = strcmp(provider, "azure-private-dns") == 0;
	if (config->quota_share < 1 || config->quota_share > 100000)
		return error_set(err, CAUSE_INVALID,
		    "--azure-quota-share is a percentage from 1 to 100000");
	if (!config->decodes && !config->encodes &&
	    !resolve_azure(config, arena, err))
		return false;
	if (!txtregistry_init(&config->txtregistry, arena, &config->txt, err))
		return false;
	config->marking = (struct marking){
		.registry = (enum registry)config->registry,
		.txt = &config->txtregistry,
		.is_private = config->is_private,
	};
	return true;
}

static bool
ends_with(const char *id, const char *end)
{
	size_t n = strlen(id);
	size_t end_n = strlen(end);

	return end_n <= n && strcasecmp(id + n - end_n, end) == 0;
}

static bool
is_id_accepted(const struct config *config, const char *id)
{
	for (size_t i = 0; i < config->zone_ids.n; i++) {
		if (ends_with(id, config->zone_ids.items[i]))
			return true;
	}
	return config->zone_ids.n == 0;
}

/* The filter without its leading and trailing dot, in lower case. */
static const char *
bare(struct arena *arena, const char *filter)
{
	size_t n = strlen(filter += *filter == '.');

	n -= n > 0 && filter[n - 1] == '.';
	return arena_copy_lower(arena, arena_copy_n(arena, filter, n));
}

static bool
is_domain_accepted(const struct config *config, const char *name)
{
	struct arena arena = { 0 };
	bool accepted = config->domains.n == 0 || config->domain_regex != NULL;

	for (size_t i = 0; i < config->domains.n && !accepted; i++) {
		const char *filter = bare(&arena, config->domains.items[i]);

		accepted = dnsname_is_within(name, filter) ||
			   dnsname_is_within(filter, name);
	}
	arena_done(&arena);
	return accepted;
}

bool
config_selects(const struct config *config, const char *name, const char *id)
{
	for (size_t i = 0; i < config->zone_names.n; i++) {
		const char *filter = config->zone_names.items[i];
		struct arena arena = { 0 };
		bool within = dnsname_is_within(name, bare(&arena, filter));

		arena_done(&arena);
		if (within)
			return true;
	}
	return is_domain_accepted(config, name) && is_id_accepted(config, id);
}
