"""Sessions of browsers in the dashboard: how they begin and end, and what their cookie is good
for."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from support.bin import make
from support.follower import Follower
from support.server import JWT_SECRET
from support.session import LINK, Browser, link_claims, link_token, sign_in, wrong_csrf
from support.tokens import claims_of, new_id, sign
from support.wait import eventually

WEEK = 7 * 24 * 3600


def refused(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code
    assert "set-cookie" not in answer.headers
    return answer.json()["detail"]


def key_of(tenant, **fields):
    """A new API key: its id and its text."""
    made = tenant.http.post("/auth/key", json={"name": "k", **fields})
    assert made.status_code == 201, made.text
    return made.json()["id"], made.json()["key"]


# ---- signing in -----------------------------------------------------------------------------


def test_a_token_a_key_and_a_link_sign_in(tenant):
    org = claims_of(tenant.token)["sub"]
    tenant.app(uid="acme")
    for text in (tenant.token, key_of(tenant)[1], link_token(org)):
        browser = Browser(tenant.server, text, org)
        shown = browser.signed_in.json()
        assert shown["kind"] == "session"
        assert shown["organizationId"] == org
        assert (shown["applicationId"], shown["binId"]) == (None, None)
        assert "ManageEndpoint" in shown["capabilities"]
        assert shown["isDev"] is True
        assert browser.ask("GET", "/session").json() == shown
        assert "acme" in [app["uid"] for app in browser.ask("GET", "/app").json()["data"]]
        made = browser.ask("PUT", "/app/other", json={"name": "Other"})
        assert made.status_code in (200, 201), made.text
        assert text not in browser.signed_in.text


def test_the_link_that_the_server_prints(new_server):
    server = new_server()
    lines = server.printed().splitlines()
    # Programs look for the second line.
    assert lines[1] == f"listening on {server.url}"
    begin, token = LINK.search(server.printed()).group(1).split("#token=")
    assert begin == f"{server.url}/sign-in"
    browser = Browser(server, token)
    assert browser.ask("GET", "/app").status_code == 200
    refused(sign_in(server, token), 401, "authentication_failed")


def test_the_link_that_the_command_prints(shared_server):
    org = new_id("org")
    link = shared_server.cli(
        "sign-in", "--store", shared_server.store, "--org", org, "--server", shared_server.url
    ).stdout
    assert link.count("\n") == 1
    begin, token = link.strip().split("#token=")
    assert begin == f"{shared_server.url}/sign-in"
    said = claims_of(token)
    assert said["use"] == "sign-in" and abs(said["exp"] - time.time() - 3600) < 60
    browser = Browser(shared_server, token)
    assert browser.signed_in.json()["organizationId"] == org


def test_the_command_knows_where_people_reach_the_server(shared_server, tmp_path):
    def begin(**env):
        done = shared_server.cli("sign-in", "--store", f"sqlite:{tmp_path}/h.db", env=env)
        return done.stdout.split("#")[0]

    assert begin() == "http://127.0.0.1:8071/sign-in"
    assert begin(HOOKWIRE_LISTEN="0.0.0.0:9") == "http://127.0.0.1:9/sign-in"
    public = {"HOOKWIRE_PUBLIC_URL": "https://hooks.example/"}
    assert begin(**public) == "https://hooks.example/sign-in"
    assert begin(**public, HOOKWIRE_SERVER="http://there:1/") == "http://there:1/sign-in"
    done = shared_server.cli(
        "sign-in",
        "--store",
        f"sqlite:{tmp_path}/h.db",
        env={"HOOKWIRE_LISTEN": "127.0.0.1:0"},
        check=False,
    )
    assert done.returncode == 1 and "--server" in done.stderr


def test_a_link_works_once_also_after_a_restart(new_server):
    server = new_server()
    org = new_id("org")
    used, unused = link_token(org), link_token(org)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sign_in(server, used), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    server.kill()
    server.start()
    detail = refused(sign_in(server, used), 401, "authentication_failed")
    assert "hookwire sign-in" in detail
    browser = Browser(server, unused)
    assert browser.ask("DELETE", "/session").status_code == 204
    server.terminate()
    server.start()
    for token in (used, unused):
        refused(sign_in(server, token), 401, "authentication_failed")


def test_a_link_is_for_signing_in_and_for_its_hour(shared_server):
    org = new_id("org")
    token = link_token(org)
    answer = httpx.get(
        f"{shared_server.url}/api/v1/app", headers={"authorization": f"Bearer {token}"}
    )
    refused(answer, 401, "authentication_failed")
    old = link_token(org, exp=int(time.time()) - 60)
    assert "hookwire sign-in" in refused(
        sign_in(shared_server, old), 401, "authentication_failed"
    )
    endless = link_claims(org)
    del endless["exp"]
    for claims in (
        endless,
        link_claims(org, exp=None),
        link_claims(org, use="other"),
        link_claims(org, jti="1"),
        link_claims("app_" + "1" * 27),
    ):
        refused(sign_in(shared_server, sign(claims, JWT_SECRET)), 401, "authentication_failed")
    foreign = sign(link_claims(org), "another secret of sufficient length 012")
    refused(sign_in(shared_server, foreign), 401, "authentication_failed")
    # It is still good after all of that.
    Browser(shared_server, token)


def test_what_signs_nobody_in_is_told_so(shared_server, tenant):
    _, key = key_of(tenant)
    for wrong in ("nonsense", "hwk_nonsense", f"{key[:-1]}~", "eyJ.e30.x", "hws_x", "ü"):
        detail = refused(sign_in(shared_server, wrong), 401, "authentication_failed")
        assert detail and wrong not in detail
    old = sign({"sub": new_id("org"), "exp": int(time.time()) - 60}, JWT_SECRET)
    detail = refused(sign_in(shared_server, old), 401, "authentication_failed")
    assert "expired" in detail
    url = f"{shared_server.url}/api/v1/session"
    for body in ({}, {"token": None}, {"token": 1}, {"token": ""}, {"token": "x" * 5000}):
        answer = httpx.post(url, json=body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"][0]["loc"] == ["body", "token"]


def test_what_is_for_less_than_the_organization_is_told_what_to_do(tenant):
    app = tenant.app(uid="acme")
    org = claims_of(tenant.token)["sub"]
    portal = tenant.http.post("/auth/app-portal-access/acme", json={}).json()["token"]
    token = sign({"sub": app, "org": org}, JWT_SECRET)
    _, key = key_of(tenant, application="acme")
    for text in (portal, token, key):
        detail = refused(sign_in(tenant.server, text), 403, "insufficient_access")
        assert "portal" in detail
    share = tenant.http.post(f"/bin/{make(tenant).id}/share").json()["token"]
    assert "bin" in refused(sign_in(tenant.server, share), 403, "insufficient_access")


def test_other_sites_pages_do_not_sign_in(shared_server):
    token = link_token(new_id("org"))
    for headers in (
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": shared_server.url},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ):
        refused(sign_in(shared_server, token, **headers), 403, "csrf_failed")
    own = {"sec_fetch_site": "same-origin", "origin": shared_server.url}
    assert sign_in(shared_server, token, **own).status_code == 200


# ---- the cookie -----------------------------------------------------------------------------


def test_flags(shared_server):
    flags = {"Path=/", "HttpOnly", "SameSite=Strict", f"Max-Age={WEEK}"}
    assert Browser(shared_server).flags == flags


def test_flags_where_people_use_https(new_server):
    server = new_server(env={"HOOKWIRE_PUBLIC_URL": "https://hooks.example"})
    assert LINK.search(server.printed()).group(1).startswith("https://hooks.example/sign-in#")
    browser = Browser(server)
    assert "Secure" in browser.flags
    assert "Secure" in browser.ask("DELETE", "/session").headers["set-cookie"]


def test_a_session_is_no_longer_than_what_it_was_begun_with(tenant):
    def seconds_left(text):
        browser = Browser(tenant.server, text, "any")
        (age,) = [flag for flag in browser.flags if flag.startswith("Max-Age=")]
        return int(age.removeprefix("Max-Age="))

    claims = claims_of(tenant.token)
    short = sign({**claims, "exp": int(time.time()) + 300}, JWT_SECRET)
    assert 200 < seconds_left(short) <= 300
    assert 500 < seconds_left(key_of(tenant, expiresInSeconds=600)[1]) <= 600
    long = sign({**claims, "exp": int(time.time()) + 10 * WEEK}, JWT_SECRET)
    assert seconds_left(long) == WEEK


def test_what_changes_something_needs_more_than_the_cookie(shared_server):
    browser = Browser(shared_server)
    for method, path in (
        ("POST", "/app"),
        ("PUT", "/app/acme"),
        ("PATCH", "/app/default"),
        ("DELETE", "/app/default"),
        ("POST", "/auth/logout"),
        ("DELETE", "/session"),
    ):
        for wrong in wrong_csrf(browser):
            headers = {} if wrong is None else {"x-csrf-token": wrong}
            body = None if method == "DELETE" else {"name": "A"}
            answer = browser.bare(method, path, headers, json=body)
            refused(answer, 403, "csrf_failed")
    assert browser.bare("GET", "/app").json()["data"] == []
    assert browser.bare("HEAD", "/app").status_code == 200
    other = Browser(shared_server, org=browser.org)
    answer = browser.bare("POST", "/app", {"x-csrf-token": other.csrf}, json={"name": "A"})
    refused(answer, 403, "csrf_failed")
    assert browser.ask("POST", "/app", json={"name": "A"}).status_code == 201


def test_beside_a_credential_the_cookie_does_not_count(tenant):
    browser = Browser(tenant.server)
    headers = {"authorization": f"Bearer {tenant.token}"}
    shown = browser.bare("GET", "/session", headers).json()
    assert (shown["kind"], shown["csrfToken"]) == ("token", None)
    assert shown["organizationId"] == claims_of(tenant.token)["sub"] != browser.org
    # What a program sends on purpose needs no more.
    assert browser.bare("PUT", "/app/x", headers, json={"name": "X"}).status_code == 201
    assert browser.bare("DELETE", "/session", headers).status_code == 204
    assert browser.bare("GET", "/session").status_code == 200
    for wrong in ("Bearer nonsense", "Basic eDp5", f"Bearer {browser.secret}"):
        answer = browser.bare("GET", "/app", {"authorization": wrong})
        refused(answer, 401, "authentication_failed")


def test_cookies_that_are_none(shared_server):
    url = f"{shared_server.url}/api/v1/session"
    good = Browser(shared_server)
    other = "hws_" + "a" * (len(good.secret) - 4)
    for cookie in (
        "",
        "hookwire_session=",
        f"hookwire_session={good.secret[:-1]}",
        f"hookwire_session={good.secret}a",
        f"hookwire_session={other}",
        f"other={good.secret}",
        f"hookwire_session={link_token(good.org)}",
    ):
        answer = httpx.get(url, headers={"cookie": cookie})
        refused(answer, 401, "authentication_failed")
    among = f"a=b; {good.cookie}; c"
    assert httpx.get(url, headers={"cookie": among}).status_code == 200


def test_sessions_see_their_organization_alone(tenant):
    tenant.app(uid="acme")
    browser = Browser(tenant.server)
    refused(browser.ask("GET", "/app/acme"), 404, "not_found")


# ---- its end --------------------------------------------------------------------------------


def test_signing_out(shared_server):
    browser = Browser(shared_server)
    other = Browser(shared_server, org=browser.org)
    left = browser.ask("DELETE", "/session")
    assert left.status_code == 204
    cookie, *flags = left.headers["set-cookie"].split("; ")
    assert cookie == "hookwire_session="
    assert {"Max-Age=0", "Path=/", "HttpOnly", "SameSite=Strict"} == set(flags)
    refused(browser.ask("GET", "/session"), 401, "authentication_failed")
    # There is nothing to protect any more.
    assert browser.bare("DELETE", "/session").status_code == 204
    assert httpx.delete(f"{shared_server.url}/api/v1/session").status_code == 204
    assert other.ask("GET", "/session").status_code == 200


def test_signing_out_ends_a_running_stream(tenant):
    bin = make(tenant)
    browser = Browser(tenant.server, tenant.token)
    other = Browser(tenant.server, tenant.token)
    with (
        Follower(bin, cookie=browser.cookie) as follower,
        Follower(bin, cookie=other.cookie) as going_on,
    ):
        assert follower.status == going_on.status == 200
        bin.send(b"seen by both")
        follower.wait_for(1)
        going_on.wait_for(1)
        assert browser.ask("DELETE", "/session").status_code == 204
        bin.send(b"not for the one that left")
        follower.wait_for_end()
        assert len(follower.events) == 1
        going_on.wait_for(2)
        assert not going_on.is_over


def test_a_session_ends_with_its_key(tenant):
    id, key = key_of(tenant)
    browser = Browser(tenant.server, key, "any")
    beside = Browser(tenant.server, tenant.token)
    assert browser.ask("GET", "/session").status_code == 200
    assert tenant.http.delete(f"/auth/key/{id}").status_code == 204
    refused(browser.ask("GET", "/session"), 401, "authentication_failed")
    assert beside.ask("GET", "/session").status_code == 200


def test_a_session_ends_by_itself(tenant):
    _, key = key_of(tenant, expiresInSeconds=1)
    browser = Browser(tenant.server, key, "any")
    eventually(
        lambda: browser.ask("GET", "/session").status_code == 401, "the session's end", within=10
    )


def test_sessions_survive_restarts_and_end_with_the_secret(new_server):
    server = new_server()
    browser = Browser(server)
    server.kill()
    server.start()
    assert browser.ask("PUT", "/app/a", json={"name": "A"}).status_code == 201
    server.terminate()
    other = new_server(
        directory=server.directory, env={"HOOKWIRE_JWT_SECRET": "another secret of 32 characters!"}
    )
    browser.server = other
    refused(browser.ask("GET", "/session"), 401, "authentication_failed")


# ---- who is asking --------------------------------------------------------------------------


def test_everybody_sees_who_they_are(tenant):
    app = tenant.app(uid="acme")
    org = claims_of(tenant.token)["sub"]
    capabilities = ["ViewBase", "ManageEndpoint"]
    body = {"capabilities": capabilities}
    portal = tenant.http.post("/auth/app-portal-access/acme", json=body).json()["token"]
    bin = make(tenant)
    share = tenant.http.post(f"/bin/{bin.id}/share").json()["token"]
    for token, kind, application, bin_id in (
        (tenant.token, "token", None, None),
        (sign({"sub": app, "org": org}, JWT_SECRET), "token", app, None),
        (key_of(tenant)[1], "apiKey", None, None),
        (portal, "portal", app, None),
        (share, "binShare", None, bin.id),
    ):
        answer = httpx.get(
            f"{tenant.server.url}/api/v1/session", headers={"authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200, answer.text
        shown = answer.json()
        assert shown["kind"] == kind
        assert (shown["applicationId"], shown["binId"]) == (application, bin_id)
        assert shown["organizationId"] == org
        assert shown["csrfToken"] is None
        if kind == "portal":
            assert set(shown["capabilities"]) == set(capabilities)
            assert shown["expiresAt"]
        else:
            assert len(shown["capabilities"]) == (0 if bin_id else 6)
    refused(httpx.get(f"{tenant.server.url}/api/v1/session"), 401, "authentication_failed")


def test_about(tenant):
    shown = tenant.http.get("/about").json()
    assert shown["store"] == "sqlite" and shown["storeBytes"] > 0
    assert tenant.server.cli("--version").stdout.split()[1] == shown["version"]
    assert shown["retentionDays"] == 90
    assert shown["retryScheduleSeconds"] == [1] * 10
    assert (shown["isDev"], shown["privateDestinations"]) == (True, True)
    assert shown["publicUrl"] is None
    tenant.app(uid="acme")
    portal = tenant.http.post("/auth/app-portal-access/acme", json={}).json()["token"]
    answer = httpx.get(
        f"{tenant.server.url}/api/v1/about", headers={"authorization": f"Bearer {portal}"}
    )
    refused(answer, 403, "insufficient_access")


def test_about_what_is_configured(new_server, new_tenant):
    server = new_server(
        dev=False,
        args=["--public-bins"],
        env={
            "HOOKWIRE_PUBLIC_URL": "https://hooks.example",
            "HOOKWIRE_RETENTION_DAYS": "7",
            "HOOKWIRE_RETRY_SCHEDULE": "1,60",
            "HOOKWIRE_API_BODY_BYTES_MAX": "65536",
        },
    )
    shown = new_tenant(server).http.get("/about").json()
    assert shown["publicUrl"] == "https://hooks.example"
    assert (shown["retentionDays"], shown["bodyBytesMax"]) == (7, 65536)
    assert shown["retryScheduleSeconds"] == [1, 60]
    assert shown["publicBins"] is True
    assert (shown["isDev"], shown["privateDestinations"]) == (False, False)


# ---- what nobody may see --------------------------------------------------------------------


@pytest.mark.parametrize("level", ["info", "trace"])
def test_secrets_are_in_no_log_and_no_store(new_server, new_tenant, level):
    server = new_server(env={"HOOKWIRE_LOG_LEVEL": level})
    tenant = new_tenant(server)
    _, key = key_of(tenant)
    token = link_token(claims_of(tenant.token)["sub"])
    browsers = [Browser(server, text, "any") for text in (token, key, tenant.token)]
    sign_in(server, token)
    for browser in browsers:
        browser.ask("POST", "/app", json={"name": "A"})
        browser.bare("POST", "/app", json={"name": "A"})
        browser.bare("GET", "/app", {"authorization": f"Bearer {browser.secret}"})
        browser.ask("DELETE", "/session")
        browser.ask("GET", "/session")
    printed = LINK.search(server.printed()).group(1).split("=", 1)[1]
    server.terminate()
    kept = server.store_file.read_bytes()
    for text in [token, key, tenant.token, printed] + [
        text for browser in browsers for text in (browser.secret, browser.csrf)
    ]:
        for part in (text, text.rsplit(".", 1)[-1]):
            assert part not in server.logged()
            assert part.encode() not in kept
