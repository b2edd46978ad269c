# identity -- aztoken against azure-sim: one simulator for a bats file, its
# directory made anew before each test, in a folder of the test's own.

ROOT=$PWD
TENANT=11111111-1111-1111-1111-111111111111
CLIENT=22222222-2222-2222-2222-222222222222
OBJECT=33333333-3333-3333-3333-333333333333
SUBSCRIPTION=00000000-0000-0000-0000-000000000000

# One key and certificate for all tests; bats takes these four by their names.
setup_file() {
	local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	start_sim azure-sim
	export azure_sim_url
	local name of
	for name in good other; do
		of=$BATS_FILE_TMPDIR/$name
		openssl req -x509 -newkey rsa:2048 -nodes -keyout "$of.key" \
			-out "$of.crt" -days 30 -subj "/CN=$name" 2>/dev/null
		cat "$of.crt" "$of.key" >"$of.pem"
	done
}

teardown_file() {
	local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	stop_sims
}

setup() {
	export EXTERNAL_DNS_RETRY_TIME=0 EXTERNAL_DNS_AZURE_CONFIG_FILE=azure.json
	export EXTERNAL_DNS_ARM_ENDPOINT=$azure_sim_url
	export EXTERNAL_DNS_AUTHORITY_HOST=$azure_sim_url
	export EXTERNAL_DNS_IMDS_ENDPOINT=$azure_sim_url
	unset AZURE_CLIENT_ID AZURE_TENANT_ID AZURE_FEDERATED_TOKEN_FILE \
		AZURE_AUTHORITY_HOST AZTOKEN_CLAIMS
	cd "$BATS_TEST_TMPDIR" || return
	directory .
}

sim() {
	local path=$1
	shift
	curl -sf --cacert "$SSL_CERT_FILE" "$azure_sim_url/_control/$path" "$@"
}

# directory JQ-FILTER: the directory, with the good certificate, changed so.
directory() {
	jq --rawfile crt "$BATS_FILE_TMPDIR/good.crt" \
		".tenants[].applications[].certificates = [\$crt] | $1" \
		"$ROOT/tests/fixtures/directory.json" | sim state -X PUT -o sim.out --data-binary @-
}

# fault RULES: an array, see azure-sim/faults.c.
fault() {
	sim faults -X PUT -o sim.out -d "{\"faults\":$1}"
}

b64url() {
	base64 -w0 | tr '+/' '-_' | tr -d '='
}

# jwt <CLAIMS: a service account token that nobody signed.
jwt() {
	printf '%s.%s.c2ln\n' "$(printf '{"alg":"RS256","kid":"k"}' | b64url)" \
		"$(jq -c . | tr -d '\n' | b64url)"
}

# A refusal: azure.json, or the common one, perhaps token.json (the claims of
# the service account token) and fault.json (what the simulator does instead);
# each line of `err` is said, and no token, with
# this status.
run_refusal() {
	local case=$ROOT/$1 args=() status=0 line
	cp "$case/../azure.json" "$BATS_FILE_TMPDIR/good.pem" .
	cp "$case"/* .
	[ ! -e token.json ] || jwt <token.json >token
	[ ! -e fault.json ] || fault "$(cat fault.json)"
	mapfile -t args <args
	"$BIN/aztoken" "${args[@]}" >out 2>log || status=$?
	cat out log
	[ "$status" = "$(cat status)" ]
	! grep -q accessToken out
	while IFS= read -r line; do
		grep -qF -- "$line" out log || {
			echo "nothing says: $line"
			return 1
		}
	done <err
}
