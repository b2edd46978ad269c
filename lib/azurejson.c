// SPDX-License-Identifier: ISC
/*
 * azurejson -- see azurejson.h.
 *
 * Sources: external-dns docs/tutorials/azure.md (keys), the Kubernetes cloud
 * provider's configuration (certificate, federated token), Microsoft's list of
 * national clouds. Booleans must be JSON booleans. activeDirectoryAuthorityHost,
 * resourceManagerEndpoint and resourceManagerAudience win over the cloud's own.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "azurejson.h"
#include "count.h"
#include "json.h"
#include "secret.h"
#include "text.h"

#define FILE_BYTES_MAX ((size_t)1 << 20)

struct cloud {
	const char *name;
	const char *authority_host;
	const char *arm_endpoint;
	const char *arm_audience;
};

/* clang-format off */
#define PUBLIC     "https://login.microsoftonline.com", \
	"https://management.azure.com", "https://management.azure.com"
#define GOVERNMENT "https://login.microsoftonline.us", \
	"https://management.usgovcloudapi.net", "https://management.core.usgovcloudapi.net"
#define CHINA      "https://login.chinacloudapi.cn", \
	"https://management.chinacloudapi.cn", "https://management.core.chinacloudapi.cn"

static const struct cloud clouds[] = {
	{ "AzurePublicCloud",       PUBLIC },
	{ "AzureCloud",             PUBLIC },
	{ "AzureUSGovernment",      GOVERNMENT },
	{ "AzureUSGovernmentCloud", GOVERNMENT },
	{ "AzureChinaCloud",        CHINA },
	{ "AzureStackCloud",        NULL, NULL, NULL },
};

enum kind { KIND_TEXT, KIND_SECRET, KIND_FLAG };

struct key {
	const char *name;
	enum kind kind;
	size_t offset;
};

#define KEY(name, kind, member) { name, kind, offsetof(struct azurejson, member) }

static const struct key keys[] = {
	KEY("cloud",                        KIND_TEXT,   cloud),
	KEY("tenantId",                     KIND_TEXT,   tenant_id),
	KEY("subscriptionId",               KIND_TEXT,   subscription_id),
	KEY("resourceGroup",                KIND_TEXT,   resource_group),
	KEY("aadClientId",                  KIND_TEXT,   client_id),
	KEY("aadClientSecret",              KIND_SECRET, client_secret),
	KEY("aadClientCertPath",            KIND_TEXT,   cert_path),
	KEY("aadClientCertPassword",        KIND_SECRET, cert_password),
	KEY("userAssignedIdentityID",       KIND_TEXT,   identity_id),
	KEY("aadFederatedTokenFile",        KIND_TEXT,   federated_token_file),
	KEY("useWorkloadIdentityExtension", KIND_FLAG,   use_workload_identity),
	KEY("useFederatedWorkloadIdentityExtension",
	                                    KIND_FLAG,   use_workload_identity),
	KEY("useManagedIdentityExtension",  KIND_FLAG,   use_managed_identity),
	KEY("activeDirectoryAuthorityHost", KIND_TEXT,   authority_host),
	KEY("resourceManagerEndpoint",      KIND_TEXT,   arm_endpoint),
	KEY("resourceManagerAudience",      KIND_TEXT,   arm_audience),
};
/* clang-format on */

static const struct key *
find_key(const char *name)
{
	for (size_t i = 0; i < COUNT(keys); i++) {
		if (strcasecmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

/* One member of the file into its place; null reads as absent. */
static bool
take_value(struct arena *arena, const struct key *key, jv value,
    struct azurejson *config)
{
	char *place = (char *)config + key->offset;
	const char *str = json_str(value);
	bool flag;

	if (!json_is_present(value))
		return true;
	if (key->kind == KIND_FLAG) {
		if (!json_bool(value, &flag))
			return false;
		*(bool *)(void *)place |= flag;
		return true;
	}
	if (str == NULL)
		return false;
	if (*str == '\0')
		return true;
	if (key->kind == KIND_SECRET) {
		struct secret **secret = (struct secret **)(void *)place;

		secret_free(*secret);
		*secret = secret_new(str, strlen(str));
		return true;
	}
	*(const char **)(void *)place = arena_copy(arena, str);
	return true;
}

static bool
take_members(
    struct arena *arena, jv file, struct azurejson *config, struct error *err)
{
	const char *name;
	jv value;
	int iter = 0;

	if (!json_is_object(file))
		return error_set(
		    err, CAUSE_INVALID, "the file does not hold a JSON object");
	while (json_member(file, &iter, &name, &value)) {
		const struct key *key = find_key(name);

		if (key == NULL || take_value(arena, key, value, config))
			continue;
		return error_set(err, CAUSE_INVALID, "'%s' is not a %s",
		    key->name, key->kind == KIND_FLAG ? "boolean" : "text");
	}
	return true;
}

static void
resolve(struct arena *arena, const char **place, const char *of_cloud)
{
	if (*place == NULL)
		*place = of_cloud;
	if (*place != NULL)
		*place = arena_copy_url(arena, *place);
}

static bool
resolve_cloud(struct arena *arena, struct azurejson *config, struct error *err)
{
	const struct cloud *cloud = NULL;

	for (size_t i = 0; i < COUNT(clouds) && cloud == NULL; i++) {
		if (config->cloud == NULL ||
		    strcasecmp(clouds[i].name, config->cloud) == 0)
			cloud = &clouds[i];
	}
	if (cloud == NULL)
		return error_set(err, CAUSE_INVALID,
		    "unknown cloud '%s' (AzurePublicCloud, AzureUSGovernment, "
		    "AzureChinaCloud or AzureStackCloud)",
		    config->cloud);
	resolve(arena, &config->authority_host, cloud->authority_host);
	resolve(arena, &config->arm_endpoint, cloud->arm_endpoint);
	resolve(arena, &config->arm_audience, cloud->arm_audience);
	return config->arm_endpoint != NULL ||
	       error_set(err, CAUSE_INVALID,
		   "cloud AzureStackCloud needs 'resourceManagerEndpoint'");
}

static bool
read_file(const char *path, struct text *file, struct error *err)
{
	if (text_read_file(file, path, FILE_BYTES_MAX))
		return true;
	return error_set(err, CAUSE_INVALID,
	    "cannot read '%s': %s; mount the secret that holds it, or name the "
	    "file with --azure-config-file",
	    path, strerror(errno));
}

bool
azurejson_read(struct arena *arena, const char *path, struct azurejson *config,
    struct error *err)
{
	struct text file = { 0 };
	struct error why = { 0 };
	jv value;
	bool ok;

	*config = (struct azurejson){ 0 };
	if (!read_file(path, &file, err))
		return false;
	ok = json_parse(file.data, file.n, &value, &why);
	text_wipe(&file);
	ok = ok && take_members(arena, value, config, &why) &&
	     resolve_cloud(arena, config, &why);
	json_free(value);
	if (ok)
		return true;
	azurejson_done(config);
	return error_set(
	    err, CAUSE_INVALID, "'%s': %s; correct the file", path, why.text);
}

void
azurejson_done(struct azurejson *config)
{
	secret_free(config->client_secret);
	secret_free(config->cert_password);
	config->client_secret = NULL;
	config->cert_password = NULL;
}
