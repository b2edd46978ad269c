load helpers
load apply

# azdns-apply and private zones: seven types, their own limits, and the records
# that virtual machines put there.

Z=/subscriptions/s1/resourcegroups/rg/providers/microsoft.network/privatednszones/corp.example

setup() {
	start_cloud --private-zone=corp.example
	export EXTERNAL_DNS_PROVIDER=azure-private-dns
}

@test "all seven types are created, changed and deleted with their marks" {
	jq -cn --arg zone "$Z" '{A: ["10.0.0.1"], AAAA: ["fd00::1"],
			CNAME: ["lb.example.net"], MX: ["10 mail.example.net"],
			PTR: ["host.example.net"], SRV: ["1 2 443 web.example.net"],
			TXT: ["a text"]} | to_entries[]
		| {type: "CREATE", $zone, dnsName: "n-\(.key | ascii_downcase).corp.example",
		   recordType: .key, want: {targets: .value, owner: "me",
		   resource: "service/default/web"}}' >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result | grep -c done)" = 7 ]
	diff <(list | jq -c 'select(.type == "ADDED" and .have.owner == "me")
			| [.dnsName, .recordType, .have.targets, .have.txt[0].current]') \
		<(jq -c '[.dnsName, .recordType, .want.targets, true]' "$BATS_TEST_TMPDIR/in" | sort)
	list | jq -c 'select(.have.owner == "me") | .type = "UPDATE"
		| .want = (.have | {targets, owner, resource, recordTTL: 60})' >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result | grep -c done)" = 7 ]
	[ "$(list | jq -c 'select(.have.owner == "me").have.recordTTL' | sort -u)" = 60 ]
	list | jq -c 'select(.have.owner == "me") | .type = "DELETE"' >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result | grep -c done)" = 7 ]
	[ -z "$(zone)" ]
}

@test "what private zones do not hold is refused before it is sent" {
	for type in CAA NS; do
		change CREATE "$type.corp.example" $type "$(want '0 issue ca.example')"
	done >"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$status" = 1 ]
	[ "$(jq -r .code "$BATS_TEST_TMPDIR/out" | sort -u)" = Refused ]
	[ "$(control GET requests | jq .writes)" = 0 ]
}

@test "a record that a virtual machine registered is told as opaque and left alone" {
	control PUT state "$(control GET state | jq '.zones[0].recordSets += [{name: "vm1",
		type: "Microsoft.Network/privateDnsZones/A", properties: {ttl: 10,
		isAutoRegistered: true, aRecords: [{ipv4Address: "10.0.0.4"}]}}]')" >/dev/null
	[ "$(have vm1.corp.example A | jq -r .opaque)" = autoregistered ]
	change DELETE vm1.corp.example A "{\"have\":$(have vm1.corp.example A)}" >"$BATS_TEST_TMPDIR/in"
	change CREATE vm1.corp.example A "$(want 10.0.0.9)" >>"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$status" = 1 ]
	[ "$(jq -r .status "$BATS_TEST_TMPDIR/out" | sort | xargs)" = 'conflict failed' ]
	[ "$(zone)" = 'A vm1 10.0.0.4' ]
}

# 60 writes a minute, creations and deletions together; here in six seconds.
@test "a private zone takes 60 writes a minute, and no request is refused" {
	control PUT switches '{"limits":1,"arm-limits":0,"time-percent":10}' >/dev/null
	creates 40 10.0.0.1 | sed 's/example.com/corp.example/' >"$BATS_TEST_TMPDIR/in"
	apply --azure-quota-share=1000
	[ "$(result | grep -c done)" = 40 ]
	[ "$(control GET requests | jq -c '[.writes, .throttled]')" = '[80,0]' ]
	# The 61st write had to wait until the first fell out of the window.
	jq -es '[.[] | select(.method == "PUT" and .status == 201).time]
		| .[60] - .[0] >= 6000' "$BATS_TEST_TMPDIR/azure-sim/log"
}

@test "a public zone of the same name is not touched" {
	control PUT "subscriptions/s1/resourcegroups/rg/providers/microsoft.network/dnszones/corp.example?api-version=2018-05-01" \
		'{"location":"global"}' >/dev/null
	list >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r 'select(.type == "ZONE") | "\(.zone) \(.visibility)"' "$BATS_TEST_TMPDIR/out")" = "$Z private" ]
	change CREATE web.corp.example A "$(want 10.0.0.1)" |
		sed s/privatednszones/dnszones/ >"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$(jq -r .code "$BATS_TEST_TMPDIR/out")" = Refused ]
}
