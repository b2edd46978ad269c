#!/usr/bin/env bats
# ownership -- the verbs that change whose a record set is, through the whole
# ring, each first as a dry run that writes nothing.

load helpers
load ring

# A record set of a state: NAME TYPE VALUES-AS-JSON.
rrset() {
	jq -n --arg name "$1" --arg type "$2" --argjson values "$3" '{name: $name,
		type: "Microsoft.Network/dnszones/\($type)", properties: ({TTL: 300} + $values)}'
}
address() { rrset "$1" A "{\"ARecords\": [{\"ipv4Address\": \"$2\"}]}"; }
mark() { # NAME OF OWNER
	rrset "$1" TXT "{\"TXTRecords\": [{\"value\": [\"\\\"heritage=external-dns,external-dns/owner=$3,external-dns/resource=service/default/$2\\\"\"]}]}"
}

# Both simulators: the zone holds the record sets of $WORK/sets, the
# cluster a Service with an address for each NAME=ADDRESS.
begin() {
	jq -s --arg at "/subscriptions/$subscription/resourceGroups/rg-azure-dns/providers/Microsoft.Network/dnszones/example.com" \
		'{zones: [{id: $at, recordSets: .}]}' "$WORK/sets" >"$WORK/state.json"
	cloud_start --state="$WORK/state.json"
	for pair in "$@"; do
		service "${pair%=*}" "${pair%=*}.example.com" "${pair#*=}"
	done | objects
	cluster_start --objects="$WORK/objects.json"
	zones >"$WORK/start"
}

# ring STATUS OPTION...: once.
ring() {
	expected=$1
	shift
	status=0
	./pipeline.sh --once --provider=azure --azure-resource-group=rg-azure-dns --source=service \
		--txt-owner-id=me --private-in-public=allow "$@" >"$WORK/changes" 2>"$WORK/err" || status=$?
	[ "$status" -eq "$expected" ] || { cat "$WORK/err"; return 1; }
}

# said: the changes of a dry run, NAME TYPE REASON each.
said() { jq -r 'select(.type != "SKIP") | "\(.dnsName) \(.type) \(.reason)"' "$WORK/changes"; }
unchanged() { zones | diff "$WORK/start" - && [ "$(writes)" -eq 0 ]; }

@test "a dry run of all sorts of change writes nothing and ends as if done" {
	{ address other 20.0.0.1 && mark a-other other me; address gone 20.0.0.1 && mark a-gone gone me
		address type 20.0.0.1 && mark a-type type me; } >"$WORK/sets"
	begin other=20.0.0.2 new=20.0.0.3
	ring 0 --dry-run --delete-threshold=100
	[ "$(said | wc -l)" -eq 4 ]
	unchanged
	ring 0 --delete-threshold=100
	[ "$(zones | wc -l)" -eq 4 ]
}

@test "from TXT to metadata and back: the TXT are what they were, byte for byte" {
	{ address a 20.0.0.1 && mark a-a a me; address b 20.0.0.1 && mark b b me; } >"$WORK/sets"
	begin a=20.0.0.1 b=20.0.0.1
	ring 0 --dry-run --registry=azure-metadata
	[ "$(said)" = 'a.example.com UPDATE mark
b.example.com UPDATE mark' ]
	unchanged
	ring 0 --registry=azure-metadata
	[ "$(zones | grep -c TXT)" -eq 0 ]
	before=$(writes)
	ring 0 --registry=azure-metadata
	[ "$(writes)" -eq "$before" ]
	ring 0
	zones | sed 's/ a-b TXT / b TXT /' | LC_ALL=C sort | diff "$WORK/start" -
	before=$(writes)
	ring 0
	[ "$(writes)" -eq "$before" ]
}

@test "unmarked records are adopted by name, and only those" {
	{ address a 20.0.0.1; address b 20.0.0.1; } >"$WORK/sets"
	begin a=20.0.0.1 b=20.0.0.2
	ring 1 --dry-run
	[ -z "$(said)" ]
	ring 1 --dry-run --adopt=a.example.com
	[ "$(said)" = 'a.example.com UPDATE adopt' ]
	unchanged
	ring 1 --adopt=a.example.com
	zones | grep -q 'a-a TXT .*owner=me'
	zones | grep -q ' b A 300 20.0.0.1$'
	ring 0 --adopt=.example.com
	zones | grep -q ' b A 300 20.0.0.2$'
}

@test "handed over, a record is the other owner's and quiet for him" {
	{ address a 20.0.0.1 && mark a-a a me; address b 20.0.0.1 && mark a-b b me; } >"$WORK/sets"
	begin a=20.0.0.1
	ring 0 --dry-run --hand-over-to=you --hand-over=a.example.com
	[ "$(said)" = 'a.example.com UPDATE hand-over' ]
	unchanged
	ring 0 --hand-over-to=you
	[ "$(zones | grep -c 'owner=you')" -eq 2 ]
	before=$(writes)
	ring 0 --txt-owner-id=you --delete-threshold=0 --delete-minimum=0 --policy=upsert-only
	[ "$(writes)" -eq "$before" ]
}

@test "encrypted marks are written, read, and read on when encryption is off" {
	key=01234567890123456789012345678901
	: >"$WORK/sets"
	begin a=20.0.0.1
	ring 0 --txt-encrypt-enabled --txt-encrypt-aes-key=$key
	[ "$(zones | grep -c heritage)" -eq 0 ]
	[ "$(zones | grep -c ' a-a TXT ')" -eq 1 ]
	before=$(writes)
	ring 0 --txt-encrypt-enabled --txt-encrypt-aes-key=$key
	ring 0 --txt-encrypt-aes-key=$key
	[ "$(writes)" -eq "$before" ]
	ring 1
	[ "$(writes)" -eq "$before" ]
}

@test "the ring explains a name" {
	{ address a 20.0.0.9; } >"$WORK/sets"
	begin a=20.0.0.1
	ring 1 --dry-run --explain=a.example.com
	grep -q 'asked   A 20.0.0.1 by service/default/a' "$WORK/err"
	grep -q 'there   A 20.0.0.9 ttl 300 in example.com, owner nobody' "$WORK/err"
	grep -q 'not     A: Foreign' "$WORK/err"
	unchanged
}
