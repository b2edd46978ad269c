// SPDX-License-Identifier: ISC
/*
 * dnsname -- the normal form of a name.
 *
 * ASCII names are checked and lowered here; a name with bytes beyond ASCII
 * goes through libidn2 first. libidn2 is not asked about ASCII names, because
 * its STD3 rules would refuse the underscore of service labels (RFC 8552).
 */
#include "dnsname.h"

#include <idn2.h>
#include <string.h>

#include "arena.h"

#define NAME_BYTES_MAX  253  /* RFC 1035 section 2.3.4, as text without dot */
#define LABEL_BYTES_MAX 63   /* RFC 1035 section 2.3.4 */
#define INPUT_BYTES_MAX 4096 /* no name of this size can become a valid one */

static bool
is_ascii(const char *name)
{
	for (; *name != '\0'; name++)
		if ((unsigned char)*name >= 0x80)
			return false;
	return true;
}

static const char *
to_ascii(struct arena *arena, const char *name, struct error *err)
{
	char *ascii = NULL;
	const char *copy;
	int rc = idn2_to_ascii_8z(
	    name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

	if (rc != IDN2_OK) {
		error_set(
		    err, CAUSE_INVALID, "not IDNA: %s", idn2_strerror(rc));
		return NULL;
	}
	copy = arena_copy(arena, ascii);
	idn2_free(ascii);
	return copy;
}

static bool
check_label(const char *label, size_t n, bool first, struct error *err)
{
	if (n == 0)
		return error_set(err, CAUSE_INVALID, "an empty label");
	if (n > LABEL_BYTES_MAX)
		return error_set(err, CAUSE_INVALID,
		    "label '%.*s...' is longer than %d bytes", 16, label,
		    LABEL_BYTES_MAX);
	if (memchr(label, '*', n) != NULL)
		return (n == 1 && first) ||
		       error_set(err, CAUSE_INVALID,
			   "a wildcard that is not the whole first label");
	for (size_t i = 0; i < n; i++) {
		char c = label[i];

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' &&
		    c != '_')
			return error_set(err, CAUSE_INVALID,
			    "the character '%c' is in no host name", c);
	}
	return true;
}

static bool
check_name(const char *name, struct error *err)
{
	const char *label = name;

	if (strlen(name) > NAME_BYTES_MAX)
		return error_set(
		    err, CAUSE_INVALID, "longer than %d bytes", NAME_BYTES_MAX);
	for (;;) {
		size_t n = strcspn(label, ".");

		if (!check_label(label, n, label == name, err))
			return false;
		if (label[n] == '\0')
			return true;
		label += n + 1;
	}
}

const char *
dnsname_normalise(struct arena *arena, const char *name, struct error *err)
{
	size_t n = strlen(name);
	char *normal;

	if (n == 0) {
		error_set(err, CAUSE_INVALID, "an empty name");
		return NULL;
	}
	if (n > INPUT_BYTES_MAX) {
		error_set(
		    err, CAUSE_INVALID, "longer than %d bytes", NAME_BYTES_MAX);
		return NULL;
	}
	if (!is_ascii(name) && (name = to_ascii(arena, name, err)) == NULL)
		return NULL;
	normal = arena_copy_lower(arena, name);
	n = strlen(normal);
	if (n > 1 && normal[n - 1] == '.')
		normal[n - 1] = '\0';
	return check_name(normal, err) ? normal : NULL;
}

const char *
dnsname_unicode(struct arena *arena, const char *name)
{
	const char *result = name;
	char *unicode = NULL;

	if (strstr(name, "xn--") != NULL &&
	    idn2_to_unicode_8z8z(name, &unicode, 0) == IDN2_OK)
		result = arena_copy(arena, unicode);
	idn2_free(unicode);
	return result;
}

bool
dnsname_is_within(const char *name, const char *zone)
{
	size_t n = strlen(name);
	size_t n_zone = strlen(zone);

	if (n < n_zone || strcmp(name + n - n_zone, zone) != 0)
		return false;
	return n == n_zone || name[n - n_zone - 1] == '.';
}

bool
dnsname_is_wildcard(const char *name)
{
	return name[0] == '*' && (name[1] == '.' || name[1] == '\0');
}
