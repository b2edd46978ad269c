// SPDX-License-Identifier: ISC
/*
 * cli -- the token of whoever is logged in with `az`, for a laptop.
 *
 * az is run without a shell; what it says on standard error goes to ours.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aztoken.h"
#include "clock.h"
#include "token.h"

#define AZ_MS           60000
#define TOKEN_BYTES_MAX ((size_t)1 << 20)

/* All that az prints until it closes its output; false: too slow or long. */
static bool
read_output(int fd, struct text *out)
{
	int64_t deadline_ms = clock_ms() + AZ_MS;
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	ssize_t n = 1;

	text_reserve(out, 1 << 14);
	while (n > 0 && out->n < TOKEN_BYTES_MAX) {
		int64_t left_ms = deadline_ms - clock_ms();

		if (left_ms <= 0 || poll(&ready, 1, (int)left_ms) == 0)
			return false;
		text_reserve(out, 4096);
		n = read(fd, out->data + out->n, 4096);
		if (n > 0)
			out->n += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	out->data[out->n] = '\0';
	return n == 0;
}

/* Start az with its standard output in *fd; 0 or errno. */
static int
start(char *const *argv, pid_t *pid, int *fd)
{
	posix_spawn_file_actions_t actions;
	int ends[2];
	int failure;

	if (pipe(ends) != 0)
		return errno;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	failure = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (failure != 0)
		close(ends[0]);
	*fd = ends[0];
	return failure;
}

static bool
run(char *const *argv, struct text *out, struct error *err)
{
	pid_t pid = -1;
	int fd = -1;
	int status = 0;
	int failure = start(argv, &pid, &fd);
	bool whole;

	if (failure != 0)
		return error_set(
		    err, CAUSE_INVALID, "cannot run az: %s", strerror(failure));
	whole = read_output(fd, out);
	close(fd);
	if (!whole)
		kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!whole)
		return error_set(err, CAUSE_TEMPORARY,
		    "az did not answer within %d s", AZ_MS / 1000);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return error_set(err, CAUSE_INVALID,
		    "az gave no token; log in with 'az login'");
	return true;
}

static bool
get(struct settings *settings, struct token *token, struct error *err)
{
	const char *words[] = { "az", "account", "get-access-token", "-o",
		"json", "--resource", settings->resource,
		settings->tenant_id != NULL ? "--tenant" : NULL,
		settings->tenant_id };
	char *argv[sizeof(words) / sizeof(words[0]) + 1] = { NULL };
	struct text out = { 0 };
	bool good;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		argv[i] = arena_copy(&settings->arena, words[i]);
	good = run(argv, &out, err) && token_decode(token, &out, "az", err);
	text_wipe(&out);
	return good;
}

const struct way way_azure_cli = { "azure-cli", get };
