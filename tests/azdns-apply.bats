load helpers

# azdns-apply against azure-sim: what is sent, what is said, what is left.

Z=/subscriptions/s1/resourcegroups/rg/providers/microsoft.network/dnszones/example.com
ME='external-dns/owner=me'
WEB='external-dns/resource=service/default/web'

setup() {
	start_cloud --zone=example.com
}

teardown() {
	stop_sims
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
		-X "$1" "$azure_sim_url/_control/$2" ${3:+-d "$3"}
}

faults() {
	control PUT faults "{\"faults\":$1}" >/dev/null
}

# set_there TYPE NAME PROPERTIES: somebody wrote this record set.
set_there() {
	control PUT "${Z#/}/$1/$2?api-version=2018-05-01" "{\"properties\":$3}" >/dev/null
}

txt_there() {
	set_there TXT "$1" "{\"TTL\":300,\"TXTRecords\":[{\"value\":[$2]}]}"
}

# The zone as lines `TYPE NAME VALUES`, without the apex sets of Azure.
zone() {
	control GET state | jq -r '.zones[].recordSets[]
		| select(.name != "@" or (.type | test("/(NS|SOA)$") | not))
		| [(.type | sub(".*/"; "")), .name,
		   (.properties | [.ARecords[]?.ipv4Address, .CNAMERecord.cname?,
		     .AAAARecords[]?.ipv6Address, (.TXTRecords[]?.value | add)]
		     | map(select(. != null)) | join(",")),
		   (.properties.metadata // empty | tojson)] | join(" ")' |
		LC_ALL=C sort
}

# apply_behind IN: in the background, until its input ends; sets apply_pid.
apply_behind() {
	local in=$1
	shift
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

@test "a record and its mark are created, the mark first" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result)" = 'web.example.com done' ]
	[ "$(requests)" = $'PUT TXT/a-web 201\nPUT A/web 201' ]
	diff <(zone) - <<-END
		A web 20.0.0.1
		TXT a-web "heritage=external-dns,$ME,$WEB"
	END
}

@test "an update of targets alone is one request" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	change UPDATE web.example.com A "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want 20.0.0.2)" \
		'{$have} + $want')" >"$BATS_TEST_TMPDIR/in"
	: >"$BATS_TEST_TMPDIR/azure-sim/log"
	apply
	[ "$(requests)" = 'PUT A/web 200' ]
	zone | grep -qx 'A web 20.0.0.2'
}

@test "a deletion takes the record first, then its mark" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	change DELETE web.example.com A "{\"have\":$(have web.example.com A)}" \
		>"$BATS_TEST_TMPDIR/in"
	: >"$BATS_TEST_TMPDIR/azure-sim/log"
	apply
	[ "$(requests)" = $'DELETE A/web 200\nDELETE TXT/a-web 200' ]
	[ -z "$(zone)" ]
}

@test "what a result says is what the next listing says" {
	for name in '*.w' web; do
		change CREATE "$name.example.com" A "$(want 20.0.0.1)"
	done >"$BATS_TEST_TMPDIR/in"
	change CREATE example.com TXT "$(want 'say "hello"')" >>"$BATS_TEST_TMPDIR/in"
	apply --txt-wildcard-replacement=any
	diff <(jq -c '[.dnsName, .have]' "$BATS_TEST_TMPDIR/out" | sort) \
		<(list --txt-wildcard-replacement=any |
			jq -c 'select(.have.owner) | [.dnsName, .have]' | sort)
}

@test "a record set that appeared meanwhile is not overwritten" {
	set_there A web '{"TTL":60,"ARecords":[{"ipv4Address":"9.9.9.9"}],"metadata":{"by":"hand"}}'
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$status" = 1 ]
	[ "$(result)" = 'web.example.com conflict' ]
	[ "$(jq -c '.have | [.targets, .owner, .metadata]' "$BATS_TEST_TMPDIR/out")" = \
		'[["9.9.9.9"],null,{"by":"hand"}]' ]
	diff <(zone) - <<-END
		A web 9.9.9.9 {"by":"hand"}
	END
}

@test "a change between list and update is not overwritten, and is told" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	change UPDATE web.example.com A "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want 20.0.0.2)" \
		'{$have} + $want')" >"$BATS_TEST_TMPDIR/in"
	set_there A web '{"TTL":60,"ARecords":[{"ipv4Address":"9.9.9.9"}]}'
	run apply
	[ "$status" = 1 ]
	[ "$(result)" = 'web.example.com conflict' ]
	zone | grep -qx 'A web 9.9.9.9'
}

@test "foreign metadata is kept on writing" {
	set_there A web '{"TTL":60,"ARecords":[{"ipv4Address":"1.1.1.1"}],"metadata":{"cost":"42"}}'
	txt_there a-web "\"\\\"heritage=external-dns,$ME\\\"\""
	change UPDATE web.example.com A "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want 20.0.0.2)" \
		'{$have} + $want')" >"$BATS_TEST_TMPDIR/in"
	apply
	zone | grep -qx 'A web 20.0.0.2 {"cost":"42"}'
	zone | grep -qx "TXT a-web \"heritage=external-dns,$ME,$WEB\""
}

@test "a change of type replaces in one go" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	change CREATE web.example.com CNAME "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want lb.example.net)" \
		'{replaces: [{recordType: "A", $have}]} + $want')" >"$BATS_TEST_TMPDIR/in"
	: >"$BATS_TEST_TMPDIR/azure-sim/log"
	apply
	diff <(requests) - <<-END
		PUT TXT/cname-web 201
		DELETE A/web 200
		PUT CNAME/web 201
		DELETE TXT/a-web 200
	END
	diff <(zone) - <<-END
		CNAME web lb.example.net
		TXT cname-web "heritage=external-dns,$ME,$WEB"
	END
}

@test "a change of type that is refused puts back what was there" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	change CREATE web.example.com CNAME "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want lb.example.net)" \
		'{replaces: [{recordType: "A", $have}]} + $want')" >"$BATS_TEST_TMPDIR/in"
	faults '[{"method":"PUT","path":"/CNAME/","status":400,"code":"BadRequest","flat":true}]'
	run apply
	[ "$status" = 1 ]
	[ "$(result)" = 'web.example.com failed' ]
	diff <(zone) - <<-END
		A web 20.0.0.1
		TXT a-web "heritage=external-dns,$ME,$WEB"
	END
}

@test "a refused record leaves no mark behind, and the others land" {
	for name in web 'bad..name' app; do
		change CREATE "$name.example.com" A "$(want 20.0.0.1)"
	done >"$BATS_TEST_TMPDIR/in"
	faults '[{"method":"PUT","path":"/A/web","status":400,"code":"BadRequest","flat":true}]'
	run apply
	[ "$status" = 1 ]
	diff <(result | sort) - <<-END
		app.example.com done
		bad..name.example.com failed
		web.example.com failed
	END
	[ "$(zone | wc -l)" = 2 ]
	grep -q 'service/default/web: web.example.com A: CREATE failed' "$BATS_TEST_TMPDIR/err"
}

@test "a write whose answer was lost is settled by reading" {
	faults '[{"method":"PUT","lost":true,"times":2}]'
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result)" = 'web.example.com done' ]
	[ "$(requests | grep -c ^GET)" -ge 1 ]
	[ "$(zone | wc -l)" = 2 ]
}

@test "a lost answer does not hide that somebody else came first" {
	faults "[{\"method\":\"PUT\",\"path\":\"/A/web\",\"times\":1,
		\"foreign\":{\"method\":\"PUT\",\"path\":\"$Z/A/web\",
		  \"body\":{\"properties\":{\"TTL\":60,\"ARecords\":[{\"ipv4Address\":\"9.9.9.9\"}]}}},
		\"cut\":true}]"
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$(result)" = 'web.example.com conflict' ]
	[ "$(zone)" = 'A web 9.9.9.9' ]
}

@test "5xx, HTML and cut connections are retried until all is right" {
	faults '[{"percent":10,"status":503,"html":true},
		{"percent":10,"status":500},{"percent":10,"cut":true},
		{"percent":10,"lost":true}]'
	for i in $(seq 30); do
		change CREATE "n$i.example.com" A "$(want 20.0.0.1)"
	done >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result | grep -c done)" = 30 ]
	[ "$(zone | wc -l)" = 60 ]
}

@test "Retry-After is obeyed, and does not make the exit a failure" {
	faults '[{"method":"PUT","times":1,"status":429,"code":"TooManyRequests","retryAfter":2,"flat":true}]'
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result)" = 'web.example.com done' ]
	[ "$(requests | grep -c ' 429$')" = 1 ]
}

@test "a throttled zone does not delay another one" {
	control PUT "${Z#/}?api-version=2018-05-01" '{"location":"global"}' >/dev/null
	slow=${Z%example.com}slow.example
	control PUT "${slow#/}?api-version=2018-05-01" '{"location":"global"}' >/dev/null
	faults '[{"method":"PUT","path":"slow.example","status":429,"code":"TooManyRequests","retryAfter":120,"flat":true}]'
	change CREATE a.slow.example A "$(want 20.0.0.1)" |
		sed 's,dnszones/example.com,dnszones/slow.example,' >"$BATS_TEST_TMPDIR/in"
	for i in $(seq 20); do
		change CREATE "n$i.example.com" A "$(want 20.0.0.1)"
	done >>"$BATS_TEST_TMPDIR/in"
	apply_behind "$BATS_TEST_TMPDIR/in"
	wait_for "$BATS_TEST_TMPDIR/out" 'example.com.*"done"' 30 20
	[ "$(requests | grep -c '^PUT TXT/a-a 429')" = 1 ]
	kill "$apply_pid"
	wait "$apply_pid"
}

@test "a revoked token is renewed and nothing is lost" {
	faults '[{"method":"PUT","skip":5,"times":1,"revoke":true}]'
	for i in $(seq 10); do
		change CREATE "n$i.example.com" A "$(want 20.0.0.1)"
	done >"$BATS_TEST_TMPDIR/in"
	apply_behind "$BATS_TEST_TMPDIR/in"
	wait_for "$BATS_TEST_TMPDIR/err" 'summary:' 60
	[ "$(result | grep -c done)" = 10 ]
}

@test "what only has an old mark gets a present one, and the old one goes" {
	set_there A web '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	txt_there web "\"\\\"heritage=external-dns,$ME,$WEB\\\"\""
	[ "$(have web.example.com A | jq -c '[.owner, .txt[0].name, .txt[0].current]')" = \
		'["me","web",false]' ]
	change UPDATE web.example.com A "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want 20.0.0.1)" \
		'{$have} + $want')" >"$BATS_TEST_TMPDIR/in"
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe"
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	cat "$BATS_TEST_TMPDIR/in" >&9
	exec 9>&-
	wait "$apply_pid"
	diff <(zone) - <<-END
		A web 20.0.0.1
		TXT a-web "heritage=external-dns,$ME,$WEB"
	END
}

@test "an old mark that two records rest on goes with the second" {
	set_there A web '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	set_there MX web '{"TTL":300,"MXRecords":[{"preference":10,"exchange":"m.example.net"}]}'
	txt_there web "\"\\\"heritage=external-dns,$ME,$WEB\\\"\""
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe"
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	change DELETE web.example.com A "{\"have\":$(have web.example.com A)}" >&9
	wait_for "$BATS_TEST_TMPDIR/out" 'RESULT.*"A"'
	zone | grep -q '^TXT web '
	change DELETE web.example.com MX "{\"have\":$(have web.example.com MX)}" >&9
	wait_for "$BATS_TEST_TMPDIR/out" 'RESULT.*"MX"'
	exec 9>&-
	wait "$apply_pid"
	[ -z "$(zone)" ]
}

@test "where no TXT can be the owner stands in the metadata" {
	change CREATE example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(zone)" = 'A @ 20.0.0.1 {"azdns_owner":"me","azdns_resource":"service/default/web"}' ]
	[ "$(have example.com A | jq -c '[.owner, .txt]')" = '["me",null]' ]
}

@test "a TXT of somebody else keeps its name, the mark goes into the metadata" {
	txt_there a-web '"a user text"'
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	diff <(zone) - <<-END
		A web 20.0.0.1 {"azdns_owner":"me","azdns_resource":"service/default/web"}
		TXT a-web a user text
	END
	[ "$(have web.example.com A | jq -c '[.owner, .txt]')" = '["me",null]' ]
}

@test "a mark that another owner left is not written over" {
	txt_there a-web '"\"heritage=external-dns,external-dns/owner=other\""'
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$(result)" = 'web.example.com conflict' ]
	[ "$(jq -r .have.owner "$BATS_TEST_TMPDIR/out")" = other ]
	[ "$(zone | wc -l)" = 1 ]
}

@test "a mark of ours without its record is told, used again or taken away" {
	txt_there a-web "\"\\\"heritage=external-dns,$ME,$WEB\\\"\""
	txt_there a-app "\"\\\"heritage=external-dns,$ME,$WEB\\\"\""
	[ "$(have web.example.com A | jq -c '[.targets, .owner]')" = '[null,"me"]' ]
	change CREATE web.example.com A "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want 20.0.0.2)" \
		'{$have} + $want')" >"$BATS_TEST_TMPDIR/in"
	change DELETE app.example.com A "{\"have\":$(have app.example.com A)}" \
		>>"$BATS_TEST_TMPDIR/in"
	apply
	diff <(zone) - <<-END
		A web 20.0.0.2
		TXT a-web "heritage=external-dns,$ME,$WEB"
	END
}

@test "a companion that holds other values too is never written or deleted" {
	set_there A web '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	set_there TXT a-web "{\"TTL\":300,\"TXTRecords\":[{\"value\":[\"\\\"heritage=external-dns,$ME\\\"\"]},{\"value\":[\"v=spf1 -all\"]}]}"
	change DELETE web.example.com A "{\"have\":$(have web.example.com A)}" \
		>"$BATS_TEST_TMPDIR/in"
	apply
	zone | grep -q '^TXT a-web .*spf1'
	[ "$(zone | wc -l)" = 1 ]
}

@test "the registry azure-metadata takes one request and no TXT" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply --registry=azure-metadata
	[ "$(requests)" = 'PUT A/web 201' ]
	[ "$(zone)" = 'A web 20.0.0.1 {"azdns_owner":"me","azdns_resource":"service/default/web"}' ]
}

@test "from txt to azure-metadata and back, a zone is as it was" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	zone >"$BATS_TEST_TMPDIR/before"
	for registry in azure-metadata txt; do
		list --registry=$registry | jq -c 'select(.have.txt[0].current == false)
			| .type = "UPDATE" | .want = (.have | {targets, recordTTL, owner, resource})' \
			>"$BATS_TEST_TMPDIR/changes"
		# As plan does: no change before the zone was listed.
		{
			wait_for "$BATS_TEST_TMPDIR/$registry.err" 'listed'
			cat "$BATS_TEST_TMPDIR/changes"
		} | "$BIN/azdns-apply" --registry=$registry \
			>/dev/null 2>"$BATS_TEST_TMPDIR/$registry.err"
		zone | grep -q "^A web.*owner" || [ $registry = txt ]
	done
	diff "$BATS_TEST_TMPDIR/before" <(zone)
}

@test "encrypted marks are read and written" {
	key=0123456789abcdef0123456789abcdef
	set_there A shop '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	txt_there a-shop '"\"AAECAwQFBgcICQoLMm6zfNkY0qyqIyV3MMURJOoN0oxpzvaX5go0vp206A16xKHzJ6vEcOzDsZpEnApNBgla5qyRpdyOZjGY4wJD6fDiSsRbBDSRdRl2Hflx88cH1wn33K295ICwVmDH1/e2BzoFVLt8gN1Ycw==\""'
	export EXTERNAL_DNS_TXT_ENCRYPT_AES_KEY=$key
	[ "$(have shop.example.com A | jq -c '[.owner, .resource]')" = \
		'["prod-weu","ingress/shop/web"]' ]
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply --txt-encrypt-enabled
	! zone | grep -q owner=me
	[ "$(have web.example.com A | jq -r .owner)" = me ]
	[ "$(EXTERNAL_DNS_TXT_ENCRYPT_AES_KEY= have web.example.com A | jq -r .owner)" = null ]
}

@test "alias, empty and unknown sets are told as opaque and refused" {
	set_there A empty '{"TTL":300}'
	[ "$(have empty.example.com A | jq -r .opaque)" = empty ]
	change DELETE empty.example.com A "{\"have\":$(have empty.example.com A)}" \
		>"$BATS_TEST_TMPDIR/in"
	run apply
	[ "$status" = 1 ]
	[ "$(jq -r .code "$BATS_TEST_TMPDIR/out")" = Refused ]
}

@test "a listing of several pages says each record once" {
	for i in $(seq 250); do
		set_there A "n$i" '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	done >/dev/null
	control PUT switches '{"page-max":100}'
	list >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r 'select(.recordType == "A").dnsName' "$BATS_TEST_TMPDIR/out" |
		sort -u | wc -l)" = 250 ]
	[ "$(grep -c '"recordType":"A"' "$BATS_TEST_TMPDIR/out")" = 250 ]
	[ "$(grep -c 'example.com/all"' "$BATS_TEST_TMPDIR/azure-sim/log")" = 3 ]
}

@test "a later listing says only what changed" {
	set_there A stays '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	set_there A changes '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	set_there A goes '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe" --interval=2s --azure-quota-share=10000
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	set_there A changes '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.2"}]}'
	set_there A comes '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	control DELETE "${Z#/}/A/goes?api-version=2018-05-01"
	wait_for "$BATS_TEST_TMPDIR/out" '"DELETED"'
	exec 9>&-
	wait "$apply_pid"
	diff <(jq -r 'select(.dnsName != "example.com" and .dnsName)
		| "\(.type) \(.dnsName)"' "$BATS_TEST_TMPDIR/out") - <<-END
		ADDED changes.example.com
		ADDED goes.example.com
		ADDED stays.example.com
		MODIFIED changes.example.com
		ADDED comes.example.com
		DELETED goes.example.com
	END
}

@test "a zone that may not be listed is said and ends --list with 1" {
	faults '[{"path":"/all","status":403,"code":"AuthorizationFailed"}]'
	run list
	[ "$status" = 1 ]
	[[ $output == *'"status":"unavailable"'* ]]
	grep -q 'DNS Zone Contributor' "$BATS_TEST_TMPDIR/err"
}

@test "a list of zones that may not be read is a ZONE without zone" {
	faults '[{"path":"dnszones","status":403,"code":"AuthorizationFailed"}]'
	run list
	[ "$status" = 1 ]
	[ "$output" = '{"type":"ZONE","status":"unavailable"}' ]
}

@test "zones named by full id are taken without a list" {
	list --zone-id-filter="$Z" --azure-resource-group=other >"$BATS_TEST_TMPDIR/out"
	grep -q '"BOOKMARK","zone"' "$BATS_TEST_TMPDIR/out"
	! grep -q '"path":"[^"]*dnsZones","query"' "$BATS_TEST_TMPDIR/azure-sim/log"
}

@test "TERM finishes what has begun and exits 0" {
	control PUT switches '{"write-latency-ms":300}'
	for i in $(seq 100); do
		change CREATE "n$i.example.com" A "$(want 20.0.0.1)"
	done >"$BATS_TEST_TMPDIR/in"
	apply_behind "$BATS_TEST_TMPDIR/in"
	wait_for "$BATS_TEST_TMPDIR/out" '"done"'
	kill "$apply_pid"
	wait "$apply_pid"
	[ "$(zone | grep -c '^A ')" = "$(zone | grep -c '^TXT ')" ]
	[ "$(zone | grep -c '^A ')" -lt 100 ]
}

@test "a dry run writes nothing" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply --dry-run
	[ "$(result)" = 'web.example.com dry-run' ]
	[ -z "$(zone)" ]
}

@test "a wrong secret is exit 2 with the remedy, and no output quotes it" {
	faults '[{"path":"oauth2","status":401,"code":"AADSTS7000215"}]'
	run list
	[ "$status" = 2 ]
	! grep -rq 'open sesame' "$BATS_TEST_TMPDIR/err"
}

@test "a missing or broken azure.json is exit 2 with one clear line" {
	run "$BIN/azdns-apply" --list --azure-config-file=/nowhere
	[ "$status" = 2 ]
	[[ $output == *'/nowhere'*'--azure-config-file'* ]]
	echo '{"tenantId": 3}' >"$BATS_TEST_TMPDIR/azure.json"
	run "$BIN/azdns-apply" --list
	[ "$status" = 2 ]
	[[ $output == *"'tenantId' is not a text"* ]]
}
