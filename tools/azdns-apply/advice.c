// SPDX-License-Identifier: ISC
/*
 * advice -- see advice.h. One row per code; the cause decides about retrying.
 *
 * Sources: ARM's common deployment errors, Azure DNS's troubleshooting pages,
 * answers recorded by the Azure CLI's tests.
 */
#include <stddef.h>
#include <strings.h>

#include "advice.h"
#include "count.h"

/* clang-format off */
static const struct advice rows[] = {
	/* 401: who we are */
	{ "ExpiredAuthenticationToken",     CAUSE_DENIED, "the token has expired: check the clock of this machine and what --token-command prints" },
	{ "InvalidAuthenticationToken",     CAUSE_DENIED, "the token is not for this ARM endpoint: check cloud, resourceManagerAudience and --token-command" },
	{ "InvalidAuthenticationTokenTenant", CAUSE_DENIED, "the token is of another tenant than the subscription: correct tenantId" },
	{ "AuthenticationFailed",           CAUSE_DENIED, "the token was not accepted: check what --token-command prints" },
	/* 403: what we may */
	{ "AuthorizationFailed",            CAUSE_DENIED, "grant the identity 'DNS Zone Contributor' ('Private DNS Zone Contributor') on the zone and 'Reader' on its resource group; a new grant takes some minutes" },
	{ "LinkedAuthorizationFailed",      CAUSE_DENIED, "the identity may not read the resource that an alias points to" },
	{ "RequestDisallowedByPolicy",      CAUSE_DENIED, "an Azure Policy forbids this record: ask its owner for an exemption" },
	{ "ScopeLocked",                    CAUSE_DENIED, "a resource lock holds the zone or its group: remove the lock" },
	{ "ReadOnlyDisabledSubscription",   CAUSE_DENIED, "the subscription is disabled: see to its billing" },
	{ "MissingSubscriptionRegistration", CAUSE_DENIED, "run: az provider register --namespace Microsoft.Network" },
	/* 404: what is not there */
	{ "SubscriptionNotFound",           CAUSE_MISSING, "correct subscriptionId, or grant the identity a role in that subscription" },
	{ "ResourceGroupNotFound",          CAUSE_MISSING, "correct resourceGroup or --azure-resource-group: it is the group of the DNS zones, not of the nodes" },
	{ "ParentResourceNotFound",         CAUSE_MISSING, "the zone is gone" },
	{ "ResourceNotFound",               CAUSE_MISSING, "the zone is gone" },
	{ "InvalidResourceType",            CAUSE_INVALID, "this cloud does not know the API version: report it" },
	{ "NoRegisteredProviderFound",      CAUSE_INVALID, "this cloud does not know the API version: report it" },
	/* 409, 412: what is in the way */
	{ "PreconditionFailed",             CAUSE_CONFLICT, NULL },
	{ "Conflict",                       CAUSE_INVALID, "another record set of this name is in the way: a CNAME stands alone; remove one of the two" },
	{ "AnotherOperationInProgress",     CAUSE_TEMPORARY, NULL },
	{ "RetryableError",                 CAUSE_TEMPORARY, NULL },
	{ "RetryableErrorDueToAnotherOperation", CAUSE_THROTTLED, NULL },
	{ "TooManyRecords",                 CAUSE_INVALID, "Azure holds at most 20 records in a set" },
	{ "QuotaExceeded",                  CAUSE_INVALID, "the zone is full: ask Microsoft to raise the number of record sets" },
	/* 429: how fast */
	{ "ResourceRequestsThrottled",      CAUSE_THROTTLED, "others write to the zone too: lower --azure-quota-share" },
	{ "SubscriptionRequestsThrottled",  CAUSE_THROTTLED, "others use the subscription too: lower --azure-quota-share" },
	{ "TooManyRequests",                CAUSE_THROTTLED, "others write to the zone too: lower --azure-quota-share" },
	/* 400: what we said */
	{ "BadRequest",                     CAUSE_INVALID, "Azure does not take this name or value: correct the object that asks for it" },
	{ "InvalidRequestContent",          CAUSE_INVALID, "report it with the record that was to be written" },
};
/* clang-format on */

const struct advice *
advice_find(const char *code)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (strcasecmp(rows[i].code, code) == 0)
			return &rows[i];
	}
	return NULL;
}
