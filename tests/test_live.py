"""Attempts as they happen: what a page that watches is shown, and that it holds up nobody."""

import itertools

import httpx
import pytest

from support import answers
from support.bulk import post_all
from support.live import Watcher
from support.server import JWT_SECRET
from support.tokens import new_id, sign
from support.wait import eventually
from support.wire import Wire

# Connections that may follow one application, or one organization.
WATCHERS_MAX = 16
# Attempts that one event shows.
SHOWN_MAX = 100

SHOWN = {
    "id",
    "timestamp",
    "applicationId",
    "endpointId",
    "endpointName",
    "messageId",
    "eventType",
    "status",
    "statusText",
    "responseStatusCode",
    "responseDurationMs",
    "attemptNumber",
    "error",
}


@pytest.fixture
def watch(tenant):
    """Watches an application, or all of them: `watch(app=None, token=None)`."""
    watchers = []

    def begin(app=None, token=None):
        watcher = Watcher(tenant.server, token or tenant.token, app)
        watchers.append(watcher)
        return watcher

    yield begin
    for watcher in watchers:
        watcher.close()


def app_token(tenant, app):
    """A key for one application of the tenant's: its id and what to show."""
    made = tenant.http.post("/auth/key", json={"name": "one", "application": app})
    assert made.status_code == 201, made.text
    made = made.json()
    return {"id": made["id"], "token": made["key"]}


# ---- what comes -----------------------------------------------------------------------------


def test_attempts_are_shown_as_lists_show_them(tenant, receiver, watch):
    app = tenant.app()
    good = tenant.endpoint(app, receiver.script("/good"), description="x")
    tenant.http.patch(f"/app/{app}/endpoint/{good}", json={"name": "CRM"}).raise_for_status()
    before = tenant.send(app)
    tenant.wait_for_attempts(app, before, 1)
    watcher = watch(app)
    assert watcher.status == 200
    assert watcher.answer.headers["content-type"] == "text/event-stream"
    assert watcher.answer.headers["cache-control"] == "no-store"

    message = tenant.send(app, "order.paid")
    (shown,) = watcher.wait_for(1)
    assert set(shown) == SHOWN
    (listed,) = tenant.raw_attempts(app, message)
    same = ("id", "timestamp", "endpointId", "status", "statusText", "responseStatusCode",
            "responseDurationMs", "error")  # fmt: skip
    assert {name: shown[name] for name in same} == {name: listed[name] for name in same}
    assert shown["statusText"] == "success" and shown["responseStatusCode"] == 200
    assert (shown["messageId"], shown["eventType"]) == (message, "order.paid")
    assert (shown["applicationId"], shown["endpointName"]) == (app, "CRM")
    assert shown["attemptNumber"] == 1 and shown["error"] is None
    assert watcher.skipped == 0 and len(watcher.attempts) == 1


def test_failures_are_shown_with_their_reason_and_each_retry_with_its_number(
    tenant, receiver, watch
):
    app = tenant.app()
    refusals = itertools.chain([answers.status(500, b"no")] * 2, itertools.repeat(answers.OK))
    turns = iter(refusals)

    def answer(*exchange):
        return next(turns)(*exchange)

    tenant.endpoint(app, receiver.script("/flaky", then=answer))
    watcher = watch()
    message = tenant.send(app)
    shown = watcher.wait_for(3)
    assert [it["attemptNumber"] for it in shown] == [1, 2, 3]
    assert [it["statusText"] for it in shown] == ["fail", "fail", "success"]
    assert [it["responseStatusCode"] for it in shown] == [500, 500, 200]
    listed = tenant.raw_attempts(app, message)
    assert [it["error"] for it in shown] == [it["error"] for it in listed]
    assert shown[0]["error"] and {it["messageId"] for it in shown} == {message}


def test_tests_are_shown_too(tenant, receiver, watch):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/hook"))
    watcher = watch(app)
    tenant.http.post(f"/app/{app}/endpoint/{endpoint}/test", json={}).raise_for_status()
    (shown,) = watcher.wait_for(1)
    assert shown["endpointId"] == endpoint and shown["statusText"] == "success"


def test_operational_webhooks_are_nobodys_business(tenant, receiver, watch):
    url = receiver.script("/operational")
    tenant.http.post("/operational-webhook/endpoint", json={"url": url}).raise_for_status()
    app = tenant.app()
    watcher = watch()
    endpoint = tenant.endpoint(app, receiver.script("/hook"))
    receiver.wait_for("/operational")  # It was told of the new endpoint.
    tenant.send(app)
    (shown,) = watcher.wait_for(1)
    assert shown["endpointId"] == endpoint


# ---- to whom --------------------------------------------------------------------------------


def test_each_sees_its_own(tenant, new_tenant, receiver, watch):
    apps = [tenant.app(f"App {n}") for n in range(2)]
    for app in apps:
        tenant.endpoint(app, receiver.script(f"/{app}"))
    other = new_tenant(tenant.server)
    other_app = other.app()
    other.endpoint(other_app, receiver.script("/other"))
    keys = [app_token(tenant, app)["token"] for app in apps]
    everything = watch()
    each = [watch(app) for app in apps]
    by_key = [watch(app, key) for app, key in zip(apps, keys)]
    portal = tenant.http.post(f"/auth/app-portal-access/{apps[0]}", json={"readOnly": True})
    customer = watch(apps[0], portal.json()["token"])
    with Watcher(other.server, other.token) as stranger:
        foreign = other.send(other_app)
        sent = [tenant.send(app) for app in [apps[0], apps[1], apps[0]]]
        assert [it["messageId"] for it in stranger.wait_for(1)] == [foreign]
        assert {it["messageId"] for it in everything.wait_for(3)} == set(sent)
        for watchers in (each, by_key):
            assert {it["messageId"] for it in watchers[0].wait_for(2)} == {sent[0], sent[2]}
            assert [it["messageId"] for it in watchers[1].wait_for(1)] == [sent[1]]
        assert {it["messageId"] for it in customer.wait_for(2)} == {sent[0], sent[2]}
        assert len(stranger.attempts) == 1 and len(everything.attempts) == 3


def test_who_may_not_look(tenant, watch):
    app, other = tenant.app(), tenant.app()
    key = app_token(tenant, app)["token"]
    assert watch(None, key).status == 403
    assert watch(other, key).status == 404
    assert watch(new_id("app")).status == 404
    assert watch(app, sign({"sub": new_id("org")}, JWT_SECRET)).status == 404
    bin_ = tenant.http.post("/bin", json={}).json()
    share = tenant.http.post(f"/bin/{bin_['id']}/share").json()["token"]
    assert watch(None, share).status == 403 and watch(app, share).status == 403
    for path in ("/stream", f"/app/{app}/stream"):
        url = f"{tenant.server.url}/api/v1{path}"
        assert httpx.get(url).status_code == 401
        # A token in an address would be written down by every proxy.
        assert httpx.get(url, params={"token": tenant.token}).status_code == 401
        assert tenant.http.post(path, json={}).status_code == 405


# ---- how much -------------------------------------------------------------------------------


def test_a_flood_is_sampled_and_nothing_is_lost_in_the_count(new_server, new_tenant, receiver):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    # Twenty endpoints make twenty attempts of each message: thousands a second.
    for n in range(20):
        tenant.endpoint(app, receiver.script(f"/flood/{n}"))
    messages = 500
    with Watcher(server, tenant.token, app) as one, Watcher(server, tenant.token) as all_:
        body = {"eventType": "test.happened", "payload": {"n": 1}}
        post_all(tenant, f"/app/{app}/msg", itertools.repeat(body, messages))
        total = messages * 20
        for watcher in (one, all_):
            shown = watcher.wait_for(total, within=60)
            assert len(shown) + watcher.skipped == total
            assert watcher.skipped > 0 and len(shown) >= SHOWN_MAX
            assert len({it["id"] for it in shown}) == len(shown)
            moments = [moment for moment, _ in watcher.events]
            assert all(len(data["attempts"]) <= SHOWN_MAX for _, data in watcher.events)
            # Four a second; what the network gathers may come together.
            assert len(moments) <= 4 * (moments[-1] - moments[0]) + 3


def test_somebody_who_does_not_read_holds_up_nobody(tenant, receiver, watch):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/hook"))
    with Wire(tenant.server) as deaf:
        deaf.send(
            f"GET /api/v1/app/{app}/stream HTTP/1.0\r\n"
            f"authorization: Bearer {tenant.token}\r\n\r\n".encode()
        )
        watcher = watch(app)
        body = {"eventType": "test.happened", "payload": {"n": 1}}
        messages = post_all(tenant, f"/app/{app}/msg", itertools.repeat(body, 2_000))
        watcher.wait_for(2_000, within=60)
        tenant.wait_for_status(app, messages[-1], endpoint, "success")
        assert len(watcher.attempts) + watcher.skipped == 2_000


# ---- its end --------------------------------------------------------------------------------


def test_a_credential_that_ends_ends_what_it_opened(tenant, receiver, watch):
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    key = app_token(tenant, app)
    guest, owner = watch(app, key["token"]), watch(app)
    tenant.send(app)
    guest.wait_for(1)
    tenant.http.delete(f"/auth/key/{key['id']}").raise_for_status()
    tenant.send(app)
    owner.wait_for(2)
    # At the latest when it would be shown that the connection still is one.
    guest.wait_for_end(within=20)
    assert len(guest.attempts) == 1 and not owner.is_over


def test_a_deleted_application_ends_it(tenant, watch):
    app = tenant.app()
    watcher = watch(app)
    tenant.http.delete(f"/app/{app}").raise_for_status()
    watcher.wait_for_end(within=20)


def test_a_seventeenth_is_refused_until_one_goes(tenant, receiver, watch):
    app, other = tenant.app(), tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    watchers = [watch(app) for _ in range(WATCHERS_MAX)]
    assert {watcher.status for watcher in watchers} == {200}
    one_more = watch(app)
    assert one_more.status == 429
    assert one_more.refusal["code"] == "too_many_requests"
    assert int(one_more.answer.headers["retry-after"]) >= 1
    assert watch(other).status == 200 and watch().status == 200
    tenant.send(app)
    for watcher in watchers:
        watcher.wait_for(1)
    watchers.pop().close()

    def there_is_room():
        with Watcher(tenant.server, tenant.token, app) as again:
            return again.status == 200

    eventually(there_is_room, "a place is free")


def test_a_stopping_server_ends_it_at_once(new_server, new_tenant):
    server = new_server()
    tenant = new_tenant(server)
    with Watcher(server, tenant.token) as watcher:
        assert server.terminate(within=10) == 0
        watcher.wait_for_end()
