// SPDX-License-Identifier: ISC
/* form -- the fields of an application/x-www-form-urlencoded body. */
#ifndef FORM_H
#define FORM_H

#include "sim.h"

/* The decoded value in the call's arena; NULL: absent or empty. */
const char *form_get(struct call *call, const char *name);

#endif
