"""Portal tokens: they let a customer's browser see, or manage, one application's webhooks."""

import itertools
import re
import threading
from urllib.parse import urlsplit

import httpx
import pytest
from svix.api import (
    AppPortalAccessIn,
    AppPortalCapability,
    ApplicationIn,
    ApplicationTokenExpireIn,
    Svix,
    SvixOptions,
)

from support import answers
from support.tokens import claims_of, new_id
from support.wait import eventually

# Stands in everything that a token which only looks must not see.
SECRET = "hush-4c1f9a77e0"

# What a token with this capability alone may do beyond what needs none; everything else is 403.
# An operation that is new in the document and stands in no list has to be refused to all of them.
MAY = {
    "ViewBase": {
        "hookwire.attempt.stream",
        "hookwire.recipe.get",
        "hookwire.recipe.list",
        "hookwire.traffic.get",
        "v1.application.get",
        "v1.background-task.get",
        "v1.endpoint.get",
        "v1.endpoint.get-headers",
        "v1.endpoint.get-stats",
        "v1.endpoint.list",
        "v1.event-type.get",
        "v1.event-type.list",
        "v1.message-attempt.get",
        "v1.message-attempt.list-attempted-destinations",
        "v1.message-attempt.list-attempted-messages",
        "v1.message-attempt.list-by-endpoint",
        "v1.message-attempt.list-by-msg",
        "v1.message.get",
        "v1.message.list",
        "v1.message.poller.poll",
    },
    "ViewEndpointSecret": {"v1.endpoint.get-secret"},
    "ManageEndpointSecret": {"v1.endpoint.rotate-secret"},
    "ManageTransformations": {
        "v1.endpoint.transformation.get",
        "v1.endpoint.transformation.patch",
    },
    "CreateAttempts": {
        "hookwire.endpoint.test",
        "v1.endpoint.bulk-replay",
        "v1.endpoint.recover",
        "v1.endpoint.replay-missing",
        "v1.endpoint.send-example",
        "v1.message-attempt.resend",
    },
    "ManageEndpoint": {
        "hookwire.compose.preview",
        "v1.endpoint.create",
        "v1.endpoint.delete",
        "v1.endpoint.patch",
        "v1.endpoint.patch-headers",
        "v1.endpoint.set-headers",
        "v1.endpoint.upsert",
    },
}
ANYONE = {"hookwire.session.get", "v1.authentication.logout"}


class Portal:
    """A browser with a portal token."""

    def __init__(self, server, access):
        self.token = access["token"]
        self.http = httpx.Client(
            base_url=f"{server.url}/api/v1",
            headers={"authorization": f"Bearer {self.token}"},
            timeout=30,
        )


@pytest.fixture
def portal(tenant):
    """Opens portals: `portal(app, **fields of AppPortalAccessIn)`."""
    clients = []

    def make(app, owner=tenant, **fields):
        answer = owner.http.post(f"/auth/app-portal-access/{app}", json=fields)
        assert answer.status_code == 200, answer.text
        clients.append(Portal(owner.server, answer.json()))
        return clients[-1]

    yield make
    for client in clients:
        client.http.close()


@pytest.fixture
def furnished(tenant, receiver):
    """Names of one of each thing, by the parameter that names it in paths; with secrets wherever
    there can be one."""
    tenant.event_type("order.paid")
    app = tenant.app(uid="acme")
    url = receiver.script("/hook", then=answers.status(200, b"thanks"))
    made = tenant.http.post(
        f"/app/{app}/endpoint",
        json={
            "url": url,
            "uid": "hook",
            "request": {"body": {"kind": "payload"}},
            "credentials": {"kind": "bearer", "token": f"{SECRET}-token"},
            "secrets": {"pin": f"{SECRET}-pin"},
            "headers": {"x-api-key": f"{SECRET}-header"},
        },
    )
    assert made.status_code == 201, made.text
    endpoint = made.json()["id"]
    code = f"function handler(webhook) {{ const own = '{SECRET}-code'; return webhook }}"
    scripted = tenant.http.patch(
        f"/app/{app}/endpoint/hook/transformation",
        json={"code": code, "enabled": True, "variables": {"own": f"{SECRET}-variable"}},
    )
    assert scripted.status_code == 204, scripted.text
    message = tenant.send(app, "order.paid")
    tenant.wait_for_status(app, message, endpoint, "success")
    (attempt,) = tenant.raw_attempts(app, message)
    since = attempt["timestamp"]
    task = tenant.http.post(f"/app/{app}/endpoint/hook/recover", json={"since": since})
    assert task.status_code == 202, task.text
    key = tenant.http.post("/auth/key", json={"name": "CI"})
    bin_ = tenant.http.post("/bin", json={"response": {"body": f"{SECRET}-answer"}}).json()
    capture = httpx.post(bin_["url"], content=f"{SECRET}-capture", timeout=30)
    return {
        "app_id": app,
        "endpoint_id": endpoint,
        "msg_id": message,
        "attempt_id": attempt["id"],
        "event_type_name": "order.paid",
        "task_id": task.json()["id"],
        "key_id": key.json()["id"],
        "recipe_id": "slack",
        "sink_id": "sink",
        "consumer_id": "consumer",
        "bin_id": bin_["id"],
        "request_id": capture.headers["hookwire-capture"],
    }


def operations(tenant):
    """Everything that the server knows, by id: method and path below /api/v1; what needs no
    credential is left out."""
    document = tenant.http.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation.get("security") != []:
                yield operation["operationId"], method.upper(), path.removeprefix("/api/v1")


def sweep(tenant, client, names):
    """Asks for every operation with nothing in the body; gives the answers by operation id."""
    found = {}
    for name, method, path in operations(tenant):
        if name in ANYONE:
            continue
        body = {} if method in ("POST", "PUT", "PATCH") else None
        with client.http.stream(method, path.format(**names), json=body) as answer:
            # A stream has no end that could be waited for: its beginning is all there is.
            if answer.headers.get("content-type") == "text/event-stream":
                answer = httpx.Response(answer.status_code, content=next(answer.iter_raw()))
            else:
                answer.read()
        found[name] = answer
    assert len(found) > 60
    return found


def test_a_token_that_only_looks(tenant, portal, furnished):
    looks = portal("acme", readOnly=True, capabilities=["ManageEndpoint", "ViewEndpointSecret"])
    found = sweep(tenant, looks, furnished)
    for name, answer in found.items():
        if name in MAY["ViewBase"]:
            assert answer.status_code == 200, (name, answer.text)
        else:
            assert answer.status_code == 403, (name, answer.text)
            assert answer.json()["code"] == "insufficient_access"
            assert answer.json()["detail"]
    # It saw the endpoint and its delivery, and nothing that would let it pass for either side.
    assert found["v1.endpoint.get"].json()["id"] == furnished["endpoint_id"]
    assert found["v1.message-attempt.get"].json()["response"] == "thanks"
    signs = tenant.secret(furnished["app_id"], furnished["endpoint_id"])
    for name, answer in found.items():
        assert SECRET not in answer.text, name
        assert signs not in answer.text, name
    # Nothing has changed.
    assert tenant.http.get("/app/acme/endpoint/hook").status_code == 200
    assert tenant.secret("acme", "hook") == signs


@pytest.mark.parametrize("capability", [name for name in MAY if name != "ViewBase"])
def test_a_capability_alone(tenant, portal, furnished, capability):
    client = portal("acme", capabilities=[capability])
    for name, answer in sweep(tenant, client, furnished).items():
        refused = answer.status_code == 403
        assert refused == (name not in MAY[capability]), (name, answer.status_code, answer.text)
        assert answer.status_code < 500, (name, answer.text)


def test_every_capability_together_is_not_a_producer(tenant, portal, furnished):
    client = portal("acme")
    allowed = set(itertools.chain(*MAY.values()))
    # The end of what is there comes last.
    names = {**furnished, "endpoint_id": new_id("ep")}
    for name, answer in sweep(tenant, client, names).items():
        assert (answer.status_code == 403) == (name not in allowed), (name, answer.text)
    for path in ("/msg", "/msg/precheck/active"):
        body = {"eventType": "order.paid", "payload": {}}
        assert client.http.post(f"/app/acme{path}", json=body).status_code == 403


def test_another_application_is_not_there(tenant, portal, furnished, receiver):
    other = tenant.app(uid="other")
    endpoint = tenant.endpoint(other, receiver.script("/other"))
    message = tenant.send(other, "order.paid")
    tenant.wait_for_status(other, message, endpoint, "success")
    (attempt,) = tenant.raw_attempts(other, message)
    theirs = {
        **furnished,
        "app_id": other,
        "endpoint_id": endpoint,
        "msg_id": message,
        "attempt_id": attempt["id"],
    }
    in_other = {name for name, _, path in operations(tenant) if "{app_id}" in path}
    client = portal("acme")
    allowed = set(itertools.chain(*MAY.values())) & in_other
    for name, answer in sweep(tenant, client, theirs).items():
        if name in allowed:
            # A body is only looked at where there is something that it could be for.
            assert answer.status_code in (404, 422), (name, answer.text)
            assert endpoint not in answer.text and message not in answer.text, name
    for path in (f"/app/{other}", "/app/other", "/app/other/endpoint", "/app/default"):
        assert client.http.get(path).status_code == 404, path
    # Their things under one's own application neither.
    attempted = f"/msg/{message}/attempt/{attempt['id']}"
    for path in (f"/endpoint/{endpoint}", f"/msg/{message}", attempted):
        assert client.http.get(f"/app/acme{path}").status_code == 404, path
    preview = {"appId": other, "endpointId": endpoint}
    assert client.http.post("/compose/preview", json=preview).status_code == 404


def test_who_may_not_change_scripts_does_not_run_one_either(tenant, portal, furnished):
    """A script of one's own over somebody's endpoint would see what belongs to its script."""
    client = portal("acme", capabilities=["ViewBase", "ManageEndpoint"])
    code = "function handler(webhook) { console.log(JSON.stringify(webhook)); return webhook }"
    body = {
        "appId": "acme",
        "endpointId": "hook",
        "endpoint": {"transformation": {"code": code}},
    }
    assert client.http.post("/compose/preview", json=body).status_code == 403
    plain = client.http.post("/compose/preview", json={"appId": "acme", "endpointId": "hook"})
    assert plain.status_code == 200 and SECRET not in plain.text
    made = client.http.post(
        "/app/acme/endpoint", json={"url": "https://a.example/", "transformation": {"code": code}}
    )
    if made.status_code == 201:
        shown = tenant.http.get(f"/app/acme/endpoint/{made.json()['id']}/transformation")
        assert shown.json()["code"] is None


def test_tests_show_no_secrets_to_those_who_may_send_them(portal, furnished):
    client = portal("acme", capabilities=["CreateAttempts"])
    report = client.http.post("/app/acme/endpoint/hook/test", json={})
    assert report.status_code == 200, report.text
    assert report.json()["ok"] is True and SECRET not in report.text


# ---- making them ----------------------------------------------------------------------------


def test_an_endpoint_does_not_take_its_secrets_elsewhere(tenant, portal):
    tenant.app(uid="acme")
    endpoint = "/app/acme/endpoint/hook"
    credentials = {"kind": "bearer", "token": SECRET}
    body = {"url": "https://crm.example/a", "uid": "hook", "credentials": credentials}
    assert tenant.http.post("/app/acme/endpoint", json=body).status_code == 201
    client = portal("acme", capabilities=["ViewBase", "ManageEndpoint"])
    elsewhere = {"url": "https://thief.example/a"}
    for answer in (
        client.http.patch(endpoint, json=elsewhere),
        client.http.put(endpoint, json=elsewhere),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"][0]["loc"] == ["body", "url"]
    assert client.http.patch(endpoint, json={"url": "https://crm.example/b"}).status_code == 200
    anew = elsewhere | {"credentials": {"kind": "bearer", "token": "mine"}}
    assert client.http.patch(endpoint, json=anew).status_code == 200


def test_signatures_are_for_those_who_may_see_the_secret(tenant, portal, receiver):
    tenant.app(uid="acme")
    tenant.endpoint("acme", receiver.script("/hook"), uid="hook")
    client = portal("acme", capabilities=["ManageEndpoint", "CreateAttempts"])
    stored = {"appId": "acme", "endpointId": "hook", "eventType": "a", "payload": {}}
    for path, body in (
        ("/app/acme/endpoint/hook/test", {"eventType": "a", "payload": {}}),
        ("/compose/preview", stored),
    ):
        for who, hidden in ((client, True), (tenant, False)):
            answer = who.http.post(path, json=body)
            assert answer.status_code == 200, answer.text
            headers = answer.json()["request"]["headers"]
            assert (headers["webhook-signature"] == "[hidden]") == hidden


def test_the_sdk_makes_one_and_uses_it(tenant, receiver):
    access = tenant.sdk.authentication.app_portal_access(
        "acme",
        AppPortalAccessIn(
            application=ApplicationIn(name="Acme"),
            capabilities=[AppPortalCapability.VIEW_BASE, AppPortalCapability.MANAGE_ENDPOINT],
            expiry=3600,
            feature_flags=["beta"],
            session_id="ann@example",
        ),
    )
    url = urlsplit(access.url)
    assert f"{url.scheme}://{url.netloc}" == tenant.server.url
    app = tenant.sdk.application.get("acme").id
    behind = f"app={app}&token={access.token}"
    assert (url.path, url.query, url.fragment) == ("/portal", "", behind)
    assert re.fullmatch(r"appsk_[0-9A-Za-z]{49}", access.token)
    sdk = Svix(access.token, SvixOptions(server_url=tenant.server.url, retry_schedule=[]))
    assert sdk.application.get("acme").name == "Acme"
    tenant.endpoint("acme", receiver.url("/a"))
    assert len(sdk.endpoint.list("acme").data) == 1
    sdk.authentication.logout()
    assert _status(tenant.server, access.token) == 401


def _status(server, token, path="/event-type"):
    headers = {"authorization": f"Bearer {token}"}
    return httpx.get(f"{server.url}/api/v1{path}", headers=headers).status_code


def test_the_link_begins_with_the_public_address(new_server, new_tenant):
    server = new_server(env={"HOOKWIRE_PUBLIC_URL": "https://hooks.example/sub/"})
    tenant = new_tenant(server)
    app = tenant.app()
    access = tenant.http.post(f"/auth/app-portal-access/{app}", json={}).json()
    behind = f"app={app}&token={access['token']}"
    assert access["url"] == f"https://hooks.example/sub/portal#{behind}"


@pytest.mark.parametrize(
    "address",
    ["hooks.example", "ftp://a", "https://", "https://u:p@a", "https://a/?b", "https://a#b"],
)
def test_a_public_address_that_is_none(new_server, address):
    server = new_server(start=False, env={"HOOKWIRE_PUBLIC_URL": address})
    said = server.refuses_to_start()
    assert "HOOKWIRE_PUBLIC_URL" in said and "https://hooks.example" in said


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"expiry": 3599}, "expiry"),
        ({"expiry": 604_801}, "expiry"),
        ({"expiry": "3600"}, "expiry"),
        ({"capabilities": ["Everything"]}, "capabilities.0"),
        ({"capabilities": ["ViewBase", "ViewBase"]}, "capabilities.1"),
        ({"capabilities": "ViewBase"}, "capabilities"),
        ({"readOnly": "yes"}, "readOnly"),
        ({"sessionId": "a b"}, "sessionId"),
        ({"sessionId": ""}, "sessionId"),
        ({"sessionId": "s" * 65}, "sessionId"),
        ({"featureFlags": ["a b"]}, "featureFlags.0"),
        ({"featureFlags": [f"f{n}" for n in range(26)]}, "featureFlags"),
        ({"application": {"uid": "acme"}}, "application.name"),
    ],
)
def test_bad_input(tenant, body, place):
    answer = tenant.http.post("/auth/app-portal-access/acme", json=body)
    assert answer.status_code == 422, answer.text
    problems = [".".join(problem["loc"]) for problem in answer.json()["detail"]]
    assert problems == [f"body.{place}"]
    assert tenant.http.get("/app/acme").status_code == 404, "it was not made"


def test_only_the_organization_makes_them(tenant, portal, furnished):
    """An application's own credential would make tokens that outlive it."""
    org = claims_of(tenant.token)["sub"]
    own = tenant.server.token("--org", org, "--app", furnished["app_id"])
    for token in (own, portal("acme").token):
        for path in ("/auth/app-portal-access/acme", "/auth/app/acme/expire-all"):
            answer = httpx.post(
                f"{tenant.server.url}/api/v1{path}",
                headers={"authorization": f"Bearer {token}"},
                json={},
            )
            assert answer.status_code == 403, (path, answer.text)


# ---- ending them ----------------------------------------------------------------------------


def status(client):
    return client.http.get("/app/acme").status_code


def test_all_tokens_end_or_those_of_some_sessions(tenant, portal):
    tenant.app(uid="acme")
    tenant.app(uid="other")
    ann, bob = portal("acme", sessionId="ann"), portal("acme", sessionId="bob")
    nobody = portal("acme")
    elsewhere = portal("other", sessionId="ann")
    assert [status(client) for client in (ann, bob, nobody)] == [200] * 3
    some = ApplicationTokenExpireIn(session_ids=["ann", "eve"])
    tenant.sdk.authentication.expire_all("acme", some)
    assert [status(client) for client in (ann, bob, nobody)] == [401, 200, 200]
    answer = ann.http.get("/app/acme")
    assert answer.json()["code"] == "authentication_failed"
    tenant.sdk.authentication.expire_all("acme", ApplicationTokenExpireIn())
    assert [status(client) for client in (ann, bob, nobody)] == [401, 401, 401]
    assert elsewhere.http.get("/app/other").status_code == 200
    # Those that are made afterwards are not meant.
    assert status(portal("acme", sessionId="ann")) == 200


def test_tokens_may_go_on_for_a_while(tenant, portal):
    tenant.app(uid="acme")
    client = portal("acme")
    path = "/auth/app/acme/expire-all"
    assert tenant.http.post(path, json={"expiry": 2}).status_code == 204
    assert status(client) == 200
    # Later is too late: they end when they were told to first.
    assert tenant.http.post(path, json={"expiry": 259_200}).status_code == 204
    eventually(lambda: status(client) == 401, "the token has ended")
    for bad in ({"expiry": -1}, {"expiry": 259_201}, {"sessionIds": ["a b"]}, {"sessionIds": "a"}):
        assert tenant.http.post(path, json=bad).status_code == 422, bad
    assert tenant.http.post("/auth/app/nobody/expire-all", json={}).status_code == 404


def test_logging_out_ends_this_token_and_no_other(tenant, portal):
    tenant.app(uid="acme")
    client, other = portal("acme", capabilities=[]), portal("acme")
    assert status(client) == 403, "it may do nothing, and is known"
    assert client.http.post("/auth/logout").status_code == 204
    assert status(client) == 401
    assert client.http.post("/auth/logout").status_code == 401
    assert status(other) == 200
    # A token that only shows a signature cannot be taken back; the answer is the same.
    assert tenant.http.post("/auth/logout").status_code == 204
    assert tenant.http.get("/app").status_code == 200


def test_a_deleted_application_takes_its_tokens_with_it(tenant, portal):
    tenant.app(uid="acme")
    client = portal("acme")
    assert client.http.get("/event-type").status_code == 200
    assert tenant.http.delete("/app/acme").status_code == 204
    assert client.http.get("/event-type").status_code == 401
    tenant.app(uid="acme")
    assert status(client) == 401, "the next one of that name is another one"


def test_a_session_that_is_ended_while_it_is_busy(tenant, portal):
    tenant.app(uid="acme")
    client = portal("acme", sessionId="ann")
    stop, seen = threading.Event(), []

    def use():
        with httpx.Client(headers=client.http.headers, base_url=client.http.base_url) as mine:
            while not stop.is_set():
                seen.append(mine.get("/app/acme").status_code)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    eventually(lambda: len(seen) > 50, "the session is busy")
    body = {"sessionIds": ["ann"]}
    assert tenant.http.post("/auth/app/acme/expire-all", json=body).status_code == 204
    assert status(client) == 401
    stop.set()
    for thread in threads:
        thread.join()
    assert set(seen) <= {200, 401}
