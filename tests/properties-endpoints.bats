load helpers

# Properties of endpoints over random orders, each order of a seed. SHUFFLES
# says how many; 1000 takes a minute.

OBJECTS=tests/fixtures/shuffle.ndjson
SOURCES=(--source=service --source=ingress --source=node --source=pod
	--source=crd --source=gateway-httproute)

marks() {
	local kind
	for kind in v1/Service v1/Pod v1/Node discovery.k8s.io/v1/EndpointSlice \
		networking.k8s.io/v1/Ingress externaldns.k8s.io/v1alpha1/DNSEndpoint \
		gateway.networking.k8s.io/v1/HTTPRoute \
		gateway.networking.k8s.io/v1/Gateway v1/Namespace; do
		printf '{"type":"BOOKMARK","object":{"apiVersion":"%s","kind":"%s","metadata":{"annotations":{"k8s.io/initial-events-end":"true"}}}}\n' \
			"${kind%/*}" "${kind##*/}"
	done
}

# Lines in an order of a seed.
shuffled() {
	awk -v seed="$1" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' |
		sort -k1,1g | cut -f2-
}

# The last word on each object, without those who ask for nothing.
final() {
	awk '{
		match($0, /"metadata":{[^}]*"name":"[^"]*"/)
		key = substr($0, RSTART, RLENGTH)
		if (/^{"type":"DELETED"/) {
			delete last[key]
			next
		}
		sub(/^{"type":"[A-Z]*",/, "")
		last[key] = $0
	}
	END { for (key in last) print last[key] }' |
		grep -v -e '"spec":{"endpoints":\[\]}}}$' | LC_ALL=C sort
}

ask() {
	"$BIN/endpoints" "${SOURCES[@]}" 2>/dev/null | final
}

@test "objects in any order before the marks: the same endpoints" {
	{ cat "$OBJECTS"; marks; } | ask >"$BATS_TEST_TMPDIR/want"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -gt 20 ]
	for seed in $(seq "${SHUFFLES:-50}"); do
		{ shuffled "$seed" <"$OBJECTS"; marks | shuffled "$seed"; } |
			ask | cmp - "$BATS_TEST_TMPDIR/want" || {
			echo "seed $seed"
			return 1
		}
	done
}

@test "another past, the same present in any order: the same endpoints" {
	{ cat "$OBJECTS"; marks; } | ask >"$BATS_TEST_TMPDIR/want"
	# The past: other addresses, labels and names.
	sed -e 's/"20\.0\./"30.9./g' -e 's/"app":"db"/"app":"old"/' \
		-e 's/\.example\.com/.example.net/' "$OBJECTS" \
		>"$BATS_TEST_TMPDIR/past"
	for seed in $(seq "${SHUFFLES:-50}"); do
		{
			shuffled "$seed" <"$BATS_TEST_TMPDIR/past"
			marks | shuffled "$seed"
			shuffled "$((seed + 7))" <"$OBJECTS" |
				sed 's/"type":"ADDED"/"type":"MODIFIED"/'
		} | ask | cmp - "$BATS_TEST_TMPDIR/want" || {
			echo "seed $seed"
			return 1
		}
	done
}

@test "what is said twice is said once" {
	{ cat "$OBJECTS"; marks; } >"$BATS_TEST_TMPDIR/in"
	"$BIN/endpoints" "${SOURCES[@]}" <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/once"
	{ cat "$BATS_TEST_TMPDIR/in"; shuffled 1 <"$OBJECTS"; marks; } |
		"$BIN/endpoints" "${SOURCES[@]}" | cmp - "$BATS_TEST_TMPDIR/once"
}

# A Service with N names and N targets, each list an annotation of one object.
crowd() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			names = names "n" i ".example.com,"
			targets = targets "10." int(i / 62500) "." int(i / 250) % 250 "." i % 250 ","
		}
		printf "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"web\",\"annotations\":{" \
			"\"external-dns.kubernetes.io/hostname\":\"%s\"," \
			"\"external-dns.kubernetes.io/target\":\"%s\"}},\"spec\":{\"type\":\"LoadBalancer\"}}\n", names, targets
	}'
}

@test "names times targets without end freeze the object, in bounded memory" {
	case $BIN in *san*) ;; *) ulimit -v 262144 ;; esac
	for n in 1000 10000; do
		crowd "$n" | "$BIN/endpoints" --audit --source=service 2>"$BATS_TEST_TMPDIR/err" |
			grep -q '"spec":{"endpoints":\[\]},"status":{"unknown":"Oversized"}'
		grep -q '/service.web: more than a line holds' "$BATS_TEST_TMPDIR/err"
	done
	[ "$(crowd 200 | "$BIN/endpoints" --audit --source=service | grep -o '"10\.[0-9.]*"' | wc -l)" -eq 40000 ]
}

@test "a name of a mebibyte costs itself and is not quoted whole" {
	{
		printf '{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","annotations":{"external-dns.kubernetes.io/hostname":"ok.example.com,'
		head -c 1048576 /dev/zero | tr '\0' a
		printf '"}},"spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{"ingress":[{"ip":"20.0.0.1"}]}}}\n'
	} | "$BIN/endpoints" --audit --source=service >"$BATS_TEST_TMPDIR/out"
	grep -q '"dnsName":"ok.example.com","recordType":"A","targets":\["20.0.0.1"\]' "$BATS_TEST_TMPDIR/out"
	grep -q '"rejected":\[{"dnsName":"a*\.\.\.","field":"dnsName","reason":"InvalidName"' "$BATS_TEST_TMPDIR/out"
	[ "$(wc -c <"$BATS_TEST_TMPDIR/out")" -lt 2000 ]
}

@test "an object whose name fills a line is warned of and passed over" {
	{
		printf '{"apiVersion":"v1","kind":"Service","metadata":{"annotations":{"external-dns.kubernetes.io/hostname":"a.example.com"},"name":"'
		head -c 3000000 /dev/zero | tr '\0' a
		printf '"},"spec":{"type":"LoadBalancer"}}\n'
	} | "$BIN/endpoints" --audit --source=service 2>"$BATS_TEST_TMPDIR/err" | grep -c . | grep -qx 1
	grep -qx 'endpoints: warning: service\.a*\.\.\.: no name of an object' "$BATS_TEST_TMPDIR/err"
}
