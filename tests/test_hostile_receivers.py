"""Receivers that behave badly, by accident or on purpose: each is a recorded failure with its
cause, at a bounded cost, and nobody else notices."""

import ssl
import time

import pytest

from support import answers
from support.server import Server
from support.tls import write_self_signed
from support.wait import eventually

EXCHANGE_S = 3
ENV = {
    "HOOKWIRE_OUTBOUND_CONNECT_TIMEOUT_MS": "1500",
    "HOOKWIRE_OUTBOUND_FIRST_BYTE_TIMEOUT_MS": "2000",
    "HOOKWIRE_OUTBOUND_EXCHANGE_TIMEOUT_MS": str(EXCHANGE_S * 1000),
    # So that the second attempt comes long after the test has looked at the first.
    "HOOKWIRE_RETRY_SCHEDULE": "300",
}


@pytest.fixture(scope="module")
def hostile_world(tmp_path_factory):
    """One server for the whole file, with deadlines that a test can wait for."""
    server = Server(tmp_path_factory.mktemp("hostile"), env=ENV)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def victim(hostile_world, new_tenant):
    tenant = new_tenant(hostile_world)
    yield tenant
    assert hostile_world.is_running(), hostile_world.tail()


def first_attempt(tenant, app, message, endpoint, within=15):
    """The JSON of the first attempt at one endpoint."""

    def found():
        attempts = tenant.raw_attempts(app, message)
        return next((entry for entry in attempts if entry["endpointId"] == endpoint), None)

    return eventually(found, f"an attempt of {message} at {endpoint}", within)


# What the receiver does, the cause that is recorded, and the status code beside it.
# fmt: off
CASES = {
    "endless body": (answers.endless_body, {"too_large"}, {200}),
    "body in drops": (answers.trickle, {"timeout"}, {0, 200}),
    "head in drops": (answers.trickle_head, {"timeout"}, {0}),
    "silence": (answers.never, {"timeout"}, {0}),
    "hangs up": (answers.close_at_once, {"connect"}, {0}),
    "closes in the middle": (answers.CLOSE_MID_ANSWER, {"connect"}, {0, 200}),
    "closes in a chunk": (answers.CLOSE_MID_CHUNK, {"connect"}, {0, 200}),
    "not HTTP": (answers.NOT_HTTP, {"connect"}, {0}),
    "huge headers": (answers.HUGE_HEADERS, {"connect", "too_large"}, {0}),
    "endless 103": (answers.endless_informational, {"timeout", "too_large", "connect"}, {0}),
    "status 101": (answers.raw(b"HTTP/1.1 101 Switching Protocols\r\n"
                               b"connection: upgrade\r\nupgrade: echo\r\n\r\n"),
                   {"status", "connect"}, {0, 101}),
    "status 999": (answers.raw(b"HTTP/1.1 999 Why\r\ncontent-length: 0\r\n\r\n"),
                   {"status", "connect"}, {0, 999}),
    "status 000": (answers.raw(b"HTTP/1.1 000 Nil\r\ncontent-length: 0\r\n\r\n"),
                   {"connect"}, {0}),
    "lengths that differ": (answers.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n"
                                        b"content-length: 3\r\n\r\nabc"),
                            {"connect"}, {0, 200}),
    "NUL in a header": (answers.raw(b"HTTP/1.1 200 OK\r\nx-a: \x00\r\ncontent-length: 0\r\n\r\n"),
                        {"connect"}, {0}),
}
# fmt: on


@pytest.mark.parametrize(("answer", "causes", "codes"), CASES.values(), ids=CASES.keys())
def test_bad_answers_are_failures_with_a_cause(victim, receiver, answer, causes, codes):
    app = victim.app()
    bad = victim.endpoint(app, receiver.script("/bad", then=answer))
    victim.endpoint(app, receiver.script("/good"))
    begin = time.monotonic()
    message = victim.send(app)
    receiver.wait_for_ids("/good", [message], within=3)

    attempt = first_attempt(victim, app, message, bad)
    assert attempt["statusText"] == "fail"
    assert attempt["cause"] in causes, attempt
    assert attempt["responseStatusCode"] in codes
    assert attempt["responseDurationMs"] < (EXCHANGE_S + 1) * 1000
    assert time.monotonic() - begin < EXCHANGE_S + 4
    assert len(attempt["response"]) <= 4 * 20_000 // 3 + 4
    assert victim.destinations(app, message)[bad].status_text.value == "pending"


def test_an_early_hint_is_not_the_answer(victim, receiver):
    app = victim.app()
    answer = answers.informational_then(answers.status(201, b"made"))
    endpoint = victim.endpoint(app, receiver.script("/hints", then=answer))
    message = victim.send(app)
    attempt = first_attempt(victim, app, message, endpoint)
    assert (attempt["responseStatusCode"], attempt["statusText"]) == (201, "success")


def test_the_recorded_answer_is_bounded_and_stays_text(victim, receiver):
    """The first 20,000 bytes; valid UTF-8 stays readable even when the cut is in a character."""
    app = victim.app()
    body = ("é" * 9_999 + "€" * 200).encode()
    long = answers.status(200, body)
    binary = answers.status(200, b"\xff\xfe\x00\x01")
    text = victim.endpoint(app, receiver.script("/text", then=long))
    data = victim.endpoint(app, receiver.script("/binary", then=binary))
    message = victim.send(app)
    kept = first_attempt(victim, app, message, text)["response"]
    assert kept == "é" * 9_999, "what does not fit as a whole is left out"
    assert first_attempt(victim, app, message, data)["response"] == "//4AAQ=="


def test_a_redirect_to_the_metadata_service_is_not_followed(victim, receiver):
    app = victim.app()
    target = "http://169.254.169.254/latest/meta-data/"
    endpoint = victim.endpoint(app, receiver.script("/lures", then=answers.redirect(target)))
    message = victim.send(app)
    attempt = first_attempt(victim, app, message, endpoint)
    assert attempt["responseStatusCode"] == 302
    assert attempt["cause"] == "status"
    assert attempt["url"] == receiver.url("/lures")


def test_nobody_listens(victim):
    app = victim.app()
    endpoint = victim.endpoint(app, "http://127.0.0.1:9/")
    message = victim.send(app)
    attempt = first_attempt(victim, app, message, endpoint)
    assert (attempt["responseStatusCode"], attempt["cause"]) == (0, "connect")


def test_a_name_that_does_not_exist(victim):
    app = victim.app()
    endpoint = victim.endpoint(app, "http://does-not-exist.invalid/")
    message = victim.send(app)
    attempt = first_attempt(victim, app, message, endpoint)
    assert attempt["responseStatusCode"] == 0
    assert attempt["cause"] in ("dns", "timeout"), attempt


# ---- TLS ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def self_signed(tmp_path_factory):
    """A TLS context whose certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write_self_signed(tmp_path_factory.mktemp("tls") / "both.pem"))
    return context


def test_a_self_signed_certificate_is_refused(victim, new_receiver, self_signed):
    secure = new_receiver(tls=self_signed)
    app = victim.app()
    endpoint = victim.endpoint(app, secure.script("/tls"))
    message = victim.send(app)
    attempt = first_attempt(victim, app, message, endpoint)
    assert (attempt["responseStatusCode"], attempt["cause"]) == (0, "tls")
    assert secure.requests("/tls") == []


def test_plain_http_where_tls_was_expected(victim, receiver):
    app = victim.app()
    endpoint = victim.endpoint(app, receiver.url("/plain").replace("http:", "https:"))
    message = victim.send(app)
    attempt = first_attempt(victim, app, message, endpoint)
    assert (attempt["responseStatusCode"], attempt["cause"]) == (0, "tls")


# ---- addresses that must not be reached -----------------------------------------------------


@pytest.fixture(scope="module")
def guarded_server(tmp_path_factory):
    """Without --dev: nothing on this machine may be reached."""
    server = Server(tmp_path_factory.mktemp("guarded"), dev=False, env=ENV)
    server.start()
    yield server
    server.stop()


FORBIDDEN_HOSTS = [
    "localhost",  # a name that resolves to loopback
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::127.0.0.1]",
    "2130706433",  # 127.0.0.1 as one number
    "0x7f.1",
    "127.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "[fe80::1]",
    "[fd00::1]",
    "[2002:7f00:1::]",  # 6to4 around 127.0.0.1
    "224.0.0.1",
    "255.255.255.255",
]


@pytest.mark.parametrize("host", FORBIDDEN_HOSTS)
def test_private_addresses_are_blocked(guarded_server, new_tenant, receiver, host):
    tenant = new_tenant(guarded_server)
    app = tenant.app()
    url = f"http://{host}:{receiver.port}/inside"
    made = tenant.http.post(f"/app/{app}/endpoint", json={"url": url})
    if made.status_code == 422:
        return  # Refused where it was named: as good.
    assert made.status_code == 201, made.text
    endpoint = made.json()["id"]
    message = tenant.send(app)
    attempt = first_attempt(tenant, app, message, endpoint)
    assert (attempt["responseStatusCode"], attempt["cause"]) == (0, "blocked"), attempt
    assert receiver.connections == 0, "a connection was made"

    shown = tenant.http.post(
        f"/app/{app}/endpoint/{endpoint}/test", json={"eventType": "a.b", "payload": {}}
    )
    assert shown.status_code == 200 and shown.json()["ok"] is False, shown.text
    assert receiver.connections == 0, "a test event made a connection"


def test_a_subnet_can_be_allowed(new_server, new_tenant, receiver):
    tenant = new_tenant(
        new_server(dev=False, env={"HOOKWIRE_OUTBOUND_ALLOW_SUBNETS": "127.0.0.1/32"})
    )
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/allowed"))
    blocked = tenant.endpoint(app, f"http://127.0.0.2:{receiver.port}/blocked")
    message = tenant.send(app)
    receiver.wait_for_ids("/allowed", [message])
    assert first_attempt(tenant, app, message, blocked)["cause"] == "blocked"
