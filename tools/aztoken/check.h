// SPDX-License-Identifier: ISC
/* check -- the walk along the whole chain. */
#ifndef CHECK_H
#define CHECK_H

struct options;

/* Walk the whole chain, one line per step on standard output. */
int check_run(const struct options *options, const char *provider);

#endif
