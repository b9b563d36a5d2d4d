"""Attempts and deliveries, as lists and one by one."""

from ..world import EVENT_TYPE, ago
from .registry import walk

# Filters that the world's message passes at its good endpoint.
MATCHING = (
    {"status": 0},
    {"status_code_class": 200},
    {"channel": "berlin"},
    {"tag": "vip"},
    {"event_types": EVENT_TYPE},
    {"before": ago(hours=-1), "after": ago(hours=1)},
    {"expanded_statuses": True},
    {"with_content": False},
    {"with_msg": True},
    {"endpoint_id": "hook"},
)


def _walk_pages(world, operation, **names):
    page = world.call(operation, 200, query={"limit": 1}, **names)
    query = {"limit": 1, "iterator": page["iterator"]}
    page = world.call(operation, 200, query=query, **names)
    world.call(operation, 200, query={"limit": 1, "iterator": page["prevIterator"]}, **names)


def _matching(world, operation, known, key):
    for query in MATCHING:
        if set(query) <= set(known):
            page = world.call(operation, 200, query={"limit": 250, **query})
            found = [entry[key] for entry in page["data"]]
            assert world.message in found, f"not with {query}"


LIST_QUERY = (
    "status", "status_code_class", "channel", "tag", "event_types", "before", "after",
    "expanded_statuses", "with_content",
)  # fmt: skip


@walk("v1.message-attempt.list-by-endpoint")
def by_endpoint(world):
    operation = "v1.message-attempt.list-by-endpoint"
    world.sent()
    _walk_pages(world, operation)
    _matching(world, operation, (*LIST_QUERY, "with_msg"), "msgId")
    page = world.call(operation, 200, query={"with_msg": True})
    assert page["data"][0]["msg"]["eventType"] == EVENT_TYPE
    page = world.call(operation, 200, endpoint_id=world.failing, query={"status": 2})
    assert page["data"][0]["responseStatusCode"] == 500
    assert page["data"][0]["response"] == "no"


@walk("v1.message-attempt.list-by-msg")
def by_message(world):
    operation = "v1.message-attempt.list-by-msg"
    _walk_pages(world, operation)
    _matching(world, operation, (*LIST_QUERY, "endpoint_id"), "msgId")
    page = world.call(operation, 200, query={"endpoint_id": world.failing, "status": 0})
    assert page["data"] == []


@walk("v1.message-attempt.list-attempted-messages")
def attempted_messages(world):
    operation = "v1.message-attempt.list-attempted-messages"
    world.sent()
    _walk_pages(world, operation)
    known = [name for name in LIST_QUERY if name != "status_code_class"]
    _matching(world, operation, known, "id")


@walk("v1.message-attempt.list-attempted-destinations")
def attempted_destinations(world):
    operation = "v1.message-attempt.list-attempted-destinations"
    _walk_pages(world, operation)
    page = world.call(operation, 200)
    assert {entry["id"] for entry in page["data"]} == {world.endpoint, world.failing}
    assert page["done"] is True


@walk("v1.message-attempt.get")
def get(world):
    shown = world.call("v1.message-attempt.get", 200)
    assert (shown["status"], shown["responseStatusCode"]) == (0, 200)
    world.call("v1.message-attempt.get", 200, query={"expanded_statuses": True})


@walk("v1.message-attempt.expunge-content")
def expunge_content(world):
    message = world.sent()
    attempts = world.owner.attempts(world.app, message, with_content=True)
    failed = next(entry for entry in attempts if entry.endpoint_id == world.failing)
    assert failed.response == "no"
    names = {"msg_id": message, "attempt_id": failed.id}
    world.call("v1.message-attempt.expunge-content", 204, **names)
    assert world.call("v1.message-attempt.get", 200, **names)["response"] != "no"
