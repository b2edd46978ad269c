// SPDX-License-Identifier: ISC
/*
 * line -- NDJSON in and out: one JSON object per line, UTF-8, ended by LF.
 *
 * The reader owns the value of the line that it returned last, and an arena
 * for all that is derived from it; both end at the next call of line_next.
 */
#ifndef LINE_H
#define LINE_H

#include "arena.h"
#include "json.h"
#include "text.h"

#define LINE_BYTES_MAX ((size_t)4 << 20) /* docs/protocol.md, "A line" */

enum line_state {
	LINE_READY, /* a line was returned */
	LINE_MORE,  /* no whole line in the buffer: call line_fill */
	LINE_END,   /* end of input, nothing left */
	LINE_BAD,   /* too long, not an object, not JSON: err says which */
};

struct line_reader {
	int fd;
	const char *name;   /* of the stream, for messages */
	size_t bytes_max;   /* of one line; 0: LINE_BYTES_MAX */
	uint64_t number;    /* of the line returned last, from 1 */
	struct arena arena; /* for what is derived from that line */
	struct text buffer;
	size_t start;   /* first byte not yet returned */
	size_t scanned; /* bytes from start that hold no LF */
	bool ended;     /* read(2) said so */
	bool skipping;  /* the rest of a line that was too long */
	bool has_value;
	jv value;
};

/* Read from fd, which stays the caller's. name lives as long as the reader. */
void line_open(struct line_reader *reader, int fd, const char *name);
void line_close(struct line_reader *reader);

/*
 * One read(2) into the buffer. EINTR and EAGAIN are no error (poll first where
 * the descriptor does not block). false: the read
 * failed and err says why; the end of input is not a failure.
 */
bool line_fill(struct line_reader *reader, struct error *err);

/*
 * The next line of the buffer, never blocking. Empty lines are passed over.
 * After LINE_BAD the reader goes on with the line after it. *value is borrowed
 * until the next call.
 */
enum line_state line_next(
    struct line_reader *reader, jv *value, struct error *err);

/* line_next, filled until it is other than LINE_MORE: blocks. */
enum line_state line_read(
    struct line_reader *reader, jv *value, struct error *err);

/*
 * End the process with STATUS_UNMET, saying which line of which stream is bad
 * and why: the contract between the programs is broken.
 */
_Noreturn void line_die(
    const struct line_reader *reader, const struct error *err);

struct line_writer {
	int fd;
	struct text buffer;
	size_t start; /* of the line that has begun */
};

/*
 * Print one object into the text that line_begin returns, then end the line.
 * false: it would be longer than LINE_BYTES_MAX and nothing was added.
 */
struct text *line_begin(struct line_writer *writer);
bool line_end(struct line_writer *writer);

/* Append one object as a line, as above; takes value. */
bool line_put(struct line_writer *writer, jv value);

/* Write the whole buffer, blocking. false: the reader is gone or the write
 * failed, errno says why. */
bool line_flush(struct line_writer *writer);

/* Write at most PIPE_BUF bytes once; for a descriptor that polled writable. */
bool line_push(struct line_writer *writer);

#endif
