// SPDX-License-Identifier: ISC
/*
 * records -- what azdns-apply says: zones, record sets, results, the time.
 *
 * Lines of a zone that no filter selects are passed over. In a review the
 * time stands still, and results that know the truth are records.
 */
#include "log.h"
#include "plan.h"

static void
end_zones(struct plan *plan)
{
	plan->zone_list = ZONES_COMPLETE;
	if (plan->n_zones == 1)
		log_warning("no zone is there that a name could lie in: see "
			    "--azure-resource-group, --domain-filter, "
			    "--zone-id-filter");
	names_mark_all(plan);
}

/* Orphans are judged by listings, all other names only by the first. */
static void
end_listing(struct plan *plan, struct zone *zone)
{
	zone->n_listings++;
	if (zone->n_listings == 1 || zone->n_orphans > 0)
		names_mark_all(plan);
}

static void
take_result(struct plan *plan, struct zone *zone, const struct record *record)
{
	bool is_truth =
	    record->result == RESULT_DONE || record->result == RESULT_CONFLICT;
	struct record answer = *record;

	/* A creation that left nothing is none. */
	if (record->result == RESULT_DONE && record->have == NULL &&
	    record->change != MESSAGE_DELETE)
		answer.result = RESULT_CONFLICT;
	if (is_truth)
		rrsets_put(plan, zone, record);
	if (!retry_answered(plan, zone, &answer))
		log_debug("%s %s: a result that nobody waits for", record->name,
		    rtype_name(record->rtype));
}

static void
take_time(struct plan *plan, int64_t time_s)
{
	if (plan->config->review || time_s <= plan->now_s)
		return;
	plan->now_s = time_s;
	claims_tick(plan);
	retry_tick(plan);
}

bool
records_read(
    struct plan *plan, struct line_reader *reader, jv line, struct error *err)
{
	struct record record;
	struct zone *zone = NULL;

	if (!message_decode_record(&reader->arena, line, &record, err))
		return false;
	if (record.zone != NULL)
		zone = zones_find(plan, record.zone);
	switch ((int)record.type) {
	case MESSAGE_ZONE:
		zones_put(plan, &record);
		break;
	case MESSAGE_TICK:
		take_time(plan, record.time_s);
		break;
	case MESSAGE_BOOKMARK:
		if (record.zone == NULL)
			end_zones(plan);
		else if (zone != NULL)
			end_listing(plan, zone);
		break;
	case MESSAGE_RESULT:
		if (zone != NULL)
			take_result(plan, zone, &record);
		break;
	default:
		if (record.type == MESSAGE_DELETED)
			record.have = NULL;
		if (zone != NULL)
			rrsets_put(plan, zone, &record);
		break;
	}
	return true;
}
