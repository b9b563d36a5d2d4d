"""Captures sent again: to a URL as they were, edited, many at once; to an endpoint as messages."""

import base64
import json

import httpx
import pytest

from support import answers
from support.bin import kept, make
from support.client import Tenant
from support.server import JWT_SECRET
from support.tokens import new_id, sign
from support.wire import Wire

# Headers of one hop; they are the new connection's.
OF_THE_HOP = ("host", "connection", "content-length", "transfer-encoding", "keep-alive", "expect")


@pytest.fixture
def bin(tenant):
    return make(tenant)


def replay(bin, capture, **fields):
    """Asks for a replay; gives the answer's JSON."""
    answer = bin.tenant.http.post(f"/bin/{bin.id}/request/{capture}/replay", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def own(headers):
    """Names in small letters and values, without those of the connection."""
    pairs = ((name.lower(), value) for name, value in headers)
    return sorted(pair for pair in pairs if pair[0] not in OF_THE_HOP)


# ---- to a URL -------------------------------------------------------------------------------


def test_the_same_bytes_and_headers(bin, receiver):
    body = bytes(range(256)) * 300
    with Wire(bin.server) as wire:
        head = bin.head(
            "Host: shop.example", "X-Twice: a", "User-Agent: Shop/1", "x-twice: b",
            "Stripe-Signature: t=1,v1=abc", "Cookie: c=d", "Connection: keep-alive",
            f"Content-Length: {len(body)}", "Content-Type: image/png", method=b"PUT",
        )  # fmt: skip
        wire.send(head + body)
        capture = wire.answer().headers["hookwire-capture"]
    script = answers.status(201, b"thanks", [("x-answer", "1"), ("content-type", "text/x")])
    url = receiver.script("/again", then=script)
    done = replay(bin, capture, url=url + "?x=1&y=%20")
    (request,) = receiver.wait_for("/again")
    assert (request.method, request.target) == ("PUT", "/again?x=1&y=%20")
    assert request.body == body
    sent = own(bin.get(capture)["headers"])
    assert [pair for pair in own(request.headers) if pair in sent] == sent
    assert request.header("host") == url.split("/")[2]
    assert done["ok"] is True and "error" not in done
    assert (done["response"]["status"], done["response"]["body"]) == (201, "thanks")
    assert done["response"]["headers"]["x-answer"] == "1"
    assert done["request"]["method"] == "PUT" and done["request"]["url"].startswith(url)


@pytest.mark.parametrize(
    "answer, ok",
    [
        (answers.status(500, b"broken"), False),
        (answers.redirect("http://127.0.0.1:1/elsewhere"), False),
        (answers.status(404), False),
        (answers.status(299), True),
    ],
)
def test_answers_that_are_no_success(bin, receiver, answer, ok):
    capture = kept(bin.send(b"x"))
    done = replay(bin, capture, url=receiver.script("/x", then=answer))
    assert done["ok"] is ok and done["response"]["status"] > 0
    assert ("error" in done) is not ok
    assert len(receiver.requests("/x")) == 1, "it is sent once"


@pytest.mark.parametrize(
    "answer", [answers.close_at_once, answers.NOT_HTTP, answers.HUGE_HEADERS, answers.endless_body]
)
def test_receivers_that_misbehave(bin, receiver, answer):
    capture = kept(bin.send(b"x"))
    done = replay(bin, capture, url=receiver.script("/x", then=answer))
    if answer is answers.endless_body:
        assert done["response"]["status"] == 200 and len(done["response"]["body"]) < 1 << 20
    else:
        assert done["ok"] is False and done["error"]["message"]


def test_nobody_listens_there(bin, receiver):
    capture = kept(bin.send(b"x"))
    receiver.down()
    done = replay(bin, capture, url=receiver.url("/x"))
    assert done["ok"] is False and "response" not in done
    assert done["error"]["cause"] and done["error"]["message"]
    receiver.up()


def test_edited(bin, receiver):
    capture = kept(bin.send(b'{"a": 1}', headers={"content-type": "application/json", "x-a": "b"}))
    url = receiver.script("/edited")
    replay(bin, capture, url=url, method="PATCH", headers={"X-New": "1"}, body='{"a": 2}')
    raw = base64.b64encode(b"\x00\xff").decode()
    replay(bin, capture, url=url, bodyBase64=raw)
    replay(bin, capture, url=url, body="")
    first, second, third = receiver.wait_for("/edited", 3)
    assert (first.method, first.body, first.header("x-new")) == ("PATCH", b'{"a": 2}', "1")
    assert first.header("x-a") is None and first.header("content-type") is None
    assert (second.method, second.body, second.header("x-a")) == ("POST", b"\x00\xff", "b")
    assert third.body == b"" and third.header("x-a") == "b"
    # What was captured stays what it was.
    assert bin.body(capture) == b'{"a": 1}' and len(bin.captures()) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"url": "/relative"},
        {"url": "ftp://127.0.0.1/"},
        {"url": "http://"},
        {"url": "http://127.0.0.1:99999/"},
        {"url": 1},
        {"url": "U", "appId": "a", "endpointId": "b"},
        {"appId": "a"},
        {"endpointId": "b"},
        {"appId": "nobody", "endpointId": "nothing"},
        {"url": "U", "method": "A B"},
        {"url": "U", "method": ""},
        {"url": "U", "method": "CONNECT"},
        {"url": "U", "bodyBase64": "%%%"},
        {"url": "U", "body": "a", "bodyBase64": "YQ=="},
        {"url": "U", "headers": {"a b": "c"}},
        {"url": "U", "headers": {"a": "b\r\nc: d"}},
        {"url": "U", "headers": {"x-a": "b\nc: d"}},
    ],
    ids=json.dumps,
)
def test_replays_that_cannot_be(bin, receiver, fields):
    capture = kept(bin.send(b"x"))
    if fields.get("url") == "U":
        fields = {**fields, "url": receiver.script("/never")}
    path = f"/bin/{bin.id}/request/{capture}/replay"
    answer = bin.tenant.http.post(path, json=fields)
    assert answer.status_code == 422, answer.text
    assert answer.json()["detail"] and receiver.count() == 0


def test_one_that_is_not_there(bin, receiver):
    other = make(bin.tenant)
    theirs = kept(other.send(b"x"))
    for capture in (new_id("cap"), theirs, "x"):
        path = f"/bin/{bin.id}/request/{capture}/replay"
        answer = bin.tenant.http.post(path, json={"url": receiver.url("/x")})
        assert answer.status_code == 404, capture
    assert receiver.count() == 0


# ---- where it may not go --------------------------------------------------------------------

PRIVATE = [
    "http://127.0.0.1:{port}/x",
    "http://localhost:{port}/x",
    "http://[::1]:{port}/x",
    "http://[::ffff:127.0.0.1]:{port}/x",
    "http://2130706433:{port}/x",
    "http://0x7f.1:{port}/x",
    "http://0.0.0.0:{port}/x",
    "http://10.0.0.1/x",
    "http://192.168.1.1/x",
    "http://169.254.169.254/latest/meta-data/",
]


def test_private_addresses_are_guarded(new_server, new_tenant, receiver):
    server = new_server(dev=False)
    bin = make(new_tenant(server))
    capture = kept(bin.send(b"x"))
    receiver.script("/x")
    http = bin.tenant.http
    for url in PRIVATE:
        url = url.format(port=receiver.port)
        one = http.post(f"/bin/{bin.id}/request/{capture}/replay", json={"url": url})
        many = http.post(f"/bin/{bin.id}/replay", json={"url": url, "requests": [capture]})
        assert one.status_code == many.status_code == 200, one.text
        assert one.json()["ok"] is False and "response" not in one.json(), url
        (each,) = many.json()["data"]
        assert each["ok"] is False and "status" not in each, url
        assert one.json()["error"]["cause"] == each["error"]["cause"]
    assert receiver.count() == 0 and receiver.connections == 0


# ---- many -----------------------------------------------------------------------------------


def test_many_in_the_order_that_was_asked_for(bin, receiver):
    sent = [kept(bin.send(b"%d" % n)) for n in range(6)]
    gone = sent.pop(3)
    bin.tenant.http.delete(f"/bin/{bin.id}/request/{gone}").raise_for_status()
    wanted = [sent[4], sent[0], gone, sent[2]]
    script = [answers.OK, answers.status(500)]
    fields = {"requests": wanted, "url": receiver.script("/many", first=script)}
    answer = bin.tenant.http.post(f"/bin/{bin.id}/replay", json=fields)
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert [entry["requestId"] for entry in data] == wanted
    assert [entry["ok"] for entry in data] == [True, False, False, True]
    assert [entry.get("status") for entry in data] == [200, 500, None, 200]
    assert data[2]["error"]["cause"] == "not_found"
    assert [request.body for request in receiver.requests("/many")] == [b"5", b"0", b"2"]


@pytest.mark.parametrize(
    "requests", [[], ["x"], [1], "cap", None, [new_id("msg")], [new_id("cap")] * 101]
)
def test_lists_that_cannot_be(bin, receiver, requests):
    fields = {"requests": requests, "url": receiver.url("/x")}
    answer = bin.tenant.http.post(f"/bin/{bin.id}/replay", json=fields)
    assert answer.status_code == 422, answer.text
    assert receiver.count() == 0


# ---- to an endpoint -------------------------------------------------------------------------


def test_to_an_endpoint_it_is_a_message_for_this_one_only(bin, receiver):
    tenant = bin.tenant
    app = tenant.app(uid="crm")
    chosen = tenant.endpoint(app, receiver.script("/chosen", first=[answers.status(500)]))
    tenant.endpoint(app, receiver.script("/beside"))
    capture = kept(bin.send(b'{"type":"order.paid","n":1}'))
    done = replay(bin, capture, appId="crm", endpointId=chosen)
    assert done["ok"] is True and "response" not in done
    message = done["messageId"]
    # It is tried again, as messages are, and signed.
    came = receiver.wait_for("/chosen", 2)
    assert [request.id for request in came] == [message] * 2
    assert came[1].body == b'{"type":"order.paid","n":1}' and came[1].header("webhook-signature")
    assert tenant.http.get(f"/app/{app}/msg/{message}").json()["eventType"] == "order.paid"

    edited = replay(bin, capture, appId="crm", endpointId=chosen, body='{"n":2}')["messageId"]
    receiver.wait_for_ids("/chosen", [edited])
    fields = {"requests": [capture] * 1, "appId": app, "endpointId": chosen}
    many = tenant.http.post(f"/bin/{bin.id}/replay", json=fields).json()["data"]
    receiver.wait_for_ids("/chosen", [many[0]["messageId"]])
    bodies = [request.body for request in receiver.requests("/chosen")]
    assert bodies[2:] == [b'{"n":2}', b'{"type":"order.paid","n":1}']
    assert receiver.requests("/beside") == []


def test_nobody_replays_to_somebody_elses_endpoint(bin, receiver):
    stranger = Tenant(bin.server, sign({"sub": new_id("org")}, JWT_SECRET))
    app = stranger.app()
    endpoint = stranger.endpoint(app, receiver.url("/theirs"))
    stranger.close()
    capture = kept(bin.send(b"{}"))
    of = {"appId": app, "endpointId": endpoint}
    http = bin.tenant.http
    one = http.post(f"/bin/{bin.id}/request/{capture}/replay", json=of)
    many = http.post(f"/bin/{bin.id}/replay", json={"requests": [capture], **of})
    assert (one.status_code, many.status_code) == (422, 422)
    assert receiver.count() == 0


def test_a_replay_to_the_bin_itself_is_a_capture_like_any_other(bin):
    """And no loop: it is sent once."""
    capture = kept(bin.send(b"x", headers={"x-own": "1"}))
    done = replay(bin, capture, url=bin.url)
    assert done["ok"] is True
    again, first = bin.captures()
    assert first["id"] == capture and done["response"]["headers"]["hookwire-capture"] == again["id"]
    assert httpx.get(f"{bin.server.url}/api/v1/health").status_code == 204
