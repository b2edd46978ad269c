// SPDX-License-Identifier: ISC
/*
 * aztoken -- what its parts share: the settings, a token, a way to get one.
 *
 * All texts live in the settings' arena, until choose_done.
 */
#ifndef AZTOKEN_H
#define AZTOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "azurejson.h"
#include "error.h"
#include "text.h"

struct secret;

/* What was said on the command line. NULL: nothing. */
struct options {
	const char *file; /* azure.json */
	int credential;   /* index into choose_names */
	const char *tenant_id;
	const char *subscription_id;
	const char *resource_group;
	const char *identity_client_id;
	const char *identity_object_id;
	const char *identity_resource_id;
	const char *arm_endpoint;
	const char *authority_host;
	const char *imds_endpoint;
	int64_t retry_ms; /* how long to try again */
	bool rs256;
	bool send_chain;
};

/* What a federated token says of itself, for checks and advice. */
struct federated {
	const char *issuer;
	const char *subject;
	const char *audience;
	int64_t expires_s;
};

/* Options, azure.json and environment put together. NULL: nowhere said. */
struct settings {
	struct arena arena;
	struct azurejson file;
	struct options options;
	const char *tenant_id;
	const char *client_id;
	const char *subscription_id;
	const char *resource_group;
	const char *token_file;
	const char *cert_path;
	struct secret *client_secret;
	bool has_file_secret; /* it stands in azure.json */
	struct secret *cert_password;
	const char *authority_host; /* this and below without trailing slash */
	const char *arm_endpoint;
	const char *imds_endpoint;
	const char *resource; /* the audience that a token is for */
	const char *claims;   /* a challenge to answer, as JSON text */
	struct federated federated;
	int64_t deadline_ms; /* of clock_ms: no new try after it */
};

struct token {
	struct secret *access;
	int64_t expires_s; /* since 1970 */
	int64_t refresh_s; /* likewise; 0: the issuer does not say */
};

/* One way to a token. Those by Entra ID need a tenant and a client, and prove
 * that they are this client. */
struct way {
	const char *name; /* as --credential takes it */
	bool (*get)(const struct way *way, struct settings *settings,
	    struct token *token, struct error *err);
	const char *field; /* of the token request, that holds the proof */
	/* The proof, and a line about it; NULL with err. Of other ways NULL. */
	struct secret *(*prove)(
	    struct settings *settings, struct text *about, struct error *err);
};

extern const struct way way_workload_identity;
extern const struct way way_managed_identity;
extern const struct way way_client_secret;
extern const struct way way_client_certificate;
extern const struct way way_azure_arc;
extern const struct way way_azure_cli;

#endif
