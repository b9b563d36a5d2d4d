"""`hookwire listen`: a bin's requests on a developer's machine, whatever dies in between."""

import hashlib
import hmac
import json
import random
import re
import signal
import socket
import subprocess
import threading
from urllib.parse import urlsplit

import httpx
import pytest

from support.listener import Listener
from support.local_program import LocalProgram
from support.wait import SOON, eventually

# Whose bins commands make and see.
ORGANIZATION = "org_00000000000000000000default"

SECRET = b"what the sender and the local program know"


@pytest.fixture
def server(new_server):
    return new_server()


@pytest.fixture
def owner(server, new_tenant):
    """The owner of the bins that commands see."""
    return new_tenant(server, ORGANIZATION)


@pytest.fixture
def new_local(tmp_path):
    """Makes local programs that run: `new_local(status=200, body="")`."""
    programs = []

    def make(**answer):
        programs.append(LocalProgram(tmp_path, **answer))
        return programs[-1].start()

    yield make
    for program in programs:
        program.kill()


@pytest.fixture
def new_listener(server, tmp_path):
    """Makes listeners on one machine that listen: `new_listener("--bin", …)`."""
    listeners = []

    def make(*args):
        listeners.append(Listener(server, tmp_path / "state", *args))
        return listeners[-1].start()

    yield make
    for listener in listeners:
        listener.end()


def new_bin(owner, **fields):
    answer = owner.http.post("/bin", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def send(found, path="", method="POST", **request):
    answer = httpx.request(method, found["url"] + path, **request)
    assert answer.status_code < 300, answer.text
    return answer


def signed(body):
    return {"X-Signature": hmac.new(SECRET, body, hashlib.sha256).hexdigest()}


# ---- nothing is lost ------------------------------------------------------------------------


class Senders:
    """Threads that send to a bin, come what may. `acknowledged` has for each of them the targets
    that were answered with 2xx, in order; `sent` all bodies by target."""

    def __init__(self, url, threads=3):
        self._url = url
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self.sent = {}
        self.unexpected = []
        self.acknowledged = [[] for _ in range(threads)]
        self._threads = [
            threading.Thread(target=self._send, args=(n,), daemon=True) for n in range(threads)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(SOON)

    def count(self):
        return sum(map(len, self.acknowledged))

    def wait_for_more(self, count, within=60):
        with self._changed:
            enough = self.count() + count
            in_time = self._changed.wait_for(lambda: self.count() >= enough, within)
        assert in_time, f"{self.count()} of {enough} acknowledged, {self.unexpected[:3]}"

    def _send(self, sender):
        number = 0
        chance = random.Random(sender)
        with httpx.Client(timeout=15) as client:
            # As fast as a person's provider may be; the local program has to come after.
            while not self._stop.wait(0.05):
                number += 1
                target = f"/{sender}/{number}?a=%2f&b"
                body = chance.randbytes(chance.choice([0, 1, 300, 70_000]))
                self.sent[target] = body
                try:
                    answer = client.post(self._url + target, content=body, headers=signed(body))
                except httpx.TransportError:
                    continue
                with self._changed:
                    if answer.status_code < 300:
                        self.acknowledged[sender].append(target)
                        self._changed.notify_all()
                    elif answer.status_code != 503:
                        self.unexpected.append((answer.status_code, answer.text))


def test_kills_of_server_program_and_listener_lose_nothing(
    server, owner, new_local, new_listener
):
    local = new_local()
    # What the bin no longer keeps cannot be forwarded.
    found = new_bin(owner, limits={"capturesMax": 10_000})
    listener = new_listener(
        "--bin", found["id"], "--forward", f"{local.url}/in", "--print", "json"
    )
    listener.wait_for(found["url"])
    moments = random.Random(5)
    with Senders(found["url"]) as senders:
        for _ in range(3):
            for dies in (server, local, listener):
                senders.wait_for_more(moments.randint(5, 30))
                threading.Event().wait(moments.uniform(0, 0.3))
                dies.end() if dies is listener else dies.kill()
                if dies is not server:
                    senders.wait_for_more(moments.randint(1, 20))
                dies.start()
        senders.wait_for_more(10)
    assert senders.unexpected == []

    acknowledged = [target for targets in senders.acknowledged for target in targets]
    assert len(acknowledged) > 100

    def arrived():
        came = [request["target"] for request in local.requests()]
        missing = {f"/in{target}" for target in acknowledged} - set(came)
        assert not missing, f"{len(missing)} of {len(acknowledged)}, as {sorted(missing)[:3]}"
        return local.requests()

    came = eventually(arrived, "all that was acknowledged was forwarded", within=90)
    for request in came:
        body = senders.sent[request["target"].removeprefix("/in")]
        assert request["body"] == body
        headers = dict(request["headers"])
        assert headers["x-signature"] == signed(body)["X-Signature"], "it verifies"
        assert headers["host"] == local.url.removeprefix("http://")
    # In the order in which they were sent: the first time that each came.
    first = list(dict.fromkeys(request["target"].removeprefix("/in") for request in came))
    for sender, targets in enumerate(senders.acknowledged):
        known = set(targets)
        assert [target for target in first if target in known] == targets, sender

    listener.wait_until(
        lambda: {f"{o['path']}?{o['query']}" for o in listener.objects()} >= set(acknowledged),
        "all was said",
    )
    for said in listener.objects():
        assert said["id"].startswith("cap_") and said["forwarded"]["status"] == 200
    errors = listener.errors()
    assert "is lost" in errors and "Connected again." in errors
    assert "does not answer" in errors and "answers again" in errors
    assert listener.end(signal.SIGTERM) == 0


def test_it_goes_on_with_the_bin_that_it_made(owner, new_local, new_listener, tmp_path):
    local = new_local()
    listener = new_listener("--forward", local.url)
    listener.wait_for("/in/")
    url = re.search(r"http://\S+/in/\w+", listener.out().decode()).group()
    httpx.post(url + "/one", content=b"1")
    listener.wait_for("→ 200")
    assert listener.end(signal.SIGINT) == 0
    httpx.put(url + "/two", content=b"2")
    listener.start().wait_for("PUT /two")
    listener.end()
    httpx.delete(url + "/three")
    listener.start().wait_for("DELETE /three")
    came = local.wait_for(3)
    assert [(r["method"], r["target"], r["body"]) for r in came if r["method"] != "PUT"] == [
        ("POST", "/one", b"1"),
        ("DELETE", "/three", b""),
    ]
    (made,) = owner.http.get("/bin").json()["data"]
    assert made["url"] == url and made["name"].startswith("listen")

    again = new_listener(
        "--since", "beginning", "--bin", made["id"], "--print", "json", "--state", tmp_path / "s"
    )
    again.wait_until(lambda: len(again.objects()) == 3, "all three from the beginning")
    assert [said["forwarded"] for said in again.objects()] == [None] * 3

    assert owner.http.delete(f"/bin/{made['id']}").status_code == 204
    assert listener.wait() == 1
    assert f"no bin {made['id']}" in listener.errors()
    other = new_listener()
    other.wait_for("making a new bin")
    other.wait_for("/in/")
    assert url not in other.out().decode()


def test_a_program_that_is_not_there_yet_gets_everything_in_order(owner, new_local, new_listener):
    local, found = new_local(), new_bin(owner)
    local.kill()
    listener = new_listener("--bin", found["id"], "--forward", local.url)
    listener.wait_for(found["url"])
    for number in range(5):
        send(found, f"/{number}")
    listener.wait_for("does not answer")
    local.start()
    assert [request["target"] for request in local.wait_for(5)] == [f"/{n}" for n in range(5)]
    listener.wait_until(lambda: listener.out().count("→ 200".encode()) == 5, "five answers")
    assert listener.out().count(b"does not answer") == listener.out().count(b"answers again") == 1


# ---- what is forwarded ----------------------------------------------------------------------


def test_duplicates_and_other_events_are_not_forwarded(owner, new_local, new_listener):
    local = new_local(status=503)
    found = new_bin(
        owner, deduplicate={"by": "header", "name": "x-id", "windowSeconds": 3600}
    )
    listener = new_listener(
        "--bin", found["id"], "--forward", local.url, "--events", "invoice.*,push"
    )
    listener.wait_for(found["url"])
    for event, number in [("invoice.paid", 1), ("invoice.paid", 1), ("other", 2), ("push", 3)]:
        send(found, json={"type": event}, headers={"x-id": str(number)})
    listener.wait_for("push\n  → 503")
    shown = listener.out().decode()
    assert shown.count("invoice.paid") == 2 and "other" not in shown
    assert shown.count("not forwarded: it is a duplicate") == 1 and "duplicate of cap_" in shown
    events = [json.loads(request["body"])["type"] for request in local.wait_for(2)]
    assert events == ["invoice.paid", "push"]


def test_the_answer_goes_back_to_the_sender_who_waits(owner, new_local, new_listener):
    local = new_local(status=418, body="from the local program")
    waiting = new_bin(owner, response={"status": 202, "waitMs": 10_000})
    listener = new_listener("--bin", waiting["id"], "--forward", local.url)
    listener.wait_for(waiting["url"])

    def answered():
        # The bin waits for a listener that is there, and it may not be there yet.
        answer = httpx.post(waiting["url"], content=b"?", timeout=30)
        return answer if answer.status_code == 418 else None

    answer = eventually(answered, "the local program's answer")
    assert answer.text == "from the local program"
    assert answer.headers["x-local"] == "yes"
    listener.wait_for("returned to the sender")
    listener.end()
    assert httpx.post(waiting["url"], timeout=30).status_code == 202, "nobody listens"

    hurried = new_bin(owner)
    listener = new_listener("--bin", hurried["id"], "--forward", local.url, "--answer")
    listener.wait_for(hurried["url"])
    assert send(hurried).status_code == 200
    listener.wait_for("the sender did not wait")


def test_hostile_bytes_are_shown_harmlessly(owner, new_local, new_listener, tmp_path):
    local, found = new_local(), new_bin(owner)
    hostile = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\r\n\tend"
    plain = new_listener("--bin", found["id"], "--forward", local.url)
    objects = new_listener("--bin", found["id"], "--print", "json", "--state", tmp_path / "s")
    plain.wait_for(found["url"])
    objects.wait_for(found["url"])
    body = json.dumps({"type": hostile}).encode()
    where = urlsplit(found["url"])
    head = (
        b"POST " + where.path.encode() + b"/caf\xc3\xa9\xc2\x9b31m\xff HTTP/1.1\r\n"
        b"Host: a\r\nConnection: close\r\nX-Bytes: \xff\xc2\x9b31m\xe2\x80\xae\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    with socket.create_connection((where.hostname, where.port), timeout=SOON) as connection:
        connection.sendall(head + body)
        answer = connection.recv(4096)
    sent = 0
    if answer.startswith(b"HTTP/1.1 2"):
        sent = 1
    # The same without bytes that a server may refuse.
    send(found, "/x", content=body, headers={"content-type": "application/json"})
    plain.wait_until(lambda: plain.out().count(b" /x  ") == 1, "the request")
    objects.wait_until(lambda: len(objects.objects()) == 1 + sent, "the request as JSON")
    for said in (plain.out().decode(), objects.out().decode()):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said), repr(said)
    assert local.wait_for(1 + sent)[-1]["body"] == body


def test_a_path_cannot_lead_out_of_the_address(owner, new_local, new_listener):
    local, found = new_local(), new_bin(owner)
    listener = new_listener("--bin", found["id"], "--forward", f"{local.url}/hooks")
    listener.wait_for(found["url"])
    where = urlsplit(found["url"])
    for path in ("/%2e%2e/admin", "/a/..%2f..%2fadmin", "/..;/admin"):
        with socket.create_connection((where.hostname, where.port), timeout=SOON) as connection:
            connection.sendall(
                f"GET {where.path}{path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".encode()
            )
            assert connection.recv(64)
    send(found, "/last")
    listener.wait_for("/last")
    assert [request["target"] for request in local.wait_for(1)] == ["/hooks/last"]


# ---- what ends it ---------------------------------------------------------------------------


def test_what_cannot_be_listened_to_is_said(server, owner, new_listener):
    unknown = new_listener("--bin", "bin_000000000000000000000000000")
    assert unknown.wait() == 1
    assert "no bin bin_0000" in unknown.errors() and not unknown.out()
    server.kill()
    nobody = new_listener()
    assert nobody.wait() == 1
    assert "no server answers" in nobody.errors()


def test_a_reader_who_has_seen_enough_ends_it(server, owner, tmp_path):
    found = new_bin(owner)
    send(found, "/first")
    listener = Listener(
        server, tmp_path, "--bin", found["id"], "--since", "beginning", "--print", "json"
    )
    process = subprocess.Popen(**listener.command(), stdout=subprocess.PIPE)
    try:
        assert json.loads(process.stdout.readline())["path"] == "/first"
        process.stdout.close()
        send(found, "/second")
        assert process.wait(SOON) == 0
    finally:
        process.kill()
        process.wait()
