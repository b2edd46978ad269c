// SPDX-License-Identifier: ISC
/*
 * advice -- known refusals, the setting at fault and the command that mends it.
 *
 * One row per AADSTS number of Entra ID, per answer of the metadata service
 * and per code of Azure Resource Manager that users meet. In value, text and
 * command `{word}` stands for a setting as it is now; {object}, {action},
 * {linkedaction} and {linked} are read from the refusal's own text. Codes of
 * our own stand for refusals that name none: see entra.c and imds.c.
 *
 * Sources: Microsoft's list of AADSTS codes, azwi's troubleshooting guide,
 * ARM's error reference.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "advice.h"
#include "aztoken.h"
#include "choose.h"
#include "clock.h"
#include "count.h"
#include "json.h"
#include "log.h"
#include "secret.h"

struct row {
	const char *code;
	enum cause cause; /* CAUSE_NONE: as the status says */
	const char *setting;
	const char *value;
	const char *text;
	const char *command;
};

/* clang-format off */
#define NEW_SECRET "az ad app credential reset --id {client} --append"
#define NEW_CERTIFICATE NEW_SECRET " --cert @{cert}"
#define NEW_FEDERATED \
	"az identity federated-credential create --name external-dns --identity-name NAME " \
	"--resource-group GROUP --issuer {issuer} --subject {subject} --audiences {audience}"
#define NEW_ROLE \
	"az role assignment create --role \"{role}\" --assignee-object-id {object} " \
	"--assignee-principal-type ServicePrincipal --scope "
#define SHOW_TENANT "az account show --query tenantId -o tsv"
#define SHOW_APPLICATION "az ad sp show --id {client} --query appOwnerOrganizationId"
#define SHOW_LOGIN "az cloud show --query endpoints.activeDirectory -o tsv"
#define SHOW_AUDIENCE "az cloud show --query endpoints.activeDirectoryResourceId -o tsv"
#define SHOW_ARM "az cloud show --query endpoints.resourceManager -o tsv"
#define SHOW_CLOCKS "curl -sI {authority} | grep -i ^date; date -u"
#define TRY_LOGIN "curl -v {authority}/{tenant}/v2.0/.well-known/openid-configuration"
#define TRY_IMDS "curl -v -H Metadata:true '{imds}/metadata/instance?api-version=2021-02-01'"

#define PASSING "Entra ID has a passing failure"
#define UNKNOWN_RESOURCE \
	"this resource is not known in tenant {tenant}: wrong cloud or wrong tenant"
#define UNKNOWN_VERSION \
	"this endpoint does not serve the DNS API that is asked for: is it of the right cloud?"
#define TOO_MANY "more requests than Azure takes; who else works with this subscription?"

static const struct row rows[] = {
	/* Entra ID: who we say we are */
	{ "AADSTS7000215", CAUSE_INVALID, "aadClientSecret", "{secret}", "the client secret is wrong; often the secret's id was copied instead of its value", NEW_SECRET },
	{ "AADSTS7000222", CAUSE_INVALID, "aadClientSecret", "{secret}", "the client secret has expired", NEW_SECRET },
	{ "AADSTS7000218", CAUSE_INVALID, "aadClientSecret", "{secret}", "neither a secret nor an assertion reached Entra ID", NEW_SECRET },
	{ "AADSTS700016", CAUSE_INVALID, "client id", "{client}", "no application of this client id in tenant {tenant}: one of the two is wrong, or it is an object id", SHOW_APPLICATION },
	{ "AADSTS90002", CAUSE_INVALID, "tenant", "{tenant}", "no such tenant at {authority}: wrong id or wrong cloud", SHOW_TENANT },
	{ "AADSTS900023", CAUSE_INVALID, "tenant", "{tenant}", "the tenant is neither a GUID nor a domain name", SHOW_TENANT },
	/* Entra ID: the assertion of a certificate */
	{ "AADSTS700027", CAUSE_INVALID, "aadClientCertPath", "{cert}", "this certificate is not registered with the application {client}, or the key is another one's", NEW_CERTIFICATE },
	{ "AADSTS700021", CAUSE_INVALID, "client id", "{client}", "the assertion was made for another client id", SHOW_APPLICATION },
	{ "AADSTS700023", CAUSE_INVALID, "authority host", "{authority}", "the assertion was made for another token endpoint", SHOW_LOGIN },
	{ "AADSTS700024", CAUSE_TEMPORARY, "clock or token file", "{file}", "the assertion is outside its time of validity: the projected token has expired, or this machine's clock is wrong", SHOW_CLOCKS },
	{ "AADSTS50027", CAUSE_INVALID, "token file", "{file}", "the assertion is no well-formed JWT", "cut -d. -f2 {file} | base64 -d" },
	/* Entra ID: federated credentials */
	{ "AADSTS70021", CAUSE_INVALID, "federated credential", "{subject}", "no federated credential of {client} fits issuer '{issuer}', subject '{subject}', audience '{audience}'", NEW_FEDERATED },
	{ "AADSTS700211", CAUSE_INVALID, "issuer", "{issuer}", "no federated credential of {client} has this issuer (compare with the cluster's OIDC issuer, slash at the end included)", NEW_FEDERATED },
	{ "AADSTS700212", CAUSE_INVALID, "audience", "{audience}", "no federated credential of {client} has this audience (it must be api://AzureADTokenExchange in the public cloud)", NEW_FEDERATED },
	{ "AADSTS700213", CAUSE_INVALID, "subject", "{subject}", "no federated credential of {client} has this subject: namespace or name of the service account differ", NEW_FEDERATED },
	{ "AADSTS90061", CAUSE_TEMPORARY, "issuer", "{issuer}", "Entra ID could not fetch the cluster's OIDC documents", "curl {issuer}/.well-known/openid-configuration" },
	/* Entra ID: what we ask for */
	{ "AADSTS70011", CAUSE_INVALID, "resourceManagerAudience", "{resource}", "Entra ID does not know this scope", SHOW_AUDIENCE },
	{ "AADSTS1002012", CAUSE_INVALID, "resourceManagerAudience", "{resource}", "the scope has no form that client credentials may ask for", SHOW_AUDIENCE },
	{ "AADSTS500011", CAUSE_INVALID, "resourceManagerAudience", "{resource}", UNKNOWN_RESOURCE, SHOW_AUDIENCE },
	{ "AADSTS50001", CAUSE_INVALID, "resourceManagerAudience", "{resource}", UNKNOWN_RESOURCE, SHOW_AUDIENCE },
	{ "AADSTS900144", CAUSE_INVALID, "HTTPS_PROXY", "{proxy}", "a field is missing in the request; a proxy on the way may have changed it", TRY_LOGIN },
	/* Entra ID: passing */
	{ "AADSTS50196", CAUSE_THROTTLED, "client id", "{client}", "the same request came too often; something asks for tokens in a loop", NULL },
	{ "EntraThrottled", CAUSE_THROTTLED, "client id", "{client}", "Entra ID takes fewer requests than come from this client or tenant", NULL },
	{ "AADSTS90033", CAUSE_TEMPORARY, "authority host", "{authority}", PASSING, TRY_LOGIN },
	{ "AADSTS90024", CAUSE_TEMPORARY, "authority host", "{authority}", PASSING, TRY_LOGIN },
	{ "temporarily_unavailable", CAUSE_TEMPORARY, "authority host", "{authority}", PASSING, TRY_LOGIN },
	{ "EntraFailed", CAUSE_TEMPORARY, "authority host", "{authority}", PASSING, TRY_LOGIN },
	/* the metadata service */
	{ "IdentityNotFound", CAUSE_INVALID, "userAssignedIdentityID", "{identity}", "no such identity is assigned to this machine", "az vmss identity assign --identities RESOURCE-ID --name SCALE-SET --resource-group NODE-GROUP" },
	{ "MultipleIdentities", CAUSE_INVALID, "userAssignedIdentityID", "{identity}", "several identities are assigned to this machine; set the client id of the one to use", "az identity list --query '[].{name:name,clientId:clientId}' -o table" },
	{ "bad_request_102", CAUSE_INVALID, "imds endpoint", "{imds}", "the request arrived without its header; a proxy or sidecar on the way removes it", TRY_IMDS },
	{ "ImdsUpdating", CAUSE_TEMPORARY, "imds endpoint", "{imds}", "the machine's agent is being updated, which takes up to three minutes", TRY_IMDS },
	{ "ImdsThrottled", CAUSE_THROTTLED, "imds endpoint", "{imds}", "the machine asks more often than its metadata service takes", NULL },
	{ "ImdsFailed", CAUSE_TEMPORARY, "imds endpoint", "{imds}", "the metadata service has a passing failure", TRY_IMDS },
	{ "NoImds", CAUSE_TEMPORARY, "imds endpoint", "{imds}", "no metadata service there: not on an Azure machine, or a network policy forbids pods to reach it", TRY_IMDS },
	/* Azure Resource Manager */
	{ "AuthorizationFailed", CAUSE_DENIED, "role", "{action}", "the identity {object} may not do this; a new assignment takes some minutes", NEW_ROLE "/subscriptions/{subscription}/resourceGroups/{group}" },
	{ "LinkedAuthorizationFailed", CAUSE_DENIED, "role", "{linkedaction}", "the identity {object} may not do this with a resource that the record points to", "az role assignment create --role Reader --assignee-object-id {object} --scope {linked}" },
	{ "RequestDisallowedByPolicy", CAUSE_DENIED, "subscriptionId", "{subscription}", "an Azure Policy forbids it", "az policy assignment list --scope /subscriptions/{subscription}" },
	{ "InvalidAuthenticationTokenTenant", CAUSE_INVALID, "tenantId", "{tenant}", "the token is of this tenant, but subscription {subscription} belongs to another", "az account show --subscription {subscription} --query tenantId -o tsv" },
	{ "InvalidAuthenticationToken", CAUSE_INVALID, "resourceManagerAudience", "{resource}", "{arm} does not take tokens for this audience: authority and endpoint are of different clouds", SHOW_AUDIENCE },
	{ "ExpiredAuthenticationToken", CAUSE_TEMPORARY, "clock", "{now}", "the token has expired; is this machine's clock right?", SHOW_CLOCKS },
	{ "AuthenticationFailed", CAUSE_INVALID, "HTTPS_PROXY", "{proxy}", "no token reached {arm}; a proxy on the way may have removed it", "curl -v {arm}/metadata/endpoints?api-version=2022-09-01" },
	{ "ResourceGroupNotFound", CAUSE_MISSING, "resourceGroup", "{group}", "no such resource group in subscription {subscription}; it must be the zones' group, not the nodes'", "az network dns zone list --subscription {subscription} --query '[].id' -o tsv" },
	{ "SubscriptionNotFound", CAUSE_MISSING, "subscriptionId", "{subscription}", "no such subscription, or the identity has no role in it", "az account list --query '[].id' -o tsv" },
	{ "InvalidSubscriptionId", CAUSE_INVALID, "subscriptionId", "{subscription}", "the subscription is no GUID", "az account list --query '[].id' -o tsv" },
	{ "MissingSubscriptionRegistration", CAUSE_CONFLICT, "subscriptionId", "{subscription}", "the subscription does not have Microsoft.Network registered", "az provider register --namespace Microsoft.Network --subscription {subscription}" },
	{ "InvalidResourceType", CAUSE_INVALID, "resourceManagerEndpoint", "{arm}", UNKNOWN_VERSION, SHOW_ARM },
	{ "NoRegisteredProviderFound", CAUSE_INVALID, "resourceManagerEndpoint", "{arm}", UNKNOWN_VERSION, SHOW_ARM },
	{ "SubscriptionRequestsThrottled", CAUSE_THROTTLED, "subscriptionId", "{subscription}", TOO_MANY, NULL },
	{ "ResourceRequestsThrottled", CAUSE_THROTTLED, "subscriptionId", "{subscription}", TOO_MANY, NULL },
};
/* clang-format on */

static const struct row *
find_row(const char *code)
{
	for (size_t i = 0; i < COUNT(rows); i++)
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

/* As much of the secret as may be told: its size and its form. */
static const char *
about_secret(struct arena *arena, const struct secret *secret)
{
	if (secret == NULL)
		return NULL;
	return arena_format(arena, "(%zu characters%s)", secret_size(secret),
	    choose_is_guid(secret_bytes(secret)) ? ", in the form of an id"
						 : "");
}

/* The proxy of the environment without its password. */
static const char *
about_proxy(void)
{
	const char *proxy = getenv("HTTPS_PROXY");
	const char *at;

	if (proxy == NULL)
		proxy = getenv("https_proxy");
	at = proxy != NULL ? strrchr(proxy, '@') : NULL;
	return at != NULL ? at + 1 : proxy;
}

static const char *
about_now(struct arena *arena)
{
	time_t now_s = clock_unix_s();
	struct tm tm;
	char text[32];

	strftime(text, sizeof(text), "%FT%TZ", gmtime_r(&now_s, &tm));
	return arena_copy(arena, text);
}

static const char *
about_identity(const struct settings *settings)
{
	const struct options *options = &settings->options;

	if (options->identity_client_id != NULL)
		return options->identity_client_id;
	if (options->identity_object_id != NULL)
		return options->identity_object_id;
	if (options->identity_resource_id != NULL)
		return options->identity_resource_id;
	return settings->file.identity_id;
}

/* The setting that {word} stands for; NULL: unset. */
static const char *
value_of(struct settings *settings, const char *text, const char *word)
{
	struct arena *arena = &settings->arena;
	const char *action = quoted(arena, text, "action '");
	bool is_private = action != NULL && strcasestr(action, "/private");
	/* clang-format off */
	const struct { const char *word; const char *value; } words[] = {
		{ "tenant",       settings->tenant_id },
		{ "client",       settings->client_id },
		{ "secret",       about_secret(arena, settings->client_secret) },
		{ "subscription", settings->subscription_id },
		{ "group",        settings->resource_group },
		{ "authority",    settings->authority_host },
		{ "arm",          settings->arm_endpoint },
		{ "imds",         settings->imds_endpoint },
		{ "resource",     settings->resource },
		{ "file",         settings->token_file },
		{ "cert",         settings->cert_path },
		{ "identity",     about_identity(settings) },
		{ "proxy",        about_proxy() },
		{ "now",          about_now(arena) },
		{ "issuer",       settings->federated.issuer },
		{ "subject",      settings->federated.subject },
		{ "audience",     settings->federated.audience },
		{ "object",       quoted(arena, text, "object id '") },
		{ "action",       action },
		{ "linkedaction", quoted(arena, text, "action(s) '") },
		{ "linked",       quoted(arena, text, "linked scope(s) '") },
		{ "role", is_private ? "Private DNS Zone Contributor"
		                     : "DNS Zone Contributor" },
	};
	/* clang-format on */

	for (size_t i = 0; i < COUNT(words); i++)
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

static const char *const causes[] = {
	[CAUSE_NONE] = "none",
	[CAUSE_TEMPORARY] = "temporary",
	[CAUSE_THROTTLED] = "throttled",
	[CAUSE_DENIED] = "denied",
	[CAUSE_MISSING] = "missing",
	[CAUSE_CONFLICT] = "conflict",
	[CAUSE_INVALID] = "invalid",
};

static void
log_json(const struct error *err, const struct advice *advice)
{
	struct text out = { 0 };
	jv line = json_new_object();

	json_set_str(&line, "level", "error");
	json_set_str(&line, "tool", "aztoken");
	json_set_str(&line, "cause", causes[err->cause]);
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

	if (json)
		log_json(err, &advice);
	else if (!found)
		log_error("%s", err->text);
	else
		log_error("%s -- %s '%s': %s%s%s", err->text, advice.setting,
		    advice.value, advice.text,
		    advice.command != NULL ? "; mend with: " : "",
		    advice.command != NULL ? advice.command : "");
}
