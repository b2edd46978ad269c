// SPDX-License-Identifier: ISC
/*
 * config -- the options: main.c lets the option table fill them in,
 * config_settle makes them what the rules can use.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <regex.h>

#include "error.h"
#include "opt.h"
#include "rtype.h"
#include "strlist.h"

enum policy { POLICY_SYNC, POLICY_UPSERT_ONLY, POLICY_CREATE_ONLY };
enum registry { REGISTRY_TXT, REGISTRY_AZURE_METADATA, REGISTRY_NOOP };
enum private_in_public { PRIVATE_ALLOW, PRIVATE_WARN, PRIVATE_REFUSE };

struct domain_filter {
	struct strlist include, exclude; /* normal form, with leading dot */
	const char *include_regex, *exclude_regex; /* NULL: none */
	regex_t includes, excludes;                /* these, compiled */
};

struct config {
	const char *records, *explain, *health_file;
	struct strlist sources;
	const char *owner;     /* NULL with --registry=noop */
	const char *old_owner; /* --migrate-from-txt-owner, or NULL */
	int policy, registry, private_in_public;
	struct strlist managed_types, excluded_types;
	struct domain_filter domains;
	struct strlist zone_ids, zone_names;
	struct strlist adopt, hand_over; /* NAME or .SUFFIX */
	const char *hand_over_to;        /* NULL: nothing is handed over */
	struct strlist released;         /* hashes of held deletions */
	int64_t delete_threshold, delete_minimum;
	int64_t delete_delay_ms, address_grace_ms;
	bool once;
	struct opt_log log;

	/* What follows from them. */
	unsigned managed; /* bit per enum rtype */
	bool review;      /* --records is a file */
};

/* Lists in normal form, types as bits, no waiting where nothing waits. false:
 * err says which option cannot be. */
bool config_settle(struct config *config, struct error *err);

/* Record sets of this type are ours to write. */
bool config_manages(const struct config *config, enum rtype rtype);

#endif
