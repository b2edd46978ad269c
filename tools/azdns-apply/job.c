// SPDX-License-Identifier: ISC
/*
 * job -- see job.h.
 *
 *   CREATE   mark - [replaced away - marks at the same name away] - record -
 *            [other marks of the replaced away]
 *   UPDATE   mark, if owner or resource differ - record, if it differs - marks
 *            of an older form away
 *   DELETE   record - its marks away
 *
 * So a record of ours is never without a mark, wherever the power fails. A mark
 * that other records rest on is left until the last of them goes. Where there
 * is no mark (registry, or a name that a TXT set cannot have) owner and
 * resource are metadata of the record set and go with its PUT.
 */
#include <string.h>

#include "job.h"
#include "table.h"
#include "tags.h"
#include "text.h"
#include "txtregistry.h"
#include "zones.h"

#define MARK_TTL_S 300

static struct step *
add_step(struct job *job, enum step_kind kind, const struct recordset *set)
{
	struct step *step;

	job->steps = arena_grow(
	    &job->arena, job->steps, job->n_steps, sizeof(*job->steps));
	step = &job->steps[job->n_steps++];
	*step = (struct step){
		.kind = kind,
		.is_put = kind == STEP_MARK || kind == STEP_RECORD,
		.set = *set,
		.is_vital = kind != STEP_UNMARK,
	};
	return step;
}

static void
set_before(struct step *step, const struct recordset *before)
{
	step->has_before = true;
	step->before = *before;
}

/* The TXT set of a mark; false: its text would be too long. */
static bool
mark_set(struct job *job, const char *name, const struct recordset *of,
    struct recordset *set)
{
	const char *content = of->owner == NULL
				  ? NULL
				  : txtregistry_encode(job->marking->txt,
					&job->arena, of->owner, of->resource);

	*set = (struct recordset){
		.name = name,
		.rtype = RTYPE_TXT,
		.type_name = rtype_name(RTYPE_TXT),
		.ttl_s = MARK_TTL_S,
		.metadata = tags_join(&job->arena, jv_invalid(), &of->tags),
	};
	strlist_add(&set->targets, &job->arena, content);
	return content != NULL;
}

/* The relative name of the mark that is to be, or NULL: in the metadata. */
static const char *
mark_name(struct job *job)
{
	struct recordset set;
	const char *name = ownership_mark_name(job->marking, &job->arena,
	    job->name, job->rtype, job->zone->parts.name);

	if (name == NULL || job->is_mark_taken ||
	    !mark_set(job, name, &job->want, &set))
		return NULL;
	return name;
}

static const struct mark *
find_mark(const struct job *job, const char *name)
{
	for (size_t i = 0; i < job->n_marks; i++) {
		if (strcmp(job->marks[i].name, name) == 0)
			return &job->marks[i];
	}
	return NULL;
}

static void
add_mark_step(struct job *job, const char *name)
{
	const struct mark *mark = find_mark(job, name);
	struct recordset set;
	struct recordset before;
	struct step *step;

	if (mark != NULL && mark->etag != NULL && mark->current &&
	    text_equal(job->have.owner, job->want.owner) &&
	    text_equal(job->have.resource, job->want.resource) &&
	    strlist_equal(&job->have.tags, &job->want.tags))
		return;
	(void)mark_set(job, name, &job->want, &set);
	step = add_step(job, STEP_MARK, &set);
	if (mark == NULL || mark->etag == NULL)
		return;
	step->if_match = mark->etag;
	if (mark_set(job, name, &job->have, &before))
		set_before(step, &before);
}

bool
job_is_shared(const struct job *job, const char *name)
{
	const unsigned *n = table_find(&job->zone->shared, name);

	return n != NULL && *n > 1;
}

static void
add_unmark_step(
    struct job *job, const struct mark *mark, const struct recordset *of)
{
	struct recordset set;
	struct step *step;

	if (mark->etag == NULL || job_is_shared(job, mark->name) ||
	    (!mark->current && job->has_record && job->zone->n_listed == 0))
		return;
	if (!mark_set(job, mark->name, of, &set))
		return;
	step = add_step(job, STEP_UNMARK, &set);
	step->if_match = mark->etag;
	set_before(step, &set);
}

/* Is this mark to go, now that `name` marks the record? */
static bool
is_obsolete(const struct job *job, const struct mark *mark, const char *name)
{
	return job->marking->registry != REGISTRY_NOOP &&
	       !text_equal(name, mark->name);
}

/* What a TXT mark holds does not stand in the record set as well. */
static void
unmark(struct recordset *set)
{
	set->owner = set->resource = NULL;
	set->tags.n = 0;
}

/* Is one of the marks a TXT set? */
static bool
has_txt(const struct mark *marks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (marks[i].etag != NULL)
			return true;
	return false;
}

static void
add_record_step(struct job *job, const char *name)
{
	struct recordset want = job->want;
	struct recordset have = job->have;
	struct step *step;

	if (name != NULL)
		unmark(&want);
	if (has_txt(job->marks, job->n_marks))
		unmark(&have);
	if (job->marking->registry == REGISTRY_NOOP)
		want.owner = want.resource = have.owner = have.resource = NULL;
	if (job->has_record && recordset_is_equal(&have, &want))
		return;
	step = add_step(job, STEP_RECORD, &want);
	if (!job->has_record)
		return;
	step->if_match = have.etag;
	set_before(step, &have);
}

/* -- what a CREATE takes the place of ------------------------------------- */

struct gone {
	struct recordset set;
	struct mark *marks;
	size_t n_marks;
};

static struct mark *
copy_marks(struct arena *arena, const struct have *have)
{
	struct mark *marks =
	    arena_alloc(arena, (have->n_marks + 1) * sizeof(*marks));

	for (size_t i = 0; i < have->n_marks; i++)
		marks[i] = (struct mark){
			.name = arena_copy(arena, have->marks[i].name),
			.etag = arena_copy(arena, have->marks[i].etag),
			.current = have->marks[i].current,
		};
	return marks;
}

static void
copy_replaced(struct job *job, const struct change *change)
{
	job->n_replaced = change->n_replaces;
	job->replaced = arena_alloc(
	    &job->arena, (job->n_replaced + 1) * sizeof(*job->replaced));
	for (size_t i = 0; i < job->n_replaced; i++) {
		const struct replaced *replaced = &change->replaces[i];
		struct gone *gone = &job->replaced[i];

		recordset_from_have(&job->arena, &replaced->have, job->relative,
		    replaced->rtype, &gone->set);
		gone->marks = copy_marks(&job->arena, &replaced->have);
		gone->n_marks = replaced->have.n_marks;
	}
}

/* A record of what was there, as a PUT would restore it. */
static void
add_away_step(struct job *job, const struct gone *gone)
{
	struct recordset before = gone->set;
	struct step *step;

	if (before.targets.n == 0)
		return;
	if (has_txt(gone->marks, gone->n_marks))
		unmark(&before);
	step = add_step(job, STEP_AWAY, &before);
	step->if_match = before.etag;
	set_before(step, &before);
}

static void
add_replaced_marks(struct job *job, bool at_name)
{
	for (size_t i = 0; i < job->n_replaced; i++) {
		const struct gone *gone = &job->replaced[i];

		for (size_t k = 0; k < gone->n_marks; k++) {
			const struct mark *mark = &gone->marks[k];
			size_t before = job->n_steps;

			if ((strcmp(mark->name, job->relative) == 0) != at_name)
				continue;
			add_unmark_step(job, mark, &gone->set);
			/* What stands at the very name is in the way. */
			if (at_name && job->n_steps > before)
				job->steps[before].is_vital = true;
		}
	}
}

static void
compile_write(struct job *job)
{
	const char *name = mark_name(job);

	if (name != NULL)
		add_mark_step(job, name);
	for (size_t i = 0; i < job->n_replaced; i++)
		add_away_step(job, &job->replaced[i]);
	add_replaced_marks(job, true);
	add_record_step(job, name);
	for (size_t i = 0; i < job->n_marks; i++) {
		if (is_obsolete(job, &job->marks[i], name))
			add_unmark_step(job, &job->marks[i], &job->have);
	}
	add_replaced_marks(job, false);
}

static void
compile_delete(struct job *job)
{
	struct gone gone = { job->have, job->marks, job->n_marks };

	add_away_step(job, &gone);
	for (size_t i = 0; i < job->n_marks; i++) {
		add_unmark_step(job, &job->marks[i], &job->have);
		/* Once the record is gone it is not put back. */
		if (!job->has_record && job->n_steps > 0)
			job->steps[job->n_steps - 1].is_vital = true;
	}
}

/* -- the change ----------------------------------------------------------- */

static bool
copy_want(struct job *job, const struct change *change, struct error *err)
{
	const struct want *want = change->want;
	const char *refusal;

	job->has_want = true;
	job->want = (struct recordset){
		.name = job->relative,
		.rtype = job->rtype,
		.type_name = rtype_name(job->rtype),
		.ttl_s = want->ttl_s,
		.owner = arena_copy(&job->arena, want->owner),
		.resource = arena_copy(&job->arena, want->resource),
	};
	strlist_add_copies(&job->want.tags, &job->arena, &want->tags);
	job->want.metadata = tags_join(&job->arena,
	    change->have != NULL ? change->have->metadata : jv_invalid(),
	    &job->want.tags);
	if (job->want.ttl_s == MESSAGE_ABSENT && job->has_record)
		job->want.ttl_s = job->have.ttl_s;
	if (job->want.ttl_s == MESSAGE_ABSENT)
		job->want.ttl_s = MESSAGE_TTL_DEFAULT;
	for (size_t i = 0; i < want->targets.n; i++) {
		const char *target = rtype_normalise(
		    &job->arena, job->rtype, want->targets.items[i], err);

		if (target == NULL)
			return false;
		strlist_add(&job->want.targets, &job->arena,
		    arena_copy(&job->arena, target));
	}
	strlist_sort_unique(&job->want.targets);
	refusal = recordset_refusal(
	    &job->arena, &job->want, job->marking->is_private);
	if (refusal == NULL && job->want.owner == NULL &&
	    job->marking->registry != REGISTRY_NOOP)
		refusal = "want has no owner";
	return refusal == NULL || error_set(err, CAUSE_INVALID, "%s", refusal);
}

static bool
has_etag(const struct job *job)
{
	if (job->has_record)
		return job->have.etag != NULL;
	for (size_t i = 0; i < job->n_marks; i++) {
		if (job->marks[i].etag == NULL)
			return false;
	}
	return job->n_marks > 0;
}

static const char *
refusal_of(const struct job *job, const struct change *change)
{
	bool creates = change->type == MESSAGE_CREATE;

	if (job->rtype == RTYPE_NONE)
		return "no record type that is known";
	if (job->relative == NULL)
		return "the name is not within the zone";
	if (change->have != NULL && change->have->opaque != NULL)
		return "this record set is not to be touched";
	if (change->type != MESSAGE_DELETE && change->want == NULL)
		return "the change has no want";
	if (!creates && (change->have == NULL || !has_etag(job)))
		return "the change has no etag";
	if (creates && job->has_record)
		return "a CREATE of what is there";
	for (size_t i = 0; i < change->n_replaces; i++) {
		const struct have *have = &change->replaces[i].have;

		if (have->opaque != NULL ||
		    (have->targets.n > 0 && have->etag == NULL))
			return "what is to be replaced has no etag";
	}
	return NULL;
}

bool
job_compile(struct job *job, const struct change *change, struct error *err)
{
	const char *refusal;

	job->type = change->type;
	job->name = arena_copy(&job->arena, change->name);
	job->rtype = change->rtype;
	job->relative =
	    recordset_relative(&job->arena, job->name, job->zone->parts.name);
	if (change->have != NULL) {
		recordset_from_have(&job->arena, change->have, job->relative,
		    job->rtype, &job->have);
		job->marks = copy_marks(&job->arena, change->have);
		job->n_marks = change->have->n_marks;
		job->has_record = job->have.targets.n > 0;
	}
	refusal = refusal_of(job, change);
	if (refusal != NULL)
		return error_set(err, CAUSE_INVALID, "%s", refusal);
	if (change->type == MESSAGE_DELETE) {
		if (job->has_record && strcmp(job->relative, "@") == 0 &&
		    job->rtype == RTYPE_NS)
			return error_set(err, CAUSE_INVALID,
			    "the name servers at the apex belong to Azure");
		compile_delete(job);
		return true;
	}
	if (!copy_want(job, change, err))
		return false;
	copy_replaced(job, change);
	compile_write(job);
	return true;
}

void
job_without_mark(struct job *job)
{
	job->is_mark_taken = true;
	job->n_steps = 0;
	compile_write(job);
}

struct step *
job_step(struct job *job)
{
	return &job->steps[job->is_undoing ? job->at - 1 : job->at];
}

bool
job_puts(struct job *job)
{
	const struct step *step = job_step(job);

	return job->is_undoing ? step->has_before : step->is_put;
}
