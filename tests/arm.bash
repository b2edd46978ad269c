# arm -- asking azure-sim by hand: one simulator for a whole bats file, its
# state made anew before each test.

SUBSCRIPTION=00000000-0000-0000-0000-000000000000
GROUP=/subscriptions/$SUBSCRIPTION/resourceGroups/rg
PUBLIC=$GROUP/providers/Microsoft.Network/dnsZones
PRIVATE=$GROUP/providers/Microsoft.Network/privateDnsZones
TENANT=11111111-1111-1111-1111-111111111111

WWW=$PUBLIC/example.com/A/www

# bats takes these three by their names; a file with more to do has its own.
setup_file() {
	arm_start
}

teardown_file() {
	local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	stop_sims
}

setup() {
	arm_reset
}

arm_start() {
	local BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	start_sim azure-sim --plain
	export azure_sim_url
	export CURL_CA_BUNDLE=$SSL_CERT_FILE NO_PROXY='*'
	arm_plain_url=$(sed -n 's/^plain //p' "$BATS_FILE_TMPDIR/azure-sim/ready")
	export arm_plain_url
}

# arm_reset [JSON]: a public zone example.com and a private zone
# corp.internal; members of the object are added to the state.
arm_reset() {
	local more=${1:-}
	jq -cn --arg public "$PUBLIC/example.com" \
		--arg private "$PRIVATE/corp.internal" \
		--argjson more "${more:-"{}"}" \
		'{zones: [{id: $public}, {id: $private}]} * $more' |
		curl -sf -X PUT -o /dev/null --data-binary @- \
			"$azure_sim_url/_control/state"
	curl -sf -X DELETE -o /dev/null "$azure_sim_url/_control/requests"
	arm_token "$TENANT" client_id=app client_secret=right
	TOKEN=$(jq -r .access_token "$BODY")
}

# control PATH JSON: PUT below /_control/.
control() {
	curl -sf -X PUT -d "$2" "$azure_sim_url/_control/$1" >/dev/null
}

# ask METHOD URL [CURL-ARGUMENT...]: the answer's CODE, BODY and HEAD files.
ask() {
	local method=$1 url=$2
	shift 2
	BODY=$BATS_TEST_TMPDIR/body HEAD=$BATS_TEST_TMPDIR/head
	: >"$BODY"
	CODE=$(curl -s -g --max-time 20 -X "$method" -o "$BODY" -D "$HEAD" \
		-w '%{http_code}' "$@" "$url") || CODE="cut"
}

# arm METHOD PATH [JSON] [CURL-ARGUMENT...]: an ARM request with a good token.
# VERSION is the api-version; a path without one gets it.
arm() {
	local method=$1 path=$2 body=${3:-} version=${VERSION:-}
	shift 2
	[ $# -eq 0 ] || shift
	case ${path,,} in
	*privatedns*) version=${version:-2020-06-01} ;;
	*) version=${version:-2018-05-01} ;;
	esac
	case $path in
	*\?*) path="$path&api-version=$version" ;;
	*) path="$path?api-version=$version" ;;
	esac
	[ -z "$body" ] || set -- -d "$body" "$@"
	ask "$method" "$azure_sim_url$path" -H "Authorization: Bearer $TOKEN" "$@"
}

# put NAME TYPE JSON-OF-PROPERTIES [CURL-ARGUMENT...]: a set of example.com.
put() {
	local name=$1 type=$2 properties=$3
	shift 3
	arm PUT "$PUBLIC/example.com/$type/$name" \
		"{\"properties\":$properties}" "$@"
}

# fill TYPE NAME...: empty sets of example.com, put behind the clients' backs.
fill() {
	local type=$1 name
	shift
	for name in "$@"; do
		control "${PUBLIC#/}/example.com/$type/$name?api-version=2018-05-01" \
			'{"properties":{"TTL":60}}'
	done
}

# address IP...: the properties of an A set.
address() {
	jq -cn '{TTL: 300, ARecords: [$ARGS.positional[] | {ipv4Address: .}]}' \
		--args "$@"
}

# arm_token TENANT FIELD=VALUE...: a token request; scope is added if absent.
arm_token() {
	local tenant=$1 field fields=() scope=
	shift
	for field in "$@"; do
		case $field in scope=*) scope=given ;; esac
		fields+=(--data-urlencode "$field")
	done
	[ -n "$scope" ] || fields+=(--data-urlencode
		'scope=https://management.azure.com/.default')
	ask POST "$azure_sim_url/$tenant/oauth2/v2.0/token" \
		--data-urlencode grant_type=client_credentials "${fields[@]}"
}

# answered CODE [JQ-FILTER]: the last answer had this status, its body passes.
answered() {
	if [ "$CODE" = "$1" ] &&
		{ [ $# -lt 2 ] || jq -e "$2" "$BODY" >/dev/null; }; then
		return 0
	fi
	echo "answered $CODE instead of $1 ${2:-}"
	cat "$HEAD" "$BODY"
	return 1
}

# says CODE WORD TEXT: an error in ARM's wrapped or the service's flat form.
says() {
	answered "$1" "(.error // .) | .code == \"$2\" and
		(.message | contains(\"$3\"))"
}

# header NAME: its value in the last answer.
header() {
	sed -n "s/^$1: *//Ip" "$HEAD" | tr -d '\r'
}
