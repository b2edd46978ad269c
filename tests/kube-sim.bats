# kube-sim under clients that nobody here wrote: kubectl and the official
# Python client. What they understand is what shows that the simulator is not
# of our own invention.

load helpers

PYTHON=/usr/bin/python3

setup() {
	start_sim kube-sim --kubeconfig="$BATS_TEST_TMPDIR/config" \
		--rules=tests/fixtures/rbac.yaml
	export KUBECONFIG=$BATS_TEST_TMPDIR/config HOME=$BATS_TEST_TMPDIR
	unset SSL_CERT_FILE KUBERNETES_SERVICE_HOST
	limited=--token=sa.external-dns.external-dns
}

need_kubectl() {
	kubectl version --client >/dev/null 2>&1 ||
		skip "kubectl is not installed"
}

# Since 1.24 there are tokens on request, patches of subresources, and `diff`
# of definitions without a list of all paths.
need_kubectl_1_24() {
	need_kubectl
	kubectl patch --help | grep -q subresource || skip "kubectl is older than 1.24"
}

python_client() {
	"$PYTHON" -c 'import kubernetes' 2>/dev/null ||
		skip "python3-kubernetes is not installed"
	"$PYTHON" -W ignore tests/foreign/kubernetes_client.py "$1"
}

# says TEXT COMMAND...: the command fails and this is among what it says.
says() {
	local text=$1
	shift
	run "$@"
	[ "$status" != 0 ]
	[[ $output == *"$text"* ]] || {
		echo "$output"
		return 1
	}
}

# manifest PORT [NAME]
manifest() {
	cat <<-END
		apiVersion: v1
		kind: Service
		metadata: {name: ${2-web}, labels: {app: web}}
		spec: {type: LoadBalancer, ports: [{port: $1}]}
	END
}

service() {
	manifest 80 "$1" | kubectl create -f -
}

@test "kubectl finds all kinds with their short names and versions" {
	need_kubectl
	kubectl api-resources -o name | sort >"$BATS_TEST_TMPDIR/kinds"
	for kind in services endpoints pods nodes \
		endpointslices.discovery.k8s.io ingresses.networking.k8s.io \
		gateways.gateway.networking.k8s.io \
		listenersets.gateway.networking.k8s.io \
		dnsendpoints.externaldns.k8s.io leases.coordination.k8s.io; do
		grep -qx "$kind" "$BATS_TEST_TMPDIR/kinds"
	done
	kubectl api-versions | grep -qx gateway.networking.k8s.io/v1beta1
	kubectl get svc,ing,gtw,ep
}

@test "kubectl apply creates, changes and leaves alone" {
	need_kubectl
	[ "$(manifest 80 | kubectl apply -f -)" = 'service/web created' ]
	[ "$(manifest 80 | kubectl apply -f -)" = 'service/web unchanged' ]
	[ "$(manifest 81 | kubectl apply -f -)" = 'service/web configured' ]
	[ "$(kubectl get svc web -o jsonpath='{.spec.ports[*].port}')" = 81 ]
}

@test "what is applied carries no status, its subresource does" {
	need_kubectl_1_24
	kubectl apply -f tests/fixtures/demo.yaml
	[ "$(kubectl get svc nginx-svc -o jsonpath='{.status}')" = \
		'{"loadBalancer":{}}' ]
	kubectl patch svc nginx-svc --subresource=status --type=merge \
		-p '{"status":{"loadBalancer":{"ingress":[{"ip":"20.0.0.7"}]}},"spec":{"type":"ClusterIP"}}'
	[ "$(kubectl get svc nginx-svc -o jsonpath='{.status.loadBalancer.ingress[0].ip} {.spec.type}')" = \
		'20.0.0.7 LoadBalancer' ]
}

@test "server-side apply drops what its manager no longer names" {
	need_kubectl
	local file=$BATS_TEST_TMPDIR/config.yaml
	printf '%s\n' 'apiVersion: v1' 'kind: ConfigMap' 'metadata: {name: c}' \
		'data: {a: "1", b: "2"}' >"$file"
	kubectl apply --server-side -f "$file"
	kubectl patch configmap c --type=merge -p '{"data":{"c":"3"}}'
	sed -i 's/, b: "2"//' "$file"
	kubectl apply --server-side -f "$file"
	[ "$(kubectl get configmap c -o jsonpath='{.data}')" = '{"a":"1","c":"3"}' ]
	says '1 conflict: conflict with "kubectl": .data.a' kubectl apply --server-side \
		--field-manager=other -f <(sed s/'"1"'/'"9"'/ "$file")
	sed s/'"1"'/'"9"'/ "$file" | kubectl apply --server-side \
		--force-conflicts --field-manager=other -f -
	[ "$(kubectl get configmap c -o jsonpath='{.data.a}')" = 9 ]
}

@test "all three forms of patch do what kubectl means" {
	need_kubectl
	service web
	kubectl patch svc web -p '{"spec":{"ports":[{"port":443}]}}'
	[ "$(kubectl get svc web -o jsonpath='{.spec.ports[*].port}')" = '80 443' ]
	kubectl patch svc web --type=json \
		-p '[{"op":"remove","path":"/spec/ports/0"},{"op":"add","path":"/metadata/labels/x","value":"y"}]'
	[ "$(kubectl get svc web -o jsonpath='{.spec.ports[*].port} {.metadata.labels.x}')" = '443 y' ]
	kubectl patch svc web --type=merge -p '{"metadata":{"labels":{"x":null}}}'
	[ -z "$(kubectl get svc web -o jsonpath='{.metadata.labels.x}')" ]
	kubectl label svc web x=z
	kubectl annotate svc web note=1
	[ "$(kubectl get svc -l x=z -o name)" = service/web ]
	[ -z "$(kubectl get svc -l 'x notin (z)' -o name)" ]
	[ "$(kubectl get svc --field-selector metadata.name=web -o name)" = \
		service/web ]
}

@test "refusals read as the API server words them" {
	need_kubectl
	service web
	says 'services "web" already exists' service web
	says 'services "none" not found' kubectl get svc none
	says 'namespaces "none" not found' kubectl create -n none configmap c
	kubectl get svc web -o json | jq '.metadata.resourceVersion = "1"' \
		>"$BATS_TEST_TMPDIR/stale"
	says 'the object has been modified; please apply your changes' \
		kubectl replace -f "$BATS_TEST_TMPDIR/stale"
	says 'You must be logged in' kubectl get svc --token=wrong
}

@test "kubectl get -w sees each change once and the end" {
	need_kubectl
	local out=$BATS_TEST_TMPDIR/watch
	kubectl get svc -w -o json --output-watch-events >"$out" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	service web
	wait_for "$out" '"ADDED"'
	kubectl label svc web a=b
	wait_for "$out" '"MODIFIED"'
	kubectl delete svc web
	wait_for "$out" '"DELETED"'
	[ "$(jq -r .type "$out" | tr '\n' ' ')" = 'ADDED MODIFIED DELETED ' ]
}

@test "the service account of external-dns may what its role says" {
	need_kubectl
	for kind in services pods nodes ingresses.networking.k8s.io; do
		[ "$(kubectl auth can-i list "$kind" -A "$limited" 2>/dev/null)" = yes ]
	done
	says no kubectl auth can-i list namespaces "$limited"
	says no kubectl auth can-i patch services "$limited"
	says 'endpointslices.discovery.k8s.io is forbidden: User "system:serviceaccount:external-dns:external-dns" cannot list resource "endpointslices" in API group "discovery.k8s.io" at the cluster scope' \
		kubectl get endpointslices -A "$limited"
	kubectl get svc -A "$limited"
}

@test "a role that kubectl applies holds from the next request on" {
	need_kubectl_1_24
	says forbidden kubectl get ns "$limited"
	kubectl apply -f - <<-END
		apiVersion: rbac.authorization.k8s.io/v1
		kind: ClusterRole
		metadata: {name: more}
		rules: [{apiGroups: [""], resources: [namespaces], verbs: [list]}]
		---
		apiVersion: rbac.authorization.k8s.io/v1
		kind: ClusterRoleBinding
		metadata: {name: more}
		roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: more}
		subjects: [{kind: ServiceAccount, name: external-dns, namespace: external-dns}]
	END
	kubectl get ns "$limited"
	token=$(kubectl create token -n external-dns external-dns)
	kubectl get ns --token="$token"
}

@test "a definition brings its kind and takes it away" {
	need_kubectl
	kubectl apply -f - <<-END
		apiVersion: apiextensions.k8s.io/v1
		kind: CustomResourceDefinition
		metadata: {name: things.example.org}
		spec:
		  group: example.org
		  scope: Namespaced
		  names: {plural: things, singular: thing, kind: Thing}
		  versions: [{name: v1, served: true, storage: true}]
	END
	kubectl wait --for=condition=Established crd/things.example.org
	echo '{"apiVersion":"example.org/v1","kind":"Thing","metadata":{"name":"t"},"spec":{}}' |
		kubectl apply -f -
	[ "$(kubectl get things -o name)" = thing.example.org/t ]
	kubectl delete crd things.example.org
	says 'could not find the requested resource' \
		kubectl get --raw /apis/example.org/v1/things
}

# crd PLURAL KIND: a definition as the Gateway API's release files have them.
crd() {
	cat <<-END
		- apiVersion: apiextensions.k8s.io/v1
		  kind: CustomResourceDefinition
		  metadata:
		    annotations: {gateway.networking.k8s.io/channel: standard}
		    name: $1.gateway.networking.k8s.io
		  spec:
		    group: gateway.networking.k8s.io
		    names: {categories: [gateway-api], kind: $2, listKind: $2List, plural: $1, singular: ${1%s}}
		    scope: Namespaced
		    versions:
		    - name: v1
		      served: true
		      storage: true
		      subresources: {status: {}}
		      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
	END
}

@test "a list of definitions is applied, again, and by the server" {
	need_kubectl_1_24
	{
		printf 'apiVersion: v1\nkind: List\nitems:\n'
		crd httproutes HTTPRoute
		crd widgetroutes WidgetRoute
	} >"$BATS_TEST_TMPDIR/crds.yaml"
	kubectl apply -f "$BATS_TEST_TMPDIR/crds.yaml"
	kubectl apply -f "$BATS_TEST_TMPDIR/crds.yaml" | grep -c unchanged | grep -qx 2
	kubectl apply --server-side --force-conflicts -f "$BATS_TEST_TMPDIR/crds.yaml"
	kubectl diff -f "$BATS_TEST_TMPDIR/crds.yaml"
	kubectl wait --for=condition=Established --timeout=20s \
		crd/httproutes.gateway.networking.k8s.io crd/widgetroutes.gateway.networking.k8s.io
	kubectl get widgetroutes
	kubectl delete -f "$BATS_TEST_TMPDIR/crds.yaml"
	says 'could not find the requested' kubectl get widgetroutes
}

@test "what users type at a cluster works here" {
	need_kubectl_1_24
	kubectl apply -f tests/fixtures/demo.yaml -f tests/fixtures/rbac.yaml
	kubectl diff -f tests/fixtures/demo.yaml
	kubectl wait --for=jsonpath='{.spec.type}'=LoadBalancer svc --all --timeout=20s
	kubectl annotate svc --all external-dns.alpha.kubernetes.io/ttl=60
	kubectl get all -A | grep -q ^default
	kubectl get svc -o wide --show-labels
	kubectl describe svc,ing
	kubectl replace --force -f tests/fixtures/demo.yaml
	kubectl run one --image=example
	kubectl delete pod one --now
	[ "$(kubectl auth can-i list services --as system:serviceaccount:external-dns:external-dns)" = yes ]
	says no kubectl auth can-i delete services --as system:serviceaccount:external-dns:external-dns
	says 'User "jane" cannot list' kubectl get svc --as jane
	says 'cannot impersonate' kubectl "$limited" get svc --as jane
	kubectl delete -f tests/fixtures/demo.yaml
}

@test "objects with finalizers and namespaces with contents end in order" {
	need_kubectl
	service web
	kubectl patch svc web --type=merge \
		-p '{"metadata":{"finalizers":["example.org/hold"]}}'
	kubectl delete svc web --wait=false
	[ -n "$(kubectl get svc web -o jsonpath='{.metadata.deletionTimestamp}')" ]
	kubectl patch svc web --type=merge -p '{"metadata":{"finalizers":null}}'
	says 'not found' kubectl get svc web
	kubectl create ns crowd
	kubectl create configmap -n crowd c
	kubectl delete ns crowd
	[ -z "$(kubectl get configmap -n crowd -o name)" ]
}

@test "behind nghttpx it is a server of HTTP/2, watches included" {
	need_kubectl
	command -v nghttpx >/dev/null || skip "nghttpx is not installed"
	local tls=$BATS_FILE_TMPDIR/tls log=$BATS_TEST_TMPDIR/nghttpx
	local port out=$BATS_TEST_TMPDIR/watch
	port=$("$PYTHON" -c 'import socket
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1])')
	nghttpx --conf=/dev/null --no-ocsp -L INFO -k -f "127.0.0.1,$port" \
		-b "127.0.0.1,${kube_sim_url##*:};;tls" \
		--errorlog-file=/dev/stderr "$tls/key.pem" "$tls/cert.pem" \
		2>"$log" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	wait_for "$log" "Listening on"
	sed -i "s/${kube_sim_url##*:}/$port/" "$KUBECONFIG"
	curl -s --http2 -o /dev/null -w '%{http_version}' \
		--cacert "$tls/ca.pem" "https://127.0.0.1:$port/livez" >"$out"
	[ "$(cat "$out")" = 2 ]
	kubectl get svc -w -o json --output-watch-events >"$out" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	service web
	wait_for "$out" '"ADDED"'
	kubectl label svc web a=b
	wait_for "$out" '"MODIFIED"'
}

@test "older kubectls are understood as well" {
	need_kubectl
	local found= old
	for old in /usr/lib/google-cloud-sdk/bin/kubectl.1.*; do
		[ -x "$old" ] || continue
		found=1
		"$old" apply -f tests/fixtures/demo.yaml
		"$old" get svc,ing,dnsendpoints
		"$old" delete -f tests/fixtures/demo.yaml
	done
	[ -n "$found" ] || skip "only one kubectl is installed"
}

@test "the Python client reads, writes and is refused when stale" {
	python_client read_and_write
}

@test "the Python client watches what comes after its list" {
	python_client watch_changes
}

@test "the Python client is told by bookmarks how far it is" {
	python_client watch_bookmarks
}

@test "the Python client sees objects enter and leave a selector" {
	python_client watch_selected
}

@test "the Python client pages through one moment of a list" {
	python_client paging
}

@test "the Python client works with custom objects and their definition" {
	python_client custom_objects
}

@test "the Python client holds a lease by the rules" {
	python_client leases
}

@test "the Python client is told which name is bad and why" {
	python_client names
}
