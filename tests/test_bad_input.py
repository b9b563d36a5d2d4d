"""What bad input gets: a 4xx of the documented shape, nothing stored, nothing secret logged, and
a server that goes on."""

import json
import socket

import pytest

from support.tokens import new_id

# Stands in payloads, headers and metadata, and must not come up in any log.
MARKER = "marker-7c1e0b52"


def assert_shape(answer, status):
    """The documented shape of an error."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:500]}"
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    if status == 422:
        assert set(body) == {"detail"}
        assert body["detail"], "an error that says nothing"
        for problem in body["detail"]:
            assert set(problem) == {"loc", "msg", "type"}
            assert problem["loc"][0] in ("body", "query", "path", "header")
            assert problem["msg"] and problem["type"]
    else:
        assert set(body) == {"code", "detail"}
        assert isinstance(body["code"], str) and body["code"]
        assert isinstance(body["detail"], str) and body["detail"]
    assert MARKER not in answer.text, "an error repeats what was sent"


@pytest.fixture
def world(tenant, receiver):
    """A tenant with an application, an endpoint and an event type, and nothing else.

    Afterwards there must be exactly that, and the server must be well and discreet.
    """
    tenant.event_type("order.paid")
    tenant.app_id = tenant.app(uid="acme")
    tenant.endpoint_id = tenant.endpoint(tenant.app_id, receiver.url("/hook"), uid="hook")
    before = everything(tenant)
    yield tenant
    assert everything(tenant) == before, "something was stored or changed"
    assert receiver.requests("/hook") == [], "something was sent"
    assert tenant.http.get("/health").status_code == 204
    log = tenant.server.log()
    assert MARKER not in log
    assert tenant.token not in log and tenant.token.rsplit(".", 1)[1] not in log
    assert tenant.secret(tenant.app_id, tenant.endpoint_id) not in log
    assert "panicked" not in log


def everything(tenant):
    """All that the tenant has, as lists show it."""
    app = tenant.app_id
    paths = ["/app", "/event-type", f"/app/{app}/endpoint", f"/app/{app}/msg", "/background-task"]
    lists = {}
    for path in paths:
        answer = tenant.http.get(path, params={"limit": 250})
        assert answer.status_code == 200, answer.text
        lists[path] = answer.json()["data"]
    return lists


# ---- bodies ---------------------------------------------------------------------------------

APP, ENDPOINT, TYPE, MESSAGE = "/app", "/app/acme/endpoint", "/event-type", "/app/acme/msg"
URL = "http://127.0.0.1:1/"
LONG = "x" * 70_000


def message(**fields):
    return {"eventType": "order.paid", "payload": {}, **fields}


# (method, path, body, where the complaint must point to; None: anywhere in the body)
BODIES = {
    # JSON that is none.
    "empty": ("POST", APP, b"", None),
    "cut off": ("POST", APP, b'{"name": "A', None),
    "two values": ("POST", APP, b'{"name":"A"} {"name":"B"}', None),
    "trailing comma": ("POST", APP, b'{"name":"A",}', None),
    "single quotes": ("POST", APP, b"{'name':'A'}", None),
    "comment": ("POST", APP, b'{"name":"A"} // x', None),
    "bad UTF-8": ("POST", APP, b'{"name":"\xff\xfe"}', None),
    "UTF-16": ("POST", APP, '{"name":"A"}'.encode("utf-16"), None),
    "NaN": ("POST", MESSAGE, b'{"eventType":"order.paid","payload":{"n":NaN}}', None),
    "raw control character": ("POST", APP, b'{"name":"a\nb"}', None),
    "deep": ("POST", APP, b"[" * 100_000, None),
    "deep object": ("POST", APP, b'{"name":' * 20_000 + b"1" + b"}" * 20_000, None),
    "deep payload": (
        "POST", MESSAGE,
        b'{"eventType":"order.paid","payload":{"d":' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
        None,
    ),
    # Values of the wrong type, at each level.
    "array for an object": ("POST", APP, [], None),
    "string for an object": ("POST", APP, "name", None),
    "null for an object": ("POST", APP, None, None),
    "name: number": ("POST", APP, {"name": 1}, "name"),
    "name: null": ("POST", APP, {"name": None}, "name"),
    "name: missing": ("POST", APP, {}, "name"),
    "name: empty": ("POST", APP, {"name": ""}, "name"),
    "name: long": ("POST", APP, {"name": LONG}, "name"),
    "metadata: array": ("POST", APP, {"name": "A", "metadata": []}, "metadata"),
    "metadata: number in it": ("POST", APP, {"name": "A", "metadata": {"k": 1}}, "metadata"),
    "throttleRate: 0": ("POST", APP, {"name": "A", "throttleRate": 0}, "throttleRate"),
    "throttleRate: -1": ("POST", APP, {"name": "A", "throttleRate": -1}, "throttleRate"),
    "throttleRate: 1.5": ("POST", APP, {"name": "A", "throttleRate": 1.5}, "throttleRate"),
    "throttleRate: 1e99": ("POST", APP, b'{"name":"A","throttleRate":1e99}', "throttleRate"),
    "throttleRate: text": ("POST", APP, {"name": "A", "throttleRate": "5"}, "throttleRate"),
    "uid: spaces": ("POST", APP, {"name": "A", "uid": "a b"}, "uid"),
    "uid: empty": ("POST", APP, {"name": "A", "uid": ""}, "uid"),
    "uid: slash": ("POST", APP, {"name": "A", "uid": "a/b"}, "uid"),
    "uid: long": ("POST", APP, {"name": "A", "uid": "a" * 257}, "uid"),
    "uid: like an id": ("POST", APP, {"name": "A", "uid": new_id("app")}, "uid"),
    "uid: like the start of an id": ("POST", APP, {"name": "A", "uid": "app_x"}, "uid"),
    "uid: line end": ("POST", APP, {"name": "A", "uid": "acme2\n"}, "uid"),
    "uid: NUL": ("POST", APP, b'{"name":"A","uid":"a\\u0000"}', "uid"),
    "name: lone surrogate": ("POST", APP, b'{"name":"\\ud800"}', None),
    # Event types.
    "type: no description": ("POST", TYPE, {"name": "a.b"}, "description"),
    "type: bad name": ("POST", TYPE, {"name": "a b", "description": ""}, "name"),
    "type: long name": ("POST", TYPE, {"name": "a" * 257, "description": ""}, "name"),
    "type: schemas": (
        "POST", TYPE, {"name": "a.b", "description": "", "schemas": []}, "schemas"
    ),
    "type: archived": (
        "POST", TYPE, {"name": "a.b", "description": "", "archived": "yes"}, "archived"
    ),
    # Endpoints.
    "endpoint: no url": ("POST", ENDPOINT, {}, "url"),
    "endpoint: url number": ("POST", ENDPOINT, {"url": 1}, "url"),
    "endpoint: url empty": ("POST", ENDPOINT, {"url": ""}, "url"),
    "endpoint: url ftp": ("POST", ENDPOINT, {"url": "ftp://example.com/"}, "url"),
    "endpoint: url file": ("POST", ENDPOINT, {"url": "file:///etc/passwd"}, "url"),
    "endpoint: url javascript": ("POST", ENDPOINT, {"url": "javascript:alert(1)"}, "url"),
    "endpoint: url relative": ("POST", ENDPOINT, {"url": "/hook"}, "url"),
    "endpoint: url without scheme": ("POST", ENDPOINT, {"url": "example.com/hook"}, "url"),
    "endpoint: url protocol-relative": ("POST", ENDPOINT, {"url": "//example.com/"}, "url"),
    "endpoint: url without host": ("POST", ENDPOINT, {"url": "http:///hook"}, "url"),
    "endpoint: url with a user": ("POST", ENDPOINT, {"url": "http://u:p@example.com/"}, "url"),
    "endpoint: url with a line end": ("POST", ENDPOINT, {"url": "http://example.com/a\nb"}, "url"),
    "endpoint: url with CRLF": (
        "POST", ENDPOINT, {"url": "http://example.com/ HTTP/1.1\r\nx: y\r\n\r\n"}, "url"
    ),
    "endpoint: url with a space": ("POST", ENDPOINT, {"url": "http://exa mple.com/"}, "url"),
    "endpoint: url with a bad port": ("POST", ENDPOINT, {"url": "http://example.com:99999/"}, "url"),
    "endpoint: url with port 0": ("POST", ENDPOINT, {"url": "http://example.com:0/"}, "url"),
    "endpoint: url long": ("POST", ENDPOINT, {"url": "http://example.com/" + LONG}, "url"),
    "endpoint: unknown event type": (
        "POST", ENDPOINT, {"url": URL, "eventTypes": ["order.lost"]}, "eventTypes"
    ),
    "endpoint: no event type": ("POST", ENDPOINT, {"url": URL, "eventTypes": []}, "eventTypes"),
    "endpoint: event types text": (
        "POST", ENDPOINT, {"url": URL, "eventTypes": "order.paid"}, "eventTypes"
    ),
    "endpoint: event type number": (
        "POST", ENDPOINT, {"url": URL, "eventTypes": [1]}, "eventTypes"
    ),
    "endpoint: channels empty": ("POST", ENDPOINT, {"url": URL, "channels": []}, "channels"),
    "endpoint: eleven channels": (
        "POST", ENDPOINT, {"url": URL, "channels": [f"c{n}" for n in range(11)]}, "channels"
    ),
    "endpoint: bad channel": ("POST", ENDPOINT, {"url": URL, "channels": ["a b"]}, "channels"),
    "endpoint: disabled text": ("POST", ENDPOINT, {"url": URL, "disabled": "no"}, "disabled"),
    "endpoint: uid like an id": ("POST", ENDPOINT, {"url": URL, "uid": "ep_1"}, "uid"),
    "endpoint: secret without sense": (
        "POST", ENDPOINT, {"url": URL, "secret": "whsec_!!!"}, "secret"
    ),
    "endpoint: short secret": ("POST", ENDPOINT, {"url": URL, "secret": "whsec_aGk="}, "secret"),
    "endpoint: header with a line end": (
        "POST", ENDPOINT, {"url": URL, "headers": {"x-a": "b\r\nx-c: d"}}, "headers"
    ),
    "endpoint: header with a bad name": (
        "POST", ENDPOINT, {"url": URL, "headers": {"x a": "b"}}, "headers"
    ),
    "endpoint: header number": ("POST", ENDPOINT, {"url": URL, "headers": {"x-a": 1}}, "headers"),
    "endpoint: headers huge": (
        "POST", ENDPOINT, {"url": URL, "headers": {"x-a": "b" * 100_000}}, "headers"
    ),
    "endpoint: patch to a bad url": (
        "PATCH", "/app/acme/endpoint/hook", {"url": "ftp://example.com"}, "url"
    ),
    "endpoint: put without url": ("PUT", "/app/acme/endpoint/hook", {"uid": "hook"}, "url"),
    "endpoint: rotate with a bad key": (
        "POST", "/app/acme/endpoint/hook/secret/rotate", {"key": "whsec_aGk="}, "key"
    ),
    "endpoint: rotate with too long a grace": (
        "POST", "/app/acme/endpoint/hook/secret/rotate",
        {"gracePeriodSeconds": 604_801}, "gracePeriodSeconds",
    ),
    "endpoint: rotate with a negative grace": (
        "POST", "/app/acme/endpoint/hook/secret/rotate",
        {"gracePeriodSeconds": -1}, "gracePeriodSeconds",
    ),
    "endpoint: recover without since": ("POST", "/app/acme/endpoint/hook/recover", {}, "since"),
    "endpoint: recover since yesterday": (
        "POST", "/app/acme/endpoint/hook/recover", {"since": "yesterday"}, "since"
    ),
    "endpoint: recover backwards": (
        "POST", "/app/acme/endpoint/hook/recover",
        {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, None,
    ),
    # Messages.
    "message: no event type": ("POST", MESSAGE, {"payload": {}}, "eventType"),
    "message: no payload": ("POST", MESSAGE, {"eventType": "order.paid"}, "payload"),
    "message: payload array": ("POST", MESSAGE, message(payload=[1]), "payload"),
    "message: payload text": ("POST", MESSAGE, message(payload="{}"), "payload"),
    "message: payload null": ("POST", MESSAGE, message(payload=None), "payload"),
    "message: payload number": ("POST", MESSAGE, message(payload=1), "payload"),
    "message: bad event type": ("POST", MESSAGE, message(eventType="a b"), "eventType"),
    "message: NUL in the event type": (
        "POST", MESSAGE, b'{"eventType":"a\\u0000","payload":{}}', "eventType"
    ),
    "message: long event type": ("POST", MESSAGE, message(eventType="a" * 257), "eventType"),
    "message: event id like an id": ("POST", MESSAGE, message(eventId="msg_x"), "eventId"),
    "message: bad event id": ("POST", MESSAGE, message(eventId="a b"), "eventId"),
    "message: six channels": (
        "POST", MESSAGE, message(channels=[f"c{n}" for n in range(6)]), "channels"
    ),
    "message: channels empty": ("POST", MESSAGE, message(channels=[]), "channels"),
    "message: channels text": ("POST", MESSAGE, message(channels="berlin"), "channels"),
    "message: bad channel": ("POST", MESSAGE, message(channels=["ü"]), "channels"),
    "message: six tags": ("POST", MESSAGE, message(tags=[f"t{n}" for n in range(6)]), "tags"),
    "message: bad tag": ("POST", MESSAGE, message(tags=["a b"]), "tags"),
    "message: bad time": ("POST", MESSAGE, message(deliverAt="tomorrow"), "deliverAt"),
    "message: retention 0": (
        "POST", MESSAGE, message(payloadRetentionPeriod=0), "payloadRetentionPeriod"
    ),
    "message: retention 91": (
        "POST", MESSAGE, message(payloadRetentionPeriod=91), "payloadRetentionPeriod"
    ),
    "message: example of an unknown type": (
        "POST", "/app/acme/endpoint/hook/send-example", {"eventType": 1}, "eventType"
    ),
    "message: test of a bad type": (
        "POST", "/app/acme/endpoint/hook/test", {"eventType": "a b", "payload": {}}, "eventType"
    ),
    "message: test with an array": (
        "POST", "/app/acme/endpoint/hook/test", {"eventType": "a.b", "payload": []}, "payload"
    ),
}


@pytest.mark.parametrize(("method", "path", "body", "field"), BODIES.values(), ids=BODIES.keys())
def test_bad_bodies(world, method, path, body, field):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = world.http.request(
        method, path, content=content, headers={"content-type": "application/json"}
    )
    assert_shape(answer, 422)
    if field:
        places = [problem["loc"] for problem in answer.json()["detail"]]
        assert ["body", field] in [place[:2] for place in places], places


def test_every_mistake_is_named_at_once(world):
    answer = world.http.post(
        ENDPOINT,
        json={"url": "ftp://x", "uid": "a b", "throttleRate": 0, "channels": ["ok", "not ok"]},
    )
    assert_shape(answer, 422)
    places = {problem["loc"][1] for problem in answer.json()["detail"]}
    assert places == {"url", "uid", "throttleRate", "channels"}


def test_a_payload_that_is_too_large(world):
    body = json.dumps(message(payload={"x": "y" * 3_000_000}))
    assert_shape(world.http.post(MESSAGE, content=body), 413)
    # In chunks its size is known only when it is there.
    parts = (body[at : at + 50_000].encode() for at in range(0, len(body), 50_000))
    assert_shape(world.http.post(MESSAGE, content=parts), 413)
    # And just below the limit it is accepted elsewhere.
    other = world.app(name="Large")
    fits = json.dumps(message(payload={"x": "y" * 1_900_000}))
    try:
        assert world.http.post(f"/app/{other}/msg", content=fits).status_code == 202
    finally:
        world.sdk.application.delete(other)


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/xml", "application/json; charset=utf-16"])
def test_odd_content_types_do_no_harm(world, content_type):
    """Either taken as the JSON that it is, or refused in the documented shape."""
    headers = {"content-type": content_type} if content_type else {}
    answer = world.http.post(APP, content=b'{"name": 5}', headers=headers)
    assert_shape(answer, 415 if answer.status_code == 415 else 422)


# ---- queries and paths ----------------------------------------------------------------------

QUERIES = [
    "limit=0",
    "limit=251",
    "limit=-1",
    "limit=abc",
    "limit=",
    "limit=1.5",
    "limit=18446744073709551616",
    "iterator=",
    "iterator=-",
    "iterator=--",
    "iterator=%00",
    "iterator=nonsense",
    "iterator=%ff%fe",
    "iterator=" + "a" * 3000,
]
LISTS = {
    "/app": "app",
    "/app/acme/endpoint": "ep",
    "/app/acme/msg": "msg",
    "/app/acme/attempt/endpoint/hook": "atmpt",
    "/app/acme/endpoint/hook/msg": "msg",
    "/background-task": "qtask",
}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", QUERIES)
def test_bad_queries(world, path, query):
    assert_shape(world.http.get(f"{path}?{query}"), 422)


@pytest.mark.parametrize("path", LISTS)
def test_iterators_of_other_things(world, path):
    prefix = LISTS[path]
    other = "ep" if prefix == "app" else "app"
    bad = [
        new_id(other),
        f"-{new_id(other)}",
        f"{prefix}_",
        f"{prefix}_{'z' * 27}",  # beyond the largest id
        f"{prefix}_{'2' * 26}",
        f"{prefix}_{'2' * 28}",
        f"{prefix}_{'2' * 26}!",
        f"{prefix}_{'2' * 26}é",
        f"{new_id(prefix)} ",
        new_id(prefix).upper(),
    ]
    for iterator in bad:
        answer = world.http.get(path, params={"iterator": iterator})
        assert answer.status_code == 422, iterator
        assert_shape(answer, 422)
    # A well-formed one that names nothing is a place in the list all the same.
    for iterator in (new_id(prefix), f"-{new_id(prefix)}"):
        assert world.http.get(path, params={"iterator": iterator}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "order=up",
        "before=yesterday",
        "after=2026-13-01T00:00:00Z",
        "before=2026-01-01",
        "status=9",
        "status=fail",
        "status_code_class=250",
        "status_code_class=x",
        "with_content=perhaps",
        "channel=a%20b",
        "tag=%00",
        "event_types=a%20b",
    ],
)
def test_bad_filters(world, query):
    path = "/app" if query.startswith("order") else "/app/acme/attempt/endpoint/hook"
    assert_shape(world.http.get(f"{path}?{query}"), 422)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/", 404),
        ("GET", "/app/acme/nothing", 404),
        ("GET", "/app/no-such-app", 404),
        ("GET", "/app/no-such-app/endpoint", 404),
        ("POST", "/app/no-such-app/msg", 404),
        ("GET", "/app/acme/endpoint/no-such-endpoint", 404),
        ("GET", "/app/acme/endpoint/no-such-endpoint/secret", 404),
        ("GET", "/event-type/no.such.type", 404),
        ("GET", "/app/%00", 404),
        ("GET", "/app/%ff%fe", 404),
        ("GET", "/app/..%2f..%2fetc%2fpasswd", 404),
        ("GET", "/app/a%20b", 404),
        ("GET", "/app/" + "a" * 5000, 404),
        ("GET", f"/app/{new_id('app')}", 404),
        ("GET", f"/app/{new_id('ep')}", 404),
        ("GET", f"/app/acme/endpoint/{new_id('app')}", 404),
        ("DELETE", "/app", 405),
        ("PUT", "/app", 405),
        ("PATCH", "/app/acme/msg", 405),
        ("POST", "/app/acme", 405),
        ("DELETE", "/health", 405),
        ("BREW", "/app", 405),
    ],
)
def test_paths_and_methods(world, method, path, status):
    body = json.dumps(message()) if method in ("POST", "PUT", "PATCH") else None
    answer = world.http.request(method, path, content=body)
    # A name that cannot be one is as good as not found or not valid.
    if status == 404 and answer.status_code == 422:
        status = 422
    assert_shape(answer, status)


def test_a_slash_at_the_end_means_nothing(world):
    for path in ("/app", "/app/acme", "/app/acme/endpoint", "/app/acme/endpoint/hook", "/event-type"):
        without, with_slash = world.http.get(path), world.http.get(path + "/")
        assert without.status_code == with_slash.status_code == 200
        assert without.json() == with_slash.json()
    assert_shape(world.http.get("/nothing/"), 404)


def test_a_uid_that_another_kind_has_is_not_found(world):
    """An endpoint is not an application only because its uid is asked for there."""
    assert_shape(world.http.get("/app/hook"), 404)
    assert_shape(world.http.get("/app/acme/endpoint/acme"), 404)
    assert_shape(world.http.get(f"/app/{world.endpoint_id}"), 404)


# ---- below HTTP -----------------------------------------------------------------------------


def raw_exchange(server, data):
    """Sends bytes and gives what comes back until the server closes or is done."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as connection:
        received = b""
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while block := connection.recv(65536):
                received += block
        except OSError:
            pass  # It may hang up at any point.
        return received


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,  # a TLS hello
        b"GET /api/v1/health HTTP/9.9\r\n\r\n",
        b"GET /api/v1/health HTTP/1.1\r\n\r\n",  # no host
        b"GET " + b"/a" * 60_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /api/v1/app HTTP/1.1\r\nhost: x\r\nx-big: " + b"h" * 1_000_000 + b"\r\n\r\n",
        b"GET /api/v1/app HTTP/1.1\r\nhost: x\r\n" + b"x-a: b\r\n" * 5_000 + b"\r\n",
        b"GET /api/v1/app HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \xff\xfe\r\n\r\n",
        b"POST /api/v1/app HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /api/v1/app HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n"
        b"content-length: 6\r\n\r\nabcdef",
        b"POST /api/v1/app HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST /api/v1/app HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
        b"content-length: 4\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/app HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{",
    ],
)
def test_broken_http(world, data):
    """Whatever it answers, it is no success, and the next one is served."""
    received = raw_exchange(world.server, data)
    if data != b"GET /api/v1/health HTTP/1.1\r\n\r\n":
        assert not received.startswith(b"HTTP/1.1 2"), received[:200]
    assert not received.startswith(b"HTTP/1.1 5"), received[:200]


def test_huge_headers_are_refused(world):
    answer = world.http.get("/app", headers={"x-big": "h" * 300_000})
    assert 400 <= answer.status_code < 500


def test_secrets_and_payloads_are_not_logged(tenant, receiver):
    """Of what goes well, neither."""
    app = tenant.app(metadata={"k": MARKER})
    url = receiver.script("/hook")
    endpoint = tenant.endpoint(
        app, f"{url}?token={MARKER}", headers={"authorization": f"Bearer {MARKER}"}
    )
    message_id = tenant.send(app, payload={"card": MARKER})
    tenant.wait_for_status(app, message_id, endpoint, "success")
    receiver.down()
    failing = tenant.send(app, payload={"card": MARKER})
    tenant.wait_for_attempts(app, failing, 1)
    tenant.server.wait_for_log(failing)
    log = tenant.server.log()
    assert message_id in log, "there is one line for each delivery"
    assert MARKER not in log
    assert tenant.secret(app, endpoint) not in log
    assert tenant.token not in log
