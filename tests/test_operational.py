"""Operational webhooks, as an organization that listens to them sees them."""

import json

import pytest
from standardwebhooks import Webhook
from svix.api import (
    EndpointPatch,
    OperationalWebhookEndpointHeadersIn,
    OperationalWebhookEndpointIn,
    OperationalWebhookEndpointSecretIn,
    OperationalWebhookEndpointUpsertIn,
)
from svix.exceptions import HttpError, HTTPValidationError

from support import answers
from support.server import JWT_SECRET
from support.tokens import new_id, sign


def listen(tenant, url, **fields):
    """A new operational webhook."""
    body = OperationalWebhookEndpointIn(url=url, **fields)
    return tenant.sdk.operational_webhook.endpoint.create(body)


def told(receiver, path, count):
    """The first announcements that came, in the order in which they were made."""
    requests = sorted(receiver.wait_for(path, count), key=lambda request: request.id)
    return [json.loads(request.body) for request in requests]


def types(announcements):
    return [announcement["type"] for announcement in announcements]


def test_create_get_update_and_delete(tenant):
    api = tenant.sdk.operational_webhook.endpoint
    made = listen(
        tenant,
        "https://ops.example/hook",
        uid="ops",
        description="Pages us",
        event_types=["endpoint.disabled"],
        metadata={"team": "a"},
        headers={"X-Team": "a"},
    )
    assert (made.uid, made.event_types) == ("ops", ["endpoint.disabled"])
    assert api.get("ops") == made
    assert [entry.id for entry in api.list().data] == [made.id]
    assert api.get_headers("ops").headers == {"X-Team": "a"}
    assert api.set_headers("ops", OperationalWebhookEndpointHeadersIn(headers={})) is None
    assert api.get_headers("ops").headers == {}

    upsert = OperationalWebhookEndpointUpsertIn(url="https://ops.example/new", uid="ops")
    assert api.upsert("ops", upsert).id == made.id
    upsert = OperationalWebhookEndpointUpsertIn(url="https://other.example")
    assert api.upsert("other", upsert).uid == "other"

    before = api.get_secret("ops").key
    assert api.rotate_secret("ops", OperationalWebhookEndpointSecretIn()) is None
    assert api.get_secret("ops").key != before

    api.delete("ops")
    with pytest.raises(HttpError) as gone:
        api.get("ops")
    assert gone.value.status_code == 404


def test_what_cannot_be_announced_cannot_be_asked_for(tenant):
    tenant.event_type("order.paid")
    for name in ["order.paid", "endpoint.exploded"]:
        with pytest.raises(HTTPValidationError):
            listen(tenant, "https://ops.example/hook", event_types=[name])
    assert tenant.sdk.operational_webhook.endpoint.list().data == []


def test_an_endpoints_life_is_told_and_signed(tenant, receiver):
    made = listen(tenant, receiver.script("/ops"))
    app = tenant.app(uid="acme")
    endpoint = tenant.endpoint(app, receiver.url("/hook"), uid="crm")
    tenant.sdk.endpoint.patch(app, endpoint, EndpointPatch(disabled=True))
    tenant.sdk.endpoint.patch(app, endpoint, EndpointPatch(disabled=False))
    tenant.sdk.endpoint.delete(app, endpoint)

    expected = [
        "endpoint.created",
        "endpoint.updated",
        "endpoint.disabled",
        "endpoint.updated",
        "endpoint.enabled",
        "endpoint.deleted",
    ]
    announcements = told(receiver, "/ops", len(expected))
    assert types(announcements) == expected
    for announcement in announcements:
        data = announcement["data"]
        assert (data["appId"], data["appUid"]) == (app, "acme")
        assert (data["endpointId"], data["endpointUid"]) == (endpoint, "crm")
    key = tenant.sdk.operational_webhook.endpoint.get_secret(made.id).key
    for request in receiver.requests("/ops"):
        Webhook(key).verify(request.body, request.header_map())


def test_a_receiver_that_is_gone_is_told_of(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/gone", then=answers.status(410)))
    wanted = ["endpoint.disabled", "message.attempt.exhausted"]
    listen(tenant, receiver.script("/ops"), event_types=wanted)
    message = tenant.send(app)
    announcements = told(receiver, "/ops", 2)
    assert sorted(types(announcements)) == wanted
    by_type = {announcement["type"]: announcement["data"] for announcement in announcements}
    assert by_type["endpoint.disabled"]["endpointId"] == endpoint
    assert by_type["endpoint.disabled"]["trigger"] == "automatic"
    exhausted = by_type["message.attempt.exhausted"]
    assert exhausted["msgId"] == message
    assert exhausted["lastAttempt"]["responseStatusCode"] == 410


def test_failing_and_recovering_is_told(tenant, receiver):
    app = tenant.app()
    first = [answers.status(500)] * 4
    tenant.endpoint(app, receiver.script("/shaky", first=first))
    listen(tenant, receiver.script("/ops"), event_types=["message.attempt.*"])
    message = tenant.send(app)
    announcements = told(receiver, "/ops", 2)
    assert types(announcements) == ["message.attempt.failing", "message.attempt.recovered"]
    assert [it["data"]["msgId"] for it in announcements] == [message] * 2
    codes = [it["data"]["lastAttempt"]["responseStatusCode"] for it in announcements]
    assert codes == [500, 200]


def test_nobody_else_hears_of_it(shared_server, new_tenant, receiver):
    mine, theirs = new_tenant(shared_server), new_tenant(shared_server)
    listen(theirs, receiver.script("/theirs"))
    listen(mine, receiver.script("/mine"))
    app = mine.app()
    mine.endpoint(app, receiver.url("/hook"))
    receiver.wait_for("/mine", 1)
    assert receiver.requests("/theirs") == []
    # Nor is the application that holds them seen by anybody.
    assert [entry.id for entry in mine.sdk.application.list().data] == [app]

    org = new_id("org")
    owner = new_tenant(shared_server, org)
    token = sign({"sub": owner.app(), "org": org}, JWT_SECRET)
    headers = {"authorization": f"Bearer {token}"}
    assert mine.http.get("/operational-webhook/endpoint", headers=headers).status_code == 403


def test_what_happened_survives_a_kill(new_server, new_tenant, receiver):
    server = new_server()
    tenant = new_tenant(server)
    receiver.script("/ops", then=answers.status(503))
    listen(tenant, receiver.url("/ops"), event_types=["endpoint.created"])
    endpoint = tenant.endpoint(tenant.app(), receiver.url("/hook"))
    server.kill()
    seen = len(receiver.requests("/ops"))
    receiver.script("/ops")
    server.start()
    request = receiver.wait_for("/ops", seen + 1)[-1]
    assert json.loads(request.body)["data"]["endpointId"] == endpoint
