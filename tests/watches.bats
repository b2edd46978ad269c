load helpers

# What `endpoints --watches` asks for is enough: pruned by its paths, the input
# of each case gives the same output, byte for byte.

# The input of a case, one value a line.
input_of() {
	if [ -e "$1/in.json" ]; then jq -c . "$1/in.json"; else cat "$1/in.ndjson"; fi
}

pruned_case() {
	local args watches
	mapfile -t args < <(grep -v '^$' "$1/args")
	watches=$("$BIN/endpoints" --watches "${args[@]}" 2>/dev/null) || return 1
	input_of "$1" | jq -c --arg watches "$watches" -f tests/fixtures/prune.jq 2>/dev/null |
		"$BIN/endpoints" "${args[@]}" 2>/dev/null | diff -u "$1/out.ndjson" -
}

@test "objects pruned by the paths of --watches give the same endpoints" {
	n=0
	for case in tests/cases/endpoints/*/*/; do
		[ ! -e "$case/status" ] || continue
		! grep -qx -e '--watches' -e '--list-sources' "$case/args" || continue
		case $case in */wrong-input/*) continue ;; esac # jq would mend it
		pruned_case "$case" || {
			echo "$case"
			return 1
		}
		n=$((n + 1))
	done
	[ "$n" -gt 200 ]
}
