// SPDX-License-Identifier: ISC
/* child_test -- what a child sees, says, and how it ends. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "arena.h"
#include "child.h"
#include "strlist.h"
#include "tap.h"
#include "text.h"

static struct arena arena;

/* Run a shell line; its output, its status in *status. */
static void
run(const char *line, const struct strlist *env, struct text *out, int *status)
{
	struct strlist argv = { 0 };
	struct child child;
	bool is_read;

	strlist_add(&argv, &arena, "sh");
	strlist_add(&argv, &arena, "-c");
	strlist_add(&argv, &arena, line);
	text_reset(out);
	if (child_start(&child, &argv, env) != 0)
		return;
	is_read = child_read(&child, out, 1000, 200);
	*status = child_end(&child, is_read ? 0 : SIGKILL);
}

int
main(void)
{
	struct strlist env = { 0 };
	struct strlist none = { 0 };
	struct text out = { 0 };
	struct child child;
	int status = 0;

	run("echo said; exit 3", NULL, &out, &status);
	tap_check(text_equal(text_str(&out), "said\n") && status == 3,
	    "what it prints and its status", "");
	run("cat; kill -TERM $$", NULL, &out, &status);
	tap_check(out.n == 0 && status == 128 + SIGTERM,
	    "no input, and the signal that ended it", "");
	strlist_add(&env, &arena, "ONLY=this");
	run("echo $ONLY$HOME", &env, &out, &status);
	tap_check(text_equal(text_str(&out), "this\n"),
	    "nothing but the variables that it was given", "");
	run("tail -f /dev/null & tail -f /dev/null", NULL, &out, &status);
	tap_check(status == 128 + SIGKILL, "its group ends with it", "");
	run("yes", NULL, &out, &status);
	tap_check(status != 0, "who never stops talking is ended", "");
	strlist_add(&none, &arena, "/nonexistent");
	tap_check(child_start(&child, &none, NULL) == ENOENT,
	    "a program that is not there", "");
	tap_check(
	    child_is_set(&env, "ONLY=other") && !child_is_set(&env, "ON=this"),
	    "a variable is told by its whole name", "");
	text_done(&out);
	arena_done(&arena);
	return tap_end();
}
