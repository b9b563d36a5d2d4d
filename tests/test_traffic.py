"""Traffic: what was delivered and what failed, over time and by endpoint."""

import contextlib
import datetime
import sqlite3
import threading

import pytest

from support import answers
from support.tokens import new_id
from support.wait import eventually

# A first attempt and one more, far away.
ONE_RETRY = {"HOOKWIRE_RETRY_SCHEDULE": "3600"}


def traffic(tenant, **query):
    answer = tenant.http.get("/traffic", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def counted(tenant, delivered, failed, **query):
    """Waits until so many were counted; gives what is shown then."""

    def enough():
        shown = traffic(tenant, **query)
        assert (shown["delivered"], shown["failed"]) == (delivered, failed)
        return shown

    return eventually(enough, f"{delivered} delivered and {failed} failed")


def assert_unknown(answer):
    """The application is not there, or not for this credential."""
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["detail"]
    assert problem["loc"] == ["query", "application"]


def moment(text):
    return datetime.datetime.fromisoformat(text)


def ago(**time):
    return (datetime.datetime.now(datetime.UTC) - datetime.timedelta(**time)).isoformat()


def sums(shown):
    """Of all steps."""
    return tuple(sum(point[name] for point in shown["points"]) for name in ("delivered", "failed"))


def by_endpoint(shown):
    return {entry["endpointId"]: entry for entry in shown["endpoints"]}


def stored_totals(server):
    """How many endpoints have numbers in the store."""
    store = sqlite3.connect(f"file:{server.store_file}?mode=ro", uri=True)
    with contextlib.closing(store):
        return store.execute("SELECT count(*) FROM traffic_total").fetchone()[0]


@pytest.fixture
def server(new_server):
    return new_server(env=ONE_RETRY)


def test_nothing_was_sent_yet(tenant):
    tenant.endpoint(tenant.app(), "http://127.0.0.1:9/nobody")
    shown = traffic(tenant)
    assert sums(shown) == (0, 0) and shown["endpoints"] == []
    assert shown["durationMsP50"] is shown["durationMsP95"] is shown["durationMsP99"] is None
    assert shown["backlog"] == {"dueCount": 0, "laterCount": 0, "isMore": False}
    # A day in steps of ten minutes, none left out.
    assert shown["stepSeconds"] == 600 and 144 <= len(shown["points"]) <= 145
    moments = [moment(point["at"]) for point in shown["points"]]
    step = datetime.timedelta(seconds=600)
    assert moments[0] == moment(shown["since"]) and moments[-1] + step == moment(shown["until"])
    assert all(later - earlier == step for earlier, later in zip(moments, moments[1:]))
    assert moments[-1] <= datetime.datetime.now(datetime.UTC) < moments[-1] + step


def test_what_succeeds_and_what_fails_is_counted(server, new_tenant, receiver):
    tenant = new_tenant(server)
    app = tenant.app()
    good = tenant.endpoint(app, receiver.script("/good"))
    refuses = [answers.status(503, b"closed")] * 9
    bad_url = receiver.script("/bad", first=refuses)
    made = tenant.http.post(f"/app/{app}/endpoint", json={"url": bad_url, "name": "CRM"})
    bad = made.json()["id"]
    sent = [tenant.send(app) for _ in range(3)]
    shown = counted(tenant, 3, 3)
    assert sums(shown) == (3, 3)
    assert shown["durationMsP50"] is not None
    # The three that failed wait for their second attempt.
    assert shown["backlog"] == {"dueCount": 0, "laterCount": 3, "isMore": False}
    assert [entry["endpointId"] for entry in shown["endpoints"]] == [bad, good]
    failing, well = shown["endpoints"]
    assert failing["name"] == "CRM" and failing["url"] == bad_url
    assert failing["applicationId"] == app and failing["disabled"] is False
    assert (failing["delivered"], failing["failed"]) == (0, 3)
    assert (failing["totalDelivered"], failing["totalFailed"]) == (0, 3)
    assert failing["lastFailureStatusCode"] == 503 and failing["lastFailureMessageId"] in sent
    assert "503" in failing["lastFailure"] and failing["lastSuccessAt"] is None
    assert abs(moment(failing["lastFailureAt"]).timestamp() - moment(ago()).timestamp()) < 60
    assert (well["delivered"], well["failed"]) == (3, 0)
    assert well["lastFailure"] is well["lastFailureAt"] is well["lastFailureStatusCode"] is None
    assert well["lastSuccessAt"] is not None


def test_a_retry_counts_as_another_attempt(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/flaky", first=[answers.status(500)]))
    message = tenant.send(app)
    tenant.wait_for_status(app, message, endpoint, "success")
    shown = counted(tenant, 1, 1)
    (entry,) = shown["endpoints"]
    assert moment(entry["lastFailureAt"]) < moment(entry["lastSuccessAt"])


def test_slow_answers_show_in_percentiles(tenant, receiver):
    app = tenant.app()
    gate = threading.Event()
    quick = [answers.OK] * 9
    tenant.endpoint(app, receiver.script("/slow", first=[*quick, answers.after(gate)]))
    for _ in range(9):
        tenant.send(app)
    counted(tenant, 9, 0)
    tenant.send(app)
    receiver.wait_for("/slow", 10)
    shown = traffic(tenant)
    assert shown["delivered"] == 9 and shown["backlog"]["dueCount"] == 1
    held_s = 0.7
    gate.wait(held_s)  # Nobody sets it: this is the receiver's time to answer.
    gate.set()
    shown = counted(tenant, 10, 0)
    assert shown["durationMsP50"] < held_s * 900 < shown["durationMsP95"] == shown["durationMsP99"]
    assert shown["backlog"]["dueCount"] == 0


def test_what_does_not_answer_has_no_duration(server, new_tenant, new_receiver):
    tenant, receiver = new_tenant(server), new_receiver()
    app = tenant.app()
    tenant.endpoint(app, receiver.url("/down"))
    receiver.down()
    tenant.send(app)
    shown = counted(tenant, 0, 1)
    assert shown["durationMsP50"] is None
    (entry,) = shown["endpoints"]
    assert entry["lastFailureStatusCode"] == 0 and entry["lastFailure"]


def test_tests_and_skipped_deliveries_do_not_count(tenant, receiver):
    app = tenant.app()
    for path, body in [("/all", "{{ payload.n }}"), ("/none", "{% abort 'not today' %}")]:
        made = tenant.http.post(
            f"/app/{app}/endpoint",
            json={
                "url": receiver.script(path),
                "uid": path[1:],
                "request": {
                    "body": {"kind": "text", "contentType": "text/plain", "template": body}
                },
            },
        )
        assert made.status_code == 201, made.text
    test = {"eventType": "a.b", "payload": {"n": 1}}
    tried = tenant.http.post(f"/app/{app}/endpoint/all/test", json=test)
    assert tried.json()["ok"] is True
    message = tenant.send(app)
    tenant.wait_for_attempts(app, message, 2)
    shown = counted(tenant, 1, 0)
    (entry,) = shown["endpoints"]
    assert entry["url"].endswith("/all") and entry["totalDelivered"] == 1


def test_endpoints_that_are_named_are_shown_alone(tenant, receiver):
    app, other = tenant.app(uid="acme"), tenant.app()
    first = tenant.endpoint(app, receiver.script("/first"), uid="first")
    second = tenant.endpoint(app, receiver.script("/second"))
    silent = tenant.endpoint(other, receiver.script("/silent"))
    for _ in range(2):
        tenant.send(app)
    counted(tenant, 4, 0)
    shown = traffic(tenant, endpoint=first)
    assert sums(shown) == (2, 0) and list(by_endpoint(shown)) == [first]
    shown = traffic(tenant, endpoint=[first, silent])
    assert sums(shown) == (2, 0) and set(by_endpoint(shown)) == {first, silent}
    assert by_endpoint(shown)[silent]["totalDelivered"] == 0
    # By uid only within an application; what is not there is left out.
    shown = traffic(tenant, application="acme", endpoint=["first", "nobody", new_id("ep")])
    assert list(by_endpoint(shown)) == [first]
    assert by_endpoint(traffic(tenant, application=other, endpoint=second)) == {}
    assert set(by_endpoint(traffic(tenant, application=app))) == {first, second}
    assert sums(traffic(tenant, application=other)) == (0, 0)


def test_a_tenant_sees_its_own(tenant, receiver, new_tenant):
    stranger = new_tenant(tenant.server)
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/hook"))
    tenant.send(app)
    counted(tenant, 1, 0)
    assert sums(traffic(stranger)) == (0, 0)
    shown = traffic(stranger, endpoint=endpoint)
    assert sums(shown) == (0, 0) and shown["endpoints"] == []
    assert_unknown(stranger.http.get("/traffic", params={"application": app}))


def test_a_credential_of_an_application_sees_its_own(tenant, receiver):
    apps = [tenant.app(), tenant.app()]
    endpoints = [tenant.endpoint(app, receiver.script(f"/{n}")) for n, app in enumerate(apps)]
    for app in apps:
        tenant.send(app)
    counted(tenant, 2, 0)
    access = tenant.http.post(f"/auth/app-portal-access/{apps[0]}", json={}).json()
    portal = {"authorization": f"Bearer {access['token']}"}

    def ask(**query):
        return tenant.http.get("/traffic", params=query, headers=portal)

    shown = ask().json()
    assert sums(shown) == (1, 0) and list(by_endpoint(shown)) == [endpoints[0]]
    assert sums(ask(application=apps[0]).json()) == (1, 0)
    foreign = ask(endpoint=endpoints[1]).json()
    assert sums(foreign) == (0, 0) and foreign["endpoints"] == []
    for unknown in (apps[1], new_id("app"), "nobody"):
        assert_unknown(ask(application=unknown))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"since": "yesterday"}, "since"),
        ({"until": "2026-13-01T00:00:00Z"}, "until"),
        ({"since": "2026-01-01T00:00:00"}, "since"),
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "since"),
        ({"since": "2026-01-02T00:00:00Z", "until": "2026-01-02T00:00:00Z"}, "since"),
        ({"since": "9999-01-01T00:00:00Z"}, "since"),
        ({"since": "2026-01-01T00:00:00Z", "until": "2026-02-02T00:00:00Z"}, "since"),
        ({"until": "1970-01-01T00:00:00Z"}, "until"),
        ({"endpoint": "a b"}, "endpoint"),
        ({"endpoint": "a-uid"}, "endpoint"),
        ({"endpoint": [f"e{n}" for n in range(251)], "application": "default"}, "endpoint"),
        ({"application": "a b"}, "application"),
    ],
)
def test_what_cannot_be_shown_is_refused_where_it_is_wrong(tenant, query, name):
    answer = tenant.http.get("/traffic", params=query)
    assert answer.status_code == 422, answer.text
    (problem,) = answer.json()["detail"]
    assert problem["loc"] == ["query", name] and problem["msg"]


@pytest.mark.parametrize(
    ("window", "step_seconds"),
    [
        ({"hours": 1}, 60),
        ({"hours": 6}, 180),
        ({"hours": 12}, 300),
        ({"days": 1}, 600),
        ({"days": 2}, 3600),
        ({"days": 7}, 7200),
        ({"days": 30}, 21600),
    ],
)
def test_longer_times_have_longer_steps(tenant, receiver, window, step_seconds):
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    tenant.send(app)
    shown = counted(tenant, 1, 0, since=ago(**window))
    assert shown["stepSeconds"] == step_seconds
    assert len(shown["points"]) <= 150 and sums(shown) == (1, 0)
    assert shown["points"][-1]["delivered"] + shown["points"][-2]["delivered"] == 1
    assert shown["points"][-1]["at"] < shown["until"]


def test_a_time_that_is_over_has_nothing_of_now(tenant, receiver):
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    tenant.send(app)
    counted(tenant, 1, 0)
    shown = traffic(tenant, since=ago(hours=5), until=ago(hours=4))
    assert sums(shown) == (0, 0) and shown["endpoints"] == []
    assert shown["stepSeconds"] == 60 and 60 <= len(shown["points"]) <= 61


def test_numbers_survive_a_restart(server, new_tenant, receiver):
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook", first=[answers.status(500)]))
    for _ in range(20):
        tenant.send(app)
    receiver.wait_for("/hook", 20)
    assert server.terminate() == 0
    server.start()
    shown = traffic(tenant)
    assert sums(shown) == (19, 1)
    (entry,) = shown["endpoints"]
    assert (entry["totalDelivered"], entry["totalFailed"]) == (19, 1)
    assert entry["lastFailureStatusCode"] == 500


def test_a_kill_loses_the_last_few_seconds_at_most(server, new_tenant, receiver):
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    for _ in range(20):
        tenant.send(app)
    counted(tenant, 20, 0)  # What was seen once is stored.
    for _ in range(5):
        tenant.send(app)
    receiver.wait_for("/hook", 25)
    server.kill()
    server.start()
    # Those whose outcome was not recorded either are sent again, and count then.
    shown = traffic(tenant)
    assert 20 <= shown["delivered"] <= 25
    tenant.send(app)

    def goes_on():
        return traffic(tenant)["delivered"] > shown["delivered"]

    eventually(goes_on, "counting goes on")


def test_numbers_are_stored_without_anybody_looking(server, new_tenant, receiver):
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    tenant.send(app)
    receiver.wait_for("/hook")
    # Nothing of it is to be seen from outside but in the file.
    eventually(lambda: stored_totals(server) == 1, "numbers are in the store")
    server.kill()
    server.start()
    assert traffic(tenant)["delivered"] == 1


def test_numbers_of_a_deleted_endpoint_stay_in_the_sums(tenant, receiver):
    app = tenant.app()
    gone = tenant.endpoint(app, receiver.script("/gone"))
    kept = tenant.endpoint(app, receiver.script("/kept"))
    tenant.send(app)
    counted(tenant, 2, 0)
    tenant.sdk.endpoint.delete(app, gone)
    for query in ({}, {"application": app}):
        shown = traffic(tenant, **query)
        assert sums(shown) == (2, 0)
        assert list(by_endpoint(shown)) == [kept]
    shown = traffic(tenant, endpoint=[gone, kept])
    assert sums(shown) == (1, 0) and list(by_endpoint(shown)) == [kept]
    tenant.sdk.application.delete(app)
    shown = traffic(tenant)
    assert sums(shown) == (2, 0) and shown["endpoints"] == []
    assert_unknown(tenant.http.get("/traffic", params={"application": app}))


def test_a_disabled_webhook_is_shown_as_such(tenant, receiver):
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/gone", then=answers.status(410)))
    tenant.send(app)
    shown = counted(tenant, 0, 1)
    (entry,) = shown["endpoints"]
    assert entry["disabled"] is True and entry["lastFailureStatusCode"] == 410


def test_operational_webhooks_are_in_no_sum(tenant, receiver):
    made = tenant.http.post(
        "/operational-webhook/endpoint", json={"url": receiver.script("/operational")}
    )
    assert made.status_code in (200, 201), made.text
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    receiver.wait_for("/operational")
    own = made.json()["id"]

    def is_counted():
        return traffic(tenant, endpoint=own)["delivered"] >= 1

    eventually(is_counted, "the operational webhook counts for itself")
    shown = traffic(tenant)
    assert sums(shown) == (0, 0) and shown["endpoints"] == []


def test_what_waits_is_counted(server, new_tenant, receiver):
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hangs", then=answers.never))
    later = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)).isoformat()
    for _ in range(4):
        tenant.send(app)
    scheduled = tenant.http.post(
        f"/app/{app}/msg", json={"eventType": "a.b", "payload": {}, "deliverAt": later}
    )
    assert scheduled.status_code == 202, scheduled.text
    receiver.wait_for("/hangs")
    shown = traffic(tenant)
    assert shown["backlog"] == {"dueCount": 4, "laterCount": 1, "isMore": False}
    assert traffic(tenant, application=app)["backlog"] == shown["backlog"]
