// SPDX-License-Identifier: ISC
/*
 * protobuf -- see protobuf.h.
 *
 *   body     "k8s\0" Unknown
 *   Unknown  1 TypeMeta { 1 apiVersion, 2 kind }, 2 the object's bytes
 *
 * One table per message, of the fields that matter here; others are passed
 * over. Numbers from k8s.io/api's generated.proto files.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "protobuf.h"
#include "text.h"
#include "value.h"

#define MAGIC     "k8s"
#define MAGIC_N   4 /* with its NUL */
#define DEPTH_MAX 8

enum form { FORM_TEXT, FORM_MESSAGE, FORM_MAP, FORM_INT, FORM_TEXTS };

struct field {
	unsigned number; /* 0 ends a table */
	enum form form;
	const char *name;
	const struct field *message;
};

static const struct field metadata[] = {
	{ 1, FORM_TEXT, "name", NULL },
	{ 2, FORM_TEXT, "generateName", NULL },
	{ 3, FORM_TEXT, "namespace", NULL },
	{ 11, FORM_MAP, "labels", NULL },
	{ 12, FORM_MAP, "annotations", NULL },
	{ 0, FORM_TEXT, NULL, NULL },
};
static const struct field resource_attributes[] = {
	{ 1, FORM_TEXT, "namespace", NULL },
	{ 2, FORM_TEXT, "verb", NULL },
	{ 3, FORM_TEXT, "group", NULL },
	{ 4, FORM_TEXT, "version", NULL },
	{ 5, FORM_TEXT, "resource", NULL },
	{ 6, FORM_TEXT, "subresource", NULL },
	{ 7, FORM_TEXT, "name", NULL },
	{ 0, FORM_TEXT, NULL, NULL },
};
static const struct field path_attributes[] = {
	{ 1, FORM_TEXT, "path", NULL },
	{ 2, FORM_TEXT, "verb", NULL },
	{ 0, FORM_TEXT, NULL, NULL },
};
static const struct field access_spec[] = {
	{ 1, FORM_MESSAGE, "resourceAttributes", resource_attributes },
	{ 2, FORM_MESSAGE, "nonResourceAttributes", path_attributes },
	{ 0, FORM_TEXT, NULL, NULL },
};
static const struct field rules_spec[] = {
	{ 1, FORM_TEXT, "namespace", NULL },
	{ 0, FORM_TEXT, NULL, NULL },
};
static const struct field token_spec[] = {
	{ 1, FORM_TEXTS, "audiences", NULL },
	{ 4, FORM_INT, "expirationSeconds", NULL },
	{ 0, FORM_TEXT, NULL, NULL },
};

/* Member 2 of the object, beside its metadata. */
static const struct {
	const char *kind;
	struct field second;
} kinds[] = {
	{ "SelfSubjectAccessReview", { 2, FORM_MESSAGE, "spec", access_spec } },
	{ "SelfSubjectRulesReview", { 2, FORM_MESSAGE, "spec", rules_spec } },
	{ "SelfSubjectReview", { 0, FORM_TEXT, NULL, NULL } },
	{ "TokenRequest", { 2, FORM_MESSAGE, "spec", token_spec } },
	{ "Namespace", { 0, FORM_TEXT, NULL, NULL } },
	{ "ServiceAccount", { 0, FORM_TEXT, NULL, NULL } },
	{ "ConfigMap", { 2, FORM_MAP, "data", NULL } },
};

struct bytes {
	const unsigned char *at;
	const unsigned char *end;
};

/* One field of a message: either a number or a run of bytes. */
struct item {
	unsigned number;
	uint64_t value;
	struct bytes bytes;
};

static bool
take_varint(struct bytes *in, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; in->at < in->end && shift < 64; shift += 7) {
		unsigned char byte = *in->at++;

		*out |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return true;
	}
	return false;
}

static bool
take_item(struct bytes *in, struct item *item)
{
	uint64_t tag;
	size_t n;

	if (!take_varint(in, &tag))
		return false;
	item->number = (unsigned)(tag >> 3);
	item->bytes = (struct bytes){ in->at, in->at };
	switch (tag & 7) {
	case 0:
		return take_varint(in, &item->value);
	case 1:
		n = 8;
		break;
	case 2:
		if (!take_varint(in, &item->value))
			return false;
		n = (size_t)item->value;
		break;
	case 5:
		n = 4;
		break;
	default:
		return false;
	}
	if ((size_t)(in->end - in->at) < n)
		return false;
	item->bytes = (struct bytes){ in->at, in->at + n };
	in->at += n;
	return true;
}

static jv
text_of(struct bytes bytes)
{
	char *copy =
	    heap_copy_n((const char *)bytes.at, (size_t)(bytes.end - bytes.at));
	jv value = json_new_str(copy);

	free(copy);
	return value;
}

/* An entry { 1 key, 2 value } added to the map under name. */
static void
add_entry(jv *object, const char *name, struct bytes in)
{
	struct bytes key = { NULL, NULL };
	struct bytes value = { NULL, NULL };
	struct item item;
	char *text;

	while (in.at < in.end && take_item(&in, &item)) {
		if (item.number == 1)
			key = item.bytes;
		else if (item.number == 2)
			value = item.bytes;
	}
	text = heap_copy_n((const char *)key.at, (size_t)(key.end - key.at));
	json_set(object, name,
	    value_with(json_at(*object, name), text, text_of(value)));
	free(text);
}

static bool decode(
    struct bytes in, const struct field *fields, int depth, jv *object);

static bool
add_field(
    const struct field *field, const struct item *item, int depth, jv *object)
{
	jv inner;

	switch (field->form) {
	case FORM_TEXT:
		if (item->bytes.end > item->bytes.at)
			json_set(object, field->name, text_of(item->bytes));
		return true;
	case FORM_INT:
		json_set_int(object, field->name, (int64_t)item->value);
		return true;
	case FORM_TEXTS:
		inner = json_new_array();
		json_add(&inner, text_of(item->bytes));
		json_set(object, field->name, inner);
		return true;
	case FORM_MAP:
		add_entry(object, field->name, item->bytes);
		return true;
	case FORM_MESSAGE:
		break;
	}
	inner = json_new_object();
	if (!decode(item->bytes, field->message, depth + 1, &inner)) {
		json_free(inner);
		return false;
	}
	json_set(object, field->name, inner);
	return true;
}

static bool
decode(struct bytes in, const struct field *fields, int depth, jv *object)
{
	struct item item;

	if (depth > DEPTH_MAX)
		return false;
	while (in.at < in.end) {
		if (!take_item(&in, &item))
			return false;
		for (const struct field *f = fields; f->number != 0; f++)
			if (f->number == item.number &&
			    !add_field(f, &item, depth, object))
				return false;
	}
	return true;
}

bool
protobuf_is(const char *body, size_t n)
{
	return n >= MAGIC_N && memcmp(body, MAGIC, MAGIC_N) == 0;
}

/* The message of a whole object: 1 metadata, 2 as the table says. */
static bool
decode_object(struct bytes raw, jv *object, struct error *err)
{
	const char *kind = json_str_at(*object, "kind");
	size_t i = 0;

	while (i < sizeof(kinds) / sizeof(*kinds) &&
	       (kind == NULL || strcmp(kinds[i].kind, kind) != 0))
		i++;
	if (i == sizeof(kinds) / sizeof(*kinds))
		return error_set(err, CAUSE_INVALID, "%s is taken as JSON only",
		    kind == NULL ? "this" : kind);
	const struct field whole[] = {
		{ 1, FORM_MESSAGE, "metadata", metadata },
		kinds[i].second,
		{ 0, FORM_TEXT, NULL, NULL },
	};
	return decode(raw, whole, 0, object) ||
	       error_set(err, CAUSE_INVALID, "protobuf is not well-formed");
}

bool
protobuf_decode(const char *body, size_t n, jv *out, struct error *err)
{
	static const struct field type_meta[] = {
		{ 1, FORM_TEXT, "apiVersion", NULL },
		{ 2, FORM_TEXT, "kind", NULL },
		{ 0, FORM_TEXT, NULL, NULL },
	};
	struct bytes in = { (const unsigned char *)body + MAGIC_N,
		(const unsigned char *)body + n };
	struct bytes raw = { in.at, in.at };
	struct item item;

	*out = json_new_object();
	while (in.at < in.end && take_item(&in, &item)) {
		if (item.number == 1)
			(void)decode(item.bytes, type_meta, 0, out);
		else if (item.number == 2)
			raw = item.bytes;
	}
	if (decode_object(raw, out, err))
		return true;
	json_free(*out);
	*out = jv_invalid();
	return false;
}
