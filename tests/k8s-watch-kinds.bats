#!/usr/bin/env bats
# k8s-watch against kube-sim: kinds that come and go, rights that are missing,
# namespaces that end. The rows are those of tests/sim/README.md.

bats_require_minimum_version 1.5.0
load helpers
load kube

routes=httproutes.gateway.networking.k8s.io

# Row 29.
@test "k8s-watch: a kind that is installed later is noticed" {
	control "crd?name=$routes&served=false"
	start_watch "$routes" services
	wait_for "$out" '"kind":"HTTPRoute".*"absent"'
	control "crd?name=$routes&served=true"
	wait_for "$out" '"kind":"HTTPRoute".*"complete"'
}

# taken_in: the answers of before were: a later one is.
taken_in() {
	service "later-$1"
	wait_for "$out" "later-$1"
}

# Row 29: hours later it is noticed within a minute, give or take a fifth.
@test "k8s-watch: a kind that is installed long after is noticed within a minute" {
	control "crd?name=$routes&served=false"
	shift_clocks
	start_watch "$routes" services
	wait_for "$out" '"absent"'
	shift_clocks 300
	wait_for "$err" 'GET .*/v1alpha2$' 30 2
	taken_in 1
	control "crd?name=$routes&served=true"
	shift_clocks 375
	wait_for "$out" '"kind":"HTTPRoute".*"complete"'
}

# Rows 31 and 32.
@test "k8s-watch: a kind that is no longer served keeps its objects" {
	control object '{"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute",
		"metadata":{"namespace":"default","name":"r"},"spec":{}}'
	start_watch "$routes"
	complete
	control "crd?name=$routes&served=false"
	control reset
	wait_for "$out" '"absent"'
	[ -z "$(grep '"DELETED"' "$out")" ]
	: >"$out"
	control "crd?name=$routes&served=true"
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

@test "k8s-watch: a right that is given after hours is noticed within five minutes" {
	control 'fault?resource=pods&status=403'
	shift_clocks
	start_watch pods services
	wait_for "$out" '"forbidden"'
	for i in 1 2 3 4 5 6 7; do
		shift_clocks $((i * 300))
		wait_for "$err" 'GET .*/pods' 30 $((i + 1))
		taken_in $i
	done
	control clear
	shift_clocks 2400
	wait_for "$out" '"kind":"Pod".*"complete"'
}

# Row 35.
@test "k8s-watch: a right that is taken away leaves what is known" {
	service a
	start_watch services:metadata.annotations
	complete
	control 'fault?resource=services&status=403'
	control drop
	wait_for "$out" '"kind":"Service".*"forbidden"'
	control clear
	service b
	wait_for "$out" '"name":"b"'
	[ -z "$(grep '"DELETED"' "$out")" ]
	[ "$(grep -c '"name":"a"' "$out")" = 1 ]
}

# Row 32.
@test "k8s-watch: a kind that is not there for a moment keeps its objects" {
	service a
	start_watch services:metadata.annotations
	complete
	control 'fault?resource=services&verb=list&status=404&count=1'
	control 'fault?resource=services&verb=watch&status=404&count=1'
	control drop
	settle 1
	[ -z "$(grep '"DELETED"' "$out")" ]
	[ "$(grep -c '"name":"a"' "$out")" = 1 ]
}

# definition VERSION: of widgets.example.com, served as this one alone.
definition() {
	api --fail-with-body -X PATCH -H 'Content-Type: application/apply-patch+yaml' \
		"$kube_sim_url/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com?fieldManager=t&force=true" \
		-d "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\",
		\"metadata\":{\"name\":\"widgets.example.com\"},\"spec\":{\"group\":\"example.com\",
		\"scope\":\"Namespaced\",\"names\":{\"kind\":\"Widget\",\"plural\":\"widgets\"},
		\"versions\":[{\"name\":\"$1\",\"served\":true,\"storage\":true,
		\"schema\":{\"openAPIV3Schema\":{\"type\":\"object\"}}}]}}" >/dev/null
}

remove_definition() {
	api -X DELETE "$kube_sim_url/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com" >/dev/null
}

# widget VERSION NAME
widget() {
	control object "{\"apiVersion\":\"example.com/$1\",\"kind\":\"Widget\",
		\"metadata\":{\"namespace\":\"default\",\"name\":\"$2\"},\"spec\":{}}"
}

# Row 30, and 29 for a kind that nobody here knows.
@test "k8s-watch: a definition that comes and goes brings and takes its objects" {
	shift_clocks
	start_watch widgets.example.com services
	wait_for "$out" '"absent"'
	definition v1
	widget v1 w1
	widget v1 w2
	shift_clocks 6
	wait_for "$out" '"kind":"Widget".*"complete"'
	[ "$(grep -c '"kind":"Widget".*"uid"' "$out")" = 2 ]
	remove_definition
	wait_for "$out" '"DELETED".*"name":"w1"'
	wait_for "$out" '"DELETED".*"name":"w2"'
	wait_for "$err" 'widgets.example.com: absent'
	service end
	wait_for "$out" '"name":"end"'
	[ "$(grep -c '"DELETED"' "$out")" = 2 ]
}

# Row 31: taken away and made anew while nobody could tell.
@test "k8s-watch: a definition made anew takes what is no longer there" {
	definition v1
	widget v1 w1
	widget v1 w2
	shift_clocks
	start_watch widgets.example.com services
	wait_for "$out" '"kind":"Widget".*"complete"'
	control 'fault?resource=widgets.example.com&status=503'
	control 'drop?resource=widgets.example.com'
	wait_for "$err" 'widgets.example.com: .*asked again'
	remove_definition
	control clear
	shift_clocks 31
	wait_for "$out" '"kind":"Widget".*"absent"'
	[ -z "$(grep '"DELETED"' "$out")" ]
	definition v1
	widget v1 w1
	shift_clocks 40
	wait_for "$out" '"DELETED".*"name":"w2"'
	[ "$(grep '"name":"w1"' "$out" | jq -r .type | xargs)" = 'ADDED DELETED ADDED' ]
}

# Row 33.
@test "k8s-watch: a kind that changes its version goes on, and is not said again" {
	definition v1beta1
	widget v1beta1 w1
	start_watch widgets.example.com
	complete
	definition v1
	control 'drop?resource=widgets.example.com'
	widget v1 w2
	wait_for "$out" '"apiVersion":"example.com/v1","kind":"Widget".*"name":"w2"'
	[ "$(grep -c '"name":"w1"' "$out")" = 1 ]
	[ -z "$(grep '"DELETED"' "$out")" ]
}

# Row 60.
@test "k8s-watch: a namespace that ends takes each of its objects once" {
	control object '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"many"}}'
	for i in $(seq 1000); do
		printf '{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"many","name":"s%s"},"spec":{}}\n' "$i"
	done >"$BATS_TEST_TMPDIR/many"
	start_watch services:metadata.annotations
	complete
	while IFS= read -r object; do
		printf -- '--next\nurl="%s/_control/object"\ndata-raw="%s"\nsilent\ninsecure\noutput=/dev/null\n' \
			"$kube_sim_url" "${object//\"/\\\"}"
	done <"$BATS_TEST_TMPDIR/many" | sed '1d; s/^--next/next/' | curl -K -
	wait_for "$out" '"name":"s1000"'
	api -X DELETE "$kube_sim_url/api/v1/namespaces/many" >/dev/null
	wait_for "$out" '"DELETED".*"namespace":"many"'
	settle 1
	[ "$(grep -c '"DELETED"' "$out")" = 1000 ]
}
