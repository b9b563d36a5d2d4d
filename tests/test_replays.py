"""Sending again what was received, and for the first time what never was sent."""

import datetime

import pytest
from svix.api import (
    BackgroundTaskListOptions,
    BulkReplayIn,
    EndpointGetStatsOptions,
    MessagePrecheckIn,
    ReplayIn,
)
from svix.exceptions import HttpError, HTTPValidationError
from svix.models import BackgroundTaskStatus, BackgroundTaskType, MessageStatus, StatusCodeClass

from support import answers
from support.wait import eventually


def ago(**span):
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**span)


def finished(tenant, task):
    def is_finished():
        found = tenant.sdk.background_task.get(task.id)
        assert found.status.value == "finished", found.status
        return found

    return eventually(is_finished, f"{task.task} is finished", within=60)


def test_what_was_sent_before_there_was_an_endpoint(tenant, receiver):
    app = tenant.app()
    tenant.event_type("order.paid")
    missed = [tenant.send(app, "order.paid", {"n": n}) for n in range(30)]
    tenant.send(app, "order.lost")
    endpoint = tenant.endpoint(app, receiver.script("/late"), event_types=["order.paid"])
    had = tenant.send(app, "order.paid")
    receiver.wait_for_ids("/late", [had])
    task = tenant.sdk.endpoint.replay_missing(app, endpoint, ReplayIn(since=ago(hours=1)))
    assert task.task.value == "endpoint.replay"
    receiver.wait_for_ids("/late", missed, within=30)
    assert finished(tenant, task).data["doneCount"] == len(missed)
    for message in missed:
        tenant.wait_for_status(app, message, endpoint, "success")
    assert len(receiver.requests("/late")) == len(missed) + 1, "something was sent twice"

    again = tenant.sdk.endpoint.replay_missing(app, endpoint, ReplayIn(since=ago(hours=1)))
    assert finished(tenant, again).data["doneCount"] == 0


def test_a_replay_survives_a_kill(new_server, new_tenant, receiver):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    missed = [tenant.send(app, payload={"n": n}) for n in range(600)]
    endpoint = tenant.endpoint(app, receiver.script("/late"))
    task = tenant.sdk.endpoint.replay_missing(app, endpoint, ReplayIn(since=ago(hours=1)))
    server.kill()
    server.start()
    receiver.wait_for_ids("/late", missed, within=60)
    finished(tenant, task)


def test_again_what_matches(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/hook"))
    paid = tenant.send(app, "order.paid", channels=["berlin"], tags=["vip"])
    lost = tenant.send(app, "order.lost")
    for message in (paid, lost):
        tenant.wait_for_status(app, message, endpoint, "success")

    def came_again(**narrowed):
        before = len(receiver.requests("/hook"))
        body = BulkReplayIn(since=ago(hours=1), **narrowed)
        task = tenant.sdk.endpoint.bulk_replay(app, endpoint, body)
        assert task.task.value == "endpoint.bulk-replay"
        count = finished(tenant, task).data["doneCount"]
        came = receiver.wait_for("/hook", before + count)[before:]
        for request in came:
            tenant.wait_for_status(app, request.id, endpoint, "success")
        return {request.id for request in came}

    assert came_again() == {paid, lost}
    assert came_again(event_types=["order.lost"]) == {lost}
    assert came_again(channel="berlin") == {paid}
    assert came_again(tag="vip", status=MessageStatus.SUCCESS) == {paid}
    assert came_again(status_code_class=StatusCodeClass.CODE2XX) == {paid, lost}
    assert came_again(status_code_class=StatusCodeClass.CODE5XX) == set()
    assert came_again(until=ago(minutes=30)) == set()


def test_what_failed_only(new_server, new_tenant, receiver):
    tenant = new_tenant(new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "1"}))
    app = tenant.app()
    refusals = [answers.status(500)] * 2
    endpoint = tenant.endpoint(app, receiver.script("/flaky", first=refusals))
    failed = tenant.send(app)
    tenant.wait_for_status(app, failed, endpoint, "fail")
    received = tenant.send(app)
    tenant.wait_for_status(app, received, endpoint, "success")
    body = BulkReplayIn(since=ago(hours=1), status=MessageStatus.FAIL)
    task = tenant.sdk.endpoint.bulk_replay(app, endpoint, body)
    assert finished(tenant, task).data["doneCount"] == 1
    tenant.wait_for_status(app, failed, endpoint, "success")
    assert [request.id for request in receiver.requests("/flaky")].count(received) == 1


def test_refusals(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.url("/hook"))
    backwards = ReplayIn(since=ago(hours=1), until=ago(hours=2))
    with pytest.raises(HTTPValidationError):
        tenant.sdk.endpoint.replay_missing(app, endpoint, backwards)
    tenant.http.patch(f"/app/{app}/endpoint/{endpoint}", json={"disabled": True})
    with pytest.raises(HttpError) as refused:
        tenant.sdk.endpoint.bulk_replay(app, endpoint, BulkReplayIn(since=ago(hours=1)))
    assert (refused.value.status_code, refused.value.code) == (400, "endpoint_disabled")


def test_tasks_are_found_by_what_they_are(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.url("/hook"))
    replay = tenant.sdk.endpoint.replay_missing(app, endpoint, ReplayIn(since=ago(hours=1)))
    bulk = tenant.sdk.endpoint.bulk_replay(app, endpoint, BulkReplayIn(since=ago(hours=1)))
    expunge = tenant.sdk.message.expunge_all_contents(app)
    for task in (replay, bulk, expunge):
        finished(tenant, task)
        found = tenant.sdk.background_task.list(
            BackgroundTaskListOptions(status=BackgroundTaskStatus.FINISHED, task=task.task)
        )
        assert [entry.id for entry in found.data] == [task.id]
    other = BackgroundTaskListOptions(task=BackgroundTaskType.ENDPOINT_RECOVER)
    assert tenant.sdk.background_task.list(other).data == []


def test_an_endpoint_s_deliveries_are_counted(new_server, new_tenant, receiver):
    tenant = new_tenant(new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "1"}))
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/hook", first=[answers.status(500)] * 2))
    failed = tenant.send(app)
    tenant.wait_for_status(app, failed, endpoint, "fail")
    for _ in range(3):
        tenant.wait_for_status(app, tenant.send(app), endpoint, "success")
    tenant.send(app, deliver_at=ago(hours=-1))

    def counts(**window):
        stats = tenant.sdk.endpoint.get_stats(app, endpoint, EndpointGetStatsOptions(**window))
        return (stats.success, stats.pending, stats.sending, stats.fail, stats.canceled)

    assert counts() == (3, 1, 0, 1, 0)
    assert counts(since=ago(hours=1), until=ago(hours=-1)) == (3, 1, 0, 1, 0)
    assert counts(until=ago(hours=1)) == (0, 0, 0, 0, 0)
    with pytest.raises(HTTPValidationError):
        counts(since=ago(hours=1), until=ago(hours=2))


def test_a_producer_may_ask_first(tenant, receiver):
    app = tenant.app()
    asked = MessagePrecheckIn(event_type="order.paid", channels=["berlin"])
    assert tenant.sdk.message.precheck(app, asked).active is False
    tenant.event_type("order.paid")
    tenant.endpoint(app, receiver.url("/x"), event_types=["order.paid"], channels=["berlin"])
    assert tenant.sdk.message.precheck(app, asked).active is True
    elsewhere = MessagePrecheckIn(event_type="order.paid", channels=["paris"])
    assert tenant.sdk.message.precheck(app, elsewhere).active is False
