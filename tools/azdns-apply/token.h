// SPDX-License-Identifier: ISC
/* token -- the bearer token, obtained by running --token-command. */
#ifndef TOKEN_H
#define TOKEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "child.h"
#include "strlist.h"
#include "text.h"

struct arena;

struct token {
	struct strlist argv; /* of the command */
	struct strlist env;  /* what it may see */
	struct text value;   /* the token; empty: none is held */
	unsigned generation; /* counts the tokens obtained */
	int64_t expires_ms;  /* on the clock of clock_ms */
	int64_t refused_ms;  /* when one was last asked for after a 401, or 0 */
	int64_t next_ms;     /* when the command is to run (again) */
	int tries;           /* failures in a row */
	struct child child;  /* its fd is -1 while it does not run */
	bool is_running;
	int64_t started_ms;
	struct text output;
	char *claims;     /* a challenge to hand over, or NULL */
	bool is_hopeless; /* exit 2 while no valid token is held */
};

/*
 * command is split at blanks; settings are `NAME=value` for the command's
 * environment, besides what it needs of ours.
 */
void token_init(struct token *token, struct arena *arena, const char *command,
    const struct strlist *settings);

/* Start, kill or judge the command as time demands. */
void token_tick(struct token *token, int64_t now_ms);

/* Output or the end of it is there on fd. */
void token_read(struct token *token, int64_t now_ms);

/* A token that is still good, or NULL. */
const char *token_value(const struct token *token, int64_t now_ms);

/*
 * The token of this generation was refused (401): a new one is asked for, at
 * once or 30 s after the last that was. claims: the challenge, or NULL.
 */
void token_refused(struct token *token, unsigned generation, const char *claims,
    int64_t now_ms);

/* End the command if it runs. */
void token_done(struct token *token);

#endif
