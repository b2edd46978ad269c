load helpers
load ring

# The rights of external-dns v0.13.5: v1 Endpoints, no EndpointSlices, no
# Namespaces. Everything that worked with them works, and what a missing right
# costs is said once, by name.

setup() {
	ring_setup
	arguments="$arguments --source=gateway-httproute --source=gateway-grpcroute --source=gateway-tlsroute"
}

# once [STATUS]: one pass of the ring, which is to end with that status.
once() {
	# shellcheck disable=SC2086 # words
	run "-${1:-0}" ./pipeline.sh --once $arguments --delete-threshold=100
}

# said N TEXT: so many lines of the last pass hold the text.
said() {
	[ "$(grep -cF -- "$2" <<<"$output")" -eq "$1" ]
}

@test "a route and the pods of a headless Service are in the zone" {
	cloud_start --zone=example.com
	cluster_start --objects=tests/fixtures/route.yaml
	once
	[ "$(addresses)" = "$(printf '%s\n' 'db 10.1.0.5' 'db-0.db 10.1.0.5' \
		'gateway-app 20.50.0.3')" ]
	said 1 'endpoints stand in; grant get, list, watch'
	said 1 'namespaces: forbidden: what depends on it stays as it is'
}

@test "a right that is taken away deletes nothing and is named" {
	cloud_start --zone=example.com
	cluster_start --objects=tests/fixtures/route.yaml
	once
	before=$(zones)
	kube DELETE /apis/rbac.authorization.k8s.io/v1/clusterroles/external-dns
	jq -n '{apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole",
		metadata: {name: "external-dns"}, rules: [
		{apiGroups: [""], resources: ["services", "nodes"], verbs: ["get", "list", "watch"]},
		{apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["get", "list", "watch"]},
		{apiGroups: ["gateway.networking.k8s.io"], resources: ["httproutes", "grpcroutes", "tlsroutes"], verbs: ["get", "list", "watch"]}]}' \
		>"$WORK/role.json"
	kube POST /apis/rbac.authorization.k8s.io/v1/clusterroles "@$WORK/role.json"
	once 1 # what is asked for is not known
	[ "$(zones)" = "$before" ]
	for kind in pods gateways.gateway.networking.k8s.io; do
		said 1 "endpoints: warning: $kind: forbidden: what depends on it stays as it is"
	done
}

@test "kubectl applies a route; when its Gateway accepts it, the record appears" {
	kubectl version --client >/dev/null 2>&1 || skip 'no kubectl'
	cloud_start --zone=example.com
	cluster_start
	# shellcheck disable=SC2086 # words
	start ring ./pipeline.sh $arguments
	export KUBECONFIG="$WORK/admin.kubeconfig"
	kubectl apply -f tests/fixtures/route.yaml
	for plural in gateways httproutes; do # apply leaves out the status
		kubectl create --dry-run=client -o json -f tests/fixtures/route.yaml |
			jq -s --arg kind "$plural" '.[] | select(.kind | ascii_downcase + "s" == $kind)
				| {status}' >"$WORK/$plural.json"
	done
	kube PATCH /apis/gateway.networking.k8s.io/v1/namespaces/default/gateways/my-gateway/status \
		"@$WORK/gateways.json"
	kube PATCH /apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes/my-http-route/status \
		"@$WORK/httproutes.json"
	await "$WORK/arm.log" '"method":"PUT".*/A/gateway-app"'
	[ "$(addresses | grep gateway-app)" = 'gateway-app 20.50.0.3' ]
}
