// SPDX-License-Identifier: ISC
/* choose -- the settings put together, and the identity they name. */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "aztoken.h"

extern const char *const choose_names[]; /* "auto", then the ways */

/* Put the settings together; false: CAUSE_INVALID, err says what to set. */
bool choose_settings(struct settings *settings, const struct options *options,
    struct error *err);

/* Wipe the secrets, the rest stays: whoever reads the token may be slow. */
void choose_forget(struct settings *settings);

/* Wipe the secrets and give all memory back. */
void choose_done(struct settings *settings);

/* The way that external-dns would go, or that --credential names; NULL with
 * err if there is none. reason becomes the sentence that tells why. */
const struct way *choose_way(
    struct settings *settings, const char **reason, struct error *err);

/* false with err naming what to set if value is NULL. */
bool choose_need(const char *value, const char *what, struct error *err);

/* Has the value the form of a GUID, as tenants and clients have it? */
bool choose_is_guid(const char *value);

#endif
