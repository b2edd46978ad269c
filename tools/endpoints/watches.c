// SPDX-License-Identifier: ISC
/*
 * watches -- RESOURCE[.GROUP][@NAMESPACE][:path,path...] of all reads.
 *
 * Several rows of one resource become one argument with all their paths. With
 * templates the objects that are claimed for are wanted whole, because a
 * template may name any field.
 */
#include "watches.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "config.h"
#include "sources/source.h"

struct watch {
	const struct kind *kind;
	bool whole;
	struct strlist paths;
};

static struct watch *
find_watch(struct watch *watches, size_t *n, const struct kind *kind)
{
	for (size_t i = 0; i < *n; i++)
		if (watches[i].kind == kind)
			return &watches[i];
	watches[*n].kind = kind;
	return &watches[(*n)++];
}

static bool
is_templated(const struct config *config, const struct source *source)
{
	return (config->fqdn != NULL &&
		   (source->host != NULL || source->templated)) ||
	       (source->pairs && config->pair != NULL);
}

static void
add_reads(const struct config *config, const struct source *source,
    struct arena *arena, struct watch *watches, size_t *n)
{
	for (const struct read *read = source->reads; read->kind != NULL;
	     read++) {
		struct watch *watch;

		if (!source_reads(config, read))
			continue;
		watch = find_watch(watches, n, read->kind);
		if (read->paths == NULL ||
		    (!read->joined && is_templated(config, source)))
			watch->whole = true;
		else
			strlist_add_split(
			    &watch->paths, arena, read->paths, ' ');
	}
}

static void
print_kind(const struct kind *kind)
{
	printf("%s%s%s", kind->resource, *kind->group == '\0' ? "" : ".",
	    kind->group);
}

static void
print_watch(
    const struct config *config, struct watch *watch, struct arena *arena)
{
	const char *only = config_namespace(config, watch->kind);

	print_kind(watch->kind);
	if (only != NULL)
		printf("@%s", only);
	strlist_sort_unique(&watch->paths);
	if (!watch->whole)
		printf(":%s", strlist_join(&watch->paths, arena, ","));
	putchar('\n');
}

void
watches_print(const struct config *config)
{
	struct watch watches[CONFIG_SOURCES_MAX * SOURCE_READS_MAX] = { 0 };
	struct arena arena = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < config->n_sources; i++)
		add_reads(config, config->sources[i], &arena, watches, &n);
	for (size_t i = 0; i < n; i++)
		print_watch(config, &watches[i], &arena);
	arena_done(&arena);
}

void
watches_print_sources(void)
{
	for (size_t i = 0; i < sources_n; i++) {
		const char *comma = "";

		printf("%s\t%s\t", sources[i]->name, sources[i]->summary);
		for (const struct read *read = sources[i]->reads;
		     read->kind != NULL; read++) {
			printf("%s", comma);
			print_kind(read->kind);
			comma = ",";
		}
		putchar('\n');
	}
}
