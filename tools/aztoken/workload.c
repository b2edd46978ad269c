// SPDX-License-Identifier: ISC
/*
 * workload -- workload identity: the service account's token is the proof.
 *
 * The kubelet replaces the projected token at 80 % of its life by renaming a
 * directory, so the file is opened anew for every request. A token that has
 * expired is not sent: Entra's answer to it names the symptom only.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aztoken.h"
#include "choose.h"
#include "clock.h"
#include "entra.h"
#include "secret.h"
#include "token.h"

#define TOKEN_BYTES_MAX ((size_t)64 << 10)

static bool
read_claims(struct settings *settings, const char *jwt, struct error *err)
{
	struct federated *federated = &settings->federated;
	const char *expires = token_claim(&settings->arena, jwt, "exp");

	federated->issuer = token_claim(&settings->arena, jwt, "iss");
	federated->subject = token_claim(&settings->arena, jwt, "sub");
	federated->audience = token_claim(&settings->arena, jwt, "aud");
	federated->expires_s = expires != NULL ? strtoll(expires, NULL, 10) : 0;
	if (federated->issuer == NULL || federated->subject == NULL ||
	    federated->audience == NULL)
		return error_set(err, CAUSE_INVALID,
		    "'%s' holds no service account token (a JWT with iss, sub "
		    "and aud)",
		    settings->token_file);
	if (federated->expires_s > 0 && federated->expires_s <= clock_unix_s())
		return error_set(err, CAUSE_TEMPORARY,
		    "'%s': the service account token expired %lld s ago; the "
		    "kubelet should have replaced it, or this machine's clock "
		    "is wrong",
		    settings->token_file,
		    (long long)(clock_unix_s() - federated->expires_s));
	return true;
}

static struct secret *
prove(struct settings *settings, struct text *about, struct error *err)
{
	const struct federated *federated = &settings->federated;
	struct text file = { 0 };
	struct secret *proof = NULL;

	if (!choose_need(settings->token_file,
		"AZURE_FEDERATED_TOKEN_FILE is not set: label the pod "
		"azure.workload.identity/use: \"true\" and see that the "
		"workload identity webhook runs",
		err))
		return NULL;
	if (!text_read_file(&file, settings->token_file, TOKEN_BYTES_MAX)) {
		error_set(err, CAUSE_INVALID,
		    "cannot read the service account token '%s': %s; is the "
		    "pod labelled azure.workload.identity/use: \"true\"?",
		    settings->token_file, strerror(errno));
		return NULL;
	}
	while (file.n > 0 && strchr("\r\n \t", file.data[file.n - 1]) != NULL)
		file.data[--file.n] = '\0';
	if (read_claims(settings, text_str(&file), err))
		proof = secret_new(text_str(&file), file.n);
	if (proof != NULL && about != NULL)
		text_format(about,
		    "%s: issuer %s, subject %s, audience %s, %lld s left",
		    settings->token_file, federated->issuer, federated->subject,
		    federated->audience,
		    (long long)(federated->expires_s - clock_unix_s()));
	text_wipe(&file);
	return proof;
}

const struct way way_workload_identity = { "workload-identity", entra_get,
	"client_assertion", prove };
