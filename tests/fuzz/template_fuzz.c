// SPDX-License-Identifier: ISC
/*
 * template_fuzz -- any text as a template, any JSON as its object.
 *
 * The input is a template, a line that holds `---` alone, and an object;
 * without that line the object is empty. Neither may crash, leak or run long,
 * and a failure must come with a message.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "error.h"
#include "fuzz.h"
#include "heap.h"
#include "json.h"
#include "template.h"
#include "text.h"

#define SEPARATOR "\n---\n"

static void
run(const struct template *template, const char *json)
{
	struct arena arena = { 0 };
	struct text out = { 0 };
	struct error err = { 0 };
	jv object;

	if (!json_parse(json, strlen(json), &object, NULL))
		object = json_new_object();
	if (!template_run(template, object, &arena, &out, &err))
		assert(*err.text != '\0' && out.n == 0);
	json_free(object);
	text_done(&out);
	arena_done(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = heap_copy_n((const char *)data, n);
	char *object = strstr(text, SEPARATOR);
	struct error err = { 0 };
	struct template *template;

	if (object != NULL) {
		*object = '\0';
		object += strlen(SEPARATOR);
	}
	template = template_parse(text, "fqdn-template", &err);
	if (template != NULL)
		run(template, object == NULL ? "{}" : object);
	else
		assert(*err.text != '\0');
	template_free(template);
	free(text);
	return 0;
}
