load helpers
load arm

# azure-sim: ARM's front end, lists and zones. Each test is a
# row of the checklist in tests/sim/README.md.

# names: the relative names and types of the listed sets.
names() {
	jq -r '[.value[] | "\(.name):\(.type | split("/")[-1])"] | join(" ")' "$BODY"
}

# --- the front end ---

@test "without api-version: 400 MissingApiVersionParameter" {
	ask GET "$azure_sim_url$PUBLIC" -H "Authorization: Bearer $TOKEN"
	says 400 MissingApiVersionParameter \
		'The api-version query parameter (?api-version=) is required for all requests.'
}

@test "an unknown api-version or type is refused by name" {
	VERSION=2099-01-01 arm GET "$PUBLIC"
	says 400 NoRegisteredProviderFound "'2099-01-01' for type 'dnsZones'"
	VERSION=latest arm GET "$PUBLIC"
	answered 400 '.error.code == "InvalidApiVersionParameter"'
	arm GET "$PUBLIC/example.com/HINFO/www"
	says 404 InvalidResourceType "for api version '2018-05-01'"
}

@test "no token, a garbled and an expired one: 401 and WWW-Authenticate" {
	ask GET "$azure_sim_url$WWW?api-version=2018-05-01"
	answered 401 '.error.code == "AuthenticationFailed"'
	[[ "$(header WWW-Authenticate)" == Bearer* ]]
	ask GET "$azure_sim_url$WWW?api-version=2018-05-01" -H "Authorization: Bearer $TOKEN-x"
	says 401 InvalidAuthenticationToken 'The access token is invalid.'
	[[ "$(header WWW-Authenticate)" == *'error="invalid_token"'* ]]
}

@test "an expired token is refused with both times in the text" {
	control switches '{"token-life-s":0}'
	arm_token "$TENANT" client_id=app client_secret=right
	TOKEN=$(jq -r .access_token "$BODY")
	arm GET "$WWW"
	says 401 ExpiredAuthenticationToken 'is earlier than current UTC time'
	answered 401 '.error.message | test("expiry UTC time .[0-9]+/[0-9]+/20.*current UTC time .[0-9]+/[0-9]+/20")'
	[[ "$(header WWW-Authenticate)" == *'error="invalid_token"'* ]]
}

@test "a token for another audience is refused" {
	arm_token "$TENANT" client_id=app client_secret=right \
		scope=https://vault.azure.net/.default
	TOKEN=$(jq -r .access_token "$BODY")
	arm GET "$WWW"
	answered 401 '.error.code == "InvalidAuthenticationToken"'
}

@test "a token of another tenant than the subscription's is refused" {
	arm_reset "{\"subscriptions\":[{\"id\":\"$SUBSCRIPTION\",\"tenantId\":\"other\"}]}"
	arm GET "$PUBLIC"
	says 401 InvalidAuthenticationTokenTenant "It must match the tenant 'https://sts.windows.net/other/'"
}

@test "a claims challenge is lifted only by a token asked for with claims" {
	local claims
	curl -sf -d '{"challenge":true}' "$azure_sim_url/_control/revoke"
	arm GET "$PUBLIC"
	answered 401
	claims=$(header WWW-Authenticate | sed 's/.*claims="\([^"]*\)".*/\1/' | base64 -d)
	jq -e .access_token.nbf.essential <<<"$claims"
	arm_token "$TENANT" client_id=app client_secret=right
	TOKEN=$(jq -r .access_token "$BODY")
	arm GET "$PUBLIC"
	answered 401
	arm_token "$TENANT" client_id=app client_secret=right "claims=$claims"
	TOKEN=$(jq -r .access_token "$BODY")
	arm GET "$PUBLIC"
	answered 200
}

directory() {
	jq -cn --arg tenant "$TENANT" --arg zone "$PUBLIC/example.com" '{
		tenants: [{id: $tenant, applications: [
			{clientId: "app", objectId: "oid", secrets: ["right"]}]}],
		roles: [{principal: "oid", scope: $zone, role: "DNS Zone Contributor"}]}'
}

@test "without a role: 403 naming client, action and scope, for missing sets too" {
	arm_reset "$(directory)"
	arm GET "$WWW"
	answered 404
	arm GET "$PUBLIC/other.test/TXT/absent"
	says 403 AuthorizationFailed "with object id 'oid' does not have authorization to perform action 'Microsoft.Network/dnszones/TXT/read' over scope '$PUBLIC/other.test/TXT/absent' or the scope is invalid."
	arm GET "$PRIVATE/corp.internal/all"
	answered 403
}

@test "a Reader lists and may not write" {
	arm_reset "$(directory | jq -c '.roles[0].role = "Reader"')"
	arm GET "$PUBLIC/example.com/all"
	answered 200
	put www A '{"TTL":60}'
	says 403 AuthorizationFailed 'Microsoft.Network/dnszones/A/write'
}

@test "a role granted recently counts after a while" {
	control switches '{"grant-after":2}'
	arm_reset "$(jq -cn '{switches: {"grant-after": 2}}')"
	arm GET "$PUBLIC"
	arm GET "$PUBLIC"
	answered 403
	arm GET "$PUBLIC"
	answered 200
}

@test "an unknown subscription or group: 404 by its own code" {
	arm GET /subscriptions/nowhere/resourceGroups/rg/providers/Microsoft.Network/dnsZones
	says 404 SubscriptionNotFound "The subscription 'nowhere' could not be found."
	arm GET "/subscriptions/$SUBSCRIPTION/resourceGroups/none/providers/Microsoft.Network/dnsZones"
	says 404 ResourceGroupNotFound "Resource group 'none' could not be found."
}

@test "a lock on the scope: 409 ScopeLocked, reading goes on" {
	arm_reset "{\"locks\":[\"$PUBLIC/example.com\"]}"
	put www A '{"TTL":60}'
	says 409 ScopeLocked "$PUBLIC/example.com"
	arm GET "$PUBLIC/example.com/all"
	answered 200
}

@test "a missing zone: 404 wrapped, x-ms-failure-cause: gateway" {
	arm GET "$PUBLIC/absent.test"
	says 404 ResourceNotFound "The Resource 'Microsoft.Network/dnsZones/absent.test' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
	[ "$(header x-ms-failure-cause)" = gateway ]
}

@test "a set of a missing zone: ParentResourceNotFound in either text" {
	arm PUT "$PUBLIC/absent.test/A/www" '{"properties":{"TTL":60}}'
	says 404 ParentResourceNotFound "Failed to perform 'write' on resource(s) of type 'dnszones/A', because the parent resource '$PUBLIC/absent.test' could not be found."
	control switches '{"parent-text-old":1}'
	arm GET "$PUBLIC/absent.test/all"
	says 404 ParentResourceNotFound "Can not perform requested operation on nested resource. Parent resource 'absent.test' not found."
}

@test "a body that is no JSON: 400 InvalidRequestContent" {
	arm PUT "$WWW" '{broken'
	answered 400 '.error.code == "InvalidRequestContent"'
}

@test "every answer carries request ids, the client's own when asked" {
	arm GET "$PUBLIC" '' -H 'x-ms-client-request-id: mine' \
		-H 'x-ms-return-client-request-id: true'
	[ -n "$(header x-ms-request-id)" ]
	[ -n "$(header x-ms-correlation-request-id)" ]
	[ -n "$(header x-ms-routing-request-id)" ]
	[ "$(header x-ms-client-request-id)" = mine ]
}

@test "answers are chunked, and gzip for those who take it" {
	arm GET "$PUBLIC/example.com/all"
	[ "$(header Transfer-Encoding)" = chunked ]
	[ -z "$(header Content-Length)" ]
	arm GET "$PUBLIC/example.com/all" '' --compressed
	[ "$(header Content-Encoding)" = gzip ]
	answered 200 '.value | length == 2'
}

# --- lists ---

@test "a page holds 100 entries; \$top counts up to a maximum" {
	fill A $(seq -f 'n%03g' 105)
	arm GET "$PUBLIC/example.com/all"
	answered 200 '(.value | length) == 100 and has("nextLink")'
	arm GET "$PUBLIC/example.com/recordsets?\$top=7"
	answered 200 '.value | length == 7'
	arm GET "$PUBLIC/example.com/all?\$top=1000"
	answered 200 '(.value | length) == 107 and (has("nextLink") | not)'
	control switches '{"page-max":50}'
	arm GET "$PUBLIC/example.com/all?\$top=1000"
	answered 200 '.value | length == 50'
}

@test "nextLink is absolute, spells dnszones, and ends the list by its absence" {
	fill A a b c
	arm GET "$PUBLIC/example.com/A?\$top=2"
	answered 200 '.nextLink | contains("/dnszones/example.com/A?api-version=2018-05-01")
		and contains("$skipToken=")'
	ask GET "$(jq -r .nextLink "$BODY")" -H "Authorization: Bearer $TOKEN"
	answered 200 '(has("nextLink") | not) and .value[0].name == "c"'
	ask GET "$azure_sim_url$PUBLIC/example.com/A?api-version=2018-05-01&\$top=3" \
		-H "Authorization: Bearer $TOKEN"
	answered 200 '(.value | length) == 3 and (has("nextLink") | not)'
}

@test "nextLink has :443 where the client named no port" {
	fill A a b c
	arm GET "$PUBLIC/example.com/A?\$top=2" '' -H 'Host: management.azure.com'
	answered 200 '.nextLink | startswith("https://management.azure.com:443/")'
}

@test "zones are listed by group, then name; the token names the last one" {
	local link
	arm_reset "$(jq -cn --arg g "/subscriptions/$SUBSCRIPTION/resourceGroups" '{zones:
		[["b", "a.test"], ["a", "z.test"], ["b", "m.test"]] | map({id:
		"\($g)/\(.[0])/providers/Microsoft.Network/dnsZones/\(.[1])"})}')"
	arm GET "/subscriptions/$SUBSCRIPTION/providers/Microsoft.Network/dnszones?\$top=2"
	answered 200 '[.value[].name] == ["z.test", "a.test"]'
	link=$(jq -r .nextLink "$BODY")
	[ "$(base64 -d <<<"${link##*skipToken=}==" 2>/dev/null)" = b/zones/a.test ]
	ask GET "$link" -H "Authorization: Bearer $TOKEN"
	answered 200 '[.value[].name] == ["m.test"]'
}

@test "public sets: apex, then labels from the right, then type" {
	fill A 160.1 160.2 200 160.3 a2 aa '*' _x sub test.sub
	fill TXT @ sub
	arm GET "$PUBLIC/example.com/all"
	[ "$(names)" = "@:NS @:SOA @:TXT *:A 160.1:A 160.2:A 200:A 160.3:A _x:A a2:A aa:A sub:A sub:TXT test.sub:A" ]
}

@test "private sets: the apex sorts as the character it is" {
	local name
	for name in '*' 9 _x a; do
		arm PUT "$PRIVATE/corp.internal/A/$name" '{"properties":{"ttl":60}}'
		answered 201
	done
	arm GET "$PRIVATE/corp.internal/ALL"
	[ "$(names)" = "*:A 9:A @:SOA _x:A a:A" ]
}

@test "\$recordsetnamesuffix keeps the names below it" {
	fill A sub a.sub b.a.sub asub
	arm GET "$PUBLIC/example.com/all?\$recordsetnamesuffix=sub"
	[ "$(names)" = "a.sub:A b.a.sub:A" ]
}

@test "a list during writes is no snapshot, torn by switch" {
	local link
	fill A b c d e
	arm GET "$PUBLIC/example.com/A?\$top=2"
	link=$(jq -r .nextLink "$BODY")
	fill A a
	ask GET "$link" -H "Authorization: Bearer $TOKEN"
	[ "$(names)" = "d:A e:A" ]
	control switches '{"torn-lists":1}'
	arm GET "$PUBLIC/example.com/A?\$top=2"
	link=$(jq -r .nextLink "$BODY")
	fill A 0
	ask GET "$link" -H "Authorization: Bearer $TOKEN"
	[[ "$(names)" == b:A* ]]
}

# --- zones ---

@test "a new public zone: 201, NS and SOA with Azure's values" {
	arm PUT "$PUBLIC/new.test" '{"location":"global"}'
	answered 201 '.properties | .numberOfRecordSets == 2 and
		.maxNumberOfRecordSets == 10000 and
		.maxNumberOfRecordsPerRecordSet == null and
		(.nameServers | length) == 4'
	arm PUT "$PUBLIC/new.test" '{"location":"global"}'
	answered 200
	arm GET "$PUBLIC/new.test/NS/@"
	answered 200 '.properties.TTL == 172800 and
		(.properties.NSRecords[0].nsdname | test("^ns1-0[0-9].azure-dns.com.$"))'
	arm GET "$PUBLIC/new.test/SOA/@"
	answered 200 '.properties.TTL == 3600 and (.properties.SOARecord |
		.email == "azuredns-hostmaster.microsoft.com" and .serialNumber == 1
		and .expireTime == 2419200 and .minimumTTL == 300)'
	arm PUT "$PUBLIC/none.test" '{}'
	answered 400 '.error.code == "LocationRequired"'
}

@test "numberOfRecordSets follows, and the quota holds" {
	fill A a b
	arm GET "$PUBLIC/example.com"
	answered 200 '.properties.numberOfRecordSets == 4'
	control switches '{"sets-max-public":4,"sets-max-private":1}'
	put c A '{"TTL":60}'
	answered 400
	put a A '{"TTL":60}'
	answered 200
	arm PUT "$PRIVATE/corp.internal/A/a" '{"properties":{"ttl":60}}'
	answered 400
}

# until_over URL: poll an operation.
until_over() {
	ask GET "$1" -H "Authorization: Bearer $TOKEN"
	while [ "$CODE" = 202 ]; do
		ask GET "$1" -H "Authorization: Bearer $TOKEN"
	done
}

# follow HEADER: poll the operation that the last answer names.
follow() {
	until_over "$(header "$1")"
}

@test "deleting a public zone: 202, then its status document" {
	arm DELETE "$PUBLIC/example.com"
	answered 202
	[[ "$(header Azure-AsyncOperation)" == *dnsOperationStatuses* ]]
	local url
	url=$(header Azure-AsyncOperation)
	ask GET "$url" -H "Authorization: Bearer $TOKEN"
	answered 202 '.status == "InProgress"'
	until_over "$url"
	answered 200 '.status == "Succeeded"'
	arm GET "$PUBLIC/example.com"
	answered 404
	arm DELETE "$PUBLIC/example.com"
	answered 204
}

@test "private zones and links: 202 {}, InProgress, Succeeded" {
	arm PUT "$PRIVATE/new.internal" '{"location":"global"}'
	answered 202 '. == {}'
	follow Azure-AsyncOperation
	answered 200 '.status == "Succeeded"'
	arm PUT "$PRIVATE/new.internal/virtualNetworkLinks/l" \
		'{"location":"global","properties":{"registrationEnabled":true,"virtualNetwork":{"id":"/x"}}}'
	answered 202
	follow Azure-AsyncOperation
	arm GET "$PRIVATE/new.internal"
	answered 200 '.properties | .numberOfVirtualNetworkLinksWithRegistration == 1
		and .maxNumberOfRecordSets == 25000 and .numberOfRecordSets == 1'
	arm GET "$PRIVATE/new.internal/virtualNetworkLinks/l"
	answered 200 '.properties.virtualNetworkLinkState == "Completed"'
	arm GET "$PRIVATE/new.internal/SOA/@"
	answered 200 '.properties.ttl == 3600 and .properties.soaRecord == {email:
		"azureprivatedns-host.microsoft.com", expireTime: 2419200,
		host: "azureprivatedns.net", minimumTtl: 10, refreshTime: 3600,
		retryTime: 300, serialNumber: 1}'
	local path
	for path in new.internal/virtualNetworkLinks/l new.internal; do
		arm DELETE "$PRIVATE/$path"
		answered 202 '. == {}'
		follow Azure-AsyncOperation
		answered 200 '.status == "Succeeded"'
		arm DELETE "$PRIVATE/$path"
		answered 204
	done
}

@test "a private zone's failed precondition is a Failed status with HTTP 200" {
	arm PUT "$PRIVATE/corp.internal" '{"location":"global"}' -H 'If-None-Match: *'
	answered 202
	follow Azure-AsyncOperation
	answered 200 '.status == "Failed" and .error.code == "PreconditionFailed"'
}

@test "the links to private operations are longer than 3 kB" {
	arm PUT "$PRIVATE/corp.internal" '{"location":"global"}'
	[ "$(header Azure-AsyncOperation | wc -c)" -gt 3000 ]
	follow Location
	answered 200
}
