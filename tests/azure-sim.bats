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
