"""A tenant with everything that an operation may be about, and the calls that are held against the
contract."""

import datetime
import functools
import itertools
from collections import defaultdict
from contextlib import contextmanager

import httpx

from support import answers
from support.client import Tenant
from support.receiver import Receiver
from support.server import JWT_SECRET
from support.tokens import claims_of, new_id, sign
from support.wait import eventually

from .document import OPERATIONS, hold

_OWNERS = object()

EVENT_TYPE = "order.paid"
SCHEMAS = {"1": {"type": "object", "examples": [{"order": 7}]}}


def ago(**delta):
    """A moment before now (or after, when negative), as RFC 3339."""
    moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**delta)
    return moment.isoformat()


@contextmanager
def built_on(server):
    """A world on this server, with a receiver of its own, until the end of the block."""
    receiver = Receiver().up()
    world = World(server, receiver)
    try:
        yield world
    finally:
        world.close()
        receiver.close()


class World:
    """What there is, and a memory of what was asked and reached."""

    def __init__(self, server, receiver):
        self.server = server
        self.receiver = receiver
        self.owner = _new_tenant(server)
        self.stranger = _new_tenant(server)
        # Says of itself nothing: each call brings its own token, or none.
        self._http = httpx.Client(base_url=f"{server.url}/api/v1", timeout=30)
        self.reached = defaultdict(set)
        self.asked = defaultdict(set)
        self._numbers = itertools.count(1)
        self._build()

    def _build(self):
        owner = self.owner
        owner.event_type(EVENT_TYPE, schemas=SCHEMAS)
        self.app = owner.app(uid="acme", metadata={"plan": "gold"})
        self.endpoint = owner.endpoint(
            self.app,
            self.receiver.script("/ok"),
            uid="hook",
            headers={"x-team": "crm", "authorization": "Bearer hush"},
        )
        self.failing = owner.endpoint(
            self.app, self.receiver.script("/fail", then=answers.status(500, b"no"))
        )
        self.message = self.sent(channels=["berlin"], tags=["vip"], event_id="order-1")
        self.attempt = next(
            attempt.id
            for attempt in owner.attempts(self.app, self.message)
            if attempt.endpoint_id == self.endpoint
        )

    def close(self):
        """Ends the connections."""
        self._http.close()
        self.owner.close()
        self.stranger.close()

    # ---- more of everything -----------------------------------------------------------------

    def fresh(self, word):
        """A name that nothing has."""
        return f"{word}-{next(self._numbers)}"

    def fresh_app(self):
        """The id of an application of its own."""
        return self.owner.app(uid=self.fresh("app"))

    def fresh_endpoint(self, app=None):
        """The id of an endpoint of its own."""
        return self.owner.endpoint(app or self.app, self.receiver.url("/ok"))

    def fresh_event_type(self):
        """The name of an event type of its own."""
        return self.owner.event_type(self.fresh("event"))

    def sent(self, app=None, **fields):
        """The id of a message that was sent to `hook` and failed at the other endpoint."""
        message = self.owner.send(app or self.app, EVENT_TYPE, {"order": 1}, **fields)
        if app is None:
            self.owner.wait_for_attempts(self.app, message, 2)
            self.owner.wait_for_status(self.app, message, self.endpoint, "success")
        return message

    @functools.cached_property
    def task(self):
        """The id of a background task."""
        path = f"/app/{self.app}/endpoint/{self.endpoint}/recover"
        answer = self.owner.http.post(path, json={"since": ago(hours=1)})
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    @functools.cached_property
    def operational(self):
        """The id of an operational webhook's endpoint."""
        return self.fresh_operational()

    def fresh_operational(self):
        """The id of one of its own."""
        body = {"url": self.receiver.url("/operational"), "headers": {"x-team": "ops"}}
        answer = self.owner.http.post("/operational-webhook/endpoint", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    @functools.cached_property
    def bin(self):
        """A bin that has received something: its id, and that of a request."""
        made = self.owner.http.post("/bin", json={"name": "Everything"})
        assert made.status_code == 201, made.text
        received = httpx.post(made.json()["url"], json={"order": 1}, timeout=30)
        assert received.status_code == 200, received.text
        return made.json()["id"], received.headers["hookwire-capture"]

    def portal_token(self, app=None, **fields):
        """A token for the portal of an application."""
        path = f"/auth/app-portal-access/{app or self.app}"
        answer = self.owner.http.post(path, json=fields)
        assert answer.status_code == 200, answer.text
        return answer.json()["token"]

    def app_token(self, app):
        """A token for one application, signed with the server's secret."""
        return sign({"sub": app, "org": claims_of(self.owner.token)["sub"]}, JWT_SECRET)

    # ---- paths ------------------------------------------------------------------------------

    def names(self, operation, **given):
        """What stands for each parameter of this operation's path, if nothing else is given."""
        known = {
            "app_id": lambda: self.app,
            "endpoint_id": lambda: (
                self.operational if "operational" in operation.path else self.endpoint
            ),
            "event_type_name": lambda: EVENT_TYPE,
            "msg_id": lambda: self.message,
            "attempt_id": lambda: self.attempt,
            "task_id": lambda: self.task,
            "sink_id": lambda: "crm",
            "consumer_id": lambda: "worker-1",
        }
        return {
            name: given[name] if name in given else known[name]() for name in operation.parameters
        }

    def unknown(self, parameter):
        """A well-formed name of something that is not there."""
        prefixes = {
            "app_id": "app",
            "endpoint_id": "ep",
            "msg_id": "msg",
            "attempt_id": "atmpt",
            "task_id": "qtask",
        }
        if parameter in prefixes:
            return new_id(prefixes[parameter])
        return self.fresh("unknown")

    # ---- asking -----------------------------------------------------------------------------

    def ask(
        self, operation, token=_OWNERS, query=None, body=None, content=None, agent=None, **names
    ):
        """The bare answer. Parameters of the path that are not named stand for what is there."""
        headers = {"user-agent": agent} if agent else {}
        if token is not None:
            headers["authorization"] = f"Bearer {self.owner.token if token is _OWNERS else token}"
        if body is not None or content is not None:
            headers["content-type"] = "application/json"
        path = operation.url(**self.names(operation, **names))
        return self._http.request(
            operation.method, path, params=query, headers=headers, json=body, content=content
        )

    def call(self, operation_id, status, query=None, **how):
        """Asks, holds the answer against the contract, and gives its JSON."""
        operation = OPERATIONS[operation_id]
        assert set(query or ()) <= set(operation.query), "a parameter that is not in the contract"
        answer = self.ask(operation, query=query, **how)
        shown = hold(operation, answer, status)
        self.reached[operation_id].add(status)
        self.asked[operation_id].update(query or ())
        return shown

    def finished(self, task):
        """Waits until a background task is over; gives it."""

        def over():
            shown = self.call("v1.background-task.get", 200, task_id=task)
            assert shown["status"] != "running", "it is running"
            return shown

        shown = eventually(over, f"{task} is over")
        assert shown["status"] == "finished", shown
        return shown


def _new_tenant(server):
    return Tenant(server, sign({"sub": new_id("org")}, JWT_SECRET))
