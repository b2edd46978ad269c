load helpers
load apply

# azdns-apply against azure-sim: zones, listings, and the other ways to run.

setup() {
	start_cloud --zone=example.com
}

teardown() {
	stop_sims
}

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
	control DELETE "${Z#/}/A/goes?api-version=2018-05-01"
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
