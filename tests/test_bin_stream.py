"""The live stream: every request, once, in order, over as many connections as it takes."""

import itertools
import json
import subprocess
import time

import httpx
import pytest

from support.bin import Senders, kept, make
from support.follower import Follower
from support.server import JWT_SECRET
from support.tokens import new_id, sign
from support.wait import eventually
from support.wire import Wire

# Connections that may follow one bin.
FOLLOWERS_MAX = 16


@pytest.fixture
def bin(tenant):
    return make(tenant)


# ---- what comes -----------------------------------------------------------------------------


def test_events_are_captures_as_lists_show_them(bin):
    bin.send(b"before anybody looked")
    with Follower(bin) as follower:
        assert follower.status == 200
        assert follower.answer.headers["content-type"] == "text/event-stream"
        sent = [kept(bin.send(b"%d\n\r\ndata: x\n\n" % n, path=f"/{n}")) for n in range(5)]
        events = follower.wait_for(5)
        assert [id for id, _ in events] == sent
        listed = bin.captures(order="ascending")[1:]
        assert [data for _, data in events] == listed
        assert not follower.is_over


def test_only_new_ones_unless_asked_otherwise(bin):
    sent = [kept(bin.send(b"%d" % n)) for n in range(3)]
    for options, expected in [
        ({"query": "?after=beginning"}, sent),
        ({"query": f"?after={sent[0]}"}, sent[1:]),
        ({"last": sent[1]}, sent[2:]),
        # What the browser remembers is newer than the address.
        ({"last": sent[1], "query": "?after=beginning"}, sent[2:]),
        ({"last": sent[2]}, []),
        ({"query": "?after=now"}, []),
        ({}, []),
    ]:
        with Follower(bin, **options) as follower:
            later = kept(bin.send(b"later"))
            follower.wait_for(len(expected) + 1)
            assert follower.ids == [*expected, later], options
        bin.tenant.http.delete(f"/bin/{bin.id}/request/{later}")


def test_one_that_is_forgotten_is_a_place_to_go_on_from_all_the_same(bin):
    sent = [kept(bin.send(b"%d" % n)) for n in range(3)]
    bin.tenant.http.delete(f"/bin/{bin.id}/request/{sent[1]}").raise_for_status()
    with Follower(bin, last=sent[1]) as follower:
        follower.wait_for(1)
        assert follower.ids == sent[2:]


def test_one_follower_sees_only_its_bin(bin):
    other = make(bin.tenant)
    with Follower(bin) as follower, Follower(other) as beside:
        one, two = kept(bin.send()), kept(other.send())
        last = kept(bin.send())
        follower.wait_for(2)
        beside.wait_for(1)
        assert (follower.ids, beside.ids) == ([one, last], [two])


def test_curl_follows_too(bin):
    ids = [kept(bin.send(b"x")) for _ in range(2)]
    done = subprocess.run(
        ["curl", "-sN", "--max-time", "2", "-H", f"Authorization: Bearer {bin.tenant.token}",
         "-H", f"Last-Event-ID: {ids[0]}", f"{bin.server.url}/api/v1/bin/{bin.id}/stream"],
        capture_output=True, timeout=30,
    )  # fmt: skip
    assert done.returncode == 28, "it goes on until it is ended"
    lines = done.stdout.decode().splitlines()
    assert f"id: {ids[1]}" in lines and "event: request" in lines
    (data,) = [line for line in lines if line.startswith("data: ")]
    assert json.loads(data.removeprefix("data: ")) == bin.captures()[0]


@pytest.mark.parametrize(
    "query, headers",
    [
        ("?after=yesterday", {}),
        ("?after=", {}),
        (f"?after={new_id('msg')}", {}),
        ("?listen=perhaps", {}),
        ("", {"last-event-id": "17"}),
        ("", {"last-event-id": new_id("bin")}),
        ("", {"last-event-id": b"\xff"}),
    ],
)
def test_places_that_are_none(bin, query, headers):
    answer = bin.tenant.http.get(f"/bin/{bin.id}/stream{query}", headers=headers)
    assert answer.status_code == 422 and answer.json()["detail"]


# ---- nothing is lost ------------------------------------------------------------------------


def follow_on(bin, seen, count, within=30):
    """Connects where the last connection ended, takes some events, and hangs up."""
    last = seen[-1] if seen else None
    with Follower(bin, last=last, query="?after=beginning") as follower:
        follower.wait_for(count, within)
        follower.close()
        # What came between the last wish and the end was seen, too.
        seen += follower.ids


def test_connections_that_break_lose_nothing_and_repeat_nothing(bin):
    seen = []
    with Senders(bin, threads=6) as senders:
        for n in range(25):
            follow_on(bin, seen, 1 + n % 7 * 10)
        assert len(seen) > 500
    assert senders.unexpected == []
    acknowledged = sorted(senders.acknowledged.values())
    follow_on(bin, seen, len(bin.captures(order="ascending")) - len(seen))
    assert len(seen) == len(set(seen)), "one came twice"
    assert seen == acknowledged


def test_one_connection_keeps_up_with_many_senders(tenant):
    bin = make(tenant, limits={"capturesMax": 20_000})
    with Follower(bin) as follower, Follower(bin, query="?after=beginning") as other:
        with Senders(bin, threads=8) as senders:
            senders.wait_for_more(1500)
        acknowledged = sorted(senders.acknowledged.values())
        for it in (follower, other):
            it.wait_for(len(acknowledged), within=30)
            assert it.ids == acknowledged


def test_over_restarts_of_the_server(new_server, new_tenant):
    server = new_server()
    bin = make(new_tenant(server), limits={"capturesMax": 100_000})
    seen = []
    with Senders(bin, threads=4) as senders:
        for life in range(4):
            last = seen[-1] if seen else None
            with Follower(bin, last=last, query="?after=beginning") as follower:
                follower.wait_for(100, within=30)
                server.kill() if life % 2 else server.terminate()
                follower.wait_for_end()
                seen += follower.ids
            server.start(within=30)
        senders.wait_for_more(20)
    assert senders.unexpected == []
    total = len(bin.captures())
    follow_on(bin, seen, total - len(seen))
    assert seen == sorted(set(seen)), "one came twice, or out of order"
    # Of what was under way at a kill some is kept that nobody was told of.
    assert set(senders.acknowledged.values()) <= set(seen)
    assert len(seen) == total


def test_somebody_who_does_not_read_holds_up_nobody(bin):
    """What waits for one follower is bounded; when it reads, it gets all of it."""
    with Wire(bin.server) as deaf, Follower(bin, query="?after=beginning") as follower:
        deaf.send(
            f"GET /api/v1/bin/{bin.id}/stream?after=beginning HTTP/1.0\r\n"
            f"authorization: Bearer {bin.tenant.token}\r\n\r\n".encode()
        )
        headers = {"x-long": "y" * 20_000}
        with httpx.Client(headers=headers) as sender:
            answers = [sender.post(bin.url) for _ in range(300)]
        sent = [kept(answer) for answer in answers]
        follower.wait_for(300)
        assert follower.ids == sent
        lines = (deaf.line() for _ in range(100_000))
        ids = (line.decode()[4:] for line in lines if line.startswith(b"id: "))
        # The first id says where the stream begins.
        assert list(itertools.islice(ids, 301))[1:] == sent


# ---- its end --------------------------------------------------------------------------------


def test_a_seventeenth_is_refused_until_one_goes(bin):
    other = make(bin.tenant)
    followers = [Follower(bin) for _ in range(FOLLOWERS_MAX)]
    try:
        assert {follower.status for follower in followers} == {200}
        one_more = Follower(bin)
        assert one_more.status == 429
        assert int(one_more.answer.headers["retry-after"]) >= 1
        with Follower(other) as beside:
            assert beside.status == 200
        sent = kept(bin.send())
        for follower in followers:
            assert follower.wait_for(1)[0][0] == sent
        followers.pop().close()

        def there_is_room():
            with Follower(bin) as again:
                return again.status == 200

        eventually(there_is_room, "a place is free")
    finally:
        for follower in followers:
            follower.close()


def test_a_stopping_server_ends_it_at_once(new_server, new_tenant):
    server = new_server()
    bin = make(new_tenant(server))
    with Follower(bin) as follower, Follower(bin, query="?listen=true") as listener:
        begin = time.monotonic()
        assert server.terminate(within=20) == 0
        for it in (follower, listener):
            it.wait_for_end()
        # It does not wait for them as it does for requests in flight (ten seconds).
        assert time.monotonic() - begin < 7


def test_a_deleted_bin_ends_it(bin):
    with Follower(bin) as follower:
        bin.tenant.http.delete(f"/bin/{bin.id}").raise_for_status()
        follower.wait_for_end()
        assert follower.events == []


def test_a_changed_bin_does_not(bin):
    with Follower(bin) as follower:
        bin.change(name="Another", response={"status": 202}, limits={"capturesMax": 10})
        sent = kept(bin.send())
        assert follower.wait_for(1)[0][0] == sent


def test_a_credential_that_ends_ends_what_it_opened(bin):
    """A share link that is taken back shows nothing more."""
    link = bin.tenant.http.post(f"/bin/{bin.id}/share").json()
    with Follower(bin, token=link["token"]) as guest:
        first = kept(bin.send())
        guest.wait_for(1)
        bin.tenant.http.delete(f"/bin/{bin.id}/share").raise_for_status()
        with Follower(bin) as owner:
            bin.send()
            owner.wait_for(1)
            # At the latest when it would be shown that the connection still is one.
            guest.wait_for_end(within=20)
        assert guest.ids == [first]


def test_without_a_credential(bin):
    url = f"{bin.server.url}/api/v1/bin/{bin.id}/stream"
    assert httpx.get(url).status_code == 401
    # A token in an address would be written down by every proxy.
    assert httpx.get(url, params={"token": bin.tenant.token}).status_code == 401
    other = sign({"sub": new_id("org")}, JWT_SECRET)
    with Follower(bin, token=other) as stranger:
        assert stranger.status == 404
