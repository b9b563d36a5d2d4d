"""A real HTTP receiver with an answer scripted for each path.

It parses HTTP by itself, because the tests want to see the bytes and the order of the headers as
they came, and to answer in ways that no library would.
"""

import collections
import contextlib
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field

from . import answers
from .ports import reserved_socket
from .wait import SOON


@dataclass
class Request:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: list  # (name as written, value), in the order of arrival
    body: bytes
    monotonic_s: float = field(default_factory=time.monotonic)
    unix_s: float = field(default_factory=time.time)

    @property
    def path(self):
        """The target without its query."""
        return self.target.split("?", 1)[0]

    def header(self, name):
        """The value of the one header of this name; None when it did not come."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None

    def header_map(self):
        """Headers as the verifying libraries want them."""
        return {key.lower(): value for key, value in self.headers}

    @property
    def id(self):
        """The webhook-id."""
        return self.header("webhook-id")


class Receiver:
    """Listens on a port of 127.0.0.1 that stays reserved while it is down."""

    def __init__(self, tls=None):
        self._holder = reserved_socket()
        self.port = self._holder.getsockname()[1]
        self._tls = tls
        self._changed = threading.Condition()
        self._requests = collections.defaultdict(list)
        self._scripts = {}
        self._open = set()
        self._listener = None
        self._closing = None
        self.connections = 0

    # ---- life -------------------------------------------------------------------------------

    def up(self):
        """Begins to listen."""
        assert self._listener is None, "it listens already"
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(1024)
        self._listener, self._closing = listener, threading.Event()
        threading.Thread(target=self._accept, args=(listener, self._closing), daemon=True).start()
        return self

    def down(self):
        """Refuses connections from now on and breaks those that are open."""
        if self._listener is None:
            return
        self._closing.set()
        # Closing alone would not wake the thread in accept().
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._listener = None
        with self._changed:
            open_now = list(self._open)
        for connection in open_now:
            with contextlib.suppress(OSError):  # It may have gone by itself.
                connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        """Goes away for good."""
        self.down()
        self._holder.close()

    def url(self, path):
        """The address of a path."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    # ---- the script -------------------------------------------------------------------------

    def script(self, path, first=(), then=answers.OK):
        """What this path answers: each of `first` once, in order, and `then` ever after."""
        with self._changed:
            self._scripts[path] = (collections.deque(first), then)
        return self.url(path)

    def _next_answer(self, path):
        first, then = self._scripts.get(path, ((), answers.OK))
        return first.popleft() if first else then

    # ---- what came --------------------------------------------------------------------------

    def requests(self, path):
        """What came to this path so far, in order."""
        with self._changed:
            return list(self._requests[path])

    def count(self):
        """How many requests came so far, to whatever path."""
        with self._changed:
            return sum(map(len, self._requests.values()))

    def ids(self, path):
        """The set of webhook-ids that came to this path so far."""
        with self._changed:
            return {request.id for request in self._requests[path]}

    def wait_for(self, path, count=1, within=SOON):
        """Waits until at least `count` requests came to this path; gives them all."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._requests[path]) >= count, within)
            came = list(self._requests[path])
        assert len(came) >= count, f"{path}: {len(came)} of {count} requests in {within:g} s"
        return came

    def wait_for_ids(self, path, ids, within=SOON):
        """Waits until every one of these webhook-ids came to this path."""
        wanted = set(ids)
        arrived = set()
        seen = 0

        def complete():
            nonlocal seen
            came = self._requests[path]
            arrived.update(request.id for request in came[seen:])
            seen = len(came)
            return wanted <= arrived

        with self._changed:
            self._changed.wait_for(complete, within)
        missing = wanted - arrived
        assert not missing, (
            f"{path}: {len(missing)} of {len(wanted)} messages are missing after {within:g} s, "
            f"for example {sorted(missing)[:3]}"
        )

    # ---- connections ------------------------------------------------------------------------

    def _accept(self, listener, closing):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection, closing), daemon=True).start()

    def _serve(self, connection, closing):
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with self._changed:
                self._open.add(connection)
            stream = connection.makefile("rb")
            while not closing.is_set() and (request := _read_request(connection, stream)):
                with self._changed:
                    self._requests[request.path].append(request)
                    answer = self._next_answer(request.path)
                    self._changed.notify_all()
                if not answer(connection, request, closing):
                    break
        except (OSError, ssl.SSLError, ValueError):
            pass  # The other side went away, or this side did: both are part of the tests.
        finally:
            with self._changed:
                self._open.discard(connection)
            connection.close()


def _read_request(connection, stream):
    """The next request on this connection; None when there is none."""
    if stream.peek(1)[:1] == b"\x16":
        # A TLS handshake at a plain port: as web servers do, complain in plain text and hang up.
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
        return None
    first = stream.readline()
    if not first.strip():
        return None
    method, target, _version = first.decode("latin-1").split(" ", 2)
    headers = []
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").rstrip("\r\n").partition(":")
        headers.append((name, value.strip()))
    by_name = {name.lower(): value for name, value in headers}
    if by_name.get("expect", "").lower() == "100-continue":
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if by_name.get("transfer-encoding", "").lower() == "chunked":
        body = _read_chunks(stream)
    else:
        length = int(by_name.get("content-length", "0"))
        body = stream.read(length)
        if len(body) < length:
            return None  # The sender was killed in the middle: nothing that counts came.
    return Request(method, target, headers, body)


def _read_chunks(stream):
    body = b""
    while size := int(stream.readline().split(b";")[0], 16):
        body += stream.read(size)
        stream.readline()
    while stream.readline() not in (b"\r\n", b""):
        pass
    return body
