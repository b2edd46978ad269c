// SPDX-License-Identifier: ISC
/*
 * session -- all watches over one connection: what they share.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access.h"
#include "line.h"
#include "message.h"

struct cluster;
struct watch;

struct session {
	const struct cluster *cluster;
	struct access access;
	struct line_writer out;
	struct watch *watches;
	size_t n;
	size_t n_asking;   /* requests under way that are no watch of events */
	int64_t heard_ms;  /* when the server last sent a byte */
	bool is_down;      /* it did not answer the last request */
	bool is_untrusted; /* its certificate was refused */
	bool is_stale;     /* the connection is to be thrown away */
	struct http_transfer *probe;
};

/* false: the credentials cannot work, err names the remedy. */
bool session_open(struct session *session, const struct cluster *cluster,
    struct watch *watches, size_t n, struct error *err);

/* Let things happen for at most a second. false: the reader of standard
 * output is gone. */
bool session_turn(struct session *session);

/* true once each kind has its mark. */
bool session_is_marked(const struct session *session);

/* Say the state of the kind of watch: the worst of all watches of it, when
 * each has one. */
void session_mark(struct session *session, const struct watch *watch);

/* A request was answered, or it was not and err says why. */
void session_on_answer(struct session *session);
void session_on_silence(struct session *session, const struct error *err);

/* Close the connections; what was not flushed is lost. */
void session_close(struct session *session);

#endif
