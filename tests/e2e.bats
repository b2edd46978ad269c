#!/usr/bin/env bats
# e2e -- the ring on whole clusters and zones: tests/e2e on cases of our own,
# and tests/cuts with few cuts.

@test "clusters and zones of our own come out as they should" {
	tests/e2e -v tests/clusters
}

@test "a ring that is killed anywhere leaves nothing behind that it does not mend" {
	tests/cuts
}
