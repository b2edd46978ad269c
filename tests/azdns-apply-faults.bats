load helpers
load apply

# azdns-apply against azure-sim: whatever goes wrong, all is right in the end, and told.

@test "a change of type that is refused puts back what was there" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	change CREATE web.example.com CNAME "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want lb.example.net)" \
		'{replaces: [{recordType: "A", $have}]} + $want')" >"$BATS_TEST_TMPDIR/in"
	faults '[{"method":"PUT","path":"/CNAME/","status":400,"code":"BadRequest","flat":true}]'
	run apply
	[ "$status" = 1 ]
	[ "$(result)" = 'web.example.com failed' ]
	diff <(zone) - <<-END
		A web 20.0.0.1
		TXT a-web "heritage=external-dns,$ME,$WEB"
	END
}

@test "a refused record leaves no mark behind, and the others land" {
	for name in web 'bad..name' app; do
		change CREATE "$name.example.com" A "$(want 20.0.0.1)"
	done >"$BATS_TEST_TMPDIR/in"
	faults '[{"method":"PUT","path":"/A/web","status":400,"code":"BadRequest","flat":true}]'
	run apply
	[ "$status" = 1 ]
	diff <(result | sort) - <<-END
		app.example.com done
		bad..name.example.com failed
		web.example.com failed
	END
	[ "$(zone | wc -l)" = 2 ]
	grep -q 'service/default/web: web.example.com A: CREATE failed' "$BATS_TEST_TMPDIR/err"
}

@test "a write whose answer was lost is settled by reading" {
	faults '[{"method":"PUT","lost":true,"times":2}]'
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result)" = 'web.example.com done' ]
	[ "$(requests | grep -c ^GET)" -ge 1 ]
	[ "$(zone | wc -l)" = 2 ]
}

@test "a write that arrived unseen and then failed is still marked, and told" {
	faults '[{"method":"PUT","path":"/A/web","times":1,"lost":true},
		{"method":"PUT","path":"/A/web","status":400,"code":"BadRequest","flat":true}]'
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe"
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	change CREATE web.example.com A "$(want 20.0.0.1)" >&9
	wait_for "$BATS_TEST_TMPDIR/out" '"failed"'
	exec 9>&-
	wait "$apply_pid" || true
	[ "$(zone | cut -d' ' -f1,2 | xargs)" = 'A web TXT a-web' ]
	[ "$(jq -c 'select(.dnsName == "web.example.com") | [.type, .have.owner]' \
		"$BATS_TEST_TMPDIR/out")" = $'["ADDED","me"]\n["RESULT",null]' ]
}

@test "a lost answer does not hide that somebody else came first" {
	faults "[{\"method\":\"PUT\",\"path\":\"/A/web\",\"times\":1,
		\"foreign\":{\"method\":\"PUT\",\"path\":\"$Z/A/web\",
		  \"body\":{\"properties\":{\"TTL\":60,\"ARecords\":[{\"ipv4Address\":\"9.9.9.9\"}]}}},
		\"cut\":true}]"
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$(result)" = 'web.example.com conflict' ]
	[ "$(zone)" = 'A web 9.9.9.9' ]
}

@test "5xx, HTML, cut connections and lost answers are retried until all is right" {
	faults '[{"percent":10,"status":503,"html":true},
		{"percent":10,"status":500},{"percent":10,"cut":true},
		{"percent":10,"lost":true}]'
	creates 30 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result | grep -c done)" = 30 ]
	[ "$(zone | wc -l)" = 60 ]
}

@test "503 on every other PUT loses no write and leaves no record unmarked" {
	faults '[{"method":"PUT","every":2,"status":503}]'
	creates 10 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result | grep -c done)" = 10 ]
	diff <(zone) <(jq -rn --arg me "$ME" 'range(1; 11) | "A n\(.) 20.0.0.1",
		"TXT a-n\(.) \"heritage=external-dns,\($me),external-dns/resource=service/default/n\(.)\""' |
		LC_ALL=C sort)
	# Each write was accepted once.
	[ "$(requests | grep -c ' 201$')" = 20 ]
	[ "$(requests | grep -c ' 200$')" = 0 ]
}

@test "a PUT that hangs for 170 s delays no other write" {
	faults '[{"method":"PUT","path":"/A/n7","times":1,"delayMs":170000}]'
	creates 20 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply_behind "$BATS_TEST_TMPDIR/in"
	wait_for "$BATS_TEST_TMPDIR/out" '"done"' 30 19
	[ "$(zone | grep -c '^A ')" = 19 ]
	[ -z "$(zone | grep '^A n7 ')" ]
	kill "$apply_pid"
	wait "$apply_pid"
}

@test "a slow answer is awaited and the write not doubled" {
	faults '[{"method":"PUT","path":"/A/web","times":1,"lateMs":3000}]'
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(requests)" = $'PUT TXT/a-web 201\nPUT A/web 201' ]
}

# Waits of 60, 61, 120 and 307 s at a fiftieth: 2, 2, 3 and 7 s are asked for.
@test "Retry-After of each zone is obeyed to the second, side by side" {
	local second
	put_zone z60.example z61.example z120.example z307.example
	control PUT switches '{"time-percent":2}' >/dev/null
	faults "$(jq -cn '[60, 61, 120, 307 | {method: "PUT",
		path: "/z\(.).example/", times: 1, status: 429,
		code: "TooManyRequests", retryAfter: ., flat: true}]')"
	for second in 60 61 120 307; do
		creates 1 20.0.0.1 | sed "s/example.com/z$second.example/g"
	done >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result | grep -c done)" = 4 ]
	# For each zone one refusal; how many seconds after it the next was sent.
	jq -rs 'map(select(.method == "PUT") | {status, ended: .time,
			begun: (.time - .ms), zone: (.path | capture("/z(?<n>[0-9]+)")).n})
		| group_by(.zone)[] | .[0].zone as $zone
		| (map(select(.status == 429).ended) | min) as $first
		| (map(select(.status == 429)) | length) as $refused
		| (map(select(.status == 201 and .ended > $first).begun) | min) as $next
		| "\($zone) \($refused) \((($next - $first) / 1000) | floor)"' \
		"$BATS_TEST_TMPDIR/azure-sim/log" | sort -n >"$BATS_TEST_TMPDIR/pauses"
	diff "$BATS_TEST_TMPDIR/pauses" <(printf '%s\n' '60 1 2' '61 1 2' '120 1 3' '307 1 7')
}

@test "a throttled zone does not delay another one" {
	put_zone slow.example
	faults '[{"method":"PUT","path":"slow.example","status":429,"code":"TooManyRequests","retryAfter":120,"flat":true}]'
	{
		change CREATE a.slow.example A "$(want 20.0.0.1)" |
			sed 's,dnszones/example.com,dnszones/slow.example,'
		creates 20 20.0.0.1
	} >"$BATS_TEST_TMPDIR/in"
	apply_behind "$BATS_TEST_TMPDIR/in"
	wait_for "$BATS_TEST_TMPDIR/out" 'example.com.*"done"' 30 20
	kill "$apply_pid"
	wait "$apply_pid"
	[ "$(requests | grep -c ' 429$')" = 1 ]
	# By the cloud's own clock all other writes followed one upon the other.
	jq -es 'map(select(.path | test("example.com/(A|TXT)/")))
		| length == 40 and (map(.time) | max - min) < 10000' \
		"$BATS_TEST_TMPDIR/azure-sim/log"
}

@test "a revoked token is renewed at once and nothing is lost" {
	faults '[{"method":"PUT","skip":5,"times":1,"revoke":true}]'
	creates 10 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result | grep -c done)" = 10 ]
	[ "$(zone | wc -l)" = 20 ]
	[ "$(control GET requests | jq .tokens)" = 2 ]
}

@test "a claims challenge is handed to the token command and the write repeated" {
	cat >"$BATS_TEST_TMPDIR/token" <<-END
		#!/bin/sh
		echo "\$AZTOKEN_CLAIMS" >>'$BATS_TEST_TMPDIR/claims'
		exec '$BIN/aztoken'
	END
	chmod +x "$BATS_TEST_TMPDIR/token"
	faults '[{"method":"PUT","path":"/A/web","times":1,"challenge":true}]'
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply --token-command="$BATS_TEST_TMPDIR/token"
	[ "$(result)" = 'web.example.com done' ]
	[ "$(requests | tail -n 2)" = $'PUT A/web 401\nPUT A/web 201' ]
	# Once without, then with what the challenge said.
	[ "$(sed -n 1p "$BATS_TEST_TMPDIR/claims")" = '' ]
	sed -n 2p "$BATS_TEST_TMPDIR/claims" | base64 -d | jq -e .access_token
	[ "$(wc -l <"$BATS_TEST_TMPDIR/claims")" = 2 ]
}

@test "tokens that expire while writing are renewed in time" {
	control PUT switches '{"token-life-s":4,"write-latency-ms":100}' >/dev/null
	creates 500 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply --azure-quota-share=10000
	[ "$(result | grep -c done)" = 500 ]
	[ "$(requests | grep -c ' 401$')" = 0 ]
	[ "$(control GET requests | jq .tokens)" -gt 1 ]
}

# All that goes wrong at once, and others who write to the same names between
# our reading and our writing.
@test "faults of all kinds and other writers: all right, nothing doubled or overwritten" {
	local foreign='{"properties":{"TTL":60,"ARecords":[{"ipv4Address":"9.9.9.9"}]}}'
	creates 30 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply
	# n1..n10 change, n11..n20 go, n31..n40 come; of each ten the first five
	# are written by somebody else just before us, n3 and n13 are taken over.
	list | jq -c 'select(.type == "ADDED" and .have.owner and
			(.dnsName | test("^n(1?[0-9]|20)\\.")))
		| if .dnsName | test("^n([1-9]|10)\\.")
		  then .type = "UPDATE" | .want = (.have | {targets: ["20.0.0.2"], owner, resource})
		  else .type = "DELETE" end' >"$BATS_TEST_TMPDIR/in"
	creates 40 20.0.0.3 | tail -n 10 >>"$BATS_TEST_TMPDIR/in"
	txt_there a-n3 '"\"heritage=external-dns,external-dns/owner=other\""'
	txt_there a-n13 '"\"heritage=external-dns,external-dns/owner=other\""'
	faults "$(jq -cn --arg zone "$Z" --argjson body "$foreign" '
		[range(1; 6), range(11; 16), range(31; 36) | "/A/n\(.)"
		 | {path: (. + "$"), times: 1, foreign: {method: "PUT", path: ($zone + .), $body}}]
		+ [{percent: 10, status: 503, html: true}, {percent: 10, status: 500},
		   {percent: 10, cut: true}, {method: "PUT", percent: 10, lost: true},
		   {method: "DELETE", percent: 10, lost: true},
		   {method: "PUT", skip: 8, times: 1, revoke: true}]')"
	run apply
	[ "$status" = 1 ]
	[ "$(result | sort | uniq | wc -l)" = 30 ]
	[ "$(result | grep -c conflict)" = 15 ]
	[ "$(result | grep -c done)" = 15 ]
	diff <(zone | grep '^A ') <(jq -rn '
		(range(1; 6), range(11; 16), range(31; 36) | "A n\(.) 9.9.9.9"),
		(range(6; 11) | "A n\(.) 20.0.0.2"),
		(range(21; 31) | "A n\(.) 20.0.0.1"),
		(range(36; 41) | "A n\(.) 20.0.0.3")' | LC_ALL=C sort)
	zone | grep -q '^TXT a-n3 .*owner=other'
	zone | grep -q '^TXT a-n13 .*owner=other'
	# What is ours is marked, what is not has no mark of ours beside it.
	for i in 6 7 8 9 10 21 30 36 37 38 39 40; do
		zone | grep -q "^TXT a-n$i .*owner=me"
	done
	for i in 16 17 18 19 20 31 32 33 34 35; do
		[ -z "$(zone | grep "^TXT a-n$i ")" ]
	done
}

# Not a rule of the simulator: a second client, with a token of its own, that
# writes while azdns-apply does, and suffers the same faults.
@test "a client that writes beside us is never overwritten, whatever fails" {
	local foreign_token round i
	creates 40 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply
	list | jq -c 'select(.have.owner) | .type = "UPDATE"
		| .want = (.have | {targets: ["20.0.0.2"], owner, resource})' >"$BATS_TEST_TMPDIR/in"
	foreign_token=$("$BIN/aztoken" 2>"$BATS_TEST_TMPDIR/aztoken.err" | jq -r .accessToken)
	control DELETE requests >/dev/null
	control PUT switches '{"write-latency-ms":30}' >/dev/null
	faults '[{"every":7,"times":20,"status":503,"html":true},
		{"every":5,"times":20,"cut":true},
		{"method":"PUT","every":6,"times":20,"lost":true}]'
	foreign 1 A/n1 1
	apply_behind "$BATS_TEST_TMPDIR/in"
	for round in 1 2 3; do
		for i in {1..10}; do
			foreign "$round" "A/n$i" "$i"
		done
	done
	# Ours may all be conflicts or not, as it comes; n1 is one.
	wait "$apply_pid" || true
	[ ! -e "$BATS_TEST_TMPDIR/overwritten" ]
	[ "$(result | wc -l)" = 40 ]
	result | grep -q '^n1.example.com conflict$'
	[ "$(result | grep -cE '^n(1[1-9]|[2-4][0-9]).example.com done$')" = 30 ]
	diff <(zone | grep '^A ') <(jq -rn '(range(1; 11) | "A n\(.) 9.9.3.\(.)"),
		(range(11; 41) | "A n\(.) 20.0.0.2")' | LC_ALL=C sort)
	[ "$(zone | grep -c '^TXT a-n')" = 40 ]
}

# plan's clock runs sixty times as fast, nothing else does.
@test "1 of 200 refused for ever: 199 land at once, it is tried after 1, 2, 4 minutes and named" {
	cd "$BATS_TEST_TMPDIR"
	faults '[{"method":"PUT","path":"/A/n77","status":400,"code":"BadRequest","message":"no","flat":true}]'
	mkfifo records
	{
		jq -cn 'range(1; 201) | {type: "ADDED", object: {metadata:
			{namespace: "default", name: "service.n\(.)"}, spec: {endpoints:
			[{dnsName: "n\(.).example.com", recordType: "A",
			  targets: ["20.0.0.1"], labels: {resource: "service/default/n\(.)"}}]}}}'
		echo '{"type":"BOOKMARK","object":{"metadata":{"name":"service.","annotations":{"k8s.io/initial-events-end":"true"}}}}'
		wait_for results 'n77.*"failed"' 60 4 >&2
	} | "$BIN/plan" --records=records --source=service --txt-owner-id=me 2>plan.err |
		"$BIN/azdns-apply" --azure-quota-share=10000 2>err |
		tee results | jq --unbuffered -c 'if .type == "TICK" then .time *= 60 else . end' >records || true
	[ "$(grep -c '"done"' results)" = 199 ]
	[ "$(zone | grep -c '^A ')" = 199 ]
	[ "$(zone | wc -l)" = 398 ]
	# All others once, before the second try of the one.
	jq -es '[.[] | select(.method == "PUT" and (.path | test("/A/")))]
		| (map(select(.status == 201).path) | length == 199 and (unique | length) == 199)
		and ([.[] | select(.status == 400)] | length) == 4
		and (map(select(.status == 400).time)[1] > (map(select(.status == 201).time) | max))' \
		azure-sim/log
	# Between the tries at least 1, 2, 4 minutes of plan's time, which its TICKs tell.
	jq -es '[foreach .[] as $line ({now: 0}; if $line.type == "TICK" then .now = $line.time * 60 else . end;
			select($line.status == "failed").now)]
		| .[1] - .[0] >= 60 and .[2] - .[1] >= 120 and .[3] - .[2] >= 240' results
	grep -q 'service/default/n77: n77.example.com A: CREATE failed: BadRequest' err
}

@test "TERM finishes what has begun and exits 0" {
	control PUT switches '{"write-latency-ms":300}'
	creates 100 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	apply_behind "$BATS_TEST_TMPDIR/in"
	wait_for "$BATS_TEST_TMPDIR/out" '"done"'
	kill "$apply_pid"
	wait "$apply_pid"
	[ "$(zone | grep -c '^A ')" = "$(zone | grep -c '^TXT ')" ]
	[ "$(zone | grep -c '^A ')" -lt 100 ]
}

@test "a wrong secret is exit 2 with the remedy, and no output quotes it" {
	faults '[{"path":"oauth2","status":401,"code":"AADSTS7000215"}]'
	run list
	[ "$status" = 2 ]
	! grep -rq 'open sesame' "$BATS_TEST_TMPDIR/err"
}

@test "no core file is written, which would hold the token" {
	cd "$BATS_TEST_TMPDIR"
	ulimit -c unlimited || true
	mkfifo pipe
	apply_behind pipe
	exec 9>pipe
	wait_for out '"BOOKMARK","zone"'
	grep -q '^Max core file size *0 *0 ' "/proc/$apply_pid/limits"
	cat "/proc/$apply_pid/environ" "/proc/$apply_pid/cmdline" >seen 2>/dev/null || true
	[ "$(grep -c 'open sesame' seen)" = 0 ]
	kill -ABRT "$apply_pid"
	wait "$apply_pid" || true
	exec 9>&-
	[ -z "$(compgen -G 'core*')" ]
}
