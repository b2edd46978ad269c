// SPDX-License-Identifier: ISC
/*
 * config -- from options to what the rules use: types as bits, names in normal
 * form, times in seconds. All of it lives as long as the process.
 */
#include <string.h>

#include "config.h"
#include "log.h"
#include "plan.h"

#define OWNER_DEFAULT "default"

static const char *const managed_default[] = { "A", "AAAA", "CNAME" };

static struct arena arena; /* of lists; lives as long as the process */

static bool
add_types(const struct strlist *names, const char *option, unsigned *bits,
    struct error *err)
{
	for (size_t i = 0; i < names->n; i++) {
		enum rtype rtype = rtype_find(names->items[i]);

		if (*names->items[i] == '\0')
			continue;
		if (rtype == RTYPE_NONE)
			log_warning("--%s=%s: Azure or azdns does not know "
				    "this type",
			    option, names->items[i]);
		*bits |= 1U << rtype;
	}
	return *bits != 0 || names->n == 0 ||
	       error_set(err, CAUSE_INVALID, "--%s: no type is left", option);
}

static bool
choose_types(
    struct config *config, const struct options *options, struct error *err)
{
	struct strlist managed = options->managed;
	unsigned excluded = 0;

	for (size_t i = 0; managed.n == 0 && i < 3; i++)
		config->managed |= 1U << rtype_find(managed_default[i]);
	if (!add_types(
		&managed, "managed-record-types", &config->managed, err) ||
	    !add_types(
		&options->excluded, "exclude-record-types", &excluded, err))
		return false;
	config->managed &= ~(excluded | 1U << RTYPE_NONE);
	return true;
}

static bool
choose_owner(
    struct config *config, const struct options *options, struct error *err)
{
	config->old_owner = options->old_owner;
	if (options->registry == REGISTRY_NOOP)
		return true;
	config->owner = options->owner;
	if (config->old_owner != NULL)
		log_warning("--migrate-from-txt-owner: what is marked '%s' is "
			    "ours now, and what nobody asks for is deleted: "
			    "no other cluster may still use that name",
		    config->old_owner);
	if (*config->owner == '\0')
		return error_set(err, CAUSE_INVALID,
		    "--txt-owner-id must not be empty with this --registry");
	if (strcmp(config->owner, OWNER_DEFAULT) == 0)
		log_warning("--txt-owner-id is 'default': any other cluster "
			    "that leaves it so takes our records for its own");
	return true;
}

static void
copy_lists(struct config *config, const struct options *options)
{
	config->sources = options->sources;
	for (size_t i = 0; i < options->zone_ids.n; i++)
		if (*options->zone_ids.items[i] != '\0')
			strlist_add(&config->zone_ids, &arena,
			    options->zone_ids.items[i]);
	filter_add(&arena, &config->zone_names, &options->zone_names);
	filter_add(&arena, &config->domains.include, &options->domains);
	filter_add(&arena, &config->domains.exclude, &options->exclude_domains);
	filter_add(&arena, &config->adopt, &options->adopt);
	filter_add(&arena, &config->hand_over, &options->hand_over);
	config->released = options->released;
}

bool
config_init(
    struct config *config, const struct options *options, struct error *err)
{
	bool at_once = options->once || config->review;

	config->once = options->once;
	config->policy = options->policy;
	config->registry = options->registry;
	config->private_in_public = options->private_in_public;
	config->hand_over_to = options->hand_over_to;
	config->delete_threshold = options->delete_threshold;
	config->delete_minimum = options->delete_minimum;
	if (!at_once) {
		config->delete_delay_s =
		    (options->delete_delay_ms + 999) / 1000;
		config->address_grace_s =
		    (options->address_grace_ms + 999) / 1000;
	}
	copy_lists(config, options);
	if (config->hand_over.n > 0 && config->hand_over_to == NULL)
		return error_set(err, CAUSE_INVALID,
		    "--hand-over needs --hand-over-to=OWNER");
	return choose_types(config, options, err) &&
	       choose_owner(config, options, err) &&
	       filter_init(&config->domains, options->regex_include,
		   options->regex_exclude, err);
}
