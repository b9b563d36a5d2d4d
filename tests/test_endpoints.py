"""Endpoints through the official SDK."""

import base64
import os

import pytest
from svix.api import (
    EndpointHeadersIn,
    EndpointHeadersPatchIn,
    EndpointIn,
    EndpointListOptions,
    EndpointPatch,
    EndpointUpsertIn,
    EventExampleIn,
)
from svix.exceptions import HttpError, HTTPValidationError
from svix.models import Ordering

from support.paging import walk


def test_create_get_and_the_uid_in_place_of_the_id(tenant, receiver):
    tenant.event_type("order.paid")
    app = tenant.app(uid="acme")
    url = receiver.url("/hook?a=1&b=%20")
    made = tenant.sdk.endpoint.create(
        "acme",
        EndpointIn(
            url=url,
            description="Orders",
            uid="orders",
            event_types=["order.paid"],
            channels=["berlin", "a:b+c"],
            throttle_rate=10,
            metadata={"team": "blue"},
        ),
    )
    assert made.id.startswith("ep_") and len(made.id) == 30
    assert (made.url, made.description, made.uid) == (url, "Orders", "orders")
    assert (made.event_types, made.channels) == (["order.paid"], ["berlin", "a:b+c"])
    assert (made.throttle_rate, made.disabled) == (10, False)
    assert made.metadata == {"team": "blue"}
    for application in (app, "acme"):
        for endpoint in (made.id, "orders"):
            assert tenant.sdk.endpoint.get(application, endpoint) == made
    raw = tenant.http.get(f"/app/{app}/endpoint/orders").json()
    assert raw["filterTypes"] == ["order.paid"]
    assert raw["rateLimit"] == 10
    assert raw["version"] >= 1
    assert raw["name"], "without a name it is called after its host"


def test_the_plainest_endpoint(tenant, receiver):
    made = tenant.sdk.endpoint.create(tenant.app(), EndpointIn(url=receiver.url("/")))
    assert (made.description, made.uid, made.throttle_rate) == ("", None, None)
    assert (made.event_types, made.channels) == (None, None)
    assert made.metadata == {}


def test_the_older_name_of_event_types(tenant, receiver):
    tenant.event_type("order.paid")
    made = tenant.http.post(
        f"/app/{tenant.app()}/endpoint",
        json={"url": receiver.url("/"), "version": 1, "filterTypes": ["order.paid"]},
    )
    assert made.status_code == 201, made.text
    assert made.json()["eventTypes"] == made.json()["filterTypes"] == ["order.paid"]


def test_a_url_is_kept_as_it_was_given(tenant, receiver):
    """And requested so."""
    app = tenant.app()
    url = receiver.url("/a%2Fb/c;d=1?q=%C3%A9&x=1+2")
    endpoint = tenant.endpoint(app, url)
    assert tenant.sdk.endpoint.get(app, endpoint).url == url
    message = tenant.send(app)
    receiver.wait_for_ids("/a%2Fb/c;d=1", [message])
    assert receiver.url(receiver.requests("/a%2Fb/c;d=1")[0].target) == url


def test_a_uid_can_be_taken_once_in_an_application(tenant, receiver):
    app, other = tenant.app(), tenant.app(name="Other")
    tenant.endpoint(app, receiver.url("/"), uid="hook")
    with pytest.raises(HttpError) as refused:
        tenant.endpoint(app, receiver.url("/"), uid="hook")
    assert refused.value.status_code == 409
    tenant.endpoint(other, receiver.url("/"), uid="hook")


def test_put_creates_and_then_updates(tenant, receiver):
    tenant.event_type("order.paid")
    app = tenant.app()
    path = f"/app/{app}/endpoint/hook"
    body = {"url": receiver.url("/1"), "uid": "hook", "eventTypes": ["order.paid"]}
    first = tenant.http.put(path, json=body)
    assert first.status_code == 201, first.text
    updated = tenant.sdk.endpoint.upsert(
        app, "hook", EndpointUpsertIn(url=receiver.url("/2"), uid="hook", disabled=True)
    )
    assert updated.id == first.json()["id"]
    assert (updated.url, updated.disabled) == (receiver.url("/2"), True)
    assert updated.event_types is None, "a PUT replaces everything"
    again = tenant.http.put(path, json=body)
    assert again.status_code == 200


def test_a_put_keeps_secret_and_headers(tenant, receiver):
    """They have paths of their own and are no part of what a PUT replaces."""
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.url("/1"), uid="hook", headers={"x-a": "1"})
    secret = tenant.secret(app, endpoint)
    tenant.sdk.endpoint.upsert(app, "hook", EndpointUpsertIn(url=receiver.url("/2"), uid="hook"))
    assert tenant.secret(app, endpoint) == secret
    assert tenant.sdk.endpoint.get_headers(app, endpoint).headers == {"x-a": "1"}


def test_patch_changes_only_what_it_names(tenant, receiver):
    tenant.event_type("order.paid")
    app = tenant.app()
    endpoint = tenant.endpoint(
        app,
        receiver.url("/1"),
        uid="hook",
        description="Orders",
        event_types=["order.paid"],
        channels=["berlin"],
        throttle_rate=5,
        metadata={"a": "1"},
    )
    patched = tenant.sdk.endpoint.patch(app, endpoint, EndpointPatch(description="Changed"))
    assert patched.description == "Changed"
    assert (patched.url, patched.uid) == (receiver.url("/1"), "hook")
    assert (patched.event_types, patched.channels) == (["order.paid"], ["berlin"])
    assert (patched.throttle_rate, patched.metadata) == (5, {"a": "1"})

    cleared = tenant.sdk.endpoint.patch(
        app,
        endpoint,
        EndpointPatch(uid=None, event_types=None, channels=None, throttle_rate=None),
    )
    assert (cleared.uid, cleared.event_types) == (None, None)
    assert (cleared.channels, cleared.throttle_rate) == (None, None)
    assert cleared.description == "Changed"
    assert cleared.updated_at >= patched.updated_at
    for field in ("url", "disabled"):
        answer = tenant.http.patch(f"/app/{app}/endpoint/{endpoint}", json={field: None})
        assert answer.status_code == 422, f"{field} cannot be cleared"


def test_delete(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.url("/"), uid="hook")
    tenant.sdk.endpoint.delete(app, "hook")
    for name in (endpoint, "hook"):
        for call in (tenant.sdk.endpoint.get, tenant.sdk.endpoint.delete):
            with pytest.raises(HttpError) as gone:
                call(app, name)
            assert (gone.value.status_code, gone.value.code) == (404, "not_found")
    assert tenant.sdk.endpoint.list(app).data == []
    assert tenant.endpoint(app, receiver.url("/"), uid="hook") != endpoint


@pytest.mark.parametrize("order", list(Ordering))
def test_list_in_pages(tenant, receiver, order):
    app = tenant.app()
    made = [tenant.endpoint(app, receiver.url(f"/{n}")) for n in range(7)]

    def page(limit, iterator):
        return tenant.sdk.endpoint.list(
            app, EndpointListOptions(limit=limit, iterator=iterator, order=order)
        )

    listed = [entry.id for entry in walk(page, 7)]
    assert listed == (made if order == Ordering.ASCENDING else made[::-1])


def test_endpoints_are_listed_newest_first(tenant, receiver):
    app = tenant.app()
    made = [tenant.endpoint(app, receiver.url(f"/{n}")) for n in range(3)]
    assert [entry.id for entry in tenant.sdk.endpoint.list(app).data] == made[::-1]


def test_headers_are_set_patched_and_hidden_when_sensitive(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.url("/"))
    sdk = tenant.sdk.endpoint
    assert sdk.get_headers(app, endpoint).headers == {}

    given = {"X-Team": "blue", "Authorization": "Bearer s3cret", "X-Api-Key": "k3y"}
    sdk.set_headers(app, endpoint, EndpointHeadersIn(headers=given))
    shown = sdk.get_headers(app, endpoint)
    assert {name.lower(): value for name, value in shown.headers.items()} == {"x-team": "blue"}
    assert {name.lower() for name in shown.sensitive} == {"authorization", "x-api-key"}
    assert "s3cret" not in shown.model_dump_json()

    patch = EndpointHeadersPatchIn(headers={"X-More": "1"}, delete_headers=["x-team"])
    sdk.patch_headers(app, endpoint, patch)
    shown = sdk.get_headers(app, endpoint)
    assert {name.lower(): value for name, value in shown.headers.items()} == {"x-more": "1"}
    assert len(shown.sensitive) == 2

    sdk.set_headers(app, endpoint, EndpointHeadersIn(headers={"x-only": "this"}))
    shown = sdk.get_headers(app, endpoint)
    assert (shown.headers, shown.sensitive) == ({"x-only": "this"}, [])


def test_changed_headers_are_used_at_once(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/"), headers={"x-v": "1"})
    for version in ("2", "3", "4"):
        tenant.sdk.endpoint.set_headers(app, endpoint, EndpointHeadersIn(headers={"x-v": version}))
        message = tenant.send(app)
        receiver.wait_for_ids("/", [message])
        assert receiver.requests("/")[-1].header("x-v") == version


def test_a_secret_is_made_or_taken(tenant, receiver):
    app = tenant.app()
    made = tenant.secret(app, tenant.endpoint(app, receiver.url("/")))
    assert made.startswith("whsec_")
    assert 24 <= len(base64.b64decode(made[6:])) <= 75
    mine = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    assert tenant.secret(app, tenant.endpoint(app, receiver.url("/"), secret=mine)) == mine
    raw = tenant.http.get(f"/app/{app}/endpoint").text
    assert mine not in raw and "whsec_" not in raw


def test_unknown_and_archived_event_types_are_refused(tenant, receiver):
    app = tenant.app()
    tenant.event_type("order.paid")
    with pytest.raises(HTTPValidationError) as refused:
        tenant.endpoint(app, receiver.url("/"), event_types=["order.paid", "order.lost"])
    assert refused.value.detail[0].loc[:2] == ["body", "eventTypes"]
    endpoint = tenant.endpoint(app, receiver.url("/"), event_types=["order.paid"])
    with pytest.raises(HTTPValidationError):
        tenant.sdk.endpoint.patch(app, endpoint, EndpointPatch(event_types=["order.lost"]))
    assert tenant.sdk.endpoint.get(app, endpoint).event_types == ["order.paid"]


def test_send_example_takes_the_schemas_example(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/"))
    schema = {"type": "object", "examples": [{"order": 7}, {"order": 8}]}
    tenant.event_type("order.paid", schemas={"1": schema})
    tenant.event_type("order.plain")
    send = tenant.sdk.endpoint.send_example
    message = send(app, endpoint, EventExampleIn(event_type="order.paid"))
    second = send(app, endpoint, EventExampleIn(event_type="order.paid", example_index=1))
    receiver.wait_for_ids("/", [message.id, second.id])
    bodies = {request.id: request.body for request in receiver.requests("/")}
    assert bodies[message.id] == b'{"order":7}'
    assert bodies[second.id] == b'{"order":8}'
    for body in (
        {"eventType": "order.paid", "exampleIndex": 2},
        {"eventType": "order.plain"},
        {"eventType": "order.unknown"},
    ):
        answer = tenant.http.post(f"/app/{app}/endpoint/{endpoint}/send-example", json=body)
        assert answer.status_code in (400, 404, 422), body
