// SPDX-License-Identifier: ISC
/*
 * brake -- deletions wait, and too many of them wait for a person.
 *
 * Each zone keeps the deletions that are wanted and not yet sent, and a window
 * of those sent in the last ten minutes. When one has waited its delay, all
 * are counted: above --delete-minimum and --delete-threshold percent of our
 * record sets (as many as there were when the window began), or as many as
 * there are where there are more than three, nothing is sent: the zone is held
 * until nothing is wanted any more, or until --release-deletes names its hash.
 * Counting what still waits as well as what was sent stops a slow avalanche
 * before its first stone.
 *
 * The hash: SHA-256 over the zone's id and the sorted lines `dnsName
 * recordType` of what is held, each ended by LF; its first 12 hex digits.
 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "log.h"
#include "plan.h"
#include "text.h"

#define WINDOW_S     600
#define EMPTYING_MIN 3 /* a zone of so few may be emptied */

void
brake_want(struct plan *plan, struct rrset *rrset)
{
	struct zone *zone = rrset->zone;

	if (rrset->going != 0)
		return;
	if (zone->n_going == zone->size_going) {
		zone->size_going = zone->size_going * 2 + 16;
		zone->going = heap_resize(
		    zone->going, zone->size_going, sizeof(struct rrset *));
	}
	zone->going[zone->n_going++] = rrset;
	rrset->going = (uint32_t)zone->n_going;
	rrset->gone_since_s = (int32_t)plan->now_s;
	zone->is_checked = false;
}

static void
take_out(struct rrset *rrset)
{
	struct zone *zone = rrset->zone;
	struct rrset *last = zone->going[--zone->n_going];

	zone->going[rrset->going - 1] = last;
	last->going = rrset->going;
	rrset->going = 0;
	zone->is_checked = false;
}

void
brake_forget(struct rrset *rrset)
{
	if (rrset->going == 0)
		return;
	rrset->released = false;
	take_out(rrset);
}

static struct deletions *
this_second(const struct plan *plan, struct zone *zone)
{
	size_t n = zone->n_window;

	if (n > 0 && zone->window[n - 1].time_s == plan->now_s)
		return &zone->window[n - 1];
	zone->window =
	    heap_resize(zone->window, n + 1, sizeof(struct deletions));
	zone->window[n] = (struct deletions){ .time_s = plan->now_s };
	zone->n_window++;
	return &zone->window[n];
}

void
brake_sent(struct plan *plan, struct rrset *rrset)
{
	if (rrset->going == 0)
		return;
	/* What was released was judged by a person. */
	if (!rrset->released)
		this_second(plan, rrset->zone)->sent++;
	take_out(rrset);
}

void
brake_answered(struct plan *plan, struct zone *zone, bool done)
{
	if (done)
		this_second(plan, zone)->done++;
	else if (zone->n_window > 0)
		zone->window[zone->n_window - 1].sent--;
}

bool
brake_is_due(const struct plan *plan, const struct rrset *rrset)
{
	return (plan->now_s - rrset->gone_since_s) * 1000 >=
	       plan->config->delete_delay_ms;
}

static bool
exceeds(const struct plan *plan, const struct zone *zone, int64_t n_unsent)
{
	const struct config *config = plan->config;
	int64_t n = n_unsent;
	int64_t n_sets = zone->n_ours;

	for (size_t i = 0; i < zone->n_window; i++) {
		n += zone->window[i].sent;
		n_sets += zone->window[i].done;
	}
	if (config->delete_threshold >= 100)
		return false;
	return (n > config->delete_minimum &&
		   n * 100 > config->delete_threshold * n_sets) ||
	       (n >= n_sets && n_sets > EMPTYING_MIN);
}

static int
by_key(const void *a, const void *b)
{
	const struct rrset *x = *(struct rrset *const *)a;
	const struct rrset *y = *(struct rrset *const *)b;
	int order = strcmp(names_text(x->name), names_text(y->name));

	return order != 0 ? order
			  : strcmp(rtype_name(x->rtype), rtype_name(y->rtype));
}

static void
compute_hash(struct zone *zone)
{
	struct rrset **sorted =
	    heap_new((zone->n_going + 1) * sizeof(struct rrset *));
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct text lines = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < zone->n_going; i++)
		if (!zone->going[i]->released)
			sorted[n++] = zone->going[i];
	qsort(sorted, n, sizeof(struct rrset *), by_key);
	text_format(&lines, "%s\n", zone->id);
	for (size_t i = 0; i < n; i++)
		text_format(&lines, "%s %s\n", names_text(sorted[i]->name),
		    rtype_name(sorted[i]->rtype));
	if (EVP_Digest(lines.data, lines.n, digest, NULL, EVP_sha256(), NULL) !=
	    1)
		abort();
	for (size_t i = 0; i < 6; i++)
		(void)snprintf(zone->hash + 2 * i, 3, "%02x", digest[i]);
	text_done(&lines);
	free(sorted);
}

static void
hold(struct plan *plan, struct zone *zone, size_t n)
{
	char before[sizeof(zone->hash)];

	memcpy(before, zone->hash, sizeof(before));
	compute_hash(zone);
	if (strlist_has(&plan->config->released, zone->hash)) {
		log_warning("zone %s: %zu deletions of %s are released",
		    zone->name, n, zone->hash);
		for (size_t i = 0; i < zone->n_going; i++)
			zone->going[i]->released = true;
		zone->is_held = false;
		return;
	}
	if (zone->is_held && strcmp(before, zone->hash) == 0)
		return;
	zone->is_held = true;
	log_error("zone %s: %zu of our %u record sets were to be deleted: "
		  "HELD; --release-deletes=%s lets these pass, "
		  "--delete-threshold=100 all",
	    zone->name, n, zone->n_ours, zone->hash);
}

static void
let_go(struct zone *zone)
{
	if (!zone->is_held)
		return;
	zone->is_held = false;
	log_info("zone %s: no deletion is held any more", zone->name);
}

static void
shorten_window(const struct plan *plan, struct zone *zone)
{
	size_t n = 0;

	while (n < zone->n_window &&
	       zone->window[n].time_s + WINDOW_S <= plan->now_s)
		n++;
	if (n == 0)
		return;
	zone->n_window -= n;
	memmove(zone->window, zone->window + n,
	    zone->n_window * sizeof(struct deletions));
}

void
brake_check(struct plan *plan, struct zone *zone)
{
	bool is_due = false;
	size_t n = 0;

	if (zone->n_window > 0)
		shorten_window(plan, zone);
	for (size_t i = 0; i < zone->n_going; i++) {
		if (zone->going[i]->released)
			continue;
		n++;
		is_due = is_due || brake_is_due(plan, zone->going[i]);
	}
	if (n == 0)
		let_go(zone);
	else if (!zone->is_checked &&
		 (zone->is_held || (is_due && exceeds(plan, zone, (int64_t)n))))
		hold(plan, zone, n);
	zone->is_checked = zone->is_held;
	for (size_t i = 0; i < zone->n_going; i++)
		if (zone->is_held ? zone->going[i]->said != SKIP_HELD
				  : brake_is_due(plan, zone->going[i]))
			queue_add(zone, zone->going[i]->name);
}
