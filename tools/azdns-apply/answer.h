// SPDX-License-Identifier: ISC
/* answer -- what an answer of ARM means for the job that asked. */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdint.h>

struct arm_answer;
struct job;

/*
 * Take the answer to what was sent from job->sent: the next state, the next
 * step, or the outcome. Sends nothing, says nothing.
 */
void answer_take(
    struct job *job, const struct arm_answer *answer, int64_t now_ms);

#endif
