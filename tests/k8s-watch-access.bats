#!/usr/bin/env bats
# k8s-watch: where it finds the cluster, and the credentials it takes there.

bats_require_minimum_version 1.5.0
load helpers

setup() {
	dir=$BATS_TEST_TMPDIR
	echo 'fresh,me,u1,"system:masters"' >"$dir/tokens"
	start_sim kube-sim --port=0 --kubeconfig="$dir/config" \
		--token-auth-file="$dir/tokens"
	unset KUBECONFIG KUBERNETES_SERVICE_HOST
	export HOME=$dir
	token=$(sed -n 's/^ *token: //p' "$dir/config")
	ca=$BATS_FILE_TMPDIR/tls/ca.pem
}

teardown() {
	stop_sims
}

# kubeconfig USER [CLUSTER]: write one with these YAML flow mappings.
kubeconfig() {
	cat >"$dir/kubeconfig" <<-YAML
	apiVersion: v1
	kind: Config
	current-context: main
	contexts: [{name: main, context: {cluster: c, user: u}}]
	clusters: [{name: c, cluster: ${2-"{server: \"$kube_sim_url\", certificate-authority: \"$ca\"}"}}]
	users: [{name: u, user: $1}]
	YAML
}

once() {
	timeout 60 "$BIN/k8s-watch" --once services "$@"
}

assert_complete() {
	run -0 --separate-stderr once "$@"
	grep -q '"azdns/state":"complete"' <<<"$output" || {
		echo "$stderr"
		return 1
	}
}

# refused TEXT ARG...: status 2 and one line with the text.
refused() {
	local text=$1
	shift
	run -2 --separate-stderr once "$@"
	echo "$stderr"
	[ "$(grep -c . <<<"$stderr")" = 1 ]
	grep -q -- "$text" <<<"$stderr"
}

@test "k8s-watch: a kubeconfig with a token and certificate data" {
	assert_complete --kubeconfig="$dir/config"
}

@test "k8s-watch: a token file, beside the kubeconfig, wins over a token" {
	echo "$token" >"$dir/the-token"
	kubeconfig '{token: stale, tokenFile: the-token}'
	assert_complete --kubeconfig="$dir/kubeconfig"
}

# issue FILE SUBJECT ARG...: a certificate FILE.pem with its key FILE.key.
issue() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$1.key" -out "$1.pem" -subj "$2" "${@:3}" 2>/dev/null
}

# A simulator with a CA of our own, and a certificate of it in me.pem.
certificates() {
	local tls=$dir/tls
	mkdir "$tls"
	issue "$tls/ca" /CN=ca -addext basicConstraints=critical,CA:true
	issue "$tls/cert" /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
		-CA "$tls/ca.pem" -CAkey "$tls/ca.key"
	issue "$dir/me" /O=system:masters/CN=me -CA "$tls/ca.pem" -CAkey "$tls/ca.key"
	mv "$tls/cert.key" "$tls/key.pem"
	stop_sims
	rm -r "$dir/kube-sim" "$dir/pids"
	start_sim kube-sim --port=0 --tls-dir="$tls"
	ca=$tls/ca.pem
}

@test "k8s-watch: a client certificate, by file and as data" {
	certificates
	kubeconfig '{client-certificate: me.pem, client-key: me.key}'
	assert_complete --kubeconfig="$dir/kubeconfig"
	kubeconfig "{client-certificate-data: $(base64 -w0 "$dir/me.pem"),
		client-key-data: $(base64 -w0 "$dir/me.key")}"
	assert_complete --kubeconfig="$dir/kubeconfig"
}

@test "k8s-watch: of several files the first that defines a name wins" {
	kubeconfig "{token: \"$token\"}"
	sed 's/main/other/' "$dir/kubeconfig" >"$dir/second"
	cat >"$dir/first" <<-YAML
	current-context: main
	users: [{name: u, user: {token: wrong}}]
	YAML
	KUBECONFIG=$dir/missing:$dir/kubeconfig:$dir/first:$dir/second assert_complete
	KUBECONFIG=$dir/second:$dir/kubeconfig assert_complete --context=main
}

@test "k8s-watch: the kubeconfig of the home directory, JSON as well" {
	mkdir "$dir/.kube"
	kubectl config view --raw -o json --kubeconfig="$dir/config" >"$dir/.kube/config" ||
		skip 'no kubectl'
	assert_complete
}

@test "k8s-watch: another name in the server's certificate" {
	kubeconfig "{token: \"$token\"}" "{server: \"$kube_sim_url\",
		certificate-authority: \"$ca\", tls-server-name: localhost}"
	assert_complete --kubeconfig="$dir/kubeconfig"
	kubeconfig "{token: \"$token\"}" "{server: \"$kube_sim_url\",
		certificate-authority: \"$ca\", tls-server-name: wrong.example.com}"
	"$BIN/k8s-watch" --kubeconfig="$dir/kubeconfig" services >"$dir/out" 2>"$dir/err" 3>&- &
	echo $! >>"$dir/pids"
	wait_for "$dir/err" 'warning: API server'
	[ ! -s "$dir/out" ]
}

@test "k8s-watch: an unverified server is taken with a warning" {
	kubeconfig "{token: \"$token\"}" "{server: \"$kube_sim_url\",
		insecure-skip-tls-verify: true}"
	assert_complete --kubeconfig="$dir/kubeconfig"
	grep -q 'warning: .*not verified' <<<"$stderr"
}

plugin() {
	cat >"$dir/plugin" <<-SH
	#!/bin/sh
	echo "\$KUBERNETES_EXEC_INFO" >>"$dir/info"
	echo "\$AS \$*" >>"$dir/calls"
	$1
	SH
	chmod +x "$dir/plugin"
	kubeconfig '{exec: {apiVersion: client.authentication.k8s.io/v1beta1,
		command: ./plugin, args: [get-token, --server-id, x y],
		env: [{name: AS, value: me}], interactiveMode: IfAvailable,
		provideClusterInfo: true, installHint: install it}}'
}

credential() {
	echo "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"$1\",\"expirationTimestamp\":\"$2\"}}"
}

@test "k8s-watch: a plugin, as kubelogin, is run once while its token is good" {
	plugin "echo '$(credential "$token" 2099-01-01T00:00:00Z)'"
	assert_complete --kubeconfig="$dir/kubeconfig" pods nodes
	[ "$(cat "$dir/calls")" = 'me get-token --server-id x y' ]
	jq -e --arg url "$kube_sim_url" '.spec.cluster.server == $url and
		.spec.interactive == false' "$dir/info"
}

@test "k8s-watch: a plugin is run again when its token is refused" {
	plugin "[ -e '$dir/second' ] && echo '$(credential "$token" 2099-01-01T00:00:00Z)' ||
		echo '$(credential stale 2099-01-01T00:00:00Z)'; : >'$dir/second'"
	assert_complete --kubeconfig="$dir/kubeconfig"
	[ "$(wc -l <"$dir/calls")" = 2 ]
}

@test "k8s-watch: a plugin that fails or prints garbage is told, and run again" {
	plugin "[ -e '$dir/second' ] && echo '$(credential "$token" 2099-01-01T00:00:00Z)' ||
		echo garbage; : >'$dir/second'"
	assert_complete --kubeconfig="$dir/kubeconfig"
	grep -q 'credential plugin: its answer is not JSON' <<<"$stderr"
}

@test "k8s-watch: a plugin that is not there is told with its hint" {
	plugin true
	rm "$dir/plugin"
	"$BIN/k8s-watch" --kubeconfig="$dir/kubeconfig" services >"$dir/out" 2>"$dir/err" 3>&- &
	echo $! >>"$dir/pids"
	wait_for "$dir/err" 'plugin: No such file or directory; install it'
}

@test "k8s-watch: in a pod, a token that is rotated is read anew" {
	local url=${kube_sim_url#https://}
	mkdir "$dir/account"
	cp "$ca" "$dir/account/ca.crt"
	echo "$token" >"$dir/account/token"
	export KUBERNETES_SERVICE_HOST=${url%:*} KUBERNETES_SERVICE_PORT=${url##*:}
	assert_complete --service-account-dir="$dir/account"
	"$BIN/k8s-watch" --service-account-dir="$dir/account" services >"$dir/out" 2>"$dir/err" 3>&- &
	echo $! >>"$dir/pids"
	wait_for "$dir/out" '"complete"'
	curl -ksS -X POST "$kube_sim_url/_control/token?token=$token&valid=false" >/dev/null
	echo fresh >"$dir/account/token"
	curl -ksS -X POST "$kube_sim_url/_control/drop" >/dev/null
	curl -ksS -X POST "$kube_sim_url/_control/object" -d '{"apiVersion":"v1","kind":"Service",
		"metadata":{"namespace":"default","name":"late"},"spec":{}}' >/dev/null
	wait_for "$dir/out" '"name":"late"'
}

@test "k8s-watch: what cannot work ends it with 2 and the remedy" {
	refused 'no cluster: .*--kubeconfig'
	refused 'No such file.*--kubeconfig' --kubeconfig="$dir/missing"
	echo 'a: [' >"$dir/broken"
	refused 'line 2: .*YAML' --kubeconfig="$dir/broken"
	refused "no 'nosuch' in contexts.*--context" --kubeconfig="$dir/config" --context=nosuch
	kubeconfig '{username: a, password: b}'
	refused 'use a token' --kubeconfig="$dir/kubeconfig"
	kubeconfig '{auth-provider: {name: azure}}'
	refused 'kubelogin' --kubeconfig="$dir/kubeconfig"
	kubeconfig '{client-certificate: nosuch, client-key: nosuch}'
	refused 'nosuch: No such file' --kubeconfig="$dir/kubeconfig"
	kubeconfig '{client-certificate-data: "%%%", client-key-data: aGFs}'
	refused 'not base64' --kubeconfig="$dir/kubeconfig"
	kubeconfig '{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}'
	refused 'update the plugin' --kubeconfig="$dir/kubeconfig"
	refused 'is no API server' --server=example.com
	refused 'is no resource' --kubeconfig="$dir/config" 'Services!'
}

@test "k8s-watch: a plugin may give a certificate" {
	certificates
	jq -Rs --rawfile key "$dir/me.key" '{kind: "ExecCredential",
		apiVersion: "client.authentication.k8s.io/v1beta1",
		status: {clientCertificateData: ., clientKeyData: $key}}' \
		<"$dir/me.pem" >"$dir/answer"
	plugin "cat '$dir/answer'"
	assert_complete --kubeconfig="$dir/kubeconfig" pods nodes
	[ "$(wc -l <"$dir/calls")" = 1 ]
}
