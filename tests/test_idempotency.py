"""Idempotency-Key: a request that is sent again, because its answer was lost, is done once."""

import concurrent.futures
import itertools

import pytest

from contract.document import OPERATIONS
from contract.mistakes import BODIES
from contract.walks.catalogue import OPENAPI
from contract.world import built_on
from support.refusal import assert_shape

POSTS = [operation for operation in OPERATIONS.values() if operation.method == "POST"]
# Nothing is worse for being done twice, so their answers are not kept.
NOT_KEPT = {
    "v1.environment.export",
    "v1.message.precheck",
}
# It ends the token that it is asked with, and so cannot be asked again.
ENDS_ITSELF = {"v1.authentication.logout"}
REPEATABLE = [operation for operation in POSTS if operation.id not in NOT_KEPT | ENDS_ITSELF]

_numbers = itertools.count()


def new_key(kind="own"):
    """A key that nobody has used. SDKs make theirs begin with `auto_`."""
    return f"{'auto' if kind == 'auto' else 'own'}_{next(_numbers)}-5a3e"


@pytest.fixture(scope="module")
def _world(_shared_server):
    with built_on(_shared_server) as world:
        yield world


@pytest.fixture
def world(shared_server, _world):  # noqa: ARG001  (so that a failure shows the server's log)
    return _world


def post(tenant, path, key, body, **more):
    headers = {"idempotency-key": key}
    if body is None:
        return tenant.http.post(path, headers=headers, **more)
    return tenant.http.post(path, headers=headers, json=body, **more)


def assert_replayed(first, again):
    assert first.status_code < 300, first.text
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


def assert_refused(answer):
    assert_shape(answer, 422)
    assert answer.json()["detail"][0]["loc"] == ["header", "idempotency-key"]


def right(operation, world):
    """A body that this operation takes, each time a new one where it must be new."""
    if operation.id == "v1.event-type.create":
        return {"name": world.fresh("event"), "description": ""}
    if operation.id == "v1.event-type.import-openapi":
        return {"spec": OPENAPI}
    return BODIES[operation.id][0] if operation.body else None


@pytest.mark.parametrize("kind", ["own", "auto"])
@pytest.mark.parametrize("operation", REPEATABLE, ids=lambda operation: operation.id)
def test_every_post(world, operation, kind):
    names = {}
    if operation.id == "v1.message.expunge-all-contents":
        names["app_id"] = world.fresh_app()  # the others want their payloads
    path = operation.url(**world.names(operation, **names))
    body, key = right(operation, world), new_key(kind)
    first = post(world.owner, path, key, body)
    assert_replayed(first, post(world.owner, path, key, body))
    assert_refused(post(world.owner, path, key, {**(body or {}), "other": True}))
    assert_replayed(first, post(world.owner, path, key, body))


@pytest.mark.parametrize("name", sorted(NOT_KEPT))
def test_what_changes_nothing_is_done_again(world, name):
    (operation,) = [operation for operation in POSTS if operation.id == name]
    path, body, key = operation.url(**world.names(operation)), right(operation, world), new_key()
    for _ in range(2):
        answer = post(world.owner, path, key, body)
        assert answer.status_code == 200, answer.text
        assert "idempotent-replayed" not in answer.headers


@pytest.mark.parametrize("kind", ["own", "auto"])
def test_an_application_that_comes_after_another_one(tenant, kind):
    tenant.app(uid="dd")
    key = new_key(kind)
    first = post(tenant, "/app/dd/msg", key, message())
    assert first.status_code == 202
    assert tenant.http.delete("/app/dd").status_code == 204
    assert_shape(post(tenant, "/app/dd/msg", key, message()), 404)
    tenant.app(uid="dd")
    anew = post(tenant, "/app/dd/msg", key, message())
    assert anew.json()["id"] != first.json()["id"]
    assert_replayed(anew, post(tenant, "/app/dd/msg", key, message()))
    assert count(tenant, "dd") == 1


def message(n=1):
    return {"eventType": "order.paid", "payload": {"n": n}}


def count(tenant, app):
    return len(tenant.http.get(f"/app/{app}/msg", params={"limit": 250}).json()["data"])


@pytest.mark.parametrize("kind", ["own", "auto"])
def test_a_message_is_accepted_once(tenant, receiver, kind):
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    path, key = f"/app/{app}/msg", new_key(kind)
    first = post(tenant, path, key, message())
    receiver.wait_for_ids("/hook", [first.json()["id"]])
    for _ in range(3):
        assert_replayed(first, post(tenant, path, key, message()))
    last = post(tenant, path, new_key(kind), message(2)).json()["id"]
    receiver.wait_for_ids("/hook", [last])
    assert len(receiver.requests("/hook")) == 2
    assert count(tenant, app) == 2


def test_the_body_is_compared_as_it_came(tenant):
    app = tenant.app()
    path, key = f"/app/{app}/msg", new_key()
    one = b'{"eventType":"order.paid","payload":{}}'
    headers = {"idempotency-key": key, "content-type": "application/json"}
    assert tenant.http.post(path, headers=headers, content=one).status_code == 202
    for other in (one + b" ", one.replace(b"{}", b'{"a":1}'), b"{}", b""):
        assert_refused(tenant.http.post(path, headers=headers, content=other))
    assert count(tenant, app) == 1


def test_a_key_belongs_to_its_caller_and_path(tenant, shared_server, new_tenant):
    app, other = tenant.app(), tenant.app()
    key = new_key()
    stranger = new_tenant(shared_server)
    theirs = stranger.app()
    ids = [
        post(who, path, key, message(n), params=query).json()["id"]
        for n, (who, path, query) in enumerate(
            [
                (tenant, f"/app/{app}/msg", {}),
                (tenant, f"/app/{other}/msg", {}),
                (tenant, f"/app/{app}/msg", {"with_content": False}),
                (stranger, f"/app/{theirs}/msg", {}),
            ]
        )
    ]
    assert len(set(ids)) == 4
    assert_shape(post(stranger, f"/app/{app}/msg", key, message()), 404)


def test_what_was_refused_may_be_mended(tenant):
    """Only what was done is remembered."""
    app = tenant.app()
    key = new_key()
    assert_shape(post(tenant, f"/app/{app}/msg", key, {"payload": {}}), 422)
    assert_shape(post(tenant, "/app/no-such-app/msg", key, message()), 404)
    made = post(tenant, f"/app/{app}/msg", key, message())
    assert made.status_code == 202, made.text
    assert "idempotent-replayed" not in made.headers


@pytest.mark.parametrize("kind", ["own", "auto"])
def test_at_the_same_time(tenant, kind):
    app = tenant.app()
    key = new_key(kind)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(post, tenant, f"/app/{app}/msg", key, message()) for _ in range(48)]
        answers = [one.result() for one in asked]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert count(tenant, app) == 1
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(post, tenant, "/app", key, {"name": "A"}) for _ in range(48)]
        assert len({one.result().json()["id"] for one in asked}) == 1


@pytest.mark.parametrize("kind", ["own", "auto"])
def test_it_outlives_the_server(new_server, new_tenant, kind):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    keys = [new_key(kind) for _ in range(3)]
    asked = [
        (f"/app/{app}/msg", message()),
        ("/app", {"name": "A"}),
        (f"/app/{app}/endpoint", {"url": "http://127.0.0.1:1/"}),
    ]
    firsts = [post(tenant, path, key, body) for key, (path, body) in zip(keys, asked, strict=True)]
    server.kill()
    server.start()
    for first, key, (path, body) in zip(firsts, keys, asked, strict=True):
        assert_replayed(first, post(tenant, path, key, body))
        assert_refused(post(tenant, path, key, {**body, "other": 1}))
    assert count(tenant, app) == 1


@pytest.mark.parametrize("key", ["", "k" * 5_000, "ü", "a\tb"])
def test_keys_that_are_none(untouched, key):
    headers = {"idempotency-key": key.encode()}
    answer = untouched.http.post("/app/acme/msg", json={"payload": {}}, headers=headers)
    assert_shape(answer, 422)
    answer = untouched.http.post("/app/acme/msg", json=message(), headers=headers)
    assert_refused(answer)


def test_only_posts_have_keys(tenant):
    """What else is asked with one is done each time."""
    headers = {"idempotency-key": new_key()}
    for name in ("One", "Two"):
        made = tenant.http.put("/app/acme", json={"name": name}, headers=headers)
        assert made.json()["name"] == name
        assert tenant.http.get("/app/acme", headers=headers).json()["name"] == name
    assert tenant.http.delete("/app/acme", headers=headers).status_code == 204
    assert tenant.http.delete("/app/acme", headers=headers).status_code == 404
