#!/usr/bin/env bats
# k8s-watch against kube-sim: what the cluster says comes out once, and no
# fault of server or network takes an object away that is still there.

bats_require_minimum_version 1.5.0
load helpers
load kube

setup() {
	kube_setup --no-watch-list
}

@test "k8s-watch: once says the objects, then the marks, and ends" {
	service a
	service b
	run -0 "$BIN/k8s-watch" --once services ingresses.networking.k8s.io \
		nosuch.example.org 2>/dev/null
	[ "$(grep -c '"ADDED"' <<<"$output")" = 2 ]
	[ "$(grep -c '"complete"' <<<"$output")" = 2 ]
	[ "$(grep -c '"absent"' <<<"$output")" = 1 ]
}

@test "k8s-watch: paths keep what they name, and no line tells what they do not" {
	service a
	start_watch services:metadata.annotations
	complete
	service a a 192.0.2.1
	settle 1
	[ "$(grep -c '"name":"a"' "$out")" = 1 ]
	cat "$out"
	! grep -q 'managedFields\|"spec"\|resourceVersion":"[0-9]*","uid' "$out"
}

@test "k8s-watch: a namespace is all that is listed" {
	control object '{"apiVersion":"v1","kind":"Service","metadata":
		{"namespace":"kube-system","name":"other"},"spec":{}}'
	service a
	run -0 "$BIN/k8s-watch" --once services@default
	grep -q '"name":"a"' <<<"$output"
	! grep -q '"name":"other"' <<<"$output"
}

@test "k8s-watch: two namespaces of a kind have one mark" {
	run -0 "$BIN/k8s-watch" --once services@default services@kube-system
	[ "$(grep -c BOOKMARK <<<"$output")" = 1 ]
}

# Fault rows 1 and 40: the watch ends by its time, no bookmark ever comes.
@test "k8s-watch: a watch that ends goes on where it was" {
	control 'watch?bookmark-ms=3600000'
	start_watch services:metadata.annotations
	complete
	service a
	wait_for "$out" '"name":"a"'
	control drop
	service b
	remove a
	settle 1
	[ "$(grep -c BOOKMARK "$out")" = 1 ]
}

# Rows 3 and 43: cut within a line; one byte at a time.
@test "k8s-watch: a line that is cut is said once, when it is whole" {
	start_watch services:metadata.annotations
	complete
	control 'watch?cut-bytes=300'
	control drop
	for i in 1 2 3; do service "cut-$i"; done
	control 'watch?cut-bytes=0&split-bytes=1'
	settle 1
	service cut-1 changed
	settle 2
}

@test "k8s-watch: connections that are cut again and again lose nothing" {
	start_watch services:metadata.annotations
	complete
	for i in $(seq "${AZDNS_TEST_CUTS:-40}"); do
		service "s$((i % 7))" "host$i"
		[ $((i % 5)) != 0 ] || remove "s$((i % 7))"
		control reset
	done
	settle 1
}

# Row 11, 15 and 16.
@test "k8s-watch: a version that expired leads to a list that tells what is gone" {
	service gone
	service again
	service same
	start_watch services:metadata.annotations
	complete
	go_away
	remove gone
	remove again
	service again
	control compact
	control clear
	settle 1
	grep -q '"DELETED".*"name":"gone"' "$out"
	grep -q '"DELETED".*"name":"again"' "$out"
	[ "$(grep -c '"name":"same"' "$out")" = 1 ]
}

# Row 12.
@test "k8s-watch: an expired version may come as status 410" {
	service gone
	start_watch services:metadata.annotations
	complete
	control 'watch?expired-status=true'
	go_away
	remove gone
	control compact
	control clear
	settle 1
}

# Rows 13 and 14.
@test "k8s-watch: pages that expire are thrown away, and all are asked for again" {
	jq -nc 'range(1200) | "---\n" + ({apiVersion: "v1", kind: "Service", metadata:
		{namespace: "default", name: "many-\(.)",
		 annotations: {hostname: "h\(.).example.com"}}, spec: {}} | tojson)' -r \
		>"$BATS_TEST_TMPDIR/many.json"
	stop_sims
	rm -r "$BATS_TEST_TMPDIR/pids" "$BATS_TEST_TMPDIR/kube-sim"
	kube_setup --no-watch-list --objects="$BATS_TEST_TMPDIR/many.json"
	control 'fault?resource=services&verb=list&status=410&skip=1&count=1'
	start_watch services:metadata.annotations
	complete
	settle 1
	[ "$(grep -c 'limit=500"*$' "$err")" = 2 ]
}

# Row 25.
@test "k8s-watch: half a list takes nothing away" {
	service a
	service b
	start_watch services:metadata.annotations
	complete
	go_away
	service c
	control compact
	control clear
	control 'fault?resource=services&verb=list&cut=halfway&count=2'
	settle 1
	! grep -q '"DELETED"' "$out"
}

# Rows 26, 28 and 61.
no_list_takes_nothing_away() {
	service a
	start_watch services:metadata.annotations
	complete
	go_away
	service b
	control compact
	control clear
	control 'fault?resource=services&verb=list&status=200&skip=1&count=1' "$1"
	settle 1
	! grep -q '"DELETED"' "$out"
	grep -q 'the server sent' "$err"
}

@test "k8s-watch: an empty object takes nothing away" {
	no_list_takes_nothing_away '{}'
}

@test "k8s-watch: a login page takes nothing away" {
	no_list_takes_nothing_away '<html>log in</html>'
}

@test "k8s-watch: the list of another kind takes nothing away" {
	no_list_takes_nothing_away '{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"9999"},"items":[]}'
}

@test "k8s-watch: a list without a version takes nothing away" {
	no_list_takes_nothing_away '{"kind":"ServiceList","apiVersion":"v1","metadata":{},"items":[]}'
}

# Row 27.
@test "k8s-watch: a list whose items are null is an empty list" {
	control 'fault?resource=services&verb=list&status=200' \
		'{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":null}'
	run -0 "$BIN/k8s-watch" --once services
	grep -q '"complete"' <<<"$output"
}

# Rows 17 and 19.
@test "k8s-watch: a server that was restored to an older state is believed" {
	service old
	control save
	start_watch services:metadata.annotations
	complete
	service old changed
	service new
	wait_for "$out" '"name":"new"'
	control restore
	wait_for "$err" 'counts anew'
	wait_for "$out" '"DELETED".*"name":"new"'
	settle 1
}

# Rows 22 and 23.
@test "k8s-watch: a server that is too busy is left alone as long as it asks" {
	control 'fault?resource=services&verb=list&status=429&retry-after=2&plain=1&count=1'
	start_watch services
	wait_for "$err" 'asked again in [2-3][0-9][0-9][0-9] ms'
	complete
	! grep -q '^k8s-watch: error' "$err"
}

# Row 24.
@test "k8s-watch: errors of the server make events late, and lose none" {
	start_watch services:metadata.annotations
	complete
	control 'fault?resource=services&verb=list&status=500&skip=2'
	control 'fault?resource=services&verb=watch&status=500&skip=2'
	for i in 1 2 3 4; do
		service "s$i"
		control reset
	done
	wait_for "$err" 'leader changed'
	control clear
	settle 1
}

# Row 29.
@test "k8s-watch: a kind that is installed later is noticed" {
	control 'crd?name=httproutes.gateway.networking.k8s.io&served=false'
	start_watch httproutes.gateway.networking.k8s.io services
	wait_for "$out" '"kind":"HTTPRoute".*"absent"'
	control 'crd?name=httproutes.gateway.networking.k8s.io&served=true'
	wait_for "$out" '"kind":"HTTPRoute".*"complete"'
}

# Rows 31 and 32.
@test "k8s-watch: a kind that is no longer served keeps its objects" {
	control object '{"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute",
		"metadata":{"namespace":"default","name":"r"},"spec":{}}'
	start_watch httproutes.gateway.networking.k8s.io
	complete
	control 'crd?name=httproutes.gateway.networking.k8s.io&served=false'
	control reset
	wait_for "$out" '"absent"'
	! grep -q '"DELETED"' "$out"
	: >"$out"
	control 'crd?name=httproutes.gateway.networking.k8s.io&served=true'
	complete
	! grep -q '"DELETED"\|"name":"r"' "$out"
}

# Row 34.
@test "k8s-watch: a right that is missing costs its kind alone, until it is given" {
	service a
	control 'fault?resource=pods&status=403'
	start_watch pods services
	wait_for "$out" '"kind":"Pod".*"forbidden"'
	wait_for "$out" '"kind":"Service".*"complete"'
	wait_for "$err" 'rules of the role: - {apiGroups: \[""\], resources: \["pods"\], verbs: '
	control clear
	wait_for "$out" '"kind":"Pod".*"complete"'
	[ "$(grep -c 'rules of the role' "$err")" = 1 ]
}

# Row 42.
@test "k8s-watch: an event of unknown type is passed over" {
	start_watch services:metadata.annotations
	complete
	control 'fault?resource=services&verb=watch&status=200&count=1' \
		'{"type":"RENAMED","object":{}}
'
	control reset
	wait_for "$err" "unknown type 'RENAMED'"
	settle 1
}

@test "k8s-watch: events that are none lead to a new list" {
	service a
	start_watch services:metadata.annotations
	complete
	control 'fault?resource=services&verb=watch&status=200&count=1' 'oops
'
	control reset
	wait_for "$err" 'something else than events'
	settle 1
	! grep -q '"DELETED"' "$out"
}

# Row 44.
@test "k8s-watch: numbers and escapes come out as they went in" {
	control 'fault?resource=services&verb=list&status=200' \
		'{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"n","namespace":"d","uid":"u","annotations":{"k\"]}":"\u0000\ud83d\ude00 \\"}},"spec":{"big":12345678901234567890,"one":1.0}}]}'
	run -0 "$BIN/k8s-watch" --once services
	grep -qF '"spec":{"big":12345678901234567890,"one":1.0}' <<<"$output"
	grep -qF '{"k\"]}":"\u0000\ud83d\ude00 \\"}' <<<"$output"
}

@test "k8s-watch: an object larger than a line is said by its name" {
	{
		printf '{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"big","namespace":"d","uid":"u"},"spec":{"x":"'
		head -c 5000000 /dev/zero | tr '\0' x
		printf '"}}]}'
	} >"$BATS_TEST_TMPDIR/big"
	curl -ksS --fail-with-body --data-binary @"$BATS_TEST_TMPDIR/big" \
		"$kube_sim_url/_control/fault?resource=services&verb=list&status=200" >/dev/null
	run -0 "$BIN/k8s-watch" --once services
	grep -qF '"metadata":{"namespace":"d","name":"big","uid":"u","annotations":{"azdns/oversized":"true"}}' <<<"$output"
}

# Row 47.
@test "k8s-watch: a reader that goes away ends it with 1" {
	service a
	{
		"$BIN/k8s-watch" services 2>"$err" ||
			echo $? >"$BATS_TEST_TMPDIR/status"
	} | head -n 1 >"$out"
	[ "$(cat "$BATS_TEST_TMPDIR/status")" = 1 ]
	grep -q 'its reader is gone' "$err"
}

# Row 62.
@test "k8s-watch: TERM ends it with 0 and whole lines" {
	service a
	start_watch services
	complete
	kill "$watch_pid"
	wait "$watch_pid"
	[ "$(tail -c 1 "$out" | od -An -c | tr -d ' ')" = '\n' ]
}

# Row 46.
@test "k8s-watch: TERM ends it with 0 though its reader does not read" {
	local fifo=$BATS_TEST_TMPDIR/fifo
	for i in $(seq 60); do service "s$i" "$(printf '%02000d' "$i")"; done
	mkfifo "$fifo"
	exec 4<>"$fifo"
	"$BIN/k8s-watch" --log-level=debug services >"$fifo" 2>"$err" 3>&- 4>&- &
	watch_pid=$!
	echo "$watch_pid" >>"$BATS_TEST_TMPDIR/pids"
	wait_for "$err" 'limit=500'
	head -n 1 <&4 >"$out"
	kill "$watch_pid"
	wait "$watch_pid"
	exec 4>&-
}

@test "k8s-watch: a cluster that does not answer is one line, and unavailable" {
	shift_clocks
	start_watch --once --server=http://127.0.0.1:1 services
	wait_for "$err" 'warning: API server'
	shift_clocks 30
	wait "$watch_pid"
	grep -q '"unavailable"' "$out"
	[ "$(grep -c 'warning: API server' "$err")" = 1 ]
}
