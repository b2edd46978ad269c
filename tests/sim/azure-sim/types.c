// SPDX-License-Identifier: ISC
/*
 * types -- the record types of both services, and their values.
 *
 * Values are stored as sent: trailing dots, case, odd CAA tags and
 * backslashes come back unchanged. What is refused, and the texts, are those
 * of reports by users of the real service (DESIGN of the project, reference
 * of the wire: section 1.8).
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ip.h"
#include "types.h"

#define LABEL_BYTES_MAX  63
#define NAME_BYTES_MAX   253
#define STRING_BYTES_MAX 255
#define U8               255
#define U16              65535
#define I32              2147483647

/* clang-format off */
static const struct set_type types[] = {
	{ "A", "ARecords", "aRecords", .alias = true,
	  .fields = { { "ipv4Address", FIELD_IPV4, 0 } } },
	{ "AAAA", "AAAARecords", "aaaaRecords", .alias = true,
	  .fields = { { "ipv6Address", FIELD_IPV6, 0 } } },
	{ "CAA", "caaRecords", NULL,
	  .fields = { { "flags", FIELD_NUMBER, U8 }, { "tag", FIELD_TEXT, 0 },
	              { "value", FIELD_TEXT, 0 } } },
	{ "CNAME", "CNAMERecord", "cnameRecord", .single = true, .alias = true,
	  .fields = { { "cname", FIELD_HOST, 0 } } },
	{ "DS", "DSRecords", NULL, .preview = true,
	  .fields = { { "keyTag", FIELD_NUMBER, U16 },
	              { "algorithm", FIELD_NUMBER, U8 },
	              { "digest", FIELD_DIGEST, 0 } } },
	{ "MX", "MXRecords", "mxRecords",
	  .fields = { { "preference", FIELD_NUMBER, U16 },
	              { "exchange", FIELD_HOST, 0 } } },
	{ "NAPTR", "NAPTRRecords", NULL, .preview = true,
	  .fields = { { "order", FIELD_NUMBER, U16 },
	              { "preference", FIELD_NUMBER, U16 },
	              { "flags", FIELD_TEXT, 0 }, { "services", FIELD_TEXT, 0 },
	              { "regexp", FIELD_TEXT, 0 },
	              { "replacement", FIELD_TEXT, 0 } } },
	{ "NS", "NSRecords", NULL,
	  .fields = { { "nsdname", FIELD_HOST, 0 } } },
	{ "PTR", "PTRRecords", "ptrRecords",
	  .fields = { { "ptrdname", FIELD_HOST, 0 } } },
	{ "SOA", "SOARecord", "soaRecord", .single = true,
	  .fields = { { "host", FIELD_HOST, 0 }, { "email", FIELD_TEXT, 0 },
	              { "serialNumber", FIELD_NUMBER, I32 },
	              { "refreshTime", FIELD_NUMBER, I32 },
	              { "retryTime", FIELD_NUMBER, I32 },
	              { "expireTime", FIELD_NUMBER, I32 },
	              { "minimumTTL", FIELD_NUMBER, I32 } } },
	{ "SRV", "SRVRecords", "srvRecords",
	  .fields = { { "priority", FIELD_NUMBER, U16 },
	              { "weight", FIELD_NUMBER, U16 },
	              { "port", FIELD_NUMBER, U16 },
	              { "target", FIELD_HOST, 0 } } },
	{ "TLSA", "TLSARecords", NULL, .preview = true,
	  .fields = { { "usage", FIELD_NUMBER, U8 },
	              { "selector", FIELD_NUMBER, U8 },
	              { "matchingType", FIELD_NUMBER, U8 },
	              { "certAssociationData", FIELD_TEXT, 0 } } },
	{ "TXT", "TXTRecords", "txtRecords",
	  .fields = { { "value", FIELD_STRINGS, 0 } } },
};
/* clang-format on */

#define N_TYPES (sizeof(types) / sizeof(*types))

const struct set_type *
types_at(size_t i)
{
	return i < N_TYPES ? &types[i] : NULL;
}

const char *
types_member(const struct set_type *type, bool private)
{
	return private ? type->private_member : type->public_member;
}

const struct set_type *
types_find(const char *name, bool private)
{
	for (size_t i = 0; i < N_TYPES; i++)
		if (strcasecmp(types[i].name, name) == 0)
			return types_member(&types[i], private) == NULL
				   ? NULL
				   : &types[i];
	return NULL;
}

bool
types_is_host(const char *name)
{
	size_t n = strlen(name);
	size_t label = 0;

	if (n > 0 && name[n - 1] == '.')
		n--;
	if (n == 0 || n > NAME_BYTES_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (name[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
			continue;
		}
		if (!isalnum((unsigned char)name[i]) &&
		    strchr("-_*/", name[i]) == NULL)
			return false;
		if (++label > LABEL_BYTES_MAX)
			return false;
	}
	return label > 0;
}

static bool
refuse_body(struct call *call)
{
	return call_fail(call, 400, "BadRequest", "The request was invalid.");
}

static bool
read_address(struct call *call, const struct field *field, jv value, jv *out)
{
	const char *text = json_str(value);
	struct ip ip;

	if (text == NULL || !ip_parse(text, &ip) ||
	    ip.version != (field->kind == FIELD_IPV4 ? 4 : 6))
		return call_fail(call, 400, "BadRequest",
		    "The provided ip address '%s' is not valid.",
		    text == NULL ? "" : text);
	if (sim_switch("ipv6-canonical") != 0)
		text = ip_print(&call->arena, &ip);
	json_set_str(out, field->name, text);
	return true;
}

static bool
read_host(struct call *call, const struct field *field, jv value, jv *out)
{
	const char *text = json_str(value);

	if (text == NULL)
		return refuse_body(call);
	if (!types_is_host(text))
		return call_fail(call, 400, "BadRequest",
		    "The domain name '%s' is invalid.", text);
	json_set_str(out, field->name, text);
	return true;
}

static bool
read_number(struct call *call, const struct field *field, jv value, jv *out)
{
	int64_t number;

	if (!json_int(value, &number) || number < 0 || number > field->max)
		return refuse_body(call);
	json_set_int(out, field->name, number);
	return true;
}

static bool
read_strings(struct call *call, const struct field *field, jv value, jv *out)
{
	jv strings = json_new_array();
	size_t total = 0;
	jv item;

	for (int i = 0; json_item(value, i, &item); i++) {
		const char *text = json_str(item);

		if (text == NULL)
			break;
		if (strlen(text) > STRING_BYTES_MAX) {
			json_free(strings);
			return call_fail(call, 400, "BadRequest",
			    "The value '%s' of the TXT record is longer than "
			    "%d characters.",
			    text, STRING_BYTES_MAX);
		}
		total += strlen(text);
		json_add_str(&strings, text);
	}
	json_set(out, field->name, strings);
	return (total > 0 && json_count(strings) == json_count(value)) ||
	       refuse_body(call);
}

static bool
read_field(struct call *call, const struct field *field, jv value, jv *out)
{
	jv digest;

	switch (field->kind) {
	case FIELD_IPV4:
	case FIELD_IPV6:
		return read_address(call, field, value, out);
	case FIELD_HOST:
		return read_host(call, field, value, out);
	case FIELD_NUMBER:
		return read_number(call, field, value, out);
	case FIELD_STRINGS:
		return read_strings(call, field, value, out);
	case FIELD_DIGEST:
		digest = json_new_object();
		json_set(&digest, "algorithmType",
		    json_share(call_member(value, "algorithmType")));
		json_set(
		    &digest, "value", json_share(call_member(value, "value")));
		json_set(out, field->name, digest);
		return true;
	case FIELD_TEXT:
	case FIELD_END:
		break;
	}
	if (json_str(value) == NULL)
		return refuse_body(call);
	json_set_str(out, field->name, json_str(value));
	return true;
}

/* One element; *out belongs to the caller in any case. */
static bool
read_record(struct call *call, const struct set_type *type, jv record, jv *out)
{
	*out = json_new_object();
	if (!json_is_object(record))
		return refuse_body(call);
	for (const struct field *field = type->fields; field->kind != FIELD_END;
	     field++)
		if (!read_field(
			call, field, call_member(record, field->name), out))
			return false;
	return true;
}

static bool
check_total(struct call *call, const struct set_type *type, jv records)
{
	int64_t total = 0;
	jv record;
	jv string;

	if (strcmp(type->name, "TXT") != 0)
		return true;
	for (int i = 0; json_item(records, i, &record); i++)
		for (int j = 0; json_item(json_at(record, "value"), j, &string);
		     j++)
			total += (int64_t)strlen(json_str(string));
	return total <= sim_switch("txt-total-max") ||
	       call_fail(call, 400, "BadRequest",
		   "The combined length of all TXT records in a record set may "
		   "not exceed %lld characters.",
		   (long long)sim_switch("txt-total-max"));
}

static bool
read_array(
    struct call *call, const struct set_type *type, jv given, jv *records)
{
	int status =
	    call->place.private ? 409 : (int)sim_switch("records-max-status");
	jv record;
	jv item;

	*records = json_new_array();
	if (json_is_present(given) && !json_is_array(given))
		return refuse_body(call);
	for (int i = 0; json_item(given, i, &item); i++) {
		bool good = read_record(call, type, item, &record);

		json_add(records, record);
		if (!good)
			return false;
	}
	if (json_count(*records) > sim_switch("records-max"))
		return call_fail(call, status,
		    status == 409 ? "Conflict" : "BadRequest",
		    "The number of records in the record set exceeds the "
		    "maximum of %lld.",
		    (long long)sim_switch("records-max"));
	return check_total(call, type, *records);
}

bool
types_read(
    struct call *call, const struct set_type *type, jv properties, jv *records)
{
	jv given =
	    call_member(properties, types_member(type, call->place.private));

	if (!type->single)
		return read_array(call, type, given, records);
	if (json_is_present(given))
		return read_record(call, type, given, records);
	*records = given;
	return true;
}
