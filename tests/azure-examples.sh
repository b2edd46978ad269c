#!/bin/sh
# azure-examples.sh FOLDER -- what Microsoft publishes as examples of the ARM
# DNS APIs, through azdns-apply: each answer is decoded, each PUT of a record
# set that azdns writes is produced again and compared.
#
# An example is a file with `parameters` (of the request) and `responses`.
# Says a line per file; exit 1 if one is not right. PATCH is never sent, types
# that azdns does not write and aliases must come out as opaque.
set -u
apply=${BIN:-build/bin}/azdns-apply
passed=0 failed=0

# The request as azdns-apply would send it: the set is decoded, and an update
# to it from one with another TTL is encoded.
again() {
	jq -c '.parameters as $p | {id: ("/subscriptions/\($p.subscriptionId)/resourceGroups/"
			+ "\($p.resourceGroupName)/providers/Microsoft.Network/"
			+ (if $p.privateZoneName then "privateDnsZones/\($p.privateZoneName)"
			   else "dnsZones/\($p.zoneName)" end)
			+ "/\($p.recordType)/\($p.relativeRecordSetName)"),
		name: $p.relativeRecordSetName, type: $p.recordType, etag: "e1",
		properties: $p.parameters.properties}' "$1" |
		"$apply" --decode --registry=noop |
		jq -c '.type = "UPDATE" | .want = (.have | {targets, recordTTL})
			| .have.recordTTL += 1' |
		"$apply" --encode --registry=noop --provider="$2"
}

# The body, less the order of records, final dots, the cuts of a TXT value.
# shellcheck disable=SC2016 # jq's variables
plain='def plain: walk(if type == "array" and (.[0] | type) == "object" then sort
	elif type == "string" then rtrimstr(".") | ascii_downcase
	elif (type == "object") and (.value | type) == "array"
	then .value |= join("") else . end);'

example() {
	kind=azure
	! grep -q '"privateZoneName"' "$1" || kind=azure-private-dns
	if ! jq -c '.responses[].body // empty | select(.id // .value)' "$1" |
		"$apply" --decode >/dev/null; then
		echo "not ok $1: an answer was not decoded"
		return 1
	fi
	if ! jq -e '.parameters | .relativeRecordSetName and (.recordType | IN("A",
		"AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SRV", "TXT"))
		and (.parameters.properties // {} | keys | any(test("Records?$")))' \
		"$1" >/dev/null; then
		echo "ok $1 decoded"
		return 0
	fi
	if again "$1" $kind | jq -e --slurpfile example "$1" "$plain"'
		($example[0].parameters.parameters.properties | plain)
		== (.body.properties | plain)' >/dev/null; then
		echo "ok $1 decoded and produced"
	else
		echo "not ok $1: the request is not produced"
		return 1
	fi
}

for file in "$1"/*.json; do
	if example "$file"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
