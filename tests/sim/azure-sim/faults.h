// SPDX-License-Identifier: ISC
/* faults -- what goes wrong on purpose, as rules given on the control path. */
#ifndef FAULTS_H
#define FAULTS_H

#include "sim.h"

/* Replace all rules by an array of objects (see faults.c); takes it. */
void faults_set(jv rules);

/* The rules, each with how often it was seen and hit. */
jv faults_get(void);

struct fault;

/*
 * The first rule that hits this request, or NULL; its waiting is done and its
 * foreign write made. *handled: the call is answered, nothing else to do.
 */
const struct fault *faults_before(struct call *call, bool *handled);

/* Break the finished answer as the rule (or NULL) says. */
void faults_after(struct call *call, const struct fault *fault);

#endif
