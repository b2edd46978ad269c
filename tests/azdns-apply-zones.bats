load helpers
load apply

# azdns-apply against azure-sim: zones, listings, and the other ways to run.

@test "alias, empty and unknown sets are told as opaque and refused" {
	set_there A empty '{"TTL":300}'
	[ "$(have empty.example.com A | jq -r .opaque)" = empty ]
	change DELETE empty.example.com A "{\"have\":$(have empty.example.com A)}" \
		>"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$status" = 1 ]
	[ "$(jq -r .code "$BATS_TEST_TMPDIR/out")" = Refused ]
}

@test "a listing of several pages says each record once" {
	for i in $(seq 250); do
		set_there A "n$i" '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	done >/dev/null
	control PUT switches '{"page-max":100}'
	list >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r 'select(.recordType == "A").dnsName' "$BATS_TEST_TMPDIR/out" |
		sort -u | wc -l)" = 250 ]
	[ "$(grep -c '"recordType":"A"' "$BATS_TEST_TMPDIR/out")" = 250 ]
	[ "$(grep -c 'example.com/all"' "$BATS_TEST_TMPDIR/azure-sim/log")" = 3 ]
}

@test "a later listing says only what changed" {
	set_there A stays '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	set_there A changes '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	set_there A goes '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe" --interval=2s --azure-quota-share=10000
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	set_there A changes '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.2"}]}'
	set_there A comes '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	control DELETE "$Z/A/goes?api-version=2018-05-01"
	wait_for "$BATS_TEST_TMPDIR/out" '"DELETED"'
	exec 9>&-
	wait "$apply_pid"
	diff <(jq -r 'select(.dnsName != "example.com" and .dnsName)
		| "\(.type) \(.dnsName)"' "$BATS_TEST_TMPDIR/out") - <<-END
		ADDED changes.example.com
		ADDED goes.example.com
		ADDED stays.example.com
		MODIFIED changes.example.com
		ADDED comes.example.com
		DELETED goes.example.com
	END
}

@test "a zone that may not be listed is said and ends --list with 1" {
	faults '[{"path":"/all","status":403,"code":"AuthorizationFailed"}]'
	run list
	[ "$status" = 1 ]
	[[ $output == *'"status":"unavailable"'* ]]
	grep -q 'DNS Zone Contributor' "$BATS_TEST_TMPDIR/err"
}

@test "a list of zones that may not be read is a ZONE without zone" {
	faults '[{"path":"dnszones","status":403,"code":"AuthorizationFailed"}]'
	run list
	[ "$status" = 1 ]
	[ "$output" = '{"type":"ZONE","status":"unavailable"}' ]
}

@test "zones named by full id are taken without a list" {
	list --zone-id-filter="$Z" --azure-resource-group=other >"$BATS_TEST_TMPDIR/out"
	grep -q '"BOOKMARK","zone"' "$BATS_TEST_TMPDIR/out"
	! grep -q '"path":"[^"]*dnsZones","query"' "$BATS_TEST_TMPDIR/azure-sim/log"
}

@test "a dry run writes nothing" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply --dry-run
	[ "$(result)" = 'web.example.com dry-run' ]
	[ -z "$(zone)" ]
}

@test "a missing or broken azure.json is exit 2 with one clear line" {
	run "$BIN/azdns-apply" --list --azure-config-file=/nowhere
	[ "$status" = 2 ]
	[[ $output == *'/nowhere'*'--azure-config-file'* ]]
	echo '{"tenantId": 3}' >"$BATS_TEST_TMPDIR/azure.json"
	run "$BIN/azdns-apply" --list
	[ "$status" = 2 ]
	[[ $output == *"'tenantId' is not a text"* ]]
}

@test "full ids name zones of several subscriptions and groups" {
	local other=/subscriptions/s2/resourcegroups/dns/providers/microsoft.network/dnszones/other.example
	control PUT state "$(control GET state |
		jq --arg id "$other" '.zones += [{$id}]')" >/dev/null
	{
		change CREATE web.example.com A "$(want 20.0.0.1)"
		Z=$other change CREATE web.other.example A "$(want 20.0.0.2)"
	} >"$BATS_TEST_TMPDIR/in"
	# The ids as Azure prints them; one is named twice.
	export EXTERNAL_DNS_ZONE_ID_FILTER=/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Network/dnsZones/example.com$'\n'$other$'\n'$Z
	apply
	[ "$(result | grep -c done)" = 2 ]
	list >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r 'select(.type == "ZONE").zone' "$BATS_TEST_TMPDIR/out" | sort)" = "$(printf '%s\n' "$Z" "$other" | sort)" ]
	[ "$(jq -c 'select(.have.owner == "me") | [.zone, .have.targets[0]]' "$BATS_TEST_TMPDIR/out" | sort)" = \
		"$(printf '["%s","20.0.0.1"]\n["%s","20.0.0.2"]' "$Z" "$other")" ]
	! jq -e 'select(.path | test("dnsZones$"))' "$BATS_TEST_TMPDIR/azure-sim/log"
}

@test "an id that is not full selects among the zones of the group" {
	put_zone other.example sub.example.com
	list --zone-id-filter=dnsZones/example.com >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r 'select(.type == "ZONE").name' "$BATS_TEST_TMPDIR/out")" = example.com ]
	list --domain-filter=example.com --zone-name-filter=other.example >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r 'select(.type == "ZONE").name' "$BATS_TEST_TMPDIR/out" | sort | xargs)" = \
		'example.com other.example sub.example.com' ]
}

@test "zones that appear or go while running are told, and come back" {
	put_zone goes.example
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe" --interval=1s --azure-quota-share=10000
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone".*goes.example'
	put_zone comes.example
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone".*comes.example'
	control DELETE "${Z%/*}/goes.example?api-version=2018-05-01"
	wait_for "$BATS_TEST_TMPDIR/out" '"goes.example".*"gone"'
	# Its names are frozen: nothing of it is said to be deleted.
	[ -z "$(grep '"DELETED"' "$BATS_TEST_TMPDIR/out")" ]
	put_zone goes.example
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone".*goes.example' 30 3
	exec 9>&-
	wait "$apply_pid"
	[ "$(jq -c 'select(.type == "ZONE" and .name == "goes.example").status' \
		"$BATS_TEST_TMPDIR/out" | xargs)" = 'null gone null' ]
}

@test "changes cause no listing, and the time is told each second" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe"
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	creates 50 20.0.0.1 >&9
	wait_for "$BATS_TEST_TMPDIR/out" '"done"' 30 50
	wait_for "$BATS_TEST_TMPDIR/out" '"TICK"' 30 3
	exec 9>&-
	wait "$apply_pid"
	[ "$(control GET requests | jq .lists)" = 2 ]
	jq -es 'map(select(.type == "TICK").time) | .[0] == 0 and . == unique' "$BATS_TEST_TMPDIR/out"
	# The answers alone tell what a listing would.
	diff <(jq -c 'select(.type == "RESULT") | [.dnsName, .have]' "$BATS_TEST_TMPDIR/out" | sort) \
		<(list | jq -c 'select(.have.owner) | [.dnsName, .have]' | sort)
}

# Three pages; the share makes a minute six seconds, of whose 60 lists a tenth.
@test "listings use a tenth of the list limit, whatever the interval" {
	control PUT switches '{"page-max":100}' >/dev/null
	control PUT state "$(control GET state | jq '.zones[0].recordSets += [range(250)
		| {name: "n\(.)", type: "Microsoft.Network/dnsZones/A", properties:
		{TTL: 300, ARecords: [{ipv4Address: "20.0.0.1"}]}}]')" >/dev/null
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe" --interval=1s --azure-quota-share=1000
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"' 30 2
	exec 9>&-
	wait "$apply_pid"
	jq -es '[.[] | select(.path | test("/all$")).time] | length == 6 and .[3] - .[2] >= 3000' \
		"$BATS_TEST_TMPDIR/azure-sim/log"
}

@test "pages are as large as Azure gives them" {
	list >"$BATS_TEST_TMPDIR/out"
	wait_for "$BATS_TEST_TMPDIR/azure-sim/log" 'example.com/all".*top=1000'
}

@test "--list is the truth that a review is planned from" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	list >"$BATS_TEST_TMPDIR/now"
	[ "$(jq -r .type "$BATS_TEST_TMPDIR/now" | xargs)" = 'ZONE BOOKMARK ADDED ADDED BOOKMARK' ]
	echo '{"type":"BOOKMARK","object":{"metadata":{"name":"service.","annotations":{"k8s.io/initial-events-end":"true"}}}}' |
		"$BIN/plan" --records="$BATS_TEST_TMPDIR/now" --source=service \
			--txt-owner-id=me --once >"$BATS_TEST_TMPDIR/in"
	[ "$(jq -r '"\(.type) \(.dnsName) \(.reason)"' "$BATS_TEST_TMPDIR/in")" = 'DELETE web.example.com gone' ]
	apply
	[ -z "$(zone)" ]
}

@test "a dry run answers each kind of change and sends no write" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	change CREATE app.example.com A "$(want 20.0.0.1)" >>"$BATS_TEST_TMPDIR/in"
	apply
	zone >"$BATS_TEST_TMPDIR/before"
	{
		update A web 20.0.0.2
		change DELETE app.example.com A "{\"have\":$(have app.example.com A)}"
		change CREATE new.example.com A "$(want 20.0.0.1)"
	} >"$BATS_TEST_TMPDIR/in"
	apply --dry-run
	[ "$(jq -r .status "$BATS_TEST_TMPDIR/out" | uniq -c | xargs)" = '3 dry-run' ]
	diff "$BATS_TEST_TMPDIR/before" <(zone)
	grep -q 'summary: 0 done, 3 dry run, 0 failed, 0 conflicts, 0 unavailable; 0 requests' "$BATS_TEST_TMPDIR/err"
}

@test "a long fill shows its progress on a terminal, and a summary at the end" {
	script -qec true /dev/null || skip "no pseudo-terminals"
	creates 30 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	control PUT switches '{"write-latency-ms":700}' >/dev/null
	faults '[{"method":"PUT","path":"/A/n7","status":400,"code":"BadRequest","flat":true}]'
	script -qec "'$BIN/azdns-apply' <'$BATS_TEST_TMPDIR/in' >'$BATS_TEST_TMPDIR/out'" \
		"$BATS_TEST_TMPDIR/terminal" >/dev/null || true
	tr '\r' '\n' <"$BATS_TEST_TMPDIR/terminal" |
		grep -E '^[0-9]+ done, [01] failed, [0-9]+ left, [0-9]+ a minute, [0-9]+ min to go'
	grep -q 'summary: 29 done, 0 dry run, 1 failed' "$BATS_TEST_TMPDIR/terminal"
	# Without a terminal there is none.
	run apply
	! grep -q ' left, ' "$BATS_TEST_TMPDIR/err"
}
