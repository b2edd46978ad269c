#!/usr/bin/env bats
# plan -- what needs time, results or an order of lines: plan as a stage of the
# ring, its records a FIFO. Cases without time are in tests/cases/plan.

# Each test runs in a subshell of its own, as it should.
# shellcheck disable=SC2030,SC2031

load helpers

ZONE=/z/example.com
N_QUIET=0

# start OPTION...: plan with its inputs on 7 (records) and 8 (claims), its
# changes on 9.
start() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo records claims changes
	"$BIN/plan" --records=records --source=service --txt-owner-id=me "$@" \
		<claims >changes 2>err 3>&- &
	PLAN=$!
	exec 8>claims 9<changes 7>records
}

teardown() {
	exec 7>&- 8>&- 9<&-
	[ -z "${PLAN:-}" ] || kill "$PLAN" 2>/dev/null || true
}

record() { printf '%s\n' "$@" >&7; }
claim() { printf '%s\n' "$@" >&8; }

zone() {
	record "{\"type\":\"ZONE\",\"zone\":\"${1:-$ZONE}\",\"name\":\"$(basename "${1:-$ZONE}")\",\"visibility\":\"public\"}"
}
zones_end() { record '{"type":"BOOKMARK"}'; }
listed() { record "{\"type\":\"BOOKMARK\",\"zone\":\"${1:-$ZONE}\"}"; }
# The time, after all that was said before has been read.
tick() { quiet && record "{\"type\":\"TICK\",\"time\":$1}"; }

have() { # NAME TARGET [OWNER]
	printf '{"targets":["%s"],"recordTTL":300,"etag":"e","owner":"%s","resource":"service/default/%s"}' \
		"$2" "${3:-me}" "$1"
}
there() { # NAME [TARGET]
	record "{\"type\":\"ADDED\",\"zone\":\"$ZONE\",\"dnsName\":\"$1.example.com\",\"recordType\":\"A\",\"have\":$(have "$1" "${2:-20.0.0.1}")}"
}
object() { # TYPE NAME SPEC-AND-STATUS
	claim "{\"type\":\"$1\",\"object\":{\"metadata\":{\"namespace\":\"default\",\"name\":\"service.$2\"}$3}}"
}
endpoint() { # NAME TYPE TARGET
	printf '{"dnsName":"%s.example.com","recordType":"%s","targets":["%s"],"labels":{"resource":"service/default/%s"}}' \
		"$1" "$2" "$3" "$1"
}
asks() { # NAME [TARGET]
	object ADDED "$1" ",\"spec\":{\"endpoints\":[$(endpoint "$1" A "${2:-20.0.0.1}")]}"
}
gone() { object DELETED "$1" ''; }
pending() { object MODIFIED "$1" ',"spec":{"endpoints":[]},"status":{"unknown":"AddressPending"}'; }
complete() {
	claim '{"type":"BOOKMARK","object":{"metadata":{"name":"service.","annotations":{"k8s.io/initial-events-end":"true"}}}}'
}

# expect TYPE NAME REASON: the next line that plan writes.
expect() {
	local got
	read -r -t 30 line <&9 || { echo "no line instead of $*"; cat err; return 1; }
	got=$(jq -r '[.type,(.dnsName|sub("[.]example[.]com$";"")),.reason]|join(" ")' <<<"$line")
	[ "$got" = "$*" ] || { echo "$got instead of $*"; return 1; }
}

# answer STATUS [HAVE]: the result of the line read last.
answer() {
	local have=${2:-}
	[ "$1" != 'done' ] || [ -n "$have" ] ||
		have=$(jq -c 'select(.want)|.want+{etag:"e2"}' <<<"$line")
	record "$(jq -c --arg status "$1" --argjson have "${have:-null}" \
		'{type:"RESULT",zone,dnsName,recordType,change:.type,status:$status}
		+ if $have == null then {} else {have:$have} end' <<<"$line")"
}

# Nothing was to be said: the next line is one that we ask for now.
quiet() {
	N_QUIET=$((N_QUIET + 1))
	asks "quiet$N_QUIET"
	expect CREATE "quiet$N_QUIET" new && answer 'done'
}

# N names that are there and asked for.
settled() {
	local i
	zone && zones_end
	for i in $(seq "$1"); do there "n$i"; done
	listed
	for i in $(seq "$1"); do asks "n$i"; done
	complete
	quiet
}

@test "nothing is said before zones, records and sources are known" {
	start
	asks web
	zone
	there web
	zones_end
	complete
	asks web 20.0.0.2
	listed
	expect UPDATE web targets
}

@test "a deletion waits its delay" {
	start --delete-delay=30
	settled 20
	gone n1
	tick 29
	quiet
	tick 30
	expect DELETE n1 gone
}

@test "deleted and created again is an update" {
	start
	settled 20
	gone n1
	tick 20
	asks n1 20.0.0.2
	expect UPDATE n1 targets
	answer 'done'
	tick 100
	quiet
}

@test "the brake holds an avalanche and lets go when it is over" {
	start
	settled 20
	for i in $(seq 11 20); do gone "n$i"; done
	gone n1
	tick 30
	for i in 1 11 12 13 14 15 16 17 18 19 20; do expect SKIP "n$i" Held; done
	grep -q 'HELD; --release-deletes=' err
	for i in 1 $(seq 11 20); do asks "n$i"; done
	quiet
	gone n1
	tick 60
	expect DELETE n1 gone
}

@test "the brake holds a slow avalanche like a fast one" {
	start --delete-delay=0
	settled 20
	for i in $(seq 1 10); do
		tick $((i * 20))
		gone "n$i"
		expect DELETE "n$i" gone
		answer 'done'
	done
	tick 220
	gone n11
	expect SKIP n11 Held
}

@test "deletions of ten minutes ago do not count" {
	start --delete-delay=0
	settled 20
	for i in $(seq 1 10); do
		gone "n$i"
		expect DELETE "n$i" gone
		answer 'done'
	done
	tick 601
	quiet
	gone n11
	expect DELETE n11 gone
}

@test "a lost address is missed for a while" {
	start --address-grace=300 --delete-delay=30
	settled 20
	pending n1
	tick 299
	pending n1
	tick 300
	tick 330
	expect DELETE n1 gone
}

@test "an address that comes back within the grace changes nothing" {
	start
	settled 20
	pending n1
	tick 200
	asks n1
	tick 1000
	quiet
}

@test "addresses lost all at once are held" {
	start
	settled 20
	for i in $(seq 20); do pending "n$i"; done
	tick 300
	tick 330
	expect SKIP n1 Held
	grep -q 'HELD; --release-deletes=' err
}

@test "a failed change is tried again after 1, then 2 minutes" {
	start
	settled 1
	asks web
	expect CREATE web new
	answer failed
	tick 59
	quiet
	tick 60
	expect CREATE web new
	answer failed
	tick 179
	quiet
	tick 180
	expect CREATE web new
}

@test "another wish is tried at once after a failure" {
	start
	settled 1
	asks web
	expect CREATE web new
	answer failed
	asks web 20.0.0.2
	expect CREATE web new
}

@test "the fourth conflict within ten minutes is a fight" {
	start
	settled 1
	asks web
	for i in 1 2 3; do
		expect CREATE web new
		answer conflict
	done
	expect SKIP web Fight
	tick 600
	expect CREATE web new
}

@test "a conflict is planned again from the new truth" {
	start
	settled 2
	asks n1 20.0.0.2
	expect UPDATE n1 targets
	answer conflict "$(have n1 20.0.0.3 | jq -c '.etag="e9"')"
	expect UPDATE n1 targets
	[ "$(jq -r .have.etag <<<"$line")" = e9 ]
	answer conflict "$(have n1 20.0.0.3 other)"
	expect SKIP n1 Foreign
}

@test "after a dry run a key rests until another change is wanted" {
	start
	settled 1
	asks web
	expect CREATE web new
	answer dry-run
	tick 5000
	quiet
	asks web 20.0.0.2
	expect CREATE web new
}

@test "after a dry run of an update or a deletion a key rests until the truth changes" {
	start --delete-delay=0
	settled 6
	asks n1 20.0.0.2
	expect UPDATE n1 targets
	answer dry-run
	gone n2
	expect DELETE n2 gone
	answer dry-run
	tick 5000
	quiet
	record "{\"type\":\"MODIFIED\",\"zone\":\"$ZONE\",\"dnsName\":\"n1.example.com\",\"recordType\":\"A\",\"have\":$(have n1 20.0.0.1 | sed 's/"etag":"e"/"etag":"e2"/')}"
	expect UPDATE n1 targets
}

@test "at most 64 changes of a zone are unanswered, and the rest can be taken back" {
	start
	zone && zones_end && listed
	for i in $(seq 100 170); do asks "n$i"; done
	complete
	for i in $(seq 100 163); do expect CREATE "n$i" new; done
	gone n164
	asks n165 20.0.0.9
	record "{\"type\":\"RESULT\",\"zone\":\"$ZONE\",\"dnsName\":\"n100.example.com\",\"recordType\":\"A\",\"change\":\"CREATE\",\"status\":\"done\",\"have\":$(have n100 20.0.0.1)}"
	expect CREATE n165 new
	[ "$(jq -r '.want.targets[0]' <<<"$line")" = 20.0.0.9 ]
}

@test "a full zone does not stop another" {
	start
	zone && zone /z/example.org && zones_end && listed && listed /z/example.org
	for i in $(seq 100 170); do asks "n$i"; done
	object ADDED o ',"spec":{"endpoints":[{"dnsName":"o.example.org","recordType":"A","targets":["20.0.0.1"]}]}'
	complete
	for i in $(seq 100 163); do expect CREATE "n$i" new; done
	expect CREATE o.example.org new
}

@test "other types of a name wait for the one that replaces" {
	start
	zone && zones_end
	record "{\"type\":\"ADDED\",\"zone\":\"$ZONE\",\"dnsName\":\"foo.example.com\",\"recordType\":\"CNAME\",\"have\":$(have foo lb.example.net)}"
	listed
	object ADDED foo ",\"spec\":{\"endpoints\":[$(endpoint foo A 20.0.0.1),$(endpoint foo AAAA 2001:db8::1)]}"
	complete
	expect CREATE foo type
	created=$line
	quiet
	line=$created
	answer 'done'
	expect CREATE foo new
	[ "$(jq -r .recordType <<<"$line")" = AAAA ]
}

@test "a moved name leaves its old zone after it has come to the new one" {
	start --delete-delay=0
	settled 5
	zone /z/n1.example.com
	listed /z/n1.example.com
	expect CREATE n1 new
	[ "$(jq -r .zone <<<"$line")" = /z/n1.example.com ]
	created=$line
	quiet
	line=$created
	answer 'done'
	expect DELETE n1 moved
}

@test "a record changed by someone else is put back" {
	start
	settled 2
	record "{\"type\":\"MODIFIED\",\"zone\":\"$ZONE\",\"dnsName\":\"n1.example.com\",\"recordType\":\"A\",\"have\":$(have n1 20.6.6.6)}"
	expect UPDATE n1 targets
	answer 'done'
	record "{\"type\":\"DELETED\",\"zone\":\"$ZONE\",\"dnsName\":\"n2.example.com\",\"recordType\":\"A\"}"
	expect CREATE n2 new
}

@test "the same skip is said once" {
	start
	settled 1
	record "{\"type\":\"ADDED\",\"zone\":\"$ZONE\",\"dnsName\":\"web.example.com\",\"recordType\":\"A\",\"have\":$(have web 20.0.0.9 other)}"
	asks web
	expect SKIP web Foreign
	asks web 20.0.0.2
	asks web 20.0.0.3
	quiet
}

@test "a source that falls silent freezes, and goes on when it is complete" {
	start --delete-delay=0
	settled 5
	claim '{"type":"BOOKMARK","object":{"metadata":{"name":"service.","annotations":{"k8s.io/initial-events-end":"true","azdns/state":"unavailable"}}}}'
	gone n1
	expect SKIP n1 SourceIncomplete
	complete
	expect DELETE n1 gone
}

@test "with --once it ends when all is answered" {
	start --once
	zone && zones_end && listed
	asks web
	complete
	exec 8>&-
	expect CREATE web new
	answer 'done'
	wait "$PLAN"
}

@test "with --once a failure is final and the exit status says so" {
	start --once
	zone && zones_end && listed
	asks web
	complete
	exec 8>&-
	expect CREATE web new
	answer failed
	status=0
	wait "$PLAN" || status=$?
	[ "$status" = 1 ]
}

@test "an end of the endpoints before the mark voids the start" {
	start --once
	zone && zones_end && there old && listed
	exec 8>&-
	status=0
	wait "$PLAN" || status=$?
	[ "$status" = 1 ]
	grep -q 'nothing is concluded' err
}

@test "explain says who asks, what is there, what will happen" {
	cd "$BATS_TEST_TMPDIR"
	case=$BATS_TEST_DIRNAME/cases/plan/ownership/a-record-of-another-owner-is-never-written
	"$BIN/plan" --records="$case/records.ndjson" --source=service --txt-owner-id=me \
		--explain=web.example.com <"$case/in.ndjson" >out
	grep -q 'asked   A 20.0.0.2 by service/default/web' out
	grep -q 'there   A 20.9.9.9 ttl 300 in example.com, owner other' out
	grep -q 'not     A: Foreign' out
}
