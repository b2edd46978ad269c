// SPDX-License-Identifier: ISC
/*
 * config -- from options as given to what the rules use. All of it lives as
 * long as the process.
 */
#include <string.h>

#include "config.h"
#include "count.h"
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
choose_types(struct config *config, struct error *err)
{
	unsigned excluded = 0;

	for (size_t i = 0; config->managed_types.n == 0 && i < 3; i++)
		config->managed |= 1U << rtype_find(managed_default[i]);
	if (!add_types(&config->managed_types, "managed-record-types",
		&config->managed, err) ||
	    !add_types(&config->excluded_types, "exclude-record-types",
		&excluded, err))
		return false;
	config->managed &= ~(excluded | 1U << RTYPE_NONE);
	return true;
}

static bool
choose_owner(struct config *config, struct error *err)
{
	if (config->registry == REGISTRY_NOOP) {
		config->owner = NULL;
		return true;
	}
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
drop_empty(struct strlist *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (*list->items[i] != '\0')
			list->items[n++] = list->items[i];
	list->n = n;
}

bool
config_manages(const struct config *config, enum rtype rtype)
{
	return (config->managed >> rtype & 1) != 0;
}

bool
config_settle(struct config *config, struct error *err)
{
	struct strlist *const domains[] = { &config->domains.include,
		&config->domains.exclude, &config->zone_names, &config->adopt,
		&config->hand_over };

	if (config->once || config->review)
		config->delete_delay_ms = config->address_grace_ms = 0;
	for (size_t i = 0; i < COUNT(domains); i++)
		filter_normalise(domains[i], &arena);
	drop_empty(&config->zone_ids);
	if (config->hand_over.n > 0 && config->hand_over_to == NULL)
		return error_set(err, CAUSE_INVALID,
		    "--hand-over needs --hand-over-to=OWNER");
	return choose_types(config, err) && choose_owner(config, err) &&
	       filter_compile(&config->domains, err);
}
