"""Nobody waits for somebody else's receiver."""

import threading
import time

from support import answers
from support.client import Producers

# How long the server under test waits for a receiver that says nothing. A healthy delivery that
# had to wait for such a receiver even once would be later than this.
TIMEOUT_S = 12

# The bound for everything healthy together: well below the above.
HEALTHY_WITHIN_S = 8

MESSAGES = 500

ENV = {
    "HOOKWIRE_OUTBOUND_FIRST_BYTE_TIMEOUT_MS": str(TIMEOUT_S * 1000),
    "HOOKWIRE_OUTBOUND_EXCHANGE_TIMEOUT_MS": str(TIMEOUT_S * 1000),
    "HOOKWIRE_RETRY_SCHEDULE": "1,1,1",
}


def send_many(tenant, app):
    """Sends at least MESSAGES messages over several connections; gives their ids."""
    with Producers(tenant, app) as producers:
        producers.wait_for(MESSAGES, within=60)
    assert producers.unexpected == []
    return producers.acknowledged


def assert_prompt(receiver, path, ids):
    """All arrive within the bound, counted from the moment when the last was acknowledged."""
    receiver.wait_for_ids(path, ids, within=HEALTHY_WITHIN_S)


def test_an_endpoint_that_never_answers_delays_no_other_of_its_application(
    new_server, new_tenant, receiver
):
    tenant = new_tenant(new_server(env=ENV))
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/hangs", then=answers.never))
    healthy = tenant.endpoint(app, receiver.script("/healthy"))
    sent = send_many(tenant, app)
    assert_prompt(receiver, "/healthy", sent)
    assert receiver.requests("/hangs"), "nothing was sent to the endpoint that hangs"
    # Recorded, too, not only sent: the recorder waits for nobody either.
    for message in sent[:: MESSAGES // 10]:
        tenant.wait_for_status(app, message, healthy, "success", within=HEALTHY_WITHIN_S)


def test_a_tenant_with_a_hanging_receiver_delays_no_other_tenant(new_server, new_tenant, receiver):
    server = new_server(env=ENV)
    noisy, quiet = new_tenant(server), new_tenant(server)
    noisy_app, quiet_app = noisy.app(), quiet.app()
    for n in range(4):
        noisy.endpoint(noisy_app, receiver.script(f"/hangs-{n}", then=answers.never))
    quiet.endpoint(quiet_app, receiver.script("/healthy"))
    send_many(noisy, noisy_app)
    begin = time.monotonic()
    sent = send_many(quiet, quiet_app)
    assert_prompt(receiver, "/healthy", sent)
    assert time.monotonic() - begin < TIMEOUT_S


def test_the_hanging_endpoints_own_messages_are_tried_and_kept(new_server, new_tenant, receiver):
    """Its backlog waits for it and is delivered once it answers."""
    tenant = new_tenant(
        new_server(
            env={
                "HOOKWIRE_OUTBOUND_FIRST_BYTE_TIMEOUT_MS": "500",
                "HOOKWIRE_OUTBOUND_EXCHANGE_TIMEOUT_MS": "1000",
                "HOOKWIRE_RETRY_SCHEDULE": ",".join(["1"] * 30),
            }
        )
    )
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/hangs", then=answers.never))
    sent = send_many(tenant, app)
    (first, *_) = tenant.wait_for_attempts(app, sent[0], 1)
    assert first.response_status_code == 0
    assert 400 <= first.response_duration_ms < 5000
    receiver.script("/hangs")
    receiver.wait_for_ids("/hangs", sent, within=60)
    tenant.wait_for_status(app, sent[-1], endpoint, "success")


def test_slow_trickling_and_failing_receivers_beside_a_healthy_one(
    new_server, new_tenant, receiver
):
    tenant = new_tenant(new_server(env=ENV))
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/trickles", then=answers.trickle))
    tenant.endpoint(app, receiver.script("/endless", then=answers.endless_body))
    tenant.endpoint(app, receiver.script("/fails", then=answers.status(500)))
    tenant.endpoint(app, "http://127.0.0.1:9/nobody-listens")
    tenant.endpoint(app, receiver.script("/healthy"))
    sent = [tenant.send(app) for _ in range(60)]
    assert_prompt(receiver, "/healthy", sent)


def test_requests_in_flight_to_one_endpoint_are_bounded(new_server, new_tenant, receiver):
    tenant = new_tenant(new_server(env={"HOOKWIRE_ENDPOINT_IN_FLIGHT_MAX": "2"}))
    app = tenant.app()
    gate = threading.Event()
    tenant.endpoint(app, receiver.script("/slow", then=answers.after(gate)))
    tenant.endpoint(app, receiver.script("/healthy"))
    sent = [tenant.send(app) for _ in range(30)]
    receiver.wait_for_ids("/healthy", sent)
    assert len(receiver.wait_for("/slow", 2)) == 2
    gate.set()
    receiver.wait_for_ids("/slow", sent)


def test_one_at_a_time_keeps_the_order_of_arrival(new_server, new_tenant, receiver):
    tenant = new_tenant(new_server(env={"HOOKWIRE_ENDPOINT_IN_FLIGHT_MAX": "1"}))
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/ordered"))
    sent = [tenant.send(app) for _ in range(100)]
    assert [request.id for request in receiver.wait_for("/ordered", 100)] == sent


def test_a_throttled_endpoint_keeps_to_its_rate_and_holds_up_nobody(tenant, receiver):
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/throttled"), throttle_rate=5)
    tenant.endpoint(app, receiver.script("/healthy"))
    sent = [tenant.send(app) for _ in range(20)]
    receiver.wait_for_ids("/healthy", sent, within=5)
    came = receiver.wait_for("/throttled", 20)
    # 20 at 5 a second: a burst of one second's worth may come at once, not more.
    spread = came[-1].monotonic_s - came[0].monotonic_s
    assert 2.5 <= spread <= 8, f"20 requests in {spread:.1f} s"
