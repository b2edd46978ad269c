// SPDX-License-Identifier: ISC
/* form -- application/x-www-form-urlencoded, as HTML 4 section 17.13.4 has it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"

/* Decode n bytes: a plus is a blank, %XX a byte. */
static char *
decode(struct arena *arena, const char *text, size_t n)
{
	char *out = arena_copy_n(arena, text, n);
	size_t to = 0;

	for (size_t i = 0; i < n; i++) {
		char hex[3] = { 0 };

		out[to] = text[i];
		if (text[i] == '+')
			out[to] = ' ';
		if (text[i] == '%' && i + 2 < n &&
		    isxdigit((unsigned char)text[i + 1]) &&
		    isxdigit((unsigned char)text[i + 2])) {
			memcpy(hex, text + i + 1, 2);
			out[to] = (char)strtol(hex, NULL, 16);
			i += 2;
		}
		to++;
	}
	out[to] = '\0';
	return out;
}

const char *
form_get(struct call *call, const char *name)
{
	const char *at = call->request->body;
	size_t name_n = strlen(name);

	while (*at != '\0') {
		size_t n = strcspn(at, "&");

		if (n > name_n + 1 && strncmp(at, name, name_n) == 0 &&
		    at[name_n] == '=')
			return decode(
			    &call->arena, at + name_n + 1, n - name_n - 1);
		at += n + (at[n] == '&');
	}
	return NULL;
}
