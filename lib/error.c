// SPDX-License-Identifier: ISC
/* error -- see error.h. */
#include <stdarg.h>
#include <stdio.h>

#include "error.h"

bool
error_set(struct error *err, enum cause cause, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return false;
	err->cause = cause;
	err->retry_after_ms = 0;
	err->code[0] = '\0';
	va_start(args, format);
	(void)vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	for (char *c = err->text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == '\177')
			*c = ' ';
	return false;
}
