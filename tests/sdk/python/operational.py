"""Health, and the endpoints of operational webhooks."""

import base64
import os

from svix.api import (
    OperationalWebhookEndpointHeadersIn,
    OperationalWebhookEndpointIn,
    OperationalWebhookEndpointListOptions,
    OperationalWebhookEndpointSecretIn,
    OperationalWebhookEndpointUpsertIn,
)

from walker import both_orders, equal, holds, pages_back, pages_forward, refused, step

MORE = [f"ops-{n}" for n in range(1, 5)]


def page(w):
    """A page of the list."""
    return lambda **options: w.sdk.operational_webhook.endpoint.list(
        OperationalWebhookEndpointListOptions(**options)
    )


def changed(w, **fields):
    """ops-1 as the step "changes" wants it."""
    return OperationalWebhookEndpointUpsertIn(
        url=f"{w.receiver}/ok/ops-1", description="changed", uid="ops-1", disabled=True, **fields
    )


@step("health.get: answers")
def _(w):
    w.sdk.health.get()


@step("operational-webhook.endpoint.create: makes one")
def _(w):
    made = w.sdk.operational_webhook.endpoint.create(
        OperationalWebhookEndpointIn(
            url=f"{w.receiver}/operational",
            description="ops",
            uid="ops",
            event_types=["endpoint.created", "message.attempt.exhausted"],
            metadata={"team": "ops"},
            headers={"x-team": "ops"},
        )
    )
    w.operational_id = made.id
    equal(made.uid, "ops")
    equal(sorted(made.event_types), ["endpoint.created", "message.attempt.exhausted"])
    equal(made.metadata, {"team": "ops"})


@step("operational-webhook.endpoint.create: makes more")
def _(w):
    for uid in MORE:
        made = w.sdk.operational_webhook.endpoint.create(
            OperationalWebhookEndpointIn(url=f"{w.receiver}/ok/{uid}", uid=uid, disabled=True)
        )
        holds(made.disabled, "it is not disabled")


@step("operational-webhook.endpoint.create: a uid that exists is refused with 409")
def _(w):
    again = OperationalWebhookEndpointIn(url=f"{w.receiver}/ok", uid="ops")
    refused(409, w.sdk.operational_webhook.endpoint.create, again)


@step("operational-webhook.endpoint.get: reads by id and by uid")
def _(w):
    by_id = w.sdk.operational_webhook.endpoint.get(w.operational_id)
    equal(by_id, w.sdk.operational_webhook.endpoint.get("ops"))
    equal(by_id.url, f"{w.receiver}/operational")
    equal(by_id.description, "ops")


@step("operational-webhook.endpoint.list: pages forward")
def _(w):
    pages_forward(w, page(w))


@step("operational-webhook.endpoint.list: pages back")
def _(w):
    pages_back(w, page(w))


@step("operational-webhook.endpoint.list: order")
def _(w):
    both_orders(page(w))


@step("operational-webhook.endpoint.upsert: changes")
def _(w):
    wanted = changed(w, throttle_rate=7, metadata={"a": "b"})
    after = w.sdk.operational_webhook.endpoint.upsert("ops-1", wanted)
    equal((after.description, after.throttle_rate), ("changed", 7))
    equal(after.metadata, {"a": "b"})


@step("operational-webhook.endpoint.upsert: null clears")
def _(w):
    w.sdk.operational_webhook.endpoint.upsert("ops-1", changed(w, throttle_rate=None))
    after = w.sdk.operational_webhook.endpoint.get("ops-1")
    equal((after.throttle_rate, after.metadata), (None, {}))


@step("operational-webhook.endpoint.get-secret: reads")
def _(w):
    key = w.sdk.operational_webhook.endpoint.get_secret("ops-1").key
    holds(key.startswith("whsec_"), "it is no secret")


@step("operational-webhook.endpoint.rotate-secret: to a given one")
def _(w):
    w.given_secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    w.sdk.operational_webhook.endpoint.rotate_secret(
        "ops-1", OperationalWebhookEndpointSecretIn(key=w.given_secret)
    )
    equal(w.sdk.operational_webhook.endpoint.get_secret("ops-1").key, w.given_secret)


@step("operational-webhook.endpoint.rotate-secret: to a new one")
def _(w):
    endpoint = w.sdk.operational_webhook.endpoint
    endpoint.rotate_secret("ops-1", OperationalWebhookEndpointSecretIn())
    key = endpoint.get_secret("ops-1").key
    holds(key.startswith("whsec_") and key != w.given_secret, "it did not change")


@step("operational-webhook.endpoint.get-headers: reads")
def _(w):
    equal(w.sdk.operational_webhook.endpoint.get_headers("ops").headers, {"x-team": "ops"})


@step("operational-webhook.endpoint.set-headers: replaces")
def _(w):
    headers = {"x-team": "two", "authorization": "Bearer s3cret"}
    w.sdk.operational_webhook.endpoint.set_headers(
        "ops", OperationalWebhookEndpointHeadersIn(headers=headers)
    )
    after = w.sdk.operational_webhook.endpoint.get_headers("ops")
    equal(after.headers["x-team"], "two")
    holds("authorization" in after.sensitive, "it is not called sensitive")
    holds("s3cret" not in repr(after), "a sensitive value is shown")


@step("operational-webhook.endpoint.delete: deletes")
def _(w):
    for uid in MORE:
        w.sdk.operational_webhook.endpoint.delete(uid)
        refused(404, w.sdk.operational_webhook.endpoint.get, uid)
