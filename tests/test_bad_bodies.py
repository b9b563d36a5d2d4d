"""What bad bodies get: a 4xx of the documented shape that says where the mistake is, and nothing is
stored, sent or logged."""

import json

import pytest

from support.refusal import assert_shape
from support.tokens import new_id

APP, ENDPOINT, TYPE, MESSAGE = "/app", "/app/acme/endpoint", "/event-type", "/app/acme/msg"
URL = "http://127.0.0.1:1/"
LONG = "x" * 70_000


def message(**fields):
    return {"eventType": "order.paid", "payload": {}, **fields}


# (method, path, body, where the complaint must point to; None: anywhere in the body)
# fmt: off
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
    "endpoint: url with a bad port": ("POST", ENDPOINT, {"url": "http://a.example:99999/"}, "url"),
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
# fmt: on


@pytest.mark.parametrize(("method", "path", "body", "field"), BODIES.values(), ids=BODIES.keys())
def test_bad_bodies(untouched, method, path, body, field):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = untouched.http.request(
        method, path, content=content, headers={"content-type": "application/json"}
    )
    assert_shape(answer, 422)
    if field:
        places = [problem["loc"] for problem in answer.json()["detail"]]
        assert ["body", field] in [place[:2] for place in places], places


def test_every_mistake_is_named_at_once(untouched):
    answer = untouched.http.post(
        ENDPOINT,
        json={"url": "ftp://x", "uid": "a b", "throttleRate": 0, "channels": ["ok", "not ok"]},
    )
    assert_shape(answer, 422)
    places = {problem["loc"][1] for problem in answer.json()["detail"]}
    assert places == {"url", "uid", "throttleRate", "channels"}


def test_a_payload_that_is_too_large(untouched):
    body = json.dumps(message(payload={"x": "y" * 3_000_000}))
    assert_shape(untouched.http.post(MESSAGE, content=body), 413)
    # In chunks its size is known only when it is there.
    parts = (body[at : at + 50_000].encode() for at in range(0, len(body), 50_000))
    assert_shape(untouched.http.post(MESSAGE, content=parts), 413)
    # And just below the limit it is accepted elsewhere.
    other = untouched.app(name="Large")
    fits = json.dumps(message(payload={"x": "y" * 1_900_000}))
    try:
        assert untouched.http.post(f"/app/{other}/msg", content=fits).status_code == 202
    finally:
        untouched.sdk.application.delete(other)


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/xml", "application/json; charset=utf-16"]
)
def test_odd_content_types_do_no_harm(untouched, content_type):
    """Either taken as the JSON that it is, or refused in the documented shape."""
    headers = {"content-type": content_type} if content_type else {}
    answer = untouched.http.post(APP, content=b'{"name": 5}', headers=headers)
    assert_shape(answer, 415 if answer.status_code == 415 else 422)
