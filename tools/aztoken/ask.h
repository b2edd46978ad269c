// SPDX-License-Identifier: ISC
/* ask -- one request, sent again while that makes sense. */
#ifndef ASK_H
#define ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "text.h"

struct settings;

/* One request and when to send it again. */
struct ask {
	const char *method;
	const char *url;
	const char *headers[4]; /* NULL ends them */
	const struct text *body;
	bool local; /* on this host or link: no proxy, a short connect time */
	const int *delays_s; /* before each further try; 0 ends them */
	bool (*again)(long status);
};

struct answer {
	long status;
	struct text headers;
	struct text body; /* wiped by ask_done */
	int64_t retry_after_ms;
	int64_t skew_s; /* our clock less the Date header; 0 if not said */
};

/* false: no answer at all, err says why. Statuses are not judged. */
bool ask_run(const struct settings *settings, const struct ask *ask,
    struct answer *answer, struct error *err);
void ask_done(struct answer *answer);

/* 408, 429, 5xx. */
bool ask_again_by_default(long status);

/* Append `&name=value`, or without & when out is empty, form-encoded. */
void ask_add_field(struct text *out, const char *name, const char *value);

#endif
