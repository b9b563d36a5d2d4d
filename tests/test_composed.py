"""Composed webhooks: what is on the wire for each method and body, and what passes unharmed."""

import itertools
import json

import pytest

from support import answers
from support.composed import change, make, send_raw, set_script, signature

METHODS = ["POST", "GET", "PUT", "PATCH", "DELETE"]

# Numbers that no double holds, odd spacing, and characters of one to four bytes.
PAYLOAD = (
    '{ "big":9007199254740993,"huge": 1e400, "o":{"z":1.0,"a":-0},"s":"é€😀\\u0000" }'.encode()
)

FIELDS = (
    '{"number":"{{ payload.big }}","huge":"{{payload.huge}}","object":"{{ payload.o }}",'
    '"text":"no. {{ payload.big }}","missing":"{{ payload.nope }}","literal":9007199254740993,'
    '"list":["{{ type }}",true,null,1e400],"s":"{{ payload.s }}"}'
)
FIELDS_RENDERED = (
    '{"number":9007199254740993,"huge":1e400,"object":{"z":1.0,"a":-0},'
    '"text":"no. 9007199254740993","missing":null,"literal":9007199254740993,'
    '"list":["test.happened",true,null,1e400],"s":"é€😀\\u0000"}'
).encode()

# The definition of the body as JSON, the bytes and the content type that must arrive.
BODIES = {
    "not defined": (None, ...),
    "payload": ('{"kind":"payload"}', (PAYLOAD, "application/json")),
    "json": (f'{{"kind":"json","fields":{FIELDS}}}', (FIELDS_RENDERED, "application/json")),
    "text": (
        '{"kind":"text","template":"Total: {{ payload.big }}\\r\\n\\u0007é😀"}',
        ("Total: 9007199254740993\r\n\aé😀".encode(), "text/plain; charset=utf-8"),
    ),
    "form": (
        '{"kind":"text","contentType":"application/x-www-form-urlencoded",'
        '"template":"a={{ payload.s | slice: 0, 3 | url_encode }}&b={{ type }}"}',
        (b"a=%C3%A9%E2%82%AC%F0%9F%98%80&b=test.happened", "application/x-www-form-urlencoded"),
    ),
    "xml": (
        '{"kind":"text","contentType":"application/xml; charset=utf-8",'
        '"template":"<n>{{ payload.big }}</n>"}',
        (b"<n>9007199254740993</n>", "application/xml; charset=utf-8"),
    ),
    "own type": (
        '{"kind":"text","contentType":"application/vnd.acme+json","template":"[1,  2]"}',
        (b"[1,  2]", "application/vnd.acme+json"),
    ),
    "none": ('{"kind":"none"}', (b"", None)),
}


def expected(method, outcome):
    """What arrives; a body that is not defined follows the method."""
    if outcome is not ...:
        return outcome
    return (b"", None) if method in ("GET", "DELETE") else (PAYLOAD, "application/json")


@pytest.mark.parametrize(("method", "kind"), list(itertools.product(METHODS, BODIES)))
def test_every_method_with_every_body(tenant, receiver, method, kind):
    definition, outcome = BODIES[kind]
    body = f',"body":{definition}' if definition else ""
    url = receiver.script("/hook")
    app = tenant.app()
    made = tenant.http.post(
        f"/app/{app}/endpoint",
        content=f'{{"url":"{url}?a=b","request":{{"method":"{method}"{body}}}}}'.encode(),
        headers={"content-type": "application/json"},
    )
    assert made.status_code == 201, made.text
    message = send_raw(tenant, app, PAYLOAD)
    (came,) = receiver.wait_for("/hook")

    content, content_type = expected(method, outcome)
    assert (came.method, came.target) == (method, "/hook?a=b")
    assert came.body == content
    assert came.header("content-type") == content_type
    assert came.header("transfer-encoding") is None
    if content or method in ("POST", "PUT", "PATCH"):
        assert came.header("content-length") == str(len(content))
    else:
        assert came.header("content-length") in (None, "0")
    assert came.id == message
    assert came.header("idempotency-key") is None
    endpoint = json.loads(made.text, parse_float=str)["id"]
    secret = tenant.secret(app, endpoint)
    assert came.header("webhook-signature") == signature(secret, came)


def test_definitions_are_read_back_as_they_were_written(tenant, receiver):
    app = tenant.app()
    request = f'{{"method":"PUT","body":{{"kind":"json","fields":{FIELDS}}},"idempotencyKey":true}}'
    made = tenant.http.post(
        f"/app/{app}/endpoint",
        content=f'{{"url":"{receiver.url("/x/{{id}}")}","request":{request}}}'.encode(),
        headers={"content-type": "application/json"},
    )
    assert made.status_code == 201, made.text
    assert request in made.text
    shown = tenant.http.get(f"/app/{app}/endpoint")
    assert request in shown.text and receiver.url("/x/{{id}}") in shown.text


def test_templates_in_url_headers_and_body(tenant, receiver):
    app = tenant.app(name="Acme", uid="acme", metadata={"plan": "gold"})
    query = "q={{ payload.q }}&t={{type}}"
    make(
        tenant,
        app,
        receiver.url("/c/{{ payload.id }}/{{ payload.path | url_path }}?" + query),
        name="CRM",
        metadata={"region": "eu"},
        headers={
            "x-who": "{{ payload.name | upcase }}/{{ endpoint.name }}",
            "x-app": "{{ application.uid }} {{ application.metadata.plan }}",
            "x-empty": "[{{ payload.nope }}]",
        },
        request={
            "body": {
                "kind": "text",
                "template": "{{ id }}|{{ timestamp }}|{{ endpoint.metadata.region }}|"
                "{{ payload.nope | default: 'friend' }}|"
                "{% for item in payload.items %}{{ item.n | times: 2 }};{% endfor %}|"
                "{{ secrets.key | size }}",
            }
        },
        secrets={"key": "four"},
    )
    payload = {
        "id": "a/b c?ü#",
        "path": "x/y z",
        "q": "1&2=3+4%",
        "name": "ada",
        "items": [{"n": 1}, {"n": 2.5}],
    }
    message = tenant.send(app, "order.paid", payload)
    path = "/c/a%2Fb%20c%3F%C3%BC%23/x/y%20z"
    (came,) = receiver.wait_for(path)
    assert came.target == f"{path}?q=1%262%3D3%2B4%25&t=order.paid"
    assert came.header("x-who") == "ADA/CRM"
    assert came.header("x-app") == "acme gold"
    assert came.header("x-empty") == "[]"
    stamp = tenant.http.get(f"/app/{app}/msg/{message}").json()["timestamp"]
    assert came.body.decode() == f"{message}|{stamp}|eu|friend|2;5.0;|4"


def test_the_message_id_is_the_idempotency_key_of_every_try(tenant, receiver):
    app = tenant.app()
    url = receiver.script("/hook", first=[answers.status(500)])
    make(tenant, app, url, request={"method": "PUT", "idempotencyKey": True})
    message = tenant.send(app)
    first, second = receiver.wait_for("/hook", 2)
    for came in (first, second):
        assert came.method == "PUT"
        assert came.id == came.header("idempotency-key") == message
    assert first.body == second.body


# ---- what must pass unharmed ---------------------------------------------------------------


def every_plane(length):
    """So many bytes of UTF-8: control characters, and characters of all planes."""
    block = "".join(map(chr, range(1, 0x20))) + "\x7f\x80\xff{ } % \\ \" ' < > &"
    for plane in range(17):
        first = plane << 16
        block += chr(first + 0xABCD) + chr(first + 0xFFFD) + chr(first + 0x20AC)
    size = len(block.encode())
    text = block * (length // size)
    return text + "x" * (length - len(text.encode()))


def test_a_mebibyte_of_any_text_passes_unharmed(tenant, receiver):
    app = tenant.app()
    text = every_plane(1 << 20)
    body = {"kind": "text", "contentType": "application/octet-stream", "template": text}
    definition = {"url": receiver.script("/hook"), "request": {"body": body}}
    made = tenant.http.post(
        f"/app/{app}/endpoint",
        content=json.dumps(definition, ensure_ascii=False).encode(),
        headers={"content-type": "application/json"},
    )
    assert made.status_code == 201, made.text[:500]
    tenant.send(app)
    (came,) = receiver.wait_for("/hook")
    assert len(came.body) == 1 << 20
    assert came.body == text.encode()
    # As a value of the payload, through a template.
    half = every_plane(1 << 19)
    change(
        tenant,
        app,
        made.json()["id"],
        request={"body": {"kind": "text", "template": "{{ payload.text }}"}},
    )
    payload = json.dumps({"text": half}, ensure_ascii=False).encode()
    send_raw(tenant, app, payload)
    came = receiver.wait_for("/hook", 2)[1]
    assert came.body == half.encode()


def test_a_payload_is_not_rewritten_beside_a_filter_and_a_script(tenant, receiver):
    """Whoever looks at the payload without changing it does not change a byte of it."""
    app = tenant.app()
    url = receiver.script("/hook")
    endpoint = make(
        tenant,
        app,
        f"{url}?big={{{{ payload.big }}}}",
        filter="payload.big > 0",
        headers={"x-huge": "{{ payload.huge }}"},
    )
    set_script(tenant, app, endpoint, "function handler(webhook) { return webhook; }")
    send_raw(tenant, app, PAYLOAD)
    (came,) = receiver.wait_for("/hook")
    assert came.body == PAYLOAD
    assert came.target == "/hook?big=9007199254740993"
    assert came.header("x-huge") == "1e400"
