// SPDX-License-Identifier: ISC
/*
 * template -- runs a parsed template over an object.
 *
 * A walk over the tree: each node appends to the output or says what its list
 * goes on with (enum flow). Variables live in a frame of slots, a new one for
 * each {{template}}. All work is paid from a budget, so that neither recursion
 * nor loops over a large object run for long.
 *
 * Upstream  text/template/exec.go, external-dns source/template/engine.go
 */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "json.h"
#include "template.h"
#include "template_field.h"
#include "template_function.h"
#include "template_tree.h"
#include "text.h"

/* Steps and bytes for one object; a name takes some hundreds. */
#define BUDGET         INT64_C(4194304)
#define CALL_DEPTH_MAX 32

enum flow { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE, FLOW_FAILED };

struct frame {
	struct run *run;
	struct text *out;
	struct value dot;
	int depth; /* of {{template}} */
	struct value *slots;
};

static bool eval_pipe(
    struct frame *frame, const struct pipe *pipe, struct value *out);
static enum flow run_list(struct frame *frame, const struct node *list);

static bool
eval_term(struct frame *frame, const struct term *term, struct value *out)
{
	struct value value = { 0 };

	if (!template_value_spend(frame->run, 1))
		return false;
	if (term->kind == TERM_DOT)
		value = frame->dot;
	else if (term->kind == TERM_VARIABLE)
		value = frame->slots[term->slot];
	else if (term->kind == TERM_LITERAL)
		value = term->literal;
	else if (term->kind == TERM_INNER &&
		 !eval_pipe(frame, term->inner, &value))
		return false;
	frame->run->at = term->at;
	for (size_t i = 0; i < term->fields.n; i++)
		if (!template_field_find(
			frame->run, &value, term->fields.items[i], &value))
			return false;
	*out = value;
	return true;
}

/* and, or: the first argument that decides, else the last. */
static bool
eval_shortcut(struct frame *frame, const struct command *command,
    const struct value *piped, struct value *out)
{
	enum shortcut shortcut = command->terms->function->shortcut;
	const struct term *term = command->terms->next;

	for (; term != NULL; term = term->next) {
		if (!eval_term(frame, term, out))
			return false;
		if (template_value_is_true(out) ==
		    (shortcut == SHORTCUT_ON_TRUE))
			return true;
	}
	if (piped != NULL)
		*out = *piped;
	return true;
}

static bool
eval_command(struct frame *frame, const struct command *command,
    const struct value *piped, struct value *out)
{
	const struct template_function *function = command->terms->function;
	struct value args[TEMPLATE_ARGS_MAX];
	size_t n = 0;

	if (command->terms->kind != TERM_FUNCTION)
		return eval_term(frame, command->terms, out);
	if (function->shortcut != SHORTCUT_NONE)
		return eval_shortcut(frame, command, piped, out);
	for (const struct term *term = command->terms->next; term != NULL;
	     term = term->next)
		if (!eval_term(frame, term, &args[n++]))
			return false;
	if (piped != NULL)
		args[n++] = *piped;
	frame->run->at = command->terms->at;
	return template_function_call(
	    &(struct call){ frame->run, function, args, n }, out);
}

static bool
eval_pipe(struct frame *frame, const struct pipe *pipe, struct value *out)
{
	struct value value = { 0 };
	struct value piped;
	const struct value *last = NULL;

	for (const struct command *command = pipe->commands; command != NULL;
	     command = command->next) {
		if (!eval_command(frame, command, last, &value))
			return false;
		piped = value;
		last = &piped;
	}
	*out = value;
	return true;
}

/* The value of a pipe, which goes to its variable too if it has one. */
static bool
eval_and_set(struct frame *frame, const struct pipe *pipe, struct value *out)
{
	if (!eval_pipe(frame, pipe, out))
		return false;
	if (pipe->n_slots > 0)
		frame->slots[pipe->slots[0]] = *out;
	return true;
}

static enum flow
run_print(struct frame *frame, const struct node *node)
{
	struct value value;

	if (!eval_and_set(frame, node->pipe, &value))
		return FLOW_FAILED;
	if (node->pipe->n_slots > 0)
		return FLOW_ON;
	return template_value_print(frame->run, &value, frame->out)
		   ? FLOW_ON
		   : FLOW_FAILED;
}

/* One round of range: key and item go to the variables and to the dot. */
static enum flow
run_round(struct frame *frame, const struct node *node, struct value key,
    struct value item)
{
	const struct pipe *pipe = node->pipe;
	enum flow flow;

	if (pipe->n_slots == 1)
		frame->slots[pipe->slots[0]] = item;
	if (pipe->n_slots == 2) {
		frame->slots[pipe->slots[0]] = key;
		frame->slots[pipe->slots[1]] = item;
	}
	frame->dot = item;
	flow = run_list(frame, node->body);
	return flow == FLOW_CONTINUE ? FLOW_ON : flow;
}

static enum flow
run_over_map(
    struct frame *frame, const struct node *node, const struct value *map)
{
	const char **keys;
	size_t n;
	enum flow flow = FLOW_ON;

	if (!template_value_keys(frame->run, map, &keys, &n))
		return FLOW_FAILED;
	for (size_t i = 0; i < n && flow == FLOW_ON; i++)
		flow = run_round(frame, node, template_value_text(keys[i]),
		    template_value_json(
			json_at(map->json, keys[i]), map->shape));
	return flow;
}

static enum flow
run_over_list(
    struct frame *frame, const struct node *node, const struct value *list)
{
	enum flow flow = FLOW_ON;
	jv item;

	for (int i = 0; flow == FLOW_ON && json_item(list->json, i, &item); i++)
		flow = run_round(frame, node, template_value_int(i),
		    template_value_json(item, list->shape));
	return flow;
}

static enum flow
run_over_number(struct frame *frame, const struct node *node, int64_t number)
{
	enum flow flow = FLOW_ON;

	for (int64_t i = 0; i < number && flow == FLOW_ON; i++)
		flow = run_round(
		    frame, node, template_value_int(i), template_value_int(i));
	return flow;
}

static enum flow
run_range(struct frame *frame, const struct node *node)
{
	struct value dot = frame->dot;
	struct value over;
	enum flow flow = FLOW_FAILED;

	if (!eval_pipe(frame, node->pipe, &over))
		return FLOW_FAILED;
	frame->run->at = node->at;
	if (over.kind == VALUE_LIST && template_value_is_true(&over))
		flow = run_over_list(frame, node, &over);
	else if (over.kind == VALUE_MAP && json_count(over.json) > 0)
		flow = run_over_map(frame, node, &over);
	else if (over.kind == VALUE_INT && over.number > 0)
		flow = run_over_number(frame, node, over.number);
	else if (over.kind != VALUE_TEXT && over.kind != VALUE_BOOL)
		flow = run_list(frame, node->otherwise);
	else
		template_value_fail(frame->run, "cannot range over %s",
		    template_value_kind_name(&over));
	frame->dot = dot;
	return flow == FLOW_BREAK ? FLOW_ON : flow;
}

/* if and with, which differ in the dot alone. */
static enum flow
run_condition(struct frame *frame, const struct node *node)
{
	struct value dot = frame->dot;
	struct value value;
	enum flow flow;

	if (!eval_and_set(frame, node->pipe, &value))
		return FLOW_FAILED;
	if (!template_value_is_true(&value))
		return run_list(frame, node->otherwise);
	if (node->kind == NODE_WITH)
		frame->dot = value;
	flow = run_list(frame, node->body);
	frame->dot = dot;
	return flow;
}

static enum flow
run_template(struct frame *frame, const struct node *node)
{
	struct value slots[TREE_VARIABLES_MAX] = { { 0 } };
	struct frame inner = { .run = frame->run,
		.out = frame->out,
		.depth = frame->depth + 1,
		.slots = slots };

	if (node->pipe != NULL && !eval_and_set(frame, node->pipe, &inner.dot))
		return FLOW_FAILED;
	frame->run->at = node->at;
	if (inner.depth > CALL_DEPTH_MAX) {
		template_value_fail(
		    frame->run, "templates call each other too deeply");
		return FLOW_FAILED;
	}
	slots[0] = inner.dot;
	return run_list(&inner, node->body);
}

static enum flow
run_text(struct frame *frame, const struct node *node)
{
	text_add(frame->out, node->text);
	return template_value_spend(frame->run, strlen(node->text))
		   ? FLOW_ON
		   : FLOW_FAILED;
}

static enum flow
run_jump(struct frame *frame, const struct node *node)
{
	(void)frame;
	return node->kind == NODE_BREAK ? FLOW_BREAK : FLOW_CONTINUE;
}

static enum flow
run_list(struct frame *frame, const struct node *list)
{
	static enum flow (*const runners[])(
	    struct frame *, const struct node *) = {
		[NODE_TEXT] = run_text,
		[NODE_PIPE] = run_print,
		[NODE_IF] = run_condition,
		[NODE_WITH] = run_condition,
		[NODE_RANGE] = run_range,
		[NODE_BREAK] = run_jump,
		[NODE_CONTINUE] = run_jump,
		[NODE_TEMPLATE] = run_template,
	};
	enum flow flow = FLOW_ON;

	for (; list != NULL && flow == FLOW_ON; list = list->next) {
		frame->run->at = list->at;
		if (!template_value_spend(frame->run, 1))
			return FLOW_FAILED;
		flow = runners[list->kind](frame, list);
	}
	return flow;
}

struct template *
template_parse(const char *text, const char *option, struct error *err)
{
	struct template *template = heap_new(sizeof *template);

	template->option = arena_copy(&template->arena, option);
	template->text = arena_copy(&template->arena, text);
	if (template_tree_parse(template, err))
		return template;
	template_free(template);
	return NULL;
}

bool
template_run(const struct template *template, jv object, struct arena *arena,
    struct text *out, struct error *err)
{
	struct run run = { .object = object,
		.arena = arena,
		.err = err,
		.option = template->option,
		.source = template->text,
		.budget = BUDGET };
	struct value slots[TREE_VARIABLES_MAX] = { { 0 } };
	struct frame frame = { .run = &run, .out = out, .slots = slots };
	size_t before = out->n;
	bool ok;

	frame.dot = (struct value){
		.kind = VALUE_MAP, .shape = SHAPE_ROOT, .json = object
	};
	slots[0] = frame.dot;
	ok = run_list(&frame, template->body) != FLOW_FAILED;
	for (size_t i = 0; i < run.n_decoded; i++)
		json_free(run.decoded[i]);
	if (!ok && out->n > before) {
		out->n = before;
		out->data[before] = '\0';
	}
	return ok;
}

void
template_free(struct template *template)
{
	if (template == NULL)
		return;
	arena_done(&template->arena);
	free(template);
}
