load helpers
load arm

# azure-sim: limits, faults and what serves the tests themselves. Each test is
# a row of the checklist in tests/sim/README.md.

TARGET=$WWW?api-version=2018-05-01

# --- limits ---

@test "rate headers count down from 499, 11999 and 60000; absent by switch" {
	arm GET "$WWW"
	[ "$(header x-ms-ratelimit-remaining-subscription-resource-requests)" = 499 ]
	put www A '{"TTL":60}'
	[ "$(header x-ms-ratelimit-remaining-subscription-resource-requests)" = 11999 ]
	arm GET "$PUBLIC/example.com/all"
	[ "$(header x-ms-ratelimit-remaining-subscription-resource-entities-read)" = 59997 ]
	control switches '{"rate-headers":0}'
	arm GET "$WWW"
	[ -z "$(header x-ms-ratelimit-remaining-subscription-resource-requests)" ]
}

# burst N METHOD URL: N requests over one connection; prints the statuses.
burst() {
	curl -s -o /dev/null -w '%{http_code}\n' -X "$2" \
		-H "Authorization: Bearer $TOKEN" -d '{"properties":{"TTL":60}}' \
		"$3&n=[1-$1]" | sort | uniq -c | tr -s ' \n' ' '
}

@test "a zone takes 200 updates a minute, then 429 with Retry-After and close" {
	put www A '{"TTL":60}'
	control switches '{"limits":1,"arm-limits":0}'
	[ "$(burst 205 PUT "$azure_sim_url$TARGET")" = ' 200 200 5 429 ' ]
	put www A '{"TTL":60}'
	answered 429 '.code == "TooManyRequests"'
	[ "$(header Retry-After)" = 10 ]
	[ "$(header Connection)" = close ]
	control switches '{"throttle-flat":0}'
	put www A '{"TTL":60}'
	answered 429 '.error.code == "TooManyRequests"'
	arm PUT "$PRIVATE/corp.internal/A/www" '{"properties":{"ttl":60}}'
	answered 201
}

@test "a private zone takes 60 writes a minute, 200 reads, 100 lists" {
	local zone=$PRIVATE/corp.internal
	arm PUT "$zone/A/www" '{"properties":{"ttl":60}}'
	control switches '{"limits":1,"arm-limits":0}'
	[ "$(burst 61 PUT "$azure_sim_url$zone/A/www?api-version=2020-06-01")" = ' 60 200 1 429 ' ]
	[ "$(burst 201 GET "$azure_sim_url$zone/A/www?api-version=2020-06-01")" = ' 200 200 1 429 ' ]
	[ "$(burst 101 GET "$azure_sim_url$zone/ALL?api-version=2020-06-01")" = ' 100 200 1 429 ' ]
}

@test "60 lists of a zone a minute, and time can be scaled" {
	control switches '{"limits":1,"arm-limits":0,"time-percent":1000}'
	[ "$(burst 61 GET "$azure_sim_url$PUBLIC/example.com/all?api-version=2018-05-01")" = ' 60 200 1 429 ' ]
	arm GET "$PUBLIC/example.com/all"
	[ "$CODE $(header Retry-After)" = '429 100' ]
}

@test "ARM's bucket: 200 writes at once, then SubscriptionRequestsThrottled" {
	put www A '{"TTL":60}'
	control switches '{"limits":1,"time-percent":10000}'
	[ "$(burst 201 PUT "$azure_sim_url$TARGET")" = ' 200 200 1 429 ' ]
	put www A '{"TTL":60}'
	says 429 SubscriptionRequestsThrottled 'exceeded the backend storage limit. Please try again after'
	[ "$(header x-ms-failure-cause)" = gateway ]
	[ "$(burst 201 DELETE "$azure_sim_url$TARGET")" = ' 1 200 199 204 1 429 ' ]
	[ "$(burst 251 GET "$azure_sim_url$TARGET")" = ' 250 404 1 429 ' ]
}

@test "500 reads of a type in five minutes, then ResourceRequestsThrottled" {
	put www A '{"TTL":60}'
	control switches '{"limits":1,"arm-limits":2}'
	[ "$(burst 501 GET "$azure_sim_url$TARGET")" = ' 500 200 1 429 ' ]
	arm GET "$WWW"
	says 429 ResourceRequestsThrottled "Number of requests for action 'Microsoft.Network/dnszones/A/read' exceeded the limit of '500' for time interval '00:05:00'. Please try again after"
	[ "$(header Retry-After)" -gt 200 ]
	arm GET "$PUBLIC/example.com/TXT/www"
	answered 404
}

@test "who comes back inside Retry-After is refused again" {
	control faults '{"faults":[{"method":"GET","times":1,"status":429,"retryAfter":120}]}'
	arm GET "$WWW"
	[ "$CODE $(header Retry-After)" = '429 120' ]
	arm GET "$WWW"
	answered 429
	[ "$(header Retry-After)" -le 120 ]
	put www A '{"TTL":60}'
	answered 201
}

# --- faults ---

@test "sporadic 5xx, one of them an HTML page, by count or by percent" {
	control faults '{"faults":[{"method":"PUT","every":2,"status":503,"html":true},
		{"method":"GET","percent":50,"status":500}]}'
	put a A '{"TTL":60}'
	answered 201
	put b A '{"TTL":60}'
	answered 503
	[[ "$(header Content-Type)" == text/html* ]]
	grep -q '<html>' "$BODY"
	burst 40 GET "$azure_sim_url$TARGET" >"$BATS_TEST_TMPDIR/counts"
	curl -s "$azure_sim_url/_control/faults" |
		jq -e '.[1].hit > 10 and .[1].hit < 30 and .[1].seen == 40'
}

@test "an answer lost after the commit makes the retry a 412" {
	control faults '{"faults":[{"method":"PUT","times":1,"lost":true}]}'
	put www A '{"TTL":60}' -H 'If-None-Match: *'
	[ "$CODE" = cut ]
	put www A '{"TTL":60}' -H 'If-None-Match: *'
	answered 412
}

@test "a cut connection commits nothing; an answer can break off halfway" {
	control faults '{"faults":[{"method":"PUT","times":1,"cut":true},
		{"method":"GET","times":1,"half":true}]}'
	put www A '{"TTL":60}'
	[ "$CODE" = cut ]
	arm GET "$PUBLIC/example.com/all"
	[ "$CODE" = cut ]
	arm GET "$WWW"
	answered 404
}

@test "a request can hang while others are served" {
	control faults '{"faults":[{"path":"/hung","hang":true}]}'
	put hung A '{"TTL":60}' --max-time 0.3
	[ "$CODE" = cut ]
	put www A '{"TTL":60}'
	answered 201
}

@test "answers can be slow, by rule or by switch" {
	control faults '{"faults":[{"path":"/slow","delayMs":200}]}'
	put slow A '{"TTL":60}' --max-time 0.1
	[ "$CODE" = cut ]
	control switches '{"write-latency-ms":200}'
	put www A '{"TTL":60}' --max-time 0.1
	[ "$CODE" = cut ]
}

@test "somebody else writes between the list and the PUT" {
	local etag
	put www A "$(address 20.0.0.1)"
	etag=$(header ETag)
	control faults "{\"faults\":[{\"method\":\"PUT\",\"times\":1,\"foreign\":{
		\"path\":\"$WWW\",\"body\":{\"properties\":$(address 20.0.0.9)}}}]}"
	put www A "$(address 20.0.0.2)" -H "If-Match: $etag"
	answered 412
	arm GET "$WWW"
	answered 200 '.properties.ARecords[0].ipv4Address == "20.0.0.9"'
}

@test "tokens can be revoked in the middle" {
	control faults '{"faults":[{"method":"PUT","skip":1,"times":1,"revoke":true}]}'
	put a A '{"TTL":60}'
	answered 201
	put b A '{"TTL":60}'
	answered 401
}

@test "Resource Graph: public and private sets, no NS, pages, behind by switch" {
	local query
	query=$(jq -cn --arg s "$SUBSCRIPTION" '{subscriptions: [$s],
		query: "dnsresources", options: {"$top": 2}}')
	fill A a
	fill NS sub
	VERSION=2022-10-01 arm POST /providers/Microsoft.ResourceGraph/resources "$query"
	answered 200 '.totalRecords == 3 and .count == 2 and
		(.data | all(.type != "microsoft.network/dnszones/ns"))'
	[ "$(header x-ms-user-quota-resets-after | cut -c1-6)" = 00:00: ]
	query=$(jq -c --arg t "$(jq -r '.["$skipToken"]' "$BODY")" \
		'.options["$skipToken"] = $t' <<<"$query")
	VERSION=2022-10-01 arm POST /providers/Microsoft.ResourceGraph/resources "$query"
	answered 200 '.count == 1 and (has("$skipToken") | not)'
	control switches '{"graph-lag-ms":60000}'
	VERSION=2022-10-01 arm POST /providers/Microsoft.ResourceGraph/resources "$query"
	answered 200 '.totalRecords == 2'
}

# --- the tests' own ---

@test "the state that is read out can be read in again" {
	put www A "$(address 20.0.0.1 | jq -c '.metadata = {a: "b"}')"
	curl -s "$azure_sim_url/_control/state" >"$BATS_TEST_TMPDIR/one"
	curl -sf -X PUT --data-binary "@$BATS_TEST_TMPDIR/one" \
		"$azure_sim_url/_control/state" >"$BATS_TEST_TMPDIR/two"
	cmp "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
}

@test "requests are counted by kind, those of the control path are not" {
	fill A x
	put www A '{"TTL":60}'
	arm GET "$WWW"
	arm GET "$PUBLIC/example.com/all"
	arm DELETE "$WWW"
	curl -s "$azure_sim_url/_control/requests" | jq -e '. == {total: 5, tokens: 1,
		lists: 1, reads: 1, writes: 1, deletes: 1, refused: 0, throttled: 0}'
}

@test "the same requests get the same etags from the same seed" {
	local n BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR states=$BATS_TEST_TMPDIR
	for n in 1 2; do
		BATS_TEST_TMPDIR=$states/$n
		mkdir "$states/$n"
		start_sim azure-sim --seed=7 --zone=a.test --private-zone=b.test
		curl -s "$azure_sim_url/_control/state" >"$states/state$n"
		stop_sims
	done
	cmp "$states/state1" "$states/state2"
}
