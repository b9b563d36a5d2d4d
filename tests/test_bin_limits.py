"""What a bin takes and keeps, and what bins of people without an account may."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from support.bin import Bin, kept, make
from support.server import Server
from support.wait import eventually
from support.wire import Wire

# Answers that one bin holds back at the same time.
WAITING_MAX = 100

# Bins that one address may make in an hour without an account.
PER_ADDRESS = 30


def is_refused(answer, status):
    """The usual shape, and nothing was kept."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:300]}"
    assert set(answer.json()) == {"code", "detail"}
    assert "hookwire-capture" not in answer.headers
    return answer


# ---- bodies ---------------------------------------------------------------------------------


def test_bodies_up_to_the_bins_own_bound(tenant):
    bin = make(tenant, limits={"bodyBytesMax": 1000})
    assert bin.send(b"x" * 1000).status_code == 200
    is_refused(httpx.post(bin.url, content=b"x" * 1001), 413)
    pieces = (b"x" * 100 for _ in range(11))
    is_refused(httpx.post(bin.url, content=pieces), 413)
    assert bin.send(b"x" * 100 for _ in range(10)).status_code == 200
    assert bin.change(limits={"bodyBytesMax": 2000})["limits"]["bodyBytesMax"] == 2000
    assert bin.send(b"x" * 2000).status_code == 200
    assert [capture["bodyBytes"] for capture in bin.captures()] == [2000, 1000, 1000]


def test_bodies_up_to_the_servers_bound(tenant):
    bin = make(tenant)
    whole = bin.tenant.http.get(f"/bin/{bin.id}").json()["limits"]["bodyBytesMax"]
    assert bin.send(b"x" * whole).status_code == 200
    is_refused(httpx.post(bin.url, content=b"x" * (whole + 1), timeout=30), 413)
    for wrong in (whole + 1, 0, -1, 1.5, "1"):
        answer = tenant.http.post("/bin", json={"limits": {"bodyBytesMax": wrong}})
        assert answer.status_code == 422, wrong


# ---- rate -----------------------------------------------------------------------------------


def test_requests_beyond_the_rate(tenant):
    bin, beside = make(tenant, limits={"ratePerSecond": 5}), make(tenant)

    def refused():
        answer = httpx.post(bin.url)
        if answer.status_code == 200:
            return False
        is_refused(answer, 429)
        assert int(answer.headers["retry-after"]) >= 1
        assert beside.send().status_code == 200
        return True

    eventually(refused, "a request is refused")
    eventually(lambda: not refused(), "a second later one is taken again")
    bin.change(limits={})
    assert {bin.send().status_code for _ in range(30)} == {200}


# ---- what is kept ---------------------------------------------------------------------------


def keeps(bin, bound):
    """Waits until what the bin keeps is within a bound, which may be exceeded by an eighth."""

    def within():
        captures = bin.captures()
        assert bound(captures), f"{len(captures)} captures"
        return captures

    return eventually(within, "the oldest captures go")


def test_the_oldest_captures_go(tenant):
    bin = make(tenant, limits={"capturesMax": 16})
    sent = [kept(bin.send(b"%d" % n)) for n in range(100)]
    captures = keeps(bin, lambda captures: len(captures) <= 18)
    assert [capture["id"] for capture in captures] == sent[: -len(captures) - 1 : -1]
    assert len(captures) >= 16


def test_the_oldest_bytes_go(tenant):
    bin = make(tenant, limits={"bytesMax": 1 << 20})
    sent = [kept(bin.send(b"x" * 100_000)) for _ in range(40)]

    def fits(captures):
        return sum(capture["bodyBytes"] for capture in captures) <= (1 << 20) * 9 / 8 + 100_000

    captures = keeps(bin, fits)
    assert [capture["id"] for capture in captures] == sent[: -len(captures) - 1 : -1]
    assert len(captures) >= 9


def test_a_bin_that_gets_smaller_lets_go(tenant):
    bin = make(tenant)
    sent = [kept(bin.send()) for _ in range(40)]
    bin.change(limits={"capturesMax": 8})
    sent += [kept(bin.send()) for _ in range(2)]
    captures = keeps(bin, lambda captures: len(captures) <= 9)
    assert [capture["id"] for capture in captures] == sent[: -len(captures) - 1 : -1]


def test_what_is_kept_is_trimmed_after_a_restart(new_server, new_tenant):
    server = new_server()
    bin = make(new_tenant(server), limits={"capturesMax": 80})
    for _ in range(84):
        bin.send()
    server.kill()
    server.start()
    for _ in range(8):
        bin.send()
    assert len(keeps(bin, lambda captures: len(captures) <= 90)) >= 80


# ---- senders who wait -----------------------------------------------------------------------


def test_a_slow_bin_slows_no_other(new_server, new_tenant):
    """All its places are taken: the next sender is refused, and others notice nothing."""
    server = new_server()
    tenant = new_tenant(server)
    slow, beside = make(tenant, response={"delayMs": 30_000}), make(tenant)
    wires = [Wire(server) for _ in range(WAITING_MAX)]
    try:
        for wire in wires:
            wire.send(slow.head("host: x"))
        eventually(lambda: len(slow.captures()) == WAITING_MAX, "all of them are kept")
        for method in ("POST", "GET"):
            refused = is_refused(httpx.request(method, slow.url), 429)
            assert int(refused.headers["retry-after"]) >= 1
        begin = time.monotonic()
        for _ in range(50):
            assert beside.send(b"quick").status_code == 200
        assert time.monotonic() - begin < 15
        assert len(slow.captures()) == WAITING_MAX
        # Who hangs up gives its place to the next.
        wires.pop().close()

        def there_is_a_place():
            with Wire(server) as wire:
                wire.send(slow.head("host: x", "x-later: 1"))
                return eventually(lambda: len(slow.captures()) > WAITING_MAX, "kept", within=1)

        eventually(there_is_a_place, "a place is free")
        # Made quick, it answers whoever comes now.
        slow.change(response={"delayMs": 0})
        assert slow.send().status_code == 200
    finally:
        for wire in wires:
            wire.close()


def test_a_stopping_server_does_not_wait_for_a_slow_bin(new_server, new_tenant):
    server = new_server(env={"HOOKWIRE_SHUTDOWN_TIMEOUT_SECONDS": "2"})
    slow = make(new_tenant(server), response={"delayMs": 30_000})
    with Wire(server) as wire:
        wire.send(slow.head("host: x"))
        eventually(lambda: slow.captures(), "it is kept")
        begin = time.monotonic()
        assert server.terminate(within=20) == 0
        assert time.monotonic() - begin < 12
    server.start()
    assert len(slow.captures()) == 1


# ---- without an account ---------------------------------------------------------------------


class Visitor:
    """Somebody without an account, with what the server gave for a bin."""

    def __init__(self, server, made):
        self.server = server
        self.token = made["token"]
        self.http = httpx.Client(
            base_url=f"{server.url}/api/v1",
            headers={"authorization": f"Bearer {self.token}"},
            timeout=30,
        )


@pytest.fixture(scope="module")
def public_server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("public"), args=["--public-bins"])
    server.start()
    yield server
    server.stop()


def make_public(server, **fields):
    """A bin of somebody without an account."""
    answer = httpx.post(f"{server.url}/api/v1/public-bin", json=fields)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    return Bin(Visitor(server, made), made), made


def test_there_are_none_unless_the_operator_says_so(shared_server):
    for body in ({}, {"name": "x"}, {"nope": 1}):
        answer = httpx.post(f"{shared_server.url}/api/v1/public-bin", json=body)
        assert answer.status_code == 404 and "binsk" not in answer.text


def test_a_public_bin_from_nothing_to_everything(public_server):
    answer = httpx.post(f"{public_server.url}/api/v1/public-bin")
    assert answer.status_code == 201
    made = answer.json()
    bin = Bin(Visitor(public_server, made), made)
    assert made["public"] is True and made["token"].startswith("binsk_")
    assert made["forward"] is None and made["verify"] is None
    limits = made["limits"]
    assert limits["capturesMax"] <= 1000 and limits["bytesMax"] <= 64 << 20
    assert limits["bodyBytesMax"] < 2 << 20 and limits["ratePerSecond"] <= 100
    capture = kept(bin.send(b'{"a":1}', path="/x", headers={"content-type": "application/json"}))
    assert bin.get(capture)["body"]["kind"] == "json"
    http = bin.tenant.http
    assert "token" not in http.get(f"/bin/{bin.id}").json()
    assert http.get(f"/bin/{bin.id}/har").status_code == 200
    share = http.post(f"/bin/{bin.id}/share").json()["token"]
    guest = {"authorization": f"Bearer {share}"}
    url = f"{public_server.url}/api/v1/bin/{bin.id}"
    assert httpx.get(f"{url}/request", headers=guest).json()["data"][0]["id"] == capture
    changed = bin.change(name="Mine", response={"status": 202, "delayMs": 100}, cors=False)
    assert (changed["name"], changed["public"]) == ("Mine", True)
    assert bin.send().status_code == 202
    assert http.delete(f"/bin/{bin.id}").status_code == 204
    # The credential goes with the bin.
    assert http.get(f"/bin/{bin.id}").status_code in (401, 404)
    assert httpx.get(url, headers=guest).status_code in (401, 404)


def test_a_public_bins_bounds(public_server):
    bin, made = make_public(public_server)
    limits = made["limits"]
    is_refused(httpx.post(bin.url, content=b"x" * (limits["bodyBytesMax"] + 1)), 413)

    def refused():
        return httpx.post(bin.url).status_code == 429

    eventually(refused, "it takes less than there is")
    for path, fields in [
        ("/limits", {"limits": {"capturesMax": 10}}),
        ("/limits", {"limits": None}),
        ("/expiresAfterSeconds", {"expiresAfterSeconds": 31_536_000}),
        ("/forward", {"forward": {"appId": "app"}}),
        ("/response/delayMs", {"response": {"delayMs": 30_000}}),
    ]:
        answer = bin.tenant.http.patch(f"/bin/{bin.id}", json=fields)
        assert answer.status_code == 422, fields
        locs = ["/" + "/".join(entry["loc"][1:]) for entry in answer.json()["detail"]]
        assert path in locs, locs
    for fields in (
        {"limits": {"capturesMax": 1_000_000}},
        {"expiresAfterSeconds": 31_536_000},
        {"forward": {"appId": "app"}},
        {"response": {"delayMs": 30_000}},
    ):
        answer = httpx.post(f"{public_server.url}/api/v1/public-bin", json=fields)
        assert answer.status_code == 422, fields
    assert bin.tenant.http.get(f"/bin/{bin.id}").json()["limits"] == limits


def test_a_public_bin_sends_nothing_to_anybody(public_server, receiver):
    """Otherwise strangers could send from here to wherever they like."""
    bin, _ = make_public(public_server)
    capture = kept(bin.send(b"x"))
    url, http = receiver.script("/victim"), bin.tenant.http
    one = http.post(f"/bin/{bin.id}/request/{capture}/replay", json={"url": url})
    many = http.post(f"/bin/{bin.id}/replay", json={"requests": [capture], "url": url})
    assert (one.status_code, many.status_code) == (403, 403)
    assert receiver.count() == 0


def test_a_public_bins_token_reaches_nothing_else(public_server, new_tenant):
    (bin, _), (other, _) = make_public(public_server), make_public(public_server)
    capture = kept(other.send(b"theirs"))
    own = make(new_tenant(public_server))
    http = bin.tenant.http
    for of in (other, own):
        for path in ("", "/request", "/har", "/stream", f"/request/{capture}"):
            assert http.get(f"/bin/{of.id}{path}").status_code in (403, 404), path
        assert http.patch(f"/bin/{of.id}", json={"name": "x"}).status_code in (403, 404)
        assert http.delete(f"/bin/{of.id}").status_code in (403, 404)
    for method, path in [
        ("GET", "/app"),
        ("POST", "/app"),
        ("POST", "/bin"),
        ("GET", "/event-type"),
        ("GET", "/auth/key"),
        ("POST", "/auth/key"),
    ]:
        body = {"name": "x"} if method == "POST" else None
        assert http.request(method, path, json=body).status_code == 403, path
    listed = http.get("/bin").json()["data"]
    assert [entry["id"] for entry in listed] == [bin.id]
    assert len(other.captures()) == 1


def test_one_address_makes_so_many_an_hour(new_server):
    server = new_server(args=["--public-bins"])

    def post(address="127.0.0.1"):
        transport = httpx.HTTPTransport(local_address=address)
        with httpx.Client(transport=transport) as client:
            # Who says so is no other address.
            headers = {"x-forwarded-for": f"192.0.2.{len(answers) % 250}"}
            return client.post(f"{server.url}/api/v1/public-bin", headers=headers)

    answers = []
    for _ in range(PER_ADDRESS + 3):
        answers.append(post())
    codes = [answer.status_code for answer in answers]
    assert codes == [201] * PER_ADDRESS + [429] * 3
    assert 1 <= int(is_refused(answers[-1], 429).headers["retry-after"]) <= 3601
    assert post("127.0.0.2").status_code == 201
    # What does not make one does not count.
    url = f"{server.url}/api/v1/public-bin"
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.3")) as client:
        for _ in range(PER_ADDRESS + 1):
            assert client.post(url, json={"nope": 1}).status_code == 422
        assert client.post(url).status_code == 201


def test_there_are_no_more_than_there_may_be(new_server):
    server = new_server(args=["--public-bins"], env={"HOOKWIRE_PUBLIC_BINS_MAX": "3"})
    with ThreadPoolExecutor(8) as pool:
        url = f"{server.url}/api/v1/public-bin"
        answers = list(pool.map(lambda _: httpx.post(url, timeout=30), range(8)))
    made = [answer.json() for answer in answers if answer.status_code == 201]
    assert len(made) == 3
    assert {answer.status_code for answer in answers} == {201, 400}
    bin = Bin(Visitor(server, made[0]), made[0])
    bin.tenant.http.delete(f"/bin/{bin.id}").raise_for_status()
    assert httpx.post(url).status_code == 201


def test_a_public_bins_token_is_not_kept_in_the_clear(public_server):
    _, made = make_public(public_server)
    secret = made["token"].removeprefix("binsk_").encode()
    for file in public_server.directory.rglob("hookwire.db*"):
        assert secret not in file.read_bytes(), file
    assert made["token"] not in public_server.log()


def test_many_bins_at_once(tenant):
    made, lock = [], threading.Lock()

    def one(_):
        bin = make(tenant)
        with lock:
            made.append(bin)
        bin.send(bin.id.encode())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(40)))
    assert len({bin.url for bin in made}) == 40
    for bin in made:
        (capture,) = bin.captures()
        assert bin.body(capture["id"]) == bin.id.encode()
