"""Strangers send to bins what no client would: each gets a clear status or a closed connection, it
costs little, and another bin answers meanwhile."""

import contextlib
import json
import threading
import time

import pytest

from support.bin import make, undisturbed, values
from support.client import Tenant
from support.server import JWT_SECRET
from support.tokens import new_id, sign
from support.wait import SOON, eventually
from support.wire import Wire, exchange

SMALL = b"a request like any other"


@pytest.fixture
def bin(tenant):
    return make(tenant)


@pytest.fixture(autouse=True)
def beside(tenant):
    """Another bin, which must not notice anything."""
    with undisturbed(tenant) as other:
        yield other


@pytest.fixture(scope="module", autouse=True)
def dribbler(_shared_server):
    """A sender whose body comes a byte at a time, from the first of these tests to the last."""
    owner = Tenant(_shared_server, sign({"sub": new_id("org")}, JWT_SECRET))
    with Dribbler(make(owner)) as sender:
        yield sender
    owner.close()


class Dribbler:
    """Sends a byte of its body every half second until it is answered."""

    def __init__(self, bin):
        self.bin = bin
        self.answer = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(SOON)

    def wait_for_answer(self, within):
        """Waits until it is answered."""
        self._thread.join(within)
        assert not self._thread.is_alive(), f"it is listened to for {within} s"
        return self.answer

    def _send(self):
        with Wire(self.bin.server) as wire:
            wire.send(self.bin.head("host: x", "content-length: 1000"))
            while not wire.is_readable(0.5) and not self._stop.is_set():
                wire.send(b"a")
            if not self._stop.is_set():
                self.answer = wire.answer()


# ---- heads ----------------------------------------------------------------------------------


def test_a_hundred_kilobytes_of_headers(bin):
    """Are taken or refused, and more is refused before it has come."""
    big = b"x-big: " + b"h" * 100_000
    answer = exchange(bin.server, bin.head("host: x", big))
    assert answer.status in (200, 431)
    captures = bin.captures()
    assert len(captures) == (answer.status == 200)
    if captures:
        assert captures[0]["headers"] == [["host", "x"], ["x-big", "h" * 100_000]]
    with Wire(bin.server) as wire:
        wire.send(bin.head()[:-2] + b"x-endless: ")
        sent = 0
        with pytest.raises(OSError):
            while sent < 64 << 20:
                wire.send(b"h" * 65_536)
                sent += 65_536
        assert sent < 16 << 20, "it reads on for ever"
    assert len(bin.captures()) == len(captures)


def test_a_thousand_headers(bin):
    lines = [f"x-{n}: {n}" for n in range(1000)]
    assert exchange(bin.server, bin.head("host: x", *lines)).status == 431
    assert bin.captures() == []
    # More than anybody sends are taken, and each of them is shown.
    capture = exchange(bin.server, bin.head("host: x", *lines[:90])).headers["hookwire-capture"]
    assert len(bin.get(capture)["headers"]) == 91


# Head after the bin's first line, what follows it, statuses (None: hangs up), captures.
HEADS = {
    "no host": ([], b"", {200, 400}),
    "invalid utf-8 in a value": ([b"x-a: \xff\xfe\x80"], b"", {200}),
    "invalid utf-8 in a name": ([b"x-\xff: a"], b"", {400}),
    "a nul in a value": ([b"x-a: a\x00b"], b"", {400}),
    "a nul in a name": ([b"x\x00a: b"], b"", {400}),
    "control characters": ([b"x-a: a\x01\x1b[2Jb\x7f"], b"", {400}),
    "a folded line": ([b"x-a: a\r\n b"], b"", {400}),
    "a bare carriage return": ([b"x-a: a\rx-b: c"], b"", {400}),
    "a space before the colon": ([b"x-a : a"], b"", {400}),
    "no colon": ([b"x-a"], b"", {400}),
    "no name": ([b": a"], b"", {400}),
    "lengths that differ": ([b"content-length: 3", b"content-length: 4"], b"abcd", {400}),
    "a list of lengths": ([b"content-length: 3, 4"], b"abcd", {400}),
    "a negative length": ([b"content-length: -1"], b"", {400}),
    "a signed length": ([b"content-length: +3"], b"abc", {400}),
    "a hexadecimal length": ([b"content-length: 0x3"], b"abc", {400}),
    "no length": ([b"content-length: "], b"", {400}),
    "a length beyond all numbers": ([b"content-length: 99999999999999999999"], b"abc", {400, 413}),
    "a length beyond the bound": ([b"content-length: 9999999999"], b"abc", {413}),
    "an unknown coding": ([b"transfer-encoding: xchunked"], b"3\r\nabc\r\n0\r\n\r\n", {400, 501}),
    "two codings": ([b"transfer-encoding: chunked, identity"], b"3\r\nabc\r\n0\r\n\r\n", {400}),
    "a chunk without size": ([b"transfer-encoding: chunked"], b"\r\nabc\r\n0\r\n\r\n", {400}),
    "a chunk of odd size": ([b"transfer-encoding: chunked"], b"-3\r\nabc\r\n0\r\n\r\n", {400}),
    "a chunk beyond all numbers": ([b"transfer-encoding: chunked"], b"f" * 17 + b"\r\nabc", {400}),
    "a chunk that is longer": ([b"transfer-encoding: chunked"], b"3\r\nabcdef\r\n0\r\n\r\n", {400}),
    "endless extensions": ([b"transfer-encoding: chunked"], b"3;" + b"x" * 100_000, {400}),
    "endless trailers": ([b"transfer-encoding: chunked"], b"0\r\n" + b"a: b\r\n" * 50_000, {400}),
}  # fmt: skip


@pytest.mark.parametrize("case", HEADS)
def test_heads_and_framing(bin, case):
    lines, rest, statuses = HEADS[case]
    first = [] if case == "no host" else [b"host: x"]
    answer = exchange(bin.server, bin.head(*first, *lines) + rest)
    assert (answer.status if answer else None) in statuses | {None}
    captures = bin.captures()
    assert len(captures) == (answer is not None and answer.status == 200)
    if captures and lines:
        assert values(captures[0], "x-a") == ["\ufffd\ufffd\ufffd"]


def test_a_body_that_is_framed_twice_smuggles_nothing(bin, beside):
    """Whatever is taken for the body, what is hidden in it is no request."""
    hidden = beside.head("host: x", "content-length: 0", path=b"/hidden")
    framed = b"0\r\n\r\n" + hidden
    for lines in (
        ["transfer-encoding: chunked", f"content-length: {len(framed)}"],
        [f"content-length: {len(framed)}", "transfer-encoding: chunked"],
        ["transfer-encoding: chunked", "transfer-encoding: identity"],
    ):
        with Wire(bin.server) as wire:
            wire.send(bin.head("host: x", *lines) + framed)
            answer = wire.answer()
            if answer is not None and answer.status == 200:
                assert answer.headers.get("connection") == "close"
            assert wire.is_over()
    assert beside.captures() == []


def test_bodies_that_are_shorter_than_they_said(bin):
    for head, body in [
        (bin.head("host: x", "content-length: 100"), b"abc"),
        (bin.head("host: x", "content-length: 100"), b""),
        (bin.head("host: x", "content-length: 1000000"), b"a" * 999_999),
        (bin.head("host: x", "transfer-encoding: chunked"), b"5\r\nabc"),
        (bin.head("host: x", "transfer-encoding: chunked"), b"3\r\nabc\r\n"),
        (bin.head("host: x", "transfer-encoding: chunked"), b"3\r\nabc\r\n0\r\n"),
    ]:
        answer = exchange(bin.server, head + body, ends=True)
        assert answer is None or answer.status == 400
        with Wire(bin.server) as wire:  # Gone without a word.
            wire.send(head + body)
    assert bin.captures() == []


def test_a_body_that_is_longer_than_it_said(bin):
    """What follows is another request, or none."""
    with Wire(bin.server) as wire:
        wire.send(bin.head("host: x", "content-length: 3") + b"abc and more\r\n\r\n")
        assert wire.answer().status == 200
        after = wire.answer()
        assert after is None or after.status == 400
        assert wire.is_over()
    (capture,) = bin.captures()
    assert bin.body(capture["id"]) == b"abc"


# ---- slowly ---------------------------------------------------------------------------------


def dribbling(server, begin, count):
    """Connections that have begun a request."""
    stack = contextlib.ExitStack()
    for _ in range(count):
        stack.enter_context(Wire(server)).send(begin)
    return stack


@pytest.mark.parametrize("case", ["no such bin", "too large", "too many"])
def test_what_is_refused_before_its_body_comes_keeps_its_connection_in_step(tenant, case):
    """The body is no request; the next request is answered, or the connection said to end."""
    limits = {"bodyBytesMax": 50, "ratePerSecond": 1}
    bin = make(tenant, limits=limits if case == "too many" else {"bodyBytesMax": 50})
    body = bin.head("host: x", path=b"/hidden").ljust(400)
    refused = {"no such bin": 404, "too large": 413, "too many": 429}[case]
    head = bin.head("host: x", f"content-length: {len(body)}")
    if case == "no such bin":
        head = head.replace(bin.path.encode(), bin.path.encode()[:-1])
    if case == "too many":
        head = bin.head("host: x", "content-length: 40", path=b"/refused")
        body = body[:40]
        while exchange(bin.server, bin.head("host: x")).status == 200:
            pass
    with Wire(bin.server) as wire:
        wire.send(head)
        early = wire.is_readable(0.3)
        answer = wire.answer() if early else None
        if answer is None or answer.headers.get("connection", "").lower() != "close":
            wire.send(body)
            answer = answer or wire.answer()
            wire.send(b"GET /api/v1/health HTTP/1.1\r\nhost: x\r\n\r\n")
            assert wire.answer().status == 204
        assert answer.status == refused
    assert {capture["path"] for capture in bin.captures()} <= {""}


def test_hundreds_of_senders_who_dribble_slow_nobody(bin, beside):
    head, body = bin.head("host: x", "content-length: 1000"), b"a" * 10
    chunked = bin.head("host: x", "transfer-encoding: chunked")
    with (
        dribbling(bin.server, head[:30], 150),
        dribbling(bin.server, head + body, 150),
        dribbling(bin.server, chunked + b"5\r\nab", 50),
    ):
        begin = time.monotonic()
        for _ in range(50):
            assert beside.send(SMALL).text == "well"
        assert bin.send(SMALL).status_code == 200
        assert time.monotonic() - begin < SOON
    assert len(bin.captures()) == 1


def test_large_bodies_that_do_not_come_slow_no_other_bin(bin, beside):
    """Memory for bodies is bounded; a stranger must not have all of it for nothing."""
    head = bin.head("host: x", "content-length: 2000000")
    large = b"b" * 200_000
    with dribbling(bin.server, head + b"a" * 1000, 100):
        begin = time.monotonic()
        assert beside.send(SMALL).text == "well"
        assert beside.send(large).text == "well"
        assert time.monotonic() - begin < 10
    assert bin.captures() == []


# ---- all at once ---------------------------------------------------------------------------


def test_a_storm_of_everything(bin, beside):
    """All of it at once, while others send as ever."""
    stop = threading.Event()
    seen = []

    def storm():
        while not stop.is_set():
            for lines, rest, _ in HEADS.values():
                try:
                    exchange(bin.server, bin.head(b"host: x", *lines) + rest, ends=True)
                except OSError as error:
                    seen.append(error)

    threads = [threading.Thread(target=storm, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    begin = time.monotonic()
    for n in range(50):
        assert beside.send(SMALL, path=f"/{n}").text == "well"
    assert time.monotonic() - begin < 30
    stop.set()
    for thread in threads:
        thread.join(30)
    assert seen == []
    captured = eventually(lambda: beside.captures(), "they are there")
    assert [capture["path"] for capture in captured] == [f"/{n}" for n in reversed(range(50))]


def test_a_body_that_dribbles_is_ended(dribbler):
    """After half a minute, however steadily it comes."""
    answer = dribbler.wait_for_answer(within=60)
    assert answer.status == 408 and set(json.loads(answer.body)) == {"code", "detail"}
    assert dribbler.bin.captures() == []
