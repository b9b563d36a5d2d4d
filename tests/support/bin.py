"""Bins as their senders and their owners see them: sent to byte by byte, listed, and followed."""

import http.client
import json
import socket
import threading
from dataclasses import dataclass

import httpx

from .wait import SOON


class Bin:
    """A bin, seen by a tenant. `url` is its address, `path` the same without the server."""

    def __init__(self, tenant, made):
        self.tenant = tenant
        self.server = tenant.server
        self.id = made["id"]
        self.url = made["url"]
        self.path = self.url.removeprefix(self.server.url)

    # ---- as a sender ------------------------------------------------------------------------

    def send(self, body=b"", path="", method="POST", **request):
        """Sends a request that must be kept; gives the answer, which names the capture."""
        answer = httpx.request(method, self.url + path, content=body, timeout=60, **request)
        assert "hookwire-capture" in answer.headers, f"{answer.status_code} {answer.text[:300]}"
        return answer

    def keep(self, body=b"", path="", method="POST", **request):
        """Sends a request; gives the capture in full."""
        return self.get(kept(self.send(body, path, method, **request)))

    def head(self, *lines, method=b"POST", path=b"", version=b"1.1"):
        """The head of a request to this bin, with these header lines as they are."""
        first = b"%s %s%s HTTP/%s" % (method, self.path.encode(), path, version)
        lines = [line if isinstance(line, bytes) else line.encode() for line in lines]
        return b"\r\n".join([first, *lines, b"", b""])

    # ---- as its owner -----------------------------------------------------------------------

    def page(self, **params):
        """A page of the list of captures."""
        return self._got("/request", params).json()

    def captures(self, **params):
        """All captures that match, the newest first, over as many pages as it takes."""
        found = []
        while True:
            page = self.page(**{"limit": 250, **params})
            found += page["data"]
            if page["done"]:
                return found
            params["iterator"] = page["iterator"]

    def get(self, capture):
        """A capture in full."""
        return self._got(f"/request/{capture}").json()

    def latest(self):
        """The newest capture in full."""
        return self.get(self.page(limit=1)["data"][0]["id"])

    def body(self, capture):
        """A capture's body, byte for byte."""
        return self._got(f"/request/{capture}/body").content

    def change(self, **fields):
        """Changes the bin; gives what it is now."""
        changed = self.tenant.http.patch(f"/bin/{self.id}", json=fields)
        assert changed.status_code == 200, changed.text
        return changed.json()

    def _got(self, path, params=None):
        answer = self.tenant.http.get(f"/bin/{self.id}{path}", params=params)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text[:500]}"
        return answer


def make(tenant, **fields):
    """A new bin."""
    answer = tenant.http.post("/bin", json=fields)
    assert answer.status_code == 201, answer.text
    return Bin(tenant, answer.json())


def kept(answer):
    """The id of the capture that an answer tells of."""
    return answer.headers["hookwire-capture"]


def values(capture, name):
    """A captured header's values, in order."""
    return [value for key, value in capture["headers"] if key.lower() == name.lower()]


# ---- below HTTP -----------------------------------------------------------------------------


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


# ---- many requests --------------------------------------------------------------------------


class Senders:
    """Threads that send to a bin, each over a connection that it keeps, come what may.

    `acknowledged` has the body of every request that was answered with 2xx, and the id of its
    capture; who loses its connection does not know what became of its request, and goes on with
    the next.
    """

    def __init__(self, bin, threads=3, pause_s=0.0):
        self._bin = bin
        self._pause_s = pause_s
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self.acknowledged = {}
        self.unexpected = []
        self._threads = [
            threading.Thread(target=self._send, args=(n,), daemon=True) for n in range(threads)
        ]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Ends them; each finishes the request that it has begun."""
        self._stop.set()
        for thread in self._threads:
            thread.join(SOON)
            assert not thread.is_alive(), "a sender hangs"

    def wait_for_more(self, count, within=60):
        """Waits until so many more are acknowledged."""
        with self._changed:
            enough = len(self.acknowledged) + count
            in_time = self._changed.wait_for(lambda: len(self.acknowledged) >= enough, within)
        assert in_time, f"{len(self.acknowledged)} of {enough}; {self.unexpected[:3]}"

    def _send(self, sender):
        number, connection = 0, None
        while not self._stop.is_set():
            number += 1
            body = json.dumps({"sender": sender, "number": number})
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self._bin.server.port, 30)
                connection.request("POST", self._bin.path, body, {"content-type": "application/json"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                if connection is not None:
                    connection.close()
                connection = None
                self._stop.wait(0.02)  # It is being restarted; a busy loop would slow that.
                continue
            with self._changed:
                if 200 <= answer.status < 300:
                    self.acknowledged[body] = answer.headers["hookwire-capture"]
                    self._changed.notify_all()
                else:
                    self.unexpected.append((answer.status, body))
            if self._pause_s:
                self._stop.wait(self._pause_s)
        if connection is not None:
            connection.close()


# ---- the stream -----------------------------------------------------------------------------


class Follower:
    """One connection that follows a bin. `events` are (id, data), `pings` the comments."""

    def __init__(self, bin, token=None, last=None, query=""):
        headers = {"authorization": f"Bearer {token or bin.tenant.token}"}
        if last is not None:
            headers["last-event-id"] = last
        self._changed = threading.Condition()
        self.events = []
        self.is_over = False
        self._connection = http.client.HTTPConnection("127.0.0.1", bin.server.port, timeout=60)
        self._connection.request("GET", f"/api/v1/bin/{bin.id}/stream{query}", headers=headers)
        # It is taken by the answer, which may say that the connection ends with it.
        self._socket = self._connection.sock
        self.answer = self._connection.getresponse()
        self.status = self.answer.status
        if self.status == 200:
            self._thread = threading.Thread(target=self._read, daemon=True)
            self._thread.start()
        else:
            self.refusal = self.answer.read()
            self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Hangs up; what has not been read by then was not seen."""
        if self.status != 200:
            return
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # It was ended from the other side.
        self._thread.join(SOON)
        assert not self._thread.is_alive(), "the stream cannot be ended"
        self._connection.close()

    @property
    def ids(self):
        """The ids of what came, in order."""
        with self._changed:
            return [id for id, _ in self.events]

    def wait_for(self, count, within=SOON):
        """Waits until so many events came, or the stream ended; gives them all."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.events) >= count or self.is_over, within)
            came = list(self.events)
        assert len(came) >= count, f"{len(came)} of {count} events (over: {self.is_over})"
        return came

    def wait_for_end(self, within=SOON):
        """Waits until the other side ends the stream."""
        with self._changed:
            ended = self._changed.wait_for(lambda: self.is_over, within)
        assert ended, f"the stream goes on after {within:g} s"

    def _read(self):
        fields = {}
        try:
            while line := self.answer.readline():
                line = line.rstrip(b"\r\n")
                if line:
                    name, _, value = line.partition(b":")
                    fields[name] = value.removeprefix(b" ")
                    continue
                if b"data" in fields:
                    event = (fields[b"id"].decode(), json.loads(fields[b"data"]))
                    assert fields[b"event"] == b"request"
                    with self._changed:
                        self.events.append(event)
                        self._changed.notify_all()
                fields = {}
        except (OSError, http.client.HTTPException):
            pass  # It was ended, from whichever side.
        with self._changed:
            self.is_over = True
            self._changed.notify_all()
