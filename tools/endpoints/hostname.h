// SPDX-License-Identifier: ISC
/* hostname -- names of routes and listeners, and what two have in common. */
#ifndef HOSTNAME_H
#define HOSTNAME_H

struct arena;

/*
 * A hostname of the Gateway API in normal form: a DNS name without underscore,
 * with at most a leading wildcard, and no address. NULL: it is not.
 */
const char *hostname_read(struct arena *arena, const char *text);

/*
 * The more specific of two hostnames that meet, or NULL. Empty meets all;
 * `*.example.com` meets what is below example.com at any depth, not itself.
 */
const char *hostname_intersection(const char *a, const char *b);

#endif
