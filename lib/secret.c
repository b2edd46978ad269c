// SPDX-License-Identifier: ISC
/*
 * secret -- bytes with a length on the heap, private to this file.
 *
 * A variable that is taken out of the environment is overwritten where the
 * kernel put it, so that /proc/PID/environ does not show it any more.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "heap.h"
#include "secret.h"

struct secret {
	size_t n;
	char bytes[];
};

struct secret *
secret_new(const char *bytes, size_t n)
{
	struct secret *secret = heap_new(sizeof(*secret) + n + 1);

	secret->n = n;
	if (n > 0)
		memcpy(secret->bytes, bytes, n);
	secret->bytes[n] = '\0';
	return secret;
}

void
secret_free(struct secret *secret)
{
	if (secret == NULL)
		return;
	explicit_bzero(secret->bytes, secret->n);
	free(secret);
}

const char *
secret_bytes(const struct secret *secret)
{
	return secret->bytes;
}

size_t
secret_size(const struct secret *secret)
{
	return secret->n;
}

struct secret *
secret_from_environment(const char *name)
{
	char *value = getenv(name);
	struct secret *secret;

	if (value == NULL)
		return NULL;
	secret = secret_new(value, strlen(value));
	explicit_bzero(value, strlen(value));
	unsetenv(name);
	return secret;
}

void
secret_guard_process(void)
{
	const struct rlimit none = { 0, 0 };

	/* Neither can fail in a way that we could act upon. */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
