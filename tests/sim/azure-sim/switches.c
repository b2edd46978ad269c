// SPDX-License-Identifier: ISC
/*
 * switches -- where the real service is not known for sure, or differs from
 * place to place: one row each, set by --switch NAME=NUMBER or on the control
 * path while running.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/* clang-format off */
static struct {
	const char *name;
	int64_t initial;
	int64_t change; /* what tests have added to it */
} switches[] = {
	{ "limits",                0,     0 }, /* 1: enforce the published rate limits */
	{ "arm-limits",            1,     0 }, /* 0: zones alone; 2: no buckets of ARM */
	{ "time-percent",          100,   0 }, /* length of all windows and waits */
	{ "rate-headers",          1,     0 }, /* 0: no x-ms-ratelimit headers */
	{ "throttle-flat",         1,     0 }, /* 0: a zone's 429 is wrapped as ARM's */
	{ "page-default",          100,   0 }, /* entries of a page without $top */
	{ "page-max",              1000,  0 }, /* larger $top count as this */
	{ "records-max",           20,    0 }, /* records of a set */
	{ "records-max-status",    400,   0 }, /* status of one more in a public zone */
	{ "sets-max-public",       10000, 0 }, /* record sets of a zone */
	{ "sets-max-private",      25000, 0 }, /* record sets of a zone */
	{ "alias-max",             20,    0 }, /* alias sets for one target */
	{ "metadata-max",          15,    0 }, /* pairs of metadata */
	{ "txt-total-max",         4096,  0 }, /* characters of a TXT set; 1024: national */
	{ "apex-cname-status",     409,   0 }, /* status of a CNAME at the apex */
	{ "apex-delete-status",    400,   0 }, /* status of deleting the apex NS or SOA */
	{ "delete-missing-status", 412,   0 }, /* DELETE with If-Match, nothing there */
	{ "parent-text-old",       0,     0 }, /* 1: older text of ParentResourceNotFound */
	{ "fold-names",            0,     0 }, /* 1: names are stored in lower case */
	{ "ipv6-canonical",        0,     0 }, /* 1: AAAA values are stored as RFC 5952 */
	{ "hide-new-types",        1,     0 }, /* 0: 2018-05-01 shows DS, TLSA, NAPTR */
	{ "torn-lists",            0,     0 }, /* 1: writes shift the pages of a list */
	{ "latency-ms",            0,     0 }, /* wait before each answer of ARM */
	{ "write-latency-ms",      0,     0 }, /* wait before each answer to a write */
	{ "operation-polls",       1,     0 }, /* polls that say InProgress */
	{ "token-life-s",          3599,  0 }, /* life of an access token */
	{ "imds-token-life-s",     86400, 0 }, /* life of a token of an identity */
	{ "imds-token-age-s",      0,     0 }, /* age of the token that IMDS has cached */
	{ "imds-refuse-forwarded", 1,     0 }, /* 0: X-Forwarded-For is let pass */
	{ "graph-lag-ms",          0,     0 }, /* how far behind Resource Graph is */
	{ "grant-after",           0,     0 }, /* requests refused before a role counts */
};
/* clang-format on */

#define N_SWITCHES (sizeof(switches) / sizeof(*switches))

int64_t
sim_switch(const char *name)
{
	for (size_t i = 0; i < N_SWITCHES; i++)
		if (strcmp(switches[i].name, name) == 0)
			return switches[i].initial + switches[i].change;
	abort();
}

bool
sim_switch_set(const char *name, const char *value)
{
	char *end;
	long long number = strtoll(value, &end, 10);

	if (end == value || *end != '\0')
		return false;
	for (size_t i = 0; i < N_SWITCHES; i++)
		if (strcmp(switches[i].name, name) == 0) {
			switches[i].change = number - switches[i].initial;
			return true;
		}
	return false;
}

void
sim_switches_reset(void)
{
	for (size_t i = 0; i < N_SWITCHES; i++)
		switches[i].change = 0;
}

jv
sim_switches(void)
{
	jv all = json_new_object();

	for (size_t i = 0; i < N_SWITCHES; i++)
		json_set_int(&all, switches[i].name,
		    switches[i].initial + switches[i].change);
	return all;
}
