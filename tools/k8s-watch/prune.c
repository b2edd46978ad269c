// SPDX-License-Identifier: ISC
/*
 * prune -- the parts of an object that somebody asked for.
 *
 * The paths are a tree of keys; the text of an object is walked along it and
 * what is kept is copied as it came. managedFields never pass: they are a
 * third to a half of most objects and nobody's business. Nor does, with paths,
 * kubectl's copy of the whole object in an annotation.
 */
#include "prune.h"

#include <string.h>

#include "arena.h"
#include "text.h"

#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"

/* Arrays within arrays are followed this deep; below they are copied. */
#define DEPTH_MAX 32

struct prune_node {
	const char *key;
	bool is_wanted; /* on some path; else the member is not kept */
	bool is_never;  /* no path can change that */
	bool is_whole;  /* members without a node of their own are kept */
	struct prune_node *children;
	struct prune_node *next; /* sibling */
};

static struct prune_node *
find(const struct prune_node *node, struct span key)
{
	struct prune_node *child = node->children;

	while (child != NULL && !scan_is(key, child->key))
		child = child->next;
	return child;
}

static struct prune_node *
put(struct prune_node *node, struct arena *arena, const char *key)
{
	struct prune_node *child =
	    find(node, (struct span){ key, strlen(key) });

	if (child != NULL)
		return child;
	child = arena_alloc(arena, sizeof(*child));
	*child = (struct prune_node){ .key = arena_copy(arena, key),
		.next = node->children };
	node->children = child;
	return child;
}

static struct prune_node *
want(struct prune_node *node, struct arena *arena, const char *key)
{
	struct prune_node *child = put(node, arena, key);

	child->is_wanted = !child->is_never;
	return child;
}

static void
never(struct prune_node *node, struct arena *arena, const char *key)
{
	put(node, arena, key)->is_never = true;
}

void
prune_init(struct prune *prune, struct arena *arena, bool is_whole)
{
	struct prune_node *root = arena_alloc(arena, sizeof(*root));
	struct prune_node *metadata = want(root, arena, "metadata");

	prune->root = root;
	root->is_whole = is_whole;
	metadata->is_whole = is_whole;
	never(root, arena, "apiVersion");
	never(root, arena, "kind");
	never(metadata, arena, "managedFields");
	if (is_whole)
		return;
	want(metadata, arena, "namespace")->is_whole = true;
	want(metadata, arena, "name")->is_whole = true;
	want(metadata, arena, "uid")->is_whole = true;
	never(put(metadata, arena, "annotations"), arena, LAST_APPLIED);
}

/* Cut the first key off a path, its dots unescaped. */
static const char *
next_key(struct arena *arena, const char **path)
{
	char *key = arena_copy(arena, *path);
	size_t n = 0;
	const char *at = *path;

	while (*at != '\0' && *at != '.') {
		if (at[0] == '\\' && at[1] == '.')
			at++;
		key[n++] = *at++;
	}
	key[n] = '\0';
	*path = *at == '.' ? at + 1 : at;
	return key;
}

void
prune_add(struct prune *prune, struct arena *arena, const char *path)
{
	struct prune_node *node = prune->root;

	while (*path != '\0') {
		node = want(node, arena, next_key(arena, &path));
		if (node->is_never)
			return;
	}
	node->is_whole = true;
}

static void prune_value(const struct prune_node *node, struct span value,
    struct text *out, int depth);

static void
prune_members(const struct prune_node *node, struct scan *scan,
    struct text *out, int depth)
{
	const struct prune_node *child;
	struct span key;
	struct span value;
	bool is_first = true;

	while (scan_member(scan, &key, &value)) {
		child = find(node, key);
		if (child == NULL ? !node->is_whole : !child->is_wanted)
			continue;
		if (!is_first)
			text_add_char(out, ',');
		is_first = false;
		text_add_char(out, '"');
		text_add_n(out, key.at, key.n);
		text_add_n(out, "\":", 2);
		if (child == NULL)
			text_add_n(out, value.at, value.n);
		else
			prune_value(child, value, out, depth);
	}
}

static void
prune_items(const struct prune_node *node, struct scan *scan, struct text *out,
    int depth)
{
	struct span item;
	bool is_first = true;

	while (scan_item(scan, &item)) {
		if (!is_first)
			text_add_char(out, ',');
		is_first = false;
		prune_value(node, item, out, depth + 1);
	}
}

static void
prune_value(const struct prune_node *node, struct span value, struct text *out,
    int depth)
{
	struct scan scan;

	bool is_copied =
	    depth > DEPTH_MAX || (node->is_whole && node->children == NULL);

	if (!is_copied && scan_enter(&scan, value, '{')) {
		text_add_char(out, '{');
		prune_members(node, &scan, out, depth + 1);
		text_add_char(out, '}');
	} else if (!is_copied && scan_enter(&scan, value, '[')) {
		text_add_char(out, '[');
		prune_items(node, &scan, out, depth);
		text_add_char(out, ']');
	} else {
		text_add_n(out, value.at, value.n);
	}
}

/* Read the members named by keys into the spans beside them. */
struct wanted {
	const char *key;
	struct span *into;
};

static bool
read_strings(struct span object, const struct wanted *wanted, size_t n)
{
	struct scan scan;
	struct span key;
	struct span value;
	size_t n_left = n;

	if (!scan_enter(&scan, object, '{'))
		return false;
	while (n_left > 0 && scan_member(&scan, &key, &value)) {
		for (size_t i = 0; i < n; i++) {
			if (!scan_is(key, wanted[i].key))
				continue;
			*wanted[i].into =
			    *value.at == '"' ? scan_string(value) : value;
			n_left--;
		}
	}
	return !scan.bad;
}

static bool
read_identity(struct span object, struct identity *identity)
{
	struct span metadata = { "", 0 };
	const struct wanted members[] = {
		{ "apiVersion", &identity->api_version },
		{ "kind", &identity->kind },
		{ "metadata", &metadata },
	};
	const struct wanted names[] = {
		{ "namespace", &identity->namespace },
		{ "name", &identity->name },
		{ "uid", &identity->uid },
		{ "resourceVersion", &identity->version },
	};

	*identity = (struct identity){ 0 };
	/* The items of a typed list have no kind: without it all is read. */
	return read_strings(object, members, 3) &&
	       read_strings(metadata, names, 4);
}

/* A server that indents must not break a line in two. */
static void
blank_controls(char *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at[i] == '\n' || at[i] == '\r')
			at[i] = ' ';
}

bool
prune_object(const struct prune *prune, struct span object,
    struct identity *identity, struct text *out)
{
	struct scan scan;
	size_t start = out->n;

	if (!read_identity(object, identity) || !scan_enter(&scan, object, '{'))
		return false;
	prune_members(prune->root, &scan, out, 0);
	if (memchr(text_str(out) + start, '\n', out->n - start) != NULL)
		blank_controls(out->data + start, out->n - start);
	return !scan.bad;
}
