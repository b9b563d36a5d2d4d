"""Messages with what became of them: deliveries counted by state, and messages found by one."""

import datetime
import itertools

import pytest

from support import answers
from support.bulk import post_all
from support.composed import change, make
from support.wait import eventually

NOTHING = {"success": 0, "pending": 0, "fail": 0, "sending": 0, "canceled": 0}

SUCCESS, PENDING, FAIL, SENDING, CANCELED = range(5)


def counts(**states):
    """Counts with everything else at nothing."""
    return {**NOTHING, **states}


def listed(tenant, app, **query):
    """All messages of a list, however many pages it takes; the latest first."""
    found, iterator = [], None
    for _ in range(1_000):
        asked = {"limit": 250, **query}
        if iterator is not None:
            asked["iterator"] = iterator
        answer = tenant.http.get(f"/app/{app}/msg", params=asked)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["data"]) <= asked["limit"]
        found += page["data"]
        if page["done"]:
            return found
        assert page["iterator"] != iterator, "it does not go on"
        iterator = page["iterator"]
    raise AssertionError("the list has no end")


def ids(found):
    return [message["id"] for message in found]


@pytest.fixture
def outcomes(tenant, receiver):
    """An application with a message for each state; gives it and the messages by name.

    Every message of the type `both` goes to two webhooks.
    """
    for name in ("good", "bad", "later", "skipped", "both", "nobody"):
        tenant.event_type(name)
    app = tenant.app()
    gone = receiver.script("/bad", then=answers.status(410))
    make(tenant, app, receiver.script("/good"), filterTypes=["good", "both"])
    bad = make(tenant, app, gone, filterTypes=["bad", "both"])
    make(tenant, app, receiver.script("/later"), filterTypes=["later"])
    skip = {"kind": "text", "contentType": "text/plain", "template": "{% abort 'no' %}"}
    make(tenant, app, receiver.script("/skip"), filterTypes=["skipped"], request={"body": skip})
    messages = {}
    for name in ("good", "bad", "skipped", "nobody"):
        messages[name] = tenant.send(app, name)
    eventually(
        lambda: tenant.http.get(f"/app/{app}/endpoint/{bad}").json()["disabled"], "410 disables"
    )
    change(tenant, app, bad, disabled=False)
    messages["both"] = tenant.send(app, "both")
    body = {"eventType": "later", "payload": {}, "deliverAt": in_an_hour()}
    later = tenant.http.post(f"/app/{app}/msg", json=body)
    assert later.status_code == 202, later.text
    messages["later"] = later.json()["id"]

    def ended():
        found = listed(tenant, app, with_deliveries="true")
        states = {message["id"]: message["deliveries"] for message in found}
        waiting = {id for id, states in states.items() if states["pending"]}
        assert waiting == {messages["later"]}, states
        return True

    eventually(ended, "all but one have ended")
    return app, messages


def in_an_hour():
    """A moment an hour from now."""
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    return at.isoformat().replace("+00:00", "Z")


EXPECTED = {
    "good": counts(success=1),
    "bad": counts(fail=1),
    "skipped": counts(canceled=1),
    "nobody": NOTHING,
    "both": counts(success=1, fail=1),
    "later": counts(pending=1),
}


def test_deliveries_are_counted_where_it_is_asked_for(tenant, outcomes):
    app, messages = outcomes
    by_id = {id: EXPECTED[name] for name, id in messages.items()}
    found = listed(tenant, app, with_deliveries="true")
    assert {message["id"]: message["deliveries"] for message in found} == by_id
    for query in ({}, {"with_deliveries": "false"}):
        assert all("deliveries" not in message for message in listed(tenant, app, **query))
    for name, id in messages.items():
        for content in ("true", "false"):
            query = {"with_deliveries": "true", "with_content": content}
            shown = tenant.http.get(f"/app/{app}/msg/{id}", params=query).json()
            assert shown["deliveries"] == EXPECTED[name], name
        assert "deliveries" not in tenant.http.get(f"/app/{app}/msg/{id}").json()
    # Page by page, forwards and back, each message has its own.
    first = tenant.http.get(f"/app/{app}/msg", params={"limit": 2, "with_deliveries": "true"})
    after = {"limit": 2, "with_deliveries": "true", "iterator": first.json()["iterator"]}
    second = tenant.http.get(f"/app/{app}/msg", params=after).json()
    back = {**after, "iterator": second["prevIterator"]}
    again = tenant.http.get(f"/app/{app}/msg", params=back).json()
    assert again["data"] == first.json()["data"]
    for message in second["data"] + again["data"]:
        assert message["deliveries"] == by_id[message["id"]]


@pytest.mark.parametrize(
    ("status", "names"),
    [
        (SUCCESS, ["both", "good"]),
        (PENDING, ["later"]),
        (FAIL, ["both", "bad"]),
        (SENDING, []),
        (CANCELED, ["skipped"]),
    ],
)
def test_messages_are_found_by_a_state(tenant, outcomes, status, names):
    app, messages = outcomes
    wanted = [messages[name] for name in names]
    assert ids(listed(tenant, app, status=status)) == wanted
    assert ids(listed(tenant, app, status=status, limit=1)) == wanted
    backwards = ids(listed(tenant, app, status=status, order="ascending"))
    assert backwards == wanted[::-1]
    content = listed(tenant, app, status=status, with_content="false", with_deliveries="true")
    assert ids(content) == wanted
    for message, name in zip(content, names):
        assert message["payload"] == {} and message["deliveries"] == EXPECTED[name]


def test_a_state_goes_together_with_other_filters(tenant, outcomes):
    app, messages = outcomes
    assert ids(listed(tenant, app, status=FAIL, event_types="bad")) == [messages["bad"]]
    assert listed(tenant, app, status=PENDING, event_types="bad") == []
    assert listed(tenant, app, status=FAIL, before="2020-01-01T00:00:00Z") == []
    other = tenant.app()
    assert listed(tenant, other, status=FAIL) == []


@pytest.mark.parametrize("status", ["5", "-1", "fail", "", "0.0"])
def test_states_that_are_none(tenant, status):
    app = tenant.app()
    answer = tenant.http.get(f"/app/{app}/msg", params={"status": status})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "status"]
    answer = tenant.http.get(f"/app/{app}/msg", params={"with_deliveries": "perhaps"})
    assert answer.status_code == 422


def test_a_rare_state_is_looked_for_in_steps(tenant, receiver):
    """A page may be short, or empty, without being the last one; all of them are found."""
    app = tenant.app()
    tenant.event_type("rare")
    tenant.event_type("usual")
    make(tenant, app, receiver.script("/gone", then=answers.status(410)), filterTypes=["rare"])
    first = tenant.send(app, "rare")
    eventually(lambda: ids(listed(tenant, app, status=FAIL)) == [first], "it failed")
    body = {"eventType": "usual", "payload": {"n": 1}}
    post_all(tenant, f"/app/{app}/msg", itertools.repeat(body, 6_000))
    page = tenant.http.get(f"/app/{app}/msg", params={"status": FAIL}).json()
    assert page["data"] == [] and not page["done"] and page["iterator"]
    assert ids(listed(tenant, app, status=FAIL)) == [first]
    # The other way round it comes first, and the rest is looked at for more.
    page = tenant.http.get(f"/app/{app}/msg", params={"status": FAIL, "order": "ascending"})
    assert ids(page.json()["data"]) == [first] and not page.json()["done"]
    # Backwards: what comes before the page that lies at the end.
    back = tenant.http.get(f"/app/{app}/msg", params={"status": FAIL, "iterator": f"-{first}"})
    assert back.json()["data"] == [] and not back.json()["done"]
    assert back.json()["prevIterator"].startswith("-msg_")
