"""Messages."""

from datetime import datetime, timedelta, timezone

from svix.api import (
    ApplicationIn,
    MessageCreateOptions,
    MessageGetOptions,
    MessageIn,
    MessageListOptions,
    MessagePrecheckIn,
)
from svix.api.message import message_in_raw

from walker import equal, eventually, holds, identities, pages_back, pages_forward, refused, step

APP = "acme"


def page(w):
    """A page of the list."""
    return lambda **options: w.sdk.message.list(APP, MessageListOptions(**options))


def shipped(w, payload, options=MessageCreateOptions(), **fields):
    """Sends an order.shipped, which goes to the endpoint hook."""
    message = MessageIn(event_type="order.shipped", payload=payload, **fields)
    made = w.sdk.message.create(APP, message, options)
    w.to_hook.append(made.id)
    return made


def wait_for_attempts(w, msg_id, count=1):
    """Waits until the message has so many attempts; gives them, the newest first."""

    def enough():
        attempts = w.sdk.message_attempt.list_by_msg(APP, msg_id).data
        holds(len(attempts) >= count, f"{len(attempts)} attempts instead of {count}")
        return attempts

    return eventually(enough)


@step("message.create: sends")
def _(w):
    due = MessageIn(event_type="invoice.due", payload={"n": 1}, event_id="due-1")
    w.due_id = w.sdk.message.create(APP, due).id
    paid = MessageIn(
        event_type="order.paid", payload={"total": 10}, event_id="paid-1", tags=["vip"]
    )
    made = w.sdk.message.create(APP, paid)
    w.paid_id = made.id
    w.to_hook = [made.id]
    equal((made.event_type, made.event_id, made.tags), ("order.paid", "paid-1", ["vip"]))


@step("message.create: an eventId that exists is refused with 409")
def _(w):
    again = MessageIn(event_type="order.paid", payload={}, event_id="paid-1")
    refused(409, w.sdk.message.create, APP, again)


@step("message.create: payload when asked for")
def _(w):
    equal(shipped(w, {"n": 2}, MessageCreateOptions(with_content=True)).payload, {"n": 2})
    equal(shipped(w, {"n": 2}, MessageCreateOptions(with_content=False)).payload, {})


@step("message.create: a key that was used gives the first answer")
def _(w):
    options = MessageCreateOptions(idempotency_key="walk-1")
    first = shipped(w, {"n": 3}, options)
    again = MessageIn(event_type="order.shipped", payload={"n": 3})
    equal(w.sdk.message.create(APP, again, options).id, first.id)
    other = MessageIn(event_type="order.shipped", payload={"n": 4})
    refused(422, w.sdk.message.create, APP, other, options)


@step("message.create: channels")
def _(w):
    message = MessageIn(event_type="order.cancelled", payload={}, channels=["eu"])
    made = w.sdk.message.create(APP, message)
    w.channel_id = made.id
    equal(made.channels, ["eu"])
    wait_for_attempts(w, made.id)
    reached = w.sdk.message_attempt.list_attempted_destinations(APP, made.id)
    equal(identities(reached.data), [w.regional_id])


@step("message.create: later")
def _(w):
    then = (datetime.now(timezone.utc) + timedelta(hours=1)).replace(microsecond=0)
    message = MessageIn(event_type="order.paid", payload={"total": 11}, deliver_at=then)
    made = w.sdk.message.create(APP, message)
    equal(made.deliver_at, then)
    equal(w.sdk.message_attempt.list_by_msg(APP, made.id).data, [])


@step("message.create: with a retention of its own")
def _(w):
    shipped(w, {"n": 5}, payload_retention_period=5)
    shipped(w, {"n": 6}, payload_retention_hours=24)


@step("message.create: raw text")
def _(w):
    message = message_in_raw("text.raw", '<order id="1">é</order>', "text/xml")
    made = w.sdk.message.create(APP, message)
    equal(wait_for_attempts(w, made.id)[0].response_status_code, 204)


@step("message.create: with its application")
def _(w):
    message = MessageIn(
        event_type="order.paid",
        payload={},
        application=ApplicationIn(name="Newcomer", uid="newcomer"),
    )
    w.sdk.message.create("newcomer", message)
    equal(w.sdk.application.get("newcomer").name, "Newcomer")


@step("message.get: reads by id and by eventId")
def _(w):
    by_id = w.sdk.message.get(APP, w.paid_id)
    equal(by_id, w.sdk.message.get(APP, "paid-1"))
    equal(by_id.event_type, "order.paid")


@step("message.get: payload when asked for")
def _(w):
    for asked, payload in ((True, {"total": 10}), (False, {})):
        found = w.sdk.message.get(APP, w.paid_id, MessageGetOptions(with_content=asked))
        equal(found.payload, payload)


@step("message.list: pages forward")
def _(w):
    pages_forward(w, page(w))


@step("message.list: pages back")
def _(w):
    pages_back(w, page(w))


@step("message.list: by tag, channel, event type and time")
def _(w):
    equal(identities(page(w)(tag="vip").data), [w.paid_id])
    equal(identities(page(w)(channel="eu").data), [w.channel_id])
    equal(identities(page(w)(event_types=["invoice.due"]).data), [w.due_id])
    equal(page(w)(before=w.start).data, [])
    equal(page(w)(after=w.start).data, page(w)().data)


@step("message.precheck: says whether anybody listens")
def _(w):
    for event_type, listens in (("order.paid", True), ("invoice.sent", False)):
        found = w.sdk.message.precheck(APP, MessagePrecheckIn(event_type=event_type))
        equal(found.active, listens)
