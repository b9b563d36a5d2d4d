"""Operational webhooks: what tells an organization about its own endpoints."""

from .registry import walk

BASE = "v1.operational-webhook.endpoint"
KEY = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@walk(f"{BASE}.list")
def list_them(world):
    made = [world.fresh_operational() for _ in range(2)]
    page = world.call(f"{BASE}.list", 200, query={"limit": 250})
    assert set(made) <= {entry["id"] for entry in page["data"]}
    page = world.call(f"{BASE}.list", 200, query={"limit": 1})
    query = {"limit": 1, "iterator": page["iterator"], "order": "descending"}
    page = world.call(f"{BASE}.list", 200, query=query)
    world.call(f"{BASE}.list", 200, query={**query, "iterator": page["prevIterator"]})


@walk(f"{BASE}.create")
def create(world):
    body = {
        "url": world.receiver.url("/operational"),
        "uid": world.fresh("operational"),
        "description": "What goes wrong",
        "eventTypes": ["endpoint.disabled", "message.attempt.exhausted"],
        "metadata": {"a": "b"},
        "headers": {"x-key": "value"},
        "secret": KEY,
        "throttleRate": 10,
    }
    shown = world.call(f"{BASE}.create", 201, body=body)
    assert shown["eventTypes"] == body["eventTypes"]
    world.call(f"{BASE}.create", 409, body=body)


@walk(f"{BASE}.get")
def get(world):
    assert world.call(f"{BASE}.get", 200)["id"] == world.operational


@walk(f"{BASE}.upsert")
def upsert(world):
    uid = world.fresh("operational")
    body = {"url": world.receiver.url("/operational"), "uid": uid}
    # 200 also when it creates: the SDKs know no other answer of this operation.
    world.call(f"{BASE}.upsert", 200, endpoint_id=uid, body=body)
    body = {**body, "description": "Two", "eventTypes": None}
    shown = world.call(f"{BASE}.upsert", 200, endpoint_id=uid, body=body)
    assert shown["description"] == "Two"


@walk(f"{BASE}.delete")
def delete(world):
    endpoint = world.fresh_operational()
    world.call(f"{BASE}.delete", 204, endpoint_id=endpoint)
    world.call(f"{BASE}.get", 404, endpoint_id=endpoint)


@walk(f"{BASE}.get-secret")
def get_secret(world):
    assert world.call(f"{BASE}.get-secret", 200)["key"].startswith("whsec_")


@walk(f"{BASE}.rotate-secret")
def rotate_secret(world):
    endpoint = world.fresh_operational()
    world.call(f"{BASE}.rotate-secret", 204, endpoint_id=endpoint, body={})
    body = {"key": KEY, "gracePeriodSeconds": 0}
    world.call(f"{BASE}.rotate-secret", 204, endpoint_id=endpoint, body=body)
    assert world.call(f"{BASE}.get-secret", 200, endpoint_id=endpoint)["key"] == KEY


@walk(f"{BASE}.get-headers")
def get_headers(world):
    assert world.call(f"{BASE}.get-headers", 200)["headers"] == {"x-team": "ops"}


@walk(f"{BASE}.set-headers")
def set_headers(world):
    endpoint = world.fresh_operational()
    body = {"headers": {"x-a": "1", "authorization": "Bearer hush"}}
    world.call(f"{BASE}.set-headers", 204, endpoint_id=endpoint, body=body)
    shown = world.call(f"{BASE}.get-headers", 200, endpoint_id=endpoint)
    assert shown["headers"]["x-a"] == "1"
    assert "hush" not in str(shown)
