// SPDX-License-Identifier: ISC
/*
 * log -- one line per fact on standard error.
 *
 * Text form `plan: warning: service/default/web: ...`, JSON form an object
 * with the members time, level, tool, text. No capital, no full stop; the
 * subject first. Never bodies, tokens or headers.
 */
#ifndef LOG_H
#define LOG_H

#include "error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };

/* Name the program; tool must live as long as the process. */
void log_open(const char *tool);

/* Lines above this level are dropped; the default is LOG_INFO. */
void log_set_level(enum log_level level);
void log_set_format(enum log_format format);

/* One line, if its level is on: someone must act, someone should look, the
 * system changed its state, everything else. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Write the line as an error and exit with status. Only for what makes going
 * on senseless: usage, configuration, a broken protocol, no memory.
 */
void log_die(enum status status, const char *format, ...)
    __attribute__((noreturn, format(printf, 2, 3)));

#endif
