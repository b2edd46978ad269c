load helpers
load arm

# azure-sim: what the DNS services do with record sets. Each test is a row of
# the checklist in tests/sim/README.md.

@test "a new set answers 201, an existing one 200, both with the body" {
	put www A "$(address 20.0.0.1)"
	answered 201 '.properties.ARecords == [{ipv4Address: "20.0.0.1"}]'
	put www A "$(address 20.0.0.1)"
	answered 200 '.properties.provisioningState == "Succeeded"'
}

@test "a missing set answers 404, flat, with Azure's sentence" {
	arm GET "$WWW"
	answered 404 '. == {code: "NotFound", message: "The resource record '\''www'\'' does not exist in resource group '\''rg'\'' of subscription '\''00000000-0000-0000-0000-000000000000'\''."}'
	[ -z "$(header x-ms-failure-cause)" ]
}

@test "path segments are compared without case, answers spell canonically" {
	put www A "$(address 20.0.0.1)"
	arm GET "${PUBLIC,,}/EXAMPLE.COM/a/WWW"
	answered 200 '.type == "Microsoft.Network/dnszones/A" and
		(.id | contains("/resourceGroups/rg/providers/Microsoft.Network/dnszones/example.com/A/www"))'
	arm GET "${PRIVATE,,}/corp.internal/soa/@"
	answered 200 '.type == "Microsoft.Network/privateDnsZones/SOA"'
}

@test "the service escapes slashes, the gateway does not" {
	put www A "$(address 20.0.0.1)"
	grep -qF 'Microsoft.Network\/dnszones\/A' "$BODY"
	arm GET "$PUBLIC/absent.test"
	grep -qF 'Microsoft.Network/dnsZones/absent.test' "$BODY"
}

@test "fqdn ends in a dot and is the zone itself at the apex" {
	arm GET "$PUBLIC/example.com/SOA/@"
	answered 200 '.properties.fqdn == "example.com."'
	put www A "$(address 20.0.0.1)"
	answered 201 '.properties.fqdn == "www.example.com."'
}

@test "every write makes a new etag, its header is unquoted" {
	put www A "$(address 20.0.0.1)"
	local first
	first=$(jq -r .etag "$BODY")
	[ "$(header ETag)" = "$first" ]
	put www A "$(address 20.0.0.1)"
	[ "$(header ETag)" != "$first" ]
}

@test "a stale or senseless If-Match is 412, flat" {
	put www A "$(address 20.0.0.1)"
	put www A "$(address 20.0.0.2)" -H 'If-Match: dummy'
	says 412 PreconditionFailed \
		'The Record set www has been modified (etag mismatch).'
	answered 412 'has("error") | not'
}

@test "If-None-Match: * on an existing set is 412" {
	put www A "$(address 20.0.0.1)"
	put www A "$(address 20.0.0.1)" -H 'If-None-Match: *'
	says 412 PreconditionFailed \
		'The Record set www exists already and hence cannot be created again.'
}

@test "If-None-Match with anything but * is ignored" {
	put www A "$(address 20.0.0.1)"
	put www A "$(address 20.0.0.1)" -H 'If-None-Match: x'
	answered 200
}

@test "If-Match: * needs the set to exist" {
	put www A "$(address 20.0.0.1)" -H 'If-Match: *'
	answered 412
	put www A "$(address 20.0.0.1)"
	put www A "$(address 20.0.0.1)" -H 'If-Match: *'
	answered 200
}

@test "an etag in the body decides nothing" {
	put www A "$(address 20.0.0.1)"
	arm PUT "$WWW" "{\"etag\":\"stale\",\"properties\":$(address 20.0.0.2)}"
	answered 200
}

@test "PUT replaces all: metadata and records vanish when left out" {
	put www A "$(address 20.0.0.1 | jq -c '.metadata = {a: "b"}')"
	answered 201 '.properties.metadata == {a: "b"}'
	put www A '{"TTL":60}'
	answered 200 '(.properties | has("metadata") | not) and
		.properties.ARecords == []'
}

@test "PUT with a TTL alone makes an empty set, of a CNAME without member" {
	put www A '{"TTL":3600}'
	answered 201 '.properties.ARecords == []'
	put alias CNAME '{"TTL":3600}'
	answered 201 '.properties | has("CNAMERecord") | not'
}

@test "PUT without TTL is refused in general words" {
	put www A '{"ARecords":[]}'
	says 400 BadRequest 'The request was invalid.'
}

@test "PATCH merges, and empty metadata stays as an empty object" {
	put www A "$(address 20.0.0.1 | jq -c '.metadata = {a: "b"}')"
	arm PATCH "$WWW" '{"properties":{"TTL":60}}'
	answered 200 '.properties.TTL == 60 and .properties.metadata == {a: "b"}
		and (.properties.ARecords | length) == 1'
	arm PATCH "$WWW" '{"properties":{"metadata":{}}}'
	answered 200 '.properties.metadata == {}'
}

@test "DELETE answers 200 without body, a second time 204" {
	put www A "$(address 20.0.0.1)"
	arm DELETE "$WWW"
	answered 200
	[ ! -s "$BODY" ]
	arm DELETE "$WWW"
	answered 204
}

@test "DELETE honours If-Match; on nothing it is a switch" {
	put www A "$(address 20.0.0.1)"
	arm DELETE "$WWW" '' -H 'If-Match: stale'
	answered 412
	arm DELETE "$WWW" '' -H "If-Match: $(curl -s "$azure_sim_url/_control/state" |
		jq -r '.zones[].recordSets[] | select(.name == "www").etag')"
	answered 200
	arm DELETE "$WWW" '' -H 'If-Match: stale'
	answered 412
	control switches '{"delete-missing-status":204}'
	arm DELETE "$WWW" '' -H 'If-Match: stale'
	answered 204
}

@test "the apex NS and SOA stay, and SOA lives nowhere else" {
	arm DELETE "$PUBLIC/example.com/NS/@"
	says 400 BadRequest 'cannot be deleted'
	arm DELETE "$PUBLIC/example.com/SOA/@"
	says 400 BadRequest 'cannot be deleted'
	arm DELETE "$PRIVATE/corp.internal/SOA/@"
	says 400 BadRequest 'cannot be deleted'
	put www SOA '{"TTL":60,"SOARecord":{"host":"a.test"}}'
	answered 400
	control switches '{"apex-delete-status":409}'
	arm DELETE "$PUBLIC/example.com/NS/@"
	says 409 Conflict 'cannot be deleted'
}

@test "the apex NS keeps Azure's servers, and takes others beside them" {
	local servers
	put @ NS '{"TTL":60,"NSRecords":[{"nsdname":"ns1.else.test"}]}'
	answered 400
	arm GET "$PUBLIC/example.com/NS/@"
	servers=$(jq -c '.properties.NSRecords[0] as $one | [range(4) | $one]' "$BODY")
	put @ NS "{\"TTL\":60,\"NSRecords\":$servers}"
	answered 400
	arm GET "$PUBLIC/example.com/NS/@"
	servers=$(jq -c '.properties.NSRecords + [{nsdname: "ns1.else.test"}]' "$BODY")
	put @ NS "{\"TTL\":60,\"NSRecords\":$servers}"
	answered 200 '.properties.TTL == 60 and (.properties.NSRecords | length) == 5'
}

@test "SOA: host stays; a public serial is stored as sent, a private one is 1" {
	local soa
	arm GET "$PUBLIC/example.com/SOA/@"
	soa=$(jq -c '.properties.SOARecord' "$BODY")
	put @ SOA "{\"TTL\":60,\"SOARecord\":$(jq -c '.serialNumber = 123' <<<"$soa")}"
	answered 200 '.properties.SOARecord.serialNumber == 123'
	put @ SOA "{\"TTL\":60,\"SOARecord\":$(jq -c '.host = "x.test"' <<<"$soa")}"
	answered 400
	arm GET "$PRIVATE/corp.internal/SOA/@"
	soa=$(jq -c '.properties.soaRecord | .serialNumber = 5' "$BODY")
	arm PUT "$PRIVATE/corp.internal/SOA/@" \
		"{\"properties\":{\"ttl\":60,\"soaRecord\":$soa}}"
	answered 200 '.properties.soaRecord.serialNumber == 1 and
		.properties.soaRecord.minimumTtl == 10'
}

@test "a CNAME and another type exclude each other, in two texts" {
	put www A "$(address 20.0.0.1)"
	put www CNAME '{"TTL":60,"CNAMERecord":{"cname":"a.test"}}'
	says 409 Conflict 'The CNAME record could not be created because another record with the same name already exists in this zone.'
	put alias CNAME '{"TTL":60,"CNAMERecord":{"cname":"a.test"}}'
	put alias TXT '{"TTL":60,"TXTRecords":[{"value":["x"]}]}'
	says 409 Conflict 'The record could not be created because a CNAME record with the same name already exists in this zone.'
}

@test "no CNAME at the apex (status by switch), but an alias" {
	local cname='{"TTL":60,"CNAMERecord":{"cname":"a.test"}}'
	put @ CNAME "$cname"
	answered 409
	control switches '{"apex-cname-status":400}'
	put @ CNAME "$cname"
	answered 400
	put @ A "{\"TTL\":60,\"targetResource\":{\"id\":\"$GROUP/providers/Microsoft.Network/publicIPAddresses/ip\"}}"
	answered 201
}

@test "a bad address is refused by name" {
	put www A "$(address 20.0.0.256)"
	says 400 BadRequest "The provided ip address '20.0.0.256' is not valid."
	put www AAAA '{"TTL":60,"AAAARecords":[{"ipv6Address":"20.0.0.1"}]}'
	says 400 BadRequest "The provided ip address '20.0.0.1' is not valid."
}

@test "a bad host name is refused by name" {
	put www CNAME '{"TTL":60,"CNAMERecord":{"cname":"\"a\".test"}}'
	says 400 BadRequest 'is invalid.'
	put www MX '{"TTL":60,"MXRecords":[{"preference":0,"exchange":"."}]}'
	says 400 BadRequest "The domain name '.' is invalid."
}

@test "a TXT string ends at 255, a TXT set at 4096 or 1024 characters" {
	local string records
	string=$(printf 'x%.0s' {1..255})
	put t TXT "{\"TTL\":60,\"TXTRecords\":[{\"value\":[\"${string}y\"]}]}"
	says 400 BadRequest "The value 'xxx"
	records=$(jq -cn --arg s "$string" '[range(16) | {value: [$s]}]')
	put t TXT "{\"TTL\":60,\"TXTRecords\":$records}"
	answered 201
	records=$(jq -cn --arg s "$string" '[range(17) | {value: [$s]}]')
	put t TXT "{\"TTL\":60,\"TXTRecords\":$records}"
	says 400 BadRequest 'The combined length of all TXT records in a record set may not exceed 4096 characters.'
	control switches '{"txt-total-max":1024}'
	put u TXT "{\"TTL\":60,\"TXTRecords\":$(jq -c '.[:5]' <<<"$records")}"
	says 400 BadRequest 'may not exceed 1024 characters.'
}

@test "TXT is stored byte for byte, its cuts as sent; an empty one refused" {
	put t TXT '{"TTL":60,"TXTRecords":[{"value":["a\\;b","\"c\""]}]}'
	answered 201 '.properties.TXTRecords == [{value: ["a\\;b", "\"c\""]}]'
	put t TXT '{"TTL":60,"TXTRecords":[{"value":[""]}]}'
	answered 400
}

@test "the 21st record is refused: 400 or 409 in public, 409 in private zones" {
	local many
	many=$(address $(seq -f 20.0.0.%g 21))
	put www A "$many"
	answered 400
	control switches '{"records-max-status":409}'
	put www A "$many"
	answered 409
	arm PUT "$PRIVATE/corp.internal/A/www" "{\"properties\":$many}"
	answered 409
	put www A "$(address $(seq -f 20.0.0.%g 20))"
	answered 201
}

@test "TTL 0 is taken, one above 2147483647 is not" {
	put www A '{"TTL":0}'
	answered 201 '.properties.TTL == 0'
	put www A '{"TTL":2147483647}'
	answered 200
	put www A '{"TTL":2147483648}'
	answered 400
	put www A '{"TTL":-1}'
	answered 400
}

@test "a wildcard is a whole first label, of any type but NS and SOA" {
	put '*' A "$(address 20.0.0.1)"
	answered 201 '.properties.fqdn == "*.example.com."'
	put '*.x' TXT '{"TTL":60,"TXTRecords":[{"value":["x"]}]}'
	answered 201
	put 'a.*' A "$(address 20.0.0.1)"
	says 400 BadRequest "The domain name 'a.*.example.com' is invalid."
	put '*x' A "$(address 20.0.0.1)"
	answered 400
	put '*' NS '{"TTL":60,"NSRecords":[{"nsdname":"ns.test"}]}'
	answered 400
}

@test "labels end at 63 bytes, underscores are fine, empty labels are not" {
	put "$(printf 'x%.0s' {1..64})" A "$(address 20.0.0.1)"
	answered 400
	put _sip._tcp SRV '{"TTL":60,"SRVRecords":[{"priority":1,"weight":1,"port":1,"target":"a"}]}'
	answered 201
	put a..b A "$(address 20.0.0.1)"
	answered 400
}

@test "targets, odd CAA tags and private addresses are stored as sent" {
	put c CNAME '{"TTL":60,"CNAMERecord":{"cname":"Contoso.com."}}'
	answered 201 '.properties.CNAMERecord.cname == "Contoso.com."'
	put d CNAME '{"TTL":60,"CNAMERecord":{"cname":"mycname"}}'
	answered 201
	put a CAA '{"TTL":60,"caaRecords":[{"flags":45,"tag":"tag56","value":"foo"}]}'
	answered 201 '.properties.caaRecords[0].tag == "tag56"'
	put p A "$(address 10.0.0.10 0.1.2.3)"
	answered 201
	put v AAAA '{"TTL":60,"AAAARecords":[{"ipv6Address":"2001:DB8:0::1"}]}'
	answered 201 '.properties.AAAARecords[0].ipv6Address == "2001:DB8:0::1"'
	control switches '{"ipv6-canonical":1}'
	put v AAAA '{"TTL":60,"AAAARecords":[{"ipv6Address":"2001:DB8:0::1"}]}'
	answered 200 '.properties.AAAARecords[0].ipv6Address == "2001:db8::1"'
}

@test "an alias has no records member, the TTL of its profile, {} when unused" {
	local id=$GROUP/providers/Microsoft.Network/trafficManagerProfiles/tm
	put tm A "{\"TTL\":3600,\"targetResource\":{\"id\":\"$id\"}}"
	answered 201 '(.properties | has("ARecords") | not) and
		.properties.TTL == 30 and
		(.properties.targetResource.id | endswith("/tm"))'
	put tm A "$(address 20.0.0.1)"
	answered 200 '.properties.targetResource == {}'
	put tm MX "{\"TTL\":3600,\"targetResource\":{\"id\":\"$id\"}}"
	answered 400
}

@test "a traffic management profile takes the place of records, in the preview" {
	local body
	body="{\"properties\":{\"TTL\":60,\"trafficManagementProfile\":{\"id\":\"$GROUP/providers/Microsoft.Network/trafficManagerProfiles/tm\"}}}"
	VERSION=2023-07-01-preview arm PUT "$WWW" "$body"
	answered 201 '.properties | .TTL == 60 and (has("ARecords") | not) and
		.targetResource == {} and (.trafficManagementProfile.id | endswith("/tm"))'
	VERSION=2023-07-01-preview arm PATCH "$WWW" '{"properties":{"TTL":90}}'
	answered 200 '.properties | .TTL == 90 and (.trafficManagementProfile.id | endswith("/tm"))'
	arm GET "$WWW"
	answered 200 '.properties | has("trafficManagementProfile") | not'
}

@test "an alias to a set of the zone: same type, existing, no alias, not apex" {
	local sets=$PUBLIC/example.com
	put www A "$(address 20.0.0.1)"
	put one A "{\"TTL\":60,\"targetResource\":{\"id\":\"$sets/A/www\"}}"
	answered 201
	put two A "{\"TTL\":60,\"targetResource\":{\"id\":\"$sets/A/one\"}}"
	answered 400
	put two AAAA "{\"TTL\":60,\"targetResource\":{\"id\":\"$sets/A/www\"}}"
	answered 400
	put two A "{\"TTL\":60,\"targetResource\":{\"id\":\"$sets/A/@\"}}"
	answered 400
}

@test "the 21st alias of a target is refused in general words" {
	local body="{\"TTL\":60,\"targetResource\":{\"id\":\"$GROUP/providers/Microsoft.Network/publicIPAddresses/ip\"}}" i
	for i in {1..20}; do
		put "alias$i" A "$body"
		answered 201
	done
	put alias21 A "$body"
	says 400 BadRequest 'The request was invalid.'
	put alias20 A "$body"
	answered 200
}

@test "metadata: 15 pairs; a key with a blank is taken and not stored" {
	local pairs
	pairs=$(jq -cn '[range(15) | {("k\(.)"): "v"}] | add')
	put www A "{\"TTL\":60,\"metadata\":$pairs}"
	answered 201 '.properties.metadata | length == 15'
	put www A "{\"TTL\":60,\"metadata\":$(jq -c '.x = "y"' <<<"$pairs")}"
	answered 400
	put www A '{"TTL":60,"metadata":{"a b":"c","d":"e"}}'
	answered 200 '.properties.metadata == {d: "e"}'
}

@test "private sets have other members and tell of autoregistration" {
	arm PUT "$PRIVATE/corp.internal/A/db" \
		'{"properties":{"ttl":10,"aRecords":[{"ipv4Address":"10.0.0.1"}]}}'
	answered 201 '.properties | .isAutoRegistered == false and .ttl == 10 and
		.aRecords == [{ipv4Address: "10.0.0.1"}] and
		(has("provisioningState") | not)'
	arm PUT "$PRIVATE/corp.internal/NS/db" '{"properties":{"ttl":10}}'
	answered 404
}

@test "an autoregistered set refuses every write" {
	arm_reset "$(jq -cn --arg id "$PRIVATE/corp.internal" '{zones: [{id: $id,
		recordSets: [{name: "vm", type: "x/A", properties: {ttl: 10,
		aRecords: [{ipv4Address: "10.0.0.4"}], isAutoRegistered: true}}]}]}')"
	arm PUT "$PRIVATE/corp.internal/A/vm" '{"properties":{"ttl":10}}'
	answered 409
	arm DELETE "$PRIVATE/corp.internal/A/vm"
	answered 409
	arm GET "$PRIVATE/corp.internal/A/vm"
	answered 200 '.properties.isAutoRegistered'
}

@test "types of the preview need its api-version and hide from the older" {
	local ds='{"properties":{"TTL":60,"DSRecords":[{"keyTag":1,"algorithm":8,"digest":{"algorithmType":2,"value":"AB"}}]}}'
	arm PUT "$PUBLIC/example.com/DS/sub" "$ds"
	answered 404 '.error.code == "InvalidResourceType"'
	VERSION=2023-07-01-preview arm PUT "$PUBLIC/example.com/DS/sub" "$ds"
	answered 201 '.properties | has("trafficManagementProfile")'
	arm GET "$PUBLIC/example.com/all"
	answered 200 '[.value[] | select(.name == "sub")] | length == 0'
	VERSION=2023-07-01-preview arm GET "$PUBLIC/example.com/all"
	answered 200 '[.value[] | select(.name == "sub")] | length == 1'
}

@test "names keep their case, or are folded by switch" {
	put WwW A "$(address 20.0.0.1)"
	answered 201 '.name == "WwW"'
	control switches '{"fold-names":1}'
	put MiX A "$(address 20.0.0.1)"
	answered 201 '.name == "mix"'
}
