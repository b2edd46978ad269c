// SPDX-License-Identifier: ISC
/* review -- questions of a caller about its own rights: SelfSubjectAccessReview
 * and its like, which are answered and not stored. */
#ifndef REVIEW_H
#define REVIEW_H

#include "call.h"

/* Add the discovery entries of a group's reviews. */
void review_add_entries(jv *array, const char *group);

/* Answer a POST of a review. false: it is not one. */
bool review_answer(struct call *call, struct reply *reply);

#endif
