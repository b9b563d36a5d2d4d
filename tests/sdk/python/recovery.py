"""Sending again, background tasks, taking payloads away."""

from svix.api import (
    BackgroundTaskListOptions,
    BulkExpungeContentsIn,
    BulkReplayIn,
    EndpointIn,
    EndpointPatch,
    MessageAttemptListByMsgOptions,
    MessageGetOptions,
    RecoverIn,
    ReplayIn,
)

from attempts import wait_for_status
from walker import (
    both_orders,
    equal,
    eventually,
    holds,
    identities,
    pages_back,
    pages_forward,
    refused,
    step,
)

APP = "acme"
NO_MESSAGE = "msg_" + "2" * 27
NO_TASK = "qtask_" + "2" * 27


def page(w):
    """A page of the tasks."""
    return lambda **options: w.sdk.background_task.list(BackgroundTaskListOptions(**options))


def follow(w, started, kind):
    """Waits until a task that was started is finished."""
    equal(started.task.value, kind)

    def finished():
        task = w.sdk.background_task.get(started.id)
        equal(task.status.value, "finished")

    eventually(finished)


def payload(w, msg_id):
    """A message's payload."""
    return w.sdk.message.get(APP, msg_id, MessageGetOptions(with_content=True)).payload


@step("endpoint.recover: sends again what failed")
def _(w):
    mended = EndpointPatch(url=f"{w.receiver}/ok/mended")
    w.sdk.endpoint.patch(APP, "failing", mended)
    started = w.sdk.endpoint.recover(APP, "failing", RecoverIn(since=w.start))
    w.recover_id = started.id
    follow(w, started, "endpoint.recover")
    wait_for_status(w, w.due_id, w.failing_id, "success")


@step("endpoint.replay-missing: sends what was never tried")
def _(w):
    late = EndpointIn(url=f"{w.receiver}/ok/late", uid="late", event_types=["order.paid"])
    w.late_id = w.sdk.endpoint.create(APP, late).id
    started = w.sdk.endpoint.replay_missing(APP, "late", ReplayIn(since=w.start))
    follow(w, started, "endpoint.replay")
    wait_for_status(w, w.paid_id, w.late_id, "success")


@step("endpoint.bulk-replay: sends again what is asked for")
def _(w):
    asked = BulkReplayIn(since=w.start, event_types=["order.paid"], status=0)
    started = w.sdk.endpoint.bulk_replay(APP, "late", asked)
    follow(w, started, "endpoint.bulk-replay")
    options = MessageAttemptListByMsgOptions(endpoint_id=w.late_id)

    def twice():
        equal(len(w.sdk.message_attempt.list_by_msg(APP, w.paid_id, options).data), 2)

    eventually(twice)


@step("background-task.get: reads")
def _(w):
    task = w.sdk.background_task.get(w.recover_id)
    equal((task.status.value, task.task.value), ("finished", "endpoint.recover"))
    holds(isinstance(task.data, dict), "its data is no object")


@step("background-task.get: what is not there is refused with 404")
def _(w):
    refused(404, w.sdk.background_task.get, NO_TASK)


@step("background-task.list: pages forward")
def _(w):
    pages_forward(w, page(w), limit=1)
    equal(len(w.pages), 3)


@step("background-task.list: pages back")
def _(w):
    pages_back(w, page(w), limit=1)


@step("background-task.list: order")
def _(w):
    both_orders(page(w))


@step("background-task.list: by status and kind")
def _(w):
    equal(len(page(w)(status="finished").data), 3)
    equal(identities(page(w)(task="endpoint.recover").data), [w.recover_id])


@step("message.expunge-content: takes the payload away")
def _(w):
    w.sdk.message.expunge_content(APP, w.due_id)
    equal(payload(w, w.due_id), {"expired": True})


@step("message.bulk-expunge-content: says what became of each")
def _(w):
    ids = [w.to_hook[-1], NO_MESSAGE]
    done = w.sdk.message.bulk_expunge_content(APP, BulkExpungeContentsIn(ids=ids))
    equal([done.results[one].value for one in ids], ["expunged", "not-found"])


@step("message.expunge-all-contents: takes all payloads away")
def _(w):
    started = w.sdk.message.expunge_all_contents(APP)
    follow(w, started, "application.purge_content")
    equal(payload(w, w.paid_id), {"expired": True})
