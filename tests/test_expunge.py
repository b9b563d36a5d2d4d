"""Contents that are to be forgotten before their time."""

import threading

import pytest
from svix.api import BulkExpungeContentsIn, MessageGetOptions, MessageIn
from svix.exceptions import HttpError

from support import answers
from support.wait import eventually

FORGOTTEN = {"expired": True}


def payload(tenant, app, message):
    return tenant.sdk.message.get(app, message, MessageGetOptions(with_content=True)).payload


def finished(tenant, task):
    def is_finished():
        found = tenant.sdk.background_task.get(task.id)
        assert found.status.value == "finished", found.status
        return found

    return eventually(is_finished, f"{task.task} is finished", within=60)


def test_one_message(tenant, receiver):
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/hook"))
    kept = tenant.send(app)
    message = tenant.send(app, event_id="order-7", payload={"card": "4000"})
    tenant.wait_for_status(app, message, endpoint, "success")
    tenant.sdk.message.expunge_content(app, "order-7")
    assert payload(tenant, app, message) == FORGOTTEN
    assert payload(tenant, app, kept) == {"n": 1}
    # That it was there, and what became of it, stays known.
    assert tenant.attempts(app, message)[-1].response_status_code == 200
    with pytest.raises(HttpError) as refused:
        tenant.sdk.message_attempt.resend(app, message, endpoint)
    assert refused.value.status_code == 400
    with pytest.raises(HttpError) as missing:
        tenant.sdk.message.expunge_content(app, "order-8")
    assert missing.value.status_code == 404


def test_several_messages(tenant):
    app, other = tenant.app(), tenant.app(name="Other")
    messages = [tenant.send(app, event_id=f"order-{n}") for n in range(5)]
    foreign = tenant.send(other, event_id="order-9")
    named = BulkExpungeContentsIn(ids=[messages[0], "order-1", "order-9", foreign])
    results = tenant.sdk.message.bulk_expunge_content(app, named).results
    assert {name: status.value for name, status in results.items()} == {
        messages[0]: "expunged",
        "order-1": "expunged",
        "order-9": "not-found",
        foreign: "not-found",
    }
    assert [payload(tenant, app, message) == FORGOTTEN for message in messages] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert payload(tenant, other, foreign) == {"n": 1}


def test_what_waits_for_its_next_attempt_ends(new_server, new_tenant, receiver):
    """It cannot be sent any more, and says why."""
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "2,2"})
    tenant = new_tenant(server)
    app = tenant.app()
    endpoint = tenant.endpoint(app, receiver.script("/down", then=answers.status(500)))
    message = tenant.send(app, payload={"card": "4000"})
    tenant.wait_for_attempts(app, message, 1)
    tenant.sdk.message.expunge_content(app, message)
    tenant.wait_for_status(app, message, endpoint, "fail")
    (last,) = [it for it in tenant.raw_attempts(app, message) if it["responseStatusCode"] != 500]
    assert last["cause"] == "expired"
    assert len(receiver.requests("/down")) == 1


def test_all_messages_and_a_kill_in_between(new_server, new_tenant):
    server = new_server()
    tenant = new_tenant(server)
    app, other = tenant.app(), tenant.app(name="Other")
    spared = tenant.send(other)
    messages = [tenant.send(app, payload={"card": "4" * 2_000}) for _ in range(600)]
    task = tenant.sdk.message.expunge_all_contents(app)
    assert (task.task.value, task.status.value) == ("application.purge_content", "running")
    server.kill()
    server.start()
    late = tenant.send(app)
    assert finished(tenant, task).data["doneCount"] >= 200
    for message in messages[::50] + messages[-1:]:
        assert payload(tenant, app, message) == FORGOTTEN
    assert payload(tenant, app, late) == {"n": 1}
    assert payload(tenant, other, spared) == {"n": 1}


def test_what_a_receiver_answered(tenant, receiver):
    app = tenant.app()
    answer = answers.status(200, b"your card is 4000")
    tenant.endpoint(app, receiver.script("/hook", then=answer))
    message = tenant.send(app)
    tenant.wait_for_attempts(app, message, 1)
    (attempt,) = tenant.attempts(app, message, with_content=True)
    assert attempt.response == "your card is 4000"
    tenant.sdk.message_attempt.expunge_content(app, message, attempt.id)
    (after,) = tenant.attempts(app, message, with_content=True)
    assert (after.response, after.response_status_code) == ("", 200)
    with pytest.raises(HttpError) as missing:
        tenant.sdk.message_attempt.expunge_content(app, tenant.send(app), attempt.id)
    assert missing.value.status_code == 404


def test_what_is_being_sent_arrives(tenant, receiver):
    app = tenant.app()
    gate = threading.Event()
    endpoint = tenant.endpoint(app, receiver.script("/slow", first=[answers.after(gate)]))
    made = tenant.sdk.message.create(app, MessageIn(event_type="a.b", payload={"n": 1}))
    receiver.wait_for("/slow")
    tenant.sdk.message.expunge_content(app, made.id)
    gate.set()
    tenant.wait_for_status(app, made.id, endpoint, "success")
    assert payload(tenant, app, made.id) == FORGOTTEN
