# helpers -- what the bats files share. BIN is the folder of the programs. Of
# setup and teardown a file, or what it loads later, may have its own.

BIN=${BIN:-$PWD/build/bin}

# The tool of a case folder: the first word below tests/cases.
case_tool() {
	local rest=${1#tests/cases/}
	echo "${rest%%/*}"
}

# Run the program of a case; output into $1/out and $1/err, status returned.
case_output() {
	local into=$1 case=$2 args=() line input=/dev/null
	while IFS= read -r line || [ -n "$line" ]; do
		[ -z "$line" ] || args+=("$line")
	done <"$case/args"
	[ ! -e "$case/records.ndjson" ] ||
		args+=("--records=$case/records.ndjson")
	if [ -e "$case/in.json" ]; then
		jq -c . "$case/in.json" >"$into/in"
		input=$into/in
	elif [ -e "$case/in.ndjson" ]; then
		input=$case/in.ndjson
	fi
	"$BIN/$(case_tool "$case")" "${args[@]}" \
		<"$input" >"$into/out" 2>"$into/err"
}

# A case: output byte for byte, status, and each line of `err` in the log.
run_case() {
	local case=$1 status=0 expected=0 line
	case_output "$BATS_TEST_TMPDIR" "$case" || status=$?
	[ ! -e "$case/status" ] || expected=$(cat "$case/status")
	diff -u "$case/out.ndjson" "$BATS_TEST_TMPDIR/out"
	[ "$status" = "$expected" ] || {
		echo "status $status instead of $expected"
		cat "$BATS_TEST_TMPDIR/err"
		return 1
	}
	[ -e "$case/err" ] || return 0
	while IFS= read -r line; do
		grep -qF -- "$line" "$BATS_TEST_TMPDIR/err" || {
			echo "the log lacks: $line"
			cat "$BATS_TEST_TMPDIR/err"
			return 1
		}
	done <"$case/err"
}

# Write what the program says now into the case.
bless_case() {
	local case=$1 into status=0
	into=$(mktemp -d)
	case_output "$into" "$case" || status=$?
	cp "$into/out" "$case/out.ndjson"
	rm -f "$case/status"
	[ "$status" = 0 ] || echo "$status" >"$case/status"
	rm -r "$into"
}

# wait_for FILE TEXT [SECONDS [LINES]]: until a line, or so many, of a growing
# file hold the text. No polling: tail follows, grep ends at the last match.
# (Not to /dev/null: there grep ends at the first match, whatever -m says.)
wait_for() {
	local n=${4:-1}
	[ "$(timeout "${3:-30}" grep -c -m"$n" -- "$2" <(
		exec tail -n +1 -F -s 0.1 --pid=$$ "$1" 2>/dev/null 3>&-))" = "$n" ] || {
		echo "no $n lines with '$2' in $1:"
		tail -n 40 "$1"
		return 1
	}
}

# start_sim NAME ARG...: start a simulator in the background; sets NAME_URL
# (dashes as underscores) once it is ready and keeps its process id.
start_sim() {
	local name=$1 dir=$BATS_TEST_TMPDIR/$1
	shift
	mkdir -p "$dir"
	"$BIN/$name" --tls-dir="$BATS_FILE_TMPDIR/tls" --log="$dir/log" "$@" \
		>"$dir/ready" 2>"$dir/err" 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/pids"
	wait_for "$dir/ready" '^ready '
	printf -v "${name//-/_}_url" '%s' "$(sed -n 's/^ready //p' "$dir/ready")"
	export SSL_CERT_FILE=$BATS_FILE_TMPDIR/tls/ca.pem
}

# End everything that start_sim started.
stop_sims() {
	[ ! -e "$BATS_TEST_TMPDIR/pids" ] || {
		xargs kill <"$BATS_TEST_TMPDIR/pids" 2>/dev/null || true
		xargs -I{} tail -s 0.05 -f /dev/null --pid={} <"$BATS_TEST_TMPDIR/pids"
	}
}

teardown() {
	stop_sims
}

# shift_clocks [SECONDS [SECONDS]]: move the clocks of programs started by
# start_watch and apply_behind after the first call: those that go on, that of
# the day.
shift_clocks() {
	local so=$BATS_FILE_TMPDIR/clock-shift.so
	# shellcheck disable=SC2086 # CC may be several words
	[ -e "$so" ] || ${CC:-cc} -shared -fPIC -o "$so" tests/fixtures/clock-shift.c
	export CLOCK_SHIFT=$BATS_TEST_TMPDIR/shift ASAN_OPTIONS=verify_asan_link_order=0
	echo "${1:-0} ${2:-0}" >"$CLOCK_SHIFT.new"
	mv "$CLOCK_SHIFT.new" "$CLOCK_SHIFT"
}
