"""Bins as their senders and their owners see them."""

import http.client
import json
import threading
from contextlib import contextmanager

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


@contextmanager
def undisturbed(tenant):
    """Another bin of this tenant, which must answer as ever when the block is over, as must the
    server."""
    other, body = make(tenant, response={"body": "well"}), b"a request like any other"
    yield other
    answer = other.send(body)
    assert (answer.status_code, answer.text) == (200, "well")
    assert other.body(kept(answer)) == body
    assert tenant.http.get("/health").status_code == 204
    assert "panicked" not in tenant.server.log()


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
        port, headers = self._bin.server.port, {"content-type": "application/json"}
        while not self._stop.is_set():
            number += 1
            body = json.dumps({"sender": sender, "number": number})
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request("POST", self._bin.path, body, headers)
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
