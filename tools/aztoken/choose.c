// SPDX-License-Identifier: ISC
/*
 * choose -- which identity, exactly as external-dns chooses.
 *
 *	azure.json says                                       way
 *	aadClientId and aadClientSecret, neither "msi"        client-secret
 *	use(Federated)WorkloadIdentityExtension               workload-identity
 *	useManagedIdentityExtension                           managed-identity
 *	aadClientId and aadClientCertPath                     client-certificate
 *	none of these                                         an error
 *
 * external-dns stops at the last but one. What azure.json leaves out is taken
 * from the AZURE_* variables that the workload identity webhook and the Azure
 * SDKs use; --credential names a way outright.
 *
 * The authority: --authority-host, else azure.json's, else, if azure.json
 * names neither cloud nor authority, AZURE_AUTHORITY_HOST.
 *
 * Upstream: external-dns provider/azure/config.go.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aztoken.h"
#include "base64.h"
#include "choose.h"
#include "clock.h"
#include "count.h"
#include "log.h"
#include "secret.h"

#define PUBLIC_AUTHORITY "https://login.microsoftonline.com"
#define GUID_BYTES       36
#define IMDS_ENDPOINT    "http://169.254.169.254"

/* In the order of choose_names, after "auto". */
static const struct way *const ways[] = {
	&way_workload_identity,
	&way_managed_identity,
	&way_client_secret,
	&way_client_certificate,
	&way_azure_arc,
	&way_azure_cli,
};

const char *const choose_names[] = { "auto", "workload-identity",
	"managed-identity", "client-secret", "client-certificate", "azure-arc",
	"azure-cli", NULL };
_Static_assert(COUNT(choose_names) == COUNT(ways) + 2, "a name for each way");

static const char *
environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : NULL;
}

static const char *
first_of(const char *a, const char *b)
{
	return a != NULL && *a != '\0' ? a : b;
}

/* AKS writes "msi" where a Service Principal would stand. */
static bool
is_real(const char *value)
{
	return value != NULL && *value != '\0' && strcasecmp(value, "msi") != 0;
}

static void
choose_endpoints(struct settings *settings)
{
	const struct options *options = &settings->options;
	const struct azurejson *file = &settings->file;
	const char *authority = file->authority_host;

	if (file->cloud == NULL && strcmp(authority, PUBLIC_AUTHORITY) == 0)
		authority =
		    first_of(environment("AZURE_AUTHORITY_HOST"), authority);
	authority = first_of(options->authority_host, authority);
	settings->authority_host = arena_copy_url(&settings->arena, authority);
	settings->arm_endpoint = arena_copy_url(&settings->arena,
	    first_of(options->arm_endpoint, file->arm_endpoint));
	settings->imds_endpoint = arena_copy_url(&settings->arena,
	    first_of(options->imds_endpoint,
		first_of(environment("AZURE_POD_IDENTITY_AUTHORITY_HOST"),
		    IMDS_ENDPOINT)));
	settings->resource = file->arm_audience;
}

/* A claims challenge as JSON, or in base64 as it stands in the header. */
static const char *
choose_claims(struct arena *arena)
{
	const char *claims = environment("AZTOKEN_CLAIMS");
	struct text plain = { 0 };

	if (claims != NULL && *claims != '{' &&
	    base64_decode(&plain, claims, strlen(claims)))
		claims = arena_copy(arena, text_str(&plain));
	text_done(&plain);
	return claims;
}

/* Secrets leave the environment whether they are used or not. */
static void
choose_secrets(struct settings *settings)
{
	settings->client_secret =
	    secret_from_environment("AZURE_CLIENT_SECRET");
	settings->cert_password =
	    secret_from_environment("AZURE_CLIENT_CERTIFICATE_PASSWORD");
	settings->has_file_secret =
	    settings->file.client_secret != NULL &&
	    is_real(secret_bytes(settings->file.client_secret));
	if (settings->file.client_secret != NULL) {
		secret_free(settings->client_secret);
		settings->client_secret = settings->file.client_secret;
		settings->file.client_secret = NULL;
	}
	if (settings->file.cert_password != NULL) {
		secret_free(settings->cert_password);
		settings->cert_password = settings->file.cert_password;
		settings->file.cert_password = NULL;
	}
}

static void
warn_if_readable(const char *path)
{
	struct stat about;

	if (stat(path, &about) == 0 && (about.st_mode & S_IROTH) != 0)
		log_warning("'%s' holds a secret and everybody may read it; "
			    "chmod o-r, or defaultMode 0440 in a pod",
		    path);
}

bool
choose_settings(
    struct settings *settings, const struct options *options, struct error *err)
{
	const struct azurejson *file = &settings->file;
	const char *client;

	settings->options = *options;
	settings->deadline_ms = clock_ms() + options->retry_ms;
	if (!azurejson_read(
		&settings->arena, options->file, &settings->file, err))
		return false;
	client = is_real(file->client_id) ? file->client_id : NULL;
	settings->tenant_id = first_of(options->tenant_id,
	    first_of(file->tenant_id, environment("AZURE_TENANT_ID")));
	settings->client_id = first_of(client, environment("AZURE_CLIENT_ID"));
	settings->subscription_id =
	    first_of(options->subscription_id, file->subscription_id);
	settings->resource_group =
	    first_of(options->resource_group, file->resource_group);
	settings->token_file =
	    first_of(environment("AZURE_FEDERATED_TOKEN_FILE"),
		file->federated_token_file);
	settings->cert_path = first_of(
	    file->cert_path, environment("AZURE_CLIENT_CERTIFICATE_PATH"));
	settings->claims = choose_claims(&settings->arena);
	choose_endpoints(settings);
	choose_secrets(settings);
	if (settings->has_file_secret)
		warn_if_readable(options->file);
	if (settings->cert_path != NULL)
		warn_if_readable(settings->cert_path);
	return true;
}

void
choose_forget(struct settings *settings)
{
	secret_free(settings->client_secret);
	secret_free(settings->cert_password);
	settings->client_secret = NULL;
	settings->cert_password = NULL;
}

void
choose_done(struct settings *settings)
{
	choose_forget(settings);
	azurejson_done(&settings->file);
	arena_done(&settings->arena);
}

const struct way *
choose_way(struct settings *settings, const char **reason, struct error *err)
{
	const struct azurejson *file = &settings->file;

	if (settings->options.credential > 0) {
		*reason = "--credential names it";
		return ways[settings->options.credential - 1];
	}
	if (is_real(file->client_id) && settings->has_file_secret) {
		*reason = "aadClientId and aadClientSecret are set";
		return &way_client_secret;
	}
	if (file->use_workload_identity) {
		*reason = "useWorkloadIdentityExtension is true";
		return &way_workload_identity;
	}
	if (file->use_managed_identity) {
		*reason = "useManagedIdentityExtension is true";
		return &way_managed_identity;
	}
	if (is_real(file->client_id) && file->cert_path != NULL) {
		*reason = "aadClientId and aadClientCertPath are set";
		return &way_client_certificate;
	}
	error_set(err, CAUSE_INVALID,
	    "'%s' names no identity: set useWorkloadIdentityExtension or "
	    "useManagedIdentityExtension to true, or aadClientId and "
	    "aadClientSecret",
	    settings->options.file);
	return NULL;
}

bool
choose_need(const char *value, const char *what, struct error *err)
{
	if (value != NULL && *value != '\0')
		return true;
	return error_set(err, CAUSE_INVALID, "%s", what);
}

bool
choose_is_guid(const char *value)
{
	return strlen(value) == GUID_BYTES &&
	       strspn(value, "0123456789abcdefABCDEF-") == GUID_BYTES;
}
