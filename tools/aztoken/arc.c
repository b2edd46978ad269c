// SPDX-License-Identifier: ISC
/*
 * arc -- managed identity of a machine that Azure Arc manages.
 *
 * The agent answers the first request with 401 and names a file that only its
 * group may read; its content proves that we are on that machine. A file of
 * another folder, name or size is not sent, so that a false agent cannot make
 * us read one (Microsoft: "Authenticate against Azure resources with Azure
 * Arc-enabled servers").
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "aztoken.h"
#include "http.h"
#include "imds.h"

#define API_VERSION   "2020-06-01"
#define ENDPOINT      "http://127.0.0.1:40342/metadata/identity/oauth2/token"
#define KEY_FOLDER    "/var/opt/azcmagent/tokens/"
#define KEY_SUFFIX    ".key"
#define KEY_BYTES_MAX ((size_t)4096)
#define REALM         "Basic realm="
#define AUTHORIZATION "Authorization: Basic "

static bool
is_key_path(const char *path)
{
	size_t n = strlen(path);
	size_t n_folder = strlen(KEY_FOLDER);
	size_t n_suffix = strlen(KEY_SUFFIX);

	return strncmp(path, KEY_FOLDER, n_folder) == 0 &&
	       strchr(path + n_folder, '/') == NULL &&
	       n > n_folder + n_suffix &&
	       strcmp(path + n - n_suffix, KEY_SUFFIX) == 0;
}

/* The header that answers the challenge; wiped by the caller. */
static bool
read_key(const struct answer *answer, struct text *header, struct error *err)
{
	const struct http_answer view = { .headers = &answer->headers };
	struct text challenge = { 0 };
	const char *path;
	bool good = false;

	http_header(&view, "WWW-Authenticate", &challenge);
	path = text_str(&challenge);
	if (strncmp(path, REALM, strlen(REALM)) != 0 ||
	    !is_key_path(path + strlen(REALM))) {
		error_set(err, CAUSE_INVALID,
		    "the Arc agent answered status %ld without naming a key "
		    "file in " KEY_FOLDER,
		    answer->status);
	} else {
		path += strlen(REALM);
		text_reserve(header, KEY_BYTES_MAX + 64);
		text_add(header, AUTHORIZATION);
		good = text_read_file(header, path, KEY_BYTES_MAX);
		if (!good)
			error_set(err, CAUSE_INVALID,
			    "cannot read '%s': %s; run as a member of the "
			    "group himds",
			    path, strerror(errno));
	}
	text_done(&challenge);
	return good;
}

static bool
get(const struct way *way, struct settings *settings, struct token *token,
    struct error *err)
{
	const char *endpoint = getenv("IDENTITY_ENDPOINT");
	struct text header = { 0 };
	struct ask ask = {
		.headers = { "Metadata: true" },
		.local = true,
	};
	struct answer answer = { 0 };
	bool good;

	(void)way;
	if (endpoint == NULL || *endpoint == '\0')
		endpoint = ENDPOINT;
	ask.url = imds_url(settings, endpoint, API_VERSION);
	good = ask_run(settings, &ask, &answer, err);
	if (good && answer.status == 401) {
		good = read_key(&answer, &header, err);
		ask.headers[1] = text_str(&header);
		good = good && ask_run(settings, &ask, &answer, err);
	}
	text_wipe(&header);
	if (good)
		good = imds_decode(token, &answer, "the Arc agent", err);
	ask_done(&answer);
	return good;
}

const struct way way_azure_arc = { "azure-arc", get, NULL, NULL };
