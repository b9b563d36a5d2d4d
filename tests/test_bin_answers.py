"""What senders are answered: as the bin says, as the path says, as a listener says, or late."""

import json
import threading
import time

import httpx
import pytest

from support.bin import kept, make
from support.follower import Follower
from support.wait import eventually
from support.wire import Wire


def shown(answer):
    """The headers that a bin's author has a say in."""
    own = ("content-type", "location", "www-authenticate")
    return {
        name: value
        for name, value in answer.headers.items()
        if name in own or name.startswith("x-") and name != "x-content-type-options"
    }


# ---- the bin's own --------------------------------------------------------------------------


STATUSES = [200, 201, 202, 204, 301, 304, 400, 404, 410, 429, 500, 503, 599]


@pytest.mark.parametrize("status", STATUSES)
def test_any_final_status(tenant, status):
    bin = make(tenant, response={"status": status})
    answer = bin.send(b"x", follow_redirects=False)
    assert (answer.status_code, answer.content) == (status, b"")
    assert bin.get(kept(answer))["responseStatus"] == status


def test_headers_and_body_as_they_are(tenant):
    page = "<h1>Hello</h1><script>alert(1)</script>"
    headers = {"Content-Type": "text/html", "X-Own": "a, b", "Location": "https://x.example/"}
    bin = make(tenant, response={"status": 302, "headers": headers, "body": page})
    answer = bin.send(follow_redirects=False)
    assert (answer.status_code, answer.text) == (302, page)
    assert shown(answer) == {name.lower(): value for name, value in headers.items()}
    # It is a stranger's page on this server's origin: no scripts, and not that origin.
    assert answer.headers["content-security-policy"] == "sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"
    head = bin.send(method="HEAD", follow_redirects=False)
    assert head.content == b"" and head.headers["content-length"] == str(len(page))


@pytest.mark.parametrize(
    "body, kind",
    [
        ("plain", "text/plain; charset=utf-8"),
        ('{"ok":true}', "application/json"),
        ("[1]", "application/json"),
        ("", None),
    ],
)
def test_a_body_nobody_says_the_type_of(tenant, body, kind):
    assert make(tenant, response={"body": body}).send().headers.get("content-type") == kind


def test_templates_see_the_request(tenant):
    body = (
        "{{ request.method }} {{ request.path }} {{ request.query.a }} {{ request.headers.x-own }} "
        "{{ payload.user.name | upcase }} {{ request.capture }} {{ request.body | size }}"
        "{% if payload.n > 9 %} many{% endif %}"
    )
    headers = {"X-Echo": "{{ request.query_string }}", "Content-Type": "text/x-own"}
    bin = make(tenant, response={"body": body, "headers": headers, "status": 201})
    document = {"user": {"name": "zoë"}, "n": 10}
    sent = json.dumps(document).encode()
    answer = bin.send(sent, path="/p/q?a=b%20c&a=d", headers={"X-Own": "1"})
    assert answer.status_code == 201
    assert answer.text == f"POST /p/q d 1 ZOË {kept(answer)} {len(sent)} many"
    assert shown(answer) == {"x-echo": "a=b%20c&a=d", "content-type": "text/x-own"}
    # Nothing of it is there: an answer all the same.
    answer = bin.send(b"\xff no json", method="PUT")
    assert (answer.status_code, answer.text) == (201, f"PUT     {kept(answer)} 9")


def test_a_template_that_cannot_be_rendered_is_the_senders_500(tenant):
    bin = make(tenant, response={"headers": {"x-own": "{{ payload.a }}"}})
    assert bin.send(b'{"a":"b"}').headers["x-own"] == "b"
    # A line end would be a header of the sender's own.
    answer = bin.send(b'{"a":"b\\r\\nset-cookie: c=d"}')
    assert answer.status_code == 500 and "set-cookie" not in answer.headers
    assert "x-own" in answer.json()["detail"]
    assert bin.get(kept(answer))["responseStatus"] == 500
    endless = "{% for a in (1..1000) %}{% for b in (1..1000) %}{% for c in (1..1000) %}x"
    endless += "{% endfor %}{% endfor %}{% endfor %}"
    bin.change(response={"body": endless})
    begin = time.monotonic()
    assert bin.send().status_code == 500
    assert time.monotonic() - begin < 10


def test_the_status_is_the_last_part_of_the_path(tenant):
    bin = make(tenant, response={"status": 202, "body": "b", "statusFromPath": True})
    for path, status in [
        ("/200", 200),
        ("/a/b/503", 503),
        ("/503?x=1", 503),
        ("/599", 599),
        ("", 202),
        ("/", 202),
        ("/503/x", 202),
        ("/100", 202),
        ("/199", 202),
        ("/600", 202),
        ("/999", 202),
        ("/0503", 202),
        ("/+503", 202),
        ("/50", 202),
        ("/x503", 202),
        ("?/503", 202),
    ]:
        answer = bin.send(path=path)
        assert answer.status_code == status, path
        assert bin.get(kept(answer))["responseStatus"] == status
    # Those that have no body have none, and the connection is good for the next request.
    with Wire(bin.server) as wire:
        for status in (204, 304, 205, 200):
            wire.send(bin.head("host: x", path=b"/%d" % status))
        for status in (204, 304, 205, 200):
            assert wire.answer(to_head=status in (204, 304)).status == status


def test_cors_lets_pages_of_other_sites_send_and_read(tenant):
    bin = make(tenant, response={"status": 418, "body": "short"}, cors=True)
    origin = {"Origin": "https://shop.example"}
    for answer in (
        bin.send(b"x", headers=origin),
        httpx.post(bin.url, content=b"x" * (3 << 20), headers=origin, timeout=30),
    ):
        assert answer.status_code in (418, 413)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-expose-headers"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    # OPTIONS that is no preflight is a request like any other.
    assert bin.send(method="OPTIONS", headers=origin).status_code == 418
    bin.change(cors=False)
    assert "access-control-allow-origin" not in bin.send(headers=origin).headers


@pytest.mark.parametrize(
    "response, loc",
    [
        ({"status": 199}, ["body", "response", "status"]),
        ({"status": 600}, ["body", "response", "status"]),
        ({"status": "200"}, ["body", "response", "status"]),
        ({"delayMs": 30_001}, ["body", "response", "delayMs"]),
        ({"waitMs": -1}, ["body", "response", "waitMs"]),
        ({"body": "{% if %}"}, ["body", "response", "body"]),
        ({"body": "{{ a | nope }}"}, ["body", "response", "body"]),
        ({"status": 204, "body": "x"}, ["body", "response", "body"]),
        ({"headers": {"x-a": "{{"}}, ["body", "response", "headers", "x-a"]),
        ({"headers": {"a b": "c"}}, ["body", "response", "headers", "a b"]),
        ({"headers": {"set-cookie": "a=b"}}, ["body", "response", "headers", "set-cookie"]),
        ({"headers": {"Content-Length": "1"}}, ["body", "response", "headers", "Content-Length"]),
        (
            {"headers": {"Access-Control-Allow-Origin": "*"}},
            ["body", "response", "headers", "Access-Control-Allow-Origin"],
        ),
        ({"headers": {"x": "a\r\nb"}}, ["body", "response", "headers", "x"]),
        ({"nope": 1}, ["body", "response", "nope"]),
    ],
)
def test_answers_that_cannot_be(tenant, response, loc):
    bin = make(tenant, response={"body": "before"})
    for answer in (
        tenant.http.post("/bin", json={"response": response}),
        tenant.http.patch(f"/bin/{bin.id}", json={"response": response}),
    ):
        assert answer.status_code == 422, answer.text
        assert loc in [problem["loc"] for problem in answer.json()["detail"]]
    assert bin.send().text == "before"


# ---- late -----------------------------------------------------------------------------------


def test_a_delay_holds_the_answer_and_not_the_request(tenant):
    bin = make(tenant, response={"delayMs": 1500, "body": "late"})
    done = []

    def send():
        begin = time.monotonic()
        done.append((bin.send(b"x").text, time.monotonic() - begin))

    sender = threading.Thread(target=send)
    sender.start()
    eventually(lambda: bin.captures(), "it is kept")
    assert done == [], "it is kept before it is answered"
    sender.join(30)
    ((text, seconds),) = done
    assert text == "late" and 1.4 < seconds < 20
    (capture,) = bin.captures()
    assert capture["responseStatus"] == 200


def test_a_sender_who_does_not_wait_for_it_is_kept_all_the_same(tenant):
    bin = make(tenant, response={"delayMs": 30_000})
    with Wire(bin.server) as wire:
        wire.send(bin.head("host: x", "content-length: 1") + b"x")
        eventually(lambda: bin.captures(), "it is kept")
    assert bin.body(bin.latest()["id"]) == b"x"


# ---- a listener's ---------------------------------------------------------------------------


@pytest.fixture
def waiting(tenant):
    """A bin whose senders wait for a listener."""
    return make(tenant, response={"waitMs": 20_000, "status": 202, "body": "the bin's own"})


class Sending:
    """A request that waits for its answer."""

    def __init__(self, bin, body=b"x"):
        self._thread = threading.Thread(target=self._send, args=(bin, body), daemon=True)
        self._answer = None
        self._thread.start()

    def _send(self, bin, body):
        self._answer = bin.send(body)

    def answer(self):
        """The answer, for which it waits."""
        self._thread.join(30)
        assert self._answer is not None, "no answer"
        return self._answer


def answers(bin, capture, **fields):
    """A listener answers."""
    return bin.tenant.http.post(f"/bin/{bin.id}/request/{capture}/answer", json=fields)


def test_a_listener_answers_the_sender(waiting):
    with Follower(waiting, query="?listen=true") as listener:
        sending = Sending(waiting)
        ((capture, shown_as),) = listener.wait_for(1)
        assert shown_as["responseStatus"] is None
        headers = {"X-Own": "1", "content-type": "text/x"}
        headers |= {"set-cookie": "a=b", "content-length": "9"}
        given = answers(waiting, capture, status=418, headers=headers, bodyBase64="/wBl")
        assert given.status_code == 204
        answer = sending.answer()
        assert (answer.status_code, answer.content) == (418, b"\xff\x00e")
        assert shown(answer) == {"x-own": "1", "content-type": "text/x"}
        assert "set-cookie" not in answer.headers and kept(answer) == capture
        assert answer.headers["content-security-policy"] == "sandbox"
        noted = eventually(lambda: waiting.get(capture)["responseStatus"], "the status is noted")
        assert noted == 418
        # Nobody waits any more.
        assert answers(waiting, capture, status=200).status_code == 404
    assert answers(waiting, capture, status=200).status_code == 404


def test_nobody_listens_or_only_looks(waiting):
    begin = time.monotonic()
    assert waiting.send().text == "the bin's own"
    with Follower(waiting, query="?after=now"):
        assert waiting.send().text == "the bin's own"
    assert time.monotonic() - begin < 15


def test_a_listener_who_says_nothing_in_time(waiting):
    waiting.change(response={"waitMs": 300, "status": 202, "body": "too late"})
    with Follower(waiting, query="?listen=true") as listener:
        answer = waiting.send()
        assert (answer.status_code, answer.text) == (202, "too late")
        listener.wait_for(1)
        assert answers(waiting, kept(answer), status=200).status_code == 404
    assert waiting.get(kept(answer))["responseStatus"] == 202


def test_a_listener_whose_connection_broke_comes_again_and_answers(waiting):
    with Follower(waiting, query="?listen=true") as listener:
        sending = Sending(waiting)
        ((capture, _),) = listener.wait_for(1)
    with Follower(waiting, query="?listen=true&after=beginning") as listener:
        assert listener.wait_for(1)[0][0] == capture
        assert answers(waiting, capture, status=200, body="back").status_code == 204
        assert sending.answer().text == "back"


def test_a_listener_who_is_gone_for_good(waiting):
    waiting.change(response={"waitMs": 1000, "status": 202, "body": "the bin's own"})
    with Follower(waiting, query="?listen=true") as listener:
        sending = Sending(waiting)
        listener.wait_for(1)
    assert (sending.answer().status_code, sending.answer().text) == (202, "the bin's own")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"status": 100},
        {"status": 600},
        {"status": 200, "bodyBase64": "%"},
        {"status": 200, "body": 1},
        {"status": 200, "headers": ["a"]},
        {"status": 200, "headers": {"a": 1}},
    ],
)
def test_answers_that_cannot_be_given(waiting, fields):
    with Follower(waiting, query="?listen=true") as listener:
        sending = Sending(waiting)
        ((capture, _),) = listener.wait_for(1)
        assert answers(waiting, capture, **fields).status_code == 422
        assert answers(waiting, capture, status=200, body="right").status_code == 204
        assert sending.answer().text == "right"
