"""Long lists read in pages, there and back, while new entries arrive: none comes twice, and none
that was there at the start is missing."""

from contextlib import ExitStack

import pytest

from support.bulk import post_all, posting
from support.client import Tenant
from support.receiver import Receiver
from support.server import JWT_SECRET, Server
from support.tokens import new_id, sign
from support.wait import eventually
from support.walking import forwards, page, there_and_back

MESSAGES = 10_000
APPLICATIONS = 2_000

# Read by polling before the producers end.
POLLED = 3_000

# So many must have come during a walk for it to have been one through a growing list.
ARRIVALS = 20


def message(n):
    return {"eventType": "order.paid", "payload": {"n": n}}


class Crowd:
    """A tenant with MESSAGES messages, each delivered to its one endpoint."""

    def __init__(self, directory):
        self.server = Server(directory).start()
        self.receiver = Receiver().up()
        self.tenant = self.new_tenant()
        self.app = self.tenant.app()
        self.endpoint = self.tenant.endpoint(self.app, self.receiver.url("/hook"))
        self.messages_path = f"/app/{self.app}/msg"
        self.attempts_path = f"/app/{self.app}/attempt/endpoint/{self.endpoint}"
        self.sent = set(post_all(self.tenant, self.messages_path, map(message, range(MESSAGES))))
        assert len(self.sent) == MESSAGES

    def new_tenant(self):
        return Tenant(self.server, sign({"sub": new_id("org")}, JWT_SECRET))

    def delivered(self):
        """Waits until all attempts are recorded."""
        self.receiver.wait_for_ids("/hook", self.sent, within=60)

        def recorded():
            attempts, _ = forwards(self.tenant, self.attempts_path)
            found = {entry["msgId"] for entry in attempts}
            assert found >= self.sent, f"{len(self.sent - found)} attempts are missing"
            return True

        eventually(recorded, "every attempt is recorded", within=30)

    def close(self):
        self.tenant.close()
        self.receiver.close()
        self.server.stop()


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    made = Crowd(tmp_path_factory.mktemp("crowd"))
    yield made
    made.close()


def test_messages(crowd):
    path = crowd.messages_path
    with posting(crowd.tenant, path, message) as arrived:
        seen = there_and_back(crowd.tenant, path, descending=True)
    assert len(arrived) >= ARRIVALS
    found = {entry["id"] for entry in seen}
    assert found >= crowd.sent
    assert found <= crowd.sent | set(arrived)


@pytest.mark.parametrize("listed", ["attempts", "messages that were tried"])
def test_attempts_of_an_endpoint(crowd, listed):
    crowd.delivered()
    path, key = {
        "attempts": (crowd.attempts_path, "msgId"),
        "messages that were tried": (f"/app/{crowd.app}/endpoint/{crowd.endpoint}/msg", "id"),
    }[listed]
    before = crowd.receiver.count()
    with posting(crowd.tenant, crowd.messages_path, message):
        seen = there_and_back(crowd.tenant, path, descending=True)
    assert crowd.receiver.count() >= before + ARRIVALS
    assert {entry[key] for entry in seen} >= crowd.sent


def application(n):
    return {"name": f"Application {n}"}


@pytest.mark.parametrize("order", ["ascending", "descending"])
def test_applications(crowd, order):
    tenant = crowd.new_tenant()
    made = set(post_all(tenant, "/app", map(application, range(APPLICATIONS))))
    with posting(tenant, "/app", application) as arrived:
        seen = there_and_back(tenant, "/app", descending=order == "descending", order=order)
    assert len(arrived) >= ARRIVALS
    assert {entry["id"] for entry in seen} >= made
    tenant.close()


def test_a_cursor_is_a_place_between_two_entries(crowd):
    """Not the number of a page: whatever the size, what follows and what precedes is the same."""
    tenant, path = crowd.tenant, crowd.messages_path
    first = page(tenant, path)
    behind = page(tenant, path, iterator=first["iterator"])
    ids = [entry["id"] for entry in first["data"] + behind["data"]]
    for size in (1, 7, 100, 249):
        after = page(tenant, path, limit=size, iterator=ids[200])
        assert [entry["id"] for entry in after["data"]] == ids[201 : 201 + size]
        before = page(tenant, path, limit=size, iterator=f"-{ids[250]}")
        assert [entry["id"] for entry in before["data"]] == ids[250 - size : 250]


def test_a_consumer_that_polls_meanwhile_misses_nothing(crowd):
    """Not even what is still arriving: producers that send at once, whose messages become visible
    in another order than their ids were made in."""
    tenant = crowd.tenant
    app = tenant.app()
    path = f"/app/{app}/poller/crm/consumer/one"
    read, query = [], {"limit": 50}

    def poll():
        answer = tenant.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        read.extend(entry["id"] for entry in answer.json()["data"])
        query["iterator"] = answer.json()["iterator"]
        return answer.json()["done"]

    with ExitStack() as stack:
        producers = [
            stack.enter_context(posting(tenant, f"/app/{app}/msg", message)) for _ in range(6)
        ]
        while len(read) < POLLED:
            poll()
    sent = {id for producer in producers for id in producer}
    eventually(lambda: poll() and len(read) >= len(sent), "all is read")
    assert len(set(read)) == len(read), "a message came twice"
    assert set(read) == sent
    assert read == sorted(read)
