// SPDX-License-Identifier: ISC
/*
 * advice -- known refusals, the setting at fault and the command that mends it.
 *
 * One row per AADSTS number of Entra ID, per answer of the metadata service
 * and per code of Azure Resource Manager that users meet. In value, text and
 * command `{word}` stands for a setting as it is now; {object}, {action} and
 * {scope} are read from the refusal's own text.
 *
 * Sources: Microsoft's list of AADSTS codes, azwi's troubleshooting guide,
 * ARM's error reference.
 */
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "aztoken.h"
#include "json.h"
#include "log.h"

struct row {
	const char *code;
	enum cause cause; /* CAUSE_NONE: as the status says */
	const char *setting;
	const char *value;
	const char *text;
	const char *command;
};

#define NEW_SECRET "az ad app credential reset --id {client} --append"
#define NEW_CERTIFICATE \
	"az ad app credential reset --id {client} --append --cert @{cert}"
#define SHOW_FEDERATED "az ad app federated-credential list --id {client}"
#define NEW_FEDERATED                                                    \
	"az identity federated-credential create --name external-dns "   \
	"--identity-name NAME --resource-group GROUP --issuer {issuer} " \
	"--subject {subject} --audiences {audience}"
#define NEW_ROLE                                                     \
	"az role assignment create --role \"DNS Zone Contributor\" " \
	"--assignee-object-id {object} --assignee-principal-type "   \
	"ServicePrincipal --scope "                                  \
	"/subscriptions/{subscription}/resourceGroups/{group}"

/* clang-format off */
static const struct row rows[] = {
	/* Entra ID: who we say we are */
	{ "AADSTS7000215", CAUSE_INVALID, "aadClientSecret", "",
	  "the client secret is wrong; often the secret's id was copied instead of its value",
	  NEW_SECRET },
	{ "AADSTS7000222", CAUSE_INVALID, "aadClientSecret", "",
	  "the client secret has expired", NEW_SECRET },
	{ "AADSTS7000218", CAUSE_INVALID, "aadClientSecret", "",
	  "neither a secret nor an assertion reached Entra ID", NULL },
	{ "AADSTS700016", CAUSE_INVALID, "client id", "{client}",
	  "no application of this client id in tenant {tenant}: one of the two is wrong, or it is an object id",
	  "az ad sp show --id {client} --query appOwnerOrganizationId" },
	{ "AADSTS90002", CAUSE_INVALID, "tenant", "{tenant}",
	  "no such tenant at {authority}: wrong id or wrong cloud",
	  "az account show --query tenantId -o tsv" },
	{ "AADSTS900023", CAUSE_INVALID, "tenant", "{tenant}",
	  "the tenant is neither a GUID nor a domain name",
	  "az account show --query tenantId -o tsv" },
	/* Entra ID: the assertion of a certificate */
	{ "AADSTS700027", CAUSE_INVALID, "aadClientCertPath", "{cert}",
	  "this certificate is not registered with the application {client}, or the key is another one's",
	  NEW_CERTIFICATE },
	{ "AADSTS700021", CAUSE_INVALID, "client id", "{client}",
	  "the assertion was made for another client id", NULL },
	{ "AADSTS700023", CAUSE_INVALID, "authority host", "{authority}",
	  "the assertion was made for another token endpoint", NULL },
	{ "AADSTS700024", CAUSE_TEMPORARY, "clock or token file", "{file}",
	  "the assertion is outside its time of validity: the projected token has expired, or this machine's clock is wrong",
	  NULL },
	{ "AADSTS50027", CAUSE_INVALID, "token file", "{file}",
	  "the assertion is no well-formed JWT", NULL },
	/* Entra ID: federated credentials */
	{ "AADSTS70021", CAUSE_INVALID, "federated credential", "{subject}",
	  "no federated credential of {client} fits issuer '{issuer}', subject '{subject}', audience '{audience}'",
	  NEW_FEDERATED },
	{ "AADSTS700211", CAUSE_INVALID, "issuer", "{issuer}",
	  "no federated credential of {client} has this issuer (compare with the cluster's OIDC issuer, slash at the end included)",
	  NEW_FEDERATED },
	{ "AADSTS700212", CAUSE_INVALID, "audience", "{audience}",
	  "no federated credential of {client} has this audience (it must be api://AzureADTokenExchange in the public cloud)",
	  NEW_FEDERATED },
	{ "AADSTS700213", CAUSE_INVALID, "subject", "{subject}",
	  "no federated credential of {client} has this subject: namespace or name of the service account differ",
	  NEW_FEDERATED },
	{ "AADSTS90061", CAUSE_TEMPORARY, "issuer", "{issuer}",
	  "Entra ID could not fetch the cluster's OIDC documents", 
	  "curl {issuer}/.well-known/openid-configuration" },
	/* Entra ID: what we ask for */
	{ "AADSTS70011", CAUSE_INVALID, "resourceManagerAudience", "{resource}",
	  "Entra ID does not know this scope", NULL },
	{ "AADSTS1002012", CAUSE_INVALID, "resourceManagerAudience", "{resource}",
	  "the scope has no form that client credentials may ask for", NULL },
	{ "AADSTS500011", CAUSE_INVALID, "resourceManagerAudience", "{resource}",
	  "this resource is not known in tenant {tenant}: wrong cloud or wrong tenant",
	  NULL },
	{ "AADSTS50001", CAUSE_INVALID, "resourceManagerAudience", "{resource}",
	  "this resource is not known in tenant {tenant}: wrong cloud or wrong tenant",
	  NULL },
	{ "AADSTS900144", CAUSE_INVALID, NULL, "",
	  "a field is missing in the request; a proxy on the way may have changed it", NULL },
	/* Entra ID: passing */
	{ "AADSTS50196", CAUSE_THROTTLED, NULL, "",
	  "the same request came too often; something asks for tokens in a loop", NULL },
	{ "AADSTS90033", CAUSE_TEMPORARY, NULL, "", "Entra ID has a passing failure", NULL },
	{ "AADSTS90024", CAUSE_TEMPORARY, NULL, "", "Entra ID has a passing failure", NULL },
	/* the metadata service */
	{ "IdentityNotFound", CAUSE_INVALID, "userAssignedIdentityID", "{identity}",
	  "no such identity is assigned to this machine",
	  "az vmss identity assign --identities RESOURCE-ID --name SCALE-SET --resource-group NODE-GROUP" },
	{ "MultipleIdentities", CAUSE_INVALID, "userAssignedIdentityID", "{identity}",
	  "several identities are assigned to this machine; set the client id of the one to use",
	  "az identity list --query '[].{name:name,clientId:clientId}' -o table" },
	{ "NoImds", CAUSE_TEMPORARY, "useManagedIdentityExtension", "true",
	  "no metadata service at {imds}: not on an Azure machine, or a network policy forbids pods to reach it",
	  NULL },
	/* Azure Resource Manager */
	{ "AuthorizationFailed", CAUSE_DENIED, "role", "{action}",
	  "the identity {object} may not do this; a new assignment takes some minutes",
	  NEW_ROLE },
	{ "LinkedAuthorizationFailed", CAUSE_DENIED, "role", "{action}",
	  "the identity may not use a resource that the record points to", NULL },
	{ "RequestDisallowedByPolicy", CAUSE_DENIED, NULL, "",
	  "an Azure Policy forbids it", "az policy assignment list --scope /subscriptions/{subscription}" },
	{ "InvalidAuthenticationTokenTenant", CAUSE_INVALID, "tenantId", "{tenant}",
	  "the token is of this tenant, but subscription {subscription} belongs to another",
	  "az account show --subscription {subscription} --query tenantId -o tsv" },
	{ "InvalidAuthenticationToken", CAUSE_INVALID, "resourceManagerAudience", "{resource}",
	  "{arm} does not take tokens for this audience: authority and endpoint are of different clouds",
	  NULL },
	{ "ExpiredAuthenticationToken", CAUSE_TEMPORARY, "clock", "",
	  "the token has expired; is this machine's clock right?", NULL },
	{ "AuthenticationFailed", CAUSE_INVALID, NULL, "",
	  "no token reached {arm}; a proxy on the way may have removed it", NULL },
	{ "ResourceGroupNotFound", CAUSE_MISSING, "resourceGroup", "{group}",
	  "no such resource group in subscription {subscription}; it must be the zones' group, not the nodes'",
	  "az network dns zone list --subscription {subscription} --query '[].id' -o tsv" },
	{ "SubscriptionNotFound", CAUSE_MISSING, "subscriptionId", "{subscription}",
	  "no such subscription, or the identity has no role in it",
	  "az account list --query '[].id' -o tsv" },
	{ "MissingSubscriptionRegistration", CAUSE_CONFLICT, "subscriptionId", "{subscription}",
	  "the subscription does not have Microsoft.Network registered",
	  "az provider register --namespace Microsoft.Network --subscription {subscription}" },
};
/* clang-format on */

static const struct row *
find_row(const char *code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].code, code) == 0)
			return &rows[i];
	return NULL;
}

enum cause
advice_cause(const char *code)
{
	const struct row *row = find_row(code);

	return row != NULL ? row->cause : CAUSE_NONE;
}

/* What stands between marker and the next quote in a refusal's text. */
static const char *
quoted(struct arena *arena, const char *text, const char *marker)
{
	const char *start = strstr(text, marker);

	if (start == NULL)
		return NULL;
	start += strlen(marker);
	return arena_copy_n(arena, start, strcspn(start, "'"));
}

/* The setting that {word} stands for; NULL: unset. */
static const char *
value_of(struct settings *settings, const char *text, const char *word)
{
	const struct options *options = &settings->options;
	const char *identity = options->identity_client_id;
	struct arena *arena = &settings->arena;

	if (identity == NULL)
		identity = options->identity_object_id;
	if (identity == NULL)
		identity = options->identity_resource_id;
	if (identity == NULL)
		identity = settings->file.identity_id;
	/* clang-format off */
	const struct { const char *word; const char *value; } words[] = {
		{ "tenant",       settings->tenant_id },
		{ "client",       settings->client_id },
		{ "subscription", settings->subscription_id },
		{ "group",        settings->resource_group },
		{ "authority",    settings->authority_host },
		{ "arm",          settings->arm_endpoint },
		{ "imds",         settings->imds_endpoint },
		{ "resource",     settings->resource },
		{ "file",         settings->token_file },
		{ "cert",         settings->cert_path },
		{ "identity",     identity },
		{ "issuer",       settings->federated.issuer },
		{ "subject",      settings->federated.subject },
		{ "audience",     settings->federated.audience },
		{ "object",       quoted(arena, text, "object id '") },
		{ "action",       quoted(arena, text, "action '") },
		{ "scope",        quoted(arena, text, "over scope '") },
	};
	/* clang-format on */

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].value;
	return NULL;
}

/* Replace `{word}`; braces around anything else stay as they are. */
static const char *
expand(struct settings *settings, const char *text, const char *template)
{
	struct text out = { 0 };
	const char *expanded;

	while (template != NULL && *template != '\0') {
		size_t n = *template == '{' ? strspn(template + 1,
						  "abcdefghijklmnopqrstuvwxyz")
					    : 0;

		if (n > 0 && template[n + 1] == '}') {
			const char *word =
			    arena_copy_n(&settings->arena, template + 1, n);
			const char *value = value_of(settings, text, word);

			text_add(&out, value != NULL ? value : "(unset)");
			template += n + 2;
		} else {
			text_add_char(&out, *template ++);
		}
	}
	expanded = template != NULL
		       ? arena_copy(&settings->arena, text_str(&out))
		       : NULL;
	text_done(&out);
	return expanded;
}

bool
advice_find(
    struct settings *settings, const struct error *err, struct advice *advice)
{
	const struct row *row = find_row(err->code);

	if (row == NULL)
		return false;
	advice->setting = row->setting;
	advice->value = expand(settings, err->text, row->value);
	advice->text = expand(settings, err->text, row->text);
	advice->command = expand(settings, err->text, row->command);
	return true;
}

static void
log_json(const struct error *err, const struct advice *advice)
{
	struct text out = { 0 };
	jv line = json_new_object();

	json_set_str(&line, "level", "error");
	json_set_str(&line, "tool", "aztoken");
	json_set_str(&line, "cause", error_cause_name(err->cause));
	json_set_str(&line, "code", *err->code != '\0' ? err->code : NULL);
	json_set_str(&line, "text", err->text);
	json_set_str(&line, "setting", advice->setting);
	json_set_str(&line, "value", advice->value);
	json_set_str(&line, "advice", advice->text);
	json_set_str(&line, "command", advice->command);
	json_print(&out, line);
	json_free(line);
	fprintf(stderr, "%s\n", text_str(&out));
	text_done(&out);
}

void
advice_log(struct settings *settings, const struct error *err, bool json)
{
	struct advice advice = { 0 };
	bool found = advice_find(settings, err, &advice);
	const char *setting = advice.setting;

	if (json) {
		log_json(err, &advice);
		return;
	}
	if (!found) {
		log_error("%s", err->text);
		return;
	}
	log_error("%s -- %s%s%s%s%s%s%s", err->text,
	    setting != NULL ? setting : "",
	    setting != NULL && *advice.value != '\0' ? " '" : "",
	    setting != NULL ? advice.value : "",
	    setting != NULL && *advice.value != '\0' ? "'" : "",
	    setting != NULL ? ": " : "", advice.text,
	    advice.command != NULL ? arena_format(&settings->arena,
					 "; mend with: %s", advice.command)
				   : "");
}
