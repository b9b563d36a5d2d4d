"""Attempts, what they reached, statistics."""

from svix.api import (
    EndpointGetStatsOptions,
    EventExampleIn,
    MessageAttemptListAttemptedMessagesOptions,
    MessageAttemptListByEndpointOptions,
    MessageAttemptListByMsgOptions,
)

from messages import shipped, wait_for_attempts
from walker import equal, eventually, holds, identities, pages_back, pages_forward, refused, step

APP = "acme"
NO_ATTEMPT = "atmpt_" + "2" * 27


def by_endpoint(w, endpoint_id):
    """A page of the attempts at an endpoint."""
    return lambda **options: w.sdk.message_attempt.list_by_endpoint(
        APP, endpoint_id, MessageAttemptListByEndpointOptions(**options)
    )


def by_message(w, msg_id):
    """A page of the attempts of a message."""
    return lambda **options: w.sdk.message_attempt.list_by_msg(
        APP, msg_id, MessageAttemptListByMsgOptions(**options)
    )


def messages_of(w, endpoint_id):
    """A page of an endpoint's messages."""
    return lambda **options: w.sdk.message_attempt.list_attempted_messages(
        APP, endpoint_id, MessageAttemptListAttemptedMessagesOptions(**options)
    )


def destination(w, msg_id, endpoint_id):
    """What became of a message at an endpoint."""
    found = w.sdk.message_attempt.list_attempted_destinations(APP, msg_id).data
    found = [one for one in found if one.id == endpoint_id]
    holds(found, "it has no delivery there")
    return found[0]


def wait_for_status(w, msg_id, endpoint_id, text):
    """Waits until that is in a status; gives it."""

    def reached():
        found = destination(w, msg_id, endpoint_id)
        equal(found.status_text.value, text)
        return found

    return eventually(reached)


@step("message-attempt.list-by-msg: waits for the attempt")
def _(w):
    (attempt,) = wait_for_attempts(w, w.paid_id)
    w.paid_attempt_id = attempt.id
    equal((attempt.status, attempt.status_text.value), (0, "success"))
    equal((attempt.response_status_code, attempt.trigger_type), (204, 0))
    equal((attempt.url, attempt.endpoint_id), (f"{w.receiver}/ok", w.hook_id))


@step("message-attempt.get: reads")
def _(w):
    attempt = w.sdk.message_attempt.get(APP, w.paid_id, w.paid_attempt_id)
    equal((attempt.id, attempt.msg_id), (w.paid_attempt_id, w.paid_id))


@step("message-attempt.get: what is not there is refused with 404")
def _(w):
    refused(404, w.sdk.message_attempt.get, APP, w.paid_id, NO_ATTEMPT)


@step("message-attempt.list-by-endpoint: pages forward")
def _(w):
    for n in range(10, 15):
        shipped(w, {"n": n})
    for msg_id in w.to_hook:
        wait_for_attempts(w, msg_id)
    pages_forward(w, by_endpoint(w, w.hook_id))


@step("message-attempt.list-by-endpoint: pages back")
def _(w):
    pages_back(w, by_endpoint(w, w.hook_id))


@step("message-attempt.list-by-endpoint: with its message, by status, class and event type")
def _(w):
    for attempt in by_endpoint(w, w.hook_id)(with_msg=True).data:
        equal(attempt.msg.id, attempt.msg_id)
    equal(by_endpoint(w, w.hook_id)(status=2).data, [])
    found = by_endpoint(w, w.failing_id)(status_code_class=500).data
    equal({attempt.response_status_code for attempt in found}, {500})
    found = by_endpoint(w, w.hook_id)(event_types=["order.paid"]).data
    equal(identities(found), [w.paid_attempt_id])


@step("message-attempt.list-by-msg: pages forward")
def _(w):
    failed = wait_for_status(w, w.due_id, w.failing_id, "fail")
    equal((failed.status, failed.next_attempt), (2, None))
    pages_forward(w, by_message(w, w.due_id), limit=1)
    equal(len(w.pages), 3)
    w.due_attempt_id = w.pages[-1].data[0].id


@step("message-attempt.list-by-msg: pages back")
def _(w):
    pages_back(w, by_message(w, w.due_id), limit=1)


@step("message-attempt.list-by-msg: with the answer, by endpoint")
def _(w):
    found = by_message(w, w.due_id)(with_content=True).data
    equal({attempt.response for attempt in found}, {"out of order"})
    equal(by_message(w, w.due_id)(endpoint_id=w.hook_id).data, [])


@step("message-attempt.list-attempted-messages: pages forward")
def _(w):
    pages_forward(w, messages_of(w, w.hook_id))
    for message in w.pages[0].data:
        holds(message.id and message.event_type and message.status_text, "a field is missing")


@step("message-attempt.list-attempted-messages: pages back")
def _(w):
    pages_back(w, messages_of(w, w.hook_id))


@step("message-attempt.list-attempted-destinations: reads")
def _(w):
    found = w.sdk.message_attempt.list_attempted_destinations(APP, w.due_id)
    equal(identities(found.data), [w.failing_id])
    equal(found.data[0].url, f"{w.receiver}/fail")
    holds(found.done, "it is not done")


@step("message-attempt.resend: makes one more attempt")
def _(w):
    w.sdk.message_attempt.resend(APP, w.paid_id, w.hook_id)
    newest, oldest = wait_for_attempts(w, w.paid_id, 2)
    equal((newest.trigger_type, oldest.trigger_type), (1, 0))


@step("message-attempt.expunge-content: takes the answer away")
def _(w):
    w.sdk.message_attempt.expunge_content(APP, w.due_id, w.due_attempt_id)
    attempt = w.sdk.message_attempt.get(APP, w.due_id, w.due_attempt_id)
    holds("out of order" not in attempt.response, "the answer is still there")


@step("endpoint.get-stats: counts")
def _(w):
    options = EndpointGetStatsOptions(since=w.start)
    stats = w.sdk.endpoint.get_stats(APP, w.hook_id, options)
    holds(stats.success >= 7, f"only {stats.success} successes")
    equal(stats.fail, 0)
    equal(w.sdk.endpoint.get_stats(APP, w.failing_id, options).fail, 1)


@step("endpoint.send-example: sends")
def _(w):
    made = w.sdk.endpoint.send_example(APP, "hook", EventExampleIn(event_type="order.paid"))
    equal(made.event_type, "order.paid")
    equal(wait_for_attempts(w, made.id)[0].endpoint_id, w.hook_id)
