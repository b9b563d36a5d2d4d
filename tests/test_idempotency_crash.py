"""A producer that tries until it is answered makes one message of each key, whatever breaks."""

import random
import threading
import uuid

import httpx

from support.wait import eventually


class Persistent:
    """Threads that send events as client libraries do: the same key until an answer comes."""

    def __init__(self, tenant, app, threads=4):
        self.tenant = tenant
        self.path = f"/app/{app}/msg"
        self.answered = {}
        self.refused = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(threads)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, count):
        eventually(
            lambda: self.refused or len(self.answered) >= count, f"{count} answers", within=30
        )
        assert not self.refused, self.refused[0]

    def _run(self, thread):
        n = 0
        while not self._stop.is_set() and not self.refused:
            self._send({"eventType": "a", "payload": {"thread": thread, "n": n}})
            n += 1

    def _send(self, body):
        """Sends until it is answered; an event that was begun is never given up."""
        headers = {"idempotency-key": f"auto_{uuid.uuid4()}"}
        while True:
            try:
                answer = self.tenant.http.post(self.path, json=body, headers=headers)
            except httpx.TransportError:
                # The server is being started again.
                self._stop.wait(0.01)
                continue
            if answer.status_code == 202:
                self.answered[headers["idempotency-key"]] = answer.json()["id"]
                return
            if answer.status_code != 503:
                self.refused.append(f"{answer.status_code} {answer.text}")
                return


def stored(tenant, app):
    """Every message of the application: its id and what was in it."""
    found, query = [], {"limit": 250}
    while True:
        page = tenant.http.get(f"/app/{app}/msg", params=query).json()
        found += [(it["id"], it["payload"]["thread"], it["payload"]["n"]) for it in page["data"]]
        if page["done"]:
            return found
        query["iterator"] = page["iterator"]


def test_each_key_makes_one_message_however_often_the_server_is_killed(new_server, new_tenant):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    moments = random.Random(7)
    with Persistent(tenant, app) as producers:
        for _ in range(6):
            producers.wait_for(len(producers.answered) + moments.randint(5, 80))
            server.kill()
            server.start()
        producers.wait_for(len(producers.answered) + 20)
    messages = stored(tenant, app)
    assert {id for id, _, _ in messages} == set(producers.answered.values())
    assert len({event[1:] for event in messages}) == len(messages), "an event was stored twice"
