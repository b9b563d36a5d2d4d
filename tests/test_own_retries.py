"""Retries as a webhook wants them, and deliveries in order."""

import threading

from support import answers
from support.composed import attempts_at, make, wait_for_state


def test_a_schedule_of_its_own(tenant, receiver):
    """The server's schedule would try ten times more."""
    app = tenant.app()
    refusal = answers.status(500)
    once = make(tenant, app, receiver.script("/once", then=refusal), retry={"scheduleSeconds": []})
    twice = make(
        tenant, app, receiver.script("/twice", then=refusal), retry={"scheduleSeconds": [1]}
    )
    message = tenant.send(app)
    wait_for_state(tenant, app, message, once, "fail")
    wait_for_state(tenant, app, message, twice, "fail")
    assert len(receiver.requests("/once")) == 1
    first, second = receiver.requests("/twice")
    assert second.monotonic_s - first.monotonic_s >= 0.75


def test_client_errors_need_not_be_retried(tenant, receiver):
    app = tenant.app()
    no_retry = {"retryClientErrors": False}

    def webhook(path, code, **fields):
        url = receiver.script(path, first=[answers.status(code)])
        return make(tenant, app, url, **fields)

    given_up = [webhook(f"/{code}", code, retry=no_retry) for code in (400, 404, 422)]
    retried = [webhook(f"/{code}", code, retry=no_retry) for code in (408, 425, 429, 500)]
    retried.append(webhook("/default", 404))
    message = tenant.send(app)
    for endpoint in given_up:
        wait_for_state(tenant, app, message, endpoint, "fail")
    for endpoint in retried:
        wait_for_state(tenant, app, message, endpoint, "success")
    for code in (400, 404, 422):
        assert len(receiver.requests(f"/{code}")) == 1


def test_a_deadline_of_its_own(tenant, receiver):
    app = tenant.app()
    endpoint = make(
        tenant,
        app,
        receiver.script("/slow", then=answers.never),
        retry={"timeoutMs": 1000, "scheduleSeconds": []},
    )
    message = tenant.send(app)
    wait_for_state(tenant, app, message, endpoint, "fail")
    (attempt,) = attempts_at(tenant, app, message, endpoint)
    assert attempt["cause"] == "timeout"
    assert 900 <= attempt["responseDurationMs"] < 5000


def test_an_ordered_endpoint_keeps_the_order_over_failures(tenant, receiver):
    app = tenant.app()
    gate = threading.Event()
    failures = [answers.after(gate, answers.status(500)), answers.status(503)]
    ordered = make(tenant, app, receiver.script("/ordered", first=failures), ordered=True)
    make(tenant, app, receiver.script("/other"))
    sent = [tenant.send(app, payload={"n": n}) for n in range(20)]
    # All are accepted, and others have them, before the first is answered.
    receiver.wait_for_ids("/other", sent)
    assert len(receiver.requests("/ordered")) == 1
    gate.set()
    wait_for_state(tenant, app, sent[-1], ordered, "success", within=30)
    came = [request.id for request in receiver.requests("/ordered")]
    assert came == [sent[0]] * 3 + sent[1:]


def test_an_ordered_endpoint_goes_on_after_one_that_is_given_up(tenant, receiver):
    app = tenant.app()
    url = receiver.script("/ordered", first=[answers.status(500)] * 2)
    endpoint = make(tenant, app, url, ordered=True, retry={"scheduleSeconds": [1]})
    first, second = tenant.send(app), tenant.send(app)
    wait_for_state(tenant, app, first, endpoint, "fail")
    wait_for_state(tenant, app, second, endpoint, "success")
    assert [came.id for came in receiver.requests("/ordered")] == [first, first, second]


def test_an_ordered_endpoint_keeps_the_order_over_a_crash(new_server, new_tenant, receiver):
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": ",".join(["1"] * 20)})
    tenant = new_tenant(server)
    app = tenant.app()
    url = receiver.script("/ordered", then=answers.status(500))
    endpoint = make(tenant, app, url, ordered=True)
    sent = [tenant.send(app, payload={"n": n}) for n in range(30)]
    receiver.wait_for("/ordered", 2)
    server.kill()
    failed = len(receiver.requests("/ordered"))
    receiver.script("/ordered")
    server.start()
    later = tenant.send(app)
    wait_for_state(tenant, app, later, endpoint, "success", within=30)
    came = [request.id for request in receiver.requests("/ordered")]
    assert set(came[:failed]) == {sent[0]}
    assert came[failed:] == [*sent, later]
