// SPDX-License-Identifier: ISC
/*
 * azurejson -- the file azure.json, read by azdns-apply and aztoken alike, and
 * the table of clouds.
 *
 * Keys are matched without regard to case, unknown ones are passed over, as
 * external-dns does it: the file that AKS puts on its nodes works.
 */
#ifndef AZUREJSON_H
#define AZUREJSON_H

#include <stdbool.h>

#include "error.h"

struct arena;
struct secret;

#define AZUREJSON_PATH "/etc/kubernetes/azure.json"

/* What is absent or empty in the file is NULL. Texts live in the arena. */
struct azurejson {
	const char *cloud;
	const char *tenant_id;
	const char *subscription_id;
	const char *resource_group;
	const char *client_id;            /* aadClientId */
	struct secret *client_secret;     /* aadClientSecret */
	const char *cert_path;            /* aadClientCertPath */
	struct secret *cert_password;     /* aadClientCertPassword */
	const char *identity_id;          /* userAssignedIdentityID */
	const char *federated_token_file; /* aadFederatedTokenFile */
	bool use_workload_identity;       /* either of the two names */
	bool use_managed_identity;        /* useManagedIdentityExtension */
	/* The file's own, else those of the cloud; without trailing slash. Of
	 * an Azure Stack only arm_endpoint is sure to be there. */
	const char *authority_host;
	const char *arm_endpoint;
	const char *arm_audience;
};

/*
 * Read path. false: err is one line that names the file, what is wrong with
 * it and the remedy; the caller ends with STATUS_CONFIG. An unknown cloud is
 * an error, and so is AzureStackCloud without resourceManagerEndpoint.
 */
bool azurejson_read(struct arena *arena, const char *path,
    struct azurejson *config, struct error *err);

/* Wipe the secrets. The texts stay until the arena ends. */
void azurejson_done(struct azurejson *config);

#endif
