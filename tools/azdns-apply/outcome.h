// SPDX-License-Identifier: ISC
/* outcome -- how a job ended, said. */
#ifndef OUTCOME_H
#define OUTCOME_H

struct job;

/*
 * Say the RESULT of a job that is over. What was read after it came to nothing
 * is said before, as changes of the keys that it would have written.
 */
void outcome_say(struct job *job);

#endif
