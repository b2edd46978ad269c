load helpers
load ring

# The whole ring between both simulators, with the arguments, azure.json and
# rights of an external-dns deployment.

once() {
	# shellcheck disable=SC2086 # words
	run -"${expected:-0}" ./pipeline.sh --once $arguments "$@"
}

@test "once: the records appear with their marks, a second run writes nothing" {
	cloud_start --zone=example.com
	for i in $(seq 200); do
		service "web-$i" "web-$i.example.com" "20.0.0.$i"
	done | objects
	cluster_start --objects="$WORK/objects.json"
	once --azure-quota-share=10000 # the published limits would take a minute
	[ "$(addresses | wc -l)" -eq 200 ]
	[ "$(zones | grep -c ' TXT ')" -eq 200 ]
	before=$(writes)
	[ "$before" -eq 400 ]
	once
	[ "$(writes)" -eq "$before" ]
}

@test "a name that Azure refuses costs itself alone and is named" {
	cloud_start --zone=example.com
	{
		service good good.example.com 20.0.0.1
		service bad 'foo.*.example.com' 20.0.0.2
	} | objects
	cluster_start --objects="$WORK/objects.json"
	expected=1 once
	[ "$(addresses)" = 'good 20.0.0.1' ]
	[[ $output == *'service/default/bad'*'foo.*.example.com'* ]]
}

@test "a record without our mark is never written, and SKIP says so" {
	cloud_start --state=tests/fixtures/demo-zone.json
	service shop shop.example.com 20.0.0.1 | objects
	cluster_start --objects="$WORK/objects.json"
	expected=1 once
	[ "$(writes)" -eq 0 ]
	[[ $output == *shop.example.com*Foreign* ]]
}

@test "a file in the place of any stage gives the changes of the ring" {
	cloud_start --zone=example.com
	for i in 1 2 3; do
		service "web-$i" "web-$i.example.com" "20.0.0.$i"
	done | objects
	cluster_start --objects="$WORK/objects.json"
	# shellcheck disable=SC2086 # words
	./pipeline.sh --once --dry-run $arguments >"$WORK/ring.ndjson"
	"$BIN/azdns-apply" --list --azure-resource-group=rg-azure-dns \
		--domain-filter=example.com >"$WORK/now.ndjson"
	# shellcheck disable=SC2046 # words
	"$BIN/k8s-watch" --once $("$BIN/endpoints" --watches --source=service --source=ingress) \
		>"$WORK/objects.ndjson"
	for round in 1 2; do
		"$BIN/endpoints" --once --source=service --source=ingress <"$WORK/objects.ndjson" |
			"$BIN/plan" --once --records="$WORK/now.ndjson" --source=service \
				--source=ingress --domain-filter=example.com >"$WORK/changes.$round"
		diff "$WORK/ring.ndjson" "$WORK/changes.$round"
	done
	[ "$(grep -c '"type":"CREATE"' "$WORK/changes.1")" -eq 3 ]
	[ "$(writes)" -eq 0 ]
	"$BIN/azdns-apply" --azure-resource-group=rg-azure-dns <"$WORK/changes.1" >"$WORK/results"
	[ "$(addresses | wc -l)" -eq 3 ]
}

# A long-running ring, and a wait for a line of its log.
ring_start() {
	# shellcheck disable=SC2086 # words
	start ring ./pipeline.sh $arguments --log-level=debug "$@"
}

# until_written PATH [N]: a PUT of the path was asked for N times.
until_written() {
	await "$WORK/arm.log" "\"method\":\"PUT\".*/$1\"" "${2:-1}"
}

@test "a killed stage brings the ring back, nothing is lost or doubled" {
	cloud_start --zone=example.com
	service web web.example.com 20.0.0.1 | objects
	cluster_start --objects="$WORK/objects.json"
	ring_start
	until_written A/web
	round=1
	for stage in k8s-watch endpoints plan azdns-apply; do
		round=$((round + 1))
		pkill -KILL -P "$ring_pid" -x "$stage"
		kube PATCH /api/v1/namespaces/default/services/web/status \
			"{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"20.0.0.$round\"}]}}}"
		until_written A/web "$round"
	done
	[ "$(addresses)" = "web 20.0.0.$round" ]
	[ "$(zones | wc -l)" -eq 2 ]
	[ "$(writes)" -eq $((1 + round)) ]
}

# ring_ends SIGNAL: within 5 s, with 0, and nothing of it is left.
ring_ends() {
	pgrep -g "$ring_pid" >"$WORK/pids"
	[ "$(wc -l <"$WORK/pids")" -ge 5 ]
	kill -"$1" "$ring_pid"
	timeout 5 tail --pid="$ring_pid" -f /dev/null
	wait "$ring_pid"
	! pgrep -g "$ring_pid"
}

@test "TERM, INT and HUP end the ring with 0 and leave no process" {
	cloud_start --zone=example.com
	service web web.example.com 20.0.0.1 | objects
	cluster_start --objects="$WORK/objects.json"
	for signal in TERM INT HUP; do
		: >"$WORK/ring.err"
		set -m # a process group of its own, which no signal is kept from
		ring_start
		set +m
		await "$WORK/ring.err" 'CREATE done\|listed: 2 keys'
		ring_ends "$signal"
	done
}

@test "TERM in the middle of a pair: mark and record are both written" {
	cloud_start --zone=example.com --switch=latency-ms=1500
	service web web.example.com 20.0.0.1 | objects
	cluster_start --objects="$WORK/objects.json"
	set -m
	ring_start
	set +m
	until_written TXT/a-web
	[ -z "$(grep '"method":"PUT".*/A/web' "$WORK/arm.log")" ]
	ring_ends TERM
	[ "$(zones | awk '{ print $3, $2 }')" = 'TXT a-web
A web' ]
}

@test "the health file says when the first pass is complete, and goes with the ring" {
	cloud_start --zone=example.com --switch=latency-ms=300
	service web web.example.com 20.0.0.1 | objects
	cluster_start --objects="$WORK/objects.json"
	ring_start --health-file="$WORK/health" --metrics-address=127.0.0.1:0
	await "$WORK/health" ready
	[ "$(zones | wc -l)" -eq 2 ]
	kill "$ring_pid"
	wait "$ring_pid"
	[ ! -e "$WORK/health" ]
}

@test "a health file that is a folder ends the ring with 2 and stays" {
	cloud_start --zone=example.com
	service web web.example.com 20.0.0.1 | objects
	cluster_start --objects="$WORK/objects.json"
	mkdir "$WORK/folder"
	: >"$WORK/folder/kept"
	expected=2 once --health-file="$WORK/folder"
	[ -e "$WORK/folder/kept" ]
}

@test "every line of a ring is JSON and names its program, when asked for" {
	cloud_start --zone=example.com
	service web web.example.com 20.0.0.1 | objects
	cluster_start --objects="$WORK/objects.json"
	ring_start --log-format=json --aws-profile=x
	until_written A/web
	pkill -KILL -P "$ring_pid" -x endpoints
	until_written A/web 1
	await "$WORK/ring.err" 'a stage ended'
	kill "$ring_pid"
	wait "$ring_pid"
	jq -r 'select(.time and .level and .text) | .tool' "$WORK/ring.err" | sort -u >"$WORK/tools"
	[ "$(jq -c . "$WORK/ring.err" | wc -l)" -eq "$(wc -l <"$WORK/ring.err")" ]
	grep -qx pipeline.sh "$WORK/tools"
	grep -qx plan "$WORK/tools"
	grep -qx azdns-apply "$WORK/tools"
}

# A ring of stages that end at once with STATUS, and a clock that goes STEP s.
hollow_ring() {
	cp pipeline.* "$WORK"
	for stage in k8s-watch endpoints plan aztoken healthz; do
		printf '#!/bin/sh\n' >"$WORK/$stage"
	done
	printf '#!/bin/sh\n[ "$*" = --list-options ] || exit %s\n' "$1" >"$WORK/azdns-apply"
	printf '#!/bin/sh\ntest ! -s %s/now || read -r now <%s/now\necho $((${now:-0} + %s)) | tee %s/now\n' \
		"$WORK" "$WORK" "$2" "$WORK" >"$WORK/date"
	chmod +x "$WORK"/*
	start ring "$WORK/pipeline.sh"
}

@test "the ring starts again later and later, after a calm time at once" {
	hollow_ring 1 1
	await "$WORK/ring.err" 'starts again in 4'
	grep -oE 'in [0-9]+' "$WORK/ring.err" >"$WORK/delays"
	[ "$(cat "$WORK/delays")" = 'in 1
in 2
in 4' ]
	kill "$ring_pid" # in the pause
	wait "$ring_pid"
	hollow_ring 1 400
	await "$WORK/ring.err" 'starts again in 1' 2
}

@test "a stage that says 2 ends the ring with 2" {
	hollow_ring 2 1
	wait "$ring_pid" || [ $? -eq 2 ]
	! kill -0 "$ring_pid" 2>/dev/null
}

@test "broken configuration ends with 2 and one line that names the remedy" {
	cloud_start --zone=example.com
	cluster_start
	expected=2 once --txt-ownerid=me
	[[ $output == *'did you mean --txt-owner-id?'* ]]
	echo '{' >"$WORK/azure.json"
	expected=2 once
	[[ $output == *azure.json* ]]
	rm "$WORK/azure.json"
	expected=2 once
	[[ $output == *azure.json* ]]
}

@test "check: the way from azure.json to the zones is tried with the ring's options" {
	cloud_start --zone=example.com
	# shellcheck disable=SC2086 # words
	run -0 ./pipeline.sh $arguments --check
	grep -qx 'ok   zones      1 in resource group rg-azure-dns' <<<"$output"
	grep -qx 'ok   records    example.com can be read' <<<"$output"
	[ ! -e "$WORK/kube.log" ]
}
