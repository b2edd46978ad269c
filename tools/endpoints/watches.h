// SPDX-License-Identifier: ISC
/* watches -- what the configured sources read, for k8s-watch and for people. */
#ifndef WATCHES_H
#define WATCHES_H

struct config;

/* Print the arguments of k8s-watch, one a line: the union of the reads. */
void watches_print(const struct config *config);

/* Print a table of all sources and what each reads. */
void watches_print_sources(void);

#endif
