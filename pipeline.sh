#!/bin/sh
# pipeline.sh -- the ring: four programs, four pipes, one life.
#
#   k8s-watch --objects--> endpoints --endpoints--> plan --changes--> azdns-apply
#                                                    ^                    |
#                                                    +------records-------+
#
# usage: pipeline.sh [OPTION...]      all options of external-dns and our own
#
# Options become EXTERNAL_DNS_* variables, checked against what the stages say
# they know; each stage reads its own, and only the last sees a secret. When a
# stage ends, the ring is taken down and started again after 1 to 60 s. TERM
# and INT end it: changes under way are finished. With --once the ring ends by
# itself; with --dry-run the changes are written to standard output instead of
# to Azure. AZDNS_HEALTH_FILE names a file that exists while the ring runs.
#
# exit status: 0 ended as asked; 1 something is not as asked for (--once);
# 2 configuration
set -u

here=$(cd "$(dirname "$0")" && pwd)
PATH=$here:$here/build/bin:$PATH
export PATH
stages='k8s-watch endpoints plan azdns-apply aztoken'
delay_max_s=60  # between two starts; grows from 1, doubled each time
calm_s=300      # a ring that ran so long starts again at once
finish_s=4      # for changes under way, after TERM

case " $* " in
*' --help '*) sed -n '2,/^set /{s/^# \{0,1\}//p;}' "$0"
	for stage in $stages; do echo; "$stage" --help; done
	exit 0 ;;
*' --version '*) exec plan --version ;;
esac

table=$(for stage in $stages; do "$stage" --list-options || exit 2; done) ||
	{ echo 'pipeline.sh: error: a stage is missing or does not run' >&2; exit 2; }
settings=$(printf '%s\n' "$table" | cat - "$here/pipeline.unused" |
	awk -f "$here/pipeline.awk" -- "$@") || exit 2
eval "$settings"
secrets=$(printf '%s\n' "$table" | awk '$3 == "secret" {
	gsub("-", "_", $1); print "EXTERNAL_DNS_" toupper($1) }')
watches=$(endpoints --watches) || exit 2

# Run a stage without the secrets.
open_stage() {
	# shellcheck disable=SC2086 # a list of names
	unset $secrets
	exec "$@"
}

# The ring once. The last stage opens its pipes when all others have opened
# theirs: then the names are not needed any more.
start() {
	for place in "${TMPDIR:-/tmp}" /tmp /dev/shm; do
		dir=$(mktemp -d "$place/azdns.XXXXXX" 2>/dev/null) && break
	done
	[ -n "$dir" ] || { echo 'pipeline.sh: error: no writable folder for the pipes; set TMPDIR' >&2; exit 2; }
	mkfifo "$dir/objects" "$dir/endpoints" "$dir/changes" "$dir/records"
	changes=$dir/changes
	# shellcheck disable=SC2086 # a list of words
	(open_stage k8s-watch $watches) >"$dir/objects" & watch=$!
	(open_stage endpoints) <"$dir/objects" >"$dir/endpoints" & endpoints=$!
	(open_stage plan --records="$dir/records") <"$dir/endpoints" >"$dir/changes" & plan=$!
	if [ "${EXTERNAL_DNS_DRY_RUN:-false}" = true ]; then
		changes=$dir/reviewed
		mkfifo "$changes"
		tee "$changes" <"$dir/changes" &
	fi
	{ rm -rf "$dir"; exec azdns-apply; } <"$changes" >"$dir/records" & apply=$!
	[ -z "${AZDNS_HEALTH_FILE:-}" ] || : >"$AZDNS_HEALTH_FILE"
}

# Wait for the last stage, which ends when any other does, then end the rest.
# Sets worst to 2 if a stage said so, else to 1 if one was not satisfied.
finish() {
	worst=0
	while wait "$apply"; status=$?; kill -0 "$apply" 2>/dev/null; do :; done
	kill "$watch" "$endpoints" "$plan" 2>/dev/null
	for pid in "$plan" "$endpoints" "$watch" ''; do
		case $status in
		0) ;;
		2) worst=2 ;;
		*) [ "$worst" -eq 2 ] || worst=1 ;;
		esac
		[ -z "$pid" ] || { wait "$pid"; status=$?; }
	done
	rm -rf "$dir"
	[ -z "${AZDNS_HEALTH_FILE:-}" ] || rm -f "$AZDNS_HEALTH_FILE"
}

stop() {
	stopping=yes
	kill "$watch" "$endpoints" "$plan" "$apply" "$pause" 2>/dev/null
	(sleep "$finish_s"; kill -9 "$watch" "$endpoints" "$plan" "$apply") 2>/dev/null &
	watchdog=$!
}

stopping='' watchdog='' pause='' watch='' endpoints='' plan='' apply='' delay_s=1
trap stop TERM INT
while :; do
	began=$(date +%s)
	start
	finish
	[ -z "$stopping" ] || { kill "$watchdog" 2>/dev/null; exit 0; }
	[ "$worst" -ne 2 ] && [ "${EXTERNAL_DNS_ONCE:-false}" != true ] || exit "$worst"
	[ $(($(date +%s) - began)) -lt "$calm_s" ] || delay_s=1
	jitter=$(($(od -An -N1 -tu1 /dev/urandom) % 10))
	echo "pipeline.sh: warning: a stage ended; the ring starts again in $delay_s.$jitter s" >&2
	sleep "$delay_s.$jitter" & pause=$!
	wait "$pause"
	[ -z "$stopping" ] || exit 0
	delay_s=$((delay_s * 2 < delay_max_s ? delay_s * 2 : delay_max_s))
done
