// SPDX-License-Identifier: ISC
/* message_test -- each line of the contract survives decoding and encoding. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "message.h"
#include "text.h"

static int n_tests;
static int n_failed;

static void
check(bool is_right, const char *what, const char *got)
{
	n_tests++;
	if (!is_right)
		n_failed++;
	(void)printf("%sok %d - %s\n", is_right ? "" : "not ", n_tests, what);
	if (!is_right)
		(void)printf("# got %s\n", got);
}

static jv
parse(const char *text)
{
	struct error err;
	jv value;

	if (!json_parse(text, strlen(text), &value, &err))
		(void)printf("# %s\n", err.text);
	return value;
}

/* Decode and encode; what is written must be what was read. */
static bool
reencode(struct arena *arena, jv line, struct text *out, struct error *err)
{
	struct claim claim;
	struct change change;
	struct record record;

	if (json_is_present(json_at(line, "object"))) {
		if (!message_decode_claim(
			arena, json_at(line, "object"), &claim, err))
			return false;
		message_encode_claim(out, message_type(line), &claim);
		return true;
	}
	if (message_decode_change(arena, line, &change, err)) {
		message_encode_change(out, &change);
		return true;
	}
	if (!message_decode_record(arena, line, &record, err))
		return false;
	message_encode_record(out, &record);
	return true;
}

#define HAVE                                                              \
	"{\"targets\":[\"20.0.0.1\"],\"recordTTL\":300,\"etag\":\"5d2\"," \
	"\"owner\":\"me\",\"resource\":\"service/default/web\",\"txt\":"  \
	"[{\"name\":\"a-web\",\"etag\":\"77a\",\"current\":true}]}"
#define WANT                                                              \
	"{\"targets\":[\"20.0.0.2\"],\"recordTTL\":300,\"owner\":\"me\"," \
	"\"resource\":\"service/default/web\"}"
#define KEY \
	"\"zone\":\"/z\",\"dnsName\":\"web.example.com\",\"recordType\":\"A\""

static const char *const lines[] = {
	"{\"type\":\"ADDED\",\"object\":{\"apiVersion\":"
	"\"externaldns.k8s.io/v1alpha1\",\"kind\":\"DNSEndpoint\",\"metadata\":"
	"{\"namespace\":\"default\",\"name\":\"service.web\","
	"\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"Service\","
	"\"name\":\"web\",\"uid\":\"u1\"}]},\"spec\":{\"endpoints\":"
	"[{\"dnsName\":\"web.example.com\",\"recordType\":\"A\",\"targets\":"
	"[\"20.0.0.1\"],\"labels\":{\"resource\":\"service/default/web\"}}]}}}",
	"{\"type\":\"MODIFIED\",\"object\":{\"apiVersion\":"
	"\"externaldns.k8s.io/v1alpha1\",\"kind\":\"DNSEndpoint\",\"metadata\":"
	"{\"name\":\"crd.x\"},\"spec\":{\"endpoints\":[]},\"status\":"
	"{\"unknown\":\"AddressPending\",\"rejected\":[{\"dnsName\":\"a b\","
	"\"field\":\"spec\",\"reason\":\"BadName\",\"message\":\"no\"}]}}}",
	"{\"type\":\"CREATE\"," KEY ",\"want\":" WANT ",\"reason\":\"new\"}",
	"{\"type\":\"CREATE\"," KEY ",\"want\":" WANT ",\"replaces\":"
	"[{\"recordType\":\"CNAME\",\"have\":" HAVE "}],\"reason\":\"type\"}",
	"{\"type\":\"UPDATE\"," KEY ",\"have\":" HAVE ",\"want\":" WANT
	",\"reason\":\"targets\"}",
	"{\"type\":\"DELETE\"," KEY ",\"have\":" HAVE ",\"reason\":\"gone\"}",
	"{\"type\":\"SKIP\",\"dnsName\":\"web.example.com\",\"recordType\":"
	"\"A\",\"resource\":\"service/default/web\",\"reason\":\"Foreign\","
	"\"message\":\"no\"}",
	"{\"type\":\"ZONE\",\"zone\":\"/z\",\"name\":\"example.com\","
	"\"visibility\":\"public\"}",
	"{\"type\":\"ZONE\",\"status\":\"unavailable\"}",
	"{\"type\":\"BOOKMARK\"}",
	"{\"type\":\"BOOKMARK\",\"zone\":\"/z\"}",
	"{\"type\":\"ADDED\"," KEY ",\"have\":" HAVE "}",
	"{\"type\":\"ADDED\",\"zone\":\"/z\",\"dnsName\":\"x.example.com\","
	"\"recordType\":\"NAPTR\",\"have\":{\"etag\":\"1\",\"opaque\":"
	"\"unknown\",\"metadata\":{\"team\":\"a\"}}}",
	"{\"type\":\"RESULT\"," KEY
	",\"change\":\"UPDATE\",\"status\":\"done\","
	"\"have\":" HAVE "}",
	"{\"type\":\"RESULT\"," KEY ",\"change\":\"UPDATE\",\"status\":"
	"\"failed\",\"code\":\"BadRequest\",\"message\":\"no\"}",
	"{\"type\":\"TICK\",\"time\":42}",
};

static const struct {
	const char *line;
	const char *complaint;
} wrong[] = {
	{ "{\"type\":\"UPDATED\"}", "record.type" },
	{ "{\"type\":\"ADDED\",\"zone\":\"/z\"}", "record.dnsName: missing" },
	{ "{\"type\":\"TICK\",\"time\":\"1\"}", "record.time: not an integer" },
	{ "{\"type\":\"ADDED\"," KEY ",\"have\":{\"targets\":[1]}}",
	    "have.targets: not an array of texts" },
	{ "{\"type\":\"ADDED\"," KEY ",\"have\":[]}",
	    "record.have: not an object" },
	{ "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a.b\"},"
	  "\"spec\":{\"endpoints\":[{\"dnsName\":\"a\"}]}}}",
	    "endpoint.recordType: missing" },
};

static void
check_lines(struct arena *arena)
{
	struct error err = { 0 };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct text out = { 0 };
		jv line = parse(lines[i]);

		(void)reencode(arena, line, &out, &err);
		check(strcmp(text_str(&out), lines[i]) == 0, lines[i],
		    out.n > 0 ? out.data : err.text);
		text_done(&out);
		json_free(line);
		arena_reset(arena);
	}
}

static void
check_wrong(struct arena *arena)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error err = { 0 };
		jv line = parse(wrong[i].line);
		struct text out = { 0 };

		check(!reencode(arena, line, &out, &err) &&
			  strstr(err.text, wrong[i].complaint) != NULL,
		    wrong[i].complaint, err.text);
		text_done(&out);
		json_free(line);
		arena_reset(arena);
	}
}

static void
check_states(void)
{
	enum message_state state = STATE_ABSENT;
	struct text out = { 0 };
	jv line;

	message_encode_bookmark(&out, "service", STATE_FORBIDDEN);
	line = parse(text_str(&out));
	check(message_state(json_at(line, "object"), &state) &&
		  state == STATE_FORBIDDEN,
	    "the state of a bookmark comes back", "another");
	json_free(line);
	line = parse("{\"metadata\":{\"annotations\":{\"azdns/state\":\"?\","
		     "\"k8s.io/initial-events-end\":\"true\"}}}");
	check(message_state(line, &state) && state == STATE_UNAVAILABLE,
	    "an unknown state allows nothing", "another");
	json_free(line);
	text_done(&out);
}

int
main(void)
{
	struct arena arena = { 0 };

	check_lines(&arena);
	check_wrong(&arena);
	check_states();
	arena_done(&arena);
	(void)printf("1..%d\n", n_tests);
	return n_failed == 0 ? 0 : 1;
}
