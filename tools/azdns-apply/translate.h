// SPDX-License-Identifier: ISC
/* translate -- between ARM and the wire, without a network (--decode, --encode). */
#ifndef TRANSLATE_H
#define TRANSLATE_H

struct config;

/* --decode: ARM zones, record sets and lists of them to records. */
int translate_decode(const struct config *config);

/* --encode: changes to the requests that would be sent. */
int translate_encode(const struct config *config);

#endif
