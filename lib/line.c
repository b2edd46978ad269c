// SPDX-License-Identifier: ISC
/* line -- see line.h. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "log.h"

#define FILL_BYTES 65536
#define BUFFER_IDLE_MAX \
	((size_t)1 << 18) /* give back what one long line took */

void
line_open(struct line_reader *reader, int fd, const char *name)
{
	*reader = (struct line_reader){ .fd = fd, .name = name };
}

static void
drop_value(struct line_reader *reader)
{
	if (reader->has_value)
		jv_free(reader->value);
	reader->has_value = false;
	reader->value = jv_invalid();
	arena_reset(&reader->arena);
}

void
line_close(struct line_reader *reader)
{
	drop_value(reader);
	arena_done(&reader->arena);
	text_done(&reader->buffer);
}

/* Move what is not yet returned to the front. */
static void
make_room(struct line_reader *reader)
{
	text_drop(&reader->buffer, reader->start);
	reader->start = 0;
	if (reader->buffer.n == 0 && reader->buffer.size > BUFFER_IDLE_MAX)
		text_done(&reader->buffer);
}

bool
line_fill(struct line_reader *reader, struct error *err)
{
	ssize_t n;
	char *end;

	make_room(reader);
	end = text_reserve(&reader->buffer, FILL_BYTES);
	n = read(reader->fd, end, FILL_BYTES);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0)
		reader->ended = true;
	if (n < 0)
		return error_set(
		    err, CAUSE_TEMPORARY, "cannot read: %s", strerror(errno));
	reader->buffer.n += (size_t)n;
	reader->buffer.data[reader->buffer.n] = '\0';
	return true;
}

static size_t
bytes_max(const struct line_reader *reader)
{
	return reader->bytes_max == 0 ? LINE_BYTES_MAX : reader->bytes_max;
}

/* The next n bytes are used up. */
static const char *
take(struct line_reader *reader, size_t n)
{
	const char *bytes = reader->buffer.data + reader->start;

	reader->start += n;
	reader->scanned = 0;
	return bytes;
}

/* Length of the next line without its LF; false: there is no whole one. */
static bool
find_end(struct line_reader *reader, size_t *n)
{
	const char *bytes = text_str(&reader->buffer) + reader->start;
	size_t available = reader->buffer.n - reader->start;
	const char *end =
	    memchr(bytes + reader->scanned, '\n', available - reader->scanned);

	if (end != NULL) {
		*n = (size_t)(end - bytes);
		return true;
	}
	reader->scanned = available;
	*n = available;
	return reader->ended && available > 0;
}

static enum line_state
parse(
    struct line_reader *reader, const char *bytes, size_t n, struct error *err)
{
	bool good = n <= bytes_max(reader) ||
		    error_set(err, CAUSE_INVALID, "longer than %zu bytes",
			bytes_max(reader));

	good = good && json_parse(bytes, n, &reader->value, err);
	reader->has_value = good;
	good = good && (json_is_object(reader->value) ||
			   error_set(err, CAUSE_INVALID, "no JSON object"));
	return good ? LINE_READY : LINE_BAD;
}

/* The state when no whole line is there. */
static enum line_state
wait_state(struct line_reader *reader, struct error *err)
{
	size_t available = reader->buffer.n - reader->start;

	if (reader->ended)
		return LINE_END;
	if (available <= bytes_max(reader))
		return LINE_MORE;
	/* Refuse it now and drop it piece by piece until its LF comes. */
	(void)take(reader, available);
	if (reader->skipping)
		return LINE_MORE;
	reader->skipping = true;
	reader->number++;
	return parse(reader, "", available, err);
}

enum line_state
line_next(struct line_reader *reader, jv *value, struct error *err)
{
	enum line_state state;
	size_t n;

	drop_value(reader);
	while (find_end(reader, &n)) {
		bool terminated = reader->start + n < reader->buffer.n;
		const char *bytes = take(reader, n + (terminated ? 1 : 0));

		if (reader->skipping) {
			reader->skipping = false;
			continue;
		}
		reader->number++;
		if (strspn(bytes, " \t\r") >= n)
			continue;
		state = parse(reader, bytes, n, err);
		*value = reader->value;
		return state;
	}
	return wait_state(reader, err);
}

enum line_state
line_read(struct line_reader *reader, jv *value, struct error *err)
{
	enum line_state state;

	while ((state = line_next(reader, value, err)) == LINE_MORE)
		if (!line_fill(reader, err))
			return LINE_BAD;
	return state;
}

void
line_die(const struct line_reader *reader, const struct error *err)
{
	log_die(STATUS_UNMET, "%s: line %llu: %s", reader->name,
	    (unsigned long long)reader->number, err->text);
}

struct text *
line_begin(struct line_writer *writer)
{
	writer->start = writer->buffer.n;
	return &writer->buffer;
}

bool
line_end(struct line_writer *writer)
{
	if (writer->buffer.n - writer->start > LINE_BYTES_MAX) {
		text_cut(&writer->buffer, writer->start);
		return false;
	}
	text_add_char(&writer->buffer, '\n');
	return true;
}

bool
line_put(struct line_writer *writer, jv value)
{
	json_print(line_begin(writer), value);
	jv_free(value);
	return line_end(writer);
}

bool
line_flush(struct line_writer *writer)
{
	const char *bytes = text_str(&writer->buffer);
	size_t done = 0;

	while (done < writer->buffer.n) {
		ssize_t n =
		    write(writer->fd, bytes + done, writer->buffer.n - done);

		if (n < 0 && errno != EINTR)
			return false;
		done += n < 0 ? 0 : (size_t)n;
	}
	text_reset(&writer->buffer);
	if (writer->buffer.size > BUFFER_IDLE_MAX)
		text_done(&writer->buffer);
	return true;
}

bool
line_push(struct line_writer *writer)
{
	size_t n = writer->buffer.n < PIPE_BUF ? writer->buffer.n : PIPE_BUF;
	ssize_t written = 0;

	if (n > 0)
		written = write(writer->fd, writer->buffer.data, n);
	if (written < 0)
		return errno == EINTR || errno == EAGAIN;
	text_drop(&writer->buffer, (size_t)written);
	return true;
}
