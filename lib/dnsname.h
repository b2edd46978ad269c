// SPDX-License-Identifier: ISC
/*
 * dnsname -- names as the wire holds them: absolute, without the trailing
 * dot, lower case, ASCII.
 *
 * Terms of RFC 8499; limits of RFC 1035 section 2.3.4; wildcard of RFC 4592;
 * U-labels become A-labels by UTS 46, non-transitional (libidn2).
 */
#ifndef DNSNAME_H
#define DNSNAME_H

#include <stdbool.h>

#include "error.h"

struct arena;

/*
 * The normal form of name in the arena, or NULL with err (CAUSE_INVALID)
 * naming what is wrong: empty, empty label, label over 63, name over 253
 * bytes, wildcard elsewhere than as the whole first label, a character that
 * no host name or service label holds (letters, digits, hyphen, underscore
 * are taken), not IDNA.
 */
const char *dnsname_normalise(
    struct arena *arena, const char *name, struct error *err);

/* The name with U-labels, for a pattern that a person wrote; name itself if it
 * has none. */
const char *dnsname_unicode(struct arena *arena, const char *name);

/* true if name is zone or below it; both in normal form. */
bool dnsname_is_within(const char *name, const char *zone);

/* true if the first label is `*`. */
bool dnsname_is_wildcard(const char *name);

#endif
