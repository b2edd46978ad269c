// SPDX-License-Identifier: ISC
/* wrap -- what options do to the endpoints of every object; steps of
 * claim_finish. Each does nothing unless its option was given. */
#ifndef WRAP_H
#define WRAP_H

struct claim_draft;

/* --default-targets, --force-default-targets: targets for those without. */
void wrap_defaults(struct claim_draft *draft);

/* --nat64-networks: an A beside each AAAA that lies in such a network. */
void wrap_nat64(struct claim_draft *draft);

/* --target-net-filter, --exclude-target-net: take targets out. */
void wrap_nets(struct claim_draft *draft);

/* --create-ptr: a PTR for each address. */
void wrap_ptr(struct claim_draft *draft);

/* --min-ttl: a TTL for those that have none. */
void wrap_ttl(struct claim_draft *draft);

#endif
