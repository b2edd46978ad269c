#!/usr/bin/env bats
# k8s-watch against kube-sim over networks that fail: HTTP/2 by nghttpx in
# front of it, servers that fall silent, names that move, clocks that jump.

bats_require_minimum_version 1.5.0
load helpers
load kube

setup() {
	kube_setup
	port=$((20000 + RANDOM % 10000))
}

teardown() {
	xargs -r kill -CONT <"$BATS_TEST_TMPDIR/pids" || true
	stop_sims
}

# start_http2 PORT [OPTION...]: nghttpx on PORT in front of the simulator.
start_http2() {
	local port=$1 tls=$BATS_FILE_TMPDIR/tls log=$BATS_TEST_TMPDIR/nghttpx
	local workers=${HTTP2_WORKERS---single-process}
	shift
	command -v nghttpx >/dev/null || skip 'nghttpx is not installed'
	rm -f "$log"
	nghttpx --conf=/dev/null --no-ocsp -L INFO -k $workers \
		-f "127.0.0.1,$port" -b "127.0.0.1,${kube_sim_url##*:};;tls" \
		--errorlog-file=/dev/stderr "$@" "$tls/key.pem" "$tls/cert.pem" \
		2>"$log" 3>&- &
	http2_pid=$!
	echo "$http2_pid" >>"$BATS_TEST_TMPDIR/pids"
	wait_for "$log" 'Listening on'
}

# listed: how often all was asked for.
listed() {
	asked 'limit=500\|sendInitialEvents'
}

# connections PORT: how many the watch has to it.
connections() {
	ss -Htnp state established "dport = :$1" | grep -c "pid=$watch_pid,"
}

# Row 7: killed and back later; the second time its history is gone as well.
@test "k8s-watch: all kinds share one connection, and outlive it" {
	start_http2 "$port"
	start_watch --server="https://127.0.0.1:$port" "$services" \
		pods nodes namespaces ingresses.networking.k8s.io
	for kind in Service Pod Node Namespace Ingress; do
		wait_for "$out" "\"kind\":\"$kind\".*\"complete\""
	done
	service a
	wait_for "$out" '"name":"a"'
	[ "$(connections "$port")" = 1 ]
	kill -9 "$http2_pid"
	wait_for "$err" 'warning: API server'
	service b
	start_http2 "$port"
	wait_for "$err" 'answers again'
	settle 1
	[ "$(listed)" = 5 ]
	[ -z "$(grep '"DELETED"' "$out")" ]
	kill -9 "$http2_pid"
	wait_for "$err" 'warning: API server' 30 2
	remove a
	control compact
	start_http2 "$port"
	wait_for "$err" 'answers again' 30 2
	settle 2
	[ "$(listed)" -gt 5 ]
	[ "$(grep -c '"DELETED"' "$out")" = 1 ]
	[ "$(grep -c '"complete"' "$out")" = 5 ]
}

# Row 51: HTTP/1.1 has a connection for each watch.
@test "k8s-watch: without HTTP/2 each watch has its connection" {
	start_watch "$services" pods nodes
	for kind in Service Pod Node; do
		wait_for "$out" "\"kind\":\"$kind\".*\"complete\""
	done
	settle 1
	[ "$(connections "${kube_sim_url##*:}")" = 3 ]
}

# Row 4.
@test "k8s-watch: a stream that is reset costs its kind alone" {
	start_http2 "$port"
	start_watch --server="https://127.0.0.1:$port" "$services" pods
	wait_for "$out" '"kind":"Pod".*"complete"'
	wait_for "$out" '"kind":"Service".*"complete"'
	control 'watch?cut-bytes=300'
	control 'drop?resource=services'
	wait_for "$err" 'watch=1' # the second of services, as soon as it is
	for i in 1 2 3; do service "cut-$i"; done
	settle 1
	[ "$(asked 'pods.watch=1')" = 1 ]
	[ "$(asked 'services.watch=1')" = 3 ]
	[ "$(connections "$port")" = 1 ]
}

# Row 5: GOAWAY; what runs goes on, what is new takes a new connection.
@test "k8s-watch: a proxy that shuts down in order costs nothing" {
	HTTP2_WORKERS= start_http2 "$port"
	start_watch --server="https://127.0.0.1:$port" "$services" pods
	wait_for "$out" '"kind":"Pod".*"complete"'
	wait_for "$out" '"kind":"Service".*"complete"'
	: >"$BATS_TEST_TMPDIR/nghttpx"
	kill -HUP "$http2_pid"
	wait_for "$BATS_TEST_TMPDIR/nghttpx" 'Graceful shutdown'
	service a
	wait_for "$out" '"name":"a"'
	[ "$(asked 'services.watch=1')" = 1 ]
	control 'drop?resource=services'
	settle 1
	[ "$(asked 'services.watch=1')" = 2 ]
	[ "$(asked 'pods.watch=1')" = 1 ]
	[ "$(connections "$port")" = 2 ]
	[ -z "$(grep '"DELETED"' "$out")" ]
}

# Row 6: the first connection ends with a GOAWAY that took no request.
@test "k8s-watch: requests that a GOAWAY refuses are made again" {
	local tls=$BATS_FILE_TMPDIR/tls
	command -v nghttpx >/dev/null || skip 'nghttpx is not installed'
	service a
	mkfifo "$BATS_TEST_TMPDIR/frames"
	exec 5<>"$BATS_TEST_TMPDIR/frames"
	printf '\0\0\0\4\0\0\0\0\0\0\0\10\7\0\0\0\0\0\0\0\0\0\0\0\0\0' >&5
	openssl s_server -accept "127.0.0.1:$port" -alpn h2 -naccept 1 \
		-key "$tls/key.pem" -cert "$tls/cert.pem" <&5 \
		>"$BATS_TEST_TMPDIR/refusal" 2>&1 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	exec 5>&-
	wait_for "$BATS_TEST_TMPDIR/refusal" ACCEPT
	start_watch --server="https://127.0.0.1:$port" "$services"
	wait_for "$err" 'warning: API server'
	start_http2 "$port"
	complete
	settle 1
}

# Row 50.
@test "k8s-watch: more kinds than streams take more connections" {
	start_http2 "$port" --frontend-http2-max-concurrent-streams=3
	start_watch --server="https://127.0.0.1:$port" "$services" \
		pods nodes namespaces ingresses.networking.k8s.io
	for kind in Service Pod Node Namespace Ingress; do
		wait_for "$out" "\"kind\":\"$kind\".*\"complete\""
	done
	settle 1
	[ "$(connections "$port")" -ge 2 ]
}

# Clock ticks of CPU that the watch has used.
ticks() {
	awk '{ print $14 + $15 }' "/proc/$watch_pid/stat"
}

# frozen PID...: nothing answers for a minute, then everything again, with a
# hundred changes; waiting costs next to nothing.
frozen() {
	local before
	before=$(ticks)
	kill -STOP "$@"
	shift_clocks 31
	wait_for "$err" 'GET .*livez'
	shift_clocks 50
	wait_for "$err" 'warning: API server'
	shift_clocks 60
	[ $(($(ticks) - before)) -lt 30 ]
	kill -CONT "$@"
	control 'churn?plural=services&group=&count=100'
	wait_for "$err" 'answers again'
	settle 1
	[ "$(listed)" = 1 ]
}

start_shifted() {
	shift_clocks
	start_watch "$@"
	complete
	service a
	wait_for "$out" '"name":"a"'
}

# Row 8, over HTTP/1.1 and HTTP/2.
@test "k8s-watch: a server that is frozen is left, and loses nothing" {
	start_shifted "$services"
	frozen "$(head -n 1 "$BATS_TEST_TMPDIR/pids")"
}

@test "k8s-watch: a proxy that is frozen is left, and loses nothing" {
	start_http2 "$port"
	start_shifted --server="https://127.0.0.1:$port" "$services"
	frozen "$http2_pid"
}

# Row 10.
@test "k8s-watch: a proxy whose server is frozen is noticed" {
	start_http2 "$port"
	start_shifted --server="https://127.0.0.1:$port" "$services"
	frozen "$(head -n 1 "$BATS_TEST_TMPDIR/pids")"
}

# One watch of HTTP/1.1, or one stream, is forgotten; others speak.
@test "k8s-watch: a watch that misses its bookmarks is looked into" {
	control 'watch?bookmark-ms=1'
	start_shifted "$services"
	service b
	wait_for "$out" '"name":"b"'
	control 'watch?bookmark-ms=3600000'
	shift_clocks 151
	wait_for "$err" 'no byte for too long'
	settle 1
}

# Row 52.
@test "k8s-watch: a host that slept for two hours goes on where it was" {
	start_shifted "$services"
	kill -STOP "$watch_pid"
	service b
	control reset
	shift_clocks 7200 7200
	kill -CONT "$watch_pid"
	settle 1
	[ "$(listed)" = 1 ]
}

# Row 53.
@test "k8s-watch: a date that jumps means nothing" {
	start_shifted "$services"
	shift_clocks 0 86400
	settle 1
	shift_clocks 0 -86400
	settle 2
	[ "$(asked watch=1)" = 1 ]
}

# Row 9: in a network of its own whose link goes down.
@test "k8s-watch: a network that swallows all is noticed, and loses nothing" {
	unshare -rn true 2>/dev/null || skip 'no network namespaces'
	stop_sims
	rm -r "$BATS_TEST_TMPDIR/pids" "$BATS_TEST_TMPDIR/kube-sim"
	export BIN out err BATS_TEST_TMPDIR BATS_FILE_TMPDIR
	unshare -rn "$BASH" -euc '
		source tests/helpers.bash
		source tests/kube.bash
		ip link set lo up
		kube_setup
		shift_clocks
		start_watch "$services"
		complete
		ip link set lo down
		shift_clocks 31
		wait_for "$err" livez
		shift_clocks 50
		wait_for "$err" "warning: API server"
		ip link set lo up
		settle 1' 3>&-
	[ "$(listed)" = 1 ]
}

# Row 54: a name that moves.
@test "k8s-watch: a server whose name moves is found again" {
	unshare -m true 2>/dev/null || skip 'no mount namespaces'
	local hosts=$BATS_TEST_TMPDIR/hosts server=https://localhost
	start_http2 "$port" -f "127.0.0.2,$port"
	printf '127.0.0.2 localhost\n::1 localhost\n' >"$hosts"
	shift_clocks
	env LD_PRELOAD="$BATS_FILE_TMPDIR/clock-shift.so" unshare -m sh -c \
		'mount --bind "$1" /etc/hosts; shift; exec "$@"' - "$hosts" \
		"$BIN/k8s-watch" --log-level=debug --server="$server:$port" \
		"$services" >"$out" 2>"$err" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	complete
	printf '127.0.0.1 localhost\n::1 localhost\n' >"$hosts"
	kill -9 "$http2_pid"
	wait_for "$err" 'warning: API server'
	start_http2 "$port"
	settle 1
}
