"""What was acknowledged arrives, whatever happens to the server."""

import datetime
import random
import threading
import time

from svix.api import RecoverIn

from support import answers
from support.client import Producers, Tenant
from support.wait import eventually

RETRIES = ",".join(["1"] * 30)


def with_app(tenant):
    return tenant, tenant.app()


def test_a_receiver_that_was_down_while_the_server_was_killed_gets_everything(
    new_server, new_tenant, receiver
):
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": RETRIES})
    tenant, app = with_app(new_tenant(server))
    endpoint = tenant.endpoint(app, receiver.script("/crm"))
    receiver.down()
    acknowledged = [tenant.send(app, payload={"n": n}) for n in range(60)]
    server.kill()
    receiver.up()
    server.start()
    receiver.wait_for_ids("/crm", acknowledged, within=30)
    for message in acknowledged[::10]:
        tenant.wait_for_status(app, message, endpoint, "success")
    listed = tenant.sdk.message.list(app).data
    assert len(listed) == 50 and {entry.id for entry in listed} <= set(acknowledged)


def test_a_second_server_on_the_same_store_is_refused(new_server):
    server = new_server()
    second = new_server(start=False, directory=server.directory)
    assert "using" in second.refuses_to_start()
    assert server.is_running()


def test_twenty_kills_under_load_lose_nothing_that_was_acknowledged(
    new_server, new_tenant, receiver
):
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": RETRIES})
    tenant, app = with_app(new_tenant(server))
    refusals = [answers.status(500), answers.OK, answers.OK] * 200
    tenant.endpoint(app, receiver.script("/flaky", first=refusals))
    tenant.endpoint(app, receiver.script("/steady"))
    moments = random.Random(20)
    with Producers(tenant, app) as producers:
        for _ in range(20):
            # Each life does some work, and ends at any point of it.
            producers.wait_for(len(producers.acknowledged) + moments.randint(1, 120), within=60)
            threading.Event().wait(moments.uniform(0, 0.2))
            server.kill()
            server.start(within=30)
    acknowledged = producers.acknowledged
    assert producers.unexpected == []
    assert len(acknowledged) == len(set(acknowledged)) > 20
    receiver.wait_for_ids("/steady", acknowledged, within=90)
    receiver.wait_for_ids("/flaky", acknowledged, within=90)
    # And comes to its end in the store too: no delivery is left hanging between two lives.
    for message in moments.sample(acknowledged, 40):
        for endpoint in tenant.destinations(app, message):
            tenant.wait_for_status(app, message, endpoint, "success", within=30)


def test_sigterm_under_load_ends_cleanly(new_server, new_tenant, receiver):
    server = new_server(
        env={"HOOKWIRE_RETRY_SCHEDULE": RETRIES, "HOOKWIRE_SHUTDOWN_TIMEOUT_SECONDS": "10"}
    )
    tenant, app = with_app(new_tenant(server))
    tenant.endpoint(app, receiver.script("/steady"))
    with Producers(tenant, app) as producers:
        producers.wait_for(200)
        assert server.terminate(within=20) == 0, server.tail()
        known = len(producers.acknowledged)
        server.start()
        producers.wait_for(known + 50)
    assert producers.unexpected == []
    receiver.wait_for_ids("/steady", producers.acknowledged, within=30)
    assert "panicked" not in server.log()


def test_sigterm_waits_for_what_is_in_flight_and_records_it(new_server, new_tenant, receiver):
    server = new_server()
    tenant, app = with_app(new_tenant(server))
    gate = threading.Event()
    endpoint = tenant.endpoint(app, receiver.script("/slow", first=[answers.after(gate)]))
    message = tenant.send(app)
    receiver.wait_for("/slow")

    codes = []
    ending = threading.Thread(target=lambda: codes.append(server.terminate(within=20)))
    ending.start()
    eventually(lambda: refuses_connections(tenant), "the server accepts no more")
    gate.set()
    ending.join(25)
    assert codes == [0], server.tail()

    server.start()
    (attempt,) = tenant.attempts(app, message)
    assert attempt.response_status_code == 200
    assert tenant.destinations(app, message)[endpoint].status_text.value == "success"
    assert len(receiver.requests("/slow")) == 1


def refuses_connections(tenant):
    fresh = Tenant(tenant.server, tenant.token)
    try:
        fresh.http.get("/health")
    except Exception:  # noqa: BLE001 - in whatever way: it is gone
        return True
    finally:
        fresh.close()
    return False


def test_sigterm_does_not_wait_for_ever(new_server, new_tenant, receiver):
    """What hangs beyond the bound is left, and sent again in the next life."""
    server = new_server(env={"HOOKWIRE_SHUTDOWN_TIMEOUT_SECONDS": "2"})
    tenant, app = with_app(new_tenant(server))
    tenant.endpoint(app, receiver.script("/hangs", first=[answers.never]))
    message = tenant.send(app)
    receiver.wait_for("/hangs")
    begin = time.monotonic()
    assert server.terminate(within=15) == 0, server.tail()
    assert time.monotonic() - begin < 8
    server.start()
    came = receiver.wait_for("/hangs", 2)
    assert [request.id for request in came] == [message, message]
    assert tenant.wait_for_attempts(app, message, 1)[-1].response_status_code == 200


def test_what_does_not_fit_into_memory_waits_in_the_store(new_server, new_tenant, receiver):
    server = new_server(
        env={"HOOKWIRE_RETRY_SCHEDULE": RETRIES, "HOOKWIRE_MEMORY_DELIVERIES_MAX": "100"}
    )
    tenant, app = with_app(new_tenant(server))
    gate = threading.Event()
    tenant.endpoint(app, receiver.script("/slow", then=answers.after(gate)))
    tenant.endpoint(app, receiver.script("/healthy"))
    with Producers(tenant, app) as producers:
        producers.wait_for(1000, within=60)
    assert producers.unexpected == []
    # The one that is slow does not take the other's room for good.
    receiver.wait_for_ids("/healthy", producers.acknowledged, within=30)
    gate.set()
    receiver.wait_for_ids("/slow", producers.acknowledged, within=60)
    for path in ("/slow", "/healthy"):
        assert len(receiver.requests(path)) == len(producers.acknowledged), "sent twice"


def test_configuration_survives_as_well(new_server, new_tenant, receiver):
    server = new_server()
    tenant, app = with_app(new_tenant(server))
    tenant.event_type("order.paid")
    endpoint = tenant.endpoint(
        app, receiver.script("/kept"), event_types=["order.paid"], headers={"x-a": "b"}
    )
    secret = tenant.secret(app, endpoint)
    before = tenant.http.get(f"/app/{app}/endpoint/{endpoint}").json()
    server.kill()
    server.start()
    assert tenant.http.get(f"/app/{app}/endpoint/{endpoint}").json() == before
    assert tenant.secret(app, endpoint) == secret
    assert tenant.sdk.endpoint.get_headers(app, endpoint).headers == {"x-a": "b"}


def test_a_recovery_survives_a_kill(new_server, new_tenant, receiver):
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "1"})
    tenant, app = with_app(new_tenant(server))
    endpoint = tenant.endpoint(app, receiver.script("/down", then=answers.status(500)))
    lost = [tenant.send(app) for _ in range(120)]
    for message in lost:
        tenant.wait_for_status(app, message, endpoint, "fail", within=30)
    receiver.script("/down")
    since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    task = tenant.sdk.endpoint.recover(app, endpoint, RecoverIn(since=since))
    server.kill()
    server.start()
    receiver.wait_for_ids("/down", lost, within=30)
    eventually(
        lambda: tenant.sdk.background_task.get(task.id).status.value == "finished",
        "the task is finished",
    )
