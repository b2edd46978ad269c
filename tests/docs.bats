load helpers

# The examples of a Markdown file: blocks whose info string begins with
# `records` (kept for the next command), `in COMMAND` and `out`.
run_examples() {
	local file=$1 dir=$BATS_TEST_TMPDIR mode='' command='' line n=0 args
	while IFS= read -r line; do
		case $line in
		'```records') mode=records && : >"$dir/records" ;;
		'```in '*) mode=in && command=${line#'```in '} && : >"$dir/in" ;;
		'```out') mode=out && : >"$dir/out" ;;
		'```')
			if [ "$mode" = out ]; then
				args=()
				[ ! -e "$dir/records" ] || args=("--records=$dir/records")
				# shellcheck disable=SC2086 # words of a command
				"$BIN"/$command "${args[@]}" <"$dir/in" \
					>"$dir/is" 2>"$dir/err" || true
				diff -u "$dir/out" "$dir/is" || {
					echo "example of $file: $command"
					cat "$dir/err"
					return 1
				}
				n=$((n + 1))
				rm -f "$dir/records"
			fi
			mode=
			;;
		*) [ -z "$mode" ] || printf '%s\n' "$line" >>"$dir/$mode" ;;
		esac
	done <"$file"
	[ "$n" -gt 0 ]
}

@test "the examples of docs/protocol.md are true" {
	run_examples docs/protocol.md
}

@test "each program prints its help, version and options" {
	for tool in k8s-watch endpoints plan azdns-apply aztoken; do
		"$BIN/$tool" --help | grep -q '^usage: '
		"$BIN/$tool" --version | grep -q "^$tool "
		"$BIN/$tool" --list-options | grep -qE '^[a-z0-9-]+ (flag|value|list) (plain|secret)$'
	done
}

@test "an unknown option is refused with the nearest name" {
	run "$BIN/plan" --txt-ownerid=x
	[ "$status" -eq 2 ]
	[[ $output == *"did you mean --txt-owner-id?"* ]]
}
