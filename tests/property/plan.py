#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""plan.py -- random states: what plan proposes is carried out, then it is quiet.

usage: plan.py PLAN [STATES [FIRST-SEED]]

For each seed: a random set of claims, zones and record sets. The changes that
PLAN proposes are carried out on the state as strictly as Azure does it, and
PLAN is asked again, until it has nothing more to propose. Asserted:

  - it comes to rest, after at most three more rounds (moved names, held
    deletions that creations have made few)
  - a record set that is not ours is in no change
  - a key is in at most one change of a round
  - no creation of what is there, none beside a CNAME, no stale etag
  - no deletion beyond the brake
"""
import json
import os
import random
import subprocess
import sys
import tempfile

ZONES = {"/z/example.com": "example.com", "/z/sub.example.com": "sub.example.com"}
NAMES = [f"n{i}" for i in range(6)] + ["a.sub", "b.sub", "*"]
TARGETS = {
    "A": ["20.0.0.1", "20.0.0.2", "20.0.0.10"],
    "AAAA": ["2001:db8::1", "2001:db8::2"],
    "CNAME": ["lb1.example.net", "lb2.example.net"],
    "TXT": ["hello", "world"],
}
KINDS = {"service": "service", "ingress": "ingress", "gateway-httproute": "httproute"}
ROUNDS = 4


class Broken(Exception):
    pass


def some_targets(rng, rtype):
    n = 1 if rtype == "CNAME" else rng.randint(1, 2)
    return sorted(rng.sample(TARGETS[rtype], n))


def make_state(rng):
    """Record sets by (zone, name, type)."""
    state, serial = {}, 0
    for name in NAMES + [f"m{i}" for i in range(rng.choice([0, 0, 14]))]:
        for rtype in rng.sample(list(TARGETS), rng.choice([0, 1, 1, 2])):
            dns = f"{name}.example.com"
            zone = rng.choice(list(ZONES)) if ".sub" in name else "/z/example.com"
            others = [k for k in state if k[:2] == (zone, dns)]
            if any((k[2] == "CNAME") != (rtype == "CNAME") for k in others):
                continue
            serial += 1
            have = {"targets": some_targets(rng, rtype), "recordTTL": rng.choice([60, 300]),
                    "etag": f"e{serial}"}
            owner = rng.choice(["me", "me", "me", "other", None])
            if owner:
                have["owner"] = owner
            if owner and rng.random() < 0.9:
                source = rng.choice(list(KINDS))
                have["resource"] = f"{KINDS[source]}/default/{rng.choice(NAMES)}"
            if owner and rng.random() < 0.8:
                have["txt"] = [{"name": f"{rtype.lower()}-{name}", "etag": f"t{serial}",
                                "current": rng.random() < 0.7}]
            if rng.random() < 0.05:
                have["opaque"] = "alias"
                del have["targets"]
            elif owner and rng.random() < 0.05:
                del have["targets"], have["recordTTL"], have["etag"]
            state[zone, dns, rtype] = have
    return state


def make_claims(rng):
    lines = []
    for source in KINDS:
        for obj in rng.sample(NAMES, rng.randint(0, len(NAMES))):
            endpoints = []
            for name in {obj, rng.choice(NAMES)}:
                rtype = rng.choice(list(TARGETS))
                entry = {"dnsName": f"{name}.example.com", "recordType": rtype,
                         "targets": some_targets(rng, rtype)}
                if rng.random() < 0.3:
                    entry["recordTTL"] = 60
                entry["labels"] = {"resource": f"{KINDS[source]}/default/{obj}"}
                endpoints.append(entry)
            body = {"metadata": {"namespace": "default", "name": f"{source}.{obj}"},
                    "spec": {"endpoints": endpoints}}
            chance = rng.random()
            if chance < 0.05:
                body["status"] = {"unknown": "AddressPending"}
                body["spec"]["endpoints"] = []
            elif chance < 0.1:
                body["status"] = {"unknown": "JoinForbidden"}
            lines.append({"type": "ADDED", "object": body})
    for source in KINDS:
        known = rng.choice(["complete"] * 6 + ["forbidden", "unavailable"])
        lines.append({"type": "BOOKMARK", "object": {"metadata": {
            "name": f"{source}.", "annotations": {
                "k8s.io/initial-events-end": "true", "azdns/state": known}}}})
    return lines


def make_options(rng):
    options = ["--txt-owner-id=me", "--log-level=error", "--private-in-public=allow"]
    options += [f"--source={source}" for source in KINDS]
    options.append("--policy=" + rng.choice(["sync", "sync", "sync", "upsert-only", "create-only"]))
    if rng.random() < 0.3:
        options += [f"--managed-record-types={t}" for t in TARGETS]
    if rng.random() < 0.5:
        options.append("--delete-threshold=100")
    return options


def records_of(state):
    lines = [{"type": "ZONE", "zone": z, "name": n, "visibility": "public"}
             for z, n in ZONES.items()]
    lines.append({"type": "BOOKMARK"})
    for (zone, name, rtype), have in state.items():
        lines.append({"type": "ADDED", "zone": zone, "dnsName": name,
                      "recordType": rtype, "have": have})
    return lines + [{"type": "BOOKMARK", "zone": z} for z in ZONES]


def ask(program, options, folder, claims, state):
    records = os.path.join(folder, "records.ndjson")
    with open(records, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in records_of(state))
    run = subprocess.run([program, f"--records={records}", *options], text=True, check=False,
                         input="".join(json.dumps(line) + "\n" for line in claims),
                         capture_output=True)
    if run.returncode not in (0, 1):
        raise Broken(f"status {run.returncode}: {run.stderr}")
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    return [line for line in lines if line["type"] != "SKIP"]


def is_there(have):
    return have is not None and ("targets" in have or "opaque" in have)


def take(state, key, told):
    """Remove what a change says is there, if it is."""
    have = state.get(key)
    if have != told:
        raise Broken(f"{key}: the change knows {told}, there is {have}")
    if have.get("owner") != "me" or "opaque" in have:
        raise Broken(f"{key}: not ours: {have}")
    del state[key]


def carry_out(state, change, serial):
    key = change["zone"], change["dnsName"], change["recordType"]
    if change["type"] == "CREATE":
        if is_there(state.get(key)):
            raise Broken(f"{key}: created, but there")
        for gone in change.get("replaces", []):
            take(state, key[:2] + (gone["recordType"],), gone["have"])
        for other, have in state.items():
            if (other[:2] == key[:2] and is_there(have) and "targets" in have
                    and (other[2] == "CNAME") != (key[2] == "CNAME")):
                raise Broken(f"{key}: beside {other}")
        if key in state:
            take(state, key, change["have"])
    else:
        take(state, key, change["have"])
    if change["type"] != "DELETE":
        state[key] = dict(change["want"], etag=f"new{serial}")


def check_brake(options, state, changes):
    if "--delete-threshold=100" in options:
        return
    for zone in ZONES:
        ours = sum(1 for (z, _, _), have in state.items() if z == zone
                   and have.get("owner") == "me" and "targets" in have)
        n = sum(1 for c in changes if c["zone"] == zone and c["type"] == "DELETE"
                and "targets" in c["have"])
        if n > 10 and n * 100 > 25 * ours or n >= ours > 3:
            raise Broken(f"{zone}: {n} deletions of {ours}")


def check_seed(program, seed, folder):
    rng = random.Random(seed)
    state, claims, options = make_state(rng), make_claims(rng), make_options(rng)
    for round_no in range(ROUNDS):
        changes = ask(program, options, folder, claims, state)
        keys = [(c["zone"], c["dnsName"], c["recordType"]) for c in changes]
        if len(set(keys)) < len(keys):
            raise Broken(f"one key twice: {keys}")
        check_brake(options, state, changes)
        for i, change in enumerate(changes):
            carry_out(state, change, f"{round_no}.{i}")
        if not changes:
            return
    raise Broken(f"does not come to rest: {changes}")


def main():
    program = sys.argv[1]
    n_states = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + n_states):
            try:
                check_seed(program, seed, folder)
            except Broken as what:
                print(f"seed {seed}: {what}")
                sys.exit(1)
    print(f"{n_states} states came to rest")


main()
