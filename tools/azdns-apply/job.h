// SPDX-License-Identifier: ISC
/* job -- one change on its way: the requests it takes, in order. */
#ifndef JOB_H
#define JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "message.h"
#include "ownership.h"
#include "pace.h"
#include "recordset.h"
#include "retry.h"

struct gone;
struct zone;

enum step_kind {
	STEP_MARK,   /* write the mark */
	STEP_AWAY,   /* delete a record set that is replaced or unwanted */
	STEP_RECORD, /* write the record set itself */
	STEP_UNMARK, /* delete a mark */
};

/* One conditional request. */
struct step {
	enum step_kind kind;
	bool is_put;
	struct recordset set;    /* PUT: what is to be; DELETE: name and type */
	const char *if_match;    /* NULL: PUT only if it does not exist */
	bool has_before;         /* something was there, and is put back on */
	struct recordset before; /* failure; else what was made goes away */
	bool is_vital;           /* its failure undoes the others */
	bool is_done;
	bool is_found; /* not to be undone: it was there already, or may be */
	const char *etag; /* after a PUT */
};

/* A set to be read for the truth. */
struct query {
	const char *type_name;
	const char *name;    /* relative */
	bool is_alternative; /* only where the record has no other mark */
};

enum job_state {
	JOB_READY, /* the step at hand may be sent at next_ms */
	JOB_CHECK, /* the set of the step is to be read, at next_ms */
	JOB_TRUTH, /* what there is now is to be read, set by set */
	JOB_SENT,  /* waiting for an answer; what was sent is in `sent` */
	JOB_OVER,  /* the result can be said */
};

struct job {
	struct job *next;
	struct zone *zone;
	struct arena arena; /* of all texts */
	const struct marking *marking;
	const char *name;     /* absolute */
	const char *relative; /* to the zone */
	struct recordset have;
	struct mark *marks; /* of have */
	size_t n_marks;
	struct recordset want; /* owner and resource as the wire has them */
	struct gone *replaced; /* by a change of type */
	size_t n_replaced;
	struct step *steps;
	size_t n_steps;
	size_t at; /* the step at hand; n_steps: all done */
	/* how it goes */
	struct retry retry;
	struct pace_ticket ticket; /* of what was sent */
	struct recordset written;  /* the answer to STEP_RECORD */
	struct query *queries;     /* of JOB_TRUTH */
	size_t n_queries;
	size_t n_queried;
	struct ownership truth; /* the answers */
	struct error err;
	enum message_type type;
	enum rtype rtype;
	enum job_state state;
	enum job_state sent; /* what state the request was sent from */
	enum result_status outcome;
	bool has_record; /* have holds a record set, not a mark alone */
	bool has_want;
	bool is_mark_taken; /* a TXT set that is no mark has its name */
	bool is_undoing;    /* going back from at - 1 */
	bool needs_truth;   /* something was undone, or may have been done */
	bool has_truth;     /* all of queries are answered */
	bool is_blocked;    /* an earlier job has the same name */
	bool is_unsure;     /* this step was sent and the answer lost */
	bool is_written;
};

/*
 * Copy a change and derive its steps. false with err: it cannot be carried
 * out as it stands (result failed, code Refused).
 */
bool job_compile(
    struct job *job, const struct change *change, struct error *err);

/* Derive the steps anew, before any is done: the mark goes to the metadata. */
void job_without_mark(struct job *job);

/* The step at hand (the one to undo, going back), and whether it is a PUT. */
struct step *job_step(struct job *job);
bool job_puts(struct job *job);

/* What is there after all steps: have with marks; false: nothing. */
bool job_have(struct job *job, struct have *have, jv *metadata);

/* Do other records rest on this mark too? Then it stays. */
bool job_is_shared(const struct job *job, const char *mark);

/* It is done: it rests no more on the marks that others rest on too. */
void job_release_marks(struct job *job);

/* Has anything been sent, or is it known how it ends? */
bool job_has_begun(const struct job *job);

/* Begin to read the truth of its key and of all that it replaces. */
void job_seek_truth(struct job *job);

/* The next set to read; NULL: all were. */
const struct query *job_next_query(struct job *job);

#endif
