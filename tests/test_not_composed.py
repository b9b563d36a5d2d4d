"""What is not sent, and what cannot be: a delivery that its own webhook does not want, one that
cannot be composed, and definitions that are refused when they are saved."""

import pytest

from support.composed import (
    attempts_at,
    change,
    delivery_state,
    make,
    problems,
    wait_for_state,
)


def test_an_abort_skips_the_delivery_and_says_why(tenant, receiver):
    app = tenant.app()
    template = "{% unless payload.consent %}{% abort 'no consent' %}{% endunless %}hello"
    body = {"kind": "text", "template": template}
    endpoint = make(tenant, app, receiver.script("/hook"), request={"body": body})
    skipped = tenant.send(app, payload={"consent": False})
    wait_for_state(tenant, app, skipped, endpoint, "canceled")
    (attempt,) = attempts_at(tenant, app, skipped, endpoint)
    assert (attempt["status"], attempt["statusText"]) == (4, "canceled")
    assert attempt["cause"] == "skipped"
    assert "no consent" in attempt["error"]
    assert attempt["responseStatusCode"] == 0
    # The official client reads it, too.
    (shown,) = tenant.attempts(app, skipped)
    assert shown.status.value == 4
    assert tenant.destinations(app, skipped)[endpoint].status_text.value in ("fail", "canceled")

    sent = tenant.send(app, payload={"consent": True})
    wait_for_state(tenant, app, sent, endpoint, "success")
    assert [came.body for came in receiver.requests("/hook")] == [b"hello"]


def test_a_filter_decides_who_gets_an_event(tenant, receiver):
    app = tenant.app()
    rich = 'payload.total > 100 && type.startsWith("order.") && !("test" in tags)'
    endpoint = make(tenant, app, receiver.script("/rich"), filter=rich)
    everything = make(tenant, app, receiver.script("/all"))

    def sent(total, event_type="order.paid", **fields):
        return tenant.send(app, event_type, {"total": total}, **fields)

    wanted = sent(101)
    unwanted = [sent(100), sent(101, "refund.paid"), sent(101, tags=["test"])]
    failing = sent("much")
    receiver.wait_for_ids("/all", [wanted, *unwanted, failing])
    receiver.wait_for_ids("/rich", [wanted])
    for message in unwanted:
        assert delivery_state(tenant, app, message, endpoint) is None
        wait_for_state(tenant, app, message, everything, "success")

    # One that has no answer is not sent, and not silently.
    wait_for_state(tenant, app, failing, endpoint, "canceled")
    (attempt,) = attempts_at(tenant, app, failing, endpoint)
    assert (attempt["statusText"], attempt["cause"]) == ("canceled", "filter")
    assert "overload" in attempt["error"] and "column" in attempt["error"]
    assert receiver.ids("/rich") == {wanted}


def test_event_types_with_a_star(tenant, receiver):
    app = tenant.app()
    make(tenant, app, receiver.script("/order"), eventTypes=["order.*"])
    make(tenant, app, receiver.script("/star"), eventTypes=["*"])
    sent = {
        name: tenant.send(app, name)
        for name in ("order.paid", "order.item.added", "order", "orders.paid", "user.made")
    }
    receiver.wait_for_ids("/star", sent.values())
    receiver.wait_for_ids("/order", [sent["order.paid"], sent["order.item.added"]])
    assert receiver.ids("/order") == {sent["order.paid"], sent["order.item.added"]}
    for bad in ("order*", "*.paid", "or*er", ".*", "**"):
        answer = tenant.http.post(
            f"/app/{app}/endpoint", json={"url": "https://example.com/", "eventTypes": [bad]}
        )
        assert "body.eventTypes.0" in problems(answer)


# ---- what cannot be composed ---------------------------------------------------------------

# The definition, the payload that it fails for, one that it works for, and a word of the reason.
NOT_SENDABLE = {
    "URL over 8 KiB": (
        {"path": "/hook?q={{ payload.a }}"},
        {"a": "x" * 8200},
        {"a": "x" * 100},
        "8192",
    ),
    "header with a line break": (
        {"headers": {"x-name": "{{ payload.a }}"}},
        {"a": "Ada\r\nx-admin: yes"},
        {"a": "Ada"},
        "x-name",
    ),
    "endless rendering": (
        {
            "request": {
                "body": {
                    "kind": "text",
                    "template": "{% for i in (1..payload.a) %}{% for j in (1..1000) %}"
                    "{{ i }}{% endfor %}{% endfor %}",
                }
            }
        },
        {"a": 1_000_000_000},
        {"a": 1},
        "body",
    ),
}


@pytest.mark.parametrize("case", NOT_SENDABLE)
def test_what_cannot_be_sent_is_a_failure_that_says_so(tenant, receiver, case):
    fields, bad, good, word = NOT_SENDABLE[case]
    fields = dict(fields)
    app = tenant.app()
    endpoint = make(tenant, app, receiver.url(fields.pop("path", "/hook")), **fields)
    failing = tenant.send(app, payload=bad)
    # It is tried again: the definition may be mended meanwhile.
    first, second = attempts_at(tenant, app, failing, endpoint, 2)[:2]
    for attempt in (first, second):
        assert (attempt["statusText"], attempt["cause"]) == ("fail", "compose")
        assert word in attempt["error"], attempt["error"]
        assert "x-admin" not in attempt["error"]
    assert receiver.connections == 0

    working = tenant.send(app, payload=good)
    receiver.wait_for_ids("/hook", [working])
    change(tenant, app, endpoint, url=receiver.url("/mended"), request=None)
    path = f"/app/{app}/endpoint/{endpoint}/headers"
    assert tenant.http.put(path, json={"headers": {}}).status_code == 204
    receiver.wait_for_ids("/mended", [failing])
    wait_for_state(tenant, app, failing, endpoint, "success")


GOOD_URL = "https://example.com/hook"

# What is saved, and where the mistake is: the place in the body, line and column.
MISTAKES = {
    "template as host": ({"url": "https://{{ payload.host }}/x"}, "body.url", "host"),
    "template as port": ({"url": "https://example.com:{{ payload.port }}/x"}, "body.url", ""),
    "template as scheme": ({"url": "{{ payload.scheme }}://example.com/"}, "body.url", ""),
    "template that extends the host": (
        {"url": "https://example.com{{ payload.x }}/"},
        "body.url",
        "host",
    ),
    "URL": ({"url": "https://example.com/{{ payload.a | nope }}"}, "body.url", "column "),
    "header": (
        {"headers": {"x-a": "{{ payload.a | nope }}"}},
        "body.headers.x-a",
        "line 1, column 16",
    ),
    "JSON field": (
        {"request": {"body": {"kind": "json", "fields": {"a": [1, {"b": "x {{ y"}]}}}},
        "body.request.body.fields.a.1.b",
        "line 1, column 3",
    ),
    "text": (
        {"request": {"body": {"kind": "text", "template": "a\nb {% if x %}\nc"}}},
        "body.request.body.template",
        "line 2, column 6",
    ),
    "unknown tag": (
        {"request": {"body": {"kind": "text", "template": "ü{% nope %}"}}},
        "body.request.body.template",
        "line 1, column 5",
    ),
    "filter": ({"filter": "payload.total >\n  > 100"}, "body.filter", "line 2, column 3"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_refused_with_its_place(tenant, case):
    fields, place, words = MISTAKES[case]
    app = tenant.app()
    answer = tenant.http.post(f"/app/{app}/endpoint", json={"url": GOOD_URL, **fields})
    said = problems(answer)[place]
    assert words in said
    assert said.count("column") <= 1, f"it says the place twice: {said}"
    # The same for a change, which leaves what was there.
    endpoint = make(tenant, app, GOOD_URL)
    path = f"/app/{app}/endpoint/{endpoint}"
    before = tenant.http.get(path).json()
    if "headers" not in fields:
        answer = tenant.http.patch(path, json=fields)
        assert words in problems(answer)[place]
        assert tenant.http.get(path).json() == before
    # And for a preview, where the definition is one step deeper.
    answer = tenant.http.post("/compose/preview", json={"endpoint": {"url": GOOD_URL, **fields}})
    assert words in problems(answer)[place.replace("body.", "body.endpoint.", 1)]


def test_a_payload_cannot_choose_who_is_called(tenant, receiver):
    """Whatever is put into path and query, the host stays the one that was written."""
    app = tenant.app()
    endpoint = make(tenant, app, receiver.url("/{{ payload.a }}"))
    tries = ["@evil.example/", "//evil.example/", "\\@evil.example", "..%2f..", "?@evil", "#@evil"]
    for count, text in enumerate(tries):
        message = tenant.send(app, payload={"a": text})
        wait_for_state(tenant, app, message, endpoint, "success")
        assert receiver.connections > 0 and receiver.count() == count + 1, text
