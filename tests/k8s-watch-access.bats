#!/usr/bin/env bats
# k8s-watch: where it finds the cluster, and the credentials it takes there.

bats_require_minimum_version 1.5.0
load helpers
load kube

setup() {
	dir=$BATS_TEST_TMPDIR
	long=$(head -c 20000 /dev/zero | tr '\0' x)
	printf '%s,me,u1,"system:masters"\n' fresh "$long" >"$dir/tokens"
	start_sim kube-sim --port=0 --kubeconfig="$dir/config" \
		--token-auth-file="$dir/tokens"
	unset KUBECONFIG KUBERNETES_SERVICE_HOST
	export HOME=$dir
	token=$(sed -n 's/^ *token: //p' "$dir/config")
	ca=$BATS_FILE_TMPDIR/tls/ca.pem
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

# certificates [ARG...]: a simulator with a CA of our own, and a certificate of
# it in me.pem.
certificates() {
	local tls=$dir/tls
	rm -rf "$tls"
	mkdir "$tls"
	issue "$tls/ca" /CN=ca -addext basicConstraints=critical,CA:true
	issue "$tls/cert" /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
		-CA "$tls/ca.pem" -CAkey "$tls/ca.key"
	issue "$dir/me" /O=system:masters/CN=me -CA "$tls/ca.pem" -CAkey "$tls/ca.key"
	mv "$tls/cert.key" "$tls/key.pem"
	kill "$(head -n 1 "$dir/pids")"
	tail -s 0.05 -f /dev/null --pid="$(head -n 1 "$dir/pids")"
	sed -i 1d "$dir/pids"
	rm -r "$dir/kube-sim"
	start_sim kube-sim --tls-dir="$tls" "${@---port=0}"
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
	assert_complete --kubeconfig="$dir/kubeconfig" pods nodes
	[ "$(wc -l <"$dir/calls")" = 2 ]
}

@test "k8s-watch: a plugin that fails or prints garbage is told, and run again" {
	plugin "case \$(wc -l <'$dir/calls') in
	1) exit 3 ;;
	2) echo garbage ;;
	3) echo '{}' ;;
	*) echo '$(credential "$token" 2099-01-01T00:00:00Z)' ;;
	esac"
	start_shifted_watch --kubeconfig="$dir/kubeconfig"
	wait_for "$err" 'ended with status 3'
	[ "$(wc -l <"$dir/calls")" = 1 ]
	shift_clocks 60
	wait_for "$dir/calls" get-token 30 2
	shift_clocks 120
	wait_for "$dir/calls" get-token 30 3
	shift_clocks 180
	wait_for "$out" '"complete"'
	[ "$(wc -l <"$dir/calls")" = 4 ]
}

# start_shifted_watch: with clocks that can be moved, into $dir/out, $dir/err.
start_shifted_watch() {
	out=$dir/out err=$dir/err
	shift_clocks
	start_watch "$@" services
}

# Row 38.
@test "k8s-watch: a plugin that hangs is ended after a minute" {
	plugin "[ -e '$dir/second' ] && echo '$(credential "$token" 2099-01-01T00:00:00Z)' ||
		{ : >'$dir/second'; echo hanging >>'$dir/calls'; exec tail -f /dev/null; }"
	start_shifted_watch --kubeconfig="$dir/kubeconfig"
	wait_for "$dir/calls" hanging
	shift_clocks 60
	wait_for "$err" 'no answer within 60 s'
	shift_clocks 120
	wait_for "$out" '"complete"'
}

@test "k8s-watch: a plugin is run again when its token is about to expire" {
	plugin "echo '$(credential "$token" "$(date -u -d '+90 seconds' +%FT%TZ)")'"
	start_shifted_watch --kubeconfig="$dir/kubeconfig"
	wait_for "$out" '"complete"'
	[ "$(wc -l <"$dir/calls")" = 1 ]
	shift_clocks 31 31
	wait_for "$err" 'GET .*livez'
	wait_for "$dir/calls" 'me get-token' # the first
	[ "$(wc -l <"$dir/calls")" = 2 ]
}

@test "k8s-watch: a plugin may print a token of 20 kB" {
	plugin "echo '$(credential "$long" 2099-01-01T00:00:00Z)'"
	assert_complete --kubeconfig="$dir/kubeconfig"
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
	grep -q '^Max core file size *0 *0 ' "/proc/$(tail -n 1 "$dir/pids")/limits"
	curl -ksS -X POST "$kube_sim_url/_control/token?token=$token&valid=false" >/dev/null
	echo fresh >"$dir/account/token"
	curl -ksS -X POST "$kube_sim_url/_control/drop" >/dev/null
	curl -ksS -X POST "$kube_sim_url/_control/object" -d '{"apiVersion":"v1","kind":"Service",
		"metadata":{"namespace":"default","name":"late"},"spec":{}}' >/dev/null
	wait_for "$dir/out" '"name":"late"'
	[ "$(grep -c '"status":401' "$dir/kube-sim/log")" -le 1 ]
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
	kubeconfig '{exec: {apiVersion: client.authentication.k8s.io/v1, command: x}}'
	refused 'needs an interactiveMode' --kubeconfig="$dir/kubeconfig"
	kubeconfig '{exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}}'
	refused 'wants a terminal' --kubeconfig="$dir/kubeconfig"
	kubeconfig '{token: x, as-user-extra: {reason: [test]}}'
	refused 'as-user-extra need as' --kubeconfig="$dir/kubeconfig"
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

# heard KUBECONFIG: what k8s-watch sends to a server that never answers.
heard() {
	local tls=$BATS_FILE_TMPDIR/tls
	openssl s_server -quiet -accept "127.0.0.1:$port" -key "$tls/key.pem" \
		-cert "$tls/cert.pem" < <(exec tail -f /dev/null) >"$dir/heard" 2>&1 3>&- &
	echo $! >>"$dir/pids"
	timeout 60 "$BIN/k8s-watch" --kubeconfig="$1" services >/dev/null 2>&1 3>&- &
	echo $! >>"$dir/pids"
	wait_for "$dir/heard" '^.$'
}

@test "k8s-watch: another user is spoken for, with groups and extras" {
	local port=$((20000 + RANDOM % 10000))
	kubeconfig "{token: \"$token\", as: jane, as-uid: u7, as-groups: [system:masters, dev],
		as-user-extra: {example.com/reason: [one, two]}}" \
		"{server: \"https://127.0.0.1:$port\", certificate-authority: \"$ca\"}"
	heard "$dir/kubeconfig"
	[ "$(sed -n 's/\r$//; s/^Impersonate-//p' "$dir/heard" | sort | xargs)" = \
		'Extra-example.com%2Freason: one Extra-example.com%2Freason: two Group: dev Group: system:masters Uid: u7 User: jane' ]
	# Row 49: what is streamed is never asked for as gzip.
	grep -q sendInitialEvents "$dir/heard"
	! grep -qi accept-encoding "$dir/heard"
}

# Row 37.
@test "k8s-watch: a token file that is empty for a while leaves the last token" {
	echo "$token" >"$dir/the-token"
	kubeconfig '{tokenFile: the-token}'
	start_shifted_watch --kubeconfig="$dir/kubeconfig"
	wait_for "$out" '"complete"'
	: >"$dir/the-token"
	shift_clocks 51
	wait_for "$err" 'the last token is used on'
	service a
	wait_for "$out" '"name":"a"'
	echo fresh >"$dir/the-token"
	control "token?token=$token&valid=false"
	control drop
	service() { # as the fresh one
		curl -ksS -X POST "$kube_sim_url/_control/object" -d "{\"apiVersion\":\"v1\",
			\"kind\":\"Service\",\"metadata\":{\"namespace\":\"default\",\"name\":\"$1\"},\"spec\":{}}" >/dev/null
	}
	service b
	wait_for "$out" '"name":"b"'
	[ -z "$(grep '"DELETED"' "$out")" ]
}

# Row 39.
@test "k8s-watch: authorities that are changed are read anew" {
	local port=$((20000 + RANDOM % 10000))
	certificates --port="$port"
	cp "$dir/tls/ca.pem" "$dir/ca.pem"
	kubeconfig '{client-certificate: me.pem, client-key: me.key}' \
		"{server: \"$kube_sim_url\", certificate-authority: ca.pem}"
	start_shifted_watch --kubeconfig="$dir/kubeconfig"
	wait_for "$out" '"complete"'
	certificates --port="$port"
	wait_for "$err" 'certificate'
	cp "$dir/tls/ca.pem" "$dir/ca.pem"
	wait_for "$err" 'answers again'
}

@test "k8s-watch: a server whose certificate has expired is refused" {
	kubeconfig "{token: \"$token\"}"
	out=$dir/out err=$dir/err
	shift_clocks 0 $((366 * 20 * 86400))
	start_watch --kubeconfig="$dir/kubeconfig" services
	wait_for "$err" 'certificate has expired'
	[ ! -s "$out" ]
}

# Row 5 of the shapes: as kind, minikube and `az aks get-credentials` write them.
@test "k8s-watch: the kubeconfigs of kind, minikube and AKS" {
	certificates
	cat >"$dir/kubeconfig" <<-YAML
	apiVersion: v1
	clusters:
	- cluster:
	    certificate-authority-data: $(base64 -w0 "$ca")
	    server: $kube_sim_url
	  name: kind-kind
	- cluster:
	    certificate-authority: $ca
	    extensions:
	    - extension:
	        last-update: Tue, 24 Nov 2026 03:00:00 UTC
	        provider: minikube.sigs.k8s.io
	        version: v1.37.0
	      name: cluster_info
	    server: $kube_sim_url
	  name: minikube
	- cluster:
	    certificate-authority-data: $(base64 -w0 "$ca")
	    server: $kube_sim_url
	  name: myAKSCluster
	contexts:
	- context:
	    cluster: kind-kind
	    user: kind-kind
	  name: kind-kind
	- context:
	    cluster: minikube
	    extensions:
	    - extension:
	        last-update: Tue, 24 Nov 2026 03:00:00 UTC
	        provider: minikube.sigs.k8s.io
	        version: v1.37.0
	      name: context_info
	    namespace: default
	    user: minikube
	  name: minikube
	- context:
	    cluster: myAKSCluster
	    user: clusterUser_myResourceGroup_myAKSCluster
	  name: myAKSCluster
	- context:
	    cluster: myAKSCluster
	    user: clusterAdmin_myResourceGroup_myAKSCluster
	  name: myAKSCluster-admin
	current-context: kind-kind
	kind: Config
	preferences: {}
	users:
	- name: kind-kind
	  user:
	    client-certificate-data: $(base64 -w0 "$dir/me.pem")
	    client-key-data: $(base64 -w0 "$dir/me.key")
	- name: minikube
	  user:
	    client-certificate: $dir/me.pem
	    client-key: $dir/me.key
	- name: clusterAdmin_myResourceGroup_myAKSCluster
	  user:
	    client-certificate-data: $(base64 -w0 "$dir/me.pem")
	    client-key-data: $(base64 -w0 "$dir/me.key")
	    token: admin-token
	- name: clusterUser_myResourceGroup_myAKSCluster
	  user:
	    exec:
	      apiVersion: client.authentication.k8s.io/v1beta1
	      args:
	      - get-token
	      - --environment
	      - AzurePublicCloud
	      - --server-id
	      - 6dae42f8-4368-4678-94ff-3960e28e3630
	      - --client-id
	      - 80faf920-1908-4b52-b5ef-a8e7bedfc67a
	      - --tenant-id
	      - 11111111-1111-1111-1111-111111111111
	      - --login
	      - azurecli
	      command: kubelogin
	      env: null
	      installHint: |2

	        kubelogin is not installed which is required to connect to AAD enabled cluster.

	        To learn more, please go to https://aka.ms/aks/kubelogin
	      provideClusterInfo: false
	YAML
	mkdir "$dir/bin"
	cat >"$dir/bin/kubelogin" <<-SH
	#!/bin/sh
	[ "\$1 \$4 \$5" = 'get-token --server-id 6dae42f8-4368-4678-94ff-3960e28e3630' ] || exit 1
	echo '$(credential "$token" 2099-01-01T00:00:00Z)'
	SH
	chmod +x "$dir/bin/kubelogin"
	for context in kind-kind minikube myAKSCluster-admin; do
		assert_complete --kubeconfig="$dir/kubeconfig" --context="$context"
	done
	PATH=$dir/bin:$PATH assert_complete --kubeconfig="$dir/kubeconfig" --context=myAKSCluster
}
