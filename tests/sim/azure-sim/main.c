// SPDX-License-Identifier: ISC
/*
 * azure-sim -- Azure Resource Manager's DNS services, Entra ID and IMDS on a
 * port of this machine.
 *
 * usage: azure-sim [--port=PORT] [--tls-dir=DIR] [--log=FILE] [--state=FILE]
 *            [--zone=NAME] [--private-zone=NAME] [--switch=NAME=NUMBER] ...
 *
 * Prints `ready https://127.0.0.1:PORT` and serves until SIGTERM. One port
 * for all services: a path below /subscriptions is ARM, /metadata is IMDS
 * (and cloud discovery), /TENANT/oauth2/v2.0/token Entra ID, /_control/ the
 * tests' (see control.c). With --plain a second port takes HTTP, as IMDS does.
 */
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "heap.h"
#include "imds.h"
#include "log.h"
#include "opt.h"
#include "state.h"
#include "store.h"
#include "throttle.h"

#define STATE_BYTES_MAX ((size_t)256 * 1024 * 1024)

static struct config {
	struct serve_config serve;
	const char *state;
	const char *subscription;
	const char *group;
	struct strlist zones;
	struct strlist private_zones;
	struct strlist switches;
	int64_t seed;
} config = {
	.serve = { .tls_dir = "azure-sim.tls" },
	.subscription = "00000000-0000-0000-0000-000000000000",
	.group = "rg-azure-dns",
	.seed = 1,
};

/* clang-format off */
static const struct opt opts[] = {
	SERVE_OPTS(config.serve),
	{ "plain", OPT_FLAG, &config.serve.plain, NULL,
	  "listen for HTTP on a second port", NULL },
	{ "state", OPT_STRING, &config.state, "FILE",
	  "zones, record sets, directory, switches, faults", NULL },
	{ "subscription", OPT_STRING, &config.subscription, "ID",
	  "subscription of --zone", NULL },
	{ "resource-group", OPT_STRING, &config.group, "NAME",
	  "resource group of --zone", NULL },
	{ "zone", OPT_LIST, &config.zones, "NAME",
	  "an empty public zone; repeatable", NULL },
	{ "private-zone", OPT_LIST, &config.private_zones, "NAME",
	  "an empty private zone; repeatable", NULL },
	{ "switch", OPT_LIST, &config.switches, "NAME=NUMBER",
	  "set a switch (GET /_control/switches names them)", NULL },
	{ "seed", OPT_INT, &config.seed, "NUMBER",
	  "of etags, identifiers and chance", NULL },
};
/* clang-format on */

static const struct opt_program program = {
	.name = "azure-sim",
	.summary = "simulate Azure DNS, Entra ID and IMDS",
	.opts = opts,
	.n_opts = sizeof(opts) / sizeof(*opts),
};

static void
load_state(void)
{
	struct serve_answer ignored = { 0 };
	struct call call = { .answer = &ignored };
	struct text file = { 0 };
	struct error err;
	jv document;

	if (!text_read_file(&file, config.state, STATE_BYTES_MAX))
		log_die(STATUS_CONFIG, "cannot read '%s'", config.state);
	if (!json_parse(file.data, file.n, &document, &err))
		log_die(STATUS_CONFIG, "'%s': %s", config.state, err.text);
	if (!state_load(&call, document))
		log_die(STATUS_CONFIG, "'%s': %s", config.state,
		    text_str(&ignored.body));
	json_free(document);
	text_done(&file);
	arena_done(&call.arena);
}

static void
set_switch(const char *setting)
{
	const char *equals = strchr(setting, '=');
	char *name = equals == NULL
			 ? NULL
			 : heap_copy_n(setting, (size_t)(equals - setting));

	if (name == NULL || !sim_switch_set(name, equals + 1))
		log_die(
		    STATUS_CONFIG, "--switch: not NAME=NUMBER: '%s'", setting);
	free(name);
}

int
main(int argc, char **argv)
{
	struct error err;

	(void)opt_parse(&program, argc, argv);
	sim.random = (uint64_t)config.seed;
	sim.directory = jv_invalid();
	store_init();
	throttle_reset();
	if (config.state != NULL)
		load_state();
	for (size_t i = 0; i < config.switches.n; i++)
		set_switch(config.switches.items[i]);
	for (size_t i = 0; i < config.zones.n; i++)
		state_add_zone(config.subscription, config.group,
		    config.zones.items[i], false);
	for (size_t i = 0; i < config.private_zones.n; i++)
		state_add_zone(config.subscription, config.group,
		    config.private_zones.items[i], true);
	store_add_group(config.subscription, config.group);
	imds_set_arc_directory(config.serve.tls_dir);
	config.serve.handler = desk_handle;
	if (!serve_run(&config.serve, &err))
		log_die(STATUS_CONFIG, "%s", err.text);
	return STATUS_DONE;
}
