"""Messages, deliveries and attempts through the official SDK."""

import concurrent.futures
import datetime

import pytest
from svix.api import (
    MessageAttemptListAttemptedDestinationsOptions,
    MessageAttemptListAttemptedMessagesOptions,
    MessageAttemptListByEndpointOptions,
    MessageAttemptListByMsgOptions,
    MessageCreateOptions,
    MessageGetOptions,
    MessageIn,
    MessageListOptions,
)
from svix.api.message import message_in_raw
from svix.exceptions import HttpError
from svix.models import MessageStatus, StatusCodeClass

from support import answers
from support.composed import signature
from support.paging import walk
from support.tokens import new_id
from support.wait import eventually


def ids(listed):
    return [entry.id for entry in listed.data]


# ---- messages -------------------------------------------------------------------------------


def test_create_and_get(tenant):
    app = tenant.app(uid="acme")
    payload = {"order": 7, "lines": [{"n": 1.5}], "note": None}
    made = tenant.sdk.message.create(
        "acme",
        MessageIn(
            event_type="order.paid",
            event_id="order-7",
            payload=payload,
            channels=["berlin", "a:b+c"],
            tags=["x/y#z", "second"],
        ),
        MessageCreateOptions(with_content=True),
    )
    assert made.id.startswith("msg_") and len(made.id) == 31
    assert (made.event_type, made.event_id) == ("order.paid", "order-7")
    assert (made.channels, made.tags) == (["berlin", "a:b+c"], ["x/y#z", "second"])
    assert made.payload == payload
    for name in (made.id, "order-7"):
        assert tenant.sdk.message.get(app, name, MessageGetOptions(with_content=True)) == made
        assert tenant.sdk.message.get(app, name).payload == {}, "contents are left out"


def test_an_event_id_is_taken_once(tenant):
    app, other = tenant.app(), tenant.app(name="Other")
    first = tenant.send(app, event_id="order-7")
    with pytest.raises(HttpError) as refused:
        tenant.send(app, event_id="order-7")
    assert refused.value.status_code == 409
    tenant.send(other, event_id="order-7")
    assert ids(tenant.sdk.message.list(app)) == [first]


def test_the_same_event_id_many_times_at_once_is_accepted_once(tenant, receiver):
    """Within one commit as well as between two."""
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/once"))

    def send(n):
        body = {"eventType": "a.b", "eventId": f"event-{n % 5}", "payload": {"n": n}}
        return tenant.http.post(f"/app/{app}/msg", json=body)

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        codes = [answer.status_code for answer in pool.map(send, range(50))]
    assert sorted(codes) == [202] * 5 + [409] * 45
    accepted = ids(tenant.sdk.message.list(app))
    assert len(accepted) == 5
    receiver.wait_for_ids("/once", accepted)
    assert receiver.ids("/once") == set(accepted)


def test_list_in_pages_newest_first(tenant):
    app = tenant.app()
    made = [tenant.send(app) for _ in range(7)]

    def page(limit, iterator):
        options = MessageListOptions(limit=limit, iterator=iterator)
        return tenant.sdk.message.list(app, options)

    assert [entry.id for entry in walk(page, 7)] == made[::-1]


def test_list_filters(tenant):
    app = tenant.app()
    paid = tenant.send(app, "order.paid", channels=["berlin"], tags=["red"])
    made = tenant.send(app, "order.made", channels=["bonn", "berlin"], tags=["red", "blue"])
    lost = tenant.send(app, "order.lost")

    def listed(**options):
        return ids(tenant.sdk.message.list(app, MessageListOptions(**options)))

    assert listed(event_types=["order.paid"]) == [paid]
    assert listed(event_types=["order.paid", "order.lost"]) == [lost, paid]
    assert listed(channel="berlin") == [made, paid]
    assert listed(channel="bonn") == [made]
    assert listed(tag="blue") == [made]
    assert listed(tag="red", event_types=["order.paid"]) == [paid]
    assert listed(channel="nowhere") == []
    moment = tenant.sdk.message.get(app, made).timestamp
    millisecond = datetime.timedelta(milliseconds=1)
    assert lost in listed(after=moment - millisecond)
    assert paid not in listed(after=moment)
    assert lost not in listed(before=moment)
    assert listed(before=moment + datetime.timedelta(days=1)) == [lost, made, paid]
    assert listed(after=moment + datetime.timedelta(days=1)) == []


def test_filters_hold_while_paging(tenant):
    app = tenant.app()
    wanted = []
    for n in range(14):
        message = tenant.send(app, f"type.{n % 2}", tags=[f"t{n % 3}"])
        if n % 2 == 0:
            wanted.append(message)

    def page(limit, iterator):
        options = MessageListOptions(limit=limit, iterator=iterator, event_types=["type.0"])
        return tenant.sdk.message.list(app, options)

    assert [entry.id for entry in walk(page, 7)] == wanted[::-1]


def test_lists_leave_contents_out_unless_asked_for(tenant):
    app = tenant.app()
    tenant.send(app, payload={"big": "x" * 100})
    assert tenant.sdk.message.list(app).data[0].payload == {}
    full = tenant.sdk.message.list(app, MessageListOptions(with_content=True))
    assert full.data[0].payload == {"big": "x" * 100}
    # Plain HTTP gives them by default.
    assert tenant.http.get(f"/app/{app}/msg").json()["data"][0]["payload"] == {"big": "x" * 100}


def test_a_text_of_its_own_is_sent_as_it_is_and_signed(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/hook"))
    text = "name;total\nŁódź;7\n"
    made = tenant.sdk.message.create(app, message_in_raw("a.b", text, "text/csv"))
    tenant.wait_for_status(app, made.id, endpoint, "success")
    tenant.sdk.message_attempt.resend(app, made.id, endpoint)
    for request in receiver.wait_for("/hook", 2):
        assert request.body == text.encode()
        assert request.header("content-type") == "text/csv"
        assert request.id == made.id
        signed = signature(tenant.secret(app, endpoint), request)
        assert request.header("webhook-signature") == signed
    assert "total" not in tenant.http.get(f"/app/{app}/msg/{made.id}").text


# ---- attempts -------------------------------------------------------------------------------


@pytest.fixture
def history(tenant, receiver):
    """Seven tries of one message at one endpoint: six failures and a success."""
    app = tenant.app()
    codes = [500, 404, 301, 503, 500, 400]
    first = [answers.status(code, b"no %d" % code) for code in codes]
    endpoint = tenant.endpoint(app, receiver.script("/seven", first=first), uid="seven")
    message = tenant.send(app, "order.paid", tags=["red"], channels=["berlin"], event_id="e-7")
    tenant.wait_for_attempts(app, message, 7, within=30)
    return app, endpoint, message


def test_attempts_of_a_message(tenant, history):
    app, endpoint, message = history

    def listed(**options):
        options = MessageAttemptListByMsgOptions(**options)
        return [
            entry.response_status_code
            for entry in tenant.sdk.message_attempt.list_by_msg(app, message, options).data
        ]

    everything = [200, 400, 500, 503, 301, 404, 500]
    assert listed() == everything, "newest first"
    assert listed(status=MessageStatus.SUCCESS) == [200]
    assert listed(status=MessageStatus.FAIL) == everything[1:]
    assert listed(status=MessageStatus.PENDING) == []
    assert listed(status_code_class=StatusCodeClass.CODE5XX) == [500, 503, 500]
    assert listed(status_code_class=StatusCodeClass.CODE3XX) == [301]
    assert listed(status_code_class=StatusCodeClass.CODE_NONE) == []
    assert listed(endpoint_id=endpoint) == everything
    assert listed(endpoint_id="seven") == everything
    assert listed(event_types=["order.paid"], tag="red", channel="berlin") == everything
    assert listed(event_types=["order.lost"]) == []
    assert listed(tag="blue") == []

    third = tenant.attempts(app, message)[2]
    assert listed(before=third.timestamp) == [404, 500]
    assert listed(after=third.timestamp) == [200, 400, 500, 503]

    def page(limit, iterator):
        options = MessageAttemptListByMsgOptions(limit=limit, iterator=iterator)
        return tenant.sdk.message_attempt.list_by_msg(app, message, options)

    assert [entry.response_status_code for entry in walk(page, 7)] == everything


def test_attempts_of_an_endpoint(tenant, history):
    app, endpoint, message = history
    by_endpoint = tenant.sdk.message_attempt.list_by_endpoint

    def listed(**options):
        options = MessageAttemptListByEndpointOptions(**options)
        return [entry.response_status_code for entry in by_endpoint(app, "seven", options).data]

    everything = [200, 400, 500, 503, 301, 404, 500]
    assert listed() == everything
    assert listed(status=MessageStatus.SUCCESS) == [200]
    assert listed(status_code_class=StatusCodeClass.CODE4XX) == [400, 404]
    assert listed(event_types=["order.paid"], tag="red", channel="berlin") == everything
    assert listed(channel="bonn") == []

    full = by_endpoint(
        app, endpoint, MessageAttemptListByEndpointOptions(with_msg=True, with_content=True)
    ).data
    assert full[1].response == "no 400"
    assert full[1].msg.id == message
    assert full[1].msg.event_id == "e-7"
    assert full[1].msg.payload == {}, "payloads are never part of it"
    assert by_endpoint(app, endpoint).data[0].msg is None

    def page(limit, iterator):
        options = MessageAttemptListByEndpointOptions(limit=limit, iterator=iterator)
        return by_endpoint(app, endpoint, options)

    assert [entry.response_status_code for entry in walk(page, 7)] == everything


def test_one_attempt(tenant, history):
    app, endpoint, message = history
    listed = tenant.attempts(app, message, with_content=True)
    for attempt in listed:
        for name in (message, "e-7"):
            one = tenant.sdk.message_attempt.get(app, name, attempt.id)
            assert (one.id, one.response) == (attempt.id, attempt.response)
            assert (one.msg_id, one.endpoint_id) == (message, endpoint)
            assert one.response_duration_ms >= 0
    other = tenant.send(app)
    with pytest.raises(HttpError) as gone:
        tenant.sdk.message_attempt.get(app, other, listed[0].id)
    assert gone.value.status_code == 404


def test_attempts_that_nothing_answered(tenant):
    app = tenant.app()
    tenant.endpoint(app, "http://127.0.0.1:9/")
    message = tenant.send(app)
    (attempt, *_) = tenant.wait_for_attempts(app, message, 1)
    assert (attempt.response_status_code, attempt.status_text.value) == (0, "fail")
    none = MessageAttemptListByMsgOptions(status_code_class=StatusCodeClass.CODE_NONE)
    assert tenant.sdk.message_attempt.list_by_msg(app, message, none).data


# ---- deliveries -----------------------------------------------------------------------------


def test_the_endpoints_of_a_message(tenant, receiver):
    app = tenant.app()
    made = [tenant.endpoint(app, receiver.script(f"/{n}")) for n in range(6)]
    receiver.script("/fails", then=answers.status(500))
    fails = tenant.endpoint(app, receiver.url("/fails"), description="always")
    message = tenant.send(app, event_id="e-1")
    for endpoint in made:
        tenant.wait_for_status(app, message, endpoint, "success")
    tenant.wait_for_attempts(app, message, 7)
    delivery = tenant.destinations(app, "e-1")[fails]
    assert (delivery.status.value, delivery.status_text.value) == (1, "pending")
    assert delivery.next_attempt is not None
    assert delivery.description == "always"
    done = tenant.destinations(app, message)[made[0]]
    assert done.next_attempt is None

    def page(limit, iterator):
        options = MessageAttemptListAttemptedDestinationsOptions(limit=limit, iterator=iterator)
        return tenant.sdk.message_attempt.list_attempted_destinations(app, message, options)

    assert [entry.id for entry in walk(page, 7)] == [*made, fails]


def test_the_messages_of_an_endpoint(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/"), uid="hook")
    made = [tenant.send(app, f"type.{n % 2}", tags=[f"n{n}"]) for n in range(6)]
    for message in made:
        tenant.wait_for_status(app, message, endpoint, "success")
    receiver.script("/", then=answers.status(500))
    pending = tenant.send(app, "type.0", channels=["berlin"])
    tenant.wait_for_attempts(app, pending, 1)
    everything = [pending, *made[::-1]]
    of_endpoint = tenant.sdk.message_attempt.list_attempted_messages

    def listed(**options):
        return ids(of_endpoint(app, "hook", MessageAttemptListAttemptedMessagesOptions(**options)))

    assert listed() == everything
    assert listed(status=MessageStatus.SUCCESS) == made[::-1]
    assert listed(status=MessageStatus.PENDING) == [pending]
    assert listed(status=MessageStatus.FAIL) == []
    assert listed(event_types=["type.1"]) == [made[5], made[3], made[1]]
    assert listed(tag="n2") == [made[2]]
    assert listed(channel="berlin") == [pending]
    newest = of_endpoint(app, endpoint).data[0]
    assert (newest.status_text.value, newest.event_type) == ("pending", "type.0")
    assert newest.next_attempt is not None
    assert newest.payload == {}
    moment = tenant.sdk.message.get(app, made[3]).timestamp
    assert made[3] not in listed(after=moment) and pending in listed(after=moment)
    assert made[3] not in listed(before=moment) and made[0] in listed(before=moment)

    def page(limit, iterator):
        options = MessageAttemptListAttemptedMessagesOptions(limit=limit, iterator=iterator)
        return of_endpoint(app, endpoint, options)

    assert [entry.id for entry in walk(page, 7)] == everything


def test_a_message_that_nobody_wants(tenant):
    app = tenant.app()
    message = tenant.send(app)
    assert tenant.destinations(app, message) == {}
    listed = tenant.sdk.message_attempt.list_by_msg(app, message)
    assert listed.data == [] and listed.done and listed.iterator is None


def test_resend_to_an_endpoint_that_did_not_get_it(tenant, receiver):
    """An endpoint made later can be given an earlier message."""
    app = tenant.app()
    message = tenant.send(app)
    endpoint = tenant.endpoint(app, receiver.script("/late"))
    tenant.sdk.message_attempt.resend(app, message, endpoint)
    receiver.wait_for_ids("/late", [message])
    tenant.wait_for_status(app, message, endpoint, "success")
    eventually(lambda: tenant.attempts(app, message), "the attempt is listed")


def test_things_that_do_not_exist(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.url("/"))
    message = tenant.send(app)
    attempts = tenant.sdk.message_attempt
    for call in (
        lambda: tenant.sdk.message.get(app, new_id("msg")),
        lambda: tenant.sdk.message.get(app, "no-such-event"),
        lambda: attempts.list_by_msg(app, new_id("msg")),
        lambda: attempts.list_by_endpoint(app, new_id("ep")),
        lambda: attempts.list_attempted_messages(app, "no-such-endpoint"),
        lambda: attempts.list_attempted_destinations(app, new_id("msg")),
        lambda: attempts.get(app, message, new_id("atmpt")),
        lambda: attempts.resend(app, message, new_id("ep")),
        lambda: attempts.resend(app, new_id("msg"), endpoint),
        lambda: tenant.sdk.background_task.get(new_id("qtask")),
    ):
        with pytest.raises(HttpError) as gone:
            call()
        assert (gone.value.status_code, gone.value.code) == (404, "not_found")
        assert gone.value.detail


def test_health(tenant):
    tenant.sdk.health.get()
    for method in ("GET", "HEAD"):
        for path in ("/health", "/health/", "/health/ping"):
            answer = tenant.http.request(method, path, headers={"authorization": ""})
            assert (answer.status_code, answer.content) == (204, b""), (method, path)
