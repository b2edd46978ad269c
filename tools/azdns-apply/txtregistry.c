// SPDX-License-Identifier: ISC
/*
 * txtregistry -- see txtregistry.h.
 *
 * Name: `TYPE-` glued to the first label of the record's name, all between
 * prefix and suffix; or, where an affix holds `%{record_type}`, the type there
 * and nowhere else. Reading knows also the format before v0.12 (affixes only,
 * no type). Upstream: external-dns registry/mapper/mapper.go.
 *
 * Content: `"heritage=external-dns,external-dns/owner=O,external-dns/resource=R"`
 * with the quotes as part of the value; encrypted: the base64 of txtcrypt
 * between quotes. Upstream: endpoint/labels.go. Deviations: names are compared
 * in lower case throughout, and CAA is a type like the others.
 */
#include <string.h>

#include "arena.h"
#include "base64.h"
#include "count.h"
#include "dnsname.h"
#include "text.h"
#include "txtregistry.h"

#define TEMPLATE         "%{record_type}"
#define HERITAGE         "heritage=external-dns"
#define LABEL            "external-dns/"
#define LABEL_BYTES_MAX  63
#define NAME_BYTES_MAX   253
#define STRING_BYTES_MAX 255

/* A comes last: where an affix is the template alone, AAAA begins and CAA ends
 * like it. */
static const char *const types[] = { "aaaa", "cname", "ns", "mx", "ptr", "srv",
	"naptr", "txt", "dname", "caa", "a" };
#define TYPES_NOT_OURS 2 /* NAPTR and DNAME */
_Static_assert(COUNT(types) == RTYPE_COUNT - 1 + TYPES_NOT_OURS,
    "marks of each type of ours are known again");

static const char *
lower(struct arena *arena, const char *text)
{
	return text != NULL ? arena_copy_lower(arena, text) : "";
}

static bool
init_key(struct txtregistry *registry, const char *text, struct error *err)
{
	struct text key = { 0 };
	bool ok = true;

	if (text == NULL || *text == '\0')
		return true;
	if (strlen(text) == TXTCRYPT_KEY_BYTES)
		text_add(&key, text);
	else
		ok = base64_decode(&key, text, strlen(text)) &&
		     key.n == TXTCRYPT_KEY_BYTES;
	if (ok)
		memcpy(registry->key.bytes, key.data, TXTCRYPT_KEY_BYTES);
	registry->has_key = ok;
	text_wipe(&key);
	return ok ||
	       error_set(err, CAUSE_INVALID,
		   "--txt-encrypt-aes-key is neither 32 bytes long nor the "
		   "base64 "
		   "of 32 bytes; make one with `openssl rand -base64 32`");
}

bool
txtregistry_init(struct txtregistry *registry, struct arena *arena,
    const struct txtregistry_options *options, struct error *err)
{
	*registry = (struct txtregistry){
		.prefix = lower(arena, options->prefix),
		.suffix = lower(arena, options->suffix),
		.wildcard = lower(arena, options->wildcard),
		.encrypts = options->encrypts,
	};
	if (*registry->prefix != '\0' && *registry->suffix != '\0')
		return error_set(err, CAUSE_INVALID,
		    "--txt-prefix and --txt-suffix exclude each other; "
		    "take one of them away");
	if (!init_key(registry, options->key, err))
		return false;
	if (registry->encrypts && !registry->has_key)
		return error_set(err, CAUSE_INVALID,
		    "--txt-encrypt-enabled needs --txt-encrypt-aes-key");
	return true;
}

/* -- names ---------------------------------------------------------------- */

/* The affix with every template replaced. */
static const char *
expand(struct arena *arena, const char *affix, const char *type)
{
	const char *at;

	while ((at = strstr(affix, TEMPLATE)) != NULL)
		affix = arena_format(arena, "%.*s%s%s", (int)(at - affix),
		    affix, type, at + strlen(TEMPLATE));
	return affix;
}

static bool
has_template(const struct txtregistry *registry)
{
	return strstr(registry->prefix, TEMPLATE) != NULL ||
	       strstr(registry->suffix, TEMPLATE) != NULL;
}

const char *
txtregistry_lookup(
    const struct txtregistry *registry, struct arena *arena, const char *name)
{
	if (*registry->wildcard == '\0' || !dnsname_is_wildcard(name))
		return name;
	return arena_format(arena, "%s%s", registry->wildcard, name + 1);
}

/* Can a record set of this name be in the zone? */
static bool
is_writable(const char *name, const char *zone)
{
	if (strlen(name) > NAME_BYTES_MAX || strchr(name, '*') != NULL ||
	    !dnsname_is_within(name, zone))
		return false;
	for (size_t n; *name != '\0'; name += n + (name[n] == '.')) {
		n = strcspn(name, ".");
		if (n == 0 || n > LABEL_BYTES_MAX)
			return false;
	}
	return true;
}

const char *
txtregistry_name(const struct txtregistry *registry, struct arena *arena,
    const char *name, enum rtype rtype, const char *zone)
{
	bool is_old = rtype == RTYPE_NONE;
	const char *type = is_old ? "" : lower(arena, rtype_name(rtype));
	bool has_type = !is_old && !has_template(registry);
	const char *host = txtregistry_lookup(registry, arena, name);
	size_t n = strcspn(host, ".");
	const char *mark = arena_format(arena, "%s%s%s%.*s%s%s",
	    expand(arena, registry->prefix, type), has_type ? type : "",
	    has_type ? "-" : "", (int)n, host,
	    expand(arena, registry->suffix, type), host + n);

	return is_writable(mark, zone) ? mark : NULL;
}

/* `a-web` -> `web` of type A; `a` and `web` are themselves, of no type. */
static const char *
without_type(const char *name, enum rtype *rtype)
{
	size_t n = strcspn(name, "-");

	*rtype = RTYPE_NONE;
	for (size_t i = 0; i < COUNT(types); i++) {
		if (name[n] != '-' || strlen(types[i]) != n ||
		    strncmp(types[i], name, n) != 0)
			continue;
		*rtype = rtype_find(types[i]);
		return name + n + 1;
	}
	return name;
}

static bool
has_affix(const char *name, const char *affix, bool is_prefix)
{
	size_t n = strlen(name);
	size_t affix_n = strlen(affix);

	return affix_n <= n && memcmp(is_prefix ? name : name + n - affix_n,
				   affix, affix_n) == 0;
}

static const char *
strip(struct arena *arena, const char *name, const char *affix, bool is_prefix)
{
	size_t n = strlen(name) - strlen(affix);

	return arena_copy_n(arena, is_prefix ? name + strlen(affix) : name, n);
}

/* The affix may have been all of the first label: that marks nothing. */
static const char *
or_nothing(const char *host)
{
	return *host != '\0' && *host != '.' ? host : NULL;
}

/* Take the affix away and find the type, in the template or in front. */
static const char *
strip_affix(struct arena *arena, const char *name, const char *affix,
    bool is_prefix, enum rtype *rtype)
{
	const char *old;

	for (size_t i = 0; strstr(affix, TEMPLATE) != NULL && i < COUNT(types);
	     i++) {
		const char *tried = expand(arena, affix, types[i]);

		if (has_affix(name, tried, is_prefix)) {
			*rtype = rtype_find(types[i]);
			return or_nothing(strip(arena, name, tried, is_prefix));
		}
	}
	old = expand(arena, affix, "");
	if (!has_affix(name, old, is_prefix))
		return NULL;
	return or_nothing(
	    without_type(strip(arena, name, old, is_prefix), rtype));
}

const char *
txtregistry_marked(const struct txtregistry *registry, struct arena *arena,
    const char *mark, enum rtype *rtype)
{
	const char *name = lower(arena, mark);
	const char *host;
	const char *rest = name;
	int dots = 0;

	*rtype = RTYPE_NONE;
	if (*registry->suffix == '\0')
		return strip_affix(arena, name, registry->prefix, true, rtype);
	/* The suffix ends the first label of the record and may itself hold
	 * dots: so many labels are taken together. */
	for (const char *c = registry->suffix; *c != '\0'; c++)
		dots += *c == '.';
	for (int i = 0; i <= dots; i++) {
		rest += strcspn(rest, ".");
		if (*rest == '\0' && i < dots)
			return NULL;
		rest += i < dots ? 1 : 0;
	}
	host =
	    strip_affix(arena, arena_copy_n(arena, name, (size_t)(rest - name)),
		registry->suffix, false, rtype);
	return host == NULL ? NULL : arena_format(arena, "%s%s", host, rest);
}

/* -- content -------------------------------------------------------------- */

const char *
txtregistry_encode(const struct txtregistry *registry, struct arena *arena,
    const char *owner, const char *resource)
{
	const char *plain = arena_format(arena, "%s,%sowner=%s%s%s", HERITAGE,
	    LABEL, owner, resource != NULL ? "," LABEL "resource=" : "",
	    resource != NULL ? resource : "");

	if (registry->encrypts)
		plain = txtcrypt_encrypt(arena, &registry->key, plain);
	plain = arena_format(arena, "\"%s\"", plain);
	return strlen(plain) > STRING_BYTES_MAX ? NULL : plain;
}

/* One token of the content; false: a heritage that is not external-dns's. */
static bool
take_token(
    char *token, bool *is_ours, const char **owner, const char **resource)
{
	char *value = strchr(token, '=');

	if (value == NULL)
		return true;
	*value++ = '\0';
	if (strcmp(token, "heritage") == 0) {
		*is_ours = strcmp(value, "external-dns") == 0;
		return *is_ours;
	}
	if (strcmp(token, LABEL "owner") == 0)
		*owner = value;
	if (strcmp(token, LABEL "resource") == 0)
		*resource = value;
	return true;
}

static bool
decode_plain(struct arena *arena, const char *content, const char **owner,
    const char **resource)
{
	char *token = arena_copy(arena, content);
	bool is_ours = false;

	*owner = NULL;
	*resource = NULL;
	while (token != NULL) {
		char *next = strchr(token, ',');

		if (next != NULL)
			*next++ = '\0';
		if (!take_token(token, &is_ours, owner, resource))
			return false;
		token = next;
	}
	return is_ours;
}

bool
txtregistry_decode(const struct txtregistry *registry, struct arena *arena,
    const char *content, const char **owner, const char **resource)
{
	size_t n = strlen(content);
	const char *plain = NULL;

	while (n > 0 && content[n - 1] == '"')
		n--;
	while (n > 0 && *content == '"') {
		content++;
		n--;
	}
	content = arena_copy_n(arena, content, n);
	if (registry->has_key)
		plain = txtcrypt_decrypt(arena, &registry->key, content);
	return decode_plain(
	    arena, plain != NULL ? plain : content, owner, resource);
}
