# ring.sh -- a cluster, a cloud and the ring between them, for the demo, the
# tests and the benchmark. To be sourced by sh or bash.
#
# Set before: BIN, the folder of the programs, and WORK, an empty folder.
# Set here: KUBE_URL, AZURE_URL, and the environment in which the ring's
# arguments, azure.json and rights are those of an external-dns deployment.
# shellcheck shell=sh

ring_pids=''
ring_token=sa.external-dns.external-dns # whom the ring is for the API server
tenant=00000000-0000-0000-0000-0000000073aa
subscription=00000000-0000-0000-0000-000000005ab5
client=00000000-0000-0000-0000-00000000c11e

export EXTERNAL_DNS_METRICS_ADDRESS= # rings beside each other; no probes

# await FILE TEXT [N]: until N lines of a growing file hold the text; 60 s or AWAIT_S.
await() {
	lines=$WORK/await.lines
	mkfifo "$lines"
	tail -n +1 -F "$1" >"$lines" 2>/dev/null 3>&- &
	follower=$!
	found=$(timeout "${AWAIT_S:-60}" grep -c -m "${3:-1}" -- "$2" <"$lines" || true)
	kill "$follower" 2>/dev/null || true # it may have noticed already
	rm "$lines"
	[ "$found" = "${3:-1}" ] || {
		echo "no line with '$2' in $1:" >&2
		tail -n 20 "$1" >&2
		return 1
	}
}

# start NAME PROGRAM ARG...: in the background, output to $WORK/NAME.{out,err}.
start() {
	name=$1
	shift
	: >"$WORK/$name.out" # now: nobody may read what an earlier one said
	# fd 3 is bats's own: a child that holds it would hold the test run.
	"$@" >"$WORK/$name.out" 2>"$WORK/$name.err" 3>&- &
	eval "${name}_pid=$!"
	ring_pids="$ring_pids $!"
}

# cloud_start [OPTION...]: azure-sim; its requests are logged in $WORK/arm.log.
cloud_start() {
	start azure "$BIN/azure-sim" --tls-dir="$WORK/tls" --log="$WORK/arm.log" \
		--subscription="$subscription" --resource-group=rg-azure-dns "$@"
	await "$WORK/azure.out" '^ready '
	AZURE_URL=$(sed -n 's/^ready //p' "$WORK/azure.out")
	export SSL_CERT_FILE="$WORK/tls/ca.pem"
	export AZURE_CLIENT_ID=$client AZURE_TENANT_ID=$tenant
	export AZURE_AUTHORITY_HOST="$AZURE_URL/" EXTERNAL_DNS_ARM_ENDPOINT="$AZURE_URL"
	export AZURE_FEDERATED_TOKEN_FILE="$WORK/federated" EXTERNAL_DNS_AZURE_CONFIG_FILE="$WORK/azure.json"
	jq -n --arg t $tenant --arg s $subscription '{tenantId: $t, subscriptionId: $s,
		resourceGroup: "rg-azure-dns", useWorkloadIdentityExtension: true}' >"$WORK/azure.json"
	federated_token >"$WORK/federated"
	chmod 600 "$WORK/azure.json" "$WORK/federated"
}

# What the kubelet projects: a JWT of the cluster's issuer for Entra ID.
federated_token() {
	for part in '{"alg":"RS256","typ":"JWT"}' \
		'{"iss":"https://issuer.example","sub":"system:serviceaccount:external-dns:external-dns","aud":["api://AzureADTokenExchange"],"exp":4102444800}' \
		'not a signature'; do
		printf '%s' "$part" | base64 -w0 | tr '+/' '-_' | tr -d '='
		printf '.'
	done | sed 's/\.$//'
}

# cluster_start [OPTION...]: kube-sim; the ring gets the rights of the service
# account external-dns, $WORK/admin.kubeconfig all rights.
cluster_start() {
	start kube "$BIN/kube-sim" --tls-dir="$WORK/tls" --log="$WORK/kube.log" \
		--rules=tests/fixtures/rbac.yaml --kubeconfig="$WORK/kubeconfig" \
		--kubeconfig-token="$ring_token" "$@"
	await "$WORK/kube.out" '^ready '
	KUBE_URL=$(sed -n 's/^ready //p' "$WORK/kube.out")
	export EXTERNAL_DNS_KUBECONFIG="$WORK/kubeconfig"
	sed "s/$ring_token/admin-token/" "$WORK/kubeconfig" >"$WORK/admin.kubeconfig"
}

# kube METHOD PATH [BODY]: a request to the API server as its administrator.
kube() {
	curl -sS --fail-with-body --cacert "$WORK/tls/ca.pem" -H 'Authorization: Bearer admin-token' \
		-H 'Content-Type: application/merge-patch+json' \
		-X "$1" ${3:+-d "$3"} "$KUBE_URL$2" >"$WORK/answer.kube"
}

# control SERVER PATH [METHOD [BODY]]: a request to a simulator's control path.
control() {
	curl -sS --fail-with-body --cacert "$WORK/tls/ca.pem" -X "${3:-GET}" \
		${4:+-d "$4"} "$1/_control/$2"
}

# The record sets of all zones, a line each: ZONE NAME TYPE TTL DATA, sorted,
# without SOA and the NS of the apex.
zones() {
	control "$AZURE_URL" state | jq -r -f tests/fixtures/record-sets.jq |
		jq -r '"\(.zone) \(.name) \(.type) \(.ttl) \(.data | join(" "))"' | LC_ALL=C sort
}

# Count the writes that ARM was asked for so far.
writes() {
	grep -cE '"method":"(PUT|PATCH|DELETE)"' "$WORK/arm.log" || true
}

# End what start began.
ring_end() {
	# shellcheck disable=SC2086 # a list of process ids
	[ -z "$ring_pids" ] || kill $ring_pids 2>/dev/null || true
	wait
	ring_pids=''
}
