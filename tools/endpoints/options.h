// SPDX-License-Identifier: ISC
/* options -- the option table of endpoints. */
#ifndef OPTIONS_H
#define OPTIONS_H

struct config;

/* Fill config from environment and command line; ends the process with
 * STATUS_CONFIG for what is wrong, with 0 for --help and its like. */
void options_parse(struct config *config, int argc, char **argv);

#endif
