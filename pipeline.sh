#!/bin/sh
# pipeline.sh -- the ring: four programs, four pipes, one life.
#
#   k8s-watch --objects--> endpoints --endpoints--> plan --changes--> azdns-apply
#                                                    ^                    |
#                                                    +------records-------+
#
# usage: pipeline.sh [OPTION...]      all options of external-dns and our own
#
# Options become EXTERNAL_DNS_* variables (pipeline.awk), checked against what
# the stages know; each stage reads its own, and only the last sees a secret.
# When a stage ends, the ring is taken down and started again after 1 to 60 s.
# TERM and INT end it: changes under way are finished. --once: it ends by
# itself. --dry-run: the changes go to standard output instead of to Azure.
# AZDNS_HEALTH_FILE names a file that exists while the ring runs.
#
# exit status: 0 ended as asked; 1 something is not as asked for (--once);
# 2 configuration
# shellcheck disable=SC2086 # lists of names and words are split on purpose
set -u
here=$(cd "$(dirname "$0")" && pwd)
export PATH="$here:$here/build/bin:$PATH"
stages='k8s-watch endpoints plan azdns-apply aztoken'
delay_max_s=60 # between two starts; from 1, doubled each time
calm_s=300     # a ring that ran so long starts again at once

die() {
	echo "pipeline.sh: error: $1" >&2
	exit 2
}

case " $* " in
*' --help '*)
	sed -n '2,/^set /{s/^# \{0,1\}//p;}' "$0"
	for stage in $stages; do echo && "$stage" --help; done
	exit 0 ;;
*' --version '*) exec plan --version ;;
esac

table=$(for stage in $stages; do "$stage" --list-options || exit; done) ||
	die "a stage is missing or does not run; 'make' builds them into build/bin"
settings=$(printf '%s\n' "$table" | cat - "$here/pipeline.unused" |
	awk -f "$here/pipeline.awk" -- "$@") || exit 2
eval "$settings"
secrets=$(printf '%s\n' "$table" | awk '$3 == "secret" {
	gsub("-", "_", $1); print "EXTERNAL_DNS_" toupper($1) }')
watches=$(endpoints --watches) || exit 2

# The ring once. The last stage opens its pipes when all others have opened
# theirs: then their names are not needed any more.
start() {
	for place in "${TMPDIR:-/tmp}" /tmp /dev/shm; do
		dir=$(mktemp -d "$place/azdns.XXXXXX" 2>/dev/null) && break
	done
	[ -n "$dir" ] || die 'no writable folder for the pipes; set TMPDIR'
	pipe=$dir/pipe changes=$dir/pipe-changes
	mkfifo "$pipe-objects" "$pipe-endpoints" "$pipe-changes" "$pipe-records"
	(unset $secrets; exec k8s-watch $watches) >"$pipe-objects" & watch=$!
	(unset $secrets; exec endpoints) <"$pipe-objects" >"$pipe-endpoints" & endpoints=$!
	(unset $secrets; exec plan --records="$pipe-records") <"$pipe-endpoints" >"$pipe-changes" & plan=$!
	if [ "${EXTERNAL_DNS_DRY_RUN:-false}" = true ]; then
		changes=$dir/reviewed && mkfifo "$changes"
		tee "$changes" <"$pipe-changes" &
	fi
	{ rm -rf "$dir"; exec azdns-apply; } <"$changes" >"$pipe-records" & apply=$!
	[ -z "${AZDNS_HEALTH_FILE:-}" ] || : >"$AZDNS_HEALTH_FILE"
}

# Wait for the last stage, which ends when any other does, then end the rest:
# they hold no state, so at once.
# Sets worst to 2 if a stage said so, else to 1 if one was not satisfied.
finish() {
	worst=0
	exec 3>&2 2>/dev/null # the shell's own words about its children
	while wait "$apply"; status=$?; kill -0 "$apply"; do :; done
	kill -9 "$watch" "$endpoints" "$plan"
	for pid in "$plan" "$endpoints" "$watch" ''; do
		[ "$status" -eq 0 ] || [ "$worst" -eq 2 ] || worst=$((status == 2 ? 2 : 1))
		[ -z "$pid" ] || { wait "$pid"; status=$?; }
	done
	exec 2>&3 3>&-
	rm -rf "$dir"
	[ -z "${AZDNS_HEALTH_FILE:-}" ] || rm -f "$AZDNS_HEALTH_FILE"
}

# The last stage finishes what is under way and ends within 4 s.
stop() {
	stopping=yes
	kill $watch $endpoints $plan $apply $pause 2>/dev/null
}

stopping='' watch='' endpoints='' plan='' apply='' pause='' delay_s=1
trap stop TERM INT
while :; do
	began=$(date +%s)
	start
	finish
	[ -z "$stopping" ] || exit 0
	[ "$worst" -ne 2 ] && [ "${EXTERNAL_DNS_ONCE:-false}" != true ] || exit "$worst"
	[ $(($(date +%s) - began)) -lt "$calm_s" ] || delay_s=1
	jitter=$(($(od -An -N1 -tu1 /dev/urandom) % 10))
	echo "pipeline.sh: warning: a stage ended; the ring starts again in $delay_s.$jitter s" >&2
	sleep "$delay_s.$jitter" & pause=$!
	wait "$pause"
	[ -z "$stopping" ] || exit 0
	delay_s=$((delay_s * 2 < delay_max_s ? delay_s * 2 : delay_max_s))
done
