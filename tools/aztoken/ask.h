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
	const char *url;
	const char *headers[4];  /* NULL ends them */
	const struct text *body; /* of a POST; NULL: a GET */
	bool local; /* on this host or link: no proxy, a short connect time */
	const int
	    *delays_s; /* before each further try, 0 ends them; NULL: 1, 2, 4 */
	bool (*again)(long status); /* NULL: ask_is_passing */
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

/* 408, 429, 5xx: the same again may succeed. */
bool ask_is_passing(long status);

/* Append `&name=value`, or without & when out is empty, form-encoded. */
void ask_add_field(struct text *out, const char *name, const char *value);

#endif
