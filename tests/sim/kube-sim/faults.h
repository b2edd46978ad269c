// SPDX-License-Identifier: ISC
/* faults -- answers that go wrong because a test has asked for it. */
#ifndef FAULTS_H
#define FAULTS_H

#include "call.h"
#include "serve.h"

struct fault {
	char *
	    resource; /* "services", "ingresses.networking.k8s.io"; NULL: all */
	char *verb;   /* NULL: all */
	int64_t left; /* requests still to spoil; -1: without end */
	int64_t skip; /* requests to let pass before each of them */
	int64_t passed;  /* since the last one */
	unsigned status; /* 0: answered as usual, after hang and before cut */
	int64_t retry_after_s; /* -1: no such header */
	bool plain;            /* text/plain instead of a Status */
	char *body;            /* instead of either; NULL: none */
	int64_t hang_ms;
	enum serve_cut cut;
};

struct faults {
	struct fault *items;
	size_t n;
};

/* Add one from the parameters of a control request. */
void faults_add(struct faults *faults, const struct serve_request *request);
void faults_clear(struct faults *faults);

/*
 * The fault that this call meets, or NULL; counts it. What is returned is a
 * copy in the call's arena, so that the lock may be let go.
 */
const struct fault *faults_meet(struct faults *faults, const struct call *call);

/* The answer that a fault with a status stands for. */
void faults_reply(
    const struct fault *fault, const struct call *call, struct reply *reply);

#endif
