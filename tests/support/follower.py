"""The live stream of a bin, as a client of server-sent events sees it."""

import contextlib
import http.client
import json
import socket
import threading

from .wait import SOON


class Follower:
    """One connection that follows a bin. `events` are (id, data), `pings` the comments."""

    def __init__(self, bin, token=None, last=None, query="", cookie=None):
        headers = {"authorization": f"Bearer {token or bin.tenant.token}"}
        if cookie is not None:
            headers = {"cookie": cookie}
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
        with contextlib.suppress(OSError):  # It was ended from the other side.
            self._socket.shutdown(socket.SHUT_RDWR)
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
