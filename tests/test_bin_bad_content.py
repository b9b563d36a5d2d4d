"""Markup, escapes and broken documents in everything that a bin keeps, and in what a bin is told to
be: shown as it is, never run, at a bounded cost."""

import json
import time

import pytest

from support.bin import kept, make, undisturbed, values
from support.wait import SOON
from support.wire import Wire


@pytest.fixture
def bin(tenant):
    return make(tenant)


@pytest.fixture(autouse=True)
def beside(tenant):
    """Another bin, which must not notice anything."""
    with undisturbed(tenant) as other:
        yield other


# ---- what is in it is shown and never run ---------------------------------------------------

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{ 7 | times: 7 }}${7*7}\u202e"


def test_markup_in_every_field(bin):
    document = json.dumps({HOSTILE: HOSTILE, "type": HOSTILE}).encode()
    tag = HOSTILE.encode()
    with Wire(bin.server) as wire:
        lines = [b"host: " + tag, b"x-own: " + tag, b"content-type: application/json; x=" + tag]
        lines += [b"user-agent: " + tag, b"content-length: %d" % len(document)]
        wire.send(bin.head(*lines, path=b"/%3Cscript%3E?a=%3Cb%3E") + document)
        answer = wire.answer()
    assert answer.status == 200 and answer.body == b""
    capture = bin.get(answer.headers["hookwire-capture"])
    assert values(capture, "x-own") == [HOSTILE] == values(capture, "user-agent")
    assert (capture["path"], capture["query"]) == ("/%3Cscript%3E", "a=%3Cb%3E")
    assert json.loads(capture["body"]["json"]) == {HOSTILE: HOSTILE, "type": HOSTILE}
    # A name that no event type has is written as one.
    assert not set(capture["eventType"]) & set("<>\"'&{}$ ")
    for path in ("", f"/{capture['id']}", f"/{capture['id']}/body", f"/{capture['id']}/curl"):
        shown = bin.tenant.http.get(f"/bin/{bin.id}/request{path}")
        assert shown.status_code == 200
        assert not shown.headers["content-type"].startswith(("text/html", "image/", "text/xml"))
        assert HOSTILE not in str(shown.headers)


def test_an_answer_that_echoes_runs_nothing(tenant):
    html = {"content-type": "text/html"}
    body = "{{ request.body }}{{ request.path }}"
    bin = make(tenant, response={"headers": html, "body": body})
    answer = bin.send(HOSTILE.encode(), path="/<b>")
    assert HOSTILE in answer.text
    assert answer.headers["content-security-policy"] == "sandbox"
    assert answer.headers["x-content-type-options"] == "nosniff"


BODIES = {
    "deep json": ("application/json", b"[" * 100_000),
    "deep json that ends": ("application/json", b"[" * 50_000 + b"]" * 50_000),
    "json with nul": ("application/json", b'{"a":"\\u0000\x00"}'),
    "json in no unicode": ("application/json", b'{"a":"\xff\xfe","b":"\\ud800"}'),
    "a number too long": ("application/json", b"1" * 1_000_000),
    "many fields": ("application/x-www-form-urlencoded", b"a=%ff&" * 100_000),
    "no form": ("application/x-www-form-urlencoded", b"\x00\xff%%%=&=&&"),
    "many parts": (
        "multipart/form-data; boundary=x",
        b"--x\r\ncontent-disposition: form-data; name=a\r\n\r\nb\r\n" * 20_000 + b"--x--",
    ),
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n--x--"),
    "an odd boundary": ('multipart/form-data; boundary="', b"--\r\n\r\n--"),
    "a part without end": ("multipart/form-data; boundary=x", b"--x\r\na: b"),
    "markup as a part's name": (
        "multipart/form-data; boundary=x",
        b'--x\r\ncontent-disposition: form-data; name="<script>"; filename="../../x\\"<b>"\r\n'
        b"content-type: text/html\r\n\r\n<script>\r\n--x--",
    ),
    "a bomb": ("application/json", b"\x1f\x8b\x08" + b"\x00" * 1000),
    "a type of nonsense": (';;;/="', b"\x00"),
    "text with escapes": ("text/plain", b"\x1b[2J\x1b]0;title\x07\r\n\x00"),
}


@pytest.mark.parametrize("case", BODIES)
def test_bodies_of_any_kind_are_shown(tenant, receiver, case):
    """In full, as text, as archive and as command; and go on to an application as they are."""
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/raw"))
    bin = make(
        tenant, forward={"appId": app}, deduplicate={"by": "field", "name": "a.b.0"},
        response={"body": "{{ payload.a }}{{ payload.a.b | size }}"},
    )  # fmt: skip
    content_type, body = BODIES[case]
    begin = time.monotonic()
    answer = bin.send(body, headers={"content-type": content_type})
    assert answer.status_code in (200, 500), answer.text
    capture = kept(answer)
    shown = bin.get(capture)
    assert shown["bodyBytes"] == len(body) and bin.body(capture) == body
    assert len(json.dumps(shown)) < 8 << 20
    for path in ("/har", f"/request/{capture}/curl", "/request?text=a.b"):
        assert bin.tenant.http.get(f"/bin/{bin.id}{path}").status_code == 200
    assert receiver.wait_for("/raw")[0].body == body
    assert time.monotonic() - begin < SOON


# ---- the API of bins ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 300},
        {"name": "a\nb"},
        {"name": 1},
        {"cors": "yes"},
        {"verify": {}},
        {"verify": {"provider": "nobody", "secret": "x"}},
        {"verify": {"provider": "github"}},
        {"verify": {"provider": "github", "secrets": []}},
        {"verify": {"provider": "github", "secrets": ["a"] * 6}},
        {"verify": {"provider": "generic", "secret": "x"}},
        {"verify": {"provider": "generic", "secret": "x", "header": "a b"}},
        {"verify": {"provider": "standard-webhooks", "secret": "whsec_%%%"}},
        {"limits": {"capturesMax": 0}},
        {"limits": {"bytesMax": 1}},
        {"limits": {"ratePerSecond": 0}},
        {"limits": {"nope": 1}},
        {"expiresAfterSeconds": 1},
        {"expiresAfterSeconds": "a week"},
        {"token": "chosen"},
        {"url": "http://x"},
        {"public": True},
        {"id": "bin_x"},
        [],
        "text",
    ],
    ids=lambda fields: json.dumps(fields)[:60],
)
def test_bins_that_cannot_be(bin, fields):
    before = bin.tenant.http.get(f"/bin/{bin.id}").json()
    bins = bin.tenant.http.get("/bin").json()["data"]
    made = bin.tenant.http.post("/bin", json=fields)
    changed = bin.tenant.http.patch(f"/bin/{bin.id}", json=fields)
    for answer in (made, changed):
        assert answer.status_code == 422, answer.text
        assert all(problem["loc"][0] == "body" for problem in answer.json()["detail"])
    assert bin.tenant.http.get(f"/bin/{bin.id}").json() == before
    assert bin.tenant.http.get("/bin").json()["data"] == bins


def test_secrets_are_never_told(bin):
    secret = "hush-3c9a71"
    for fields in (
        {"verify": {"provider": "github", "secret": secret}},
        {"verify": {"provider": "meta", "secret": secret, "verifyToken": f"{secret}-token"}},
        {"verify": {"provider": "generic", "header": "x", "secrets": [secret], "encoding": secret}},
        {"verify": {"provider": secret, "secret": secret}},
    ):
        answer = bin.tenant.http.patch(f"/bin/{bin.id}", json=fields)
        assert answer.status_code in (200, 422)
        assert secret not in answer.text
    forged = bin.keep(b"{}", headers={"x-hub-signature-256": "sha256=00"})
    assert secret not in json.dumps(forged)
    for path in (f"/bin/{bin.id}", "/bin", f"/bin/{bin.id}/har"):
        assert secret not in bin.tenant.http.get(path).text
    assert secret not in bin.server.log()
