// SPDX-License-Identifier: ISC
/* config -- the options as given, and as they are used. */
#ifndef CONFIG_H
#define CONFIG_H

#include "opt.h"
#include "strlist.h"

struct config;
struct error;

/* What the option table fills in. */
struct options {
	const char *records, *explain, *health_file;
	const char *owner, *old_owner;
	const char *regex_include, *regex_exclude;
	const char *hand_over_to;
	struct strlist sources, managed, excluded, domains, exclude_domains;
	struct strlist zone_ids, zone_names, adopt, hand_over, released;
	int64_t delete_threshold, delete_minimum;
	int64_t delete_delay_ms, address_grace_ms;
	int policy, registry, private_in_public;
	bool once;
	struct opt_log log;
};

/* false: err says which option cannot be. */
bool config_init(
    struct config *config, const struct options *options, struct error *err);

#endif
