"""Clients of a server: the official SDK, and plain HTTP where the SDK is too polite."""

import threading

import httpx
from svix.api import (
    ApplicationIn,
    EndpointIn,
    EventTypeIn,
    MessageAttemptListByMsgOptions,
    MessageIn,
    Svix,
    SvixOptions,
)

from .wait import SOON, eventually


class Tenant:
    """An organization as its owner sees it."""

    def __init__(self, server, token):
        self.server = server
        self.token = token
        # No retries: a test wants to see the first answer.
        self.sdk = Svix(token, SvixOptions(server_url=server.url, retry_schedule=[], timeout=30))
        self.http = httpx.Client(
            base_url=f"{server.url}/api/v1",
            headers={"authorization": f"Bearer {token}"},
            timeout=30,
        )

    # ---- making things ----------------------------------------------------------------------

    def app(self, name="Acme", **fields):
        """A new application; gives its id."""
        return self.sdk.application.create(ApplicationIn(name=name, **fields)).id

    def event_type(self, name, **fields):
        """A new event type; gives its name."""
        fields.setdefault("description", f"What {name} means")
        return self.sdk.event_type.create(EventTypeIn(name=name, **fields)).name

    def endpoint(self, app, url, **fields):
        """A new endpoint; gives its id."""
        return self.sdk.endpoint.create(app, EndpointIn(url=url, **fields)).id

    def secret(self, app, endpoint):
        """The endpoint's signing secret."""
        return self.sdk.endpoint.get_secret(app, endpoint).key

    def send(self, app, event_type="test.happened", payload=None, **fields):
        """A new message; gives its id."""
        payload = {"n": 1} if payload is None else payload
        message = MessageIn(event_type=event_type, payload=payload, **fields)
        return self.sdk.message.create(app, message).id

    # ---- looking at what became of them -----------------------------------------------------

    def attempts(self, app, message, **options):
        """A message's attempts, oldest first."""
        options = MessageAttemptListByMsgOptions(limit=250, **options)
        return self.sdk.message_attempt.list_by_msg(app, message, options).data[::-1]

    def wait_for_attempts(self, app, message, count, within=SOON):
        """Waits until the message has at least `count` attempts; gives them, oldest first."""

        def enough():
            attempts = self.attempts(app, message)
            assert len(attempts) >= count, f"{len(attempts)} attempts"
            return attempts

        return eventually(enough, f"{count} attempts of {message}", within)

    def raw_attempts(self, app, message):
        """A message's attempts as the JSON that came, oldest first."""
        answer = self.http.get(f"/app/{app}/attempt/msg/{message}", params={"limit": 250})
        assert answer.status_code == 200, answer.text
        return answer.json()["data"][::-1]

    def destinations(self, app, message):
        """Endpoint id to delivery of a message, as the SDK shows it."""
        found = self.sdk.message_attempt.list_attempted_destinations(app, message)
        return {entry.id: entry for entry in found.data}

    def wait_for_status(self, app, message, endpoint, status, within=SOON):
        """Waits until the delivery of a message to an endpoint is in this state."""

        def reached():
            delivery = self.destinations(app, message).get(endpoint)
            assert delivery is not None, "no such delivery"
            assert delivery.status_text.value == status, f"it is {delivery.status_text}"
            return delivery

        return eventually(reached, f"delivery of {message} is {status}", within)

    def close(self):
        """Ends the connections."""
        self.http.close()
        self.sdk._httpx_client.close()


class Producers:
    """Threads that send messages as fast as they are acknowledged, come what may.

    `acknowledged` has the id of every message that was answered with 202. A producer whose
    connection breaks does not know what became of its message and goes on with the next one.
    """

    def __init__(self, tenant, app, threads=4, event_type="test.happened"):
        self._tenant = tenant
        self._path = f"/app/{app}/msg"
        self._event_type = event_type
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self.acknowledged = []
        self.unexpected = []
        self._threads = [
            threading.Thread(target=self._produce, args=(n,), daemon=True) for n in range(threads)
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
            thread.join(60)

    def wait_for(self, count, within=SOON):
        """Waits until so many were acknowledged in all."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self.acknowledged) >= count, within)
        assert enough, f"{len(self.acknowledged)} of {count} acknowledged in {within:g} s"

    def _produce(self, producer):
        number = 0
        with httpx.Client(
            base_url=self._tenant.http.base_url, headers=self._tenant.http.headers, timeout=30
        ) as client:
            while not self._stop.is_set():
                number += 1
                body = {
                    "eventType": self._event_type,
                    "payload": {"producer": producer, "number": number},
                }
                try:
                    answer = client.post(self._path, json=body)
                except httpx.TransportError:
                    self._stop.wait(0.02)  # It is being restarted; a busy loop would slow that.
                    continue
                with self._changed:
                    if answer.status_code == 202:
                        self.acknowledged.append(answer.json()["id"])
                        self._changed.notify_all()
                    elif answer.status_code != 503:
                        self.unexpected.append((answer.status_code, answer.text))
