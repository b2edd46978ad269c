load helpers
load apply

# azdns-apply against azure-sim: what is written, and what is said of it.

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

@test "an old mark goes to the metadata where its present name is taken" {
	set_there A web '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	txt_there web "\"\\\"heritage=external-dns,$ME,$WEB\\\"\""
	have=$(have web.example.com A)
	txt_there a-web '"a user text"'
	change UPDATE web.example.com A "$(jq -n --argjson have "$have" \
		--argjson want "$(want 20.0.0.1)" '{$have} + $want')" >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(result)" = 'web.example.com done' ]
	zone | grep -qx 'A web 20.0.0.1 {"azdns_owner":"me","azdns_resource":"service/default/web"}'
	zone | grep -qx 'TXT a-web a user text'
}

@test "owner in the metadata stays there where the name of its mark is taken" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply --registry=azure-metadata
	update A web 20.0.0.1 >"$BATS_TEST_TMPDIR/in"
	txt_there a-web '"a user text"'
	zone >"$BATS_TEST_TMPDIR/before"
	apply
	[ "$(result)" = 'web.example.com done' ]
	diff "$BATS_TEST_TMPDIR/before" <(zone)
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
	[ -z "$(zone | grep owner=me)" ]
	[ "$(have web.example.com A | jq -r .owner)" = me ]
	[ "$(EXTERNAL_DNS_TXT_ENCRYPT_AES_KEY= have web.example.com A | jq -r .owner)" = null ]
}

@test "a conflict tells the truth with its marks, old ones too" {
	for name in web old none; do
		change CREATE "$name.example.com" A "$(want 20.0.0.1)"
	done >"$BATS_TEST_TMPDIR/in"
	for name in web old none; do
		set_there A $name '{"TTL":300,"ARecords":[{"ipv4Address":"9.9.9.9"}]}'
	done
	txt_there a-web "\"\\\"heritage=external-dns,$ME,$WEB\\\"\""
	txt_there old "\"\\\"heritage=external-dns,$ME,$WEB\\\"\""
	run apply
	diff <(jq -c 'select(.status == "conflict")
			| [.dnsName, .have.owner, [.have.txt[]? | .name, .current]]' "$BATS_TEST_TMPDIR/out" | sort) - <<-END
		["none.example.com",null,[]]
		["old.example.com","me",["old",false]]
		["web.example.com","me",["a-web",true]]
	END
	# As the next listing says it.
	diff <(jq -c 'select(.status == "conflict") | [.dnsName, .have]' "$BATS_TEST_TMPDIR/out" | sort) \
		<(list | jq -c 'select(.recordType == "A") | [.dnsName, .have]' | sort)
}

@test "what was put back after a failed change of type is told as MODIFIED" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	change CREATE web.example.com CNAME "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want lb.example.net)" \
		'{replaces: [{recordType: "A", $have}]} + $want')" >"$BATS_TEST_TMPDIR/in"
	faults '[{"method":"PUT","path":"/CNAME/","times":1,"status":400,"code":"BadRequest","flat":true}]'
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe"
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	cat "$BATS_TEST_TMPDIR/in" >&9
	wait_for "$BATS_TEST_TMPDIR/out" '"failed"'
	# The truth comes before the result, and the next change rests on it.
	[ "$(jq -c 'select(.type == "MODIFIED" or .type == "RESULT")
		| [.type, .recordType]' "$BATS_TEST_TMPDIR/out")" = $'["MODIFIED","A"]\n["RESULT","CNAME"]' ]
	change CREATE web.example.com CNAME "$(jq -n --argjson have \
		"$(jq -c 'select(.type == "MODIFIED").have' "$BATS_TEST_TMPDIR/out")" \
		--argjson want "$(want lb.example.net)" \
		'{replaces: [{recordType: "A", $have}]} + $want')" >&9
	wait_for "$BATS_TEST_TMPDIR/out" '"done"'
	exec 9>&-
	wait "$apply_pid" || true
	diff <(zone) - <<-END
		CNAME web lb.example.net
		TXT cname-web "heritage=external-dns,$ME,$WEB"
	END
}

@test "a conflict of a change of type tells what it was to replace" {
	change CREATE web.example.com A "$(want 20.0.0.1)" >"$BATS_TEST_TMPDIR/in"
	apply
	change CREATE web.example.com CNAME "$(jq -n --argjson have \
		"$(have web.example.com A)" --argjson want "$(want lb.example.net)" \
		'{replaces: [{recordType: "A", $have}]} + $want')" >"$BATS_TEST_TMPDIR/in"
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	apply_behind "$BATS_TEST_TMPDIR/pipe"
	exec 9>"$BATS_TEST_TMPDIR/pipe"
	wait_for "$BATS_TEST_TMPDIR/out" '"BOOKMARK","zone"'
	set_there A web '{"TTL":60,"ARecords":[{"ipv4Address":"9.9.9.9"}]}'
	cat "$BATS_TEST_TMPDIR/in" >&9
	wait_for "$BATS_TEST_TMPDIR/out" '"conflict"'
	exec 9>&-
	wait "$apply_pid" || true
	[ "$(jq -c 'select(.type == "MODIFIED") | [.recordType, .have.targets, .have.owner]' \
		"$BATS_TEST_TMPDIR/out")" = '["A",["9.9.9.9"],"me"]' ]
	[ "$(jq -c 'select(.type == "RESULT") | has("have")' "$BATS_TEST_TMPDIR/out")" = false ]
	zone | grep -qx 'A web 9.9.9.9'
	! zone | grep -q cname-web
}

@test "in a review a change of type goes before other creations of its name" {
	change CREATE web.example.com CNAME "$(want lb.example.net)" >"$BATS_TEST_TMPDIR/in"
	apply
	{
		change CREATE web.example.com A "$(want 20.0.0.1)"
		change CREATE web.example.com AAAA "$(jq -n --argjson have \
			"$(have web.example.com CNAME)" --argjson want "$(want 2001:db8::1)" \
			'{replaces: [{recordType: "CNAME", $have}]} + $want')"
		change CREATE web.example.com TXT "$(want text)"
	} >"$BATS_TEST_TMPDIR/in"
	apply
	diff <(zone | grep ' web ') - <<-END
		A web 20.0.0.1
		AAAA web 2001:db8::1
		TXT web text
	END
	[ "$(result | sort | uniq -c | xargs)" = '3 web.example.com done' ]
}

@test "in a review an old mark stays, because others may rest on it, and is told" {
	set_there A web '{"TTL":300,"ARecords":[{"ipv4Address":"20.0.0.1"}]}'
	set_there MX web '{"TTL":300,"MXRecords":[{"preference":10,"exchange":"m.example.net"}]}'
	txt_there web "\"\\\"heritage=external-dns,$ME,$WEB\\\"\""
	update A web 20.0.0.2 >"$BATS_TEST_TMPDIR/in"
	apply
	[ "$(jq -c '[.have.txt[] | .name, .current]' "$BATS_TEST_TMPDIR/out")" = '["a-web",true,"web",false]' ]
	[ "$(have web.example.com MX | jq -c '[.owner, .txt[0].name]')" = '["me","web"]' ]
}
