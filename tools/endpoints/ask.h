// SPDX-License-Identifier: ISC
/* ask -- what one object asks for: the part that all sources share. */
#ifndef ASK_H
#define ASK_H

#include <stdbool.h>

#include "claim.h"
#include "sources/source.h"

struct template;

/*
 * Fill ask->draft, which begins empty, from ask->object. false: the object is
 * not selected (filters, controller annotation).
 */
bool ask_evaluate(struct ask *ask);

/* The items a template gives for the object, sorted and unique. A template
 * that fails makes the claim unknown. NULL gives none. */
struct strlist ask_template(
    struct ask *ask, const struct template *template, const char *option);

/* The items of an annotation of the object: annotations_list. */
struct strlist ask_list(struct ask *ask, const char *key);

/* What claim adds has neither TTL nor label. */
void ask_plainly(struct ask *ask, void (*claim)(struct ask *ask));

/* Append the texts of a JSON array, and nothing else of it. */
void ask_add_texts(struct strlist *list, struct arena *arena, jv array);

/* The addresses and host names of status.loadBalancer. */
struct strlist ask_balancers(struct ask *ask);

#endif
