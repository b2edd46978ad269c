// SPDX-License-Identifier: ISC
/* line_test -- framing: pieces, limits, ends, and going on after a bad line. */
#include "line.h"

#include <string.h>
#include <unistd.h>

#include "tap.h"

/* Feed the pieces one read(2) at a time; say what each line was. */
static void
expect(const char *name, const char *const *pieces, const char *expected)
{
	struct line_reader reader;
	struct error err = { 0 };
	struct text said = { 0 };
	enum line_state state = LINE_MORE;
	int ends[2];
	jv value;

	if (pipe(ends) != 0)
		return;
	line_open(&reader, ends[0], "test");
	reader.bytes_max = 16;
	while (state != LINE_END) {
		state = line_next(&reader, &value, &err);
		if (state == LINE_READY)
			json_print(&said, value);
		else if (state == LINE_BAD)
			text_add(&said, "bad");
		if (state == LINE_READY || state == LINE_BAD)
			text_format(&said, "@%d ", (int)reader.number);
		if (state != LINE_MORE)
			continue;
		if (*pieces == NULL)
			(void)close(ends[1]);
		else if (write(ends[1], *pieces, strlen(*pieces)) < 0)
			break;
		pieces += *pieces == NULL ? 0 : 1;
		(void)line_fill(&reader, &err);
	}
	tap_check(
	    strcmp(text_str(&said), expected) == 0, name, text_str(&said));
	line_close(&reader);
	text_done(&said);
	(void)close(ends[0]);
}

int
main(void)
{
	expect("two lines in one piece",
	    (const char *[]){ "{\"a\":1}\n{\"b\":2}\n", NULL },
	    "{\"a\":1}@1 {\"b\":2}@2 ");
	expect("one line in three pieces",
	    (const char *[]){ "{\"a", "\":", "1}\n", NULL }, "{\"a\":1}@1 ");
	expect(
	    "a last line without LF", (const char *[]){ "{}", NULL }, "{}@1 ");
	expect("empty lines are passed over",
	    (const char *[]){ "\n \n{}\r\n", NULL }, "{}@3 ");
	expect(
	    "no object", (const char *[]){ "[1]\n{}\n", NULL }, "bad@1 {}@2 ");
	expect(
	    "not JSON", (const char *[]){ "{\"a\n{}\n", NULL }, "bad@1 {}@2 ");
	expect("longer than the limit, at once",
	    (const char *[]){ "{\"a\":\"0123456789\"}\n{}\n", NULL },
	    "bad@1 {}@2 ");
	expect("longer than the limit, in pieces",
	    (const char *[]){
		"{\"a\":\"01234567", "89012345", "6789\"}\n{}\n", NULL },
	    "bad@1 {}@2 ");
	expect("nothing", (const char *[]){ NULL }, "");
	return tap_end();
}
