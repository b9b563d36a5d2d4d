"""Bins that change while requests arrive, and senders who do not stay until the end."""

import threading

import pytest

from support.bin import Senders, kept, make
from support.follower import Follower
from support.wait import eventually
from support.wire import Wire


@pytest.fixture
def bin(tenant):
    return make(tenant)


def begun(wire, bin, length=5):
    """Sends the head of a request, so that the server waits for its body."""
    wire.send(bin.head("host: a", f"content-length: {length}", "expect: 100-continue"))
    # It asks for the body: the bin was found.
    assert wire.line().startswith(b"HTTP/1.1 100")
    assert wire.line() == b""


def test_a_request_that_ends_after_the_bin_is_not_taken(bin):
    with Wire(bin.server) as wire:
        begun(wire, bin)
        assert bin.tenant.http.delete(f"/bin/{bin.id}").status_code == 204
        wire.send(b"hello")
        answer = wire.answer()
    assert answer.status == 404
    assert "hookwire-capture" not in answer.headers


def test_a_request_is_taken_as_the_bin_is_when_it_has_come(bin):
    with Wire(bin.server) as wire:
        begun(wire, bin)
        bin.change(verify={"provider": "github", "secret": "s3cret", "reject": True})
        wire.send(b"hello")
        answer = wire.answer()
    assert answer.status == 401
    assert bin.latest()["verification"]["status"] == "invalid"


def test_senders_who_hang_up_do_not_get_around_the_bounds(bin):
    bin.change(limits={"capturesMax": 16})
    request = bin.head("host: a", "content-length: 5") + b"hello"

    def hang_up(times):
        for _ in range(times):
            with Wire(bin.server) as wire:
                wire.send(request)

    threads = [threading.Thread(target=hang_up, args=(60,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    eventually(lambda: len(bin.captures()) <= 18, "the oldest go")
    # It goes on as before.
    assert kept(bin.send(b"after")) == bin.page(limit=1)["data"][0]["id"]


def test_a_follower_hears_at_once_while_another_bin_is_busy(tenant, bin):
    with Senders(make(tenant), threads=6), Follower(bin) as follower:
        for count in range(1, 31):
            capture = kept(bin.send(b"x"))
            # Long before the stream looks by itself, every 15 seconds.
            follower.wait_for(count)
            assert follower.ids[-1] == capture


def test_a_follower_hears_although_other_bins_are_changed_all_the_time(tenant):
    others = [make(tenant) for _ in range(3)]
    stop = threading.Event()

    def change(other):
        while not stop.is_set():
            other.change(name="again")

    threads = [threading.Thread(target=change, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    try:
        for _ in range(20):
            bin = make(tenant, response={"status": 200, "waitMs": 0})
            with Follower(bin) as follower:
                capture = kept(bin.send(b"x"))
                follower.wait_for(1)
                assert follower.ids == [capture]
                assert tenant.http.delete(f"/bin/{bin.id}").status_code == 204
                follower.wait_for_end()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_cleared_bin_is_still_used(tenant):
    bin = make(tenant, expiresAfterSeconds=3600)
    bin.send(b"x")
    before = tenant.http.get(f"/bin/{bin.id}").json()["expiresAt"]
    assert tenant.http.delete(f"/bin/{bin.id}/request").status_code == 204
    assert bin.captures() == []
    assert tenant.http.get(f"/bin/{bin.id}").json()["expiresAt"] >= before
