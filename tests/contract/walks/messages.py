"""Messages, their content, and reading them instead of being called."""

from ..world import EVENT_TYPE, ago
from .registry import walk

# Larger than the server takes by default.
TOO_LARGE_BYTES = 2 * 1024 * 1024 + 1


@walk("v1.message.list")
def list_them(world):
    world.sent()
    page = world.call("v1.message.list", 200, query={"limit": 1})
    query = {"limit": 1, "iterator": page["iterator"]}
    page = world.call("v1.message.list", 200, query=query)
    world.call("v1.message.list", 200, query={"iterator": page["prevIterator"]})
    for query in (
        {"channel": "berlin"},
        {"tag": "vip"},
        {"event_types": EVENT_TYPE},
        {"event_types": [EVENT_TYPE, "order.lost"]},
        {"before": ago(hours=-1), "after": ago(hours=1)},
        {"with_content": False},
    ):
        page = world.call("v1.message.list", 200, query={"limit": 250, **query})
        assert world.message in [entry["id"] for entry in page["data"]], query
    page = world.call("v1.message.list", 200, query={"before": ago(hours=1)})
    assert page["data"] == []


@walk("v1.message.create")
def create(world):
    app = world.fresh_app()
    body = {
        "eventType": EVENT_TYPE,
        "payload": {"order": 1, "deep": [1.50, {"a": None}]},
        "eventId": world.fresh("order"),
        "channels": ["berlin", "a:b+c"],
        "tags": ["vip", "a/b#c"],
        "payloadRetentionHours": 1,
    }
    shown = world.call("v1.message.create", 202, app_id=app, body=body)
    assert (shown["eventId"], shown["payload"]) == (body["eventId"], body["payload"])
    assert (set(shown["channels"]), set(shown["tags"])) == (
        set(body["channels"]),
        set(body["tags"]),
    )
    world.call("v1.message.create", 409, app_id=app, body=body)
    body = {"eventType": "unheard.of", "payload": {}, "payloadRetentionPeriod": 5}
    query = {"with_content": False}
    world.call("v1.message.create", 202, app_id=app, query=query, body=body)
    raw = {"rawPayload": "a,b\n", "headers": {"content-type": "text/csv"}}
    body = {"eventType": EVENT_TYPE, "payload": {}, "transformationsParams": raw}
    world.call("v1.message.create", 202, app_id=app, body=body)
    at = ago(hours=-1)
    body = {"eventType": EVENT_TYPE, "payload": {}, "deliverAt": at}
    assert world.call("v1.message.create", 202, app_id=app, body=body)["deliverAt"]
    uid = world.fresh("app")
    body = {"eventType": EVENT_TYPE, "payload": {}, "application": {"name": "N", "uid": uid}}
    world.call("v1.message.create", 202, app_id=uid, body=body)
    body = {"eventType": EVENT_TYPE, "payload": {"x": "y" * TOO_LARGE_BYTES}}
    world.call("v1.message.create", 413, app_id=app, body=body)


@walk("v1.message.precheck")
def precheck(world):
    app = world.fresh_app()
    body = {"eventType": EVENT_TYPE, "channels": ["berlin"]}
    assert world.call("v1.message.precheck", 200, body=body)["active"] is True
    assert world.call("v1.message.precheck", 200, app_id=app, body=body)["active"] is False


@walk("v1.message.get")
def get(world):
    assert world.call("v1.message.get", 200)["payload"] == {"order": 1}
    assert world.call("v1.message.get", 200, msg_id="order-1")["id"] == world.message
    world.call("v1.message.get", 200, query={"with_content": False})


@walk("v1.message.expunge-content")
def expunge_content(world):
    message = world.sent()
    world.call("v1.message.expunge-content", 204, msg_id=message)
    shown = world.call("v1.message.get", 200, msg_id=message)
    assert shown["payload"] == {"expired": True}


@walk("v1.message.bulk-expunge-content")
def bulk_expunge(world):
    message = world.sent()
    body = {"ids": [message, "nobody-sent-this"]}
    shown = world.call("v1.message.bulk-expunge-content", 200, body=body)
    assert shown["results"] == {message: "expunged", "nobody-sent-this": "not-found"}
    assert world.call("v1.message.get", 200, msg_id=message)["payload"] == {"expired": True}
    assert world.call("v1.message.get", 200)["payload"] == {"order": 1}


@walk("v1.message.expunge-all-contents")
def expunge_all(world):
    app = world.fresh_app()
    messages = [world.sent(app) for _ in range(3)]
    started = world.call("v1.message.expunge-all-contents", 202, app_id=app)
    assert started["task"] == "application.purge_content"
    world.finished(started["id"])
    for message in messages:
        shown = world.call("v1.message.get", 200, app_id=app, msg_id=message)
        assert shown["payload"] == {"expired": True}


# ---- polling ------------------------------------------------------------------------------------


def _ids(page):
    return [entry["id"] for entry in page["data"]]


@walk("v1.message.poller.poll")
def poll(world):
    app = world.fresh_app()
    messages = [world.sent(app, channels=["berlin"]) for _ in range(3)]
    poll = "v1.message.poller.poll"
    page = world.call(poll, 200, app_id=app, query={"limit": 2})
    assert (_ids(page), page["done"]) == (messages[:2], False)
    page = world.call(poll, 200, app_id=app, query={"iterator": page["iterator"]})
    assert (_ids(page), page["done"]) == (messages[2:], True)
    page = world.call(poll, 200, app_id=app, query={"iterator": page["iterator"]})
    assert (_ids(page), page["done"]) == ([], True) and page["iterator"]
    query = {"event_type": EVENT_TYPE, "channel": "berlin", "after": ago(hours=1)}
    assert _ids(world.call(poll, 200, app_id=app, query=query)) == messages
    query = {"event_type": "order.lost"}
    assert _ids(world.call(poll, 200, app_id=app, query=query)) == []


@walk("v1.message.poller.consumer-poll")
def consumer_poll(world):
    app = world.fresh_app()
    messages = [world.sent(app) for _ in range(3)]
    poll = "v1.message.poller.consumer-poll"
    first = world.call(poll, 200, app_id=app, query={"limit": 1})
    assert _ids(first) == messages[:1]
    again = world.call(poll, 200, app_id=app, query={"limit": 1})
    assert again == first, "what was not committed comes again"
    rest = world.call(poll, 200, app_id=app, query={"iterator": first["iterator"]})
    assert _ids(rest) == messages[1:]
    assert _ids(world.call(poll, 200, app_id=app)) == messages[1:]
    other = world.call(poll, 200, app_id=app, consumer_id="worker-2")
    assert _ids(other) == messages, "consumers do not share a place"


@walk("v1.message.poller.consumer-seek")
def consumer_seek(world):
    app = world.fresh_app()
    messages = [world.sent(app) for _ in range(2)]
    seek, poll = "v1.message.poller.consumer-seek", "v1.message.poller.consumer-poll"
    for after, expected in ((ago(hours=-1), []), (ago(hours=1), messages)):
        assert world.call(seek, 200, app_id=app, body={"after": after})["iterator"]
        assert _ids(world.call(poll, 200, app_id=app)) == expected
