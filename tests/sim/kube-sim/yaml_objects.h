// SPDX-License-Identifier: ISC
/* yaml_objects -- manifests as values: several documents, Lists taken apart, JSON
 * included (it is YAML). */
#ifndef YAML_OBJECTS_H
#define YAML_OBJECTS_H

#include <stdbool.h>

#include "json.h"

/* Call visit for each object of a file, which it borrows, until it returns
 * false. false: err says what cannot be read, or visit has said it. */
bool yaml_objects_read(const char *path,
    bool (*visit)(void *context, jv object, struct error *err), void *context,
    struct error *err);

#endif
