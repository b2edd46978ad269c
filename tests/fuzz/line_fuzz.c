// SPDX-License-Identifier: ISC
/*
 * line_fuzz -- any bytes as lines of the objects stream.
 *
 * All sources are on, all kinds complete before the first line and said again
 * after the last. Whatever comes, nothing may crash or leak, and every line
 * written must be one that the decoder of the next stage takes.
 */
#include <assert.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evaluate.h"
#include "fuzz.h"
#include "heap.h"
#include "log.h"
#include "message.h"
#include "sources/source.h"

static struct config config;

static void
configure(void)
{
	static const char *names[CONFIG_SOURCES_MAX];
	static const char *fqdn = "{{.Name}}.example.org";
	static const char *ptr = "PTR";
	struct error err;

	log_set_level(LOG_ERROR);
	config = config_default;
	config.source_names.items = names;
	for (size_t i = 0; i < sources_n; i++)
		names[config.source_names.n++] = sources[i]->name;
	config.fqdn_templates = (struct strlist){ &fqdn, 1 };
	config.gateway_listener_sets = true;
	config.managed_types = (struct strlist){ &ptr, 1 };
	config.create_ptr = true;
	if (!config_check(&config, &err))
		abort();
}

/* What was written is what plan reads. */
static void
check_written(const struct text *written)
{
	const char *line = text_str(written);
	const char *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		struct arena arena = { 0 };
		enum message_state state;
		struct claim claim;
		struct error err;
		jv value;

		assert(json_parse(line, (size_t)(end - line), &value, &err));
		if (message_type(value) == MESSAGE_BOOKMARK)
			assert(message_state(json_at(value, "object"), &state));
		else
			assert(message_decode_claim(
			    &arena, json_at(value, "object"), &claim, &err));
		json_free(value);
		arena_done(&arena);
	}
}

static void
feed(struct evaluator *evaluator, const char *text)
{
	for (;;) {
		size_t n = strcspn(text, "\n");
		struct arena arena = { 0 };
		struct error err;
		jv value;

		if (json_parse(text, n, &value, &err)) {
			evaluate_line(evaluator, value, &arena, &err);
			evaluate_bare(evaluator, value, &arena, &err);
			json_free(value);
		}
		arena_done(&arena);
		if (text[n] == '\0')
			return;
		text += n + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct evaluator evaluator;
	struct line_writer writer = { .fd = -1 };
	struct arena arena = { 0 };
	char *text = heap_copy_n((const char *)data, n);

	if (config.n_sources == 0)
		configure();
	evaluate_open(&evaluator, &config, &writer);
	evaluate_complete(&evaluator, &arena);
	feed(&evaluator, text);
	feed(&evaluator, text);
	check_written(&writer.buffer);
	evaluate_close(&evaluator);
	text_done(&writer.buffer);
	arena_done(&arena);
	free(text);
	return 0;
}
