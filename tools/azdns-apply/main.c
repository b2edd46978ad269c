// SPDX-License-Identifier: ISC
/*
 * azdns-apply -- makes it so, and says what is there.
 *
 *	azdns-apply [OPTION...] <changes >records
 *
 * Reads changes, carries them out in Azure
 * DNS, and writes zones, record sets with their owners, the result of each
 * change, and the time. See azdns-apply(1).
 */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "config.h"
#include "count.h"
#include "log.h"
#include "loop.h"
#include "opt.h"
#include "secret.h"
#include "translate.h"

static struct config config;

/* clang-format off */
#define UNUSED(name) { name, OPT_UNUSED_VALUE, NULL, "X", "no use here", NULL }

static const struct opt opts[] = {
	{ "provider", OPT_CHOICE, &config.provider, "NAME", "public or private zones", config_providers },
	{ "azure-config-file", OPT_STRING, &config.azure_file, "FILE", "azure.json", NULL },
	{ "azure-subscription-id", OPT_STRING, &config.subscription, "ID", "instead of the file's subscriptionId", NULL },
	{ "azure-resource-group", OPT_STRING, &config.group, "NAME", "instead of the file's resourceGroup", NULL },
	{ "azure-user-assigned-identity-client-id", OPT_STRING, &config.identity, "ID", "handed to the token command", NULL },
	{ "arm-endpoint", OPT_STRING, &config.arm_endpoint, "URL", "instead of the cloud's", NULL },
	{ "authority-host", OPT_STRING, &config.authority_host, "URL", "handed to the token command", NULL },
	{ "imds-endpoint", OPT_STRING, &config.imds_endpoint, "URL", "handed to the token command", NULL },
	{ "token-command", OPT_STRING, &config.token_command, "COMMAND", "prints a token as az does", NULL },
	{ "zone-id-filter", OPT_LIST, &config.zone_ids, "ID", "only zones whose id ends so; full ids need no list", NULL },
	{ "zone-name-filter", OPT_LIST, &config.zone_names, "NAME", "also zones of or below this name", NULL },
	{ "domain-filter", OPT_LIST, &config.domains, "NAME", "only zones that can hold such names", NULL },
	{ "regex-domain-filter", OPT_STRING, &config.domain_regex, "REGEX", "stands in for domain-filter, which is then ignored", NULL },
	{ "registry", OPT_CHOICE, &config.registry, "NAME", "how ownership is stored", config_registries },
	{ "txt-prefix", OPT_STRING, &config.txt.prefix, "TEXT", "before the name of a mark", NULL },
	{ "txt-suffix", OPT_STRING, &config.txt.suffix, "TEXT", "after the first label of a mark's name", NULL },
	{ "txt-wildcard-replacement", OPT_STRING, &config.txt.wildcard, "LABEL", "for * in a mark's name", NULL },
	{ "txt-encrypt-enabled", OPT_FLAG, &config.txt.encrypts, NULL, "encrypt marks", NULL },
	{ "txt-encrypt-aes-key", OPT_SECRET, &config.txt.key, "KEY", "32 bytes or their base64", NULL },
	{ "interval", OPT_DURATION, &config.interval_ms, "TIME", "between two listings of a zone", NULL },
	{ "azure-quota-share", OPT_INT, &config.quota_share, "PERCENT", "of the published limits", NULL },
	{ "list", OPT_FLAG, &config.lists, NULL, "say zones and records, then end", NULL },
	{ "decode", OPT_FLAG, &config.decodes, NULL, "turn ARM's JSON into records, without a network", NULL },
	{ "encode", OPT_FLAG, &config.encodes, NULL, "turn changes into requests, without a network", NULL },
	{ "once", OPT_FLAG, &config.once, NULL, "for the ring; the end of the input ends us in any case", NULL },
	{ "dry-run", OPT_FLAG, &config.dry_run, NULL, "write nothing", NULL },
	UNUSED("azure-maxretries-count"),
	UNUSED("azure-zones-cache-duration"),
	UNUSED("txt-cache-interval"),
	UNUSED("provider-cache-time"),
	OPT_LOG(config.log),
};
/* clang-format on */

static const struct opt_program program = {
	.name = "azdns-apply",
	.summary = "carry out changes in Azure DNS and say what is there",
	.opts = opts,
	.n_opts = COUNT(opts),
	.log = &config.log,
};

static volatile sig_atomic_t is_stopped;

static void
on_stop(int signal_number)
{
	(void)signal_number;
	is_stopped = 1;
}

static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_stop };

	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGHUP, &action, NULL);
}

/* The token command may stand beside this program. */
static void
extend_path(void)
{
	char self[PATH_MAX] = "";
	char path[2 * PATH_MAX];
	const char *old = getenv("PATH");

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return;
	(void)snprintf(path, sizeof(path), "%s:%s", dirname(self),
	    old != NULL ? old : "/usr/bin:/bin");
	(void)setenv("PATH", path, 1);
}

int
main(int argc, char **argv)
{
	static struct arena arena;
	struct error err;

	config_init(&config);
	(void)opt_parse(&program, argc, argv);
	if (!config_resolve(&config, &arena, &err))
		log_die(STATUS_CONFIG, "%s", err.text);
	if (config.decodes || config.encodes)
		return config.decodes ? translate_decode(&config)
				      : translate_encode(&config);
	secret_guard_process();
	catch_signals();
	extend_path();
	return loop_run(&config, &is_stopped);
}
