# world.awk -- the cluster and the zones of the benchmark, as text.
#
# usage: awk -f world.awk -v n=NAMES -v pods=N -v form=FORM
#
# One object for each name, by turns a Service of type LoadBalancer and an
# Ingress; the names lie in four zones. Where they are moved, step says how
# often by now. Forms:
#
#   cluster    n whole objects and pods, as kube-sim reads them
#   objects    first to last (1 to n) as k8s-watch says them
#   marks      what k8s-watch says behind them
#   state      those zones, as azure-sim reads them
#   changes    first to last as new names, as plan says them
#   records    what azdns-apply says of zones in which all is as asked for
#   names      the record sets that are asked for, as tests/ring.sh prints them
#   moves, creations, deletions
#              requests to the API server at url, as curl -K reads them, that
#              do so to the objects first to last

function zone(i) {
	return "zone" i % 4 ".example.com"
}

function host(i) {
	return sprintf("name-%06d.%s", i, zone(i))
}

function address(i) {
	i += step * 7919
	return sprintf("20.%d.%d.%d", i / 65536 % 250, i / 256 % 256, i % 256)
}

function metadata(i, kind, more) {
	return sprintf("\"metadata\":{\"name\":\"%s-%06d\",\"namespace\":\"team-%02d\"%s}",
		kind, i, i % 40, more)
}

function annotations(i) {
	return ",\"annotations\":{\"external-dns.alpha.kubernetes.io/hostname\":\"" host(i) "\"}"
}

function whole_metadata(kind) {
	return ",\"labels\":{\"app.kubernetes.io/name\":\"" kind "\",\"app.kubernetes.io/managed-by\":\"Helm\"}"
}

function status(i) {
	return "\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"" address(i) "\"}]}}"
}

function service(i) {
	return "{\"apiVersion\":\"v1\",\"kind\":\"Service\"," \
		metadata(i, "service", annotations(i) (form == "cluster" ? whole_metadata("service") : "")) \
		",\"spec\":{\"type\":\"LoadBalancer\",\"ports\":[{\"port\":443,\"targetPort\":8443}]," \
		"\"selector\":{\"app\":\"service-" i "\"}}," status(i) "}"
}

function ingress(i) {
	return "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"Ingress\"," \
		metadata(i, "ingress", form == "cluster" ? whole_metadata("ingress") : "") \
		",\"spec\":{\"ingressClassName\":\"nginx\",\"rules\":[{\"host\":\"" host(i) \
		"\"}]}," status(i) "}"
}

function object(i) {
	return i % 2 ? service(i) : ingress(i)
}

# What a Deployment's pod looks like, less its managedFields.
function pod(i,    name) {
	name = "\"name\":\"main\",\"image\":\"registry.example.com/team/application:1.4.2\""
	return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"," \
		metadata(i, "pod", whole_metadata("pod") ",\"annotations\":{\"checksum/config\":\"9f86d081884c7d659a2feaa0c55ad015\"}") \
		",\"spec\":{\"nodeName\":\"node-" i % 200 "\",\"serviceAccountName\":\"default\"," \
		"\"containers\":[{" name ",\"ports\":[{\"containerPort\":8443,\"protocol\":\"TCP\"}]," \
		"\"resources\":{\"limits\":{\"memory\":\"256Mi\"},\"requests\":{\"cpu\":\"100m\",\"memory\":\"128Mi\"}}," \
		"\"env\":[{\"name\":\"POD_NAME\",\"valueFrom\":{\"fieldRef\":{\"fieldPath\":\"metadata.name\"}}}]," \
		"\"volumeMounts\":[{\"name\":\"token\",\"mountPath\":\"/var/run/secrets/token\",\"readOnly\":true}]}]," \
		"\"volumes\":[{\"name\":\"token\",\"projected\":{\"defaultMode\":420}}]}," \
		"\"status\":{\"phase\":\"Running\",\"hostIP\":\"10.1.0." i % 200 "\",\"podIP\":\"10.2." int(i / 250) "." i % 250 "\"," \
		"\"conditions\":[{\"type\":\"Initialized\",\"status\":\"True\"},{\"type\":\"Ready\",\"status\":\"True\"}," \
		"{\"type\":\"PodScheduled\",\"status\":\"True\"}],\"containerStatuses\":[{" name ",\"ready\":true,\"restartCount\":0}]}}"
}

function mark(version, kind) {
	printf "{\"type\":\"BOOKMARK\",\"object\":{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}}}}\n", version, kind
}

function resource(i) {
	return sprintf("%s/team-%02d/%s", i % 2 ? "service" : "ingress", i % 40, name(i))
}

# A record set and its mark in the form of ARM.
function pair(i) {
	printf ",\n{\"name\":\"name-%06d\",\"type\":\"Microsoft.Network/dnszones/A\",\"properties\":{\"TTL\":300,\"ARecords\":[{\"ipv4Address\":\"%s\"}]}}", i, address(i)
	printf ",\n{\"name\":\"a-name-%06d\",\"type\":\"Microsoft.Network/dnszones/TXT\",\"properties\":{\"TTL\":300,\"TXTRecords\":[{\"value\":[\"\\\"heritage=external-dns,external-dns/owner=default,external-dns/resource=%s\\\"\"]}]}}", i, resource(i)
}

function state(i, k) {
	for (k = 0; k < 4; k++) {
		printf "%s{\"id\":\"%s\",\"recordSets\":[{\"name\":\"@\",\"type\":\"Microsoft.Network/dnszones/TXT\",\"properties\":{\"TTL\":60,\"TXTRecords\":[{\"value\":[\"zone\"]}]}}",
			(k ? "]},\n" : "{\"zones\":["), arm_id(k)
		for (i = k ? k : 4; i <= n; i += 4)
			pair(i)
	}
	print "]}]}"
}

function arm_id(i) {
	return "/subscriptions/00000000-0000-0000-0000-000000005ab5/resourceGroups/rg-azure-dns/providers/Microsoft.Network/dnszones/" zone(i)
}

function changes(i) {
	for (i = first; i <= last; i++)
		printf "{\"type\":\"CREATE\",\"zone\":\"%s\",\"dnsName\":\"%s\",\"recordType\":\"A\",\"want\":{\"targets\":[\"%s\"],\"recordTTL\":300,\"owner\":\"default\",\"resource\":\"%s\"},\"reason\":\"new\"}\n", zone_id(i), host(i), address(i), resource(i)
}

function zone_id(i) {
	return tolower(arm_id(i))
}

function record(i) {
	printf "{\"type\":\"ADDED\",\"zone\":\"%s\",\"dnsName\":\"%s\",\"recordType\":\"A\",\"have\":{\"targets\":[\"%s\"],\"recordTTL\":300,\"etag\":\"%08d-9c6b-4f0e-a3ab-5f9f2a1b7c3d\",\"owner\":\"default\",\"resource\":\"%s\",\"txt\":[{\"name\":\"a-name-%06d\",\"etag\":\"%08d-77aa-4b1e-8f3c-0d2e4f6a8b1c\",\"current\":true}]}}\n",
		zone_id(i), host(i), address(i), i, resource(i), i, i
}

function records(    i) {
	for (i = 0; i < 4; i++)
		printf "{\"type\":\"ZONE\",\"zone\":\"%s\",\"name\":\"%s\",\"visibility\":\"public\"}\n", zone_id(i), zone(i)
	print "{\"type\":\"BOOKMARK\"}"
	for (i = 1; i <= n; i++)
		record(i)
	for (i = 0; i < 4; i++)
		printf "{\"type\":\"BOOKMARK\",\"zone\":\"%s\"}\n", zone_id(i)
}

function path(i) {
	return sprintf("%s/namespaces/team-%02d/%s", \
		i % 2 ? "/api/v1" : "/apis/networking.k8s.io/v1", i % 40, i % 2 ? "services" : "ingresses")
}

function name(i) {
	return sprintf("%s-%06d", i % 2 ? "service" : "ingress", i)
}

# One transfer of curl -K.
function request(method, at, body) {
	gsub(/"/, "\\\"", body)
	printf "%surl = \"%s%s\"\nrequest = %s\n", separator, url, at, method
	print "cacert = \"" ca "\"\nfail\noutput = /dev/null\nheader = \"Authorization: Bearer admin-token\""
	printf "header = \"Content-Type: application/%sjson\"\n", method == "PATCH" ? "merge-patch+" : ""
	if (body != "")
		printf "data = \"%s\"\n", body
	separator = "next\n"
}

function requests(i) {
	for (i = first; i <= last; i++) {
		if (form == "creations")
			request("POST", path(i), object(i))
		if (form == "deletions")
			request("DELETE", path(i) "/" name(i))
		else # an API server takes a status by itself alone
			request("PATCH", path(i) "/" name(i) "/status", "{" status(i) "}")
	}
}

function cluster(i) {
	for (i = 1; i <= n; i++)
		print "---\n" object(i)
	for (i = 1; i <= pods; i++)
		print "---\n" pod(i)
}

function objects(i) {
	for (i = first; i <= last; i++)
		print "{\"type\":\"ADDED\",\"object\":" object(i) "}"
}

function marks() {
	mark("v1", "Service")
	mark("networking.k8s.io/v1", "Ingress")
	mark("discovery.k8s.io/v1", "EndpointSlice")
	mark("v1", "Pod")
	mark("v1", "Node")
}

# As `zones` of tests/ring.sh says them.
function names(i) {
	for (i = first; i <= last; i++)
		printf "%s name-%06d A 300 %s\n", zone(i), i, address(i)
}

BEGIN {
	if (!first)
		first = 1
	if (!last)
		last = n
	if (form == "cluster")
		cluster()
	else if (form == "objects")
		objects()
	else if (form == "marks")
		marks()
	else if (form == "state")
		state()
	else if (form == "changes")
		changes()
	else if (form == "records")
		records()
	else if (form == "names")
		names()
	else
		requests()
}
