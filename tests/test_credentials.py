"""Credentials of webhooks: what receivers get, and that nobody else does.

A client certificate (`mtls`) is tested where requests are sent, in the engine's crate: the server
trusts public authorities only, so no receiver of these tests could show it a certificate that it
accepts. Here is tested that it is checked, stored and not shown.
"""

import base64
import json
import threading
import urllib.parse

import pytest

from support import answers
from support.composed import (
    attempts_at,
    change,
    make,
    preview,
    problems,
    test_send,
    wait_for_state,
)
from support.tls import write_self_signed

# Stands in everything that must not be found anywhere.
SECRET = "hush-9f3b61d0c2"


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


SIMPLE = {
    "basic": (
        {"kind": "basic", "username": "ada", "password": SECRET + ":ü"},
        ("authorization", basic("ada", SECRET + ":ü")),
        {"kind": "basic", "username": "ada"},
    ),
    "basic without a password": (
        {"kind": "basic", "username": SECRET, "password": ""},
        ("authorization", basic(SECRET, "")),
        {"kind": "basic", "username": None},
    ),
    "bearer": (
        {"kind": "bearer", "token": SECRET},
        ("authorization", f"Bearer {SECRET}"),
        {"kind": "bearer"},
    ),
    "header": (
        {"kind": "header", "name": "X-Api-Key", "value": SECRET},
        ("x-api-key", SECRET),
        {"kind": "header", "name": "X-Api-Key"},
    ),
}


@pytest.mark.parametrize("kind", SIMPLE)
def test_the_receiver_gets_them_and_nobody_else(tenant, receiver, kind):
    written, (header, value), shown = SIMPLE[kind]
    app = tenant.app()
    endpoint = make(tenant, app, receiver.script("/hook"), credentials=written)
    message = tenant.send(app)
    (came,) = receiver.wait_for("/hook")
    # Header values are bytes; what is beyond ASCII came as UTF-8.
    assert came.header(header) == value
    assert came.id == message

    report = test_send(tenant, app, endpoint)
    assert report["ok"] is True
    assert receiver.wait_for("/hook", 2)[1].header(header) == value
    assert report["request"]["headers"][header] == "[hidden]"
    answer = tenant.http.get(f"/app/{app}/endpoint/{endpoint}")
    assert answer.json()["credentials"] == shown
    said = preview(tenant, appId=app, endpointId=endpoint)
    assert said["request"]["headers"][header] == "[hidden]"
    for text in (json.dumps(report), answer.text, json.dumps(said), tenant.server.log()):
        assert SECRET not in text

    change(tenant, app, endpoint, credentials=None)
    tenant.send(app)
    assert receiver.wait_for("/hook", 3)[2].header(header) is None


MISTAKES = {
    "no kind": ({}, "body.credentials.kind"),
    "unknown kind": ({"kind": "digest"}, "body.credentials.kind"),
    "unknown field": ({"kind": "bearer", "token": "t", "x": 1}, "body.credentials.x"),
    "no token": ({"kind": "bearer"}, "body.credentials.token"),
    "line break": ({"kind": "bearer", "token": f"{SECRET}\r\nx: y"}, "body.credentials.token"),
    "colon in the user": (
        {"kind": "basic", "username": "a:b", "password": SECRET},
        "body.credentials.username",
    ),
    "forbidden header": (
        {"kind": "header", "name": "Host", "value": SECRET},
        "body.credentials.name",
    ),
    "our own header": (
        {"kind": "header", "name": "Webhook-Signature", "value": SECRET},
        "body.credentials.name",
    ),
    "token URL": (
        {"kind": "oauth2", "tokenUrl": "ftp://x", "clientId": "a", "clientSecret": SECRET},
        "body.credentials.tokenUrl",
    ),
    "no certificate": (
        {"kind": "mtls", "certificate": "x", "key": SECRET},
        "body.credentials.certificate",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_credentials_that_cannot_be_used_are_refused(tenant, receiver, case):
    credentials, place = MISTAKES[case]
    answer = tenant.http.post(
        f"/app/{tenant.app()}/endpoint",
        json={"url": receiver.url("/hook"), "credentials": credentials},
    )
    assert place in problems(answer)
    assert SECRET not in answer.text


# ---- OAuth 2.0 ------------------------------------------------------------------------------


class TokenServer:
    """Gives token-1, token-2, … and remembers what it was asked."""

    def __init__(self, receiver, path="/token", expires_in=3600):
        self.url = receiver.url(path)
        self._receiver, self._path = receiver, path
        self._lock = threading.Lock()
        self._given = 0
        self._expires_in = expires_in
        receiver.script(path, then=self._answer)

    def _answer(self, connection, request, closing):
        with self._lock:
            self._given += 1
            token = f"token-{self._given}-{SECRET}"
        body = {"access_token": token, "token_type": "Bearer", "expires_in": self._expires_in}
        headers = [("content-type", "application/json")]
        return answers.status(200, json.dumps(body).encode(), headers)(connection, request, closing)

    @property
    def asked(self):
        return self._receiver.requests(self._path)

    def credentials(self, **fields):
        return {
            "kind": "oauth2",
            "tokenUrl": self.url,
            "clientId": "client & co",
            "clientSecret": SECRET,
            **fields,
        }


def bearer(number):
    return f"Bearer token-{number}-{SECRET}"


@pytest.mark.parametrize("where", ["basic", "body"])
def test_a_token_is_fetched_once_and_kept(tenant, receiver, where):
    server = TokenServer(receiver)
    app = tenant.app()
    credentials = server.credentials(
        scope="leads:write b", audience="crm", clientAuthentication=where
    )
    endpoint = make(tenant, app, receiver.script("/hook"), credentials=credentials)
    for _ in range(5):
        tenant.send(app)
    came = receiver.wait_for("/hook", 5)
    assert {request.header("authorization") for request in came} == {bearer(1)}
    (asked,) = server.asked
    assert asked.method == "POST"
    assert asked.header("content-type") == "application/x-www-form-urlencoded"
    form = dict(urllib.parse.parse_qsl(asked.body.decode()))
    wanted = {
        "grant_type": "client_credentials",
        "scope": "leads:write b",
        "audience": "crm",
    }
    if where == "body":
        assert form == {**wanted, "client_id": "client & co", "client_secret": SECRET}
        assert asked.header("authorization") is None
    else:
        assert form == wanted
        # Form-encoded before base64: RFC 6749, section 2.3.1.
        assert asked.header("authorization") == basic("client+%26+co", SECRET)

    shown = tenant.http.get(f"/app/{app}/endpoint/{endpoint}").json()["credentials"]
    assert shown == {
        "kind": "oauth2",
        "tokenUrl": server.url,
        "clientId": "client & co",
        "scope": "leads:write b",
        "audience": "crm",
        "clientAuthentication": where,
    }


def test_a_token_that_is_refused_is_fetched_anew(tenant, receiver):
    server = TokenServer(receiver)
    app = tenant.app()
    url = receiver.script("/hook", first=[answers.status(401)])
    endpoint = make(tenant, app, url, credentials=server.credentials())
    message = tenant.send(app)
    wait_for_state(tenant, app, message, endpoint, "success")
    first, second = receiver.requests("/hook")
    assert first.header("authorization") == bearer(1)
    assert second.header("authorization") == bearer(2)
    assert len(server.asked) == 2


def test_a_token_that_ends_is_fetched_anew(tenant, receiver):
    """One that lasts a second is as good as used up when it comes."""
    server = TokenServer(receiver, expires_in=1)
    app = tenant.app()
    make(
        tenant,
        app,
        receiver.script("/hook", first=[answers.status(500)] * 2),
        credentials=server.credentials(),
    )
    tenant.send(app)
    came = receiver.wait_for("/hook", 3)
    tokens = [request.header("authorization") for request in came]
    assert tokens[0] == bearer(1) and tokens[-1] != bearer(1)


FAILURES = {
    "refused": (
        answers.status(
            401,
            json.dumps({"error": "invalid_client", "error_description": f"no {SECRET}"}).encode(),
            [("content-type", "application/json")],
        ),
        "invalid_client",
    ),
    "down": (answers.status(503, SECRET.encode()), "503"),
    "not JSON": (answers.status(200, f"<html>{SECRET}".encode()), "JSON"),
    "no token": (answers.status(200, b"{}"), "access_token"),
    "another type": (
        answers.status(200, b'{"access_token":"a","token_type":"mac"}'),
        "bearer",
    ),
    "redirect": (answers.status(302, headers=[("location", "http://127.0.0.1:9/")]), "302"),
    "hangs up": (answers.close_at_once, "token server"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_token_server_that_fails_is_visible_and_not_the_receivers_fault(tenant, receiver, case):
    answer, words = FAILURES[case]
    app = tenant.app()
    server = TokenServer(receiver)
    receiver.script("/token", then=answer)
    endpoint = make(tenant, app, receiver.script("/hook"), credentials=server.credentials())
    message = tenant.send(app)
    attempt = attempts_at(tenant, app, message, endpoint)[0]
    assert (attempt["statusText"], attempt["cause"]) == ("fail", "authorization")
    assert words.lower() in attempt["error"].lower()
    assert receiver.requests("/hook") == []
    shown = tenant.http.get(f"/app/{app}/endpoint/{endpoint}").json()
    assert shown["failingSince"] is None and shown["disabled"] is False

    # It comes back: the delivery is not lost.
    TokenServer(receiver)
    receiver.wait_for_ids("/hook", [message])
    wait_for_state(tenant, app, message, endpoint, "success")
    for text in (json.dumps(tenant.raw_attempts(app, message)), tenant.server.log()):
        assert SECRET not in text


def test_tokens_are_asked_for_at_addresses_that_may_be_reached_only(
    new_server, new_tenant, receiver
):
    """Otherwise the token URL would be the way around the guard."""
    server = new_server(
        dev=False,
        env={
            "HOOKWIRE_OUTBOUND_ALLOW_SUBNETS": "127.0.0.2/32",
            "HOOKWIRE_RETRY_SCHEDULE": "300",
        },
    )
    tenant = new_tenant(server)
    app = tenant.app()
    tokens = TokenServer(receiver)
    endpoint = make(
        tenant, app, f"http://127.0.0.2:{receiver.port}/hook", credentials=tokens.credentials()
    )
    message = tenant.send(app)
    (attempt,) = attempts_at(tenant, app, message, endpoint)
    assert attempt["cause"] in ("authorization", "blocked")
    assert receiver.connections == 0


# ---- where secrets must not be --------------------------------------------------------------


def test_secrets_are_nowhere_but_at_the_receiver(new_server, new_tenant, receiver, tmp_path):
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "1,1", "HOOKWIRE_LOG_LEVEL": "debug"})
    tenant = new_tenant(server)
    app = tenant.app()
    pair = write_self_signed(tmp_path / "both.pem").read_text()
    certificate = pair[pair.index("-----BEGIN CERTIFICATE") :]
    key = pair[: pair.index("-----BEGIN CERTIFICATE")]
    tokens = TokenServer(receiver)
    refusal = [answers.status(500, b"no")]
    all_credentials = [credentials for credentials, _, _ in SIMPLE.values()]
    all_credentials.append(tokens.credentials())
    endpoints = [
        make(
            tenant,
            app,
            receiver.script(f"/{n}", first=refusal) + "?key={{ secrets.key }}",
            credentials=credentials,
            secrets={"key": f"template-{SECRET}", "other": f'{SECRET} " / & ü'},
            headers={"x-key": "{{ secrets.other | base64_encode }}"},
            request={"body": {"kind": "json", "fields": {"key": "{{ secrets.other }}"}}},
        )
        for n, credentials in enumerate(all_credentials)
    ]
    mtls = make(
        tenant,
        app,
        "https://127.0.0.1:9/",
        credentials={"kind": "mtls", "certificate": certificate, "key": key},
    )
    message = tenant.send(app)
    for n in range(len(all_credentials)):
        came = receiver.wait_for(f"/{n}", 2)[1]
        assert came.target == f"/{n}?key=template-{SECRET}"
        assert json.loads(came.body) == {"key": f'{SECRET} " / & ü'}
    attempts_at(tenant, app, message, mtls)

    said = [tenant.http.get(f"/app/{app}/{path}").text for path in ("endpoint", "msg")]
    said.append(tenant.http.get(f"/app/{app}/attempt/msg/{message}").text)
    for endpoint in [*endpoints, mtls]:
        path = f"/app/{app}/endpoint/{endpoint}"
        for part in ("", "/headers", "/transformation", "/msg"):
            answer = tenant.http.get(path + part)
            assert answer.status_code == 200, answer.text
            said.append(answer.text)
        said.append(json.dumps(test_send(tenant, app, endpoint)))
        said.append(json.dumps(preview(tenant, appId=app, endpointId=endpoint)))
    shown = tenant.http.get(f"/app/{app}/endpoint/{endpoints[0]}").json()
    assert shown["secretNames"] == ["key", "other"] and "secrets" not in shown

    server.terminate()
    key_lines = [line for line in key.splitlines() if "-----" not in line]
    hidden = [SECRET, basic("ada", SECRET)[6:30], *key_lines]
    hidden.append(base64.b64encode(f'{SECRET} " / & ü'.encode()).decode())
    for text in [*said, server.log()]:
        for secret in hidden:
            assert secret not in text, "a secret is shown"
    kept = list(server.directory.glob("hookwire.db*"))
    assert len(kept) >= 2
    for file in kept:
        data = file.read_bytes()
        for secret in hidden:
            assert secret.encode() not in data, f"a secret is in {file.name}"
    # And yet they are kept.
    server.start()
    count = len(receiver.requests("/2"))
    tenant.send(app)
    came = receiver.wait_for("/2", count + 1)[count]
    assert came.header("authorization") == f"Bearer {SECRET}"


def test_another_encryption_key_is_refused(new_server, new_tenant, receiver):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    make(tenant, app, receiver.url("/x"), credentials={"kind": "bearer", "token": SECRET})
    server.terminate()
    key = server.directory / "hookwire.db.key"
    assert key.stat().st_mode & 0o777 == 0o600
    kept = key.read_text()
    key.unlink()
    assert "hookwire.db.key" in server.refuses_to_start()
    server.process = None
    key.write_text(kept)
    server.start()
