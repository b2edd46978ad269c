// SPDX-License-Identifier: ISC
/* sources -- one line for each source. */
#ifndef SOURCES_H
#define SOURCES_H

#include "source.h"

extern const struct source source_crd;
extern const struct source source_gateway_grpcroute;
extern const struct source source_gateway_httproute;
extern const struct source source_gateway_tcproute;
extern const struct source source_gateway_tlsroute;
extern const struct source source_gateway_udproute;
extern const struct source source_ingress;
extern const struct source source_node;
extern const struct source source_pod;
extern const struct source source_service;

#endif
