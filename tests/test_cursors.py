"""Cursors taken from one list and used in another."""

import pytest

from contract.document import OPERATIONS
from contract.world import built_on
from support.refusal import assert_shape

# What a list is of, by the prefix of the ids that its cursors are.
LISTS = {
    "v1.application.list": "app",
    "v1.endpoint.list": "ep",
    "v1.message.list": "msg",
    "v1.message-attempt.list-by-endpoint": "atmpt",
    "v1.message-attempt.list-by-msg": "atmpt",
    "v1.message-attempt.list-attempted-messages": "msg",
    "v1.message-attempt.list-attempted-destinations": "ep",
    "v1.background-task.list": "qtask",
    "v1.operational-webhook.endpoint.list": "ep",
}


@pytest.fixture(scope="module")
def _world(_shared_server):
    with built_on(_shared_server) as world:
        world.sent()
        yield world


@pytest.fixture
def world(shared_server, _world):  # noqa: ARG001  (so that a failure shows the server's log)
    return _world


def page(world, operation, **query):
    answer = world.ask(OPERATIONS[operation], query=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("taken", LISTS)
def test_a_cursor_from_another_list(world, taken):
    assert world.operational and world.task
    shown = page(world, taken, limit=1)
    assert shown["data"], "nothing to take a cursor from"
    cursors = [cursor for cursor in (shown["iterator"], shown["prevIterator"]) if cursor]
    assert cursors[0].startswith(LISTS[taken])
    for used, prefix in LISTS.items():
        for cursor in cursors:
            answer = world.ask(OPERATIONS[used], query={"iterator": cursor})
            if prefix == LISTS[taken]:
                assert answer.status_code == 200, answer.text
            else:
                assert_shape(answer, 422)
                assert answer.json()["detail"][0]["loc"] == ["query", "iterator"]


def test_a_cursor_of_another_tenant_is_a_place_and_nothing_more(world):
    """It was given for other messages; what is shown are one's own."""
    theirs = world.stranger
    app = theirs.app()
    mine = page(world, "v1.message.list", limit=1)
    sent = [theirs.send(app) for _ in range(3)]
    for cursor in (mine["iterator"], mine["prevIterator"]):
        if cursor is None:
            continue
        answer = theirs.http.get(f"/app/{app}/msg", params={"iterator": cursor})
        assert answer.status_code == 200
        assert {entry["id"] for entry in answer.json()["data"]} <= set(sent)
        assert world.message not in answer.text


def test_a_cursor_to_what_is_gone_is_still_a_place(world):
    app = world.fresh_app()
    endpoints = [world.fresh_endpoint(app) for _ in range(4)]
    path = f"/app/{app}/endpoint"
    shown = world.owner.http.get(path, params={"limit": 2, "order": "ascending"}).json()
    assert shown["iterator"] == endpoints[1]
    assert world.owner.http.delete(f"{path}/{endpoints[1]}").status_code == 204
    query = {"iterator": shown["iterator"], "order": "ascending"}
    rest = world.owner.http.get(path, params=query).json()
    assert [entry["id"] for entry in rest["data"]] == endpoints[2:]
