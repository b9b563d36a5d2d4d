"""The stream of attempts, as a page that watches sees it."""

import contextlib
import http.client
import json
import socket
import threading
import time

from .wait import SOON


class Watcher:
    """One connection that follows attempts: of an application, or of all of them.

    `events` are the data of the events with the moment at which each came; `attempts` all that was
    shown, `skipped` how many were only counted.
    """

    def __init__(self, server, token, app=None):
        path = "/stream" if app is None else f"/app/{app}/stream"
        self._changed = threading.Condition()
        self.events = []
        self.is_over = False
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"authorization": f"Bearer {token}"}
        self._connection.request("GET", f"/api/v1{path}", headers=headers)
        # It is taken by the answer, which may say that the connection ends with it.
        self._socket = self._connection.sock
        self.answer = self._connection.getresponse()
        self.status = self.answer.status
        if self.status == 200:
            self._thread = threading.Thread(target=self._read, daemon=True)
            self._thread.start()
        else:
            self.refusal = json.loads(self.answer.read())
            self._connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Hangs up."""
        if self.status != 200:
            return
        with contextlib.suppress(OSError):  # It was ended from the other side.
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(SOON)
        assert not self._thread.is_alive(), "the stream cannot be ended"
        self._connection.close()

    @property
    def attempts(self):
        """All that was shown, in order."""
        with self._changed:
            return [attempt for _, data in self.events for attempt in data["attempts"]]

    @property
    def skipped(self):
        """How many were counted and not shown."""
        with self._changed:
            return sum(data["skippedCount"] for _, data in self.events)

    def wait_for(self, count, within=SOON):
        """Waits until so many were shown or counted, or the stream ended; gives what was shown."""

        def reached():
            return self._total() >= count or self.is_over

        with self._changed:
            self._changed.wait_for(reached, within)
            total = self._total()
        assert total >= count, f"{total} of {count} attempts (over: {self.is_over})"
        return self.attempts

    def wait_for_end(self, within=SOON):
        """Waits until the other side ends the stream."""
        with self._changed:
            ended = self._changed.wait_for(lambda: self.is_over, within)
        assert ended, f"the stream goes on after {within:g} s"

    def _total(self):
        return sum(len(data["attempts"]) + data["skippedCount"] for _, data in self.events)

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
                    assert fields[b"event"] == b"attempts"
                    data = json.loads(fields[b"data"])
                    with self._changed:
                        self.events.append((time.monotonic(), data))
                        self._changed.notify_all()
                fields = {}
        except (OSError, http.client.HTTPException):
            pass  # It was ended, from whichever side.
        with self._changed:
            self.is_over = True
            self._changed.notify_all()
