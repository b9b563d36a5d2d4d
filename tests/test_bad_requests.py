"""What bad queries, paths and broken HTTP get, and that nothing secret is logged meanwhile."""

import socket

import pytest

from support.refusal import MARKER, assert_shape
from support.tokens import new_id

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
def test_bad_queries(untouched, path, query):
    assert_shape(untouched.http.get(f"{path}?{query}"), 422)


@pytest.mark.parametrize("path", LISTS)
def test_iterators_of_other_things(untouched, path):
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
        answer = untouched.http.get(path, params={"iterator": iterator})
        assert answer.status_code == 422, iterator
        assert_shape(answer, 422)
    # A well-formed one that names nothing is a place in the list all the same.
    for iterator in (new_id(prefix), f"-{new_id(prefix)}"):
        assert untouched.http.get(path, params={"iterator": iterator}).status_code == 200


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
def test_bad_filters(untouched, query):
    path = "/app" if query.startswith("order") else "/app/acme/attempt/endpoint/hook"
    assert_shape(untouched.http.get(f"{path}?{query}"), 422)


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
def test_paths_and_methods(untouched, method, path, status):
    body = b'{"eventType":"a.b","payload":{}}' if method in ("POST", "PUT", "PATCH") else None
    answer = untouched.http.request(method, path, content=body)
    # A name that cannot be one is as good as not found or not valid.
    if status == 404 and answer.status_code == 422:
        status = 422
    assert_shape(answer, status)


def test_a_slash_at_the_end_means_nothing(untouched):
    one, many = "/app/acme/endpoint/hook", "/app/acme/endpoint"
    for path in ("/app", "/app/acme", many, one, "/event-type"):
        without, with_slash = untouched.http.get(path), untouched.http.get(path + "/")
        assert without.status_code == with_slash.status_code == 200
        assert without.json() == with_slash.json()
    assert_shape(untouched.http.get("/nothing/"), 404)


def test_a_uid_that_another_kind_has_is_not_found(untouched):
    """An endpoint is not an application only because its uid is asked for there."""
    assert_shape(untouched.http.get("/app/hook"), 404)
    assert_shape(untouched.http.get("/app/acme/endpoint/acme"), 404)
    assert_shape(untouched.http.get(f"/app/{untouched.endpoint_id}"), 404)


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
def test_broken_http(untouched, data):
    """Whatever it answers, it is no success, and the next one is served."""
    received = raw_exchange(untouched.server, data)
    if data != b"GET /api/v1/health HTTP/1.1\r\n\r\n":
        assert not received.startswith(b"HTTP/1.1 2"), received[:200]
    assert not received.startswith(b"HTTP/1.1 5"), received[:200]


def test_huge_headers_are_refused(untouched):
    answer = untouched.http.get("/app", headers={"x-big": "h" * 300_000})
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
