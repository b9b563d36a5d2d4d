"""What puts deliveries on their way again, and the background tasks that do it."""

from support.wait import eventually

from ..world import EVENT_TYPE, ago
from .registry import walk


@walk("v1.endpoint.recover")
def recover(world):
    started = world.call("v1.endpoint.recover", 202, body={"since": ago(hours=1)})
    assert started["task"] == "endpoint.recover"
    assert world.finished(started["id"])["task"] == "endpoint.recover"
    body = {"since": ago(hours=1), "until": ago(minutes=1)}
    world.finished(world.call("v1.endpoint.recover", 202, body=body)["id"])


@walk("v1.endpoint.replay-missing")
def replay_missing(world):
    app = world.fresh_app()
    message = world.sent(app)
    names = {"app_id": app, "endpoint_id": world.fresh_endpoint(app)}
    started = world.call("v1.endpoint.replay-missing", 202, body={"since": ago(hours=1)}, **names)
    assert started["task"] == "endpoint.replay"
    world.finished(started["id"])
    world.owner.wait_for_status(app, message, names["endpoint_id"], "success")


@walk("v1.endpoint.bulk-replay")
def bulk_replay(world):
    before = len(world.receiver.requests("/ok"))
    body = {
        "since": ago(hours=1),
        "until": None,
        "eventTypes": [EVENT_TYPE],
        "channel": "berlin",
        "tag": "vip",
        "status": 0,
        "statusCodeClass": 200,
    }
    started = world.call("v1.endpoint.bulk-replay", 202, body=body)
    assert started["task"] == "endpoint.bulk-replay"
    world.finished(started["id"])
    world.receiver.wait_for("/ok", before + 1)


@walk("v1.message-attempt.resend")
def resend(world):
    before = [request.id for request in world.receiver.requests("/ok")].count(world.message)
    world.call("v1.message-attempt.resend", 202)

    def came():
        ids = [request.id for request in world.receiver.requests("/ok")]
        assert ids.count(world.message) > before
        return True

    eventually(came, "it came again")
    app = world.fresh_app()
    endpoint = world.fresh_endpoint(app)
    message = world.sent(app)
    names = {"app_id": app, "endpoint_id": endpoint}
    world.call("v1.endpoint.patch", 200, body={"disabled": True}, **names)
    world.call("v1.message-attempt.resend", 400, msg_id=message, **names)


@walk("v1.background-task.list")
def list_tasks(world):
    task = world.task
    world.finished(task)
    query = {"status": "finished", "task": "endpoint.recover", "limit": 250}
    page = world.call("v1.background-task.list", 200, query=query)
    assert task in [entry["id"] for entry in page["data"]]
    page = world.call("v1.background-task.list", 200, query={"limit": 1, "order": "ascending"})
    query = {"limit": 1, "order": "ascending", "iterator": page["iterator"]}
    world.call("v1.background-task.list", 200, query=query)
    page = world.call("v1.background-task.list", 200, query={"status": "failed"})
    assert page["data"] == []


@walk("v1.background-task.get")
def get_task(world):
    assert world.finished(world.task)["id"] == world.task
