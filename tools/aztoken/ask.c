// SPDX-License-Identifier: ISC
/*
 * ask -- one request, sent again while that makes sense.
 *
 * A failed try waits as long as the schedule of the way says, or as long as
 * Retry-After says if that is longer, with up to a tenth on top so that many
 * pods do not come back as one. No try is begun after the deadline.
 */
#include <poll.h>
#include <string.h>

#include "ask.h"
#include "aztoken.h"
#include "clock.h"
#include "http.h"
#include "log.h"

#define USER_AGENT       "azdns-aztoken/" AZDNS_VERSION
#define TRY_MS           30000
#define LOCAL_CONNECT_MS 2000
#define ANSWER_BYTES_MAX ((size_t)1 << 20)

static const int default_delays_s[] = { 1, 2, 4, 0 };

struct attempt {
	struct answer *answer;
	struct error *err;
	bool done;
};

static void
on_done(void *context, const struct http_answer *http_answer)
{
	struct attempt *attempt = context;
	struct answer *answer = attempt->answer;

	attempt->done = true;
	answer->status = http_answer->status;
	*attempt->err = http_answer->err;
	text_add_n(&answer->headers, text_str(http_answer->headers),
	    http_answer->headers->n);
	text_add_n(&answer->body, http_answer->body, http_answer->body_n);
	answer->retry_after_ms = http_retry_after_ms(http_answer);
	if (http_date_s(http_answer) > 0)
		answer->skew_s = clock_unix_s() - http_date_s(http_answer);
}

static void
send_once(struct http *http, const struct ask *ask, struct attempt *attempt)
{
	const char *headers[4];
	struct http_request request = {
		.method = ask->body != NULL ? "POST" : "GET",
		.url = ask->url,
		.headers = { .items = headers },
		.body = ask->body != NULL ? text_str(ask->body) : NULL,
		.body_n = ask->body != NULL ? ask->body->n : 0,
		.answer_bytes_max = ANSWER_BYTES_MAX,
		.timeout_ms = TRY_MS,
		.context = attempt,
		.on_done = on_done,
	};

	for (size_t i = 0; i < 4 && ask->headers[i] != NULL; i++)
		headers[request.headers.n++] = ask->headers[i];
	ask_done(attempt->answer);
	attempt->done = false;
	http_start(http, &request);
	while (!attempt->done)
		http_wait(http, NULL, 0, TRY_MS);
}

/* Wait for the next try; false: there is none. */
static bool
wait_for_next(const struct settings *settings, const struct ask *ask,
    const struct attempt *attempt, size_t i)
{
	const struct answer *answer = attempt->answer;
	const int *delays_s =
	    ask->delays_s != NULL ? ask->delays_s : default_delays_s;
	int64_t delay_ms = delays_s[i] * (int64_t)1000;
	bool (*again)(long status) =
	    ask->again != NULL ? ask->again : ask_is_passing;

	if (delay_ms == 0)
		return false;
	if (answer->status == 0 ? attempt->err->cause != CAUSE_TEMPORARY
				: !again(answer->status))
		return false;
	if (delay_ms < answer->retry_after_ms)
		delay_ms = answer->retry_after_ms;
	delay_ms += clock_ms() % (delay_ms / 10);
	if (clock_ms() + delay_ms > settings->deadline_ms)
		return false;
	log_info("%.*s: %s, again in %lld s", (int)strcspn(ask->url, "?"),
	    ask->url,
	    answer->status == 0 ? attempt->err->text : "a passing failure",
	    (long long)delay_ms / 1000);
	(void)poll(NULL, 0, (int)delay_ms);
	return true;
}

bool
ask_run(const struct settings *settings, const struct ask *ask,
    struct answer *answer, struct error *err)
{
	const struct http_config config = {
		.user_agent = USER_AGENT,
		.proxy = ask->local ? "" : NULL,
		.connect_timeout_ms = ask->local ? LOCAL_CONNECT_MS : 0,
	};
	struct http *http = http_new(&config, err);
	struct attempt attempt = { .answer = answer, .err = err };
	size_t i = 0;

	if (http == NULL)
		return false;
	do
		send_once(http, ask, &attempt);
	while (wait_for_next(settings, ask, &attempt, i++));
	http_free(http);
	return answer->status != 0;
}

void
ask_done(struct answer *answer)
{
	text_done(&answer->headers);
	text_wipe(&answer->body);
	*answer = (struct answer){ 0 };
}

bool
ask_is_passing(long status)
{
	return status == 408 || status == 429 || status >= 500;
}

void
ask_add_field(struct text *out, const char *name, const char *value)
{
	text_format(out, "%s%s=", out->n > 0 ? "&" : "", name);
	text_add_percent(out, value, "-._~");
}
