#!/usr/bin/env bats
# k8s-watch against kube-sim with streaming lists: all objects as events and a
# bookmark behind them; without that bookmark nothing is concluded.

bats_require_minimum_version 1.5.0
load helpers
load kube

@test "k8s-watch: a streaming list goes over into the watch" {
	service a
	service b
	start_watch services:metadata.annotations
	complete
	service c
	remove a
	settle 1
	[ "$(asked sendInitialEvents)" = 1 ]
	[ "$(asked watch=1)" = 1 ]
	[ "$(asked limit=)" = 0 ]
}

@test "k8s-watch: once says the objects of a streaming list, then the mark" {
	service a
	run -0 --separate-stderr "$BIN/k8s-watch" --once services pods
	[ "$(jq -r .type <<<"$output" | sort | xargs)" = 'ADDED BOOKMARK BOOKMARK' ]
}

@test "k8s-watch: a streaming list tells what is gone, and no more" {
	service gone
	service same
	start_watch services:metadata.annotations
	complete
	go_away
	remove gone
	control compact
	control clear
	settle 1
	grep -q '"DELETED".*"name":"gone"' "$out"
	[ "$(grep -c '"name":"same"' "$out")" = 1 ]
	[ "$(asked limit=500)" = 0 ]
}

@test "k8s-watch: cuts, with lists that are streamed now and then, lose nothing" {
	cut_and_churn compact
}

# Row 48.
@test "k8s-watch: a streaming list without its end becomes a list of pages" {
	service a
	control 'watch?initial-end=false'
	shift_clocks
	start_watch services:metadata.annotations
	wait_for "$out" '"name":"a"'
	shift_clocks 16
	complete
	settle 1
	[ "$(grep -c '"name":"a"' "$out")" = 1 ]
	control compact
	control 'fault?resource=services&verb=list&status=410&count=1'
	control drop
	settle 2
	[ "$(asked sendInitialEvents)" = 1 ]
}

@test "k8s-watch: a streaming list that breaks off takes nothing away" {
	service a
	service b
	start_watch services:metadata.annotations
	complete
	control 'fault?resource=services&verb=list&status=410&count=1'
	control 'watch?cut-bytes=700'
	control drop
	wait_for "$err" 'warning: API server'
	service c
	settle 1
	[ -z "$(grep '"DELETED"' "$out")" ]
	[ "$(asked sendInitialEvents)" = 3 ]
}

@test "k8s-watch: streaming lists that break off again and again become pages" {
	service gone
	service host "$(printf %02000d 0)"
	start_watch services:metadata.annotations
	complete
	control 'fault?resource=services&verb=list&status=410&count=1'
	control 'watch?cut-bytes=2000&cut-watches=3'
	control drop
	wait_for "$err" 'GET .*sendInitialEvents' 30 4
	control 'fault?resource=services&verb=list&hang=500&count=1'
	wait_for "$err" 'limit=500'
	remove gone
	settle 1
	[ "$(asked sendInitialEvents)" = 4 ]
	grep -q '"DELETED".*"name":"gone"' "$out"
}

# no_stream ANSWER: what is no streaming list is asked for in pages.
no_stream() {
	service a
	control "fault?resource=services&verb=watch&count=1&status=200" "$1"
	start_watch services:metadata.annotations
	complete
	settle 1
	[ "$(asked sendInitialEvents)" = 1 ]
	[ "$(asked limit=500)" = 1 ]
}

@test "k8s-watch: an error instead of a streaming list leads to pages" {
	no_stream '{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"InternalError","code":500}}
'
}

@test "k8s-watch: something else than a streaming list leads to pages" {
	no_stream '<html>log in</html>
'
}

# Row 49: sent though nobody asked for it.
@test "k8s-watch: a streaming list as gzip leads to pages" {
	no_stream "$(printf '\037\213\010x')"
}

@test "k8s-watch: a server without streaming lists is asked for pages at once" {
	control 'watch?initial-events=false'
	service a
	start_watch services:metadata.annotations
	complete
	settle 1
	[ "$(asked sendInitialEvents)" = 1 ]
	! grep -q 'asked again' "$err"
}

# Rows 17 and 19.
@test "k8s-watch: a streaming list from before what was said is asked for again" {
	service old
	control save
	start_watch services:metadata.annotations
	complete
	service new
	wait_for "$out" '"name":"new"'
	control 'fault?resource=services&verb=list&status=410&count=1'
	control restore
	wait_for "$err" 'is behind of what it said earlier'
	[ -z "$(grep '"DELETED"' "$out")" ]
	wait_for "$err" 'counts anew'
	wait_for "$out" '"DELETED".*"name":"new"'
	settle 1
}
