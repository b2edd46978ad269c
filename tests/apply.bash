# apply -- azdns-apply against azure-sim: one cloud for each test, changes by
# hand, what was asked of it and what is left.

Z=/subscriptions/s1/resourcegroups/rg/providers/microsoft.network/dnszones/example.com
ME='external-dns/owner=me'
WEB='external-dns/resource=service/default/web'

setup() {
	start_cloud --zone=example.com
}

start_cloud() {
	start_sim azure-sim --subscription=s1 --resource-group=rg "$@"
	cat >"$BATS_TEST_TMPDIR/azure.json" <<-END
		{"tenantId": "t1", "subscriptionId": "s1", "resourceGroup": "rg",
		 "aadClientId": "c1", "aadClientSecret": "open sesame"}
	END
	export EXTERNAL_DNS_AZURE_CONFIG_FILE=$BATS_TEST_TMPDIR/azure.json
	export EXTERNAL_DNS_ARM_ENDPOINT=$azure_sim_url
	export EXTERNAL_DNS_AUTHORITY_HOST=$azure_sim_url
}

control() {
	curl -sS --fail-with-body --cacert "$SSL_CERT_FILE" \
		-X "$1" "$azure_sim_url/_control/${2#/}" ${3:+-d "$3"}
}

faults() {
	control PUT faults "{\"faults\":$1}" >/dev/null
}

# set_there TYPE NAME PROPERTIES: somebody wrote this record set.
set_there() {
	control PUT "$Z/$1/$2?api-version=2018-05-01" "{\"properties\":$3}" >/dev/null
}

txt_there() {
	set_there TXT "$1" "{\"TTL\":300,\"TXTRecords\":[{\"value\":[$2]}]}"
}

# The zone as lines `TYPE NAME VALUES`, without the apex sets of Azure.
zone() {
	control GET state | jq -r '.zones[].recordSets[]
		| select(.name != "@" or (.type | test("/(NS|SOA)$") | not))
		| [(.type | sub(".*/"; "")), .name,
		   (.properties | with_entries(.key |= ascii_downcase)
		     | [.arecords[]?.ipv4Address, .cnamerecord.cname?,
		     .aaaarecords[]?.ipv6Address, (.txtrecords[]?.value | add)]
		     | map(select(. != null)) | join(",")),
		   (.properties.metadata // empty | tojson)] | join(" ")' |
		LC_ALL=C sort
}

# apply_behind IN: in the background, until its input ends; sets apply_pid.
apply_behind() {
	local in=$1
	shift
	env ${CLOCK_SHIFT+LD_PRELOAD="$BATS_FILE_TMPDIR/clock-shift.so"} \
		"$BIN/azdns-apply" "$@" <"$in" >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- 9>&- &
	apply_pid=$!
	echo "$apply_pid" >>"$BATS_TEST_TMPDIR/pids"
}

# change TYPE NAME RTYPE MORE: one line of the changes stream.
change() {
	jq -cn --arg type "$1" --arg zone "$Z" --arg name "$2" --arg rtype "$3" \
		--argjson more "$4" '{$type, $zone, dnsName: $name,
		recordType: $rtype} + $more'
}

want() {
	jq -cn --arg t "$1" '{want: {targets: [$t], owner: "me",
		resource: "service/default/web"}}'
}

list() {
	"$BIN/azdns-apply" --list "$@" 2>"$BATS_TEST_TMPDIR/err"
}

# have NAME TYPE: what is listed of a key now.
have() {
	list | jq -c --arg n "$1" --arg t "$2" 'select(.type == "ADDED"
		and .dnsName == $n and .recordType == $t) | .have'
}

# apply OPTION...: the changes in the file `in`, results to the file `out`.
apply() {
	"$BIN/azdns-apply" "$@" <"$BATS_TEST_TMPDIR/in" \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err"
}

result() {
	jq -r 'select(.type == "RESULT") | "\(.dnsName) \(.status)"' \
		"$BATS_TEST_TMPDIR/out"
}

requests() {
	jq -r 'select(.path | test("dnsZones/[^/]+/")) | "\(.method) \(.path
		| sub(".*dnsZones/[^/]+/"; "")) \(.status)"' \
		"$BATS_TEST_TMPDIR/azure-sim/log"
}

# creates N TARGET: CREATE lines of n1.example.com ... nN.example.com.
creates() {
	jq -cn --arg zone "$Z" --arg target "$2" "range(1; $1 + 1)"'
		| {type: "CREATE", $zone, dnsName: "n\(.).example.com",
		   recordType: "A", want: {targets: [$target], owner: "me",
		   resource: "service/default/n\(.)"}}'
}

# update TYPE NAME TARGET: UPDATE of what is listed now to this target.
update() {
	change UPDATE "$2.example.com" "$1" "$(jq -n --argjson have \
		"$(have "$2.example.com" "$1")" --argjson want "$(want "$3")" \
		'{$have} + $want')"
}

# put_zone NAME...: further zones of the group.
put_zone() {
	local name group=${Z%/dnszones/*}
	for name in "$@"; do
		control PUT "$group/dnszones/$name?api-version=2018-05-01" \
			'{"location":"global"}' >/dev/null
	done
}

# foreign ROUND TYPE/NAME ADDRESS: another client's write by ARM, tried until
# it is accepted; what that client wrote in the round before must still be
# there. Its token is in foreign_token; what was lost goes to a file.
foreign() {
	local round=$1 url=$azure_sim_url$Z/$2?api-version=2018-05-01 seen
	local ask=(curl -sS --cacert "$SSL_CERT_FILE" -H "Authorization: Bearer $foreign_token")
	while [ "$round" -gt 1 ]; do
		seen=$("${ask[@]}" -f "$url" 2>/dev/null) || continue
		seen=$(jq -r '.properties.ARecords[0].ipv4Address' <<<"$seen")
		[ "$seen" = "9.9.$((round - 1)).$3" ] ||
			echo "$2: $seen in round $round" >>"$BATS_TEST_TMPDIR/overwritten"
		break
	done
	until "${ask[@]}" -f -X PUT -o "$BATS_TEST_TMPDIR/foreign.out" -d \
		"{\"properties\":{\"TTL\":60,\"ARecords\":[{\"ipv4Address\":\"9.9.$round.$3\"}]}}" \
		"$url" 2>/dev/null; do :; done
}
