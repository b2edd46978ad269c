load helpers

TENANT=11111111-1111-1111-1111-111111111111
CLIENT=22222222-2222-2222-2222-222222222222
OBJECT=33333333-3333-3333-3333-333333333333
SUBSCRIPTION=00000000-0000-0000-0000-000000000000
GROUP=/subscriptions/$SUBSCRIPTION/resourceGroups/rg-azure-dns
ISSUER=https://oidc.example/cluster/
SUBJECT=system:serviceaccount:kube-system:external-dns

# One key and certificate for all tests.
setup_file() (
	cd "$BATS_FILE_TMPDIR" || return
	for name in good other; do
		openssl req -x509 -newkey rsa:2048 -nodes -keyout $name.key \
			-out $name.crt -days 30 -subj /CN=$name
	done 2>/dev/null
	cat good.crt good.key >good.pem
	cat other.crt other.key >other.pem
	cat good.crt other.key >mixed.pem
	openssl pkcs12 -export -in good.crt -inkey good.key -out good.pfx \
		-passout pass:pw
	openssl rsa -in good.key -aes256 -passout pass:pw -out enc.key 2>/dev/null
	cat good.crt enc.key >enc.pem
)

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export EXTERNAL_DNS_RETRY_TIME=0 EXTERNAL_DNS_AZURE_CONFIG_FILE=azure.json
	unset AZURE_CLIENT_ID AZURE_TENANT_ID AZURE_FEDERATED_TOKEN_FILE \
		AZURE_AUTHORITY_HOST AZTOKEN_CLAIMS
	jq -n --arg t $TENANT --arg c $CLIENT --arg o $OBJECT --arg g $GROUP \
		--arg i $ISSUER --arg sub /subscriptions/$SUBSCRIPTION --arg s $SUBJECT \
		--rawfile crt "$BATS_FILE_TMPDIR/good.crt" '{
		tenants: [{ id: $t, applications: [{ clientId: $c, objectId: $o,
			secrets: ["right"], expiredSecrets: ["old"],
			certificates: [$crt],
			federated: [{ issuer: $i, subject: $s,
				audience: "api://AzureADTokenExchange" }] }] }],
		identities: [
			{ clientId: "c1", objectId: "o1", resourceId: "/r/1", tenantId: $t },
			{ clientId: "c2", objectId: "o2", resourceId: "/r/2", tenantId: $t }],
		roles: [{ principal: $o, scope: $g, role: "DNS Zone Contributor" },
			{ principal: $o, scope: $sub, role: "Reader" }],
		zones: [{ id: ($g + "/providers/Microsoft.Network/dnsZones/example.com") }]
	}' >state.json
	start_sim azure-sim --state=state.json
	export EXTERNAL_DNS_ARM_ENDPOINT=$azure_sim_url
	export EXTERNAL_DNS_AUTHORITY_HOST=$azure_sim_url
	export EXTERNAL_DNS_IMDS_ENDPOINT=$azure_sim_url
}

teardown() {
	stop_sims
}

# azure_json JQ-OBJECT: the file, with the ids that all share.
azure_json() {
	jq -n --arg t $TENANT --arg s $SUBSCRIPTION --arg c $CLIENT "{
		tenantId: \$t, subscriptionId: \$s, resourceGroup: \"rg-azure-dns\"
		} + $1" >azure.json
}

with_secret() {
	azure_json "{ aadClientId: \$c, aadClientSecret: \"$1\" }"
}

with_certificate() {
	azure_json "{ aadClientId: \$c, aadClientCertPath: \"$BATS_FILE_TMPDIR/$1\",
		aadClientCertPassword: \"${2:-}\" }"
}

b64url() {
	base64 -w0 | tr '+/' '-_' | tr -d '='
}

# federated SUBJECT AUDIENCE SECONDS ISSUER: a projected token and variables.
federated() {
	azure_json '{ useWorkloadIdentityExtension: true }'
	{
		printf '{"alg":"RS256","kid":"k"}' | b64url
		printf .
		jq -cn --arg s "${1:-$SUBJECT}" --arg a "${2:-api://AzureADTokenExchange}" \
			--arg i "${4:-$ISSUER}" --argjson left "${3:-3600}" \
			'{iss: $i, sub: $s, aud: [$a], exp: (now | floor + $left)}' | b64url
		printf '.c2ln\n'
	} >token
	export AZURE_CLIENT_ID=$CLIENT AZURE_FEDERATED_TOKEN_FILE=token
}

fault() {
	curl -sf --cacert "$SSL_CERT_FILE" -X PUT "$azure_sim_url/_control/faults" \
		-d "{\"faults\":$1}" >fault.out
}

# gets [ARG...]: a token comes, in the form of az.
gets() {
	"$BIN/aztoken" "$@" >out 2>err || {
		cat err
		return 1
	}
	jq -e '(.accessToken | length > 20) and (.expires_on > now) and
		.tokenType == "Bearer" and (.expiresOn | test("^[-0-9]+ [:0-9]+\\.000000$"))' out
}

# fails STATUS TEXT [ARG...]: no token, this status, this text in the log.
fails() {
	local expected=$1 text=$2 status=0
	shift 2
	"$BIN/aztoken" "$@" >out 2>err || status=$?
	cat err
	[ "$status" = "$expected" ] && [ ! -s out ] && grep -qF -- "$text" err
}

# breaks STEP TEXT [ARG...]: --check stops at this step with this text.
breaks() {
	local step=$1 text=$2
	shift 2
	! "$BIN/aztoken" --check "$@" >out 2>err
	cat out err
	[ "$(grep -c ^FAIL out)" = 1 ] && grep -q "^FAIL $step " out &&
		sed -n '/^FAIL/,$p' out | grep -qF -- "$text"
}

claim() {
	jq -r .accessToken out | cut -d. -f2 | tr '_-' '/+' |
		sed 's/$/===/' | base64 -d 2>/dev/null | jq -r ".$1"
}

@test "client secret: a token as az prints it" {
	with_secret right
	gets
	[ "$(claim aud)" = https://management.azure.com ]
	[ "$(jq -r .tenant out)" = $TENANT ]
	[ "$(jq -r .subscription out)" = $SUBSCRIPTION ]
	[ "$(jq -r 'keys_unsorted | join(" ")' out)" = \
		"accessToken expiresOn expires_on subscription tenant tokenType" ]
}

@test "client secret: wrong, expired, unknown client, unknown tenant" {
	with_secret wrong
	fails 2 'az ad app credential reset'
	with_secret old
	fails 2 'the client secret has expired'
	azure_json '{ aadClientId: "55555555-5555-5555-5555-555555555555", aadClientSecret: "x" }'
	fails 2 "client id '55555555-5555-5555-5555-555555555555': no application"
	with_secret right
	fails 2 "tenant '66666666-6666-6666-6666-666666666666': no such tenant" \
		--tenant-id=66666666-6666-6666-6666-666666666666
	fails 2 "tenant 'nonsense': the tenant is neither" --tenant-id=nonsense
}

@test "the audience is the cloud's, another one is refused with its setting" {
	azure_json '{ aadClientId: $c, aadClientSecret: "right",
		resourceManagerAudience: "https://management.core.windows.net/" }'
	gets
	azure_json '{ aadClientId: $c, aadClientSecret: "right",
		resourceManagerAudience: "api://nothing" }'
	fails 2 "resourceManagerAudience 'api://nothing'"
}

@test "each number of Entra ID has its line and its status" {
	with_secret right
	while read -r number http status text; do
		fault "[{\"path\":\"/oauth2/\",\"status\":$http,\"code\":\"AADSTS$number\"}]"
		fails "$status" "$text"
		grep -qF "AADSTS$number" err
	done <<-'END'
		7000215 401 2 aadClientSecret: the client secret is wrong
		7000222 401 2 aadClientSecret: the client secret has expired
		7000218 401 2 neither a secret nor an assertion
		700016 400 2 no application of this client id in tenant 1111
		90002 400 2 wrong id or wrong cloud
		900023 400 2 neither a GUID nor a domain name
		700027 401 2 this certificate is not registered
		700024 401 1 outside its time of validity
		700021 401 2 made for another client id
		700023 401 2 made for another token endpoint
		50027 400 2 no well-formed JWT
		70021 400 2 no federated credential of 2222
		700211 401 2 has this issuer
		700212 401 2 has this audience
		700213 401 2 has this subject
		90061 400 1 OIDC documents
		70011 400 2 does not know this scope
		1002012 400 2 the scope has no form
		500011 400 2 this resource is not known
		50001 400 2 this resource is not known
		900144 400 2 a field is missing
		50196 400 1 in a loop
		90033 503 1 a passing failure
		90024 400 1 a passing failure
	END
}

@test "a number that nobody knows is told as it came" {
	with_secret right
	fault '[{"path":"/oauth2/","status":400,"code":"AADSTS123456","message":"Something new."}]'
	fails 2 'AADSTS123456: Something new.'
	run grep -c 'mend with' err
	[ "$output" = 0 ]
}

@test "a passing failure is tried again" {
	with_secret right
	fault '[{"path":"/oauth2/","status":503,"times":1}]'
	gets --retry-time=30s
	fault '[{"path":"/oauth2/","status":429,"retryAfter":1,"times":1}]'
	gets --retry-time=30s
}

@test "an authority that nobody answers at is worth another start" {
	with_secret right
	fails 1 'http://127.0.0.1:1/' --authority-host=http://127.0.0.1:1
}

@test "certificate: PEM, encrypted PEM and PKCS#12, PS256 and RS256" {
	with_certificate good.pem
	gets
	gets --rs256
	gets --send-certificate-chain
	with_certificate enc.pem pw
	gets
	with_certificate good.pfx pw
	gets
	[ "$(claim appid)" = $CLIENT ]
}

@test "certificate: not registered, mixed up, wrong password, missing" {
	with_certificate other.pem
	fails 2 'AADSTS700027'
	with_certificate mixed.pem
	fails 2 'certificate and key do not belong together'
	with_certificate good.pfx wrong
	fails 2 'is aadClientCertPassword right?'
	with_certificate enc.pem
	fails 2 'holds no private key that can be read'
	with_certificate nothing.pem
	fails 2 'cannot read the certificate'
}

@test "certificate: an expired one and a short key are refused at home" {
	cd "$BATS_FILE_TMPDIR"
	openssl req -x509 -newkey rsa:1024 -nodes -keyout s.key -out s.crt \
		-days 30 -subj /CN=short 2>/dev/null
	cat s.crt s.key >short.pem
	openssl x509 -in good.crt -signkey good.key -days -1 -out e.crt 2>/dev/null
	cat e.crt good.key >expired.pem
	cd "$BATS_TEST_TMPDIR"
	with_certificate short.pem
	fails 2 'RSA keys of 2048 bits and more'
	with_certificate expired.pem
	fails 2 'the certificate has expired'
}

@test "workload identity: variables, file, claims" {
	federated
	gets
	printf %s "$(cat token)" >token.bare && mv token.bare token
	gets
	unset AZURE_FEDERATED_TOKEN_FILE
	fails 2 'AZURE_FEDERATED_TOKEN_FILE is not set'
}

@test "workload identity: the federated credential must fit" {
	federated system:serviceaccount:default:external-dns
	fails 2 "subject 'system:serviceaccount:default:external-dns'"
	grep -qF -- '--subject system:serviceaccount:default:external-dns' err
	federated '' https://kubernetes.default.svc
	fails 2 "audience 'https://kubernetes.default.svc'"
	federated '' '' 3600 https://oidc.example/cluster
	fails 2 "issuer 'https://oidc.example/cluster'"
}

@test "workload identity: an expired token is not sent" {
	federated '' '' -10
	fails 1 'the service account token expired 1'
	[ "$(curl -s --cacert "$SSL_CERT_FILE" "$azure_sim_url/_control/requests" |
		jq .tokens)" = 0 ]
}

@test "workload identity: aadClientId and tenantId win over the variables" {
	federated
	azure_json '{ useWorkloadIdentityExtension: true, aadClientId: $c }'
	AZURE_CLIENT_ID=44444444-4444-4444-4444-444444444444 \
		AZURE_TENANT_ID=44444444-4444-4444-4444-444444444444 gets
	[ "$(claim appid)" = $CLIENT ]
}

@test "workload identity: the other name of the switch works, too" {
	federated
	azure_json '{ useFederatedWorkloadIdentityExtension: true, aadFederatedTokenFile: "token" }'
	unset AZURE_FEDERATED_TOKEN_FILE
	gets
}

@test "managed identity: by client id, object id, resource id" {
	azure_json '{ useManagedIdentityExtension: true, userAssignedIdentityID: "c1" }'
	gets
	[ "$(claim oid)" = o1 ]
	gets --azure-user-assigned-identity-client-id=c2
	[ "$(claim oid)" = o2 ]
	azure_json '{ useManagedIdentityExtension: true, userAssignedIdentityID: "/r/2" }'
	gets
	[ "$(claim oid)" = o2 ]
	azure_json '{ useManagedIdentityExtension: true }'
	gets --identity-object-id=o1
	gets --identity-resource-id=/r/2
	[ "$(claim oid)" = o2 ]
}

@test "managed identity: none named among several, one that does not exist" {
	azure_json '{ useManagedIdentityExtension: true }'
	fails 2 'several identities are assigned'
	fails 2 "userAssignedIdentityID 'c9'" \
		--azure-user-assigned-identity-client-id=c9
}

@test "managed identity: 404, 410, 429 and 5xx are passing" {
	azure_json '{ useManagedIdentityExtension: true, userAssignedIdentityID: "c1" }'
	for status in 404 410 429 500 503; do
		fault "[{\"path\":\"/metadata/identity\",\"status\":$status}]"
		fails 1 "status $status"
	done
	fault '[{"path":"/metadata/identity","status":410,"times":1}]'
	gets --retry-time=10s
}

@test "managed identity: never through a proxy" {
	azure_json '{ useManagedIdentityExtension: true, userAssignedIdentityID: "c1" }'
	HTTPS_PROXY=http://127.0.0.1:1 HTTP_PROXY=http://127.0.0.1:1 gets
}

@test "Azure Arc: a key outside the agent's folder is not read" {
	azure_json '{ useManagedIdentityExtension: true }'
	IDENTITY_ENDPOINT=$azure_sim_url/metadata/identity/oauth2/token \
		fails 2 'without naming a key file' --credential=azure-arc
}

@test "az: its token is handed on; without az there is a line" {
	azure_json '{}'
	mkdir bin
	cat >bin/az <<-'END'
		#!/bin/sh
		echo "$*" >az.args
		echo '{"accessToken":"a.token.of.a.person.at.a.laptop","expires_on":4102444800,"tokenType":"Bearer"}'
	END
	chmod +x bin/az
	PATH=$PWD/bin:$PATH gets --credential=azure-cli
	[ "$(jq -r .accessToken out)" = a.token.of.a.person.at.a.laptop ]
	[ "$(cat az.args)" = "account get-access-token -o json --resource https://management.azure.com --tenant $TENANT" ]
	rm bin/az
	ln -s "$(command -v cat)" "$(command -v grep)" bin
	PATH=$PWD/bin fails 2 'cannot run az' --credential=azure-cli
}

@test "an Azure Stack needs to name its ARM endpoint only" {
	unset EXTERNAL_DNS_AUTHORITY_HOST
	azure_json "{ cloud: \"AzureStackCloud\", aadClientId: \$c, aadClientSecret: \"right\",
		resourceManagerEndpoint: \"$azure_sim_url/\" }"
	gets
	[ "$(claim aud)" = https://management.core.windows.net ]
}

@test "AZURE_AUTHORITY_HOST counts where azure.json names no cloud" {
	unset EXTERNAL_DNS_AUTHORITY_HOST
	federated
	AZURE_AUTHORITY_HOST=$azure_sim_url/ gets
	azure_json '{ cloud: "AzureStackCloud", useWorkloadIdentityExtension: true,
		resourceManagerEndpoint: "http://127.0.0.1:1", resourceManagerAudience: "https://a",
		activeDirectoryAuthorityHost: "http://127.0.0.1:1/" }'
	AZURE_AUTHORITY_HOST=$azure_sim_url fails 1 http://127.0.0.1:1/$TENANT
}

@test "a claims challenge is answered, plain or in base64" {
	with_secret right
	claims='{"access_token":{"nbf":{"essential":true,"value":"1"}}}'
	AZTOKEN_CLAIMS=$claims gets
	[ "$(claim sim_claims)" = true ]
	AZTOKEN_CLAIMS=$(printf %s "$claims" | base64 -w0) gets
	[ "$(claim sim_claims)" = true ]
	gets
	[ "$(claim sim_claims)" = false ]
}

@test "--json says an error as one object" {
	with_secret old
	fails 2 7000222 --json
	jq -e '.level == "error" and .code == "AADSTS7000222" and .setting == "aadClientSecret" and
		(.command | startswith("az ad app"))' err
}

@test "no secret in the log, the environment, the arguments or a core file" {
	with_secret right-but-secret
	fault '[{"path":"/oauth2/","hang":true}]'
	ulimit -c unlimited || true
	AZURE_CLIENT_SECRET=env-secret "$BIN/aztoken" --log-level=debug >out 2>err 3>&- &
	pid=$!
	until [ "$(curl -s --cacert "$SSL_CERT_FILE" \
		"$azure_sim_url/_control/faults" | jq '.[0].hit // 0')" != 0 ] ||
		! kill -0 $pid; do :; done
	cat /proc/$pid/environ /proc/$pid/cmdline >seen 2>/dev/null || true
	kill -ABRT $pid
	wait $pid || true
	[ -z "$(compgen -G 'core*')" ]
	cat err >>seen
	run grep -cE 'right-but-secret|env-secret' seen
	[ "$output" = 0 ]
}

@test "check: a set-up that works" {
	federated
	"$BIN/aztoken" --check >out
	cat out
	[ "$(grep -c '^ok' out)" = 8 ]
	grep -q '^ok   records    example.com can be read' out
}

@test "check: names the broken link, not its symptom" {
	federated
	rm azure.json
	breaks file "cannot read 'azure.json'"
	azure_json '{}'
	breaks identity 'names no identity'
	federated
	AZURE_CLIENT_ID='' breaks ids 'azure.workload.identity/client-id'
	AZURE_CLIENT_ID=external-dns breaks ids "client id 'external-dns' is no GUID"
	AZURE_FEDERATED_TOKEN_FILE='' breaks proof 'azure.workload.identity/use'
	AZURE_FEDERATED_TOKEN_FILE=none breaks proof "cannot read the service account token 'none'"
	federated '' '' -100
	breaks proof 'expired 10'
	federated system:serviceaccount:default:default
	breaks token 'setting    subject: system:serviceaccount:default:default'
	federated
	AZURE_CLIENT_ID=77777777-7777-7777-7777-777777777777 breaks token 'client id: 7777'
	breaks zones 'resourceGroup: elsewhere' --azure-resource-group=elsewhere
}

@test "check: a missing role is named with the command that grants it" {
	jq '.roles = []' state.json >none.json
	stop_sims
	rm pids
	start_sim azure-sim --state=none.json
	federated
	breaks zones "az role assignment create --role \"DNS Zone Contributor\" --assignee-object-id $OBJECT" \
		--arm-endpoint="$azure_sim_url" --authority-host="$azure_sim_url"
}

@test "a secret in the environment alone does not change the choice" {
	federated
	azure_json '{ useWorkloadIdentityExtension: true, aadClientId: $c }'
	AZURE_CLIENT_SECRET=wrong gets
	azure_json '{ aadClientId: $c }'
	AZURE_CLIENT_SECRET=right gets --credential=client-secret
}

@test "check: each refusal of ARM has its line" {
	federated
	while read -r status code text; do
		fault "[{\"path\":\"/dnsZones\",\"status\":$status,\"code\":\"$code\",
			\"message\":\"The client 'x' with object id 'o9' may not perform action 'a/read'.\"}]"
		breaks zones "$text"
	done <<-'END'
		401 InvalidAuthenticationToken authority and endpoint are of different clouds
		401 ExpiredAuthenticationToken is this machine's clock right?
		401 AuthenticationFailed a proxy on the way may have removed it
		401 InvalidAuthenticationTokenTenant belongs to another
		403 AuthorizationFailed the identity o9 may not do this
		403 LinkedAuthorizationFailed a resource that the record points to
		403 RequestDisallowedByPolicy an Azure Policy forbids it
		404 ResourceGroupNotFound it must be the zones' group, not the nodes'
		404 SubscriptionNotFound or the identity has no role in it
		409 MissingSubscriptionRegistration az provider register --namespace Microsoft.Network
	END
}

@test "Entra ID is reached through the proxy that the environment names" {
	with_secret right
	export HTTPS_PROXY=http://127.0.0.1:1
	fails 1 '127.0.0.1 port 1' --authority-host=https://login.invalid
	NO_PROXY=.invalid fails 1 'resolve host' --authority-host=https://login.invalid
	gets
}
