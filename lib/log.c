// SPDX-License-Identifier: ISC
/*
 * log -- see log.h.
 *
 * A line is written with one write(2), so that the lines of all programs of a
 * ring, which share standard error, do not mix.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "json.h"
#include "log.h"
#include "text.h"

static struct {
	const char *tool;
	enum log_level level;
	enum log_format format;
} state = { .tool = "azdns", .level = LOG_INFO };

static const char *const level_names[] = {
	[LOG_ERROR] = "error",
	[LOG_WARNING] = "warning",
	[LOG_INFO] = "info",
	[LOG_DEBUG] = "debug",
};

void
log_open(const char *tool)
{
	state.tool = tool;
}

void
log_set_level(enum log_level level)
{
	state.level = level;
}

void
log_set_format(enum log_format format)
{
	state.format = format;
}

static void
format_text(struct text *line, enum log_level level, const char *message)
{
	text_format(line, "%s: ", state.tool);
	if (level != LOG_INFO)
		text_format(line, "%s: ", level_names[level]);
	for (const char *c = message; *c != '\0'; c++) {
		bool is_control = (unsigned char)*c < ' ';

		text_add_n(line, is_control ? " " : c, 1);
	}
}

static void
format_json(struct text *line, enum log_level level, const char *message)
{
	char when[32] = "";
	time_t now = time(NULL);
	struct tm utc;
	jv object = json_new_object();

	if (gmtime_r(&now, &utc) != NULL)
		(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &utc);
	json_set_str(&object, "time", when);
	json_set_str(&object, "level", level_names[level]);
	json_set_str(&object, "tool", state.tool);
	json_set_str(&object, "text", message);
	json_print(line, object);
	json_free(object);
}

static void write_line(enum log_level level, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static void
write_line(enum log_level level, const char *format, va_list args)
{
	struct text line = { 0 };
	char message[4096];
	ssize_t n;

	if (level > state.level)
		return;
	(void)vsnprintf(message, sizeof(message), format, args);
	if (state.format == LOG_JSON)
		format_json(&line, level, message);
	else
		format_text(&line, level, message);
	text_add_char(&line, '\n');
	/* A log that cannot be written has nowhere to say so. */
	n = write(STDERR_FILENO, line.data, line.n);
	(void)n;
	text_done(&line);
}

#define LOG_FUNCTION(name, level)                \
	void name(const char *format, ...)       \
	{                                        \
		va_list args;                    \
                                                 \
		va_start(args, format);          \
		write_line(level, format, args); \
		va_end(args);                    \
	}

LOG_FUNCTION(log_error, LOG_ERROR)
LOG_FUNCTION(log_warning, LOG_WARNING)
LOG_FUNCTION(log_info, LOG_INFO)
LOG_FUNCTION(log_debug, LOG_DEBUG)

void
log_die(enum status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line(LOG_ERROR, format, args);
	va_end(args);
	exit(status);
}
