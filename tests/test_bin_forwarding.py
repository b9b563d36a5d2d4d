"""From a bin to an application: what is the same again, what goes on, and as what it arrives."""

import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.bin import kept, make
from support.composed import make as make_endpoint
from support.wait import eventually


def captured(bin, *args, **request):
    """Sends; gives the capture as the list shows it."""
    id = kept(bin.send(*args, **request))
    (found,) = [entry for entry in bin.captures() if entry["id"] == id]
    return found


def duplicate_of(bin, *args, **request):
    """Of which capture what is sent is a duplicate."""
    return captured(bin, *args, **request)["duplicateOf"]


# ---- the same again -------------------------------------------------------------------------


def test_by_a_header(tenant):
    bin = make(tenant, deduplicate={"by": "header", "name": "X-Delivery"})
    first = kept(bin.send(b"a", headers={"x-delivery": "1"}))
    assert duplicate_of(bin, b"other", headers={"X-DELIVERY": "1"}) == first
    assert duplicate_of(bin, b"a", headers={"x-delivery": "2"}) is None
    for _ in range(2):  # Without it, none is like another.
        assert duplicate_of(bin, b"a") is None
    # The third points at the first, too.
    assert duplicate_of(bin, b"a", headers={"x-delivery": "1"}) == first


def test_by_a_field(tenant):
    bin = make(tenant, deduplicate={"by": "field", "name": "data.items.0.id"})

    def document(id, n=1):
        return b'{"n":%d,"data":{"items":[{"id":%s}]}}' % (n, id)

    first = kept(bin.send(document(b"9007199254740993")))
    assert duplicate_of(bin, document(b" 9007199254740993", n=2)) == first
    # One apart, and the same to whoever reads numbers as doubles.
    assert duplicate_of(bin, document(b"9007199254740992")) is None
    assert duplicate_of(bin, document(b'"9007199254740993"')) is None
    for missing in (document(b"null"), b"{}", b"no json", b"", b'{"data":{"items":[]}}'):
        for _ in range(2):
            assert duplicate_of(bin, missing) is None


def test_by_the_body(tenant):
    bin = make(tenant, deduplicate={"by": "body"})
    first = kept(bin.send(b"\x00same", path="/a?b"))
    assert duplicate_of(bin, b"\x00same", path="/a?b", headers={"x-new": "1"}) == first
    assert duplicate_of(bin, b"\x00same", path="/a?c") is None
    assert duplicate_of(bin, b"\x00same", path="/a?b", method="PUT") is None
    assert duplicate_of(bin, b"\x00Same", path="/a?b") is None


def test_by_the_providers_id(tenant):
    plain = make(tenant, deduplicate={"by": "provider"})
    first = kept(plain.send(b"a", headers={"webhook-id": "msg_1"}))
    assert duplicate_of(plain, b"b", headers={"webhook-id": "msg_1"}) == first
    assert duplicate_of(plain, b"a", headers={"webhook-id": "msg_2"}) is None

    shop = make(
        tenant, verify={"provider": "github", "secret": "hush"}, deduplicate={"by": "provider"}
    )

    def signed(body, delivery, secret=b"hush"):
        digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Delivery": delivery}

    # A forged one does not stand in the real one's way.
    assert duplicate_of(shop, b"a", headers=signed(b"a", "d1", b"guess")) is None
    first = captured(shop, b"a", headers=signed(b"a", "d1"))
    assert first["duplicateOf"] is None
    assert duplicate_of(shop, b"a", headers=signed(b"a", "d1")) == first["id"]
    assert duplicate_of(shop, b"a", headers=signed(b"a", "d1", b"guess")) is None


def test_only_within_its_window(tenant):
    bin = make(tenant, deduplicate={"by": "body", "windowSeconds": 1})
    first = kept(bin.send(b"a"))
    begin = time.monotonic()

    def is_new():
        return duplicate_of(bin, b"a") is None

    eventually(is_new, "the window is over")
    assert time.monotonic() - begin > 0.8
    captures = bin.captures(order="ascending")
    assert captures[0]["id"] == first
    assert {capture["duplicateOf"] for capture in captures[1:-1]} <= {first}


def test_of_many_at_once_one_is_the_first(tenant):
    bin = make(tenant, deduplicate={"by": "body"})
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: bin.send(b"all the same"), range(64)))
    captures = bin.captures()
    (first,) = [capture for capture in captures if capture["duplicateOf"] is None]
    assert len(captures) == 64
    assert {capture["duplicateOf"] for capture in captures} == {None, first["id"]}


def test_a_bin_knows_nothing_of_another(tenant):
    for _ in range(2):
        bin = make(tenant, deduplicate={"by": "body"})
        assert duplicate_of(bin, b"a") is None


@pytest.mark.parametrize(
    "deduplicate, field",
    [
        ({"by": "header"}, "name"),
        ({"by": "header", "name": "a b"}, "name"),
        ({"by": "field", "name": ""}, "name"),
        ({"by": "body", "name": "x"}, "name"),
        ({"by": "nothing"}, "by"),
        ({}, "by"),
        ({"by": "body", "windowSeconds": 0}, "windowSeconds"),
        ({"by": "body", "windowSeconds": 604_801}, "windowSeconds"),
    ],
)
def test_what_cannot_tell_requests_apart(tenant, deduplicate, field):
    answer = tenant.http.post("/bin", json={"deduplicate": deduplicate})
    assert answer.status_code == 422
    assert ["body", "deduplicate", field] in [entry["loc"] for entry in answer.json()["detail"]]


# ---- on to an application -------------------------------------------------------------------


def test_to_all_of_an_applications_endpoints(tenant, receiver):
    app = tenant.app()
    for path in ("/one", "/two"):
        tenant.endpoint(app, receiver.script(path))
    bin = make(tenant, forward={"appId": app}, deduplicate={"by": "body"})
    body = b'{ "type": "order.paid", "n": 9007199254740993 }'
    headers = {"content-type": "application/json", "x-own": "1"}
    first = captured(bin, body, path="/hooks?a=b", headers=headers)
    again = captured(bin, body, path="/hooks?a=b", headers=headers)
    assert again["duplicateOf"] == first["id"] and again["messageId"] is None
    assert first["eventType"] == "order.paid"
    other = captured(bin, b'{"n":2}', headers=headers)
    for path in ("/one", "/two"):
        came = receiver.wait_for(path, 2)
        assert [request.id for request in came] == [first["messageId"], other["messageId"]]
        assert came[0].body == body
    message = tenant.http.get(f"/app/{app}/msg/{first['messageId']}").json()
    assert message["eventType"] == "order.paid"
    listed = tenant.http.get(f"/app/{app}/msg").json()["data"]
    assert {entry["id"] for entry in listed} == {first["messageId"], other["messageId"]}
    assert {entry["eventType"] for entry in listed} == {"order.paid", "bin.request"}


@pytest.mark.parametrize(
    "content_type, body",
    [
        ("text/plain; charset=latin-1", b"caf\xe9"),
        ("application/x-www-form-urlencoded", b"a=1&b=%20"),
        ("application/octet-stream", bytes(range(256)) * 400),
        ("application/json", b"[1, 2.50]"),
        ("application/cloudevents+json", b'{"a": 1}'),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\ncontent-disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n",
        ),
    ],
)
def test_what_is_not_json_arrives_as_it_is(tenant, receiver, content_type, body):
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/raw"))
    bin = make(tenant, forward={"appId": app})
    bin.send(body, headers={"content-type": content_type})
    (request,) = receiver.wait_for("/raw")
    assert (request.body, request.header("content-type")) == (body, content_type)


def test_filters_and_templates_see_the_request(tenant, receiver):
    app = tenant.app()
    make_endpoint(
        tenant,
        app,
        receiver.script("/chosen"),
        filter='request.headers["x-topic"] == "orders" && payload.total > 10',
        headers={"x-from": "{{ request.query.id }}"},
        request={
            "body": {
                "kind": "text",
                "template": "{{ request.method }} {{ request.path }} {{ request.headers.x-shop }} "
                "{{ payload.total }} {{ request.bin }} {{ request.capture }}",
            },
        },
    )
    bin = make(tenant, forward={"appId": app, "eventType": "shop.event"})
    for topic, total in (("carts", 99), ("orders", 9), ("orders", 11)):
        last = captured(
            bin,
            json.dumps({"total": total}).encode(),
            path="/in/x?id=7",
            headers={"X-Topic": topic, "X-Shop": "Zürich".encode()},
        )
    (request,) = receiver.wait_for("/chosen")
    assert request.body.decode() == f"POST /in/x Zürich 11 {bin.id} {last['id']}"
    assert request.header("x-from") == "7"
    assert request.id == last["messageId"]
    message = tenant.http.get(f"/app/{app}/msg/{last['messageId']}").json()
    assert message["eventType"] == "shop.event"
    assert len(receiver.requests("/chosen")) == 1


def test_event_types_that_endpoints_want(tenant, receiver):
    for name in ("push", "issues.opened"):
        tenant.event_type(name)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/push"), event_types=["push"])
    tenant.endpoint(app, receiver.script("/all"))
    bin = make(tenant, forward={"appId": app}, verify={"provider": "github", "secret": "hush"})

    def post(event):
        digest = hmac.new(b"hush", b"{}", hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Event": event}
        return captured(bin, b"{}", headers=headers)

    push, other = post("push"), post("star")
    assert (push["eventType"], other["eventType"]) == ("push", "star")
    receiver.wait_for_ids("/all", [push["messageId"], other["messageId"]])
    receiver.wait_for_ids("/push", [push["messageId"]])
    assert len(receiver.requests("/push")) == 1


@pytest.mark.parametrize("reject", [True, False])
def test_what_does_not_verify_is_kept_and_goes_nowhere(tenant, receiver, reject):
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/verified"))
    generic = {"provider": "generic", "header": "X-Sign", "prefix": "v1=", "secret": "hush"}
    bin = make(tenant, forward={"appId": app}, verify={**generic, "reject": reject})

    def signed(body, secret=b"hush"):
        return {"X-Sign": "v1=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}

    for headers in ({}, {"X-Sign": "v1="}, signed(b"{}", b"guess"), signed(b"[]")):
        answer = bin.send(b"{}", headers=headers)
        assert answer.status_code == (401 if reject else 200)
        forged = bin.get(kept(answer))
        assert forged["verification"]["status"] == "invalid" and forged["messageId"] is None
        assert forged["verification"]["reason"]
    good = captured(bin, b"{}", headers=signed(b"{}"))
    assert good["verification"] == {"status": "valid"}
    receiver.wait_for_ids("/verified", [good["messageId"]])
    assert len(receiver.requests("/verified")) == 1
    assert len(tenant.http.get(f"/app/{app}/msg").json()["data"]) == 1


def test_an_application_that_is_gone_keeps_nobody_from_sending(tenant):
    app = tenant.app()
    bin = make(tenant, forward={"appId": app})
    tenant.http.delete(f"/app/{app}").raise_for_status()
    answer = bin.send(b"{}")
    assert answer.status_code == 200
    assert bin.get(kept(answer))["messageId"] is None


def test_nobody_forwards_to_somebody_elses_application(tenant, new_tenant):
    stranger = new_tenant(tenant.server)
    app = stranger.app(uid="theirs")
    for of in (app, "theirs", "nobody", "", 1):
        answer = tenant.http.post("/bin", json={"forward": {"appId": of}})
        assert answer.status_code == 422, of
        assert answer.json()["detail"][0]["loc"] == ["body", "forward", "appId"]


def test_forwarding_ends_and_begins_by_a_change(tenant, receiver):
    app = tenant.app(uid="crm")
    tenant.endpoint(app, receiver.script("/crm"))
    bin = make(tenant)
    assert captured(bin, b"{}")["messageId"] is None
    assert bin.change(forward={"appId": "crm"})["forward"] == {"appId": app, "eventType": None}
    on = captured(bin, b"{}")["messageId"]
    assert bin.change(forward=None)["forward"] is None
    assert captured(bin, b"{}")["messageId"] is None
    receiver.wait_for_ids("/crm", [on])
    assert len(receiver.requests("/crm")) == 1
