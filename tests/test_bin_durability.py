"""What a sender was told is kept is kept, and goes where it should, whatever happens to the
server."""

import json
import random
import threading

import httpx

from support import answers
from support.bin import Senders, kept, make
from support.wait import eventually

RETRIES = ",".join(["1"] * 30)

ROUNDS = 8


def bodies(bin):
    """Body to capture of all that the bin has; only for the small ones of `Senders`."""
    found = {}
    for capture in bin.captures():
        text = bin.body(capture["id"]).decode()
        assert text not in found, "kept twice"
        found[text] = capture
    return found


def arrived(receiver, path):
    """Bodies that came to a path."""
    return {request.body.decode() for request in receiver.requests(path)}


def all_arrive(receiver, path, wanted, within):
    """Waits until every one of these bodies came."""

    def complete():
        missing = set(wanted) - arrived(receiver, path)
        assert not missing, f"{len(missing)} of {len(wanted)} are missing at {path}"
        return True

    eventually(complete, f"all arrive at {path}", within)


def test_kills_in_a_burst_lose_nothing_that_was_acknowledged(new_server, new_tenant, receiver):
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": RETRIES})
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/steady"))
    refusals = [answers.status(500), answers.OK, answers.OK] * 300
    tenant.endpoint(app, receiver.script("/flaky", first=refusals))
    bin = make(
        tenant, forward={"appId": app}, limits={"capturesMax": 100_000},
        deduplicate={"by": "body"},
    )  # fmt: skip
    moments = random.Random(5)
    with Senders(bin, threads=6) as senders:
        for _ in range(ROUNDS):
            # Each life does some work, and ends at any point of it.
            senders.wait_for_more(moments.randint(1, 120))
            threading.Event().wait(moments.uniform(0, 0.15))
            server.kill()
            server.start(within=30)
        senders.wait_for_more(10)
    assert senders.unexpected == []
    acknowledged = senders.acknowledged
    assert len(acknowledged) > ROUNDS
    captures = {capture["id"]: capture for capture in bin.captures()}
    assert set(acknowledged.values()) <= set(captures)
    for body, id in random.Random(7).sample(sorted(acknowledged.items()), 30):
        assert bin.body(id).decode() == body
    # Also what nobody was told of is whole: a capture with its message, or nothing.
    assert all(capture["messageId"] for capture in captures.values())
    messages = {capture["messageId"] for capture in captures.values()}
    assert len(messages) == len(captures)
    for path in ("/steady", "/flaky"):
        receiver.wait_for_ids(path, messages, within=60)
        assert set(acknowledged) <= arrived(receiver, path)


def test_a_receiver_that_was_down_gets_what_a_bin_took(new_server, new_tenant, receiver):
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": RETRIES})
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/crm"))
    bin = make(tenant, forward={"appId": app})
    receiver.down()
    sent = [json.dumps({"n": n}) for n in range(40)]
    for body in sent:
        assert bin.send(body.encode()).status_code == 200
    server.kill()
    receiver.up()
    server.start()
    all_arrive(receiver, "/crm", sent, within=30)


def test_what_a_bin_is_and_knows_survives(new_server, new_tenant):
    server = new_server()
    tenant = new_tenant(server)
    bin = make(
        tenant,
        name="Kept",
        response={"status": 202, "body": "{{ request.path }}", "headers": {"x-a": "b"}},
        verify={"provider": "github", "secrets": ["one", "two"]},
        deduplicate={"by": "header", "name": "x-id"},
        limits={"ratePerSecond": 500},
    )
    first = kept(bin.send(b"\x00\xff", path="/p", headers={"x-ID": "1"}))
    unverified = bin.get(first)
    definition = tenant.http.get(f"/bin/{bin.id}").json()
    share = tenant.http.post(f"/bin/{bin.id}/share").json()["token"]
    server.kill()
    server.start()
    assert tenant.http.get(f"/bin/{bin.id}").json() == definition
    assert bin.get(first) == unverified and bin.body(first) == b"\x00\xff"
    answer = bin.send(b"x", path="/again", headers={"x-id": "1"})
    assert (answer.status_code, answer.text, answer.headers["x-a"]) == (202, "/again", "b")
    guest = {"authorization": f"Bearer {share}"}
    url = f"{server.url}/api/v1/bin/{bin.id}/request"
    assert len(httpx.get(url, headers=guest).json()["data"]) == 2


def test_duplicates_are_known_after_a_kill(new_server, new_tenant, receiver):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/once"))
    bin = make(tenant, forward={"appId": app}, deduplicate={"by": "field", "name": "id"})
    first = kept(bin.send(b'{"id":"evt_1"}'))
    server.kill()
    server.start()
    again = bin.get(kept(bin.send(b'{"id":"evt_1","try":2}')))
    assert (again["duplicateOf"], again["messageId"]) == (first, None)
    other = bin.get(kept(bin.send(b'{"id":"evt_2"}')))
    receiver.wait_for_ids("/once", [bin.get(first)["messageId"], other["messageId"]])


def test_a_terminated_server_answers_what_it_took(new_server, new_tenant, receiver):
    """SIGTERM under load: no sender sees anything but 2xx or a closed connection."""
    server = new_server(env={"HOOKWIRE_RETRY_SCHEDULE": RETRIES})
    tenant = new_tenant(server)
    app = tenant.app()
    tenant.endpoint(app, receiver.script("/steady"))
    bin = make(tenant, forward={"appId": app}, limits={"capturesMax": 100_000})
    with Senders(bin) as senders:
        for _ in range(3):
            senders.wait_for_more(100)
            assert server.terminate(within=20) == 0, server.tail()
            server.start()
    assert senders.unexpected == []
    all_arrive(receiver, "/steady", senders.acknowledged, within=30)
    assert "panicked" not in server.log()


def test_a_deleted_capture_stays_deleted(new_server, new_tenant):
    server = new_server()
    bin = make(new_tenant(server))
    gone, stays = (kept(bin.send(b"%d" % n)) for n in range(2))
    bin.tenant.http.delete(f"/bin/{bin.id}/request/{gone}").raise_for_status()
    server.kill()
    server.start()
    assert [capture["id"] for capture in bin.captures()] == [stays]


def test_bodies_are_not_in_the_log(new_server, new_tenant):
    server = new_server(args=["--log-level", "debug"])
    bin = make(new_tenant(server), verify={"provider": "github", "secret": "hush-9f2c"})
    bin.send(b"card-4242", path="/p?q=query-4242", headers={"authorization": "Bearer bearer-4242"})
    server.terminate()
    assert "4242" not in server.log() and "hush-9f2c" not in server.log()
    # Whoever knows the address can send to the bin.
    assert bin.url.rsplit("/", 1)[1] not in server.log()
