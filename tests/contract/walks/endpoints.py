"""Endpoints: what they are, their secrets, headers and scripts."""

from ..world import EVENT_TYPE, ago
from .registry import walk


@walk("v1.endpoint.list")
def list_them(world):
    page = world.call("v1.endpoint.list", 200, query={"limit": 1})
    assert page["done"] is False
    query = {"limit": 1, "iterator": page["iterator"], "order": "descending"}
    page = world.call("v1.endpoint.list", 200, query=query)
    world.call("v1.endpoint.list", 200, query={**query, "iterator": page["prevIterator"]})


@walk("v1.endpoint.create")
def create(world):
    body = {
        "url": world.receiver.url("/ok"),
        "uid": world.fresh("endpoint"),
        "description": "All that there is",
        "eventTypes": [EVENT_TYPE],
        "channels": ["berlin", "a:b+c"],
        "metadata": {"a": "b"},
        "headers": {"x-key": "value"},
        "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "throttleRate": 100,
        "disabled": True,
    }
    app = world.fresh_app()
    world.call("v1.endpoint.create", 201, app_id=app, body=body)
    world.call("v1.endpoint.create", 409, app_id=app, body=body)
    world.call("v1.endpoint.create", 201, app_id=app, body={"url": body["url"]})


@walk("v1.endpoint.get")
def get(world):
    world.call("v1.endpoint.get", 200)
    shown = world.call("v1.endpoint.get", 200, app_id="acme", endpoint_id="hook")
    assert shown["id"] == world.endpoint


@walk("v1.endpoint.upsert")
def upsert(world):
    app, uid = world.fresh_app(), world.fresh("endpoint")
    body = {"url": world.receiver.url("/ok"), "uid": uid, "description": "One"}
    names = {"app_id": app, "endpoint_id": uid}
    world.call("v1.endpoint.upsert", 201, body=body, **names)
    body = {**body, "description": "Two", "channels": None, "eventTypes": None}
    assert world.call("v1.endpoint.upsert", 200, body=body, **names)["description"] == "Two"


@walk("v1.endpoint.patch")
def patch(world):
    app = world.fresh_app()
    names = {"app_id": app, "endpoint_id": world.fresh_endpoint(app)}
    body = {"uid": None, "throttleRate": 5, "eventTypes": [EVENT_TYPE], "channels": ["a"]}
    assert world.call("v1.endpoint.patch", 200, body=body, **names)["throttleRate"] == 5
    body = {"throttleRate": None, "eventTypes": None, "channels": None, "disabled": True}
    assert world.call("v1.endpoint.patch", 200, body=body, **names)["disabled"] is True
    taken = {"app_id": world.app, "endpoint_id": world.failing}
    world.call("v1.endpoint.patch", 409, body={"uid": "hook"}, **taken)


@walk("v1.endpoint.delete")
def delete(world):
    app = world.fresh_app()
    names = {"app_id": app, "endpoint_id": world.fresh_endpoint(app)}
    world.call("v1.endpoint.delete", 204, **names)
    world.call("v1.endpoint.get", 404, **names)


@walk("v1.endpoint.get-secret")
def get_secret(world):
    assert world.call("v1.endpoint.get-secret", 200)["key"].startswith("whsec_")


@walk("v1.endpoint.rotate-secret")
def rotate_secret(world):
    app = world.fresh_app()
    names = {"app_id": app, "endpoint_id": world.fresh_endpoint(app)}
    before = world.call("v1.endpoint.get-secret", 200, **names)["key"]
    # SDKs before 2.0 expect no body, and take one for a failure.
    old = {"agent": "svix-libs/1.99.0/java", **names}
    world.call("v1.endpoint.rotate-secret", 204, body={}, **old)
    assert world.call("v1.endpoint.get-secret", 200, **names)["key"] != before
    key = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    body = {"key": key, "gracePeriodSeconds": 60}
    assert world.call("v1.endpoint.rotate-secret", 200, body=body, **names) == {"key": key}
    assert world.call("v1.endpoint.get-secret", 200, **names)["key"] == key
    # Ten old keys are kept, and not one more.
    for _ in range(8):
        world.call("v1.endpoint.rotate-secret", 200, body={}, **names)
    refused = world.call("v1.endpoint.rotate-secret", 400, body={}, **names)
    assert refused["code"] == "limit_reached"


@walk("v1.endpoint.get-headers")
def get_headers(world):
    shown = world.call("v1.endpoint.get-headers", 200)
    assert shown["headers"]["x-team"] == "crm"
    assert "authorization" in [name.lower() for name in shown["sensitive"]]
    assert "hush" not in str(shown)


@walk("v1.endpoint.set-headers")
def set_headers(world):
    app = world.fresh_app()
    names = {"app_id": app, "endpoint_id": world.fresh_endpoint(app)}
    world.call("v1.endpoint.set-headers", 204, body={"headers": {"x-a": "1"}}, **names)
    assert world.call("v1.endpoint.get-headers", 200, **names)["headers"] == {"x-a": "1"}


@walk("v1.endpoint.patch-headers")
def patch_headers(world):
    app = world.fresh_app()
    names = {"app_id": app, "endpoint_id": world.fresh_endpoint(app)}
    body = {"headers": {"x-a": "1", "x-b": "2", "x-c": "3"}}
    world.call("v1.endpoint.patch-headers", 204, body=body, **names)
    body = {"headers": {"x-a": None}, "deleteHeaders": ["x-b"]}
    world.call("v1.endpoint.patch-headers", 204, body=body, **names)
    assert world.call("v1.endpoint.get-headers", 200, **names)["headers"] == {"x-c": "3"}


@walk("v1.endpoint.transformation.get")
def get_transformation(world):
    assert world.call("v1.endpoint.transformation.get", 200)["enabled"] is False


@walk("v1.endpoint.transformation.patch")
def patch_transformation(world):
    app = world.fresh_app()
    names = {"app_id": app, "endpoint_id": world.fresh_endpoint(app)}
    code = "function handler(webhook) { return webhook }"
    body = {"code": code, "enabled": True, "variables": {"a": "b"}}
    world.call("v1.endpoint.transformation.patch", 204, body=body, **names)
    shown = world.call("v1.endpoint.transformation.get", 200, **names)
    assert (shown["code"], shown["enabled"]) == (code, True)
    body = {"code": None, "enabled": False, "variables": None}
    world.call("v1.endpoint.transformation.patch", 204, body=body, **names)
    assert world.call("v1.endpoint.transformation.get", 200, **names)["code"] is None


@walk("v1.endpoint.get-stats")
def get_stats(world):
    assert world.call("v1.endpoint.get-stats", 200)["success"] >= 1
    query = {"since": ago(hours=1), "until": ago(hours=-1)}
    assert world.call("v1.endpoint.get-stats", 200, query=query)["success"] >= 1
    query = {"since": ago(hours=3), "until": ago(hours=2)}
    assert set(world.call("v1.endpoint.get-stats", 200, query=query).values()) == {0}


@walk("v1.endpoint.send-example")
def send_example(world):
    body = {"eventType": EVENT_TYPE, "exampleIndex": 0}
    shown = world.call("v1.endpoint.send-example", 202, body=body)
    assert shown["payload"] == {"order": 7}
