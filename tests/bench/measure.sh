# measure.sh -- what the benchmark and the soak share: a ring that can be
# measured, and how. To be sourced after WORK and BUILD are set.
#
# The ring runs with the programs and libraries of the image: the kernel shares
# the pages of a library among all that map the same file, and the simulators
# are no part of the ring. So the sum of PSS is what the ring would take alone.
# shellcheck shell=sh disable=SC2154 # ring_pid is set by start of ring.sh
BIN=$BUILD/bin
IMAGE=$BUILD/image
. tests/ring.sh
sources='--source=service --source=ingress'

# ring_run OPTION...: pipeline.sh of the image, by the shell of the machine.
ring_run() {
	# shellcheck disable=SC2086 # a list of words
	LD_LIBRARY_PATH=$IMAGE/usr/lib:$(echo "$IMAGE"/usr/lib/*-linux-*) \
		exec "$IMAGE/usr/local/bin/pipeline.sh" $sources \
		--provider=azure --azure-resource-group=rg-azure-dns --txt-owner-id=default "$@"
}

# The processes of the ring: lines PID NAME.
ring_processes() {
	echo "$ring_pid pipeline.sh"
	pgrep -P "$ring_pid" -l
}

# CPU seconds of the running ring and of what it has started and waited for.
ring_cpu() {
	ring_processes | while read -r pid _; do
		sed 's/.*) //' "/proc/$pid/stat"
	done | awk -v hz="$(getconf CLK_TCK)" '{ ticks += $12 + $13 + $14 + $15 } END { printf "%.2f", ticks / hz }'
}

# Lines NAME PSS PRIVATE PEAK of each process, in KiB. PEAK is its PSS and what
# its resident memory has shrunk by: peaks of different moments are added.
ring_memory() {
	ring_processes | while read -r pid name; do
		cat "/proc/$pid/smaps_rollup" "/proc/$pid/status" |
			awk -v name="$name" '{ of[$1] = $2 } END {
				print name, of["Pss:"], of["Private_Dirty:"], of["Pss:"] + of["VmHWM:"] - of["VmRSS:"] }'
	done
}

# Open descriptors of all processes of the ring.
ring_descriptors() {
	ring_processes | while read -r pid _; do ls "/proc/$pid/fd"; done | wc -l
}

# cpu_of COMMAND...: CPU seconds of a command and all its children.
cpu_of() {
	(
		("$@" >"$WORK/cpu.out" 2>"$WORK/cpu.err")
		times >"$WORK/times"
	)
	awk 'NR == 2 { gsub("[ms]", " "); printf "%.2f", $1 * 60 + $2 + $3 * 60 + $4 }' "$WORK/times"
}

# requests KIND: how many ARM has answered since requests_reset.
requests() {
	control "$AZURE_URL" requests | jq ".$1"
}

requests_reset() {
	control "$AZURE_URL" requests DELETE >/dev/null
}

# world FORM [-v NAME=VALUE]...
world() {
	form=$1
	shift
	awk -f tests/bench/world.awk -v form="$form" "$@"
}

# change FORM FIRST LAST STEP [RATE]: move, create or delete objects, RATE in
# a minute or as fast as the API server answers.
change() {
	world "$1" -v url="$KUBE_URL" -v ca="$WORK/tls/ca.pem" -v first="$2" -v last="$3" -v step="$4" >"$WORK/requests"
	curl -sS ${5:+--rate "$5/m"} -K "$WORK/requests"
}
