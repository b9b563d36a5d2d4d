"""Endpoints, their secrets, headers and transformations."""

import base64
import os

from svix.api import (
    EndpointHeadersIn,
    EndpointHeadersPatchIn,
    EndpointIn,
    EndpointListOptions,
    EndpointPatch,
    EndpointSecretRotateIn,
    EndpointTransformationPatch,
    EndpointUpsertIn,
)

from walker import both_orders, equal, holds, pages_back, pages_forward, refused, step

APP = "acme"
SCRIPT = "function handler(webhook) { return webhook }"


def new_secret():
    """A secret of one's own."""
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def page(w):
    """A page of the list."""
    return lambda **options: w.sdk.endpoint.list(APP, EndpointListOptions(**options))


def spare(w, **fields):
    """What the endpoint spare is made of."""
    return dict(
        url=f"{w.receiver}/ok/spare",
        uid="spare",
        event_types=["order.cancelled"],
        throttle_rate=9,
        channels=["us"],
        disabled=True,
        **fields,
    )


@step("endpoint.create: makes one")
def _(w):
    w.hook_secret = new_secret()
    made = w.sdk.endpoint.create(
        APP,
        EndpointIn(
            url=f"{w.receiver}/ok",
            uid="hook",
            description="first",
            event_types=["order.paid", "order.shipped"],
            metadata={"team": "billing"},
            headers={"x-team": "billing"},
            secret=w.hook_secret,
            throttle_rate=None,
        ),
    )
    w.hook_id = made.id
    equal((made.uid, made.description, made.disabled), ("hook", "first", False))
    equal(sorted(made.event_types), ["order.paid", "order.shipped"])
    equal((made.metadata, made.channels), ({"team": "billing"}, None))


@step("endpoint.create: makes more")
def _(w):
    create = w.sdk.endpoint.create
    failing = EndpointIn(url=f"{w.receiver}/fail", uid="failing", event_types=["invoice.due"])
    w.failing_id = create(APP, failing).id
    regional = EndpointIn(url=f"{w.receiver}/ok/regional", uid="regional", channels=["eu"])
    regional = create(APP, regional)
    w.regional_id = regional.id
    equal(regional.channels, ["eu"])
    create(APP, EndpointIn(url=f"{w.receiver}/raw", uid="raw", event_types=["text.raw"]))
    made = create(APP, EndpointIn(**spare(w)))
    equal((made.throttle_rate, made.disabled), (9, True))


@step("endpoint.create: a uid that exists is refused with 409")
def _(w):
    refused(409, w.sdk.endpoint.create, APP, EndpointIn(url=f"{w.receiver}/ok", uid="hook"))


@step("endpoint.create: an unknown event type is refused with 422")
def _(w):
    unknown = EndpointIn(url=f"{w.receiver}/ok", event_types=["no.such"])
    loc = refused(422, w.sdk.endpoint.create, APP, unknown)
    equal(loc[0], "body")


@step("endpoint.get: reads by id and by uid")
def _(w):
    by_id = w.sdk.endpoint.get(APP, w.hook_id)
    equal(by_id, w.sdk.endpoint.get(w.acme_id, "hook"))
    equal(by_id.url, f"{w.receiver}/ok")


@step("endpoint.list: pages forward")
def _(w):
    pages_forward(w, page(w))


@step("endpoint.list: pages back")
def _(w):
    pages_back(w, page(w))


@step("endpoint.list: order")
def _(w):
    both_orders(page(w))


@step("endpoint.upsert: changes")
def _(w):
    wanted = EndpointUpsertIn(**spare(w, description="changed", metadata={"a": "b"}))
    after = w.sdk.endpoint.upsert(APP, "spare", wanted)
    equal((after.description, after.metadata), ("changed", {"a": "b"}))


@step("endpoint.upsert: creates")
def _(w):
    brief = EndpointUpsertIn(url=f"{w.receiver}/ok/brief", uid="brief", disabled=True)
    equal(w.sdk.endpoint.upsert(APP, "brief", brief).uid, "brief")


@step("endpoint.patch: changes what it names")
def _(w):
    after = w.sdk.endpoint.patch(APP, "spare", EndpointPatch(description="patched"))
    equal((after.description, after.channels, after.throttle_rate), ("patched", ["us"], 9))


@step("endpoint.patch: null clears")
def _(w):
    nothing = EndpointPatch(channels=None, event_types=None, throttle_rate=None)
    w.sdk.endpoint.patch(APP, "spare", nothing)
    after = w.sdk.endpoint.get(APP, "spare")
    equal((after.channels, after.event_types, after.throttle_rate), (None, None, None))
    equal(after.description, "patched")


@step("endpoint.delete: deletes")
def _(w):
    w.sdk.endpoint.delete(APP, "brief")
    refused(404, w.sdk.endpoint.get, APP, "brief")


@step("endpoint.get-secret: reads")
def _(w):
    equal(w.sdk.endpoint.get_secret(APP, "hook").key, w.hook_secret)


@step("endpoint.rotate-secret: to a given one")
def _(w):
    w.given_secret = new_secret()
    w.sdk.endpoint.rotate_secret(APP, "spare", EndpointSecretRotateIn(key=w.given_secret))
    equal(w.sdk.endpoint.get_secret(APP, "spare").key, w.given_secret)


@step("endpoint.rotate-secret: to a new one")
def _(w):
    shown = w.sdk.endpoint.rotate_secret(APP, "spare", EndpointSecretRotateIn())
    key = w.sdk.endpoint.get_secret(APP, "spare").key
    equal(shown.key, key)
    holds(key.startswith("whsec_") and key != w.given_secret, "it did not change")


@step("endpoint.get-headers: reads")
def _(w):
    equal(w.sdk.endpoint.get_headers(APP, "hook").headers, {"x-team": "billing"})


@step("endpoint.set-headers: replaces")
def _(w):
    headers = {"x-one": "1", "authorization": "Bearer s3cret"}
    w.sdk.endpoint.set_headers(APP, "spare", EndpointHeadersIn(headers=headers))
    after = w.sdk.endpoint.get_headers(APP, "spare")
    equal(after.headers["x-one"], "1")
    holds("authorization" in after.sensitive, "it is not called sensitive")
    holds("s3cret" not in repr(after), "a sensitive value is shown")


@step("endpoint.patch-headers: changes and deletes")
def _(w):
    change = EndpointHeadersPatchIn(headers={"x-two": "2"}, delete_headers=["x-one"])
    w.sdk.endpoint.patch_headers(APP, "spare", change)
    after = w.sdk.endpoint.get_headers(APP, "spare")
    equal((after.headers.get("x-one"), after.headers.get("x-two")), (None, "2"))
    holds("authorization" in after.sensitive, "another header is gone")


@step("endpoint.transformation.get: none at first")
def _(w):
    found = w.sdk.endpoint.transformation.get(APP, "spare")
    equal((found.code, found.enabled), (None, False))


@step("endpoint.transformation.patch: sets")
def _(w):
    change = EndpointTransformationPatch(code=SCRIPT, enabled=True, variables={"k": "v"})
    w.sdk.endpoint.transformation.patch(APP, "spare", change)
    after = w.sdk.endpoint.transformation.get(APP, "spare")
    equal((after.code, after.enabled, after.variables), (SCRIPT, True, {"k": "v"}))


@step("endpoint.transformation.patch: null clears")
def _(w):
    change = EndpointTransformationPatch(code=None, enabled=False)
    w.sdk.endpoint.transformation.patch(APP, "spare", change)
    after = w.sdk.endpoint.transformation.get(APP, "spare")
    equal((after.code, after.enabled), (None, False))
