"""Who may do what."""

import os
import stat
import time

import httpx
import pytest

from support.client import Tenant
from support.server import JWT_SECRET
from support.tokens import claims_of, new_id, sign


def ask(server, authorization, path="/app", method="GET"):
    headers = {} if authorization is None else {"authorization": authorization}
    return httpx.request(method, f"{server.url}/api/v1{path}", headers=headers)


def assert_refused(answer):
    assert answer.status_code == 401, answer.text
    assert answer.json()["code"] == "authentication_failed"
    assert answer.json()["detail"]
    assert answer.headers["content-type"] == "application/json"


@pytest.fixture
def claims(shared_server):
    """What a good token says."""
    return claims_of(shared_server.token("--org", new_id("org")))


def test_a_token_made_elsewhere_with_the_secret_is_good(shared_server, claims):
    """So that the refusals below are for the reason that they name."""
    token = sign(claims, JWT_SECRET)
    assert ask(shared_server, f"Bearer {token}").status_code == 200
    assert ask(shared_server, f"bearer {token}").status_code == 200


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(
            lambda claims: sign(claims, "another secret of sufficient length 012"),
            id="another secret",
        ),
        pytest.param(lambda claims: sign(claims, ""), id="empty secret"),
        pytest.param(lambda claims: sign(claims, None, "none"), id="alg none"),
        pytest.param(lambda claims: sign(claims, None, "none", {"alg": "None"}), id="alg None"),
        pytest.param(lambda claims: sign(claims, None, "none", {"typ": "JWT"}), id="no alg"),
        pytest.param(
            lambda claims: sign(claims, JWT_SECRET, "HS256", {"alg": "RS256"}), id="HS256 as RS256"
        ),
        pytest.param(lambda claims: sign(claims, JWT_SECRET)[:-2], id="signature cut off"),
        pytest.param(
            lambda claims: sign(claims, JWT_SECRET).rsplit(".", 1)[0] + ".", id="no signature"
        ),
        pytest.param(lambda claims: sign(claims, JWT_SECRET).rsplit(".", 1)[0], id="two parts"),
        pytest.param(
            lambda claims: sign({**claims, "exp": int(time.time()) - 60}, JWT_SECRET), id="expired"
        ),
        pytest.param(
            lambda claims: sign({**claims, "nbf": int(time.time()) + 600}, JWT_SECRET),
            id="not yet valid",
        ),
        pytest.param(
            lambda claims: sign({**claims, "sub": "org_nonsense"}, JWT_SECRET),
            id="not an organization",
        ),
        pytest.param(lambda claims: sign({**claims, "sub": ""}, JWT_SECRET), id="no subject"),
        pytest.param(lambda claims: sign({**claims, "sub": 7}, JWT_SECRET), id="number"),
        pytest.param(
            lambda claims: sign({**claims, "sub": new_id("app")}, JWT_SECRET),
            id="application without organization",
        ),
        pytest.param(lambda _: sign([], JWT_SECRET), id="claims array"),
        pytest.param(lambda _: "nonsense", id="nonsense"),
        pytest.param(lambda _: "a.b.c", id="letters"),
        pytest.param(lambda _: "é" * 20, id="not ASCII"),
        pytest.param(lambda _: "x" * 20_000, id="long"),
    ],
)
def test_bad_tokens_are_refused(shared_server, claims, forge):
    token = forge(claims)
    assert_refused(ask(shared_server, f"Bearer {token}".encode()))
    assert token not in shared_server.log()


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer .", "Basic dTpw", "token"])
def test_without_a_token(shared_server, authorization):
    for path in ("/app", "/app/default/msg", "/event-type", "/background-task"):
        assert_refused(ask(shared_server, authorization, path))
    assert_refused(ask(shared_server, authorization, "/app", "POST"))
    assert ask(shared_server, authorization, "/health").status_code == 204


def test_another_algorithm_with_the_right_secret(shared_server, claims):
    """HS256 is what the server signs with; another one of the family is not accepted."""
    assert_refused(ask(shared_server, f"Bearer {sign(claims, JWT_SECRET, 'HS512')}"))


def test_a_token_for_one_application(shared_server, new_tenant, receiver):
    owner = new_tenant(shared_server)
    app, other = owner.app(uid="mine"), owner.app(uid="other")
    other_endpoint = owner.endpoint(other, receiver.url("/"))
    org = claims_of(owner.token)["sub"]
    token = shared_server.token("--org", org, "--app", app)
    scoped = Tenant(shared_server, token)
    try:
        endpoint = scoped.endpoint(app, receiver.script("/scoped"))
        message = scoped.send("mine")
        receiver.wait_for_ids("/scoped", [message])
        assert scoped.http.get(f"/app/{app}").status_code == 200
        assert scoped.http.get(f"/app/mine/endpoint/{endpoint}").status_code == 200
        for name in (other, "other"):
            for path in ("", "/endpoint", "/msg", f"/endpoint/{other_endpoint}/secret"):
                answer = scoped.http.get(f"/app/{name}{path}")
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
        for method, path in (
            ("GET", "/app"),
            ("POST", "/app"),
            ("POST", "/event-type"),
            ("DELETE", "/event-type/a.b"),
            ("GET", "/background-task"),
        ):
            answer = scoped.http.request(method, path, json={"name": "x", "description": ""})
            assert answer.status_code == 403, (method, path, answer.text)
            assert answer.json()["code"] and answer.json()["detail"]
    finally:
        scoped.close()


def test_an_application_of_another_organization_in_the_token(shared_server, new_tenant):
    """Signed by the server, but the application is not that organization's."""
    mine, theirs = new_tenant(shared_server), new_tenant(shared_server)
    app = mine.app()
    token = sign(
        {**claims_of(theirs.token), "sub": app, "org": claims_of(theirs.token)["sub"]}, JWT_SECRET
    )
    answer = ask(shared_server, f"Bearer {token}", f"/app/{app}")
    assert answer.status_code == 401
    assert answer.json()["code"] == "authentication_failed"


def test_a_token_expires(shared_server):
    org = new_id("org")
    claims = claims_of(shared_server.token("--org", org, "--expires", "3600"))
    assert 3500 < claims["exp"] - time.time() < 3700


def test_without_a_secret_the_server_makes_one_and_keeps_it(new_server):
    server = new_server(env={"HOOKWIRE_JWT_SECRET": None})
    token = server.token()
    assert ask(server, f"Bearer {token}").status_code == 200
    forged = sign(claims_of(token), JWT_SECRET)
    assert_refused(ask(server, f"Bearer {forged}"))
    secrets = [
        path
        for path in server.directory.iterdir()
        if not path.name.startswith("hookwire.db") or "secret" in path.name
    ]
    assert secrets, "the secret is kept nowhere"
    for path in secrets:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600, path
        assert path.read_text().strip() not in server.log()
    server.kill()
    server.start()
    assert ask(server, f"Bearer {token}").status_code == 200, "the token did not survive"


def test_two_stores_do_not_trust_each_other(new_server):
    one = new_server(env={"HOOKWIRE_JWT_SECRET": None})
    two = new_server(env={"HOOKWIRE_JWT_SECRET": None})
    assert_refused(ask(two, f"Bearer {one.token()}"))
