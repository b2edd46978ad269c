# kube-sim on the wire: lists, watches and the faults that tests order, as
# clients see them that know the protocol.

load helpers
bats_require_minimum_version 1.5.0

setup() {
	start_sim kube-sim --rules=tests/fixtures/rbac.yaml
	services=$kube_sim_url/api/v1/namespaces/default/services
	endpoints=$kube_sim_url/apis/externaldns.k8s.io/v1alpha1/dnsendpoints
	out=$BATS_TEST_TMPDIR/out
}

# restart [OPTION...]: another one; what the first said is gone.
restart() {
	stop_sims
	rm -r "$BATS_TEST_TMPDIR/pids" "$BATS_TEST_TMPDIR/kube-sim"
	start_sim kube-sim "$@"
}

api() {
	curl -sS --cacert "$SSL_CERT_FILE" --max-time 20 \
		-H "Authorization: Bearer ${TOKEN-admin-token}" "$@"
}

control() {
	api -o /dev/null --fail -X POST "$kube_sim_url/_control/$1" \
		${2+--data-binary "$2"}
}

status_of() {
	api -o /dev/null -w '%{http_code}' "$@"
}

service() {
	api -o /dev/null -H 'Content-Type: application/json' "$services" \
		--data "{\"metadata\":{\"name\":\"$1\",\"labels\":{\"a\":\"$1\"}},
			\"spec\":{\"ports\":[{\"port\":80}]}}"
}

merge() {
	api -X PATCH -H 'Content-Type: application/merge-patch+json' \
		--data "$2" "$services/$1"
}

version() {
	api "$services?limit=1" | jq -r .metadata.resourceVersion
}

# start_watch QUERY: in the background, into $out.
start_watch() {
	rm -f "$out"
	api -N "$services?watch=1&$1" >"$out" 3>&- &
	watch_pid=$!
	echo $watch_pid >>"$BATS_TEST_TMPDIR/pids"
}

@test "one version counts the changes of all kinds" {
	service a
	first=$(version)
	control object '{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}'
	service b
	[ "$(version)" = $((first + 2)) ]
}

@test "a write that changes nothing makes no version and no event" {
	service a
	first=$(version)
	merge a '{"metadata":{"labels":{"a":"a"}}}' >"$out"
	[ "$(version)" = "$first" ]
}

@test "a built-in list has its metadata first and bare items" {
	service a
	api "$services" >"$out"
	[ "$(jq -c 'keys_unsorted' "$out")" = \
		'["kind","apiVersion","metadata","items"]' ]
	[ "$(jq -c '.items[0] | has("kind") or has("apiVersion")' "$out")" = false ]
}

@test "a custom list has its metadata last and whole items" {
	control object '{"apiVersion":"externaldns.k8s.io/v1alpha1",
		"kind":"DNSEndpoint","metadata":{"name":"e"},"spec":{}}'
	api "$endpoints" >"$out"
	[ "$(jq -c 'keys_unsorted' "$out")" = \
		'["apiVersion","items","kind","metadata"]' ]
	[ "$(jq -r '.items[0].kind + .metadata.continue' "$out")" = DNSEndpoint ]
}

@test "a namespace that is not there has an empty list" {
	[ "$(api "$kube_sim_url/api/v1/namespaces/no/services" |
		jq -c .items)" = '[]' ]
}

@test "a page that has expired gets 410 and a token that goes on" {
	for name in a b c; do service "$name"; done
	token=$(api "$services?limit=1" | jq -r .metadata.continue)
	control compact
	service d
	control compact
	api "$services?limit=1&continue=$token" >"$out"
	[ "$(jq -c '[.code, .reason]' "$out")" = '[410,"Expired"]' ]
	[ "$(api "$services?continue=$(jq -r .metadata.continue "$out")" |
		jq -c '[.items[].metadata.name]')" = '["b","c","d"]' ]
}

@test "a version is read as the table of list.c says" {
	service a
	first=$(version)
	service b
	count() { api "$services?$1" | jq '.items | length'; }
	[ "$(count "resourceVersion=$first")" = 2 ]
	[ "$(count "resourceVersion=$first&resourceVersionMatch=Exact")" = 1 ]
	[ "$(count "resourceVersion=$first&limit=9")" = 1 ]
	[ "$(count "resourceVersion=0&limit=1")" = 2 ]
	[ "$(status_of "$services?resourceVersionMatch=Exact")" = 422 ]
	[ "$(status_of "$services?resourceVersion=x")" = 400 ]
	[ "$(status_of "$services?continue=x")" = 400 ]
	[ "$(api "$services?resourceVersion=999999" |
		jq -r '.details.causes[0].reason')" = ResourceVersionTooLarge ]
}

@test "a watch tells what came after its version" {
	service a
	start_watch "resourceVersion=$(version)"
	merge a '{"metadata":{"labels":{"x":"y"}}}' >/dev/null
	service b
	api -X DELETE "$services/a" >/dev/null
	wait_for "$out" '"DELETED"'
	[ "$(jq -c '[.type, .object.kind, .object.metadata.name]' "$out" |
		tr '\n' ' ')" = '["MODIFIED","Service","a"] ["ADDED","Service","b"] ["DELETED","Service","a"] ' ]
	jq -se 'map(.object.metadata.resourceVersion | tonumber) |
		. == sort' "$out"
}

@test "a watch without version begins with all that is there" {
	service a
	service b
	[ "$(api "$services?watch=1&timeoutSeconds=1" | jq -r .type |
		tr '\n' ' ')" = 'ADDED ADDED ' ]
}

@test "a watch from a forgotten version is told so and ends" {
	service a
	old=$(version)
	service b
	control compact
	[ "$(api "$services?watch=1&resourceVersion=$old" |
		jq -c '[.type, .object.code, .object.reason]')" = \
		'["ERROR",410,"Expired"]' ]
	control watch?expired-status=true
	[ "$(status_of "$services?watch=1&resourceVersion=$old")" = 410 ]
}

@test "a watcher slower than the history ends and reads on" {
	restart --history=8
	services=$kube_sim_url/api/v1/namespaces/default/services
	service a
	start_watch "resourceVersion=$(version)"
	merge a '{"metadata":{"labels":{"x":"y"}}}' >/dev/null
	wait_for "$out" '"MODIFIED"'
	control 'churn?plural=services&count=100'
	wait "$watch_pid"
	[ "$(api "$services?watch=1&timeoutSeconds=1&resourceVersion=$(version)" |
		wc -l)" = 0 ]
}

@test "an event that lacks what it must have is refused by name" {
	events=$kube_sim_url/apis/events.k8s.io/v1/namespaces/default/events
	event='{"metadata":{"name":"e"},"eventTime":"2025-01-01T00:00:00.000001Z",
		"reportingController":"azdns","reportingInstance":"a","action":"b",
		"reason":"c","type":"Normal"}'
	post() { api -H 'Content-Type: application/json' --data "$1" "$events"; }
	[ "$(post "$(jq 'del(.action)' <<<"$event")" | jq -r .message)" = \
		'Event.events.k8s.io "e" is invalid: action: Required value' ]
	[ "$(post "$(jq '.type = "Odd"' <<<"$event")" | jq -r .code)" = 422 ]
	[ "$(post "$event" | jq -r .metadata.name)" = e ]
}

@test "bookmarks come in time and before the end" {
	service a
	control watch?bookmark-ms=50
	start_watch "allowWatchBookmarks=true&resourceVersion=$(version)"
	wait_for "$out" '"BOOKMARK"'
	jq -e --arg version "$(version)" \
		'.object.metadata.resourceVersion == $version' <(head -1 "$out")
}

@test "a streaming list ends its first part with a bookmark" {
	service a
	query='watch=1&sendInitialEvents=true&allowWatchBookmarks=true'
	api "$services?$query&resourceVersionMatch=NotOlderThan&timeoutSeconds=1" \
		>"$out"
	[ "$(jq -r .type "$out" | head -2 | tr '\n' ' ')" = 'ADDED BOOKMARK ' ]
	[ "$(jq -r '.object.metadata.annotations["k8s.io/initial-events-end"] // empty' \
		"$out")" = true ]
	[ "$(status_of "$services?$query")" = 422 ]
	control watch?initial-events=false
	[ "$(status_of "$services?$query&resourceVersionMatch=NotOlderThan")" = 422 ]
}

@test "a definition taken away ends its watches and then is 404 in plain text" {
	control object '{"apiVersion":"externaldns.k8s.io/v1alpha1",
		"kind":"DNSEndpoint","metadata":{"name":"e"},"spec":{}}'
	services=$endpoints
	start_watch x=y
	wait_for "$out" '"ADDED"'
	api -o /dev/null -X DELETE "$kube_sim_url/apis/apiextensions.k8s.io/v1/customresourcedefinitions/dnsendpoints.externaldns.k8s.io"
	wait "$watch_pid"
	[ "$(jq -r .type "$out" | tr '\n' ' ')" = 'ADDED DELETED ' ]
	[ "$(api "$endpoints")" = '404 page not found' ]
}

@test "drop ends watches cleanly, reset in the middle, cut-bytes at a byte" {
	service a
	start_watch x=y
	wait_for "$out" '"ADDED"'
	control drop
	wait "$watch_pid"
	start_watch x=y
	wait_for "$out" '"ADDED"'
	control reset
	cut=0
	wait "$watch_pid" || cut=$?
	[ "$cut" = 18 ]
	control watch?cut-bytes=100
	[ "$(api "$services?watch=1" 2>/dev/null | wc -c)" = 100 ]
}

@test "inject puts bytes as they are into running watches" {
	start_watch "resourceVersion=$(version)"
	until [ "$(api "$kube_sim_url/_control/state" | jq .watches)" = 1 ]; do :; done
	control 'inject?plural=services' '{"type":"ODD","object":null}
'
	wait_for "$out" '^{"type":"ODD","object":null}$'
}

@test "bookmarks can be left out, the one behind a streaming list too" {
	service a
	query='watch=1&allowWatchBookmarks=true&timeoutSeconds=1'
	control watch?bookmark-ms=0
	[ "$(api "$services?$query" | jq -r .type)" = ADDED ]
	control 'watch?bookmark-ms=60000&initial-end=false'
	api "$services?$query&sendInitialEvents=true&resourceVersionMatch=NotOlderThan" \
		>"$out"
	run ! grep -q initial-events-end "$out"
}

@test "split-bytes parts an event over many chunks" {
	service a
	control watch?split-bytes=7
	[ "$(api "$services?watch=1&timeoutSeconds=1" | jq -r .type)" = ADDED ]
}

@test "a fault meets the calls that it names, as often as it says" {
	control 'fault?resource=services&verb=list&status=503&count=2'
	[ "$(status_of "$kube_sim_url/api/v1/pods")" = 200 ]
	[ "$(status_of "$services")" = 503 ]
	[ "$(status_of "$services")" = 503 ]
	[ "$(status_of "$services")" = 200 ]
	control 'fault?resource=services&status=500&skip=1'
	[ "$(status_of "$services")" = 200 ]
	[ "$(status_of "$services")" = 500 ]
	control clear
	[ "$(status_of "$services")" = 200 ]
}

@test "429 is plain text with Retry-After or a Status" {
	control 'fault?verb=list&status=429&retry-after=7&plain=1&count=1'
	api -i "$services" >"$out"
	grep -qi '^Retry-After: 7' "$out"
	grep -q '^Too many requests, please try again later.' "$out"
	control 'fault?verb=list&status=429&count=1'
	[ "$(api "$services" | jq -r .reason)" = TooManyRequests ]
}

@test "an answer may hang, break off, be empty or say what a test wants" {
	control 'fault?verb=list&hang=200&count=1'
	[ "$(status_of "$services")" = 200 ]
	control 'fault?verb=list&cut=halfway&count=1'
	run api "$services"
	[ "$status" = 18 ]
	control 'fault?verb=list&cut=nothing&count=1'
	run api "$services"
	[ "$status" != 0 ]
	control 'fault?verb=list&status=200&count=1' '{}'
	[ "$(api "$services")" = '{}' ]
}

@test "a kind forbidden now is 403 in the words of the API server" {
	control 'fault?resource=services&status=403'
	[ "$(api "$services" | jq -r .message)" = \
		'services is forbidden: User "kubernetes-admin" cannot list resource "services" in API group "" in the namespace "default"' ]
}

@test "a token that is revoked is 401 until it is taken again" {
	control 'token?token=guest&valid=true'
	[ "$(TOKEN=guest status_of "$services")" = 403 ]
	control 'token?token=guest&valid=false'
	[ "$(TOKEN=guest status_of "$services")" = 401 ]
}

@test "restore puts back an older state and its version" {
	service a
	first=$(version)
	control save
	service b
	control restore
	[ "$(version)" = "$first" ]
	[ "$(status_of "$services/b")" = 404 ]
	[ "$(status_of "$services/a")" = 200 ]
}

@test "a custom resource may be missing at the start and come later" {
	restart --without=dnsendpoints.externaldns.k8s.io
	endpoints=$kube_sim_url/apis/externaldns.k8s.io/v1alpha1/dnsendpoints
	[ "$(status_of "$endpoints")" = 404 ]
	control 'crd?name=dnsendpoints.externaldns.k8s.io&served=true'
	[ "$(status_of "$endpoints")" = 200 ]
}

@test "the same start gives the same bytes" {
	service a
	api "$services" >"$out"
	restart --rules=tests/fixtures/rbac.yaml
	services=$kube_sim_url/api/v1/namespaces/default/services
	service a
	api "$services" | cmp - "$out"
}

@test "callers without a credential see health and version only" {
	get() { curl -s --cacert "$SSL_CERT_FILE" "$kube_sim_url$1"; }
	[ "$(get /livez)" = ok ]
	[ "$(get /version | jq -r .major)" = 1 ]
	[ "$(get /api/v1/services | jq -r .message)" = \
		'services is forbidden: User "system:anonymous" cannot list resource "services" in API group "" at the cluster scope' ]
}

@test "requests are logged, those of the tests are not" {
	api "$services?limit=3" >/dev/null
	control clear
	[ "$(jq -c '[.method, .path, .query, .status]' \
		"$BATS_TEST_TMPDIR/kube-sim/log")" = \
		'["GET","/api/v1/namespaces/default/services","limit=3",200]' ]
}

@test "each test that the tables of the README files name is there" {
	local named=$BATS_TEST_TMPDIR/named
	sed -n '/^## kube-sim: the faults/,$s/^| [0-9].*| \(`.*\) |$/\1/p' tests/sim/README.md |
		grep -o '`[^`]*`' | tr -d '`' | sed 's/^/@test "k8s-watch: /' >"$named"
	sed -n '/^## What of an API/,$s/^|.*| \(`[^|]*`\) |$/\1/p' tests/sim/kube-sim/README.md |
		grep -o '`[^`]*`' | tr -d '`' | grep -v '\.bats$' | sed 's/^/@test "/' >>"$named"
	[ "$(wc -l <"$named")" -gt 90 ]
	while IFS= read -r name; do
		grep -qF "$name\" {" tests/k8s-watch*.bats tests/kube-sim*.bats || {
			echo "not there: $name"
			return 1
		}
	done <"$named"
}
