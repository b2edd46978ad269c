// SPDX-License-Identifier: ISC
/*
 * protobuf -- bodies as kubectl sends them for some built-in types, turned
 * into the JSON that all else here works with.
 */
#ifndef PROTOBUF_H
#define PROTOBUF_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"

/* true if a body begins as Kubernetes' protobuf envelope does. */
bool protobuf_is(const char *body, size_t n);

/* Decode; false: not well-formed, or a kind without a row here: reviews and
 * what kubectl creates by name have one. */
bool protobuf_decode(const char *body, size_t n, jv *out, struct error *err);

#endif
