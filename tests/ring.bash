# ring -- what the tests of the whole ring share: both simulators and the ring
# of tests/ring.sh, with the arguments of an external-dns deployment.

bats_require_minimum_version 1.5.0

setup() {
	ring_setup
}

ring_setup() {
	WORK=$BATS_TEST_TMPDIR
	. tests/ring.sh
	. tests/fixtures/arguments
}

teardown() {
	ring_end
}

# The record sets that are A, one a line: NAME ADDRESS.
addresses() {
	zones | awk '$3 == "A" { print $2, $5 }'
}

# objects: JSON values of standard input as a List for the cluster.
objects() {
	jq -s '{apiVersion: "v1", kind: "List", items: .}' >"$WORK/objects.json"
}

# service NAME HOSTNAME ADDRESS: a LoadBalancer Service as JSON.
service() {
	jq -n --arg name "$1" --arg host "$2" --arg ip "$3" '{apiVersion: "v1", kind: "Service",
		metadata: {namespace: "default", name: $name, annotations: {
			"external-dns.alpha.kubernetes.io/hostname": $host}},
		spec: {type: "LoadBalancer", ports: [{port: 80}]},
		status: {loadBalancer: {ingress: [{ip: $ip}]}}}'
}
