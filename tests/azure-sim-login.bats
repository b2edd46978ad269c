load helpers
load arm

# azure-sim: Entra ID, managed identity, Arc and cloud discovery. Each test is
# a row of the checklist in tests/sim/README.md.

setup_file() {
	arm_start
	export KEYS=$BATS_FILE_TMPDIR/keys
	mkdir "$KEYS"
	local name
	for name in app other; do
		openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name" \
			-days 30 -keyout "$KEYS/$name.key" -out "$KEYS/$name.pem" \
			2>/dev/null
	done
}

APP=22222222-2222-2222-2222-222222222222
ISSUER=https://oidc.test/cluster/
SUBJECT=system:serviceaccount:dns:azdns
BEARER=client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer
IMDS=/metadata/identity/oauth2/token

setup() {
	arm_reset "$(jq -cn --arg tenant "$TENANT" --arg app "$APP" \
		--arg issuer "$ISSUER" --arg subject "$SUBJECT" \
		--rawfile cert "$KEYS/app.pem" '{
		tenants: [{id: $tenant, applications: [{clientId: $app,
			objectId: "oid", secrets: ["right"], expiredSecrets: ["old"],
			certificates: [$cert], federated: [{issuer: $issuer,
				subject: $subject, audience: "api://AzureADTokenExchange"}]
		}]}],
		identities: [
			{clientId: "id-1", objectId: "o-1", resourceId: "/r/1"},
			{clientId: "id-2", objectId: "o-2", resourceId: "/r/2"}]}')"
}

# refused STATUS ERROR NUMBER TEXT: an answer of Entra ID's error form.
refused() {
	answered "$1" ".error == \"$2\" and .error_codes == [$3] and
		(.error_description | startswith(\"AADSTS$3: \") and contains(\"$4\"))
		and (.trace_id | length) == 36"
}

b64() {
	base64 -w0 | tr '+/' '-_' | tr -d '='
}

# jwt HEADER PAYLOAD KEY [OPENSSL-ARGUMENT...]
jwt() {
	local text key=$3
	text=$(printf %s "$1" | b64).$(printf %s "$2" | b64)
	shift 3
	printf '%s.%s' "$text" "$(printf %s "$text" |
		openssl dgst -sha256 -sign "$KEYS/$key.key" "$@" | b64)"
}

# own [JQ-CHANGE]: the payload of an assertion of the application itself.
own() {
	jq -cn --arg app "$APP" \
		--arg aud "$azure_sim_url/$TENANT/oauth2/v2.0/token" \
		"{iss: \$app, sub: \$app, aud: \$aud, jti: \"1\",
		nbf: (now | floor), exp: (now + 600 | floor)} | ${1:-.}"
}

thumbprint() {
	openssl x509 -in "$KEYS/$1.pem" -outform DER |
		openssl dgst "-$2" -binary | b64
}

# assert_with JWT: a token request with this assertion.
assert_with() {
	arm_token "$TENANT" client_id=$APP "$BEARER" "client_assertion=$1"
}

# federated [JQ-CHANGE [KEY]]: a token as the cluster projects it.
federated() {
	jwt '{"alg":"RS256","kid":"k"}' "$(jq -cn --arg iss "$ISSUER" \
		--arg sub "$SUBJECT" "{iss: \$iss, sub: \$sub,
		aud: [\"api://AzureADTokenExchange\"], nbf: (now | floor),
		exp: (now + 3600 | floor)} | ${1:-.}")" "${2:-other}"
}

@test "a right secret gets a token; its numbers are numbers" {
	arm_token "$TENANT" client_id=$APP client_secret=right
	answered 200 '.token_type == "Bearer" and .expires_in == 3599 and
		(.expires_in | type) == "number"'
}

@test "a long token says when to refresh it" {
	control switches '{"token-life-s":86399}'
	arm_token "$TENANT" client_id=$APP client_secret=right
	answered 200 '.refresh_in == 43199'
}

@test "only a form-encoded POST is taken, a missing field named" {
	ask POST "$azure_sim_url/$TENANT/oauth2/v2.0/token" \
		-H 'Content-Type: application/json' -d '{}'
	refused 400 invalid_request 900144 "'grant_type'"
	ask POST "$azure_sim_url/$TENANT/oauth2/v2.0/token" \
		-d grant_type=client_credentials -d client_id=$APP
	refused 400 invalid_request 900144 "'scope'"
	ask GET "$azure_sim_url/$TENANT/oauth2/v2.0/token"
	answered 405
}

@test "a wrong secret, an expired one, none: 401 by their numbers" {
	arm_token "$TENANT" client_id=$APP client_secret=wrong
	refused 401 invalid_client 7000215 'Invalid client secret provided.'
	arm_token "$TENANT" client_id=$APP client_secret=old
	refused 401 invalid_client 7000222 'are expired.'
	arm_token "$TENANT" client_id=$APP
	refused 401 invalid_client 7000218 "'client_assertion' or 'client_secret'"
}

@test "an unknown application or tenant: 400 by their numbers" {
	arm_token "$TENANT" client_id=other client_secret=right
	refused 400 unauthorized_client 700016 "Application with identifier 'other' was not found in the directory"
	arm_token 33333333-3333-3333-3333-333333333333 client_id=$APP client_secret=right
	refused 400 invalid_request 90002 'not found'
	arm_token nonsense client_id=$APP client_secret=right
	refused 400 invalid_request 900023 'neither a valid DNS name'
}

@test "a scope needs /.default; a double slash before it is taken" {
	arm_token "$TENANT" client_id=$APP client_secret=right \
		scope=https://management.azure.com/
	refused 400 invalid_scope 1002012 'is not valid.'
	arm_token "$TENANT" client_id=$APP client_secret=right scope=mail/.default
	refused 400 invalid_resource 500011 'was not found in the tenant'
	arm_token "$TENANT" client_id=$APP client_secret=right \
		scope=https://management.core.windows.net//.default
	answered 200
}

@test "a certificate assertion: PS256 with x5t#S256, RS256 with x5t, jti again" {
	local token
	token=$(jwt "{\"alg\":\"PS256\",\"x5t#S256\":\"$(thumbprint app sha256)\"}" \
		"$(own)" app -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32)
	assert_with "$token"
	answered 200
	assert_with "$token"
	answered 200
	assert_with "$(jwt "{\"alg\":\"RS256\",\"x5t\":\"$(thumbprint app sha1)\"}" \
		"$(own)" app)"
	answered 200
}

@test "a certificate assertion with anything wrong is refused" {
	local header
	header="{\"alg\":\"RS256\",\"x5t\":\"$(thumbprint app sha1)\"}"
	assert_with "$(jwt "$header" "$(own)" other)"
	refused 401 invalid_client 700027 'failed signature validation'
	assert_with "$(jwt "{\"alg\":\"PS256\",\"x5t\":\"$(thumbprint app sha1)\"}" \
		"$(own)" app)"
	refused 401 invalid_client 700027 'failed signature validation'
	assert_with "$(jwt "{\"alg\":\"RS256\",\"x5t\":\"$(thumbprint other sha1)\"}" \
		"$(own)" other)"
	refused 401 invalid_client 700027 'not registered on application'
	assert_with "$(jwt "{\"alg\":\"PS256\",\"x5t#S256\":\"$(thumbprint other sha256)\"}" \
		"$(own)" app -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32)"
	refused 401 invalid_client 700027 'not registered on application'
	assert_with "$(jwt "{\"alg\":\"PS256\",\"x5t#S256\":\"$(thumbprint app sha256)\"}" \
		"$(own)" other -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32)"
	refused 401 invalid_client 700027 'failed signature validation'
	assert_with "$(jwt '{"alg":"RS256"}' "$(own)" app)"
	refused 401 invalid_client 700027 'not registered on application'
	assert_with "$(jwt "$(jq -c '.alg = "none"' <<<"$header")" "$(own)" app)"
	refused 401 invalid_client 700027 'failed signature validation'
	assert_with "$(jwt "$header" "$(own '.iss = "else"')" app)"
	refused 401 invalid_client 700021 "doesn't match 'client_id'"
	assert_with "$(jwt "$header" "$(own '.aud = "https://else.test"')" app)"
	refused 401 invalid_client 700023 'audience claim does not match'
	assert_with "$(jwt "$header" "$(own '.sub = "else"')" app)"
	refused 401 invalid_client 700021 "doesn't match 'client_id'"
	assert_with "$(jwt "$header" "$(own '.exp = (now - 400 | floor)')" app)"
	refused 401 invalid_client 700024 'not within its valid time range'
	assert_with "$(jwt "$header" "$(own '.nbf = (now + 400 | floor)')" app)"
	refused 401 invalid_client 700024 'not within its valid time range'
	assert_with not.a-jwt
	refused 400 invalid_request 50027 'malformed'
}

@test "five minutes of a wrong clock are tolerated" {
	local header
	header="{\"alg\":\"RS256\",\"x5t\":\"$(thumbprint app sha1)\"}"
	assert_with "$(jwt "$header" "$(own '.exp = (now - 200 | floor)')" app)"
	answered 200
	assert_with "$(jwt "$header" "$(own '.nbf = (now + 200 | floor)')" app)"
	answered 200
}

@test "a federated assertion matches issuer, subject, audience to the letter" {
	assert_with "$(federated)"
	answered 200
	assert_with "$(federated '.iss |= rtrimstr("/")')"
	refused 401 invalid_client 700211 "presented assertion issuer 'https://oidc.test/cluster'"
	assert_with "$(federated '.sub |= ascii_upcase')"
	refused 401 invalid_client 700213 "presented assertion subject 'SYSTEM:SERVICEACCOUNT:DNS:AZDNS'"
	assert_with "$(federated '.aud = ["else"]')"
	refused 401 invalid_client 700212 'presented assertion audience'
	assert_with "$(federated '.exp = (now - 4000 | floor)')"
	refused 401 invalid_client 700024 'not within its valid time range'
}

@test "a federated record with a key checks the signature" {
	arm_reset "$(jq -cn --arg tenant "$TENANT" --arg app "$APP" \
		--arg issuer "$ISSUER" --arg subject "$SUBJECT" \
		--arg key "$(openssl rsa -in "$KEYS/app.key" -pubout 2>/dev/null)" '{
		tenants: [{id: $tenant, applications: [{clientId: $app,
			federated: [{issuer: $issuer, subject: $subject,
				publicKey: $key}]}]}]}')"
	assert_with "$(federated)"
	refused 401 invalid_client 700027 'failed signature validation'
	assert_with "$(federated . app)"
	answered 200
}

@test "an authority's trailing slash makes two, which is taken" {
	ask POST "$azure_sim_url/$TENANT//oauth2/v2.0/token" \
		-d grant_type=client_credentials -d client_id=$APP \
		-d client_secret=right -d scope=https://management.azure.com/.default
	answered 200
}

# --- managed identity ---

# imds QUERY [CURL-ARGUMENT...]
imds() {
	local query=$1
	shift
	ask GET "$arm_plain_url$IMDS?api-version=2018-02-01&resource=https://management.azure.com/$query" "$@"
}

@test "IMDS wants its header, and none of a proxy's (by switch)" {
	imds '&client_id=id-1'
	answered 400 '.error == "bad_request_102" and
		.error_description == "Required metadata header not specified"'
	imds '&client_id=id-1' -H 'Metadata: true' -H 'X-Forwarded-For: 1.2.3.4'
	answered 400
	control switches '{"imds-refuse-forwarded":0}'
	imds '&client_id=id-1' -H 'Metadata: true' -H 'X-Forwarded-For: 1.2.3.4'
	answered 200
}

@test "IMDS writes its numbers as texts, and ARM takes its token" {
	arm_reset
	imds '' -H 'Metadata: true'
	answered 200 '.token_type == "Bearer" and .expires_in == "86400" and
		(.expires_on | type) == "string" and .not_before != null'
	TOKEN=$(jq -r .access_token "$BODY")
	arm GET "$PUBLIC"
	answered 200
}

@test "IMDS knows its identities by client, object and resource id" {
	local query
	for query in '&client_id=id-2' '&object_id=o-2' '&msi_res_id=/r/2'; do
		imds "$query" -H 'Metadata: true'
		answered 200 '.client_id == "id-2"'
	done
	imds '&client_id=none' -H 'Metadata: true'
	answered 400 '. == {error: "invalid_request", error_description: "Identity not found"}'
	imds '' -H 'Metadata: true'
	answered 400 '.error_description | startswith("Multiple user assigned identities exist")'
}

@test "IMDS goes through 404, 410, 429 and 500 when told to" {
	local status
	control faults '{"faults":[
		{"path":"/metadata/identity","times":1,"status":404,"empty":true},
		{"path":"/metadata/identity","times":1,"status":410,"empty":true},
		{"path":"/metadata/identity","times":1,"status":429,"empty":true},
		{"path":"/metadata/identity","times":1,"status":500}]}'
	for status in 404 410 429 500 200; do
		imds '&client_id=id-1' -H 'Metadata: true'
		answered "$status"
	done
}

@test "IMDS serves a cached token, partly used" {
	control switches '{"imds-token-age-s":80000}'
	imds '&client_id=id-1' -H 'Metadata: true'
	answered 200 '.expires_in == "6400"'
}

@test "Arc: a file proves that the caller is of this machine" {
	local url="$arm_plain_url$IMDS?api-version=2020-06-01&resource=https://management.azure.com/&client_id=id-1" file
	ask GET "$url" -H 'Metadata: true'
	answered 401
	file=$(header WWW-Authenticate)
	file=${file#Basic realm=}
	[[ "$file" == *.key ]]
	ask GET "$url" -H 'Metadata: true' -H "Authorization: Basic wrong"
	answered 401
	ask GET "$url" -H 'Metadata: true' -H "Authorization: Basic $(cat "$file")"
	answered 200 '.access_token != null'
}

@test "metadata/endpoints describes the cloud, as a list in the older form" {
	ask GET "$azure_sim_url/metadata/endpoints?api-version=2022-09-01"
	answered 200 ".authentication.loginEndpoint == \"$azure_sim_url\" and
		(.authentication.audiences | length) == 2"
	ask GET "$azure_sim_url/metadata/endpoints?api-version=2019-05-01"
	answered 200 '.[0].name == "AzureSim"'
}

@test "the token endpoint can be throttled and can fail" {
	control faults '{"faults":[{"path":"/oauth2/","times":1,"status":503,"html":true},
		{"path":"/oauth2/","times":1,"status":400,"code":"AADSTS90033","message":"Later."},
		{"path":"/oauth2/","times":1,"status":429,"retryAfter":60}]}'
	arm_token "$TENANT" client_id=$APP client_secret=right
	answered 503
	[[ "$(header Content-Type)" == text/html* ]]
	arm_token "$TENANT" client_id=$APP client_secret=right
	refused 400 invalid_request 90033 'Later.'
	arm_token "$TENANT" client_id=$APP client_secret=right
	[ "$CODE $(header Retry-After)" = '429 60' ]
}
