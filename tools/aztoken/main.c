// SPDX-License-Identifier: ISC
/*
 * aztoken -- a token for Azure Resource Manager, as `az` would print it.
 *
 *	aztoken [--credential=WAY] [--azure-config-file=FILE] [options]
 *	aztoken --check [options]
 *
 * Reads azure.json and the AZURE_* variables, chooses the identity as
 * external-dns does, gets one token and prints it as `az account
 * get-access-token -o json`. With --check it walks the chain from the file to
 * a read of each zone instead and says of each step how it stands.
 */
#include "advice.h"
#include "aztoken.h"
#include "check.h"
#include "choose.h"
#include "cloud.h"
#include "count.h"
#include "log.h"
#include "opt.h"
#include "secret.h"
#include "token.h"

static const char *const providers[] = { "azure", "azure-dns",
	"azure-private-dns", NULL };

static struct {
	struct options options;
	int provider;
	bool check;
	bool json;
	struct opt_log log;
} config = {
	.options = { .file = AZUREJSON_PATH, .retry_ms = 90000 },
	.log.level = LOG_INFO,
};

/* clang-format off */
static const struct opt opts[] = {
	{ "azure-config-file", OPT_STRING, &config.options.file, "FILE", "the file azure.json", NULL },
	{ "credential", OPT_CHOICE, &config.options.credential, "WAY", "how to get the token (auto: as external-dns does)", choose_names },
	{ "azure-subscription-id", OPT_STRING, &config.options.subscription_id, "ID", "instead of azure.json's subscriptionId", NULL },
	{ "azure-resource-group", OPT_STRING, &config.options.resource_group, "NAME", "instead of azure.json's resourceGroup", NULL },
	{ "azure-user-assigned-identity-client-id", OPT_STRING, &config.options.identity_client_id, "ID", "managed identity of this client id", NULL },
	{ "identity-object-id", OPT_STRING, &config.options.identity_object_id, "ID", "managed identity of this object id", NULL },
	{ "identity-resource-id", OPT_STRING, &config.options.identity_resource_id, "ID", "managed identity of this resource id", NULL },
	{ "tenant-id", OPT_STRING, &config.options.tenant_id, "ID", "instead of azure.json's tenantId", NULL },
	{ "arm-endpoint", OPT_STRING, &config.options.arm_endpoint, "URL", "instead of the cloud's", NULL },
	{ "authority-host", OPT_STRING, &config.options.authority_host, "URL", "instead of the cloud's", NULL },
	{ "imds-endpoint", OPT_STRING, &config.options.imds_endpoint, "URL", "instead of http://169.254.169.254", NULL },
	{ "rs256", OPT_FLAG, &config.options.rs256, NULL, "sign with RS256 and a SHA-1 thumbprint", NULL },
	{ "send-certificate-chain", OPT_FLAG, &config.options.send_chain, NULL, "send the certificate along (subject name and issuer)", NULL },
	{ "retry-time", OPT_DURATION, &config.options.retry_ms, "DURATION", "try again no longer than this", NULL },
	{ "check", OPT_FLAG, &config.check, NULL, "walk the whole chain and say how each step stands", NULL },
	{ "provider", OPT_CHOICE, &config.provider, "NAME", "whose zones --check reads", providers },
	{ "json", OPT_FLAG, &config.json, NULL, "say each error as one JSON object (as --log-format=json)", NULL },
	OPT_LOG(config.log),
};
/* clang-format on */

static const struct opt_program program = {
	.name = "aztoken",
	.summary = "print a token for Azure Resource Manager",
	.opts = opts,
	.n_opts = COUNT(opts),
	.log = &config.log,
};

/* Passing failures are worth another start, everything else needs a person. */
static int
status_of(const struct error *err)
{
	if (err->cause == CAUSE_TEMPORARY || err->cause == CAUSE_THROTTLED)
		return STATUS_UNMET;
	return STATUS_CONFIG;
}

static int
get(void)
{
	struct settings settings = { 0 };
	struct token token = { 0 };
	struct error err = { 0 };
	const struct way *way = NULL;
	const char *reason;
	bool good = choose_settings(&settings, &config.options, &err) &&
		    (way = choose_way(&settings, &reason, &err)) != NULL &&
		    cloud_complete(&settings, &err) &&
		    way->get(way, &settings, &token, &err);

	if (good)
		choose_forget(&settings);
	good = good && token_print(&token, &settings, &err);
	if (!good)
		advice_log(&settings, &err, config.json);
	secret_free(token.access);
	choose_done(&settings);
	return good ? STATUS_DONE : status_of(&err);
}

int
main(int argc, char **argv)
{
	(void)opt_parse(&program, argc, argv);
	config.json = config.json || config.log.format == LOG_JSON;
	log_set_format(config.json ? LOG_JSON : LOG_TEXT);
	secret_guard_process();
	if (config.check)
		return check_run(&config.options, providers[config.provider]);
	return get();
}
