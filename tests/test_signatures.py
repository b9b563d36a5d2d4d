"""Signing as receivers see it, checked by the standardwebhooks package and by cryptography."""

import base64
import os

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks import Webhook, WebhookVerificationError
from svix.api import EndpointSecretRotateIn
from svix.exceptions import HttpError, HTTPValidationError
from svix.webhooks import Webhook as SvixWebhook


def one_request(tenant, receiver, app, path):
    """Sends a message and gives what came of it to this path."""
    message = tenant.send(app)
    receiver.wait_for_ids(path, [message])
    return next(request for request in receiver.requests(path) if request.id == message)


def signatures(request):
    return request.header("webhook-signature").split(" ")


def new_secret(length=24):
    return "whsec_" + base64.b64encode(os.urandom(length)).decode()


def test_during_rotation_both_keys_sign_the_new_one_first(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/signed"))
    old = tenant.secret(app, endpoint)
    assert old.startswith("whsec_")
    assert len(signatures(one_request(tenant, receiver, app, "/signed"))) == 1

    shown = tenant.sdk.endpoint.rotate_secret(app, endpoint, EndpointSecretRotateIn())
    new = tenant.secret(app, endpoint)
    assert new != old and new == shown.key
    came = one_request(tenant, receiver, app, "/signed")
    assert len(signatures(came)) == 2
    for key in (old, new):
        Webhook(key).verify(came.body, came.header_map())
    Webhook(new).verify(came.body, {**came.header_map(), "webhook-signature": signatures(came)[0]})


def test_without_grace_the_old_key_signs_no_more(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/signed"))
    old, mine = tenant.secret(app, endpoint), new_secret()
    tenant.sdk.endpoint.rotate_secret(
        app, endpoint, EndpointSecretRotateIn(key=mine, grace_period_seconds=0)
    )
    assert tenant.secret(app, endpoint) == mine
    came = one_request(tenant, receiver, app, "/signed")
    assert len(signatures(came)) == 1
    Webhook(mine).verify(came.body, came.header_map())
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(came.body, came.header_map())


def test_the_old_key_signs_until_its_time_is_over(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/signed"))
    tenant.sdk.endpoint.rotate_secret(app, endpoint, EndpointSecretRotateIn(grace_period_seconds=2))
    count = len(signatures(one_request(tenant, receiver, app, "/signed")))
    assert count == 2
    for _ in range(1000):
        if len(signatures(one_request(tenant, receiver, app, "/signed"))) == 1:
            return
    raise AssertionError("the old key never stopped signing")


def test_at_most_ten_old_keys(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/signed"))
    for _ in range(10):
        tenant.sdk.endpoint.rotate_secret(app, endpoint, EndpointSecretRotateIn())
    with pytest.raises(HttpError) as refused:
        tenant.sdk.endpoint.rotate_secret(app, endpoint, EndpointSecretRotateIn())
    assert (refused.value.status_code, refused.value.code) == (400, "limit_reached")
    came = one_request(tenant, receiver, app, "/signed")
    assert len(signatures(came)) == 11


@pytest.mark.parametrize("length", [24, 32, 64, 75])
def test_a_key_of_ones_own(tenant, receiver, length):
    app = tenant.app()
    mine = new_secret(length)
    endpoint = tenant.endpoint(app, receiver.script("/signed"), secret=mine)
    assert tenant.secret(app, endpoint) == mine
    came = one_request(tenant, receiver, app, "/signed")
    Webhook(mine).verify(came.body, came.header_map())


@pytest.mark.parametrize("length", [0, 8, 23, 76])
def test_a_key_of_a_bad_length_is_refused(tenant, receiver, length):
    app = tenant.app()
    with pytest.raises(HTTPValidationError) as refused:
        tenant.endpoint(app, receiver.url("/signed"), secret=new_secret(length))
    assert refused.value.detail[0].loc == ["body", "secret"]
    assert tenant.sdk.endpoint.list(app).data == []


def test_an_asymmetric_key_signs_v1a(tenant, receiver):
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    raw = private.private_bytes_raw() + public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    app = tenant.app()
    tenant.endpoint(
        app, receiver.script("/signed"), secret="whsk_" + base64.b64encode(raw).decode()
    )
    came = one_request(tenant, receiver, app, "/signed")
    (signature,) = signatures(came)
    version, encoded = signature.split(",")
    assert version == "v1a"
    signed = f"{came.id}.{came.header('webhook-timestamp')}.".encode() + came.body
    public.verify(base64.b64decode(encoded), signed)


def test_svix_verifies_it_too(tenant, receiver):
    """The svix package's own verifier reads the same three headers."""
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/signed"))
    came = one_request(tenant, receiver, app, "/signed")
    SvixWebhook(tenant.secret(app, endpoint)).verify(came.body, came.header_map())
    with pytest.raises(WebhookVerificationError):
        SvixWebhook(new_secret()).verify(came.body, came.header_map())


@pytest.mark.parametrize(("style", "prefixes"), [("svix", ["svix"]), ("both", ["webhook", "svix"])])
def test_the_older_names_of_the_headers(new_server, new_tenant, receiver, style, prefixes):
    tenant = new_tenant(new_server(env={"HOOKWIRE_HEADER_STYLE": style}))
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/signed"))
    tenant.send(app)
    (came,) = receiver.wait_for("/signed")
    headers = came.header_map()
    names = {f"{prefix}-{part}" for prefix in prefixes for part in ("id", "timestamp", "signature")}
    assert {name for name in headers if name.startswith(("webhook-", "svix-"))} == names
    SvixWebhook(tenant.secret(app, endpoint)).verify(came.body, headers)


def test_headers_of_ones_own_come_too_and_cannot_replace_the_signature(tenant, receiver):
    app = tenant.app()
    tenant.endpoint(
        app, receiver.script("/signed"), headers={"X-Team": "blue", "Authorization": "Bearer s3"}
    )
    came = one_request(tenant, receiver, app, "/signed")
    assert came.header("x-team") == "blue"
    assert came.header("authorization") == "Bearer s3"
    assert came.header("host") == f"127.0.0.1:{receiver.port}"
    for name in ("webhook-signature", "webhook-id", "content-length", "host"):
        answer = tenant.http.post(
            f"/app/{app}/endpoint",
            json={"url": receiver.url("/other"), "headers": {name: "forged"}},
        )
        assert answer.status_code == 422, f"{name}: {answer.status_code}"
