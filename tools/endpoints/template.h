// SPDX-License-Identifier: ISC
/*
 * template -- names asked for by --fqdn-template and its sisters.
 *
 * The part of Go's text/template that such flags use, over the JSON of one
 * Kubernetes object. The language is described in endpoints(1), TEMPLATES.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <jv.h>
#include <stdbool.h>

struct arena;
struct error;
struct template;
struct text;

/*
 * Parse text, which need not live on. NULL: err names the option, line and
 * column. The result is given to template_free.
 */
struct template *template_parse(
    const char *text, const char *option, struct error *err);

/*
 * Append what the template says about object. false: err says where and why,
 * and out holds no more than it did. arena takes what is needed on the way.
 */
bool template_run(const struct template *, jv object, struct arena *arena,
    struct text *out, struct error *err);

/* NULL does nothing. */
void template_free(struct template *);

#endif
