// SPDX-License-Identifier: ISC
/*
 * cli -- the token of whoever is logged in with `az`, for a laptop.
 *
 * az is run without a shell; what it says on standard error goes to ours.
 */
#include <signal.h>
#include <string.h>

#include "aztoken.h"
#include "child.h"
#include "count.h"
#include "strlist.h"
#include "token.h"

#define AZ_MS           60000
#define TOKEN_BYTES_MAX ((size_t)1 << 20)

static bool
run(const struct strlist *argv, struct text *out, struct error *err)
{
	struct child child;
	int failure = child_start(&child, argv, NULL);
	bool whole;
	int status;

	if (failure != 0)
		return error_set(
		    err, CAUSE_INVALID, "cannot run az: %s", strerror(failure));
	whole = child_read(&child, out, TOKEN_BYTES_MAX, AZ_MS);
	status = child_end(&child, whole ? 0 : SIGTERM);
	if (!whole)
		return error_set(err, CAUSE_TEMPORARY,
		    "az did not answer within %d s", AZ_MS / 1000);
	return status == 0 || error_set(err, CAUSE_INVALID,
				  "az gave no token; log in with 'az login'");
}

static bool
get(const struct way *way, struct settings *settings, struct token *token,
    struct error *err)
{
	const char *words[] = { "az", "account", "get-access-token", "-o",
		"json", "--resource", settings->resource };
	struct strlist argv = { words, COUNT(words) };
	struct strlist all = { 0 };
	struct text out = { 0 };
	bool good;

	(void)way;
	strlist_add_all(&all, &settings->arena, &argv);
	if (settings->tenant_id != NULL) {
		strlist_add(&all, &settings->arena, "--tenant");
		strlist_add(&all, &settings->arena, settings->tenant_id);
	}
	good = run(&all, &out, err) && token_decode(token, &out, "az", err);
	text_wipe(&out);
	return good;
}

const struct way way_azure_cli = { "azure-cli", get, NULL, NULL };
