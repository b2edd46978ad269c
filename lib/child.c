// SPDX-License-Identifier: ISC
/* child -- see child.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "child.h"
#include "clock.h"
#include "strlist.h"
#include "text.h"

#define READ_BYTES 4096

/* A NULL-terminated array of texts, as execve wants them. */
static char **
vector(struct arena *arena, const struct strlist *list)
{
	char **items = arena_alloc(arena, (list->n + 1) * sizeof(*items));

	for (size_t i = 0; i < list->n; i++)
		items[i] = arena_copy(arena, list->items[i]);
	return items;
}

/* The child ignores and blocks nothing, whatever we do. */
static void
init_attributes(posix_spawnattr_t *attributes)
{
	sigset_t pipe, none;

	(void)sigemptyset(&none);
	(void)sigemptyset(&pipe);
	(void)sigaddset(&pipe, SIGPIPE);
	(void)posix_spawnattr_init(attributes);
	(void)posix_spawnattr_setsigmask(attributes, &none);
	(void)posix_spawnattr_setsigdefault(attributes, &pipe);
	(void)posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
						       POSIX_SPAWN_SETSIGMASK |
						       POSIX_SPAWN_SETSIGDEF);
}

int
child_start(
    struct child *child, const struct strlist *argv, const struct strlist *env)
{
	struct arena arena = { 0 };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int ends[2];
	int failed;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return errno;
	init_attributes(&attributes);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(
	    &actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(
	    &actions, ends[1], STDOUT_FILENO);
	failed = posix_spawnp(&child->pid, argv->items[0], &actions,
	    &attributes, vector(&arena, argv),
	    env != NULL ? vector(&arena, env) : environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	arena_done(&arena);
	(void)close(ends[1]);
	child->fd = ends[0];
	if (failed != 0)
		(void)close(ends[0]);
	return failed;
}

bool
child_read(
    struct child *child, struct text *out, size_t bytes_max, int64_t limit_ms)
{
	int64_t end_ms = clock_ms() + limit_ms;
	struct pollfd ready = { .fd = child->fd, .events = POLLIN };
	int64_t left_ms;
	ssize_t n;

	while ((left_ms = end_ms - clock_ms()) > 0 && out->n < bytes_max) {
		/* A moment at a time: the clock may jump. */
		if (poll(&ready, 1, left_ms < 1000 ? (int)left_ms : 1000) <= 0)
			continue;
		n = read(child->fd, text_reserve(out, READ_BYTES), READ_BYTES);
		if (n == 0)
			return true;
		if (n > 0)
			out->n += (size_t)n;
	}
	return false;
}

int
child_end(struct child *child, int signal_number)
{
	int status = 0;

	(void)close(child->fd);
	if (signal_number != 0)
		(void)kill(-child->pid, signal_number);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool
child_is_set(const struct strlist *env, const char *variable)
{
	size_t n = strcspn(variable, "=") + 1;

	for (size_t i = 0; i < env->n; i++)
		if (strncmp(env->items[i], variable, n) == 0)
			return true;
	return false;
}
