// SPDX-License-Identifier: ISC
/*
 * translate -- see translate.h.
 *
 * What a line of the input holds belongs together: the marks among the items of
 * a list are joined with its records. The kind of a zone comes from its id.
 */
#include <strings.h>
#include <unistd.h>

#include "arm.h"
#include "config.h"
#include "job.h"
#include "line.h"
#include "log.h"
#include "report.h"
#include "scan.h"
#include "translate.h"
#include "zones.h"

#define ZONE_DEPTH 8 /* segments of a zone's id */

struct decoding {
	const struct config *config;
	struct report report;
	struct ownership ownership;
	const char *zone; /* the id on the wire */
};

/* -- decoding ------------------------------------------------------------- */

/* The id of the zone that an id lies in; *rest: what follows it. */
static const char *
zone_id(struct arena *arena, const char *id, const char **rest)
{
	const char *at = id;
	int depth = 0;

	for (; *at != '\0'; at++) {
		if (*at == '/' && depth++ == ZONE_DEPTH)
			break;
	}
	*rest = at;
	return arena_copy_n(arena, id, (size_t)(at - id));
}

/* What lies in a zone beside its record sets. */
static bool
is_passed_over(const char *rest)
{
	return strncasecmp(rest, "/virtualNetworkLinks/", 21) == 0 ||
	       strncasecmp(rest, "/dnssecConfigs/", 15) == 0;
}

static void
add_set(struct decoding *decoding, jv item)
{
	struct text text = { 0 };
	struct error err;

	json_print(&text, item);
	if (!ownership_add(
		&decoding->ownership, (struct span){ text.data, text.n }, &err))
		log_die(STATUS_UNMET, "'%s': %s", json_str_at(item, "id"),
		    err.text);
	text_done(&text);
}

static void
decode_item(struct decoding *decoding, struct arena *arena, jv item)
{
	const char *id = json_str_at(item, "id");
	struct arm_zone_id parts;
	bool is_private;
	const char *rest;
	const char *zone;

	if (id == NULL)
		log_die(STATUS_UNMET, "an item has no id");
	zone = zone_id(arena, id, &rest);
	is_private = arm_parse_zone_id(arena, zone, true, &parts);
	if (!is_private && !arm_parse_zone_id(arena, zone, false, &parts))
		log_die(STATUS_UNMET, "'%s' is not in a zone", id);
	decoding->zone = arm_zone_id(arena, &parts, is_private);
	decoding->ownership.zone = parts.name;
	if (*rest == '\0')
		report_zone(&decoding->report, decoding->zone, parts.name,
		    is_private, NULL);
	else if (!is_passed_over(rest))
		add_set(decoding, item);
}

static void
on_owned(void *context, const struct owned *owned)
{
	struct decoding *decoding = context;
	struct have have = *owned->have;
	struct record record = {
		.type = MESSAGE_ADDED,
		.zone = decoding->zone,
		.name = owned->name,
		.rtype = owned->rtype,
		.type_name = owned->type_name,
		.have = &have,
	};

	report_record(&decoding->report, &record);
}

static void
decode_line(struct decoding *decoding, struct arena *arena, jv line)
{
	jv items = json_at(line, "value");
	jv item;

	decoding->ownership = (struct ownership){
		.marking = &decoding->config->marking,
		.arena = arena,
	};
	if (!json_is_array(items))
		decode_item(decoding, arena, line);
	for (int i = 0; json_item(items, i, &item); i++)
		decode_item(decoding, arena, item);
	ownership_say(&decoding->ownership, NULL, on_owned, decoding);
}

/* The next line of standard input; false at its end. */
static bool
next_line(struct line_reader *reader, jv *line)
{
	struct error err;
	enum line_state state = line_read(reader, line, &err);

	if (state == LINE_BAD)
		line_die(reader, &err);
	return state == LINE_READY;
}

int
translate_decode(const struct config *config)
{
	struct decoding decoding = { .config = config };
	struct line_reader reader;
	jv line;

	report_init(&decoding.report);
	line_open(&reader, STDIN_FILENO, "record sets");
	while (next_line(&reader, &line))
		decode_line(&decoding, &reader.arena, line);
	report_flush(&decoding.report);
	line_close(&reader);
	report_done(&decoding.report);
	return STATUS_DONE;
}

/* -- encoding ------------------------------------------------------------- */

static void
put_request(struct line_writer *writer, struct job *job,
    const struct step *step, const struct arm *arm)
{
	jv request = json_new_object();
	struct text body = { 0 };
	jv value;

	json_set_str(&request, "method", step->is_put ? "PUT" : "DELETE");
	json_set_str(&request, "url",
	    arm_url_recordset(arm, &job->arena, &job->zone->parts,
		step->set.type_name, step->set.name));
	json_set_str(&request, "ifMatch", step->if_match);
	if (step->if_match == NULL)
		json_set_str(&request, "ifNoneMatch", "*");
	if (step->is_put) {
		recordset_encode(&body, &step->set, arm->is_private);
		if (json_parse(body.data, body.n, &value, NULL))
			json_set(&request, "body", value);
		text_done(&body);
	}
	(void)line_put(writer, request);
}

static bool
encode_change(struct line_writer *writer, struct zones *zones,
    const struct change *change)
{
	struct job job = {
		.zone = zones_get(zones, change->zone),
		.marking = &zones->config->marking,
	};
	struct error err;
	bool ok = job.zone != NULL ? job_compile(&job, change, &err)
				   : error_set(&err, CAUSE_INVALID,
					 "not a zone of this provider");

	if (!ok)
		log_error("%s %s: %s", change->name, rtype_name(change->rtype),
		    err.text);
	for (size_t i = 0; ok && i < job.n_steps; i++)
		put_request(writer, &job, &job.steps[i], zones->arm);
	arena_done(&job.arena);
	return ok;
}

int
translate_encode(const struct config *config)
{
	struct arm arm = { .endpoint = "", .is_private = config->is_private };
	struct line_writer writer = { .fd = STDOUT_FILENO };
	struct line_reader reader;
	struct report report;
	struct zones zones;
	struct change change;
	struct error err;
	bool ok = true;
	jv line;

	report_init(&report);
	zones_init(&zones, config, &arm, &report);
	line_open(&reader, STDIN_FILENO, "changes");
	while (next_line(&reader, &line)) {
		if (message_type(line) == MESSAGE_SKIP)
			continue;
		if (!message_decode_change(&reader.arena, line, &change, &err))
			line_die(&reader, &err);
		ok &= encode_change(&writer, &zones, &change);
	}
	ok &= line_flush(&writer);
	zones_done(&zones);
	report_done(&report);
	text_done(&writer.buffer);
	line_close(&reader);
	return ok ? STATUS_DONE : STATUS_UNMET;
}
