// SPDX-License-Identifier: ISC
/* sources -- the table of all sources, sorted by name. */
#include <string.h>

#include "count.h"
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

const struct source *const sources[] = {
	&source_crd,
	&source_gateway_grpcroute,
	&source_gateway_httproute,
	&source_gateway_tcproute,
	&source_gateway_tlsroute,
	&source_gateway_udproute,
	&source_ingress,
	&source_node,
	&source_pod,
	&source_service,
};
const size_t sources_n = COUNT(sources);

bool
source_reads(const struct config *config, const struct read *read)
{
	return read->wanted == NULL || read->wanted(config);
}

const struct source *
source_find(const char *name)
{
	for (size_t i = 0; i < sources_n; i++)
		if (strcmp(sources[i]->name, name) == 0)
			return sources[i];
	return NULL;
}
