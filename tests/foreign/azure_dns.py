# SPDX-License-Identifier: ISC
"""azure_dns -- Microsoft's Python SDK against azure-sim.

usage: azure_dns.py URL CHECK     (SSL_CERT_FILE: the simulator's CA)

Each check is a function below; it ends with an exception when the simulator
and the SDK do not understand each other.
"""
import os
import sys
import time

import azure.mgmt.privatedns.models
import msal
from azure.core.credentials import AccessToken
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.mgmt.dns import DnsManagementClient
from azure.mgmt.privatedns import PrivateDnsManagementClient

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
TENANT = "11111111-1111-1111-1111-111111111111"
CLIENT = "22222222-2222-2222-2222-222222222222"
GROUP = "rg-azure-dns"
ZONE = "example.com"
PRIVATE = "corp.internal"

URL = sys.argv[1]
CA = os.environ["SSL_CERT_FILE"]
# The environment wins over what is handed to `requests`.
os.environ.update(REQUESTS_CA_BUNDLE=CA, NO_PROXY="127.0.0.1")


class Credential:
    """What the SDK asks of a credential, by MSAL without its public cloud."""

    def __init__(self, secret):
        self.app = msal.ConfidentialClientApplication(
            CLIENT,
            client_credential=secret,
            authority=f"{URL}/{TENANT}",
            validate_authority=False,
            instance_discovery=False,
            verify=CA,
        )

    def get_token(self, *scopes, **_):
        answer = self.app.acquire_token_for_client(list(scopes))
        if "access_token" not in answer:
            raise RuntimeError(answer)
        return AccessToken(
            answer["access_token"], time.time() + answer["expires_in"]
        )


class Forged:
    """A token that nobody issued."""

    def get_token(self, *_, **__):
        return AccessToken("a.b.c", time.time() + 3600)


def credential():
    return Credential("secret")


def options():
    return {
        "base_url": URL,
        "credential_scopes": ["https://management.azure.com/.default"],
        "connection_verify": CA,
    }


def public():
    return DnsManagementClient(credential(), SUBSCRIPTION, **options())


def private():
    return PrivateDnsManagementClient(credential(), SUBSCRIPTION, **options())


def put(dns, name, *addresses, **more):
    body = {"ttl": 300, "a_records": [{"ipv4_address": a} for a in addresses]}
    return dns.record_sets.create_or_update(
        GROUP, ZONE, name, "A", body, **more
    )


def refused(kind, status, code, function, *arguments, **more):
    try:
        function(*arguments, **more)
    except kind as error:
        assert error.status_code == status, error
        if code is not None:
            assert error.error.code == code, error.error
        return str(error)
    raise AssertionError(f"{status} {code} was expected")


def zones():
    dns = public()
    (zone,) = dns.zones.list()
    assert zone.name == ZONE and zone.number_of_record_sets == 2, zone
    assert len(zone.name_servers) == 4
    assert [z.name for z in dns.zones.list_by_resource_group(GROUP)] == [ZONE]
    new = dns.zones.create_or_update(GROUP, "new.test", {"location": "global"})
    assert new.etag and new.zone_type == "Public", new
    refused(
        HttpResponseError, 412, "PreconditionFailed",
        dns.zones.create_or_update, GROUP, "new.test",
        {"location": "global"}, if_match="dummy",
    )
    dns.zones.begin_delete(GROUP, "new.test", polling_interval=0).result()
    refused(
        ResourceNotFoundError, 404, "ResourceNotFound",
        dns.zones.get, GROUP, "new.test",
    )


def create_and_read():
    dns = public()
    made = put(dns, "www", "20.0.0.1", "20.0.0.2", if_none_match="*")
    assert made.fqdn == "www.example.com.", made
    assert made.type == "Microsoft.Network/dnszones/A", made
    read = dns.record_sets.get(GROUP, ZONE, "www", "A")
    assert [r.ipv4_address for r in read.a_records] == ["20.0.0.1", "20.0.0.2"]
    assert read.etag == made.etag and read.ttl == 300
    assert read.provisioning_state == "Succeeded"
    refused(
        ResourceNotFoundError, 404, "NotFound",
        dns.record_sets.get, GROUP, ZONE, "absent", "A",
    )


# Of each type the member and an element; the public member of A and AAAA has
# another name in the SDK than the private one.
RECORDS = {
    "A": ("a_records", {"ipv4_address": "20.0.0.1"}),
    "AAAA": ("aaaa_records", {"ipv6_address": "2001:db8::1"}),
    "CAA": ("caa_records", {"flags": 0, "tag": "issue", "value": "ca"}),
    "CNAME": ("cname_record", {"cname": "target.example.net"}),
    "MX": ("mx_records", {"preference": 10, "exchange": "mx.test"}),
    "NS": ("ns_records", {"nsdname": "ns1.test"}),
    "PTR": ("ptr_records", {"ptrdname": "a.test"}),
    "SRV": (
        "srv_records",
        {"priority": 1, "weight": 2, "port": 3, "target": "a.test"},
    ),
    "TXT": ("txt_records", {"value": ["a\\;b", '"quoted"']}),
}


def check_type(models, kind, create, get):
    """Write a set of the type, read the same, element by element."""
    member, element = RECORDS[kind]
    single = member.endswith("_record")
    body = {member: element if single else [element]}
    model = models.RecordSet(ttl=60, metadata={"owner": "sdk"}, **body)
    made = create(model)
    read = get()
    assert made == read and made.ttl == 60, (made, read)
    assert read.metadata == {"owner": "sdk"}, read
    values = getattr(read, member)
    (value,) = [values] if single else values
    for name, text in element.items():
        assert getattr(value, name) == text, (kind, value)


def every_type():
    dns = public()
    sets = dns.record_sets
    for kind in RECORDS:
        for name in ("x-" + kind.lower(), "*." + kind.lower()):
            if kind == "NS" and name.startswith("*"):
                continue
            where = (GROUP, ZONE, name, kind)
            check_type(
                dns.models(), kind,
                lambda model: sets.create_or_update(*where, model),
                lambda: sets.get(*where),
            )
    check_type(
        dns.models(), "TXT",
        lambda model: sets.create_or_update(GROUP, ZONE, "@", "TXT", model),
        lambda: sets.get(GROUP, ZONE, "@", "TXT"),
    )
    soa = sets.get(GROUP, ZONE, "@", "SOA").soa_record
    assert soa.email == "azuredns-hostmaster.microsoft.com", soa
    assert soa.serial_number == 1 and soa.minimum_ttl == 300, soa


def aliases():
    dns = public()
    target = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers"
        "/Microsoft.Network/publicIPAddresses/ip"
    )
    made = dns.record_sets.create_or_update(
        GROUP, ZONE, "@", "A", {"ttl": 60, "target_resource": {"id": target}}
    )
    assert made.target_resource.id == target and made.a_records is None, made
    plain = put(dns, "@", "20.0.0.1")
    assert plain.target_resource.id is None, plain


def conditional_update():
    dns = public()
    first = put(dns, "cond", "20.0.0.1")
    second = put(dns, "cond", "20.0.0.2", if_match=first.etag)
    assert first.etag != second.etag
    text = refused(
        HttpResponseError, 412, "PreconditionFailed",
        put, dns, "cond", "20.0.0.3", if_match=first.etag,
    )
    assert "has been modified (etag mismatch)" in text, text
    text = refused(
        HttpResponseError, 412, "PreconditionFailed",
        put, dns, "cond", "20.0.0.3", if_none_match="*",
    )
    assert "exists already and hence cannot be created again" in text, text
    merged = dns.record_sets.update(
        GROUP, ZONE, "cond", "A", {"ttl": 60}, if_match=second.etag
    )
    assert merged.ttl == 60 and merged.a_records[0].ipv4_address == "20.0.0.2"


def delete():
    dns = public()
    made = put(dns, "gone", "20.0.0.1")
    refused(
        HttpResponseError, 412, "PreconditionFailed",
        dns.record_sets.delete, GROUP, ZONE, "gone", "A", if_match="stale",
    )
    dns.record_sets.delete(GROUP, ZONE, "gone", "A", if_match=made.etag)
    refused(
        ResourceNotFoundError, 404, "NotFound",
        dns.record_sets.get, GROUP, ZONE, "gone", "A",
    )
    dns.record_sets.delete(GROUP, ZONE, "gone", "A")


def paging():
    dns = public()
    names = sorted(f"p{i:03}" for i in range(130))
    for name in names:
        put(dns, name, "20.0.0.1")
    for top in (None, 7, 1000):
        listed = list(dns.record_sets.list_by_dns_zone(GROUP, ZONE, top=top))
        found = [s.name for s in listed if s.name.startswith("p")]
        assert found == names, (top, found)
        assert [s.type.split("/")[-1] for s in listed[:2]] == ["NS", "SOA"]
    by_type = dns.record_sets.list_by_type(GROUP, ZONE, "A", top=50)
    assert [s.name for s in by_type if s.name.startswith("p")] == names


def conflicts():
    dns = public()
    put(dns, "both", "20.0.0.1")
    text = refused(
        ResourceExistsError, 409, "Conflict",
        dns.record_sets.create_or_update, GROUP, ZONE, "both", "CNAME",
        {"ttl": 60, "cname_record": {"cname": "a.test"}},
    )
    assert "another record with the same name already exists" in text, text
    refused(
        HttpResponseError, 400, "BadRequest", put, dns, "bad", "20.0.0.256"
    )
    refused(
        HttpResponseError, 400, "BadRequest", put, dns, "a.*.b", "20.0.0.1"
    )


def errors():
    """What a caller without role, token or zone meets."""
    dns = public()
    refused(
        ResourceNotFoundError, 404, "ParentResourceNotFound",
        dns.record_sets.get, GROUP, "absent.test", "www", "A",
    )
    refused(
        ResourceNotFoundError, 404, "ResourceGroupNotFound",
        list, dns.zones.list_by_resource_group("none"),
    )
    stranger = DnsManagementClient(Forged(), SUBSCRIPTION, **options())
    refused(
        ClientAuthenticationError, 401, "InvalidAuthenticationToken",
        stranger.record_sets.get, GROUP, ZONE, "@", "SOA",
    )


def suffix():
    dns = public()
    for name in ("sub", "a.sub", "b.a.sub", "asub"):
        put(dns, name, "20.0.0.1")
    listed = dns.record_sets.list_all_by_dns_zone(
        GROUP, ZONE, record_set_name_suffix="sub"
    )
    assert [s.name for s in listed] == ["a.sub", "b.a.sub"]


def private_zones():
    dns = private()
    (zone,) = dns.private_zones.list()
    assert zone.name == PRIVATE and zone.number_of_record_sets == 1, zone
    new = dns.private_zones.begin_create_or_update(
        GROUP, "new.internal", {"location": "global"}, polling_interval=0
    ).result()
    assert new.name == "new.internal", new
    poller = dns.private_zones.begin_create_or_update(
        GROUP, "new.internal", {"location": "global"},
        if_none_match="*", polling_interval=0,
    )
    refused(HttpResponseError, 200, None, poller.result)
    dns.private_zones.begin_delete(
        GROUP, "new.internal", polling_interval=0
    ).result()


def private_records():
    dns = private()
    sets = dns.record_sets
    body = {"ttl": 10, "a_records": [{"ipv4_address": "10.0.0.1"}]}
    made = sets.create_or_update(
        GROUP, PRIVATE, "A", "db", body, if_none_match="*"
    )
    assert made.is_auto_registered is False and made.ttl == 10, made
    refused(
        HttpResponseError, 412, "PreconditionFailed",
        sets.create_or_update, GROUP, PRIVATE, "A", "db", body,
        if_match="stale",
    )
    soa = sets.get(GROUP, PRIVATE, "SOA", "@").soa_record
    assert soa.host == "azureprivatedns.net" and soa.minimum_ttl == 10, soa
    listed = [(s.name, s.type.split("/")[-1]) for s in sets.list(
        GROUP, PRIVATE, top=1)]
    assert listed == [("@", "SOA"), ("db", "A")], listed
    sets.delete(GROUP, PRIVATE, "A", "db", if_match=made.etag)


def private_types():
    dns = private()
    sets = dns.record_sets
    models = azure.mgmt.privatedns.models
    for kind in RECORDS:
        if kind in ("CAA", "NS"):
            continue
        where = (GROUP, PRIVATE, kind, "x-" + kind.lower())
        check_type(
            models, kind,
            lambda model: sets.create_or_update(*where, model),
            lambda: sets.get(*where),
        )
    names = [s.name for s in sets.list(GROUP, PRIVATE, top=2)]
    assert names == ["@"] + sorted(
        "x-" + k.lower() for k in RECORDS if k not in ("CAA", "NS")
    ), names
    (one,) = sets.list_by_type(GROUP, PRIVATE, "MX")
    merged = sets.update(
        GROUP, PRIVATE, "MX", one.name, {"ttl": 5}, if_match=one.etag
    )
    assert merged.ttl == 5 and merged.mx_records == one.mx_records, merged


def private_links():
    dns = private()
    links = dns.virtual_network_links
    body = {
        "location": "global",
        "registration_enabled": True,
        "virtual_network": {"id": "/subscriptions/s/virtualNetworks/v"},
    }
    made = links.begin_create_or_update(
        GROUP, PRIVATE, "link", body, polling_interval=0
    ).result()
    assert made.virtual_network_link_state == "Completed", made
    assert [k.name for k in links.list(GROUP, PRIVATE)] == ["link"]
    links.begin_delete(GROUP, PRIVATE, "link", polling_interval=0).result()
    assert not list(links.list(GROUP, PRIVATE))


if __name__ == "__main__":
    globals()[sys.argv[2]]()
