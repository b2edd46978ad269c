load helpers
load ring

# README.md and the man pages are run against both simulators; so is every
# block of docs/protocol.md, which needs neither.

# A cluster with one Service, an empty zone; `az` and `kubectl exec` stand in
# for a person who is logged in and for a pod.
start_ring() {
	cloud_start --zone=example.com
	service web web.example.com 20.0.0.1 | objects
	cluster_start --objects="$WORK/objects.json"
	export KUBECONFIG=$WORK/admin.kubeconfig EXTERNAL_DNS_ONCE=true
	mkdir "$WORK/bin"
	cat >"$WORK/bin/kubectl" <<-'END'
		#!/bin/sh
		[ "$1" != exec ] || { shift 3 && exec "$@"; }
		exec /usr/bin/kubectl "$@"
	END
	cat >"$WORK/bin/az" <<-END
		#!/bin/sh
		[ "\$1" != account ] || exec aztoken
		curl -sS --fail --cacert "$WORK/tls/ca.pem" \\
			-H "Authorization: Bearer \$(aztoken | jq -r .accessToken)" \\
			"$AZURE_URL/subscriptions/$subscription/resourceGroups/rg-azure-dns/providers/Microsoft.Network/dnsZones/example.com/all?api-version=2018-05-01" |
			jq .value
	END
	chmod +x "$WORK/bin/"*
	PATH=$WORK/bin:$BIN:$PATH
	cd "$WORK"
}

# run_shell TEXT: it ends with 0 and says something.
run_shell() {
	bash -eu -o pipefail -c "$1" >"$WORK/said" 2>"$WORK/log" || {
		echo "example: $1"
		cat "$WORK/log"
		return 1
	}
}

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

@test "the pipelines of README.md do what they say" {
	start_ring
	run_shell "$(awk '/^```sh/ { f = 1; text = ""; next } /^```/ && f { f = 0; if (text ~ /--audit/) print text }
		f { text = text $0 "\n" }' "$BATS_TEST_DIRNAME/../README.md")"
	grep -q '"dnsName":"web.example.com"' "$WORK/said"
	grep -q '"type":"CREATE"' review.ndjson
	cd "$OLDPWD"
	zones | grep -q '^example.com web A .* 20.0.0.1$'
}

@test "the examples of the man pages run" {
	start_ring
	pages=$BATS_TEST_DIRNAME/../tools
	k8s-watch $(endpoints --watches --source=service) | endpoints --source=service >endpoints.ndjson
	azdns-apply --list >now.ndjson
	plan --records=now.ndjson --txt-owner-id=me <endpoints.ndjson >review.ndjson
	n=0
	while IFS= read -r example; do
		run_shell "$example"
		n=$((n + 1))
	done < <(awk '/^\.Sh/ { f = $2 == "EXAMPLES" } !f { next }
		/^\.Bd/ { block = 1; next } /^\.Ed/ { block = 0; next }
		/^\.Dl/ { sub(/^\.Dl /, ""); print; next }
		block && /\|$/ { printf "%s ", $0; next } block' "$pages"/*/*.1)
	[ "$n" -ge 12 ]
}

@test "each program prints its help, version and options" {
	for tool in k8s-watch endpoints plan azdns-apply aztoken healthz; do
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

@test "every row of the simulator's checklist names tests that exist" {
	local row tests test file rows=0
	while IFS='|' read -r _ row _ _ tests _; do
		rows=$((rows + 1))
		file=${tests%%:*}
		tests=${tests#*: }
		while read -r test; do
			grep -qF "@test \"${test//\$/\\\$}" "tests/azure-sim-${file// /}.bats" || {
				echo "row $row: no test '$test' in '$file'"
				return 1
			}
		done < <(tr ';' '\n' <<<"$tests")
	done < <(grep -E '^\| [0-9]+ \|([^|]*\|){3}$' tests/sim/README.md)
	[ "$rows" -eq 80 ]
}

@test "every fault that k8s-watch survives names a test that exists" {
	local test tests=0
	while IFS= read -r test; do
		tests=$((tests + 1))
		grep -qhF -- "$test\"" tests/k8s-watch*.bats || {
			echo "no test '$test'"
			return 1
		}
	done < <(sed -n '/^## kube-sim: the faults/,$p' tests/sim/README.md | grep '^| [0-9]' |
		cut -d '|' -f 4 | grep -oE '`[^`]+`' | tr -d '`')
	[ "$tests" -ge 40 ]
}
