// SPDX-License-Identifier: ISC
/*
 * page -- see page.h.
 *
 * A page of 1000 record sets is half a megabyte of text and ten times that as
 * one value; so the text is walked.
 */
#include "page.h"
#include "arm.h"
#include "json.h"
#include "text.h"

static bool
walk_items(
    struct span list, page_function *on_item, void *context, struct error *err)
{
	struct scan scan;
	struct span text;

	if (!scan_enter(&scan, list, '['))
		return error_set(err, CAUSE_TEMPORARY, "'value' is no array");
	while (scan_item(&scan, &text))
		if (!on_item(context, text, err))
			return false;
	return !scan.bad ||
	       error_set(err, CAUSE_TEMPORARY, "the list ends in the middle");
}

static bool
take_link(struct span text, struct text *next_link)
{
	jv value;
	bool ok = json_parse(text.at, text.n, &value, NULL);

	if (ok && json_str(value) != NULL)
		text_add(next_link, json_str(value));
	json_free(value);
	return ok;
}

bool
page_decode(const struct arm_answer *answer, struct text *next_link,
    page_function *on_item, void *context, struct error *err)
{
	struct scan scan;
	struct span key;
	struct span value;
	bool found = false;

	text_reset(next_link);
	if (!scan_enter(
		&scan, (struct span){ answer->body, answer->body_n }, '{'))
		return error_set(
		    err, CAUSE_TEMPORARY, "the answer is no JSON object");
	while (scan_member(&scan, &key, &value)) {
		if (scan_is(key, "nextLink") && !take_link(value, next_link))
			return error_set(
			    err, CAUSE_TEMPORARY, "'nextLink' is no text");
		if (!scan_is(key, "value"))
			continue;
		found = true;
		if (!walk_items(value, on_item, context, err))
			return false;
	}
	return (found && !scan.bad) ||
	       error_set(err, CAUSE_TEMPORARY, "the answer is no whole list");
}
