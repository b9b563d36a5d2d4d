"""What happens when a receiver does not say 2xx."""

import datetime
import email.utils
import time

import pytest
from svix.api import BackgroundTaskListOptions, RecoverIn
from svix.exceptions import HttpError
from svix.models import BackgroundTaskStatus, BackgroundTaskType, Ordering

from support import answers
from support.paging import walk
from support.wait import eventually


@pytest.fixture
def short(new_server, new_tenant):
    """A tenant on a server that gives up after two tries."""
    return new_tenant(new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "1"}))


def test_gone_disables_the_endpoint(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/gone", first=[answers.status(410)]))
    message = tenant.send(app)
    tenant.wait_for_status(app, message, endpoint, "fail")
    eventually(lambda: tenant.sdk.endpoint.get(app, endpoint).disabled, "endpoint is disabled")

    # What comes now is not for it, and cannot be forced on it.
    later = tenant.send(app)
    assert endpoint not in tenant.destinations(app, later)
    with pytest.raises(HttpError) as refused:
        tenant.sdk.message_attempt.resend(app, message, endpoint)
    assert refused.value.status_code == 400

    # A person may switch it on again.
    answer = tenant.http.patch(f"/app/{app}/endpoint/{endpoint}", json={"disabled": False})
    assert answer.status_code == 200
    tenant.sdk.message_attempt.resend(app, message, endpoint)
    tenant.wait_for_status(app, message, endpoint, "success")
    assert len(receiver.requests("/gone")) == 2


def test_a_receiver_may_ask_for_more_time(tenant, receiver):
    """Retry-After in both of its forms; the schedule alone would wait one second."""
    app = tenant.app()
    in_seconds = answers.status(503, headers=[("retry-after", "3")])
    tenant.endpoint(app, receiver.script("/seconds", first=[in_seconds]))

    def at_a_date(connection, request, closing):
        date = email.utils.formatdate(time.time() + 4, usegmt=True)
        answer = answers.status(429, headers=[("Retry-After", date)])
        return answer(connection, request, closing)

    tenant.endpoint(app, receiver.script("/date", first=[at_a_date]))
    tenant.send(app)

    first, second = receiver.wait_for("/seconds", 2)
    assert second.monotonic_s - first.monotonic_s >= 2.95
    first, second = receiver.wait_for("/date", 2)
    assert second.monotonic_s - first.monotonic_s >= 2.95  # the date has whole seconds


def test_an_absurd_retry_after_does_no_harm(tenant, receiver):
    """Nonsense is ignored: the schedule holds."""
    app = tenant.app()
    for n, value in enumerate(["soon", "-5", "1e3", "", "9" * 40]):
        refusal = answers.status(503, headers=[("retry-after", value)])
        tenant.endpoint(app, receiver.script(f"/odd-{n}", first=[refusal]))
    message = tenant.send(app)
    for n in range(4):
        receiver.wait_for(f"/odd-{n}", 2)
    # A number that no calendar holds is nonsense or very late, but never a crash.
    assert len(tenant.attempts(app, message)) >= 5


@pytest.mark.parametrize("code", [301, 302, 304, 307, 308, 400, 401, 404, 409, 422, 500, 599])
def test_only_2xx_is_success(tenant, receiver, code):
    app = tenant.app()
    refusal = answers.status(code, headers=[("location", receiver.url("/elsewhere"))])
    tenant.endpoint(app, receiver.script("/refuses", first=[refusal]))
    message = tenant.send(app)
    first, second = tenant.wait_for_attempts(app, message, 2)
    assert (first.response_status_code, first.status_text.value) == (code, "fail")
    assert (second.response_status_code, second.status_text.value) == (200, "success")
    assert receiver.requests("/elsewhere") == [], "a redirect was followed"


@pytest.mark.parametrize("code", [200, 201, 202, 204, 206, 299])
def test_every_2xx_is_success(tenant, receiver, code):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/accepts", then=answers.status(code)))
    message = tenant.send(app)
    tenant.wait_for_status(app, message, endpoint, "success")
    (attempt,) = tenant.attempts(app, message)
    assert attempt.response_status_code == code


def test_resend_makes_one_manual_attempt_and_then_the_schedule(short, receiver):
    app = short.app()
    endpoint = short.endpoint(app, receiver.script("/again", first=[answers.status(500)] * 3))
    message = short.send(app)
    short.wait_for_status(app, message, endpoint, "fail")
    assert len(receiver.requests("/again")) == 2

    short.sdk.message_attempt.resend(app, message, endpoint)
    short.wait_for_status(app, message, endpoint, "success")
    attempts = short.wait_for_attempts(app, message, 4)
    assert [attempt.response_status_code for attempt in attempts] == [500, 500, 500, 200]
    assert [attempt.trigger_type.value for attempt in attempts] == [0, 0, 1, 0]
    assert receiver.ids("/again") == {message}


def test_a_delivered_message_can_be_sent_again(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/again"))
    message = tenant.send(app)
    tenant.wait_for_status(app, message, endpoint, "success")
    tenant.sdk.message_attempt.resend(app, message, endpoint)
    first, second = receiver.wait_for("/again", 2)
    assert first.body == second.body and first.id == second.id
    attempts = tenant.wait_for_attempts(app, message, 2)
    assert attempts[1].trigger_type.value == 1


def test_recover_sends_again_what_failed_and_nothing_else(short, receiver):
    app = short.app()
    endpoint = short.endpoint(app, receiver.script("/down"))
    delivered = [short.send(app) for _ in range(3)]
    receiver.wait_for_ids("/down", delivered)
    for message in delivered:
        short.wait_for_status(app, message, endpoint, "success")

    # First it answers that it cannot, then it is not there at all.
    receiver.script("/down", then=answers.status(500))
    lost = [short.send(app, payload={"n": n}) for n in range(20)]
    for message in lost:
        short.wait_for_status(app, message, endpoint, "fail", within=30)
    receiver.down()
    lost += [short.send(app) for _ in range(2)]
    for message in lost[-2:]:
        short.wait_for_status(app, message, endpoint, "fail", within=30)
    receiver.up()
    receiver.script("/down")
    before = len(receiver.requests("/down"))

    since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    started = short.sdk.endpoint.recover(app, endpoint, RecoverIn(since=since))
    assert started.task.value == "endpoint.recover"
    receiver.wait_for_ids("/down", lost)

    def finished():
        task = short.sdk.background_task.get(started.id)
        return task if task.status.value == "finished" else None

    task = eventually(finished, "the task is finished")
    assert task.task.value == "endpoint.recover"
    assert [entry.id for entry in short.sdk.background_task.list().data] == [started.id]
    for message in lost:
        short.wait_for_status(app, message, endpoint, "success")
    again = receiver.requests("/down")[before:]
    assert sorted(request.id for request in again) == sorted(lost)


def test_recover_keeps_to_its_window(short, receiver):
    app = short.app()
    endpoint = short.endpoint(
        app, receiver.script("/down", then=answers.status(500)), description="always fails"
    )
    old = short.send(app)
    short.wait_for_status(app, old, endpoint, "fail")
    border = short.sdk.message.get(app, old).timestamp + datetime.timedelta(milliseconds=1)
    young = short.send(app)
    short.wait_for_status(app, young, endpoint, "fail")
    assert short.sdk.message.get(app, young).timestamp > border
    before = len(receiver.requests("/down"))

    receiver.script("/down")
    short.sdk.endpoint.recover(app, endpoint, RecoverIn(since=border))
    short.wait_for_status(app, young, endpoint, "success")
    assert [request.id for request in receiver.requests("/down")[before:]] == [young]
    assert short.destinations(app, old)[endpoint].status_text.value == "fail"

    short.sdk.endpoint.recover(
        app, endpoint, RecoverIn(since=border - datetime.timedelta(hours=1), until=border)
    )
    short.wait_for_status(app, old, endpoint, "success")


def test_tasks_are_listed_in_pages_and_by_status(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.url("/"))
    since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
    made = [tenant.sdk.endpoint.recover(app, endpoint, RecoverIn(since=since)).id for _ in range(7)]
    listed = tenant.sdk.background_task.list

    def finished():
        options = BackgroundTaskListOptions(status=BackgroundTaskStatus.FINISHED)
        return len(listed(options).data) == 7

    eventually(finished, "all are finished")
    assert listed(BackgroundTaskListOptions(status=BackgroundTaskStatus.RUNNING)).data == []
    kind = BackgroundTaskType.ENDPOINT_RECOVER
    assert len(listed(BackgroundTaskListOptions(task=kind)).data) == 7
    other = BackgroundTaskType.ENDPOINT_BULK_REPLAY
    assert listed(BackgroundTaskListOptions(task=other)).data == []
    for order, expected in ((Ordering.ASCENDING, made), (Ordering.DESCENDING, made[::-1])):

        def page(limit, iterator, order=order):
            return listed(BackgroundTaskListOptions(limit=limit, iterator=iterator, order=order))

        assert [task.id for task in walk(page, 7)] == expected


def test_a_deleted_endpoint_gets_nothing_more(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/deleted", then=answers.status(500)))
    keeper = tenant.endpoint(app, receiver.script("/kept"))
    message = tenant.send(app)
    receiver.wait_for("/deleted")
    tenant.sdk.endpoint.delete(app, endpoint)
    count = len(receiver.requests("/deleted"))
    # Two later deliveries with a retry between them: enough time for one that should not come.
    receiver.script("/kept", first=[answers.status(500)] * 2)
    later = tenant.send(app)
    tenant.wait_for_status(app, later, keeper, "success")
    assert len(receiver.requests("/deleted")) <= count + 1, "one may have been on its way"
    assert tenant.attempts(app, message)


def test_a_changed_url_is_used_by_the_next_try(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/old", then=answers.status(500)))
    message = tenant.send(app)
    receiver.wait_for("/old")
    tenant.http.patch(
        f"/app/{app}/endpoint/{endpoint}", json={"url": receiver.url("/new")}
    ).raise_for_status()
    receiver.wait_for_ids("/new", [message])
    tenant.wait_for_status(app, message, endpoint, "success")


def test_an_endpoint_that_only_fails_is_disabled(new_server, new_tenant, receiver):
    """The clock is stored: it goes on over a restart."""
    server = new_server(
        env={
            "HOOKWIRE_RETRY_SCHEDULE": "1,1,1,1,1,1,1,1",
            "HOOKWIRE_ENDPOINT_DISABLE_AFTER_SECONDS": "3",
        }
    )
    tenant = new_tenant(server)
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/fails", then=answers.status(500)))
    tenant.send(app)
    receiver.wait_for("/fails", 2)
    server.kill()
    server.start()
    eventually(lambda: tenant.sdk.endpoint.get(app, endpoint).disabled, "endpoint is disabled")
    count = len(receiver.requests("/fails"))
    assert 3 <= count <= 7
