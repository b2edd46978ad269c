// SPDX-License-Identifier: ISC
/*
 * zones -- which zone holds a name.
 *
 * Selected  by name with --domain-filter and by id with --zone-id-filter
 *           (the end of the id), or by --zone-name-filter alone, as
 *           external-dns does it (provider/azure/azure.go); other zones are
 *           as if they were not there
 * Placed    the longest zone that the name lies in; two of one name:
 *           AmbiguousZone. A zone that cannot be listed keeps its names: they
 *           never fall to the parent
 *
 * The zone with the empty id is nowhere: what has no place is queued there.
 */
#include <stdlib.h>
#include <string.h>

#include "dnsname.h"
#include "heap.h"
#include "log.h"
#include "plan.h"

struct zone *
zones_find(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->n_zones; i++)
		if (strcmp(plan->zones[i]->id, id) == 0)
			return plan->zones[i];
	return NULL;
}

static int
by_id(const void *a, const void *b)
{
	return strcmp(
	    (*(struct zone *const *)a)->id, (*(struct zone *const *)b)->id);
}

struct zone *
zones_get(struct plan *plan, const char *id)
{
	struct zone *zone = zones_find(plan, id);

	if (zone != NULL)
		return zone;
	zone = heap_new(sizeof(*zone));
	plan->zones =
	    heap_resize(plan->zones, plan->n_zones + 1, sizeof(struct zone *));
	zone->id = heap_copy(id);
	zone->number = (uint16_t)(plan->n_zones + 1);
	plan->zones[plan->n_zones++] = zone;
	qsort(plan->zones, plan->n_zones, sizeof(struct zone *), by_id);
	return zone;
}

static bool
ends_with_one_of(const char *text, const struct strlist *ends)
{
	size_t n_text = strlen(text);

	for (size_t i = 0; i < ends->n; i++) {
		size_t n = strlen(ends->items[i]);

		if (n_text >= n &&
		    strcasecmp(text + n_text - n, ends->items[i]) == 0)
			return true;
	}
	return ends->n == 0;
}

static bool
is_selected(const struct config *config, const char *id, const char *zone_name)
{
	struct domain_filter names = { .include = config->zone_names };

	if (config->zone_names.n > 0 && filter_accepts(&names, zone_name))
		return true;
	return filter_accepts(&config->domains, zone_name) &&
	       ends_with_one_of(id, &config->zone_ids);
}

void
zones_put(struct plan *plan, const struct record *record)
{
	struct zone *zone;
	bool is_lost = record->status != NULL;
	bool is_new = false;

	if (record->zone == NULL) {
		if (is_lost && plan->zone_list == ZONES_PENDING)
			plan->zone_list = ZONES_UNAVAILABLE;
		log_warning("the list of zones: %s",
		    is_lost ? record->status : "without a zone");
		names_mark_all(plan);
		return;
	}
	zone = zones_find(plan, record->zone);
	if (zone == NULL) {
		if (record->zone_name == NULL ||
		    !is_selected(
			plan->config, record->zone, record->zone_name)) {
			log_info("zone %s: no filter selects it", record->zone);
			return;
		}
		zone = zones_get(plan, record->zone);
		zone->name = heap_copy(record->zone_name);
		is_new = true;
	}
	if (record->visibility != NULL)
		zone->is_public = strcmp(record->visibility, "public") == 0;
	if (is_lost && !zone->is_unavailable)
		log_warning("zone %s: %s: its names stay as they are",
		    zone->name, record->status);
	if (is_new || zone->is_unavailable != is_lost)
		names_mark_all(plan);
	zone->is_unavailable = is_lost;
}

bool
zones_is_ready(const struct zone *zone)
{
	return zone->n_listings > 0 && !zone->is_unavailable;
}

enum skip
zones_place(const struct plan *plan, const char *name, struct zone **zone)
{
	struct zone *best = NULL;
	bool is_ambiguous = false;

	*zone = plan->zones[0];
	if (plan->zone_list == ZONES_PENDING)
		return SKIP_LATER;
	for (size_t i = 1; i < plan->n_zones; i++) {
		struct zone *other = plan->zones[i];

		if (!dnsname_is_within(name, other->name))
			continue;
		if (best != NULL && strlen(other->name) < strlen(best->name))
			continue;
		is_ambiguous =
		    best != NULL && strlen(other->name) == strlen(best->name);
		best = other;
	}
	if (best == NULL)
		return plan->zone_list == ZONES_UNAVAILABLE
			   ? SKIP_ZONE_UNAVAILABLE
			   : SKIP_NO_ZONE;
	if (is_ambiguous)
		return SKIP_AMBIGUOUS_ZONE;
	if (best->is_unavailable)
		return SKIP_ZONE_UNAVAILABLE;
	*zone = best;
	return best->n_listings > 0 ? SKIP_NONE : SKIP_LATER;
}
