// SPDX-License-Identifier: ISC
/* plumbing -- the translation between ARM and the wire without a network. */
#ifndef PLUMBING_H
#define PLUMBING_H

struct config;

/* --decode: ARM zones, record sets and lists of them to records. */
int plumbing_decode(const struct config *config);

/* --encode: changes to the requests that would be sent. */
int plumbing_encode(const struct config *config);

#endif
