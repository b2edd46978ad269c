// SPDX-License-Identifier: ISC
/* objects -- create, update, patch and delete, with the API server's rules for
 * metadata, the status subresource and finalizers. */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "call.h"

/* Each answers the call; the verb says which of them it is for. */
void objects_create(struct call *call, struct reply *reply);
void objects_update(struct call *call, struct reply *reply);
void objects_patch(struct call *call, struct reply *reply);
void objects_delete(struct call *call, struct reply *reply);
void objects_delete_all(struct call *call, struct reply *reply);

/*
 * Put an object into the store as a controller would: with its status, its
 * namespace made when there is none. object is borrowed. false: err says what
 * it lacks.
 */
bool objects_seed(struct store *store, jv object, struct error *err);

/* The namespaces that every cluster has. */
void objects_seed_namespaces(struct store *store);

/* Write what becomes of old (invalid: new) by object (taken): metadata kept
 * up, generation, no write when nothing changes, hooks. Used by the verbs. */
void objects_write(struct call *call, struct reply *reply, jv old, jv object);

#endif
