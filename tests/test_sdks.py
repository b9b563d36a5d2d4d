"""The official SDKs, each walking through the whole API as a client: see sdk/README.md."""

import os

import pytest

from support import answers, sdk
from support.server import clean_environment
from support.wait import eventually

# Fetching and compiling an SDK for the first time takes minutes on a slow line, the walk seconds.
MAKE_READY_S = 900
WALK_S = 120


@pytest.fixture
def world(new_server, new_tenant, new_receiver):
    """A server that gives up soon, a new organization, and the receiver that a walker expects."""
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": "1,1"})
    receiver = new_receiver()
    receiver.script("/fail", then=answers.status(500, b"out of order"))
    for path in ("/ok", "/ok/regional", "/ok/mended", "/ok/late", "/raw", "/operational"):
        receiver.script(path, then=answers.status(204))
    tenant = new_tenant(server)
    environment = {
        "HOOKWIRE_URL": server.url,
        "HOOKWIRE_TOKEN": tenant.token,
        "HOOKWIRE_RECEIVER_URL": receiver.url(""),
        "HOOKWIRE_WALK_ON": os.environ.get("HOOKWIRE_WALK_ON", "0"),
    }
    return receiver, clean_environment(environment)


@pytest.mark.parametrize("language", sdk.languages())
def test_every_step_of_the_walk(language, world):
    receiver, environment = world
    command = sdk.ready(language, MAKE_READY_S)
    printed = sdk.run(command, environment, WALK_S)
    assert sdk.taken(printed) == sdk.expected(language), printed

    raw = receiver.requests("/raw")
    assert [request.body.decode() for request in raw] == ['<order id="1">é</order>']
    assert raw[0].header("content-type") == "text/xml"
    eventually(lambda: check_announced(receiver), "operational webhooks")


def check_announced(receiver):
    """The operational webhooks have come that the walk has asked for, and no others."""
    came = {sdk.event_type(request) for request in receiver.requests("/operational")}
    assert came == {"endpoint.created", "message.attempt.exhausted"}
    return True


def test_every_walker_says_what_it_cannot_do_in_so_many_words():
    for language in sdk.languages():
        unknown = sdk.impossible(language) - set(sdk.steps())
        assert not unknown, f"{language}/none.txt names no step: {unknown}"
