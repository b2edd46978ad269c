load helpers
load identity

ISSUER=https://oidc.example/cluster/
SUBJECT=system:serviceaccount:kube-system:external-dns

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
	azure_json "{ aadClientId: \$c, aadClientCertPath: \"$1\",
		aadClientCertPassword: \"${2:-}\" }"
}

# pkcs12 [ARG...]: good.pfx of the good certificate, with the password pw.
pkcs12() {
	openssl pkcs12 -export -in "$BATS_FILE_TMPDIR/good.pem" -out good.pfx \
		-passout pass:pw "$@"
}

# federated SUBJECT AUDIENCE SECONDS ISSUER: a projected token and variables.
federated() {
	azure_json '{ useWorkloadIdentityExtension: true }'
	jq -n --arg s "${1:-$SUBJECT}" --arg a "${2:-api://AzureADTokenExchange}" \
		--arg i "${4:-$ISSUER}" --argjson left "${3:-3600}" \
		'{iss: $i, sub: $s, aud: [$a], exp: (now | floor + $left)}' | jwt >token
	export AZURE_CLIENT_ID=$CLIENT AZURE_FEDERATED_TOKEN_FILE=token
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
	if "$BIN/aztoken" --check "$@" >out 2>err; then return 1; fi
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
	with_certificate "$BATS_FILE_TMPDIR/good.pem"
	gets
	gets --rs256
	gets --send-certificate-chain
	openssl rsa -in "$BATS_FILE_TMPDIR/good.key" -aes256 -passout pass:pw \
		-out enc.key 2>/dev/null
	cat "$BATS_FILE_TMPDIR/good.crt" enc.key >enc.pem
	with_certificate enc.pem pw
	gets
	with_certificate enc.pem
	fails 2 'holds no private key that can be read'
	pkcs12
	with_certificate good.pfx pw
	gets
	[ "$(claim appid)" = $CLIENT ]
	with_certificate good.pfx wrong
	fails 2 'is aadClientCertPassword right'
	pkcs12 -legacy
	with_certificate good.pfx pw
	gets
}

@test "certificate: not registered, mixed up, missing" {
	with_certificate "$BATS_FILE_TMPDIR/other.pem"
	fails 2 'AADSTS700027'
	cat "$BATS_FILE_TMPDIR/good.crt" "$BATS_FILE_TMPDIR/other.key" >mixed.pem
	with_certificate mixed.pem
	fails 2 'certificate and key do not belong together'
	with_certificate nothing.pem
	fails 2 'cannot read the certificate'
}

@test "certificate: an expired one and a short key are refused at home" {
	openssl req -x509 -newkey rsa:1024 -nodes -keyout s.key -out s.crt \
		-days 30 -subj /CN=short 2>/dev/null
	cat s.crt s.key >short.pem
	openssl x509 -in "$BATS_FILE_TMPDIR/good.crt" \
		-signkey "$BATS_FILE_TMPDIR/good.key" -days -1 -out e.crt 2>/dev/null
	cat e.crt "$BATS_FILE_TMPDIR/good.key" >expired.pem
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

@test "workload identity: an expired token is not sent" {
	federated '' '' -10
	fault '[{"path":"/oauth2/","status":500}]'
	fails 1 'the service account token expired 1'
	sim faults | jq -e '.[0].hit == 0'
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

@test "managed identity: 404, 410, 429 and 5xx are tried again, a 400 is not" {
	azure_json '{ useManagedIdentityExtension: true, userAssignedIdentityID: "c1" }'
	fault '[{"path":"/metadata/","status":404,"times":1},{"path":"/metadata/","status":410,"times":1},
		{"path":"/metadata/","status":429,"times":1},{"path":"/metadata/","status":500,"times":1}]'
	for n in 1 2 3 4; do
		mkdir $n
		(cd $n && EXTERNAL_DNS_AZURE_CONFIG_FILE=../azure.json gets --retry-time=20s) &
	done
	wait
	sim faults | jq -e '[.[].hit] == [1, 1, 1, 1]'
	jq -se 'length == 4' ./?/out
	fault '[{"path":"/metadata/","status":400}]'
	fails 2 'status 400' --retry-time=20s
	sim faults | jq -e '.[0].hit == 1'
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

# The agent's folder is one of root's: it and the simulator get a view of the
# file system in which it is ours.
@test "Azure Arc: the content of the agent's key file is the proof" {
	unshare -rm true || skip "no user namespaces"
	azure_json '{ useManagedIdentityExtension: true, userAssignedIdentityID: "c2" }'
	cat >script <<-'END'
		keys=/var/opt/azcmagent/tokens
		mount -t tmpfs none /var/opt && mkdir -p $keys || exit
		mkfifo ready
		"$BIN/azure-sim" --tls-dir=$keys --plain --state="$ROOT/tests/fixtures/directory.json" >ready 2>sim.err 3>&- &
		exec 4<ready
		while read -r word url <&4 && [ "$word" != plain ]; do :; done
		IDENTITY_ENDPOINT=$url/metadata/identity/oauth2/token \
			"$BIN/aztoken" --credential=azure-arc
		status=$?
		kill $!
		exit $status
	END
	export BIN ROOT
	unshare -rm sh script >out 2>err || { cat err sim.err && false; }
	[ "$(claim oid)" = o2 ]
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

@test "an Azure Stack that does not tell its endpoints is named" {
	unset EXTERNAL_DNS_AUTHORITY_HOST
	azure_json "{ cloud: \"AzureStackCloud\", aadClientId: \$c, aadClientSecret: \"right\",
		resourceManagerEndpoint: \"$azure_sim_url/\" }"
	fault '[{"path":"/metadata/endpoints","status":404}]'
	breaks cloud "$azure_sim_url/metadata/endpoints?api-version=2022-09-01 answered status 404"
	fails 1 'http://127.0.0.1:1/metadata/endpoints' --arm-endpoint=http://127.0.0.1:1
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

@test "a claims challenge is answered, plain or in base64, whatever the proof" {
	claims='{"access_token":{"nbf":{"essential":true,"value":"1"}}}'
	with_secret right
	gets
	[ "$(claim sim_claims)" = false ]
	AZTOKEN_CLAIMS=$(printf %s "$claims" | base64 -w0) gets
	[ "$(claim sim_claims)" = true ]
	export AZTOKEN_CLAIMS=$claims
	gets
	[ "$(claim sim_claims)" = true ]
	with_certificate "$BATS_FILE_TMPDIR/good.pem"
	gets
	[ "$(claim sim_claims)" = true ]
	federated
	gets
	[ "$(claim sim_claims)" = true ]
	azure_json '{ useManagedIdentityExtension: true, userAssignedIdentityID: "c1" }'
	gets
}

@test "when the issuer wants to be asked again is handed on" {
	with_secret right
	gets
	jq -e 'has("refresh_on") | not' out
	sim switches -X PUT -o sim.out -d '{"token-life-s":86400}'
	gets
	jq -e '(.refresh_on - now | . > 43000 and . <= 43200)' out
}

@test "a secret that everybody may read is warned about" {
	with_secret right
	chmod 644 azure.json
	gets
	grep -q "warning: 'azure.json' holds a secret and everybody may read it" err
	chmod 640 azure.json
	gets
	[ ! -s err ]
	cp "$BATS_FILE_TMPDIR/good.pem" mine.pem
	with_certificate mine.pem
	chmod 644 azure.json mine.pem
	gets
	grep -q "warning: 'mine.pem' holds a secret" err
	[ "$(wc -l <err)" = 1 ]
	chmod 600 mine.pem
	gets
	[ ! -s err ]
}

@test "--json says an error as one object" {
	with_secret old
	chmod 600 azure.json
	fails 2 7000222 --json
	jq -e '.level == "error" and .code == "AADSTS7000222" and .setting == "aadClientSecret" and
		(.command | startswith("az ad app"))' err
	fault '[{"path":"/oauth2/","status":400,"code":"AADSTS123456","message":"Something new."}]'
	chmod 644 azure.json
	fails 2 123456 --log-format=json
	jq -e '.level == "warning"' <<<"$(head -n 1 err)"
	tail -n 1 err | jq -e '.code == "AADSTS123456" and .cause == "invalid" and .setting == null'
}

@test "no secret in the log, the environment, the arguments or a core file" {
	with_secret right-but-secret
	fault '[{"path":"/oauth2/","hang":true}]'
	ulimit -c unlimited || true
	AZURE_CLIENT_SECRET=env-secret "$BIN/aztoken" --log-level=debug >out 2>err 3>&- &
	pid=$!
	until sim faults | jq -e '.[0].hit > 0' || ! kill -0 $pid; do :; done
	cat /proc/$pid/environ /proc/$pid/cmdline >seen 2>/dev/null || true
	kill -ABRT $pid
	wait $pid || true
	[ -z "$(compgen -G 'core*')" ]
	cat err >>seen
	run grep -cE 'right-but-secret|env-secret' seen
	[ "$output" = 0 ]
}

# memory PID: all that the process may write to, as it stands.
memory() {
	local range from
	while read -r range _; do
		from=$((16#${range%-*}))
		dd if="/proc/$1/mem" iflag=skip_bytes,count_bytes skip=$from \
			count=$((16#${range#*-} - from)) bs=64K status=none
	done < <(grep ' rw' "/proc/$1/maps")
}

# forgets SECRET: once the token is made up as text, SECRET is gone. There it
# stays, as it goes into a pipe that is full.
forgets() {
	[ -p full ] || mkfifo full
	exec 8<>full
	! dd if=/dev/zero of=full bs=4096 oflag=nonblock status=none 2>dd.err
	"$BIN/aztoken" >&8 2>err 3>&- &
	pid=$!
	until memory $pid >seen && grep -qaF "\"tenant\": \"$TENANT\"" seen; do
		kill -0 $pid
	done
	memory $pid >seen
	kill $pid
	wait $pid || true
	exec 8>&-
	run grep -caF -- "$1" seen
	[ "$output" = 0 ]
}

@test "no secret is left in memory once the token is there" {
	[ "$(id -u)" = 0 ] || skip "only root may read the memory of another process"
	case $BIN in *san*) skip "AddressSanitizer frees by itself, and wipes nothing" ;; esac
	with_secret right-but-secret
	forgets right-but-secret
	with_certificate "$BATS_FILE_TMPDIR/good.pem"
	forgets client_assertion=e
	federated
	forgets "$(cat token)"
}

# No network: the choice comes before it.
@test "the table of identities in docs/operating.md is true" {
	local json way status rows=0
	export EXTERNAL_DNS_AUTHORITY_HOST=http://127.0.0.1:1 EXTERNAL_DNS_IMDS_ENDPOINT=http://127.0.0.1:1
	while IFS='|' read -r _ json way _; do
		json=${json#*\`} way=${way// /}
		azure_json "${json%\`*}"
		status=0
		"$BIN/aztoken" --check >out 2>err || status=$?
		case $way in
		exit2) [ "$status" = 2 ] && grep -qE '^FAIL (file|identity)' out ;;
		*) grep -q "^ok   identity   $way: " out ;;
		esac || {
			echo "$json is not $way:"
			cat out
			return 1
		}
		rows=$((rows + 1))
	done < <(grep '^| `{' "$ROOT/docs/operating.md")
	[ "$rows" -ge 18 ]
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
	directory '.roles = []'
	federated
	breaks zones "az role assignment create --role \"DNS Zone Contributor\" --assignee-object-id $OBJECT"
}

@test "a secret in the environment alone does not change the choice" {
	federated
	azure_json '{ useWorkloadIdentityExtension: true, aadClientId: $c }'
	AZURE_CLIENT_SECRET=wrong gets
	azure_json '{ aadClientId: $c }'
	AZURE_CLIENT_SECRET=right gets --credential=client-secret
}

@test "Entra ID is reached through the proxy that the environment names" {
	with_secret right
	export HTTPS_PROXY=http://127.0.0.1:1
	fails 1 '127.0.0.1 port 1' --authority-host=https://login.invalid
	NO_PROXY=.invalid fails 1 'resolve host' --authority-host=https://login.invalid
	gets
}
