load helpers

# Microsoft's Python SDK against azure-sim: that each understands the other
# is what shows that the simulator is not of our own invention.

PYTHON=/usr/bin/python3

setup() {
	"$PYTHON" -c 'import msal, azure.mgmt.dns, azure.mgmt.privatedns' \
		2>/dev/null || skip "python3-azure is not installed"
	start_sim azure-sim --plain --zone=example.com \
		--private-zone=corp.internal
}

teardown() {
	stop_sims
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

@test "Microsoft's SDK updates under If-Match and is refused when stale" {
	sdk conditional_update
}

@test "Microsoft's SDK deletes under If-Match, a second time too" {
	sdk delete
}

@test "Microsoft's SDK follows nextLink through all pages" {
	sdk paging
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

@test "az network dns: zone, record, list, delete" {
	az_login 2020-09-01-hybrid
	local in=(-g rg-azure-dns -z example.com)
	az network dns record-set a add-record "${in[@]}" -n www -a 20.0.0.1
	az network dns record-set a add-record "${in[@]}" -n www -a 20.0.0.2
	az network dns record-set list "${in[@]}" |
		jq -e '[.[] | select(.name == "www").aRecords[].ipv4Address] ==
			["20.0.0.1", "20.0.0.2"]'
	az network dns record-set a delete "${in[@]}" -n www --yes
	! az network dns record-set a show "${in[@]}" -n www
	az network dns zone show -g rg-azure-dns -n example.com |
		jq -e '.numberOfRecordSets == 2'
}

@test "az network private-dns: asynchronous zone, record, list" {
	az_login latest
	local in=(-g rg-azure-dns -z corp.internal)
	az network private-dns record-set a add-record "${in[@]}" -n db -a 10.0.0.1
	az network private-dns record-set list "${in[@]}" |
		jq -e '[.[].name] == ["@", "db"]'
	az network private-dns zone list | jq -e '.[0].numberOfRecordSets == 2'
	az account get-access-token -o json | jq -e .accessToken
}
