"""Receivers that cannot be called: they come and read."""

import threading

import httpx
import pytest
from svix.api import (
    MessageIn,
    MessagePollerConsumerPollOptions,
    MessagePollerPollOptions,
    PollingEndpointConsumerSeekIn,
)
from svix.api.message import message_in_raw
from svix.exceptions import HttpError, HTTPValidationError

from support.client import Producers
from support.wait import eventually

SINK = "warehouse"

# Read before the producers end, so that most is read while more arrives.
READ = 1_500
KILLS = 4


def ids(page):
    return [entry.id for entry in page.data]


def poll(tenant, app, sink=SINK, **options):
    return tenant.sdk.message.poller.poll(app, sink, MessagePollerPollOptions(**options))


def consume(tenant, app, consumer="one", **options):
    options = MessagePollerConsumerPollOptions(**options)
    return tenant.sdk.message.poller.consumer_poll(app, SINK, consumer, options)


class Worker:
    """Reads as a careful program does: works on a page, and says so with the next request. When
    its connection breaks it knows nothing any more but what it has worked on."""

    def __init__(self, tenant, app):
        self._tenant = tenant
        self._path = f"/app/{app}/poller/{SINK}/consumer/worker"
        self.pages = []  # What came, page by page, in all of its lives.
        self.begins = []  # The numbers of those pages with which a life began.
        self.committed = []  # Messages of pages whose iterator the server has taken.

    def live(self, is_over):
        """Reads until `is_over()`, or until the connection breaks."""
        iterator, in_work = None, []
        self.begins.append(len(self.pages))
        while not is_over():
            query = {"limit": 40, **({"iterator": iterator} if iterator else {})}
            try:
                answer = self._tenant.http.get(self._path, params=query)
            except httpx.TransportError:
                return
            assert answer.status_code == 200, answer.text
            self.committed += in_work
            page = answer.json()
            in_work, iterator = [entry["id"] for entry in page["data"]], page["iterator"]
            self.pages.append(in_work)

    def read(self):
        return {id for page in self.pages for id in page}


def test_a_consumer_misses_nothing_however_often_the_server_is_killed(new_server, new_tenant):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    worker = Worker(tenant, app)
    stop = threading.Event()

    def work():
        while not stop.is_set():
            worker.live(stop.is_set)
            stop.wait(0.02)

    working = threading.Thread(target=work, daemon=True)
    with Producers(tenant, app, threads=8) as producers:
        working.start()
        for kill in range(KILLS):
            producers.wait_for(READ * (kill + 1) // (KILLS + 1), within=60)
            server.kill()
            server.start(within=30)
        producers.wait_for(READ, within=60)
    assert producers.unexpected == []
    acknowledged = set(producers.acknowledged)
    eventually(lambda: acknowledged <= worker.read(), "all that was acknowledged is read", 30)
    stop.set()
    working.join(30)
    assert not working.is_alive()

    assert len(worker.begins) > KILLS, "the consumer's connection broke each time"
    committed = worker.committed
    assert len(set(committed)) == len(committed), "what was committed came again"
    assert committed == sorted(committed), "not in the order of the ids"
    ends = [*worker.begins[1:], len(worker.pages)]
    for begin, end in zip(worker.begins, ends, strict=True):
        life = [id for page in worker.pages[begin:end] for id in page]
        assert life == sorted(set(life)), "one life saw a message twice, or out of order"


def test_a_place_survives_a_kill(new_server, new_tenant):
    server = new_server()
    tenant = new_tenant(server)
    app = tenant.app()
    sent = [tenant.send(app, payload={"n": n}) for n in range(6)]
    first = consume(tenant, app, limit=2)
    second = consume(tenant, app, limit=2, iterator=first.iterator)
    assert ids(first) + ids(second) == sent[:4]
    server.kill()
    server.start()
    assert ids(consume(tenant, app)) == sent[2:], "the second page was not committed"
    assert ids(consume(tenant, app, iterator=second.iterator)) == sent[4:]
    server.kill()
    server.start()
    assert ids(consume(tenant, app)) == sent[4:]
    assert ids(consume(tenant, app, consumer="two")) == sent


def test_whoever_keeps_the_iterator_needs_no_consumer(tenant):
    app = tenant.app()
    start = poll(tenant, app)
    assert (start.data, start.done) == ([], True)
    sent = [tenant.send(app, payload={"n": n}) for n in range(5)]
    page = poll(tenant, app, iterator=start.iterator, limit=3)
    assert (ids(page), page.done) == (sent[:3], False)
    assert [entry.payload for entry in page.data] == [{"n": n} for n in range(3)]
    page = poll(tenant, app, iterator=page.iterator)
    assert (ids(page), page.done) == (sent[3:], True)
    with pytest.raises(HTTPValidationError):
        poll(tenant, app, sink="other", iterator=page.iterator)
    with pytest.raises(HttpError) as missing:
        poll(tenant, "nobody")
    assert missing.value.status_code == 404


def test_only_what_is_wanted(tenant):
    app = tenant.app()
    paid = tenant.send(app, "order.paid", channels=["berlin"])
    lost = tenant.send(app, "order.lost")
    assert ids(poll(tenant, app, event_type="order.paid")) == [paid]
    assert ids(poll(tenant, app, channel="berlin")) == [paid]
    nothing = poll(tenant, app, event_type="order.lost", channel="berlin")
    assert (nothing.data, nothing.done) == ([], True)
    shown = tenant.sdk.message.get(app, paid).timestamp
    assert lost in ids(poll(tenant, app, after=shown.replace(year=shown.year - 1)))
    assert ids(poll(tenant, app, after=shown.replace(year=shown.year + 1))) == []


def test_a_consumer_is_moved(tenant):
    app = tenant.app()
    sent = [tenant.send(app) for _ in range(3)]
    page = consume(tenant, app)
    assert consume(tenant, app, iterator=page.iterator).data == []
    began = page.data[0].timestamp
    seek = PollingEndpointConsumerSeekIn(after=began.replace(year=began.year - 1))
    moved = tenant.sdk.message.poller.consumer_seek(app, SINK, "one", seek)
    assert ids(consume(tenant, app)) == sent
    assert ids(poll(tenant, app, iterator=moved.iterator)) == sent


def test_a_text_of_its_own_is_read_with_its_headers(tenant):
    app = tenant.app()
    message = message_in_raw("order.paid", "order;7\n", "text/csv")
    tenant.sdk.message.create(app, message)
    tenant.sdk.message.create(app, MessageIn(event_type="order.paid", payload={"n": 1}))
    page = poll(tenant, app)
    assert page.data[0].headers == {"content-type": "text/csv"}
    assert page.data[1].headers is None
    raw = tenant.http.get(f"/app/{app}/poller/{SINK}").json()["data"]
    assert [entry["rawPayload"] for entry in raw] == ["order;7\n", None]
