# stages.sh -- each stage alone: how its costs grow with what it knows. To be
# sourced by bench.
#
# A stage is fed by a pipe up to its last mark, looked at, fed events, and
# looked at again: so what a start costs and what an event costs are told
# apart, and no simulator is in the way of those that need none. An event is an
# object that moves; to azdns-apply, a name that is new.
# shellcheck shell=sh disable=SC2154 # stage_pid is set by start of ring.sh
sizes='1000 10000 100000' many=10000
[ -z "$quick" ] || sizes='100 1000 10000' many=1000
events=1000
wrap='' # what the stage runs under
export PATH="$BIN:$PATH"

# stage_start PROGRAM...: reads what is written to fd 4, writes stage.out.
stage_start() {
	program=$1
	shift
	rm -f "$WORK/feed" "$WORK/stage.out"
	mkfifo "$WORK/feed"
	# shellcheck disable=SC2016,SC2086 # the inner shell's parameters; words
	start stage sh -c 'exec "$@" <"$0"' "$WORK/feed" $wrap "$BIN/$program" "$@"
	exec 4>"$WORK/feed"
}

stage_end() {
	ring_end
	exec 4>&- 5>&-
}

# Nanoseconds of CPU and KiB of private memory of the stage, at this moment.
stage_look() {
	echo "$(cut -d' ' -f1 "/proc/$stage_pid/schedstat")" \
		"$(awk '/^Private_Dirty/ { print $2 }' "/proc/$stage_pid/smaps_rollup")"
}

# said TEXT N: until the stage has said N lines with it.
said() {
	await "$WORK/stage.out" "$1" "$2"
}

# Objects that move: the first hundred, ten times.
moves() {
	for step in 1 2 3 4 5 6 7 8 9 10; do
		world objects -v first=1 -v last=100 -v step="$step"
	done
}

endpoints_feed() {
	# shellcheck disable=SC2086 # a list of words
	stage_start endpoints $sources
	{ world objects -v n="$1" && world marks; } >&4
	said BOOKMARK 2
}

endpoints_events() {
	moves >&4
	said DNSEndpoint $(($1 + 2 + events))
}

# What endpoints says is what plan reads; a script says that all is done.
plan_feed() {
	# shellcheck disable=SC2086 # a list of words
	{ world objects -v n="$1" && world marks && moves; } |
		"$BIN/endpoints" $sources >"$WORK/claims"
	rm -f "$WORK/records" && mkfifo "$WORK/records"
	# shellcheck disable=SC2086 # a list of words
	stage_start plan $sources --txt-owner-id=default --records="$WORK/records"
	exec 5>"$WORK/records"
	# shellcheck disable=SC2016 # the inner shell's parameters
	start answers sh -c 'tail -f -n +1 --pid="$1" "$0" | sed -un "$2" >&5' "$WORK/stage.out" "$stage_pid" \
		's/^{"type":"UPDATE",\(.*\),"have":{.*\(,"etag":"[^"]*"\).*\(,"txt":.*\]\)},"want":\({.*\)},"reason".*/{"type":"RESULT",\1,"change":"UPDATE","status":"done","have":\4\2\3}}/p'
	world records -v n="$1" >&5
	head -n $(($1 + 2)) "$WORK/claims" >&4
	claims_move "$1" 0 # plan acts when all was read
}

# claims_move N ROUND: one of the ten moves.
claims_move() {
	tail -n +$(($1 + 3 + $2 * 100)) "$WORK/claims" | head -n 100 >&4
	said UPDATE $(($2 * 100 + 100))
}

plan_events() {
	for round in 1 2 3 4 5 6 7 8 9; do
		claims_move "$1" "$round"
	done
}

k8s_watch_feed() {
	world cluster -v n="$1" >"$WORK/cluster.yaml"
	cluster_start --objects="$WORK/cluster.yaml"
	# shellcheck disable=SC2046,SC2086 # lists of words
	stage_start k8s-watch $("$BIN/endpoints" --watches $sources)
	said BOOKMARK 6
}

k8s_watch_events() {
	for step in 1 2 3 4 5 6 7 8 9 10; do
		change moves 1 100 "$step"
	done
	said MODIFIED "$events"
}

azdns_apply_feed() {
	world state -v n="$1" >"$WORK/state.json"
	cloud_start --state="$WORK/state.json" --switch=sets-max-public=1000000
	stage_start azdns-apply --azure-quota-share=100000
	said BOOKMARK 5
}

azdns_apply_events() {
	world changes -v first=$(($1 + 1)) -v last=$(($1 + events)) >&4
	said RESULT "$events"
}

# grow STAGE: a line of what N names cost for each size: N, CPU of the start in
# s, private memory in KiB, CPU of an event in us.
grow() {
	for size in $sizes; do
		"$1_feed" "$size"
		began=$(stage_look)
		"$1_events" "$size"
		echo "$size $began $(stage_look)"
		stage_end
	done | awk -v events="$events" '{ printf "%d %.3f %d %.1f\n", $1, $2 / 1e9, $3, ($4 - $2) / 1e3 / events }'
}

# exponent STAGE COLUMN: of what ten times as many names add; the costs of none
# drop out.
exponent() {
	awk -v i="$2" '{ y[NR] = $i } END { printf "%.2f", log((y[3] - y[2]) / (y[2] - y[1])) / log(10) }' "$WORK/grown-$1"
}

# Of an event, over all sizes.
exponent_event() {
	awk '{ x[NR] = $1; y[NR] = $4 } END { printf "%.2f", log(y[NR] / y[1]) / log(x[NR] / x[1]) }' "$WORK/grown-$1"
}

# instructions STAGE N [events]: of a start (and of events after it), by callgrind.
instructions() {
	wrap="valgrind --tool=callgrind --callgrind-out-file=$WORK/callgrind.out"
	"$1_feed" "$2"
	[ -z "${3:-}" ] || "$1_events" "$2"
	stage_end
	awk '/^(summary|totals):/ { print $2; exit }' "$WORK/callgrind.out"
}

instructions_event() {
	echo $((($(instructions "$1" "$2" events) - $(instructions "$1" "$2")) / events))
}

rows_of_the_stages() {
	for stage in endpoints plan k8s_watch azdns_apply; do
		grow "$stage" >"$WORK/grown-$stage"
		row "$stage: growth of the CPU of a start, exponent" "$(exponent "$stage" 2)" 1.05 ''
		row "$stage: growth of its memory, exponent" "$(exponent "$stage" 3)" 1.05 ''
		row "$stage: growth of the CPU of an event, exponent" "$(exponent_event "$stage")" 0.1 ''
	done
	for stage in endpoints plan; do
		few=$(instructions_event "$stage" 100)
		more=$(instructions_event "$stage" "$many")
		row "$stage: $more instructions for an event at $many objects, to those at 100" \
			"$(ratio "$more" "$few")" 1.5 ''
	done
}
