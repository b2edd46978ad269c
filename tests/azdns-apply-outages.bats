load helpers
load apply

# azdns-apply while Azure, the token endpoint or the limits stand in the way:
# it never ends because of them, and what was begun is finished or taken back.

# ring OPTION...: in the background as in the ring; changes go to 9.
ring() {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe" "$@"
	exec 9>"$BATS_TEST_TMPDIR/pipe"
}

ring_ends() {
	exec 9>&-
	wait "$apply_pid"
}

@test "a zone list that answers 503 is waited for, and does not end it" {
	faults '[{"path":"dnszones","method":"GET","times":3,"status":503,"html":true}]'
	ring
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	ring_ends
	[ "$(jq -r 'select(.type != "TICK").type' "$BATS_TEST_TMPDIR/out" | xargs)" = 'ZONE BOOKMARK ADDED BOOKMARK' ]
	[ "$(grep -c 'list of zones: HTTP503' "$BATS_TEST_TMPDIR/err")" = 3 ]
}

@test "a record list that answers 503 on a later page says nothing until it is whole" {
	control PUT switches '{"page-max":100}' >/dev/null
	control PUT state "$(control GET state | jq '.zones[0].recordSets += [range(250)
		| {name: "n\(.)", type: "Microsoft.Network/dnsZones/A", properties:
		{TTL: 300, ARecords: [{ipv4Address: "20.0.0.1"}]}}]')" >/dev/null
	ring --interval=1s --azure-quota-share=10000
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	faults '[{"path":"/all","skip":1,"times":2,"status":503,"html":true}]'
	control DELETE "$Z/A/n77?api-version=2018-05-01"
	wait_for "$BATS_TEST_TMPDIR/out" '"DELETED"'
	ring_ends
	[ "$(jq -r 'select(.type == "DELETED").dnsName' "$BATS_TEST_TMPDIR/out")" = n77.example.com ]
	! grep -q unavailable "$BATS_TEST_TMPDIR/out"
}

@test "an Azure that is silent does not stop the clock" {
	faults '[{"path":"subscriptions","hang":true}]'
	ring
	wait_for "$BATS_TEST_TMPDIR/out" '"TICK","time":2'
	kill "$apply_pid"
	exec 9>&-
	wait "$apply_pid"
}

@test "a token endpoint that answers 503 is waited for" {
	faults '[{"path":"oauth2","times":4,"status":503,"code":"AADSTS90033"}]'
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result)" = 'web.example.com done' ]
}

@test "a token is used on while the endpoint is down, and renewed when it is back" {
	control PUT switches '{"token-life-s":12}' >/dev/null
	faults '[{"path":"oauth2","skip":1,"times":2,"status":503,"code":"AADSTS90033"}]'
	ring
	wait_for "$BATS_TEST_TMPDIR/err" 'a passing failure'
	change CREATE web.example.com A "$(want 20.0.0.1)" >&9
	wait_for "$BATS_TEST_TMPDIR/out" '"done"'
	ring_ends
	[ "$(requests | grep -c ' 401$')" = 0 ]
}

@test "a token revoked between two listings is renewed, the next listing succeeds" {
	ring --interval=1s --azure-quota-share=10000
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	control POST revoke '{}'
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"' 30 3
	ring_ends
	! grep -q unavailable "$BATS_TEST_TMPDIR/out"
}

@test "a mark that is refused: the record is not written" {
	faults '[{"method":"PUT","path":"/TXT/a-web","status":400,"code":"BadRequest","flat":true}]'
	for name in web app; do
		change CREATE "$name.example.com" A "$(want 20.0.0.1)"
	done >"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$status" = 1 ]
	[ "$(result | sort | xargs)" = 'app.example.com done web.example.com failed' ]
	[ "$(zone | cut -d' ' -f1,2 | xargs)" = 'A app TXT a-app' ]
}

@test "a record whose deletion is refused keeps its mark" {
	creates 3 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply
	list | jq -c 'select(.have.owner) | .type = "DELETE"' >"$BATS_TEST_TMPDIR/in"
	faults '[{"method":"DELETE","path":"/A/n2","status":409,"code":"Conflict","flat":true}]'
	run apply
	[ "$status" = 1 ]
	[ "$(result | sort | xargs)" = 'n1.example.com done n2.example.com failed n3.example.com done' ]
	[ "$(zone | cut -d' ' -f1,2 | xargs)" = 'A n2 TXT a-n2' ]
	# So it is still ours, and the next try deletes it.
	faults '[]'
	list | jq -c 'select(.have.owner) | .type = "DELETE"' >"$BATS_TEST_TMPDIR/in"
	apply
	[ -z "$(zone)" ]
}

# The clock is moved by a minute after each refusal; azdns-apply looks at it
# once a second. Waits that are slept through are not counted by this way, the
# delays are: five minutes of them.
@test "a mark that cannot be removed for 5 minutes: the record is gone, the mark goes later" {
	creates 2 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply
	list | jq -c 'select(.have.owner) | .type = "DELETE"' >"$BATS_TEST_TMPDIR/deletes"
	faults '[{"method":"DELETE","path":"/TXT/a-n2","status":503}]'
	shift_clocks
	ring
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	cat "$BATS_TEST_TMPDIR/deletes" >&9
	local minutes=0
	until grep -q 'n2.*"done"' "$BATS_TEST_TMPDIR/out"; do
		until [ "$(requests | grep -c '^DELETE TXT/a-n2 503')" -gt "$minutes" ] ||
			grep -q 'n2.*"done"' "$BATS_TEST_TMPDIR/out"; do :; done
		minutes=$((minutes + 1))
		shift_clocks "$((60 * minutes))"
	done
	# Not given up before: 1, 2, 4 ... 60 s, each at least halved.
	[ "$(requests | grep -c '^DELETE TXT/a-n2 503')" -ge 9 ]
	grep -q "n2.example.com A: its mark 'a-n2' stays" "$BATS_TEST_TMPDIR/err"
	[ "$(zone | cut -d' ' -f1,2)" = 'TXT a-n2' ]
	ring_ends
	[ "$(result | sort | xargs)" = 'n1.example.com done n2.example.com done' ]
	# The next listing tells it as ours without a record: plan deletes it.
	faults '[]'
	list | jq -c 'select(.type == "ADDED" and .have.owner == "me") | .type = "DELETE"' >"$BATS_TEST_TMPDIR/in"
	[ "$(jq -r .dnsName "$BATS_TEST_TMPDIR/in")" = n2.example.com ]
	apply
	[ -z "$(zone)" ]
}

@test "a mark that may not be removed: the record is gone, the result says so, the mark is told" {
	creates 1 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply
	list | jq -c 'select(.have.owner) | .type = "DELETE"' >"$BATS_TEST_TMPDIR/in"
	faults '[{"method":"DELETE","path":"/TXT/a-n1","status":403,"code":"AuthorizationFailed"}]'
	apply
	[ "$(result)" = 'n1.example.com done' ]
	grep -q "its mark 'a-n1' stays: AuthorizationFailed" "$BATS_TEST_TMPDIR/err"
	[ "$(have n1.example.com A | jq -c '[.targets, .owner, .txt[0].name]')" = '[null,"me","a-n1"]' ]
}

@test "a take-over between list and deletion is not deleted" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	change DELETE web.example.com A "{\"have\":$(have web.example.com A)}" >"$BATS_TEST_TMPDIR/in"
	set_there A web '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	txt_there a-web '"\"heritage=external-dns,external-dns/owner=other\""'
	run apply
	[ "$status" = 1 ]
	[ "$(jq -c '[.status, .have.owner, .have.txt[0].name]' "$BATS_TEST_TMPDIR/out")" = '["conflict","other","a-web"]' ]
	[ "$(zone | cut -d' ' -f1,2 | xargs)" = 'A web TXT a-web' ]
}

@test "foreign metadata and TTL set between list and update are not lost" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	update A web 20.0.0.2 >"$BATS_TEST_TMPDIR/in"
	set_there A web '{"TTL":60,"ARecords":[{"ipv4Address":"20.0.0.1"}],"metadata":{"cost":"42"}}'
	run apply
	[ "$(jq -c '[.status, .have.recordTTL, .have.metadata]' "$BATS_TEST_TMPDIR/out")" = '["conflict",60,{"cost":"42"}]' ]
	# With the new truth the update passes and keeps what is not ours.
	update A web 20.0.0.2 >"$BATS_TEST_TMPDIR/in"
	apply
	zone | grep -qx 'A web 20.0.0.2 {"cost":"42"}'
}

@test "a label of 63 characters and the apex are created, changed and deleted" {
	local long
	long=$(printf 'n%.0s' {1..63})
	for name in "$long.example.com" example.com; do
		change CREATE "$name" A "$(want 20.0.0.1)"
	done >"$BATS_TEST_TMPDIR/in"
	apply
	list | jq -c 'select(.have.owner == "me") | .type = "UPDATE"
		| .want = (.have | {targets: ["20.0.0.2"], owner, resource})' >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(zone | grep -c ' 20.0.0.2 {"azdns_owner":"me"')" = 2 ]
	list | jq -c 'select(.have.owner == "me") | .type = "DELETE"' >"$BATS_TEST_TMPDIR/in"
	apply
	[ -z "$(zone)" ]
}

@test "a CNAME at the apex is refused without a request, the others land" {
	change CREATE example.com CNAME "$(want lb.example.net)" >"$BATS_TEST_TMPDIR/in"
	creates 5 20.0.0.1 >>"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$status" = 1 ]
	[ "$(result | grep -c done)" = 5 ]
	[ -z "$(requests | grep CNAME)" ]
	grep -q 'example.com CNAME: CREATE failed: Refused: there can be no CNAME at the apex' "$BATS_TEST_TMPDIR/err"
}

@test "writes of a zone are under way side by side, at most 16" {
	control PUT switches '{"write-latency-ms":300}' >/dev/null
	creates 40 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply
	# Each request of the log with those that had begun and not ended.
	jq -es '[.[] | select(.method == "PUT") | {begun: (.time - .ms), ended: .time}] as $all
		| [$all[] | .begun as $at
		   | [$all[] | select(.begun <= $at and .ended > $at)] | length] | max
		| . > 8 and . <= 16' "$BATS_TEST_TMPDIR/azure-sim/log"
}

# 200 writes a minute, here in six seconds.
@test "a public zone takes 200 writes a minute, and no request is refused" {
	control PUT switches '{"limits":1,"arm-limits":0,"time-percent":10}' >/dev/null
	creates 110 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply --azure-quota-share=1000
	[ "$(result | grep -c done)" = 110 ]
	[ "$(control GET requests | jq -c '[.writes, .throttled]')" = '[220,0]' ]
	jq -es '[.[] | select(.method == "PUT" and .status == 201).time]
		| .[200] - .[0] >= 6000' "$BATS_TEST_TMPDIR/azure-sim/log"
}
