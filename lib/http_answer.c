// SPDX-License-Identifier: ISC
/* http -- reading answers: headers, Retry-After, what a status stands for. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "http.h"

bool
http_header(
    const struct http_answer *answer, const char *name, struct text *out)
{
	const char *line = text_str(answer->headers);
	size_t n = strlen(name);

	text_reset(out);
	for (; *line != '\0'; line += strcspn(line, "\n")) {
		const char *value;
		size_t n_value;

		line += strspn(line, "\n");
		if (strncasecmp(line, name, n) != 0 || line[n] != ':')
			continue;
		value = line + n + 1;
		value += strspn(value, " \t");
		n_value = strcspn(value, "\r\n");
		while (n_value > 0 && strchr(" \t", value[n_value - 1]) != NULL)
			n_value--;
		text_add_n(out, value, n_value);
		return true;
	}
	return false;
}

/* Seconds since 1970 of an HTTP date (RFC 9110 section 5.6.7); 0 if it is none. */
static int64_t
date_s(const char *text)
{
	struct tm tm = { 0 };

	if (strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm) == NULL)
		return 0;
	return timegm(&tm);
}

int64_t
http_date_s(const struct http_answer *answer)
{
	struct text value = { 0 };
	int64_t seconds = 0;

	if (http_header(answer, "Date", &value))
		seconds = date_s(text_str(&value));
	text_done(&value);
	return seconds;
}

int64_t
http_retry_after_ms(const struct http_answer *answer)
{
	struct text value = { 0 };
	int64_t ms = 0;

	if (http_header(answer, "Retry-After", &value) && value.n > 0) {
		const char *text = text_str(&value);
		size_t digits = strspn(text, "0123456789");

		if (digits == value.n && digits < 10) {
			ms = strtoll(text, NULL, 10) * 1000;
		} else if (digits != value.n) {
			ms = (date_s(text) - clock_unix_s()) * 1000;
		}
	}
	text_done(&value);
	return ms > 0 ? ms : 0;
}

enum cause
http_cause(long status)
{
	switch (status) {
	case 401:
	case 403:
		return CAUSE_DENIED;
	case 404:
	case 410:
		return CAUSE_MISSING;
	case 408:
		return CAUSE_TEMPORARY;
	case 409:
	case 412:
		return CAUSE_CONFLICT;
	case 429:
		return CAUSE_THROTTLED;
	}
	if (status >= 500 || status == 0)
		return CAUSE_TEMPORARY;
	return status >= 400 ? CAUSE_INVALID : CAUSE_NONE;
}
