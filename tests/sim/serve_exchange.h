// SPDX-License-Identifier: ISC
/* serve_exchange -- what the files of serve share; not for simulators. */
#ifndef SERVE_EXCHANGE_H
#define SERVE_EXCHANGE_H

#include <microhttpd.h>

#include "serve.h"

/* One request and its answer, from the request line to the last byte. */
struct exchange {
	struct MHD_Connection *connection;
	char *target;
	struct text body;
	bool handled;
	struct serve_request request;
	struct serve_answer answer;
	struct text pending; /* of a stream: appended, not yet sent */
	bool stream_over;
	int64_t begun_ms;
};

/* Queue the answer; MHD_NO closes the connection. */
enum MHD_Result serve_exchange_send(struct exchange *exchange);

#endif
