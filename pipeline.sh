#!/bin/sh
# pipeline.sh -- the ring: four programs, four pipes, one life.
#
#   k8s-watch --objects--> endpoints --endpoints--> plan --changes--> azdns-apply
#                                                    ^                    |
#                                                    +------records-------+
#
# usage: pipeline.sh [OPTION...]      all options of external-dns and our own
#
# Options become EXTERNAL_DNS_* variables (pipeline.options); each stage reads
# its own, and only the last sees a secret.
# When a stage ends, the ring is taken down and started again after 1 to 60 s.
# TERM, INT and HUP end it: changes under way are finished. --once: it ends by
# itself. --dry-run: the changes go to standard output instead of to Azure.
# --check: the way from azure.json to the zones is tried instead, by aztoken.
#
# exit status: 0 ended as asked; 1 something is not as asked for (--once);
# 2 configuration
# shellcheck disable=SC2086,SC2154 # lists of words are split on purpose
set -u
here=$(dirname "$(readlink -f "$0")")
export PATH="$here:$here/build/bin:$PATH"
stages='k8s-watch endpoints plan azdns-apply aztoken healthz'
delay_max_s=60 # between two starts; from 1, doubled each time
calm_s=300     # a ring that ran so long starts again at once
. "$here/pipeline.options" # log, configure

# The last stage finishes what is under way and ends within 4 s.
stop() {
	stopping=yes
	kill $watch $endpoints $plan $apply $pause 2>/dev/null
}

# The ring once. The shell opens all pipes, each end waiting for the other; when
# the last stage has both of its own, their names are not needed any more.
start() {
	for place in "${TMPDIR:-/tmp}" /tmp /dev/shm; do
		dir=$(mktemp -d "$place/azdns.XXXXXX" 2>/dev/null) && break
	done
	[ -n "$dir" ] || { log error 'no writable folder for the pipes; set TMPDIR'; exit 2; }
	pipe=$dir/pipe changes=$dir/pipe-changes
	mkfifo "$pipe-objects" "$pipe-endpoints" "$pipe-changes" "$pipe-records"
	(unset $secrets; exec k8s-watch $watches) >"$pipe-objects" & watch=$!
	(unset $secrets; exec endpoints) <"$pipe-objects" >"$pipe-endpoints" & endpoints=$!
	(unset $secrets; exec plan --records=/dev/fd/3) \
		<"$pipe-endpoints" >"$pipe-changes" 3<"$pipe-records" & plan=$!
	if [ "${EXTERNAL_DNS_DRY_RUN:-false}" = true ]; then
		changes=$dir/reviewed && mkfifo "$changes"
		tee "$changes" <"$pipe-changes" &
	fi
	{ rm -rf "$dir"; exec azdns-apply; } <"$changes" >"$pipe-records" & apply=$!
	[ -z "$stopping" ] || stop # asked for in the middle of this
}

# Wait for the last stage, which ends when any other does, then end the rest:
# they hold no state, so at once. Sets worst to 2 if a stage said so, else to 1
# if one was not satisfied.
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
	rm -f "${EXTERNAL_DNS_HEALTH_FILE:-$dir}"
}

stopping='' watch='' endpoints='' plan='' apply='' pause='' delay_s=1
trap stop TERM INT HUP
configure "$@"
[ "${EXTERNAL_DNS_CHECK:-false}" != true ] || exec aztoken
[ "${EXTERNAL_DNS_ONCE:-false}" = true ] || { unset $secrets; exec healthz; } & probe=$!
trap 'kill "$probe" 2>/dev/null' EXIT
while [ -z "$stopping" ]; do
	began=$(date +%s)
	start
	finish
	[ -z "$stopping" ] || exit 0
	[ "$worst" -ne 2 ] && [ "${EXTERNAL_DNS_ONCE:-false}" != true ] || exit "$worst"
	[ $(($(date +%s) - began)) -lt "$calm_s" ] || delay_s=1
	jitter=$(($(od -An -N1 -tu1 /dev/urandom) % 10))
	log warning "a stage ended; the ring starts again in $delay_s.$jitter s"
	sleep "$delay_s.$jitter" & pause=$!
	wait "$pause"
	delay_s=$((delay_s * 2 < delay_max_s ? delay_s * 2 : delay_max_s))
done
