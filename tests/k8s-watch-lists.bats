#!/usr/bin/env bats
# k8s-watch against kube-sim with lists in pages that are cut, empty, old or
# somebody else's: they take nothing away. The rows are those of
# tests/sim/README.md.

bats_require_minimum_version 1.5.0
load helpers
load kube

setup() {
	kube_setup --no-watch-list
}

# Rows 13 and 14.
@test "k8s-watch: pages that expire are thrown away, and all are asked for again" {
	jq -nc 'range(1200) | "---\n" + ({apiVersion: "v1", kind: "Service", metadata:
		{namespace: "default", name: "many-\(.)",
		 annotations: {hostname: "h\(.).example.com"}}, spec: {}} | tojson)' -r \
		>"$BATS_TEST_TMPDIR/many.json"
	kube_restart --no-watch-list --objects="$BATS_TEST_TMPDIR/many.json"
	control 'fault?resource=services&verb=list&status=410&skip=1&count=1'
	start_watch services:metadata.annotations
	complete
	settle 1
	[ "$(grep -c 'limit=500"*$' "$err")" = 2 ]
}

# Row 14: the token of the 410 goes on at another moment.
@test "k8s-watch: no page is asked for with the token of an expired list" {
	for i in 1 2 3; do service "s$i"; done
	control 'fault?resource=services&verb=list&status=200&count=1' "$(api \
		"$kube_sim_url/api/v1/services?limit=1" | tr -d '\n')"
	control 'fault?resource=services&verb=list&hang=1000&count=1'
	start_watch services:metadata.annotations
	wait_for "$err" continue=
	control compact
	complete
	settle 1
	[ "$(asked continue=)" = 1 ]
}

# bad_list FAULT [BODY]: the list after an expired watch is answered so; it
# takes nothing away, and the next one tells the rest.
bad_list() {
	service a
	service b
	start_watch services:metadata.annotations
	complete
	go_away
	service c
	control compact
	control clear
	control "fault?resource=services&verb=list&$1&skip=1&count=1" "${@:2}"
	settle 1
	[ -z "$(grep '"DELETED"' "$out")" ]
}

# Row 25.
@test "k8s-watch: half a list takes nothing away" {
	bad_list cut=halfway
	[ "$(asked limit=250)" -ge 1 ]
}

@test "k8s-watch: an empty answer takes nothing away" {
	bad_list cut=nothing
	[ "$(asked limit=250)" -ge 1 ]
}

# Rows 26, 28 and 61.
no_list_takes_nothing_away() {
	bad_list status=200 "$1"
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

@test "k8s-watch: items that are null, without a version, take nothing away" {
	no_list_takes_nothing_away '{"kind":"ServiceList","apiVersion":"v1","metadata":{},"items":null}'
}

# Row 27.
@test "k8s-watch: a list whose items are null is an empty list" {
	control 'fault?resource=services&verb=list&status=200' \
		'{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":null}'
	run -0 "$BIN/k8s-watch" --once services
	grep -q '"complete"' <<<"$output"
}

@test "k8s-watch: a redirection takes nothing away" {
	service a
	start_watch services:metadata.annotations
	complete
	control 'fault?resource=services&verb=list&status=302&count=1' '<html>log in</html>'
	control drop
	wait_for "$err" 'answered 302; asked again'
	settle 1
	[ -z "$(grep '"DELETED"' "$out")" ]
}

# Rows 17 and 18.
@test "k8s-watch: a list from before what was said takes nothing away" {
	service old
	start_watch services:metadata.annotations
	complete
	service new
	wait_for "$out" '"name":"new"'
	control 'fault?resource=services&verb=list&status=410&count=1'
	control 'fault?resource=services&verb=list&status=200&count=1' \
		'{"kind":"ServiceList","apiVersion":"v1","metadata":{"resourceVersion":"2"},"items":[]}'
	control drop
	wait_for "$err" 'is behind of what it said earlier'
	settle 1
	[ -z "$(grep '"DELETED"' "$out")" ]
	[ "$(asked 'resourceVersion=0&')" = 0 ]
}
