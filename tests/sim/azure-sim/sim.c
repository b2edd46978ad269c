// SPDX-License-Identifier: ISC
/*
 * sim -- lock, time, chance and the bodies of answers.
 *
 * Chance is SplitMix64 from --seed: the same requests in the same order get
 * the same etags, the same faults and the same identifiers.
 */
#include <ctype.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "sim.h"

struct sim sim;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
sim_lock(void)
{
	(void)pthread_mutex_lock(&lock);
}

void
sim_unlock(void)
{
	(void)pthread_mutex_unlock(&lock);
}

void
sim_sleep_ms(int64_t ms)
{
	struct timespec wait = { .tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000 };

	sim_unlock();
	(void)nanosleep(&wait, NULL);
	sim_lock();
}

int64_t
sim_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
sim_unix_s(void)
{
	return (int64_t)time(NULL);
}

uint64_t
sim_random(void)
{
	uint64_t z = (sim.random += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

void
sim_guid(char out[ETAG_BYTES])
{
	uint64_t high = sim_random();
	uint64_t low = sim_random();

	(void)snprintf(out, ETAG_BYTES, "%08x-%04x-%04x-%04x-%012llx",
	    (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xffff),
	    (unsigned)(high & 0x0fff) | 0x4000U,
	    (unsigned)(low >> 48 & 0x3fff) | 0x8000U,
	    (unsigned long long)(low & 0xffffffffffffU));
}

const char *
sim_lower(struct arena *arena, const char *text)
{
	char *copy = arena_copy(arena, text);

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

jv
call_member(jv object, const char *name)
{
	jv exact = json_at(object, name);
	const char *key;
	jv value;
	int iter = 0;

	if (jv_is_valid(exact))
		return exact;
	while (json_member(object, &iter, &key, &value))
		if (strcasecmp(key, name) == 0)
			return value;
	return exact;
}

void
call_send_gateway(struct call *call, int status, jv body)
{
	serve_header(call->answer, "Cache-Control", "no-cache");
	serve_header(call->answer, "Pragma", "no-cache");
	serve_header(call->answer, "Expires", "-1");
	serve_json(call->answer, status, body);
}

void
call_send(struct call *call, int status, jv body)
{
	struct text plain = { 0 };

	serve_header(call->answer, "Cache-Control", "private");
	serve_body(call->answer, status, "application/json; charset=utf-8", "");
	json_print(&plain, body);
	json_free(body);
	for (size_t i = 0; i < plain.n; i++) {
		if (plain.data[i] == '/')
			text_add_char(&call->answer->body, '\\');
		text_add_char(&call->answer->body, plain.data[i]);
	}
	text_done(&plain);
	call->answer->chunked = true;
}

void
call_send_empty(struct call *call, int status)
{
	serve_header(call->answer, "Cache-Control", "private");
	call->answer->status = status;
}

static jv
error_body(const char *code, const char *message)
{
	jv body = json_new_object();

	json_set_str(&body, "code", code);
	json_set_str(&body, "message", message);
	return body;
}

bool
call_refuse(
    struct call *call, int status, const char *code, const char *format, ...)
{
	jv body = json_new_object();
	va_list args;

	va_start(args, format);
	json_set(&body, "error",
	    error_body(code, arena_format_list(&call->arena, format, args)));
	va_end(args);
	serve_header(call->answer, "x-ms-failure-cause", "gateway");
	call_send_gateway(call, status, body);
	return false;
}

bool
call_fail(
    struct call *call, int status, const char *code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	call_send(call, status,
	    error_body(code, arena_format_list(&call->arena, format, args)));
	va_end(args);
	return false;
}

bool
call_deny(
    struct call *call, int status, const char *error, const char *description)
{
	jv body = json_new_object();

	json_set_str(&body, "error", error);
	json_set_str(&body, "error_description", description);
	serve_json(call->answer, status, body);
	return false;
}

bool
call_read_body(struct call *call)
{
	struct error err;
	jv body;

	if (json_is_object(call->body))
		return true;
	if (!json_parse(
		call->request->body, call->request->body_n, &body, &err))
		return call_refuse(call, 400, "InvalidRequestContent",
		    "The request content was invalid and could not be "
		    "deserialized: '%s'.",
		    err.text);
	call->body = body;
	return json_is_object(body) ||
	       call_refuse(call, 400, "InvalidRequestContent",
		   "The request content was invalid and could not be "
		   "deserialized: 'an object is expected'.");
}
