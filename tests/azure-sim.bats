load helpers

# Microsoft's Python SDK against azure-sim: that each understands the other
# is what shows that the simulator is not of our own invention.

PYTHON=/usr/bin/python3

setup() {
	work=$BATS_TEST_TMPDIR
	"$PYTHON" -c 'import msal, azure.mgmt.dns, azure.mgmt.privatedns' \
		2>/dev/null || skip "python3-azure is not installed"
	start_sim azure-sim --plain --zone=example.com \
		--private-zone=corp.internal
}

sdk() {
	"$PYTHON" -W ignore tests/foreign/azure_dns.py "$azure_sim_url" "$1"
}

@test "Microsoft's SDK lists, makes, guards and deletes zones" {
	sdk zones
}

@test "Microsoft's SDK makes a record set and reads it back" {
	sdk create_and_read
}

@test "Microsoft's SDK writes every record type and reads the same" {
	sdk every_type
}

@test "Microsoft's SDK makes an alias of the apex and takes it back" {
	sdk aliases
}

@test "Microsoft's SDK updates under If-Match and is refused when stale" {
	sdk conditional_update
}

@test "Microsoft's SDK deletes under If-Match, a second time too" {
	sdk delete
}

@test "Microsoft's SDK follows nextLink through all pages" {
	sdk paging
}

@test "Microsoft's SDK lists the names below another" {
	sdk suffix
}

@test "Microsoft's SDK understands what ARM refuses" {
	sdk errors
}

@test "Microsoft's SDK sees conflicts and bad values as Azure words them" {
	sdk conflicts
}

@test "Microsoft's SDK polls the asynchronous operations of private zones" {
	sdk private_zones
}

@test "Microsoft's SDK writes, lists and deletes private record sets" {
	sdk private_records
}

@test "Microsoft's SDK writes every type of private zones, pages and merges" {
	sdk private_types
}

@test "Microsoft's SDK links networks to private zones" {
	sdk private_links
}

# The command line client speaks to ADFS-like authorities without asking
# Microsoft's first, so the simulator is registered as one. Debian's build has
# a broken `az network dns` except in the profile for Azure Stack.
az() {
	REQUESTS_CA_BUNDLE=$SSL_CERT_FILE AZURE_CORE_COLLECT_TELEMETRY=false \
		AZURE_CONFIG_DIR=$BATS_TEST_TMPDIR/azure NO_PROXY=127.0.0.1 \
		command az "$@" --only-show-errors
}

az_login() {
	command -v az >/dev/null || skip "azure-cli is not installed"
	az cloud register --name sim --profile "$1" \
		--endpoint-resource-manager "$azure_sim_url" \
		--endpoint-active-directory "$azure_sim_url/adfs" \
		--endpoint-active-directory-resource-id https://management.azure.com/ \
		--endpoint-active-directory-graph-resource-id "$azure_sim_url"
	az cloud set --name sim
	az login --service-principal --username app --password secret \
		--tenant 11111111-1111-1111-1111-111111111111 >/dev/null
}

# (The profile has no CAA.)
@test "az network dns: every type, list, delete" {
	az_login 2020-09-01-hybrid
	local in=(-g rg-azure-dns -z example.com) add='az network dns record-set'
	$add a add-record "${in[@]}" -n www -a 20.0.0.1
	$add a add-record "${in[@]}" -n www -a 20.0.0.2
	$add aaaa add-record "${in[@]}" -n www -a 2001:db8::1
	$add cname set-record "${in[@]}" -n alias -c www.example.com
	$add mx add-record "${in[@]}" -n @ -e mx.test -p 10
	$add ns add-record "${in[@]}" -n sub -d ns1.test
	$add ptr add-record "${in[@]}" -n 1 -d www.example.com
	$add srv add-record "${in[@]}" -n _sip._tcp -p 1 -r 5060 -t sip.test -w 2
	$add txt add-record "${in[@]}" -n www -v 'a "quoted" text'
	$add list "${in[@]}" >"$work/sets"
	[ "$(jq -r '[.[] | "\(.name):\(.type | split("/")[-1])"] | join(" ")' "$work/sets")" = \
		"@:MX @:NS @:SOA 1:PTR _sip._tcp:SRV alias:CNAME sub:NS www:A www:AAAA www:TXT" ]
	jq -e '[.[] | select(.name == "www").aRecords[]?.ipv4Address] == ["20.0.0.1", "20.0.0.2"]' "$work/sets"
	jq -e '.[] | select(.name == "www").txtRecords // empty == [{value: ["a \"quoted\" text"]}]' "$work/sets"
	$add a remove-record "${in[@]}" -n www -a 20.0.0.1 --keep-empty-record-set
	$add a show "${in[@]}" -n www | jq -e '[.aRecords[].ipv4Address] == ["20.0.0.2"]'
	$add a delete "${in[@]}" -n www --yes
	run $add a show "${in[@]}" -n www
	[ "$status" -ne 0 ]
	az network dns zone show -g rg-azure-dns -n example.com |
		jq -e '.numberOfRecordSets == 9'
}

@test "az network private-dns: asynchronous zone, every type, list" {
	az_login latest
	local in=(-g rg-azure-dns -z new.internal) add='az network private-dns record-set'
	az network private-dns zone create -g rg-azure-dns -n new.internal
	$add a add-record "${in[@]}" -n db -a 10.0.0.1
	$add aaaa add-record "${in[@]}" -n db -a fd00::1
	$add cname set-record "${in[@]}" -n alias -c db.new.internal
	$add mx add-record "${in[@]}" -n @ -e mx.test -p 10
	$add ptr add-record "${in[@]}" -n 1 -d db.new.internal
	$add srv add-record "${in[@]}" -n _sip._tcp -p 1 -r 5060 -t sip.test -w 2
	$add txt add-record "${in[@]}" -n db -v text
	[ "$($add list "${in[@]}" | jq -r '[.[] | "\(.name):\(.type | split("/")[-1])"] | join(" ")')" = \
		"1:PTR @:MX @:SOA _sip._tcp:SRV alias:CNAME db:A db:AAAA db:TXT" ]
	az network private-dns zone list | jq -e 'length == 2'
	az network private-dns zone delete -g rg-azure-dns -n new.internal --yes
	az network private-dns zone list | jq -e 'length == 1'
}

@test "az itself serves azdns-apply as token command" {
	az_login latest
	az account get-access-token -o json >"$work/token"
	jq -e '.accessToken and (.expiresOn | length > 18)' "$work/token"
	jq -n '{tenantId: "t", subscriptionId: "00000000-0000-0000-0000-000000000000",
		resourceGroup: "rg-azure-dns", useManagedIdentityExtension: true}' >"$work/azure.json"
	AZURE_CONFIG_DIR=$BATS_TEST_TMPDIR/azure REQUESTS_CA_BUNDLE=$SSL_CERT_FILE \
		NO_PROXY=127.0.0.1 "$BIN/azdns-apply" --azure-config-file="$work/azure.json" \
		--arm-endpoint="$azure_sim_url" --list \
		--token-command='az account get-access-token -o json' >"$work/listed"
	grep -q '"name":"example.com"' "$work/listed"
}
