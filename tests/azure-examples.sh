#!/bin/sh
# azure-examples.sh FOLDER -- what Microsoft publishes as examples of the ARM
# DNS APIs, through azdns-apply. An example is a file with `parameters` (of the
# request) and `responses`. Says for each file what it has proved:
#
#   N zones         of the answers, told as ZONE
#   N sets          told as records, and equal when they are written again
#   N opaque        told as not to be written: an alias, an empty set, a type
#                   that azdns does not write
#   N passed over   SOA, links to networks, DNSSEC configurations
#   PUT, DELETE     the request is produced: method, path and body
#   not sent        a request that azdns never sends: PATCH, GET, of zones, of
#                   types and aliases that it does not write
#
# Exit 1 if one is not right. Equal is, but for the order of records, the case
# of names, final dots, and where a TXT value is cut.
set -u
apply=${BIN:-build/bin}/azdns-apply
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
passed=0 failed=0

# shellcheck disable=SC2016 # jq's variables
words='
def written: IN("A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SRV", "TXT");
def plain: walk(if type == "array" and (.[0] | type) == "object" then sort
	elif type == "string" then rtrimstr(".") | ascii_downcase
	elif type == "object" and (.value | type) == "array"
	then .value |= join("") else . end);
# What a PUT says of a set: TTL, records, metadata; members whatever their case.
def content: with_entries(.key |= ascii_downcase)
	| with_entries(select((.key | test("^ttl$|records?$|^metadata$"))
		and .value != {} and .value != null)) | plain;
def segments: .id | split("/") | .[1:];
def kind: if (segments | length) == 8 then "zone"
	elif (segments | length) != 10 then "other"
	elif segments[8] | IN("SOA", "virtualNetworkLinks", "dnssecConfigs")
	then "other" else "set" end;
def items: [.responses[].body // empty | (.value // [.])[]?
	| select(type == "object" and has("id"))];'

# The content of each set that a PUT would write, as `azdns-apply` reads it and
# writes it; lines {key, content}.
again() {
	"$apply" --decode --registry=noop |
		jq -c 'select(.type == "ADDED" and .have.opaque == null)
			| .type = "UPDATE" | .have.etag = "e1"
			| .want = (.have | {targets, recordTTL})
			| .have.recordTTL += 1' |
		"$apply" --encode --registry=noop --provider="$provider" |
		jq -cS "$words"'{method, path: (.url | split("?")[0] | ascii_downcase),
			content: (.body.properties | content)}' | sort -u
}

# The sets of the answers, less what Azure keeps for itself at the apex.
answers() {
	jq -c "$words"'items[]' "$1" >"$work/items"
	"$apply" --decode --registry=noop <"$work/items" >"$work/told" || return
	jq -cs "$words"'[.[] | select(kind == "set" and
		segments[8:] != ["NS", "@"] and (.type | split("/")[-1] | written) and
		(.properties | keys | any(test("Records?$"; "i"))) and
		.properties.targetResource.id == null and
		.properties.trafficManagementProfile.id == null)]' "$work/items" >"$work/sets"
	jq -c '.[]' "$work/sets" | again >"$work/again"
	jq -cS "$words"'.[] | {method: "PUT", path: (.id | ascii_downcase),
		content: (.properties | content)}' "$work/sets" | sort -u >"$work/wanted"
	cmp -s "$work/again" "$work/wanted" || return
	jq -rs --slurpfile told "$work/told" --slurpfile sets "$work/sets" "$words"'
		(map(select(kind == "zone")) | length) as $zones
		| (map(select(kind == "set")) | length) as $all
		| ($told | map(select(.type == "ZONE")) | length) as $said
		| ($told | map(select(.type == "ADDED")) | length) as $records
		| ($told | map(select(.have.opaque)) | length) as $opaque
		| if $zones != $said or $all != $records then error("not all told")
		  else "\($zones) zones, \($sets[0] | length) sets, \($opaque) opaque, \(length - $zones - $all) passed over" end' \
		"$work/items"
}

# The request of a record set, if it is one that azdns sends.
request() {
	if jq -e "$words"'.parameters | .relativeRecordSetName != null and
			(.recordType | written) and
			[.recordType, .relativeRecordSetName] != ["NS", "@"]' \
		"$1" >/dev/null; then
		jq -c '.parameters | {id: ("/subscriptions/\(.subscriptionId)/resourceGroups/\(.resourceGroupName)"
				+ "/providers/Microsoft.Network/"
				+ (if .privateZoneName then "privateDnsZones/\(.privateZoneName)"
				   else "dnsZones/\(.zoneName)" end)
				+ "/\(.recordType)/\(.relativeRecordSetName)"),
			name: .relativeRecordSetName, type: .recordType,
			properties: .parameters.properties}' "$1" >"$work/set"
		if jq -e "$words"'.properties // {} | content | has("ttl") and
			(keys | any(test("records?$")))' "$work/set" >/dev/null; then
			jq -cS "$words"'{method: "PUT", path: (.id | ascii_downcase),
				content: (.properties | content)}' "$work/set" >"$work/wanted"
			again <"$work/set" >"$work/again"
			cmp -s "$work/again" "$work/wanted" && echo "PUT"
			return
		elif jq -e '.parameters.parameters == null and .responses["204"] != null' "$1" >/dev/null; then
			jq -c '{type: "DELETE", zone: (.id | split("/")[:9] | join("/")),
				dnsName: "\(.name).\(.id | split("/")[8])", recordType: .type,
				have: {targets: ["one"], etag: "e1"}}' "$work/set" |
				"$apply" --encode --registry=noop --provider="$provider" |
				jq -e --slurpfile set "$work/set" '.method == "DELETE" and
					(.url | split("?")[0] | ascii_downcase) == ($set[0].id | ascii_downcase)' \
					>/dev/null && echo "DELETE"
			return
		fi
	fi
	echo "not sent"
}

find "$1" -name '*.json' | sort >"$work/files"
while IFS= read -r file; do
	provider=azure
	! grep -q '"privateZoneName"\|/privateDnsZones/' "$file" || provider=azure-private-dns
	sent=
	if told=$(answers "$file" 2>&1) && sent=$(request "$file" 2>&1); then
		echo "ok $file: answers: $told; request: $sent"
		passed=$((passed + 1))
	else
		echo "not ok $file: $told $sent"
		failed=$((failed + 1))
	fi
done <"$work/files"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
