"""Messages that are to be sent later, and those that are taken back."""

import datetime
import time

import pytest
from svix.exceptions import HttpError, HTTPValidationError

from support import answers
from support.wait import eventually


def in_(**span):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**span)


def cancel(tenant, app, message):
    answer = tenant.http.post(f"/app/{app}/msg/{message}/cancel")
    assert answer.status_code == 200, answer.text
    return answer.json()["canceled"]


def test_nothing_is_sent_before_its_time(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/hook"))
    at = in_(seconds=2)
    later = tenant.send(app, deliver_at=at)
    now = tenant.send(app)
    receiver.wait_for_ids("/hook", [now])
    waiting = tenant.destinations(app, later)[endpoint]
    assert waiting.status_text.value == "pending"
    assert abs((waiting.next_attempt - at).total_seconds()) < 0.01
    receiver.wait_for_ids("/hook", [later])
    (request,) = [it for it in receiver.requests("/hook") if it.id == later]
    assert request.unix_s >= at.timestamp() - 0.01
    tenant.wait_for_status(app, later, endpoint, "success")


def test_it_survives_kills_until_its_time_comes(new_server, new_tenant, receiver):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    at = in_(seconds=3)
    later = [tenant.send(app, payload={"n": n}, deliver_at=at) for n in range(10)]
    far = tenant.send(app, deliver_at=in_(days=30))
    for _ in range(2):
        server.kill()
        server.start()
    receiver.wait_for_ids("/hook", later)
    came = receiver.requests("/hook")
    assert min(request.unix_s for request in came) >= at.timestamp() - 0.01
    assert far not in {request.id for request in came}


def test_what_is_due_while_the_server_is_away_comes_when_it_is_back(
    new_server, new_tenant, receiver
):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hook"))
    at = in_(seconds=1)
    message = tenant.send(app, deliver_at=at)
    server.kill()
    time.sleep(max(0, at.timestamp() - time.time()))  # Its time passes: nothing to wait for.
    assert receiver.requests("/hook") == []
    server.start()
    receiver.wait_for_ids("/hook", [message])


def test_a_canceled_message_is_never_sent(new_server, new_tenant, receiver):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    endpoints = [tenant.endpoint(app, receiver.script(path)) for path in ("/a", "/b")]
    at = in_(seconds=2)
    canceled = tenant.send(app, event_id="order-7", deliver_at=at)
    kept = tenant.send(app, deliver_at=at)
    assert cancel(tenant, app, "order-7") == 2
    assert cancel(tenant, app, canceled) == 0, "it was canceled already"
    server.kill()
    server.start()
    for path in ("/a", "/b"):
        receiver.wait_for_ids(path, [kept])
        assert receiver.ids(path) == {kept}
    path = f"/app/{app}/msg/{canceled}/endpoint"
    shown = tenant.http.get(path, params={"expanded_statuses": True}).json()["data"]
    assert {it["id"]: it["statusText"] for it in shown} == dict.fromkeys(endpoints, "canceled")
    # Whoever changes their mind sends it by hand.
    tenant.sdk.message_attempt.resend(app, canceled, endpoints[0])
    receiver.wait_for_ids("/a", [canceled])
    assert canceled not in receiver.ids("/b")


def test_retries_are_canceled_too(new_server, new_tenant, receiver):
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "3600"})
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/down", then=answers.status(500)))
    tenant.endpoint(app, receiver.script("/up"))
    message = tenant.send(app)
    tenant.wait_for_attempts(app, message, 2)
    eventually(lambda: cancel(tenant, app, message) == 1, "the retry is canceled")
    statuses = [it.status_text.value for it in tenant.destinations(app, message).values()]
    assert "pending" not in statuses and "success" in statuses


def test_refusals(tenant):
    app = tenant.app()
    with pytest.raises(HTTPValidationError):
        tenant.send(app, deliver_at=in_(days=91))
    with pytest.raises(HTTPValidationError):
        tenant.send(app, deliver_at=in_(hours=2), payload_retention_hours=1)
    with pytest.raises(HttpError) as missing:
        tenant.sdk.message_attempt.list_attempted_destinations(app, "order-8")
    assert missing.value.status_code == 404
    assert tenant.http.post(f"/app/{app}/msg/order-8/cancel").status_code == 404
