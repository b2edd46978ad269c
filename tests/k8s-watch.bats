#!/usr/bin/env bats
# k8s-watch against kube-sim: what the cluster says comes out once; no
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
	[ "$(grep -c '"complete"' <<<"$output")" = 2 ]
	[ "$(grep -c '"absent"' <<<"$output")" = 1 ]
	[ "$(grep '"kind":"Service"' <<<"$output" | jq -r .type | xargs)" = 'ADDED ADDED BOOKMARK' ]
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

@test "k8s-watch: copies of an object that others keep in it are not kept" {
	control object '{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"default",
		"name":"a","managedFields":[{"manager":"helm","fieldsV1":{}}],"annotations":{"hostname":"h",
		"kubectl.kubernetes.io/last-applied-configuration":"{}"}},"spec":{}}'
	run -0 "$BIN/k8s-watch" --once services:metadata.annotations
	grep -q '"annotations":{"hostname":"h"}' <<<"$output"
	run -0 "$BIN/k8s-watch" --once services
	grep -q last-applied <<<"$output"
	! grep -q managedFields <<<"$output"
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

# The rows are those of the table of faults in tests/sim/README.md.

# Rows 1 and 40: the watch ends by its time, no bookmark ever comes; after
# quiet hours the version is too old.
@test "k8s-watch: a watch that ends goes on where it was" {
	control 'watch?bookmark-ms=3600000'
	start_watch "$services"
	complete
	service a
	wait_for "$out" '"name":"a"'
	control drop
	service b
	remove a
	settle 1
	[ "$(asked 'watch=1&resourceVersion=[1-9]')" = 2 ]
	[ "$(asked limit=500)" = 1 ]
	control object '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"other"}}'
	control compact
	control drop
	service c
	settle 2
	[ "$(asked limit=500)" = 2 ]
	[ "$(grep -c BOOKMARK "$out")" = 1 ]
}

# 280 changes in bursts; the watch ends cleanly within each.
bursts() {
	for i in 1 2 3 4 5; do service "s$i"; done
	start_watch "$services"
	complete
	for i in 30 40 200 10; do
		control "churn?plural=services&group=&count=$i"
		control drop
	done
	settle 1
}

# Row 2: the watch ends cleanly in the middle of changes.
@test "k8s-watch: a watch that ends within a burst goes on where it was" {
	bursts
	[ "$(grep -c '"MODIFIED"' "$out")" = 280 ]
	[ "$(asked limit=500)" = 1 ]
}

@test "k8s-watch: a burst longer than the server's history loses nothing" {
	kube_restart --no-watch-list --history=50
	bursts
}

# Row 43: large objects, many events at once.
@test "k8s-watch: a large object and many events at once come out as they are" {
	local host
	host=$(head -c 1400000 /dev/zero | tr '\0' x)
	kube_restart --no-watch-list --history=20000
	service a
	start_watch services:metadata.annotations
	complete
	control 'churn?plural=services&group=&count=10000'
	printf '{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"default",
		"name":"big","annotations":{"hostname":"%s"}},"spec":{}}' "$host" >"$BATS_TEST_TMPDIR/big"
	control object "@$BATS_TEST_TMPDIR/big"
	settle 1
	[ "$(grep -c '"MODIFIED"' "$out")" = 10000 ]
}

# Rows 3 and 43: cut within a line; one byte at a time.
@test "k8s-watch: a line that is cut is said once, when it is whole" {
	start_watch "$services"
	complete
	control 'watch?cut-bytes=300'
	control drop
	wait_for "$err" 'watch=1&resourceVersion=[1-9]' 30 2
	for i in 1 2 3; do service "cut-$i"; done
	control 'watch?cut-bytes=0&split-bytes=1'
	settle 1
	[ "$(asked 'watch=1&resourceVersion=[1-9]')" = 3 ]
	service cut-1 changed
	settle 2
	[ "$(asked limit=500)" = 1 ]
}

@test "k8s-watch: connections that are cut again and again lose nothing" {
	cut_and_churn
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
	service same other
	service same
	control compact
	control clear
	settle 1
	grep -q '"DELETED".*"name":"gone"' "$out"
	grep '"name":"again"' "$out" | jq -r .type | paste -sd ' ' | grep -x 'ADDED DELETED ADDED'
	[ "$(grep '"name":"again"' "$out" | jq -r .object.metadata.uid | sort -u | grep -cv null)" = 2 ]
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

# Row 20: the watch begins just when the server goes back.
@test "k8s-watch: a watch from a version yet to come is given up" {
	service old
	control save
	shift_clocks
	start_watch services:metadata.annotations
	complete
	service new
	wait_for "$out" '"name":"new"'
	control 'fault?resource=services&verb=watch&hang=2000&count=1'
	control 'drop?resource=services'
	wait_for "$err" 'limit=1$'
	wait_for "$BATS_TEST_TMPDIR/kube-sim/log" 'limit=1"'
	control restore
	shift_clocks 700
	wait_for "$err" 'counts anew'
	settle 1
	grep -q '"DELETED".*"name":"new"' "$out"
}

# Row 21.
@test "k8s-watch: a list that the server cannot give yet is asked for when it says" {
	control 'fault?resource=services&verb=list&status=504&retry-after=1&count=1'
	start_watch services:metadata.annotations
	wait_for "$err" 'did not complete.*asked again in [1-2][0-9][0-9][0-9] ms'
	complete
	settle 1
}

# Row 19.
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

# Row 22: what was said stays, and no list follows.
@test "k8s-watch: a watch that the server is too busy for is begun when it says" {
	shift_clocks
	start_watch "$services"
	complete
	control 'fault?resource=services&verb=watch&status=429&retry-after=7&plain=1&count=1'
	control drop
	wait_for "$err" 'asked again in [7-8][0-9][0-9][0-9] ms'
	shift_clocks 9
	settle 1
	[ "$(asked limit=500)" = 1 ]
}

@test "k8s-watch: a server that is too busy is left alone as long as it asks" {
	control 'fault?resource=services&verb=list&status=429&retry-after=2&plain=1&count=1'
	start_watch services
	wait_for "$err" 'asked again in [2-3][0-9][0-9][0-9] ms'
	complete
	! grep -q '^k8s-watch: error' "$err"
}

# Row 23.
@test "k8s-watch: a refusal in HTML is a refusal" {
	control 'fault?resource=services&verb=list&status=429&count=1' '<html>too busy</html>'
	start_watch services
	wait_for "$err" 'answered 429; asked again'
	complete
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
	[ "$(asked limit=500)" = 1 ]
}

# no_event TEXT: is no event; all is listed again.
no_event() {
	service a
	start_watch services:metadata.annotations
	complete
	control 'inject?plural=services' "$1
"
	wait_for "$err" 'asked again'
	settle 1
	[ -z "$(grep '"DELETED"' "$out")" ]
	[ "$(asked limit=500)" = 2 ]
}

@test "k8s-watch: text that is none leads to a new list" {
	no_event oops
}

@test "k8s-watch: an event without object leads to a new list" {
	no_event '{"type":"ADDED"}'
}

@test "k8s-watch: an error that does not say what leads to a new list" {
	no_event '{"type":"ERROR","object":{}}'
}

# Row 41.
@test "k8s-watch: a bookmark of a lagging server does not turn back" {
	service a
	start_watch services:metadata.annotations
	complete
	service b
	wait_for "$out" '"name":"b"'
	control 'inject?plural=services' '{"type":"BOOKMARK","object":{"kind":"Service","apiVersion":"v1","metadata":{"resourceVersion":"1"}}}
'
	control compact
	control drop
	settle 1
	[ "$(asked 'resourceVersion=1&')" = 0 ]
	[ "$(asked limit=500)" = 1 ]
}

# A server behind another: its version of the object is an older one.
@test "k8s-watch: an event older than what was said of its object is passed over" {
	start_watch "$services"
	complete
	service a old
	wait_for "$out" 'old.example.com'
	service a new
	wait_for "$out" 'new.example.com'
	control 'inject?plural=services' "$(grep 'old.example' "$out" | jq -c '.type = "MODIFIED"')
"
	settle 1
	[ "$(grep -c 'old.example.com' "$out")" = 1 ]
}

# Row 45.
@test "k8s-watch: an event without end is cut off, and all listed again" {
	service a
	start_watch services:metadata.annotations
	complete
	head -c 1000000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/endless"
	until grep -q 'an event is larger than' "$err"; do
		control 'inject?plural=services' "@$BATS_TEST_TMPDIR/endless"
	done
	settle 1
	[ -z "$(grep '"DELETED"' "$out")" ]
}

# Row 44.
@test "k8s-watch: numbers and escapes come out as they went in" {
	control 'fault?resource=services&verb=list&status=200' \
		'{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"n","namespace":"d","uid":"u","annotations":{"k\"]}":"\u0000\ud83d\ude00 \\"}},"spec":{"big":12345678901234567890,"one":1.0}}]}'
	run -0 "$BIN/k8s-watch" --once services
	grep -qF '"spec":{"big":12345678901234567890,"one":1.0}' <<<"$output"
	grep -qF '{"k\"]}":"\u0000\ud83d\ude00 \\"}' <<<"$output"
}

@test "k8s-watch: bytes that are no text, and depth, come out as they went in" {
	local deep
	deep=$(printf '[%.0s' {1..5000})$(printf ']%.0s' {1..5000})
	control 'fault?resource=services&verb=list&status=200' \
		'{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"n","namespace":"d","uid":"u"},"spec":{"no-text":"'$'\377\300''","deep":'"$deep"'}}]}'
	"$BIN/k8s-watch" --once services >"$out" 2>"$err"
	LC_ALL=C grep -qF '"no-text":"'$'\377\300''","deep":'"$deep}" "$out"
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

@test "k8s-watch: TERM ends it with 0 within a list" {
	control 'fault?resource=services&verb=list&hang=20000'
	start_watch services
	wait_for "$err" 'limit=500'
	SECONDS=0
	kill "$watch_pid"
	wait "$watch_pid"
	[ "$SECONDS" -lt 10 ]
	[ ! -s "$out" ]
}

# The most memory that the watch has used, in KiB.
highest() {
	awk '/VmHWM/ { print $2 }' "/proc/$watch_pid/status"
}

# Row 46: 20 MB of lines wait in the server, not here.
@test "k8s-watch: a reader that rests for long misses nothing" {
	local fifo=$BATS_TEST_TMPDIR/fifo before
	kube_restart --no-watch-list --history=1000
	for i in $(seq 20); do service "s$i" "$(printf '%02000d' "$i")"; done
	mkfifo "$fifo"
	exec 4<>"$fifo"
	"$BIN/k8s-watch" --log-level=debug services:metadata.annotations >"$fifo" 2>"$err" 3>&- 4>&- &
	watch_pid=$!
	echo "$watch_pid" >>"$BATS_TEST_TMPDIR/pids"
	wait_for "$err" complete
	before=$(highest)
	control 'churn?plural=services&group=&count=10000'
	remove s1
	control drop
	service late
	[ $(($(highest) - before)) -lt 8000 ]
	cat <&4 >"$out" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	exec 4>&-
	settle 1
}

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
