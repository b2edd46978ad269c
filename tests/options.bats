bats_require_minimum_version 1.5.0
load helpers

# pipeline.awk alone: a small table, the options as arguments; what it prints.
translate() {
	printf '%s\n' 'source list plain' 'once flag plain' 'txt-owner-id value plain' \
		'key value secret' 'aws- value unused' 'aws-prefer flag unused' \
		'events-emit value missing' |
		awk -f pipeline.awk -- "$@"
}

@test "options become variables, lists are joined by newline" {
	eval "$(translate --source=service --source ingress --once)"
	[ "$EXTERNAL_DNS_SOURCE" = "service
ingress" ]
	[ "$EXTERNAL_DNS_ONCE" = true ]
	[ "$secrets" = 'EXTERNAL_DNS_KEY ' ]
}

@test "a flag of the environment is true in each form, the command line wins" {
	for word in 1 t true TRUE; do
		eval "$(EXTERNAL_DNS_ONCE=$word translate)"
		[ "$EXTERNAL_DNS_ONCE" = true ]
	done
	eval "$(EXTERNAL_DNS_ONCE=1 translate --once=0)"
	[ "$EXTERNAL_DNS_ONCE" = false ]
}

@test "a value keeps its quotes and dollars" {
	eval "$(translate '--txt-owner-id=it'\''s $HOME `x`')"
	[ "$EXTERNAL_DNS_TXT_OWNER_ID" = 'it'\''s $HOME `x`' ]
}

@test "a flag is negated by no-" {
	eval "$(translate --once --no-once)"
	[ "$EXTERNAL_DNS_ONCE" = false ]
}

# refused TEXT OPTION...: what is said last is this, and the status is 2.
refused() {
	local text=$1
	shift
	run -2 sh -c "log() { echo \"\$*\"; }; $(translate "$@")"
	[ "${lines[-1]}" = "error $text" ]
}

@test "an unknown option ends with 2 and names the nearest" {
	refused 'unknown option --sourc; did you mean --source?' --sourc=service
	refused 'unknown option --zzzzzzzzzzzz; see pipeline.sh --help' --zzzzzzzzzzzz
}

@test "a flag that is neither true nor false ends with 2" {
	refused "--once: 'yes' is neither true nor false" --once=yes
	EXTERNAL_DNS_ONCE=yes refused "--once: 'yes' is neither true nor false"
	eval "$(EXTERNAL_DNS_ONCE='' translate)"
	[ "$EXTERNAL_DNS_ONCE" = false ]
}

@test "a missing value and a stray argument end with 2" {
	refused '--source needs a value' --source
	refused "unexpected argument 'service'" service
	refused "unexpected argument '-v'" -v
}

@test "an option of another provider is accepted with one line" {
	run sh -c "log() { echo \"\$*\"; }; $(translate --aws-profile=x --aws-zone y --no-aws-prefer)"
	[ "$status" -eq 0 ]
	[ "$(printf '%s\n' "${lines[@]}" | sort)" = 'info --aws-profile: accepted, has no use here
info --aws-zone: accepted, has no use here
info --no-aws-prefer: accepted, has no use here' ]
	run ! grep AWS <<<"$(translate --aws-profile=x)"
	run -0 sh -c "log() { echo \"\$*\"; }; $(translate --events-emit=RecordReady)"
	[ "$output" = 'warning --events-emit: accepted, but what it asks for is not done here' ]
	[ "$output" = "$(sh -c "log() { echo \"\$*\"; }; $(EXTERNAL_DNS_EVENTS_EMIT=x translate)")" ]
}

@test "every option of external-dns is known" {
	for stage in k8s-watch endpoints plan azdns-apply aztoken healthz; do
		"$BIN/$stage" --list-options
	done | cat - pipeline.unused >"$BATS_TEST_TMPDIR/table"
	while read -r arity names; do
		for name in $names; do
			case $arity in
			flag) set -- "$@" "--$name" "--no-$name" ;;
			value) set -- "$@" "--$name=x" "--$name" x ;;
			esac
		done
	done <tests/fixtures/external-dns-options
	awk -f pipeline.awk -- "$@" <"$BATS_TEST_TMPDIR/table" >"$BATS_TEST_TMPDIR/shell"
	[ -z "$(grep 'log error' "$BATS_TEST_TMPDIR/shell")" ]
	grep -qx "export EXTERNAL_DNS_TXT_PREFIX='x'" "$BATS_TEST_TMPDIR/shell"
}

# configured OPTION...: the supervisor takes them; prints what it says.
configured() {
	env "PATH=$BIN:$PATH" here="$PWD" stages='k8s-watch endpoints plan azdns-apply aztoken healthz' \
		sh -c '. ./pipeline.options; configure "$@"; [ -n "$watches" ]' - "$@" 2>&1
}

@test "the arguments of manifests and charts are taken as they are" {
	run -0 configured --log-level=info --log-format=text --interval=1m --events --source=service \
		--source=ingress --policy=upsert-only --registry=txt --txt-owner-id=a --provider=azure
	[ "$output" = 'pipeline.sh: --events: accepted, has no use here' ]
	run -0 configured --source=gateway-httproute --source=crd --provider=azure-private-dns \
		--metrics-address=:7979 --azure-subscription-id=s --no-aws-prefer-cname --txt-prefix=%{record_type}- --txt-cache-interval=1h
	[ "$(sort <<<"$output")" = 'pipeline.sh: --no-aws-prefer-cname: accepted, has no use here
pipeline.sh: --txt-cache-interval: accepted, has no use here' ]
	run -2 configured --source=contour-httpproxy --provider=azure
	[[ $output == *'endpoints --list-sources names them' ]]
}

@test "an address for probes that is none ends the supervisor at its start" {
	local address
	for address in nonsense : 127.0.0.1:99999 127.0.0.1:80x; do
		run -2 configured --source=service --metrics-address="$address"
		[ "${#lines[@]}" -eq 1 ]
		[[ $output == "healthz: error: --metrics-address=$address: "* ]]
	done
	for address in '' :7979 localhost:80 '[::1]:80'; do
		run -0 configured --source=service --metrics-address="$address"
		[ -z "$output" ]
	done
}

@test "a line of the supervisor is text or JSON, and has a level" {
	line() {
		env "$1" sh -c '. ./pipeline.options; log "$@"' - "$2" "$3" 2>&1
	}
	[ "$(line A= warning x)" = 'pipeline.sh: warning: x' ]
	[ "$(line A= info x)" = 'pipeline.sh: x' ]
	[ "$(line EXTERNAL_DNS_LOG_FORMAT=json error 'a "b" \c' | jq -r '.level + " " + .tool + " " + .text')" = \
		'error pipeline.sh a "b" \c' ]
	[ -z "$(line EXTERNAL_DNS_LOG_LEVEL=error warning x)" ]
	[ -n "$(line EXTERNAL_DNS_LOG_LEVEL=fatal error x)" ]
	[ -z "$(line EXTERNAL_DNS_LOG_LEVEL=warning info x)" ]
}

@test "the help of a program names choices, defaults and what may be repeated" {
	run "$BIN/plan" --help
	[ "$status" -eq 0 ]
	[[ $output == *'--policy=POLICY '*': sync, upsert-only, create-only [sync]'* ]]
	[[ $output == *'--delete-delay=TIME '*'[30s]'* ]]
	[[ $output == *'--domain-filter=DOMAIN... '* ]]
}
