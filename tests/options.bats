load helpers

# pipeline.awk alone: a small table, the options as arguments.
translate() {
	printf '%s\n' 'source list plain' 'once flag plain' \
		'txt-owner-id value plain' 'aws-profile list unused' |
		awk -f pipeline.awk -- "$@"
}

@test "options become variables, lists are joined by newline" {
	run translate --source=service --source ingress --once
	[ "$status" -eq 0 ]
	eval "$output"
	[ "$EXTERNAL_DNS_SOURCE" = "service
ingress" ]
	[ "$EXTERNAL_DNS_ONCE" = true ]
}

@test "a value keeps its quotes and dollars" {
	eval "$(translate '--txt-owner-id=it'\''s $HOME `x`')"
	[ "$EXTERNAL_DNS_TXT_OWNER_ID" = 'it'\''s $HOME `x`' ]
}

@test "a flag is negated by no-" {
	eval "$(translate --once --no-once)"
	[ "$EXTERNAL_DNS_ONCE" = false ]
}

@test "an unknown option ends with 2 and names the nearest" {
	run translate --sourc=service
	[ "$status" -eq 2 ]
	[[ $output == *'unknown option --sourc; did you mean --source?'* ]]
}

@test "a missing value and a stray argument end with 2" {
	run translate --source
	[ "$status" -eq 2 ]
	[[ $output == *'--source needs a value'* ]]
	run translate service
	[ "$status" -eq 2 ]
	[[ $output == *"unexpected argument 'service'"* ]]
}

@test "an option of another provider is accepted with one line" {
	run translate --aws-profile=x
	[ "$status" -eq 0 ]
	[ "$output" = 'pipeline.sh: --aws-profile: accepted, has no use here' ]
}

@test "the help of a program names choices, defaults and what may be repeated" {
	run "$BIN/plan" --help
	[ "$status" -eq 0 ]
	[[ $output == *'--policy=POLICY '*': sync, upsert-only, create-only [sync]'* ]]
	[[ $output == *'--delete-delay=TIME '*'[30s]'* ]]
	[[ $output == *'--domain-filter=DOMAIN... '* ]]
}
