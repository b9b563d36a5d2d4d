"""Many requests in little time: several connections, each with its next request on the way while
the answer to the one before is read. A polite client costs as much as the server does."""

import itertools
import json
import socket
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

# Requests of one connection that may be unanswered. The server answers them in order; a few are
# enough that it never waits for this side.
_AHEAD = 8


def post_all(tenant, path, bodies, connections=8):
    """Posts every one of the bodies; gives the ids of what was made, in no particular order."""
    numbered = iter(bodies)
    lock = threading.Lock()
    made, failures = [], []

    def take():
        with lock:
            return next(numbered, None) if not failures else None

    def post():
        try:
            made.extend(_post(tenant, path, take))
        except Exception as error:  # noqa: BLE001  (told to the caller below)
            failures.append(error)

    threads = [threading.Thread(target=post, daemon=True) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "requests hang"
    if failures:
        raise failures[0]
    return made


@contextmanager
def posting(tenant, path, body):
    """Posts `body(n)` one after another until the end; gives the list of ids, which grows."""
    stop = threading.Event()
    numbers = itertools.count()
    made, failures = [], []

    def take():
        return None if stop.is_set() else body(next(numbers))

    def post():
        try:
            for id in _post(tenant, path, take, ahead=1):
                made.append(id)
        except Exception as error:  # noqa: BLE001  (told to the caller below)
            failures.append(error)

    thread = threading.Thread(target=post, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive() and not failures, failures


def _post(tenant, path, take, ahead=_AHEAD):
    """Posts what `take` gives until it gives None; yields the ids as the answers come."""
    url = urlsplit(tenant.server.url)
    head = (
        f"POST /api/v1{path} HTTP/1.1\r\nhost: {url.netloc}\r\n"
        f"authorization: Bearer {tenant.token}\r\ncontent-type: application/json\r\n"
    )
    with socket.create_connection((url.hostname, url.port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = connection.makefile("rb")
        unanswered, more = 0, True
        while more or unanswered:
            batch = []
            while more and unanswered < ahead:
                body = take()
                if body is None:
                    more = False
                    break
                text = json.dumps(body).encode()
                batch.append(f"{head}content-length: {len(text)}\r\n\r\n".encode() + text)
                unanswered += 1
            connection.sendall(b"".join(batch))
            if unanswered:
                yield _answer(answers)
                unanswered -= 1


def _answer(stream):
    status = stream.readline().decode()
    length = 0
    while (line := stream.readline().lower()) not in (b"\r\n", b""):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    body = stream.read(length)
    assert status.split(" ")[1:2] in (["201"], ["202"]), f"{status} {body[:300]}"
    return json.loads(body)["id"]
