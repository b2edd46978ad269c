# kube -- what the tests of k8s-watch share: kube-sim, turned and asked, and
# the oracle that its state and the lines agree.

# With the version, so that each change is one to be said, and its order seen.
services=services:metadata.annotations,metadata.resourceVersion

setup() {
	kube_setup
}

# kube_setup ARG...: start kube-sim.
kube_setup() {
	start_sim kube-sim --port=0 --kubeconfig="$BATS_TEST_TMPDIR/config" "$@"
	export KUBECONFIG=$BATS_TEST_TMPDIR/config
	unset KUBERNETES_SERVICE_HOST
	out=$BATS_TEST_TMPDIR/out err=$BATS_TEST_TMPDIR/err
}

# kube_restart ARG...: another one, empty.
kube_restart() {
	stop_sims
	rm -r "$BATS_TEST_TMPDIR/pids" "$BATS_TEST_TMPDIR/kube-sim"
	kube_setup "$@"
}

# control NAME[?PARAMETERS] [BODY]: turn the simulator.
control() {
	curl -ksS --fail-with-body -X POST "$kube_sim_url/_control/$1" \
		${2+--data-binary "$2"} >/dev/null
}

api() {
	curl -ksS -H 'Authorization: Bearer admin-token' "$@"
}

# service NAME [HOST [IP]]: apply it.
service() {
	api --fail-with-body -X PATCH -H 'Content-Type: application/apply-patch+yaml' \
		"$kube_sim_url/api/v1/namespaces/default/services/$1?fieldManager=t&force=true" \
		-d "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":
		{\"name\":\"$1\",\"annotations\":{\"hostname\":\"${2-$1}.example.com\"}},
		\"spec\":{\"type\":\"LoadBalancer\",\"ports\":[{\"port\":80}]${3+,\"externalIPs\":[\"$3\"]}}}" \
		>/dev/null
}

remove() {
	api -X DELETE "$kube_sim_url/api/v1/namespaces/default/services/$1" >/dev/null
}

# start_watch ARG...: in the background; `complete` waits for its first kind.
start_watch() {
	env ${CLOCK_SHIFT+LD_PRELOAD="$BATS_FILE_TMPDIR/clock-shift.so"} \
		"$BIN/k8s-watch" --log-level=debug "$@" >>"$out" 2>"$err" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	watch_pid=$!
}

# asked TEXT: how many requests of k8s-watch hold it.
asked() {
	grep -c "GET .*$1" "$err" || true
}

complete() {
	wait_for "$out" '"azdns/state":"complete"'
}

# What the lines add up to; fails on a line that is no news, that goes back to
# an older version, or that brings back what was said to be gone: one uid lives
# once.
fold() {
	jq -nr 'def key: [.object.kind, .object.metadata.namespace // "",
			.object.metadata.name] | join("/");
		def version: .metadata.resourceVersion // "0" | tonumber;
		reduce inputs as $line ({all: {}, gone: {}};
			($line | key) as $key | $line.object as $new | .all[$key] as $old |
			if $line.type == "BOOKMARK" then .
			elif $line.type == "ADDED" and $old then
				error("added twice: " + $key)
			elif $line.type != "ADDED" and ($old | not) then
				error("not known: " + $key)
			elif $line.type == "MODIFIED" and $old == $new then
				error("no news: " + $key)
			elif $line.type == "MODIFIED" and ($old | version) > ($new | version) then
				error("back in time: " + $key)
			elif $line.type == "DELETED" then
				.gone[$old.metadata.uid] = true | del(.all[$key])
			elif .gone[$new.metadata.uid] then
				error("was not gone: " + $key)
			else .all[$key] = $new end) |
		.all | to_entries | sort_by(.key)[] |
		[.key, .value.metadata.uid, .value.metadata.annotations.hostname // ""]
		| join(" ")' "$1"
}

# The lines add up to the services that the server has.
assert_true_to_server() {
	fold "$out" >"$BATS_TEST_TMPDIR/folded"
	grep '^Service/' "$BATS_TEST_TMPDIR/folded" >"$BATS_TEST_TMPDIR/said"
	api "$kube_sim_url/api/v1/services" | jq -r '.items[] |
		["Service/" + .metadata.namespace + "/" + .metadata.name,
		 .metadata.uid, .metadata.annotations.hostname // ""] | join(" ")' |
		sort >"$BATS_TEST_TMPDIR/true"
	diff -u "$BATS_TEST_TMPDIR/true" "$BATS_TEST_TMPDIR/said"
}

# Everything before has been said when this service is.
settle() {
	service "settled-$1"
	wait_for "$out" "\"name\":\"settled-$1\""
	assert_true_to_server
}

# The server answers nothing that leads to an event, until control clear.
go_away() {
	control 'fault?resource=services&verb=list&status=503'
	control 'fault?resource=services&verb=watch&status=503'
	control reset
	wait_for "$err" 'asked again'
}

# cut_and_churn [CONTROL]: services come, change and go while connections are
# cut at any byte; now and then CONTROL is done.
cut_and_churn() {
	start_watch "$services"
	complete
	for i in $(seq "${AZDNS_TEST_CUTS:-40}"); do
		service "s$((i % 7))" "host$i"
		[ $((i % 5)) != 0 ] || remove "s$((i % 7))"
		[ $((i % 9)) != 0 ] || control "${1-clear}"
		control "watch?cut-bytes=$((RANDOM % 3000 + 1))"
		control reset
	done
	control 'watch?cut-bytes=0'
	settle 1
}
