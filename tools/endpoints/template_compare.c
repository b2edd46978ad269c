// SPDX-License-Identifier: ISC
/*
 * template_compare -- equality and order of values, as Go's eq and lt see them.
 *
 * Upstream  text/template/funcs.go
 */
#include <string.h>

#include "template_compare.h"
#include "template_value.h"

bool
template_compare_order(const struct value *a, const struct value *b, int *order)
{
	if (a->kind == VALUE_TEXT && b->kind == VALUE_TEXT) {
		*order = strcmp(a->text, b->text);
		return true;
	}
	if (a->kind != VALUE_INT || b->kind != VALUE_INT)
		return false;
	*order = (a->number > b->number) - (a->number < b->number);
	return true;
}

static bool
is_nothing(const struct value *value)
{
	return value->kind == VALUE_NONE || value->kind == VALUE_NIL;
}

bool
template_compare_equal(
    struct run *run, const struct value *a, const struct value *b, bool *equal)
{
	int order;

	if (!template_value_spend(run, 1))
		return false;
	if (is_nothing(a) || is_nothing(b)) {
		*equal = is_nothing(a) && is_nothing(b);
		return true;
	}
	if (a->kind == VALUE_BOOL && b->kind == VALUE_BOOL) {
		*equal = a->truth == b->truth;
		return true;
	}
	if (!template_compare_order(a, b, &order))
		return template_value_fail(run, "cannot compare %s with %s",
		    template_value_kind_name(a), template_value_kind_name(b));
	*equal = order == 0;
	return true;
}
