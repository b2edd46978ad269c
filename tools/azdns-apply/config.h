// SPDX-License-Identifier: ISC
/* config -- what the options and azure.json say together. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "azurejson.h"
#include "opt.h"
#include "ownership.h"
#include "strlist.h"
#include "txtregistry.h"

struct config {
	/* as given */
	int provider; /* index into config_providers */
	int registry; /* enum registry */
	const char *azure_file;
	const char *subscription;
	const char *group;
	const char *identity;
	const char *arm_endpoint;
	const char *authority_host;
	const char *imds_endpoint;
	const char *token_command;
	struct strlist zone_ids;
	struct strlist zone_names;
	struct strlist domains;
	const char *domain_regex;
	struct txtregistry_options txt;
	int64_t interval_ms;
	int64_t quota_share;
	bool decodes;
	bool encodes;
	bool lists;
	bool once;
	bool dry_run;
	struct opt_log log;
	/* found out */
	bool is_private;
	struct azurejson azure;
	struct txtregistry txtregistry;
	struct marking marking;
	struct strlist token_settings; /* NAME=value for the token command */
};

extern const char *const config_providers[];
extern const char *const config_registries[];

/* The values before any option. */
void config_init(struct config *config);

/* Read azure.json, derive the rest. false: err is the line to end with. */
bool config_resolve(
    struct config *config, struct arena *arena, struct error *err);

/* Is a zone of this name and id one of those that are asked for? */
bool config_selects(
    const struct config *config, const char *name, const char *id);

#endif
