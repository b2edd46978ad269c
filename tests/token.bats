load helpers
load identity

# azdns-apply and its token command: any program that prints what `az account
# get-access-token -o json` prints. Here it is `az`, a script around aztoken
# whose answer each test changes by a jq filter.

# az_says JQ-FILTER [SHELL]: the answer is aztoken's, changed so; the shell
# code runs before. Each run leaves its arguments and environment.
az_says() {
	mkdir -p bin
	cat >bin/az <<-END
		#!/bin/sh
		cd "$BATS_TEST_TMPDIR"
		env | sort >environment
		echo "az \$*" >>runs
		n=\$(wc -l <runs)
		${2:-}
		EXTERNAL_DNS_RETRY_TIME=0 "$BIN/aztoken" | jq -c '$1'
	END
	chmod +x bin/az
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH
	jq '.aadClientSecret = "right"' "$ROOT/tests/cases/aztoken/refusal/azure.json" >azure.json
}

# apply OPTION...: azdns-apply with az for its token command.
apply() {
	"$BIN/azdns-apply" --azure-config-file="$PWD/azure.json" \
		--token-command='az account get-access-token -o json' "$@" 2>err
}

# apply_on: in the background, with open input; its lines come into `out`.
apply_on() {
	mkfifo in
	"$BIN/azdns-apply" --azure-config-file="$PWD/azure.json" --token-command=az \
		"$@" <in >out 2>err 3>&- &
	echo $! >>pids
	exec 9>in
	wait_for out '"BOOKMARK"'
}

@test "az in the place of aztoken: run without a shell, its answer taken" {
	az_says .
	apply --list >out
	grep -q '"name":"example.com"' out
	[ "$(cat runs)" = 'az account get-access-token -o json' ]
}

@test "expiresOn in local time serves where expires_on is missing" {
	az_says 'del(.expires_on)'
	TZ=Asia/Kolkata apply --list --log-level=debug >out
	grep -q 'valid for 35[0-9][0-9] s' err
}

@test "an expires_on that is a text serves, too" {
	az_says '.expires_on |= tostring'
	apply --list >out
	grep -q '"name":"example.com"' out
}

@test "what is no token answer is told and asked for again" {
	az_says '{accessToken: "x"}' 'if [ $n = 2 ]; then exec "'"$BIN"'/aztoken"; fi'
	apply --list >out
	grep -q 'did not print an object with accessToken and expires_on' err
	[ "$(wc -l <runs)" = 2 ]
}

@test "exit 2 without a token ends with 2, exit 1 is tried again" {
	az_says . 'exit 2'
	run apply --list
	[ "$status" = 2 ]
	[ "$(wc -l <runs)" = 1 ]
	rm runs
	az_says . 'if [ $n = 1 ]; then exit 1; fi'
	apply --list >out
	grep -q 'next try in 1 s' err
}

@test "a command that does not exist ends with 2" {
	az_says .
	run "$BIN/azdns-apply" --azure-config-file=azure.json --token-command=no-such-az --list
	[ "$status" = 2 ]
	[[ $output == *"no-such-az: No such file"* ]]
}

@test "the token is renewed at half its life, or when the issuer wants it" {
	az_says '.expires_on = (now | floor) + 4'
	apply_on
	wait_for runs '^az' 30 2
	exec 9>&-
	rm runs in
	az_says '.refresh_on = (now | floor) + 2'
	apply_on
	wait_for runs '^az' 30 2
	exec 9>&-
}

@test "a valid token is used on while refreshing fails" {
	az_says '.refresh_on = (now | floor) + 2' 'if [ $n -gt 1 ]; then exit 2; fi'
	apply_on --interval=1s
	wait_for err 'no token was obtained'
	: >out
	wait_for out '"BOOKMARK"'
	exec 9>&-
}

@test "a claims challenge is handed over once, as it came" {
	az_says . 'echo "$AZTOKEN_CLAIMS" >>claims'
	apply_on --interval=1s
	sim revoke -X POST -d '{"challenge":true}' -o sim.out
	wait_for runs '^az' 60 2
	: >out
	wait_for out '"BOOKMARK"'
	[ -z "$(sed -n 1p claims)" ]
	[ "$(sed -n 2p claims | base64 -d | jq -r '.access_token.nbf.essential')" = true ]
	exec 9>&-
}

@test "the command sees what finding a token needs, and no other secret" {
	az_says .
	export AZURE_CLIENT_ID=id HTTPS_PROXY=http://127.0.0.1:1 NO_PROXY='*' \
		EXTERNAL_DNS_TXT_ENCRYPT_AES_KEY=0123456789abcdef0123456789abcdef \
		KUBECONFIG=/kube/config AWS_SECRET_ACCESS_KEY=other
	apply --list --tenant-id=t >out || true
	apply --list >out
	grep -q '^AZURE_CLIENT_ID=id$' environment
	grep -q '^HTTPS_PROXY=' environment
	grep -q '^EXTERNAL_DNS_AZURE_CONFIG_FILE=/' environment
	run grep -cE 'AES_KEY|KUBECONFIG|AWS_' environment
	[ "$output" = 0 ]
}
