# SPDX-License-Identifier: ISC
"""kubernetes_client -- the official Python client against kube-sim.

usage: kubernetes_client.py CHECK     (KUBECONFIG: the simulator's)

Each check is a function below; it ends with an exception when the simulator
and the client do not understand each other.
"""
import json
import sys
import threading

from kubernetes import client, config, watch
from kubernetes.client import ApiException

config.load_kube_config()
CORE = client.CoreV1Api()
NETWORK = client.NetworkingV1Api()
CUSTOM = client.CustomObjectsApi()
CRDS = client.ApiextensionsV1Api()
LEASES = client.CoordinationV1Api()

DNSENDPOINT = ("externaldns.k8s.io", "v1alpha1", "default", "dnsendpoints")


def service(name):
    return client.V1Service(
        metadata=client.V1ObjectMeta(name=name),
        spec=client.V1ServiceSpec(
            type="LoadBalancer", ports=[client.V1ServicePort(port=80)]
        ),
    )


def address(name, ip):
    body = {"status": {"loadBalancer": {"ingress": [{"ip": ip}]}}}
    return CORE.patch_namespaced_service_status(name, "default", body)


def refused(status, reason, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except ApiException as error:
        body = json.loads(error.body)
        assert (error.status, body["reason"]) == (status, reason), body
        return body
    raise AssertionError(f"{status} {reason} was expected")


def read_and_write():
    made = CORE.create_namespaced_service("default", service("web"))
    assert made.spec.cluster_ip.startswith("10.96.")
    assert made.status.load_balancer.ingress is None
    given = address("web", "20.0.0.1")
    assert given.status.load_balancer.ingress[0].ip == "20.0.0.1"
    given.metadata.annotations = {"a": "b"}
    put = CORE.replace_namespaced_service("web", "default", given)
    assert put.status.load_balancer.ingress[0].ip == "20.0.0.1"
    body = refused(
        409,
        "Conflict",
        CORE.replace_namespaced_service,
        "web",
        "default",
        given,
    )
    assert "the object has been modified" in body["message"]
    CORE.delete_namespaced_service("web", "default")
    refused(404, "NotFound", CORE.read_namespaced_service, "web", "default")


def watch_changes():
    since = CORE.list_service_for_all_namespaces().metadata.resource_version

    def change():
        CORE.create_namespaced_service("default", service("web"))
        address("web", "20.0.0.1")
        CORE.delete_namespaced_service("web", "default")

    threading.Timer(0.1, change).start()
    seen = []
    stream = watch.Watch()
    for event in stream.stream(
        CORE.list_service_for_all_namespaces,
        resource_version=since,
        timeout_seconds=20,
    ):
        seen.append(event["type"])
        if event["type"] == "DELETED":
            stream.stop()
    assert seen == ["ADDED", "MODIFIED", "DELETED"], seen


def watch_bookmarks():
    CORE.create_namespaced_service("default", service("web"))
    since = CORE.list_service_for_all_namespaces().metadata.resource_version
    CORE.create_namespace({"metadata": {"name": "elsewhere"}})
    marks = [
        event["raw_object"]["metadata"]["resourceVersion"]
        for event in watch.Watch().stream(
            CORE.list_service_for_all_namespaces,
            resource_version=since,
            allow_watch_bookmarks=True,
            timeout_seconds=1,
        )
        if event["type"] == "BOOKMARK"
    ]
    assert marks and int(marks[-1]) > int(since), marks


def watch_selected():
    CORE.create_namespaced_service("default", service("web"))

    def change():
        for labels in ({"a": "b"}, {"a": "c"}):
            CORE.patch_namespaced_service(
                "web", "default", {"metadata": {"labels": labels}}
            )

    threading.Timer(0.1, change).start()
    seen = []
    stream = watch.Watch()
    for event in stream.stream(
        CORE.list_namespaced_service,
        "default",
        label_selector="a=b",
        timeout_seconds=20,
    ):
        seen.append((event["type"], event["object"].metadata.labels["a"]))
        if event["type"] == "DELETED":
            stream.stop()
    assert seen == [("ADDED", "b"), ("DELETED", "b")], seen


def paging():
    for i in range(7):
        CORE.create_namespaced_service("default", service(f"web-{i}"))
    names, token, versions = [], None, set()
    while token != "":
        page = CORE.list_namespaced_service(
            "default", limit=3, _continue=token
        )
        if not names:
            CORE.delete_namespaced_service("web-6", "default")
        names += [item.metadata.name for item in page.items]
        versions.add(page.metadata.resource_version)
        token = page.metadata._continue or ""
    assert names == [f"web-{i}" for i in range(7)], names
    assert len(versions) == 1, versions


def custom_objects():
    made = CUSTOM.create_namespaced_custom_object(
        *DNSENDPOINT,
        {
            "apiVersion": "externaldns.k8s.io/v1alpha1",
            "kind": "DNSEndpoint",
            "metadata": {"name": "web"},
            "spec": {"endpoints": []},
        },
    )
    assert made["metadata"]["generation"] == 1
    done = CUSTOM.patch_namespaced_custom_object_status(
        *DNSENDPOINT, "web", {"status": {"observedGeneration": 1}}
    )
    assert done["status"] == {"observedGeneration": 1}
    assert done["metadata"]["generation"] == 1
    CRDS.delete_custom_resource_definition(
        "dnsendpoints.externaldns.k8s.io"
    )
    try:
        CUSTOM.list_namespaced_custom_object(*DNSENDPOINT)
    except ApiException as error:
        assert error.status == 404
        assert error.body == "404 page not found\n", error.body
    else:
        raise AssertionError("the definition is gone")


def leases():
    lease = client.V1Lease(
        metadata=client.V1ObjectMeta(name="leader"),
        spec=client.V1LeaseSpec(
            holder_identity="a",
            lease_duration_seconds=15,
            acquire_time="2025-01-01T00:00:00.000001Z",
        ),
    )
    made = LEASES.create_namespaced_lease("default", lease)
    refused(
        409, "AlreadyExists", LEASES.create_namespaced_lease, "default", lease
    )
    refused(
        422,
        "Invalid",
        LEASES.replace_namespaced_lease,
        "leader",
        "default",
        lease,
    )
    made.spec.holder_identity = "b"
    LEASES.replace_namespaced_lease("leader", "default", made)
    refused(
        409,
        "Conflict",
        LEASES.replace_namespaced_lease,
        "leader",
        "default",
        made,
    )
    lease.metadata.name = "coarse"
    lease.spec.acquire_time = "2025-01-01T00:00:00Z"
    refused(
        400, "BadRequest", LEASES.create_namespaced_lease, "default", lease
    )


def names():
    body = refused(
        422,
        "Invalid",
        CORE.create_namespaced_service,
        "default",
        service("Web_1"),
    )
    assert body["details"]["causes"][0]["field"] == "metadata.name"
    refused(
        404,
        "NotFound",
        CORE.create_namespaced_service,
        "nowhere",
        service("web"),
    )


globals()[sys.argv[1]]()
