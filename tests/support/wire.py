"""A connection on which a test writes what it likes, and reads what comes."""

import select
import socket
from dataclasses import dataclass

from .wait import SOON


@dataclass
class Answer:
    """An answer as it came over the wire; names of headers in small letters."""

    status: int
    headers: dict
    body: bytes


class Wire:
    """A connection on which a test writes what it likes."""

    def __init__(self, server, timeout=SOON):
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, data):
        """Writes bytes."""
        self._socket.sendall(data)

    def end(self):
        """Says that nothing more comes."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self):
        """Ends the connection in both directions."""
        self._stream.close()
        self._socket.close()

    def answer(self, to_head=False):
        """The next answer, or None where the connection ended without one."""
        status = self._stream.readline().split(b" ")[1:2]
        if not status:
            return None
        headers = {}
        while (line := self._stream.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = b""
        if not to_head:
            body = self._stream.read(int(headers.get("content-length", "0")))
        return Answer(int(status[0]), headers, body)

    def line(self):
        """The next line without its end."""
        line = self._stream.readline()
        assert line, "the connection has ended"
        return line.rstrip(b"\r\n")

    def is_readable(self, within_s):
        """Whether something comes within this time, be it the end of the connection."""
        readable, _, _ = select.select([self._socket], [], [], within_s)
        return bool(readable)

    def is_over(self):
        """Whether the other side has ended the connection; waits for it."""
        try:
            return self._stream.read(1) == b""
        except ConnectionError:
            return True


def exchange(server, data, ends=False, timeout=SOON):
    """Sends bytes and gives the first answer; None where the connection ends without one.

    `ends` says that nothing more comes, by which a sender that promised more breaks off.
    """
    with Wire(server, timeout) as wire:
        try:
            wire.send(data)
            if ends:
                wire.end()
        except OSError:
            pass  # It may hang up at any point, and have answered before.
        try:
            return wire.answer()
        except ConnectionError:
            return None
