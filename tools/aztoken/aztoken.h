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
};

/* One way to a token. */
struct way {
	const char *name; /* as --credential takes it */
	bool (*get)(
	    struct settings *settings, struct token *token, struct error *err);
};

extern const struct way way_workload_identity;
extern const struct way way_managed_identity;
extern const struct way way_client_secret;
extern const struct way way_client_certificate;
extern const struct way way_azure_arc;
extern const struct way way_azure_cli;

/* -- choose --------------------------------------------------------------- */

extern const char *const choose_names[]; /* "auto", then the ways */

/* Put the settings together; false: CAUSE_INVALID, err says what to set. */
bool choose_settings(struct settings *settings, const struct options *options,
    struct error *err);

/* Wipe the secrets and give all memory back. */
void choose_done(struct settings *settings);

/* The way that external-dns would go, or that --credential names; NULL with
 * err if there is none. reason becomes the sentence that tells why. */
const struct way *choose_way(
    struct settings *settings, const char **reason, struct error *err);

/* A URL in the arena without slash at its end; NULL gives NULL. */
const char *choose_url(struct settings *settings, const char *url);

/* false with err naming what to set if value is NULL. */
bool choose_need(const char *value, const char *what, struct error *err);

/* -- cloud ---------------------------------------------------------------- */

/* Ask the cloud for the authority and audience that azure.json leaves out. */
bool cloud_complete(struct settings *settings, struct error *err);

/* -- ask ------------------------------------------------------------------ */

/* One request and when to send it again. */
struct ask {
	const char *method;
	const char *url;
	const char *headers[4]; /* NULL ends them */
	const struct text *body;
	bool local; /* on this host or link: no proxy, a short connect time */
	const int *delays_s; /* before each further try; 0 ends them */
	bool (*again)(long status);
};

struct answer {
	long status;
	struct text headers;
	struct text body; /* wiped by ask_done */
	int64_t retry_after_ms;
	int64_t skew_s; /* our clock less the Date header; 0 if not said */
};

/* false: no answer at all, err says why. Statuses are not judged. */
bool ask_run(const struct settings *settings, const struct ask *ask,
    struct answer *answer, struct error *err);
void ask_done(struct answer *answer);

/* 408, 429, 5xx. */
bool ask_again_by_default(long status);

/* Append `&name=value`, or without & when out is empty, form-encoded. */
void ask_add_field(struct text *out, const char *name, const char *value);

/* -- token ---------------------------------------------------------------- */

/* Read the JSON of a token answer (of Entra, IMDS or az). */
bool token_decode(struct token *token, const struct text *body,
    const char *source, struct error *err);

/* Write it to standard output as `az account get-access-token` does. */
bool token_print(const struct token *token, const struct settings *settings,
    struct error *err);

/* A member of the claims of a JWT, not verified; NULL: absent. Numbers come
 * as text, of a list the first. */
const char *token_claim(struct arena *arena, const char *jwt, const char *name);

/* -- entra ---------------------------------------------------------------- */

/* The token endpoint of the tenant. */
const char *entra_endpoint(struct settings *settings);

/* Client credentials with the field that proves who we are: client_secret or
 * client_assertion (then the assertion's type is sent, too). */
bool entra_get(struct settings *settings, const char *field,
    const struct secret *proof, struct token *token, struct error *err);

/* -- workload ------------------------------------------------------------- */

/* The federated token as it stands in its file now; fills settings->federated.
 * NULL with err. */
struct secret *workload_read(struct settings *settings, struct error *err);

/* -- imds ----------------------------------------------------------------- */

/* GET of an identity endpoint: the query for our resource and identity. */
const char *imds_url(
    struct settings *settings, const char *endpoint, const char *api_version);

/* Judge an answer of IMDS or of Arc's agent. */
bool imds_decode(struct token *token, const struct answer *answer,
    const char *source, struct error *err);

/* -- certificate ---------------------------------------------------------- */

/* A line about the certificate file; false with err if it cannot serve. */
bool certificate_check(
    struct settings *settings, struct text *about, struct error *err);

/* -- advice --------------------------------------------------------------- */

/* What a person should do about an error. */
struct advice {
	const char *setting; /* the one at fault, or NULL */
	const char *value;   /* its present value, "" if unset */
	const char *text;
	const char *command; /* that mends it, or NULL */
};

/* The cause that an AADSTS number stands for; CAUSE_NONE: not known. */
enum cause advice_cause(const char *code);

/* Look err->code up; false: nothing to say. Texts live in the arena. */
bool advice_find(
    struct settings *settings, const struct error *err, struct advice *advice);

/* Log err with its advice, as one line; json: as one object. */
void advice_log(struct settings *settings, const struct error *err, bool json);

/* -- arm ------------------------------------------------------------------ */

/* GET a path below the ARM endpoint; false: refused or no answer. The caller
 * ends answer in any case. */
bool arm_read(struct settings *settings, const struct secret *access,
    const char *path, struct answer *answer, struct error *err);

/* -- check ---------------------------------------------------------------- */

/* Walk the whole chain, one line per step on standard output. */
int check_run(const struct options *options, const char *provider);

#endif
